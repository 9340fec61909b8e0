"""bpf(2) through ctypes: commands with their fields by name, errnos as numbers.

Numbers and places of fields come with the questions, from the header that the project has scraped.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# Numbers of bpf(2) in the tables of system calls: arch/x86/entry/syscalls/syscall_64.tbl and
# include/uapi/asm-generic/unistd.h of Linux. No header that Debian's packages share holds both.
_SYSCALL = {"x86_64": 321, "aarch64": 280}
_ATTR_SIZE = 256  # more than any kernel knows; what lies behind the known part must be, and is, zero
_LOG_SIZE = 1 << 18
# BPF_LOG_STATS of include/linux/bpf_verifier.h: what is wrong, and figures after it, but neither the
# instructions nor, from v7.3 on, advice. It makes a load in an emulated guest much faster.
_LOG_LEVEL = 4
STATISTICS = b"verification time "
"""Where the figures begin."""
_CODE_SIZE = 1 << 12
_FORMATS = {1: "<B", 2: "<H", 4: "<I", 8: "<Q"}

Layout = Mapping[str, tuple[int, int]]  # field to (offset, size), in bytes


@dataclass(frozen=True)
class Answer:
    """What one call gave: the result (a descriptor, or 0), or the errno; a program's log."""

    result: int
    errno: int
    log: str = ""


@dataclass
class Kernel:
    """The running kernel. `constants` are of the header, by name; `layouts` say where a command's fields are."""

    constants: Mapping[str, int]
    layouts: Mapping[str, Layout]
    _keep: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._number = _SYSCALL[platform.machine()]
        self._attr = ctypes.create_string_buffer(_ATTR_SIZE)
        self._log = ctypes.create_string_buffer(_LOG_SIZE)
        self._code = ctypes.create_string_buffer(_CODE_SIZE)
        self._load = ctypes.c_long(self.constants["BPF_PROG_LOAD"])
        self._licences: dict[str, ctypes.Array[ctypes.c_char]] = {}
        # v5.10 counts programs and maps as locked memory, and says EPERM for too much of it.
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        try:
            resource.setrlimit(resource.RLIMIT_MEMLOCK, unlimited)
        except (ValueError, OSError):
            _, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
            resource.setrlimit(resource.RLIMIT_MEMLOCK, (hard, hard))

    def number(self, name: str) -> int:
        """The value of a constant."""
        return self.constants[name]

    def call(self, command: str, fields: Mapping[str, int]) -> Answer:
        """Run a command. Fields that it does not have are a KeyError; negative numbers are as C has them."""
        layout = self.layouts[command]
        attr = self._attr
        self.clear()
        for name, value in fields.items():
            offset, width = layout[name]
            struct.pack_into(_FORMATS[width], attr, offset, value & (1 << 8 * width) - 1)
        return self.raw(self.constants[command])

    def clear(self) -> None:
        """Zero the attributes."""
        ctypes.memset(self._attr, 0, _ATTR_SIZE)

    def raw(self, command: int) -> Answer:
        """Run a command by number on the attributes as they are."""
        ctypes.set_errno(0)
        result = self._libc.syscall(self._number, command, self._attr, _ATTR_SIZE)
        return Answer(result, 0) if result >= 0 else Answer(-1, ctypes.get_errno())

    def load(self, code: bytes, fields: Mapping[str, int], licence: str = "GPL", *, level: int = _LOG_LEVEL) -> Answer:
        """Load a program; the descriptor is the caller's to close. The log is as the kernel wrote it."""
        if licence not in self._licences:
            self._licences[licence] = ctypes.create_string_buffer(licence.encode())
        buffer = ctypes.create_string_buffer(code, len(code))
        self._log[0] = b"\0"
        answer = self.call(
            "BPF_PROG_LOAD",
            {
                "insn_cnt": len(code) // 8,
                "insns": ctypes.addressof(buffer),
                "license": ctypes.addressof(self._licences[licence]),
                "log_level": level,
                "log_size": _LOG_SIZE if level else 0,
                "log_buf": ctypes.addressof(self._log) if level else 0,
                **fields,
            },
        )
        return Answer(answer.result, answer.errno, self._log.value.decode(errors="replace"))

    def prepare(self, fields: Mapping[str, int], size: int, licence: str = "GPL") -> bytes:
        """The attributes of loading programs of some bytes, to be given to `try_prepared`."""
        if licence not in self._licences:
            self._licences[licence] = ctypes.create_string_buffer(licence.encode())
        attr = bytearray(_ATTR_SIZE)
        layout = self.layouts["BPF_PROG_LOAD"]
        every = {
            "insn_cnt": size // 8,
            "insns": ctypes.addressof(self._code),
            "license": ctypes.addressof(self._licences[licence]),
            "log_level": _LOG_LEVEL,
            "log_size": _LOG_SIZE,
            "log_buf": ctypes.addressof(self._log),
            **fields,
        }
        for name, value in every.items():
            offset, width = layout[name]
            struct.pack_into(_FORMATS[width], attr, offset, value & (1 << 8 * width) - 1)
        return bytes(attr)

    def try_prepared(self, attributes: bytes, code: bytes) -> tuple[int, bytes]:
        """Load a program and let it go at once: the errno and the log, as fast as Python can."""
        ctypes.memmove(self._code, code, len(code))
        ctypes.memmove(self._attr, attributes, _ATTR_SIZE)
        ctypes.memset(self._log, 0, 1)
        result = self._libc.syscall(self._number, self._load, self._attr, _ATTR_SIZE)
        if result >= 0:
            os.close(result)
            return 0, b""
        return ctypes.get_errno(), self._log.value

    def try_load(self, code: bytes, fields: Mapping[str, int], licence: str = "GPL") -> Answer:
        """Load a program and let it go at once."""
        answer = self.load(code, fields, licence)
        if answer.result >= 0:
            os.close(answer.result)
        return answer

    def create_map(self, **fields: int) -> Answer:
        """Create a map; the descriptor is the caller's."""
        return self.call("BPF_MAP_CREATE", fields)

    def address(self, data: bytes, room: int = 0) -> int:
        """The address of a copy of `data`, which stays as long as this object; at least `room` bytes."""
        buffer = ctypes.create_string_buffer(data, max(len(data), room, 1))
        self._keep.append(buffer)
        return ctypes.addressof(buffer)

    def load_btf(self, data: bytes) -> Answer:
        """Load BTF; the descriptor is the caller's."""
        return self.call("BPF_BTF_LOAD", {"btf": self.address(data), "btf_size": len(data)})

    def btf_names(self) -> Iterator[tuple[int, str]]:
        """Id and name of each BTF that the kernel has loaded: its own and its modules'."""
        last = 0
        # struct bpf_btf_info: btf (u64), btf_size, id (u32), name (u64), name_len, kernel_btf (u32).
        name = ctypes.create_string_buffer(64)
        while self.call("BPF_BTF_GET_NEXT_ID", {"start_id": last}).errno == 0:
            last = struct.unpack_from("<I", self._attr, self.layouts["BPF_BTF_GET_NEXT_ID"]["next_id"][0])[0]
            opened = self.call("BPF_BTF_GET_FD_BY_ID", {"btf_id": last})
            if opened.result < 0:
                continue
            info = ctypes.create_string_buffer(struct.pack("<QIIQII", 0, 0, 0, ctypes.addressof(name), 64, 0))
            fields = {"bpf_fd": opened.result, "info_len": 32, "info": ctypes.addressof(info)}
            if self.call("BPF_OBJ_GET_INFO_BY_FD", fields).errno == 0:
                yield last, name.value.decode()
            os.close(opened.result)
