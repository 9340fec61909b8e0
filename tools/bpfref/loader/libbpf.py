"""The libbpf shared library through ctypes: which one, its functions, and what it says. Standard library only.

A function's types are written as letters: what it returns, a colon, its arguments.
`i` int · `u` __u32 · `q` __s64 · `Q` __u64 · `z` size_t · `b` bool · `s` char * · `p` any other
pointer or a callback · `v` void. A test compares them with the library's own headers.
"""

from __future__ import annotations

import ctypes
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from bpfref.errors import MachineError

log = logging.getLogger("bpfref.libbpf")

OLDEST = (1, 4)
VARIABLE = "BPFREF_LIBBPF"
"""The environment variable that may name another library than the system's."""
_SYSTEM = "libbpf.so.1"
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
_LINE = 1 << 12
_VA_LIST = 32  # bytes, on x86-64 24; read again when a line did not fit
_STRERROR = 256

_LETTERS: dict[str, Any] = {
    "i": ctypes.c_int,
    "u": ctypes.c_uint32,
    "q": ctypes.c_int64,
    "Q": ctypes.c_uint64,
    "z": ctypes.c_size_t,
    "b": ctypes.c_bool,
    "s": ctypes.c_char_p,
    "p": ctypes.c_void_p,
    "v": None,
}

FUNCTIONS: dict[str, str] = {
    name: types
    for line in """
    libbpf_major_version u: · libbpf_minor_version u: · libbpf_strerror i:isz · libbpf_set_print p:p
    libbpf_num_possible_cpus i: · libbpf_set_memlock_rlim i:z
    bpf_object__open_mem p:pzp · bpf_object__load i:p · bpf_object__close v:p · bpf_object__btf p:p
    bpf_object__next_program p:pp · bpf_object__next_map p:pp
    bpf_object__find_program_by_name p:ps · bpf_object__find_map_by_name p:ps
    bpf_program__name s:p · bpf_program__section_name s:p · bpf_program__fd i:p
    bpf_program__autoload b:p · bpf_program__set_autoload i:pb
    bpf_program__autoattach b:p · bpf_program__insn_cnt z:p
    bpf_program__type i:p · bpf_program__set_type i:pi
    bpf_program__expected_attach_type i:p · bpf_program__set_expected_attach_type i:pi
    bpf_program__flags u:p · bpf_program__set_flags i:pu · bpf_program__set_attach_target i:pis
    bpf_program__set_log_level i:pu · bpf_program__set_log_buf i:psz · bpf_program__set_ifindex v:pu
    bpf_map__name s:p · bpf_map__fd i:p · bpf_map__is_internal b:p · bpf_map__reuse_fd i:pi
    bpf_map__type i:p · bpf_map__set_type i:pi · bpf_map__autocreate b:p · bpf_map__set_autocreate i:pb
    bpf_map__max_entries u:p · bpf_map__set_max_entries i:pu · bpf_map__map_flags u:p · bpf_map__set_map_flags i:pu
    bpf_map__key_size u:p · bpf_map__set_key_size i:pu · bpf_map__value_size u:p · bpf_map__set_value_size i:pu
    bpf_map__map_extra Q:p · bpf_map__set_map_extra i:pQ · bpf_map__numa_node u:p · bpf_map__set_numa_node i:pu
    bpf_map__btf_key_type_id u:p · bpf_map__btf_value_type_id u:p
    bpf_map__initial_value p:pp
    bpf_map__inner_map p:p · bpf_map__set_inner_map_fd i:pi · bpf_map__pin_path s:p · bpf_map__set_pin_path i:ps
    bpf_map__attach_struct_ops p:p
    bpf_map_create i:isuuup · bpf_map_freeze i:i · bpf_map_get_next_key i:ipp
    bpf_map_lookup_elem_flags i:ippQ · bpf_map_update_elem i:ippQ · bpf_map_delete_elem_flags i:ipQ
    bpf_map_lookup_and_delete_elem_flags i:ippQ · bpf_map_lookup_batch i:ipppppp · bpf_map_update_batch i:ipppp
    bpf_map_lookup_and_delete_batch i:ipppppp · bpf_map_delete_batch i:ippp
    bpf_obj_pin i:is · bpf_obj_get i:s · bpf_obj_get_info_by_fd i:ipp
    bpf_map_get_fd_by_id i:u · bpf_prog_get_fd_by_id i:u
    bpf_map_get_next_id i:up · bpf_prog_get_next_id i:up · bpf_link_get_next_id i:up
    bpf_prog_test_run_opts i:ip · bpf_enable_stats i:i
    bpf_prog_attach_opts i:iiip · bpf_prog_detach_opts i:iiip · bpf_prog_bind_map i:iip
    bpf_tc_hook_create i:p · bpf_tc_hook_destroy i:p · bpf_tc_attach i:pp · bpf_tc_detach i:pp
    bpf_program__attach p:p · bpf_program__attach_perf_event_opts p:pip · bpf_program__attach_kprobe_opts p:psp
    bpf_program__attach_kprobe_multi_opts p:psp · bpf_program__attach_uprobe_multi p:pissp
    bpf_program__attach_uprobe_opts p:piszp · bpf_program__attach_ksyscall p:psp
    bpf_program__attach_usdt p:pisssp · bpf_program__attach_tracepoint_opts p:pssp
    bpf_program__attach_raw_tracepoint_opts p:psp · bpf_program__attach_raw_tracepoint p:ps
    bpf_program__attach_trace_opts p:pp · bpf_program__attach_lsm p:p
    bpf_program__attach_cgroup p:pi · bpf_program__attach_cgroup_opts p:pip · bpf_program__attach_netns p:pi
    bpf_program__attach_xdp p:pi · bpf_program__attach_freplace p:pis
    bpf_program__attach_netfilter p:pp · bpf_program__attach_tcx p:pip · bpf_program__attach_netkit p:pip
    bpf_program__attach_iter p:pp
    bpf_link__fd i:p · bpf_link__open p:s · bpf_link__pin i:ps · bpf_link__unpin i:p · bpf_link__pin_path s:p
    bpf_link__update_program i:pp · bpf_link__update_map i:pp · bpf_link__detach i:p · bpf_link__destroy i:p
    bpf_link_update i:iip · bpf_iter_create i:i
    ring_buffer__new p:ippp · ring_buffer__poll i:pi
    ring_buffer__free v:p · ring_buffer__epoll_fd i:p · ring_buffer__ring p:pu · ring__avail_data_size z:p
    user_ring_buffer__new p:ip · user_ring_buffer__reserve p:pu · user_ring_buffer__reserve_blocking p:pui
    user_ring_buffer__submit v:pp · user_ring_buffer__free v:p
    perf_buffer__new p:izpppp · perf_buffer__poll i:pi · perf_buffer__free v:p
    perf_buffer__epoll_fd i:p
    btf__raw_data p:pp
    """.splitlines()
    for each in line.split("·")
    if each.strip()
    for name, types in [each.split()]
}

_Print = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)


class Library:
    """One libbpf. A function of it is an attribute; MachineError for one that it is too old for."""

    def __init__(self, path: str):
        try:
            self._library = ctypes.CDLL(path, use_errno=True)
        except OSError as error:
            raise MachineError(
                f"libbpf cannot be loaded ({error}): install Debian's package libbpf1 from version "
                f"{_text(OLDEST)} on, or name the library in {VARIABLE}"
            ) from error
        self.path = path
        self.version = (self.libbpf_major_version(), self.libbpf_minor_version())
        if self.version < OLDEST:
            raise MachineError(
                f"libbpf {_text(self.version)} is too old, {_text(OLDEST)} is needed: install a newer one "
                f"(Debian 12 has it in its backports), or name its library in {VARIABLE}",
                path,
            )
        self._heard = threading.local()
        self._vsnprintf = ctypes.CDLL(None).vsnprintf
        self._vsnprintf.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_void_p]
        self._print = _Print(self._hear)  # libbpf keeps it
        self.libbpf_set_print(self._print)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in FUNCTIONS:
            raise AttributeError(name)
        try:
            function = getattr(self._library, name)
        except AttributeError as error:
            raise MachineError(
                f"libbpf {_text(self.version)} has no {name}: a newer one is needed", self.path
            ) from error
        returns, _, arguments = FUNCTIONS[name].partition(":")
        function.restype = _LETTERS[returns]
        function.argtypes = [_LETTERS[letter] for letter in arguments]
        setattr(self, name, function)
        return function  # type: ignore[no-any-return]

    def number(self, name: str, *arguments: object) -> int:
        """Call a function that gives a number, negative for an error: then OSError with its errno."""
        result: int = getattr(self, name)(*arguments)
        if result < 0:
            raise OSError(-result, self.describe(-result))
        return result

    def pointer(self, name: str, *arguments: object) -> int:
        """Call a function that gives a pointer, NULL for an error: then OSError with its errno."""
        ctypes.set_errno(0)
        result: int | None = getattr(self, name)(*arguments)
        if not result:
            errno = ctypes.get_errno()
            raise OSError(errno, self.describe(errno))
        return result

    def describe(self, errno: int) -> str:
        """The text of an errno, libbpf's own ones too."""
        buffer = ctypes.create_string_buffer(_STRERROR)
        self.libbpf_strerror(errno, ctypes.cast(buffer, ctypes.c_char_p), _STRERROR)
        return buffer.value.decode(errors="replace")

    @contextmanager
    def listening(self) -> Iterator[list[str]]:
        """Collect what libbpf complains of meanwhile, in this thread; without its line ends."""
        before = getattr(self._heard, "lines", None)
        lines: list[str] = []
        self._heard.lines = lines
        try:
            yield lines
        finally:
            self._heard.lines = before

    def _hear(self, level: int, form: bytes, arguments: int) -> int:
        if level >= len(_LEVELS) - 1 and not log.isEnabledFor(logging.DEBUG):
            return 0
        text = self._format(form, arguments).strip()
        lines = getattr(self._heard, "lines", None)
        if level == 0 and lines is not None:
            lines.append(text)
        log.log(logging.DEBUG if lines is not None else _LEVELS[min(level, 2)], "%s", text)
        return 0

    def _format(self, form: bytes, arguments: int) -> str:
        kept = ctypes.string_at(arguments, _VA_LIST)
        buffer = ctypes.create_string_buffer(_LINE)
        length = self._vsnprintf(buffer, _LINE, form, arguments)
        if length >= _LINE:
            ctypes.memmove(arguments, kept, _VA_LIST)
            buffer = ctypes.create_string_buffer(length + 1)
            self._vsnprintf(buffer, length + 1, form, arguments)
        return buffer.value.decode(errors="replace")


@cache
def load_library(path: str) -> Library:
    """A library by its path or name, loaded once. MachineError when it cannot be, or is too old."""
    return Library(path)


_chosen: list[str] = []


def use(path: str | os.PathLike[str]) -> Library:
    """Choose the library for all that follows in this process."""
    made = load_library(os.fspath(path))
    _chosen[:] = [made.path]
    return made


def library() -> Library:
    """The library in use: the chosen one, else the one that BPFREF_LIBBPF names, else the system's."""
    return load_library(_chosen[0] if _chosen else os.environ.get(VARIABLE) or _SYSTEM)


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
