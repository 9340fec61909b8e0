"""Every hook that libbpf can attach a program to. Standard library only.

Each method gives a link; the collection releases it at its end at the latest. A hook that the
kernel refuses is an AttachError with errno and with what libbpf said.
"""

from __future__ import annotations

import ctypes
import errno as numbers
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bpfref.loader import uapi
from bpfref.loader.binaries import find_functions
from bpfref.loader.errors import AttachError, LoaderError
from bpfref.loader.libbpf import Library
from bpfref.loader.links import Attachment, Link
from bpfref.loader.opts import make_opts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpfref.loader.maps import Map
    from bpfref.loader.programs import Program

Folder = str | os.PathLike[str] | int
"""A file or folder by its path, or by an open descriptor."""

# Where a classic filter of tc hangs: enum bpf_tc_attach_point of libbpf.h.
_INGRESS, _EGRESS = 1, 2
_SO_ATTACH_BPF, _SO_ATTACH_REUSEPORT_EBPF, _SO_DETACH_FILTER = 50, 52, 27  # asm-generic/socket.h of Linux
_ANY_PROCESS = -1
_SAYS_NOTHING = {0, numbers.EOPNOTSUPP}  # libbpf gives no link and no error for `SEC("uprobe")`


class Hooks:
    """What a loaded program can be put on."""

    _lib: Library
    name: str
    section: str

    @property
    def handle(self) -> int:
        """libbpf's pointer."""
        raise NotImplementedError

    def fileno(self) -> int:
        """The descriptor."""
        raise NotImplementedError

    def _keep(self, link: Link) -> Link:
        raise NotImplementedError

    def _forget(self, link: Link) -> None:
        raise NotImplementedError

    def attach(self) -> Link:
        """Put it where its section says (`SEC("kprobe/do_exit")`); AttachError, EOPNOTSUPP, when that says nothing."""
        try:
            return self._link(f"at {self.section}", "bpf_program__attach")
        except AttachError as error:
            if error.errno not in _SAYS_NOTHING:
                raise
            what = f"program {self.name} cannot be attached as {self.section}"
            raise AttachError(
                what, numbers.EOPNOTSUPP, "that does not say where: use one of the attach_ methods"
            ) from error

    # -- kernel functions and tracepoints ---------------------------------------------------------

    def attach_kprobe(self, function: str, *, retprobe: bool = False, offset: int = 0, cookie: int = 0) -> Link:
        """A kernel function's start (or `offset` within it), with `retprobe` its return."""
        opts = make_opts("bpf_kprobe_opts", retprobe=retprobe, offset=offset, bpf_cookie=cookie)
        return self._link(f"at function {function}", "bpf_program__attach_kprobe_opts", function.encode(), _at(opts))

    def attach_kprobe_multi(
        self,
        pattern: str | None = None,
        *,
        functions: Sequence[str] = (),
        cookies: Sequence[int] = (),
        retprobe: bool = False,
        session: bool = False,
    ) -> Link:
        """Many kernel functions at once, by a pattern with `*` and `?` or by their names."""
        symbols, given = _texts(functions), _longs(cookies)
        opts = make_opts(
            "bpf_kprobe_multi_opts",
            syms=_at(symbols),
            cookies=_at(given),
            cnt=len(functions),
            retprobe=retprobe,
            session=session,
        )
        text = pattern.encode() if pattern else None
        where = f"at functions {pattern or ', '.join(functions)}"
        return self._link(where, "bpf_program__attach_kprobe_multi_opts", text, _at(opts))

    def attach_ksyscall(self, name: str, *, retprobe: bool = False, cookie: int = 0) -> Link:
        """A system call, by its name without prefix."""
        opts = make_opts("bpf_ksyscall_opts", retprobe=retprobe, bpf_cookie=cookie)
        return self._link(f"at system call {name}", "bpf_program__attach_ksyscall", name.encode(), _at(opts))

    def attach_tracepoint(self, category: str, name: str, *, cookie: int = 0) -> Link:
        """A tracepoint, as `/sys/kernel/tracing/events` names it."""
        opts = make_opts("bpf_tracepoint_opts", bpf_cookie=cookie)
        words = (category.encode(), name.encode())
        return self._link(f"at tracepoint {category}:{name}", "bpf_program__attach_tracepoint_opts", *words, _at(opts))

    def attach_raw_tracepoint(self, name: str, *, cookie: int = 0) -> Link:
        """A tracepoint with its raw arguments."""
        where = f"at raw tracepoint {name}"
        if not cookie:  # older libraries have no options here
            return self._link(where, "bpf_program__attach_raw_tracepoint", name.encode())
        opts = make_opts("bpf_raw_tracepoint_opts", cookie=cookie)
        return self._link(where, "bpf_program__attach_raw_tracepoint_opts", name.encode(), _at(opts))

    def attach_trace(self, *, cookie: int = 0) -> Link:
        """The function or tracepoint that it was loaded for: fentry, fexit, fmod_ret, tp_btf."""
        opts = make_opts("bpf_trace_opts", cookie=cookie)
        return self._link(f"as {self.section}", "bpf_program__attach_trace_opts", _at(opts))

    def attach_lsm(self) -> Link:
        """The security hook that it was loaded for."""
        return self._link(f"as {self.section}", "bpf_program__attach_lsm")

    def attach_freplace(self, target: Program | None = None, function: str = "") -> Link:
        """In place of a function of another program; without it, of the one that it was loaded for."""
        fd = target.fileno() if target else 0
        name = function.encode() or None
        return self._link(f"in place of {function}", "bpf_program__attach_freplace", fd, name)

    def attach_perf_event(self, event: int, *, cookie: int = 0) -> Link:
        """An open perf event, by its descriptor, which the caller goes on to own."""
        opts = make_opts("bpf_perf_event_opts", bpf_cookie=cookie)
        # libbpf closes the descriptor with the link.
        return self._link("at a perf event", "bpf_program__attach_perf_event_opts", os.dup(event), _at(opts))

    def attach_iter(self, info: bytes = b"") -> Link:
        """The iterator that it was loaded for; `info` are the bytes of a `union bpf_iter_link_info`."""
        memory = ctypes.create_string_buffer(info, len(info)) if info else None
        opts = make_opts("bpf_iter_attach_opts", link_info=_at(memory), link_info_len=len(info))
        return self._link(f"as {self.section}", "bpf_program__attach_iter", _at(opts))

    def attach_iter_map(self, target: Map) -> Link:
        """An iterator over the elements of a map."""
        return self.attach_iter(target.fileno().to_bytes(4, "little"))

    # -- functions of programs --------------------------------------------------------------------

    def attach_uprobe(  # noqa: PLR0913 - the options of libbpf
        self,
        binary: str | os.PathLike[str],
        function: str | None = None,
        *,
        offset: int = 0,
        pid: int = _ANY_PROCESS,
        retprobe: bool = False,
        cookie: int = 0,
        semaphore: int = 0,
    ) -> Link:
        """A function of a binary or library, or an offset in its file; `pid` limits it to a process."""
        opts = make_opts(
            "bpf_uprobe_opts",
            func_name=function.encode() if function else None,
            retprobe=retprobe,
            bpf_cookie=cookie,
            ref_ctr_offset=semaphore,
        )
        path = os.fspath(binary)
        where = f"at {function or hex(offset)} of {path}"
        return self._link(where, "bpf_program__attach_uprobe_opts", pid, path.encode(), offset, _at(opts))

    def attach_uprobe_multi(  # noqa: PLR0913 - the options of libbpf
        self,
        binary: str | os.PathLike[str],
        pattern: str | None = None,
        *,
        functions: Sequence[str] = (),
        offsets: Sequence[int] = (),
        cookies: Sequence[int] = (),
        pid: int = _ANY_PROCESS,
        retprobe: bool = False,
        session: bool = False,
    ) -> Link:
        """Many functions of a binary at once: by a pattern, by names or by offsets."""
        every = [*offsets, *find_functions(binary, functions)] if functions else offsets
        places, given = _longs(every), _longs(cookies)
        opts = make_opts(
            "bpf_uprobe_multi_opts",
            offsets=_at(places),
            cookies=_at(given),
            cnt=len(every),
            retprobe=retprobe,
            session=session,
        )
        path, text = os.fspath(binary), pattern.encode() if pattern else None
        where = f"at {pattern or ', '.join(functions) or offsets} of {path}"
        return self._link(where, "bpf_program__attach_uprobe_multi", pid, path.encode(), text, _at(opts))

    def attach_usdt(
        self,
        binary: str | os.PathLike[str],
        provider: str,
        probe: str,
        *,
        pid: int = _ANY_PROCESS,
        cookie: int = 0,
    ) -> Link:
        """A static probe of a binary."""
        opts = make_opts("bpf_usdt_opts", usdt_cookie=cookie)
        words = (os.fspath(binary).encode(), provider.encode(), probe.encode())
        return self._link(f"at probe {provider}:{probe}", "bpf_program__attach_usdt", pid, *words, _at(opts))

    # -- control groups, sockets, network ---------------------------------------------------------

    def attach_cgroup(self, group: Folder, *, flags: int = 0, relative: Program | Link | None = None) -> Link:
        """A control group, by its folder; `flags` BPF_F_BEFORE or BPF_F_AFTER another link (from Linux v6.17)."""
        where = f"at control group {group}"
        with opened(group) as fd:
            if not flags and relative is None:  # older libraries have no options here
                return self._link(where, "bpf_program__attach_cgroup", fd)
            opts = _relative("bpf_cgroup_opts", flags, relative)
            return self._link(where, "bpf_program__attach_cgroup_opts", fd, _at(opts))

    def attach_netns(self, namespace: Folder = "/proc/self/ns/net") -> Link:
        """A network namespace: flow dissector, sk_lookup."""
        with opened(namespace) as fd:
            return self._link(f"at network namespace {namespace}", "bpf_program__attach_netns", fd)

    def attach_xdp(self, device: str | int) -> Link:
        """A network device, XDP."""
        return self._link(f"at device {device}", "bpf_program__attach_xdp", device_index(device))

    def attach_tcx(self, device: str | int, *, flags: int = 0, relative: Program | Link | None = None) -> Link:
        """A network device, tcx (from Linux v6.6); `flags` BPF_F_BEFORE or BPF_F_AFTER another program or link."""
        opts = _relative("bpf_tcx_opts", flags, relative)
        return self._link(f"at device {device}", "bpf_program__attach_tcx", device_index(device), _at(opts))

    def attach_netkit(self, device: str | int, *, flags: int = 0, relative: Program | Link | None = None) -> Link:
        """A netkit device (from Linux v6.7)."""
        opts = _relative("bpf_netkit_opts", flags, relative)
        return self._link(f"at device {device}", "bpf_program__attach_netkit", device_index(device), _at(opts))

    def attach_netfilter(self, family: int, hook: int, *, priority: int, flags: int = 0) -> Link:
        """A netfilter hook: `NFPROTO_…`, `NF_INET_…` (from Linux v6.4)."""
        opts = make_opts("bpf_netfilter_opts", pf=family, hooknum=hook, priority=priority, flags=flags)
        return self._link(f"at netfilter hook {hook}", "bpf_program__attach_netfilter", _at(opts))

    def attach_tc(self, device: str | int, *, egress: bool = False, handle: int = 1, priority: int = 1) -> Link:
        """A network device, as a direct-action filter of tc: for kernels without tcx. Makes the `clsact` it needs."""
        index, lib = device_index(device), self._lib
        hook = make_opts("bpf_tc_hook", ifindex=index, attach_point=_EGRESS if egress else _INGRESS)
        with lib.listening():  # it may be there already, which libbpf warns of
            made = lib.bpf_tc_hook_create(_at(hook))
        if made not in {0, -numbers.EEXIST}:
            raise AttachError(f"{self.name}: device {device} takes no filters", -made)
        whole = make_opts("bpf_tc_hook", ifindex=index, attach_point=_INGRESS | _EGRESS)

        def clean() -> None:
            if made == 0:
                lib.bpf_tc_hook_destroy(_at(whole))

        opts = make_opts("bpf_tc_opts", prog_fd=self.fileno(), handle=handle, priority=priority)
        try:
            self._do(f"at device {device}", "bpf_tc_attach", _at(hook), _at(opts))
        except AttachError:
            clean()
            raise

        def undo() -> None:
            which = make_opts("bpf_tc_opts", handle=handle, priority=priority)
            lib.bpf_tc_detach(_at(hook), _at(which))
            clean()

        return self._attachment(f"at device {device}", undo)

    def attach_sockmap(self, target: Map) -> Link:
        """The sockets of a sockmap or sockhash: `sk_skb`, `sk_msg`. A link from Linux v6.10 on."""
        kind = uapi.name_of("bpf_attach_type", self._lib.bpf_program__expected_attach_type(self.handle))
        return self.attach_fd(target.fileno(), kind or "", where=f"at map {target.name}")

    def attach_fd(self, target: int, kind: str, *, flags: int = 0, where: str = "") -> Link:
        """By `BPF_PROG_ATTACH`, the way before links: a control group, map or other descriptor, and the attach type."""
        number, lib = uapi.number_of("bpf_attach_type", kind), self._lib
        held = os.dup(target)
        opts = make_opts("bpf_prog_attach_opts", flags=flags)
        try:
            self._do(where or f"at descriptor {target}", "bpf_prog_attach_opts", self.fileno(), held, number, _at(opts))
        except AttachError:
            os.close(held)
            raise
        program = os.dup(self.fileno())

        def undo() -> None:
            lib.bpf_prog_detach_opts(program, held, number, None)
            os.close(held)
            os.close(program)

        return self._attachment(where or f"at descriptor {target}", undo)

    def attach_socket(self, target: socket.socket) -> Link:
        """A socket, as its filter."""
        target.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_BPF, self.fileno())
        return self._attachment("at a socket", lambda: _detach_filter(target))

    def attach_reuseport(self, target: socket.socket) -> Link:
        """A group of sockets that share an address: it chooses among them, until they close."""
        target.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_REUSEPORT_EBPF, self.fileno())
        return self._attachment("at a group of sockets", lambda: None)

    # -- within -----------------------------------------------------------------------------------

    def _link(self, where: str, name: str, *arguments: object) -> Link:
        with self._lib.listening() as said:
            try:
                handle = self._lib.pointer(name, self.handle, *arguments)
            except OSError as error:
                raise self._refused(where, error, said) from error
        return self._keep(Link(handle, f"{self.name} {where}", self._forget))

    def _do(self, where: str, name: str, *arguments: object) -> None:
        with self._lib.listening() as said:
            try:
                self._lib.number(name, *arguments)
            except OSError as error:
                raise self._refused(where, error, said) from error

    def _refused(self, where: str, error: OSError, said: Sequence[str]) -> AttachError:
        words = "; ".join(line.removeprefix("libbpf: ") for line in said)
        return AttachError(f"program {self.name} cannot be attached {where}", error.errno or 0, words)

    def _attachment(self, where: str, undo: Callable[[], None]) -> Link:
        return self._keep(Attachment(f"{self.name} {where}", undo, self._forget))


def device_index(device: str | int) -> int:
    """The number of a network device. AttachError for a name that no device has."""
    if isinstance(device, int):
        return device
    try:
        return socket.if_nametoindex(device)
    except OSError as error:
        raise AttachError(f"there is no network device {device}", error.errno or numbers.ENODEV) from error


@contextmanager
def opened(target: Folder) -> Iterator[int]:
    """A descriptor of a path, closed afterwards; one that is given stays open."""
    if isinstance(target, int):
        yield target
        return
    try:
        fd = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise AttachError(f"{os.fspath(target)} cannot be opened", error.errno or 0) from error
    try:
        yield fd
    finally:
        os.close(fd)


def _relative(name: str, flags: int, other: Program | Link | None) -> Any:
    if other is not None and not flags:
        raise LoaderError(f"flags have to say where it goes relative to {other!r}: BPF_F_BEFORE or BPF_F_AFTER")
    if isinstance(other, Link):
        flags |= uapi.constant("BPF_F_LINK")
    return make_opts(name, flags=flags, relative_fd=other.fileno() if other else 0)


def _detach_filter(target: socket.socket) -> None:
    if target.fileno() >= 0:
        target.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)


def _at(memory: Any) -> int | None:
    return ctypes.addressof(memory) if memory is not None else None


def _texts(words: Sequence[str]) -> Any:
    return (ctypes.c_char_p * len(words))(*(word.encode() for word in words)) if words else None


def _longs(values: Sequence[int]) -> Any:
    return (ctypes.c_uint64 * len(values))(*values) if values else None
