"""What was loaded from an object, as long as it is wanted. Standard library only."""

from __future__ import annotations

import errno as numbers
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

from bpfref.formats.btf.types import Struct
from bpfref.formats.btf.wire import Kind
from bpfref.loader.buffers import PerfBuffer, RingBuffer, UserRingBuffer, close_all
from bpfref.loader.errors import AttachError, ClosedError, LoaderError, MissingSymbolError
from bpfref.loader.held import Held
from bpfref.loader.libbpf import Library
from bpfref.loader.links import Link
from bpfref.loader.maps import Map
from bpfref.loader.programs import Program
from bpfref.loader.specs import MapSpec, map_name
from bpfref.loader.values import BtfCodec, Codec, RawCodec
from bpfref.loader.variables import Variables

if TYPE_CHECKING:
    from bpfref.loader.object import Object

_Reader = TypeVar("_Reader", RingBuffer, PerfBuffer, UserRingBuffer)
_STRUCT_OPS = "BPF_MAP_TYPE_STRUCT_OPS"
_RODATA = ".rodata"


class Collection(Held):
    """Programs and maps in the kernel. At the end of the `with` block all of it is released, with links and readers.

    `programs` and `maps` are by name; `variables` are the global variables of the running programs.
    """

    def __init__(self, declared: Object, handle: int, logs: Mapping[str, str]):
        """`handle` is libbpf's, loaded; the collection closes it, also when this fails."""
        from bpfref.loader.object import Named  # noqa: PLC0415 - each makes the other

        self._lib: Library = declared.lib
        self._handle = handle
        self._declared = declared
        self._links: list[Link] = []
        self._readers: list[RingBuffer | PerfBuffer | UserRingBuffer] = []
        self._mapped = ExitStack()
        self._memory: dict[str, memoryview] = {}
        self.name = declared.name
        programs = {program.name: program for program in self._programs(logs)}
        maps = dict(self._maps())
        self.programs: Mapping[str, Program] = Named("program loaded as", programs, self.name)
        self.maps: Mapping[str, Map] = Named("map", maps, self.name)
        sections = {name: section for name, section in declared.sections.items() if name in maps}
        self.variables = Variables(self.name, sections, self._read, self._write)

    def close(self) -> None:
        """Release everything, the newest first: readers, links, programs, maps. What is pinned stays."""
        close_all(self._readers)
        close_all(self._links)
        self._memory.clear()
        self._mapped.close()
        for program in self.programs.values():
            program.close()
        for each in self.maps.values():
            each.close()
        handle, self._handle = self._handle, 0
        if handle:
            self._lib.bpf_object__close(handle)

    def attach(self) -> list[Link]:
        """Put every program, and every struct_ops map, where its section says; those that say nothing are left out.

        All or none: when one is refused, the others come off again.
        """
        made: list[Link] = []
        try:
            made.extend(link for program in self.programs.values() if (link := self._attach_own(program)))
            made += [self.attach_struct_ops(name) for name, each in self.maps.items() if each.type == _STRUCT_OPS]
        except BaseException:
            for link in reversed(made):
                link.close()
            raise
        return made

    def _attach_own(self, program: Program) -> Link | None:
        """The link of a program where its section says; None where that says nothing."""
        if not self._lib.bpf_program__autoattach(program.handle):
            return None
        try:
            return program.attach()
        except AttachError as error:
            if error.errno != numbers.EOPNOTSUPP:
                raise
            return None

    def attach_struct_ops(self, name: str) -> Link:
        """Register a struct_ops map with the kernel."""
        wanted = self.maps[name]
        with self._lib.listening() as said:
            try:
                handle = self._lib.pointer("bpf_map__attach_struct_ops", self.pointer_of(name))
            except OSError as error:
                why = "; ".join(said).replace("libbpf: ", "")
                raise AttachError(f"struct_ops map {wanted.name} cannot be attached", error.errno or 0, why) from error
        link = Link(handle, f"struct_ops map {name}", self._drop)
        self._links.append(link)
        return link

    def replace_struct_ops(self, link: Link, name: str) -> None:
        """Put a struct_ops map in the place of the one that a link holds (`.struct_ops.link`, from Linux v6.4)."""
        link.update_map(self.pointer_of(name))

    def ring_buffer(self, name: str, *, type: str | None = None) -> RingBuffer:  # noqa: A002 - the word for it
        """A reader of a ring buffer; `type` names the struct of its events, without it they are bytes."""
        return self._reader(RingBuffer(self.maps[name], self.codec(type)))

    def perf_buffer(self, name: str, *, type: str | None = None, pages: int = 8) -> PerfBuffer:  # noqa: A002
        """A reader of a perf event array, with so many pages for each CPU."""
        return self._reader(PerfBuffer(self.maps[name], self.codec(type), pages=pages))

    def user_ring_buffer(self, name: str, *, type: str | None = None) -> UserRingBuffer:  # noqa: A002
        """A writer into a user ring buffer."""
        return self._reader(UserRingBuffer(self.maps[name], self.codec(type)))

    def codec(self, name: str | None) -> Codec | None:
        """How the values of a type lie in memory: `event` or `struct event`. MissingSymbolError for another name."""
        if name is None:
            return None
        btf = self._declared.btf
        plain = name.removeprefix("struct ").removeprefix("union ")
        kinds = (Kind.STRUCT, Kind.UNION, Kind.TYPEDEF, Kind.ENUM, Kind.ENUM64, Kind.INT)
        found = btf.find(plain, *kinds) if btf else ()
        if not btf or not found:
            there = ", ".join(_structs(declared=self._declared)) or "none"
            raise MissingSymbolError(
                f"{self.name} has no type {name} in its BTF (a type that nothing uses is not in it); structs: {there}"
            )
        return BtfCodec(btf, found[0])

    def pointer_of(self, name: str) -> int:
        """libbpf's pointer of a map."""
        if not self._handle:
            raise ClosedError(f"{self.name} is closed")
        return self._lib.pointer("bpf_object__find_map_by_name", self._handle, name.encode())

    def _programs(self, logs: Mapping[str, str]) -> Iterator[Program]:
        at = None
        while at := self._lib.bpf_object__next_program(self._handle, at):
            fd = self._lib.bpf_program__fd(at)
            if fd >= 0:
                name = self._lib.bpf_program__name(at).decode()
                section = self._lib.bpf_program__section_name(at).decode()
                keep, forget = self._links.append, self._drop
                yield Program(at, fd, section=section, log=logs.get(name, ""), keep=keep, forget=forget)

    def _maps(self) -> Iterator[tuple[str, Map]]:
        at = None
        while at := self._lib.bpf_object__next_map(self._handle, at):
            fd = self._lib.bpf_map__fd(at)
            # libbpf keeps a place for the descriptor of a map that is not to be created.
            if fd >= 0 and self._lib.bpf_map__autocreate(at):
                name = map_name(self._lib, at)
                yield name, Map(fd, codecs=self._codecs(self._declared.maps[name]), owned=False)

    def _codecs(self, spec: MapSpec) -> tuple[Codec, Codec] | None:
        btf = self._declared.btf
        if btf is None:
            return None
        return (
            BtfCodec(btf, spec.key_type, spec.key_size) if spec.key_type else RawCodec(spec.key_size),
            BtfCodec(btf, spec.value_type, spec.value_size) if spec.value_type else RawCodec(spec.value_size),
        )

    def _drop(self, link: Link) -> None:
        """Forget a link that was closed; at the end all are forgotten before."""
        if link in self._links:
            self._links.remove(link)

    def _reader(self, made: _Reader) -> _Reader:
        self._readers.append(made)
        return made

    def _read(self, section: str) -> memoryview:
        """The live memory of a data section, mapped once."""
        if section not in self._memory:
            writable = not section.startswith(_RODATA)
            self._memory[section] = self._mapped.enter_context(self.maps[section].mmap(writable=writable))
        return self._memory[section]

    def _write(self, section: str, offset: int, data: bytes) -> None:
        if section.startswith(_RODATA):
            raise LoaderError(f"{self.name}: constants of {section} can be set only before loading")
        self._read(section)[offset : offset + len(data)] = data


def _structs(declared: Object) -> list[str]:
    btf = declared.btf
    if btf is None:
        return []
    found = (btf[type_id] for type_id in btf.ids(Kind.STRUCT))
    return sorted({each.name for each in found if isinstance(each, Struct) and each.name})
