"""An object before it is loaded: what it declares, and changes to that. Standard library only."""

from __future__ import annotations

import ctypes
import errno as numbers
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpfref.errors import SourceError
from bpfref.formats.btf.lookup import Btf
from bpfref.formats.btf.wire import parse_sections
from bpfref.loader import loading
from bpfref.loader.errors import ClosedError, ConversionError, MissingSymbolError, OpenError
from bpfref.loader.held import Held
from bpfref.loader.libbpf import Library, library
from bpfref.loader.opts import make_opts
from bpfref.loader.specs import MapSpec, ProgramSpec, map_name
from bpfref.loader.symbols import find_references
from bpfref.loader.variables import Section, Variables, find_sections

if TYPE_CHECKING:
    from bpfref.loader.collection import Collection

Edit = Callable[[int], None]


@dataclass(frozen=True)
class Options:
    """How an object is opened: its name, where pinned maps lie, kernel configuration and BTF to use instead."""

    name: str
    pin_root: str | None = None
    kconfig: str | None = None
    btf: str | None = None

    def open(self, lib: Library, data: bytes, log: tuple[int, int] = (0, 0)) -> int:
        """Let libbpf read it: a handle. `log` is address and size of memory for the verifier's."""
        opts = make_opts(
            "bpf_object_open_opts",
            object_name=self.name.encode(),
            pin_root_path=_encoded(self.pin_root),
            kconfig=_encoded(self.kconfig),
            btf_custom_path=_encoded(self.btf),
            kernel_log_buf=log[0] or None,
            kernel_log_size=log[1],
        )
        with lib.listening() as said:
            try:
                return lib.pointer("bpf_object__open_mem", data, len(data), ctypes.addressof(opts))
            except OSError as error:
                why = "; ".join(line.removeprefix("libbpf: ") for line in said) or str(error)
                raise OpenError(f"{self.name} cannot be opened", error.errno or 0, why) from error


class Object(Held):
    """An object file, to be changed and loaded; it may be loaded several times, each with what was changed so far.

    `programs` and `maps` are what it declares, `variables` the variables of all its data sections;
    `rodata`, `data` and `bss` those of one.
    """

    def __init__(self, data: bytes, options: Options):
        self._lib = library()
        self._content = data
        self.options = options
        self.name = options.name
        self._handle = options.open(self._lib, data)
        self._edits: list[Edit] = []
        try:
            self._describe()
        except (UnicodeDecodeError, SourceError, ConversionError) as error:
            self.close()
            raise OpenError(f"{self.name} cannot be opened", numbers.EINVAL, str(error)) from error
        except BaseException:
            self.close()
            raise

    def _describe(self) -> None:
        """Find out what it declares."""
        self.programs: Mapping[str, ProgramSpec] = Named("program", {p.name: p for p in self._programs()}, self.name)
        self.maps: Mapping[str, MapSpec] = Named("map", {m.name: m for m in self._maps()}, self.name)
        self.btf: Btf | None = _read_btf(self._lib, self._handle, self.name)
        self._sections = find_sections(self.btf, self.maps) if self.btf else {}
        self.variables = self._variables(*self._sections)
        self.rodata = self._variables(".rodata")
        self.data = self._variables(".data")
        self.bss = self._variables(".bss")

    def close(self) -> None:
        """Release it; what was loaded from it lives on."""
        if self._handle:
            self._lib.bpf_object__close(self._handle)
            self._handle = 0

    def load(
        self,
        programs: Iterable[str] | None = None,
        *,
        log_level: int = 0,
        check_attach_types: bool = True,
    ) -> Collection:
        """Load it into the kernel: all programs that load by themselves, or those named, and all maps.

        All or nothing: when one thing is refused, what was loaded before is released. LoadError
        has errno, the telling line and the log. `log_level` (1, 2, 4 for figures alone) keeps the
        log of each program that is accepted too. AttachTypeError when the running kernel does not
        know the attach type of a program: libbpf would load that without it.
        """
        if programs is not None:
            self.choose(programs)
        request = loading.Request(self._lib, self._content, self.options, tuple(self._edits), log_level)
        if check_attach_types:
            loading.check_attach_types(self)
        return loading.load(request, self)

    def choose(self, programs: Iterable[str]) -> None:
        """Load these programs and no others."""
        wanted = {self.programs[name].name for name in programs}
        for name, program in self.programs.items():
            program.autoload = name in wanted

    @property
    def sections(self) -> Mapping[str, Section]:
        """The data sections, by name."""
        return self._sections

    def edit(self, change: Edit) -> None:
        """Apply a change of a handle now, and to each handle that is loaded. OSError when it is refused."""
        change(self.handle)
        self._edits.append(change)

    @property
    def handle(self) -> int:
        """libbpf's pointer; ClosedError when it is gone."""
        if not self._handle:
            raise ClosedError(f"{self.name} is closed")
        return self._handle

    @property
    def lib(self) -> Library:
        """The library that it was opened with."""
        return self._lib

    def _programs(self) -> Iterator[ProgramSpec]:
        at = None
        while at := self._lib.bpf_object__next_program(self._handle, at):
            yield ProgramSpec(self, self._lib.bpf_program__name(at).decode())

    def _maps(self) -> Iterator[MapSpec]:
        at = None
        while at := self._lib.bpf_object__next_map(self._handle, at):
            yield MapSpec(self, map_name(self._lib, at))

    def _variables(self, *sections: str) -> Variables:
        chosen = {name: self._sections[name] for name in sections if name in self._sections}
        return Variables(self.name, chosen, self._read, self._write, find_references(self._content))

    def _read(self, section: str) -> memoryview:
        return self.maps[section].initial_value

    def _write(self, section: str, offset: int, data: bytes) -> None:
        def change(handle: int) -> None:
            pointer = self._lib.bpf_object__find_map_by_name(handle, section.encode())
            size = ctypes.c_size_t()
            start = self._lib.bpf_map__initial_value(pointer, ctypes.addressof(size))
            ctypes.memmove(start + offset, data, len(data))

        self.edit(change)


class Named(Mapping[str, Any]):
    """Things of an object by name; MissingSymbolError, which says what there is, for another name."""

    def __init__(self, kind: str, things: Mapping[str, Any], owner: str):
        self._kind, self._things, self._owner = kind, things, owner

    def __getitem__(self, name: str) -> Any:
        try:
            return self._things[name]
        except KeyError:
            there = ", ".join(self._things) or "none"
            raise MissingSymbolError(f"{self._owner} has no {self._kind} {name}; there is: {there}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._things

    def __iter__(self) -> Iterator[str]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)


def open_object(
    source: bytes | str | os.PathLike[str],
    *,
    name: str | None = None,
    pin_root: str | None = None,
    kconfig: str | None = None,
    btf: str | None = None,
) -> Object:
    """Open an object from its bytes or its file. OpenError when libbpf cannot read it.

    `name` is the object's in the kernel (else the file's), `pin_root` the folder for maps that
    declare to be pinned by name, `kconfig` lines that replace the kernel's configuration, `btf`
    a file to relocate against instead of the running kernel's.
    """
    if isinstance(source, bytes):
        data, label = source, name or "object"
    else:
        path = Path(source)
        label = name or path.name.partition(".")[0]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise OpenError(f"{path} cannot be read", error.errno or 0) from error
    return Object(data, Options(label, pin_root, kconfig, btf))


def _read_btf(lib: Library, handle: int, name: str) -> Btf | None:
    pointer = lib.bpf_object__btf(handle)
    if not pointer:
        return None
    size = ctypes.c_uint32()
    raw = lib.btf__raw_data(pointer, ctypes.addressof(size))
    return Btf(parse_sections(ctypes.string_at(raw, size.value), name), name) if raw else None


def _encoded(text: str | None) -> bytes | None:
    return text.encode() if text is not None else None
