"""Maps: which types can be created, with which flags and special fields, and which commands they know."""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from bpfref.loader.assembler import R0, Assembler
from bpfref.probe.ask.btf import STRUCT, Maker, Names
from bpfref.probe.ask.kernel import Answer, Kernel

_ROOM = 1 << 16  # bytes for a key or value of any map here, and for batches of them
_BATCH = 4
Recipe = Mapping[str, object]


@dataclass
class Maps:
    """Makes maps from recipes: the fields of `BPF_MAP_CREATE`, and words for what needs making.

    `inner`: a map of that recipe; `btf`: a value described as a struct; `value_of`: the kernel's
    struct that the value is.
    """

    kernel: Kernel
    names: Names | None
    recipes: Mapping[str, Recipe]
    _descriptors: list[int] = field(default_factory=list)
    _plain: int | None = None

    def create(self, name: str, flags: int = 0, **more: int) -> Answer:
        """Create a map of a type by its recipe, and more flags. An answer without errno holds a descriptor."""
        recipe = self.recipes[name]
        fields = {key: value for key, value in recipe.items() if type(value) is int}
        fields["map_type"] = self.kernel.number(name)
        fields["map_flags"] = fields.get("map_flags", 0) | flags
        inner = recipe.get("inner")
        made: list[int] = []
        if inner:
            answer = self.create(str(inner))
            if answer.errno:
                return answer
            made.append(answer.result)
            fields["inner_map_fd"] = answer.result
        if recipe.get("btf"):
            fields |= self.plain_btf()
        if recipe.get("value_of") and self.names:
            value = self.names.find(STRUCT, str(recipe["value_of"]))
            if not value:
                return Answer(-1, 0, f"struct {recipe['value_of']} is not in the kernel's BTF")
            # The kernel wants BTF of the program as well, though the value is described by its own.
            fields |= {"btf_fd": self.plain_btf()["btf_fd"], "btf_vmlinux_value_type_id": value}
            fields["value_size"] = self.names.size(value)
        answer = self.kernel.create_map(**fields | more)
        for descriptor in made:
            os.close(descriptor)
        return answer

    @contextmanager
    def made(self, name: str, flags: int = 0, **more: int) -> Iterator[Answer]:
        """Create a map and let it go at the end."""
        answer = self.create(name, flags, **more)
        try:
            yield answer
        finally:
            if answer.result >= 0:
                os.close(answer.result)

    def plain_btf(self) -> dict[str, int]:
        """Key and value described: an integer, and a struct of 8 bytes."""
        if self._plain is None:
            maker = Maker()
            key, long = maker.integer("int", 4), maker.integer("long", 8)
            maker.struct("value", 8, [("first", long, 0)])
            answer = self.kernel.load_btf(maker.make())
            self._plain = answer.result
            self._ids = (key, long + 1)
        key, value = self._ids
        return {"btf_fd": self._plain, "btf_key_type_id": key, "btf_value_type_id": value}

    def special(self, kind: str, name: str) -> Answer | None:
        """Create a map whose value holds a special field (`bpf_timer`); None if the kernel has no such field."""
        found = self.names.find(STRUCT, kind) if self.names else None
        if not found or not self.names:
            return None
        size = self.names.size(found)
        maker = Maker()
        key, byte, long = maker.integer("int", 4), maker.integer("int", 4), maker.integer("long", 8)
        members = [(f"part{i}", byte, 32 * i) for i in range(size // 4)] if size % 8 else []
        members = members or [(f"part{i}", long, 64 * i) for i in range(size // 8)]
        inside = maker.struct(kind, size, members)
        whole = (size + 7) // 8 * 8 + 8
        value = maker.struct("value", whole, [("field", inside, 0), ("rest", long, (whole - 8) * 8)])
        btf = self.kernel.load_btf(maker.make())
        if btf.errno:
            return btf
        described = {"btf_fd": btf.result, "btf_key_type_id": key, "btf_value_type_id": value, "value_size": whole}
        answer = self.create(name, **described)
        os.close(btf.result)
        return answer


class Commands:
    """Runs the commands on maps, with keys and values that the map's type can take."""

    def __init__(self, maps: Maps, cgroup: str | None):
        self._maps = maps
        self._kernel = maps.kernel
        self._keys = ctypes.create_string_buffer(_ROOM)
        self._values = ctypes.create_string_buffer(_ROOM)
        self._batch = ctypes.create_string_buffer(_ROOM)
        self._open: list[object] = []
        self._descriptors = self._make_descriptors(cgroup)

    def _make_descriptors(self, cgroup: str | None) -> dict[str, int]:
        """What keys and values of some maps are: descriptors of sockets, files, processes and programs."""
        made: dict[str, int] = {"index": 1, "zero": 0}
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._open.append(listening)
        # What lets several sockets share a port also lets one into an array of such sockets.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with suppress(OSError):
            listening.bind(("", 0))
            listening.listen(1)
        made["socket"] = listening.fileno()
        made["file"] = os.open("/proc/self/exe", os.O_RDONLY)
        with suppress(OSError, AttributeError):
            made["process"] = os.pidfd_open(os.getpid())
        if cgroup:
            made["cgroup"] = os.open(cgroup, os.O_RDONLY)
        code = Assembler().mov(R0, 0).exit().assemble()
        program = self._kernel.load(code, {"prog_type": self._kernel.number("BPF_PROG_TYPE_SOCKET_FILTER")})
        made["program"] = program.result
        made["map"] = self._maps.create("BPF_MAP_TYPE_ARRAY").result
        return made

    def run(self, name: str, command: str) -> Answer:
        """One command on a fresh map of a type that has one entry, where user space may make it.

        `mmap` is the system call; the map is created so that it may be mapped, where that is possible.
        """
        recipe = self._maps.recipes[name]
        flags = self._kernel.number("BPF_F_MMAPABLE") if command == "mmap" and name == "BPF_MAP_TYPE_ARRAY" else 0
        # An arena that has an address can be mapped there alone.
        more = {"map_extra": 0} if command == "mmap" and "map_extra" in recipe else {}
        with self._maps.made(name, flags, **more) as answer:
            if answer.result < 0:
                return answer
            if command == "mmap":
                return self._map_memory(answer.result)
            self._fill(recipe)
            if command != "BPF_MAP_UPDATE_ELEM":
                self._simple(answer.result, recipe, "BPF_MAP_UPDATE_ELEM")
                self._fill(recipe)
            run = self._batched if command.endswith("_BATCH") else self._simple
            return run(answer.result, recipe, command)

    def _fill(self, recipe: Recipe) -> None:
        """Keys and values with what they must hold."""
        for buffer, part in ((self._keys, "key"), (self._values, "value")):
            ctypes.memset(buffer, 0, _ROOM)
            word = self._descriptors.get(str(recipe.get(part, "zero")), -1)
            struct.pack_into("<i", buffer, 0, word)

    def _simple(self, fd: int, recipe: Recipe, command: str) -> Answer:
        layout = self._kernel.layouts[command]
        values = {"map_fd": fd}
        if command != "BPF_MAP_FREEZE":
            # Queues and stacks have no key, and refuse one.
            values["key"] = ctypes.addressof(self._keys) if recipe.get("key_size", 0) else 0
            second = "next_key" if command == "BPF_MAP_GET_NEXT_KEY" else "value"
            if command != "BPF_MAP_DELETE_ELEM" and second in layout:
                values[second] = ctypes.addressof(self._values)
            if command == "BPF_MAP_GET_NEXT_KEY":
                values["key"] = 0
        return self._kernel.call(command, values)

    def _batched(self, fd: int, recipe: Recipe, command: str) -> Answer:
        del recipe
        values = {
            "map_fd": fd,
            "keys": ctypes.addressof(self._keys),
            "values": ctypes.addressof(self._values),
            "count": 1 if "UPDATE" in command or "DELETE_BATCH" in command else _BATCH,
        }
        if "LOOKUP" in command:
            values["out_batch"] = ctypes.addressof(self._batch)
            values["count"] = _BATCH
        return self._kernel.call(command, values)

    def _map_memory(self, fd: int) -> Answer:
        last = 0
        for protection in (mmap.PROT_READ | mmap.PROT_WRITE, mmap.PROT_READ):
            try:
                mmap.mmap(fd, mmap.PAGESIZE, mmap.MAP_SHARED, protection).close()
            except OSError as error:
                last = error.errno or 0
            else:
                return Answer(0, 0)
        return Answer(-1, last)
