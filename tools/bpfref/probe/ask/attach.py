"""Attaching: each program to something of its kind, for a moment. Only in guests."""

from __future__ import annotations

import ctypes
import os
import re
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bpfref.loader.assembler import Assembler
from bpfref.probe.ask.kernel import Answer, Kernel
from bpfref.probe.ask.maps import Maps
from bpfref.probe.ask.programs import Variant

_LOOPBACK = 1
_IPV4, _HOOK, _PRIORITY = 2, 1, 7  # NFPROTO_IPV4, NF_INET_LOCAL_IN, any priority
_FUNCTION = b"tcp_v4_connect"
_TRACEPOINT = b"sched_switch"
_PERF_EVENT_OPEN = {"x86_64": 298, "aarch64": 241}
_SOFTWARE, _DUMMY = 1, 9  # PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY
_PERF_SIZE = 128
_INFO_SIZE = 64
_EXECUTABLE = re.compile(r"(\w+)-\w+ r-xp (\w+) \S+ [1-9]\d*\s+(/\S+)")


class Attachments:
    """Attaches variants; every link is closed at once. The cgroup is one of its own, without processes."""

    def __init__(self, kernel: Kernel, maps: Maps, questions: Mapping[str, Any]):
        self._kernel = kernel
        self._maps = maps
        self._types: dict[int, str] = {number: name for name, number in questions["link_types"].items()}
        self._cgroup = os.open(questions["cgroup"], os.O_RDONLY)
        self._namespace = os.open("/proc/self/ns/net", os.O_RDONLY)
        self._ways: dict[str, Callable[[int, int], Answer]] = {
            "cgroup": lambda program, kind: self._link(program, kind, target_fd=self._cgroup),
            "device": lambda program, kind: self._link(program, kind, target_ifindex=_LOOPBACK),
            "namespace": lambda program, kind: self._link(program, kind, target_fd=self._namespace),
            "iterator": self._link,
            "netfilter": self._netfilter,
            "hook": lambda program, _: kernel.call("BPF_RAW_TRACEPOINT_OPEN", {"prog_fd": program}),
            "tracepoint": self._tracepoint,
            "event": self._event,
            "functions": self._functions,
            "file": self._file,
            "sockets": self._sockets,
        }

    def attach(self, variant: Variant) -> tuple[Answer, str]:
        """What attaching gave, and the name of the link's type; no name for an attachment without a link."""
        code = variant.finish(Assembler())
        loaded = self._kernel.load(code, variant.fields)
        if loaded.errno:
            return loaded, ""
        try:
            answer = self._ways[variant.way](loaded.result, variant.fields.get("expected_attach_type", 0))
        finally:
            os.close(loaded.result)
        if answer.errno or not answer.result:
            return answer, ""
        name = self._type_of(answer.result)
        os.close(answer.result)
        return Answer(0, 0), name

    def _type_of(self, link: int) -> str:
        """The link's type: the first word of struct bpf_link_info."""
        info = ctypes.create_string_buffer(_INFO_SIZE)
        fields = {"bpf_fd": link, "info_len": _INFO_SIZE, "info": ctypes.addressof(info)}
        if self._kernel.call("BPF_OBJ_GET_INFO_BY_FD", fields).errno:
            return ""
        (number,) = struct.unpack_from("<I", info)
        return self._types.get(number, f"link type {number}")

    def _link(self, program: int, kind: int, **fields: int) -> Answer:
        return self._kernel.call("BPF_LINK_CREATE", {"prog_fd": program, "attach_type": kind, **fields})

    def _netfilter(self, program: int, kind: int) -> Answer:
        where = {"netfilter.pf": _IPV4, "netfilter.hooknum": _HOOK, "netfilter.priority": _PRIORITY}
        return self._link(program, kind, **where)

    def _tracepoint(self, program: int, _: int) -> Answer:
        name = self._kernel.address(_TRACEPOINT + b"\0")
        return self._kernel.call("BPF_RAW_TRACEPOINT_OPEN", {"prog_fd": program, "name": name})

    def _functions(self, program: int, kind: int) -> Answer:
        name = self._kernel.address(_FUNCTION + b"\0")
        names = self._kernel.address(struct.pack("<Q", name))
        return self._link(program, kind, **{"kprobe_multi.cnt": 1, "kprobe_multi.syms": names})

    def _file(self, program: int, kind: int) -> Answer:
        found = next(filter(None, map(_EXECUTABLE.match, Path("/proc/self/maps").read_text().splitlines())))
        offsets = self._kernel.address(struct.pack("<Q", int(found[2], 16)))
        path = self._kernel.address(found[3].encode() + b"\0")
        where = {"uprobe_multi.path": path, "uprobe_multi.offsets": offsets, "uprobe_multi.cnt": 1}
        return self._link(program, kind, **where)

    def _event(self, program: int, _: int) -> Answer:
        attributes = ctypes.create_string_buffer(struct.pack("<IIQ", _SOFTWARE, _PERF_SIZE, _DUMMY), _PERF_SIZE)
        number = _PERF_EVENT_OPEN[os.uname().machine]
        libc = ctypes.CDLL(None, use_errno=True)
        event = libc.syscall(number, attributes, 0, -1, -1, 0)
        if event < 0:
            return Answer(-1, ctypes.get_errno())
        try:
            return self._link(program, self._kernel.number("BPF_PERF_EVENT"), target_fd=event)
        finally:
            os.close(event)

    def _sockets(self, program: int, kind: int) -> Answer:
        """A map of sockets: by a link from v6.10 on, and before without one."""
        with self._maps.made("BPF_MAP_TYPE_SOCKMAP") as made:
            answer = self._link(program, kind, target_fd=made.result)
            if not answer.errno:
                return answer
            fields = {"target_fd": made.result, "attach_bpf_fd": program, "attach_type": kind}
            return self._kernel.call("BPF_PROG_ATTACH", fields)
