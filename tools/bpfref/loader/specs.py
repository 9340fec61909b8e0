"""A program and a map as an object declares them, and what may be changed before loading. Standard library only."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from bpfref.loader import uapi
from bpfref.loader.errors import KernelError
from bpfref.loader.libbpf import Library

if TYPE_CHECKING:
    from bpfref.loader.maps import Map


class Owner(Protocol):
    """What a declaration belongs to: an open object."""

    name: str

    @property
    def lib(self) -> Library:
        """The library that it was opened with."""

    @property
    def handle(self) -> int:
        """libbpf's pointer."""

    def edit(self, change: Callable[[int], None]) -> None:
        """Apply a change now and to each load."""


def map_name(lib: Library, pointer: int) -> str:
    """A map's name; that of a data section where libbpf made the map of one."""
    name: str = lib.bpf_map__name(pointer).decode()
    internal = lib.bpf_map__is_internal(pointer) and not name.startswith(".")
    return name[name.rindex(".") :] if internal and "." in name else name


class _Spec:
    """A thing of an object by name: it is looked up in whichever handle is at hand."""

    kind = ""
    finder = ""

    def __init__(self, owner: Owner, name: str):
        self._owner = owner
        self.name = name

    def _find(self, handle: int | None = None) -> int:
        lib = self._owner.lib
        return lib.pointer(self.finder, self._owner.handle if handle is None else handle, self.name.encode())

    def _get(self, getter: str) -> int:
        found: int = getattr(self._owner.lib, getter)(self._find())
        return found

    def _change(self, setter: str, *values: object) -> None:
        lib, owner = self._owner.lib, self._owner

        def change(handle: int) -> None:
            with lib.listening() as said:
                try:
                    lib.number(setter, self._find(handle), *values)
                except OSError as error:
                    what = f"{owner.name}: {self.kind} {self.name} cannot be changed so ({setter})"
                    raise KernelError(what, error.errno or 0, "; ".join(said)) from error

        owner.edit(change)


class ProgramSpec(_Spec):
    """A program of an object; `section` says what it is for."""

    kind = "program"
    finder = "bpf_object__find_program_by_name"

    @property
    def section(self) -> str:
        """Its ELF section."""
        found: bytes = self._owner.lib.bpf_program__section_name(self._find())
        return found.decode()

    @property
    def instructions(self) -> int:
        """How many instructions it has, before subprograms are added."""
        return self._get("bpf_program__insn_cnt")

    @property
    def type(self) -> str:
        """Its type as `linux/bpf.h` names it, or the number of one that is newer."""
        number = self._get("bpf_program__type")
        return uapi.name_of("bpf_prog_type", number) or str(number)

    @type.setter  # noqa: A003 - the word for it
    def type(self, value: str | int) -> None:
        self._change("bpf_program__set_type", uapi.number_of("bpf_prog_type", value))

    @property
    def expected_attach_type(self) -> str:
        """Its attach type as `linux/bpf.h` names it, or the number of one that is newer; that of 0 may mean none."""
        number = self._get("bpf_program__expected_attach_type")
        return uapi.name_of("bpf_attach_type", number) or str(number)

    @expected_attach_type.setter
    def expected_attach_type(self, value: str | int) -> None:
        self._change("bpf_program__set_expected_attach_type", uapi.number_of("bpf_attach_type", value))

    @property
    def autoload(self) -> bool:
        """Whether it is loaded with its object."""
        return bool(self._get("bpf_program__autoload"))

    @autoload.setter
    def autoload(self, value: bool) -> None:
        if value != self.autoload:
            self._change("bpf_program__set_autoload", value)

    @property
    def flags(self) -> int:
        """Its flags for loading (`BPF_F_…`)."""
        return self._get("bpf_program__flags")

    @flags.setter
    def flags(self, value: int) -> None:
        self._change("bpf_program__set_flags", value)

    def set_attach_target(self, function: str | None, program: object | None = None) -> None:
        """Aim it (fentry, fexit, fmod_ret, tp_btf, LSM, freplace) at a function of the kernel or of a `program`."""
        fd = 0 if program is None else program.fileno()  # type: ignore[attr-defined]
        self._change("bpf_program__set_attach_target", fd, function.encode() if function else None)

    def set_device(self, ifindex: int) -> None:
        """Bind it to a network device."""
        pointer_of, lib = self._find, self._owner.lib
        self._owner.edit(lambda handle: lib.bpf_program__set_ifindex(pointer_of(handle), ifindex))


class MapSpec(_Spec):
    """A map of an object. Its attributes may be set until the object is loaded."""

    kind = "map"
    finder = "bpf_object__find_map_by_name"

    @property
    def type(self) -> str:
        """Its type as `linux/bpf.h` names it, or the number of one that is newer."""
        number = self._get("bpf_map__type")
        return uapi.name_of("bpf_map_type", number) or str(number)

    @type.setter  # noqa: A003 - the word for it
    def type(self, value: str | int) -> None:
        self._change("bpf_map__set_type", uapi.number_of("bpf_map_type", value))

    @property
    def max_entries(self) -> int:
        """How many entries it may have."""
        return self._get("bpf_map__max_entries")

    @max_entries.setter
    def max_entries(self, value: int) -> None:
        self._change("bpf_map__set_max_entries", value)

    @property
    def key_size(self) -> int:
        """Bytes of a key."""
        return self._get("bpf_map__key_size")

    @key_size.setter
    def key_size(self, value: int) -> None:
        self._change("bpf_map__set_key_size", value)

    @property
    def value_size(self) -> int:
        """Bytes of a value; setting it resizes a data section."""
        return self._get("bpf_map__value_size")

    @value_size.setter
    def value_size(self, value: int) -> None:
        self._change("bpf_map__set_value_size", value)

    @property
    def flags(self) -> int:
        """Its flags for creation (`BPF_F_…`)."""
        return self._get("bpf_map__map_flags")

    @flags.setter
    def flags(self, value: int) -> None:
        self._change("bpf_map__set_map_flags", value)

    @property
    def extra(self) -> int:
        """What some types take besides: the number of hash functions of a bloom filter."""
        return self._get("bpf_map__map_extra")

    @extra.setter
    def extra(self, value: int) -> None:
        self._change("bpf_map__set_map_extra", value)

    @property
    def numa_node(self) -> int:
        """The memory node, with `BPF_F_NUMA_NODE` among the flags."""
        return self._get("bpf_map__numa_node")

    @numa_node.setter
    def numa_node(self, value: int) -> None:
        self._change("bpf_map__set_numa_node", value)

    @property
    def autocreate(self) -> bool:
        """Whether it is created with its object."""
        return bool(self._get("bpf_map__autocreate"))

    @autocreate.setter
    def autocreate(self, value: bool) -> None:
        self._change("bpf_map__set_autocreate", value)

    @property
    def pin_path(self) -> str | None:
        """Where it will be pinned; a map that is there already is used if it is of the same form."""
        found: bytes | None = self._owner.lib.bpf_map__pin_path(self._find())
        return found.decode() if found else None

    @pin_path.setter
    def pin_path(self, value: str | None) -> None:
        self._change("bpf_map__set_pin_path", value.encode() if value is not None else None)

    @property
    def key_type(self) -> int:
        """The BTF id of its keys' type, 0 where there is none."""
        return self._get("bpf_map__btf_key_type_id")

    @property
    def value_type(self) -> int:
        """The BTF id of its values' type, 0 where there is none."""
        return self._get("bpf_map__btf_value_type_id")

    @property
    def inner(self) -> InnerSpec | None:
        """What the maps in it have to be like, for a map of maps that declares it."""
        return InnerSpec(self._owner, self.name) if self._get("bpf_map__inner_map") else None

    def set_inner(self, template: Map) -> None:
        """Say by an example what the maps in it are like."""
        self._change("bpf_map__set_inner_map_fd", template.fileno())

    def reuse(self, existing: Map) -> None:
        """Use a map that is there instead of a new one. IncompatibleMapError when it is of another form."""
        existing.require_like(self)
        self._change("bpf_map__reuse_fd", existing.fileno())

    @property
    def initial_value(self) -> memoryview:
        """The bytes of a data section before loading; empty for other maps."""
        size = ctypes.c_size_t()
        start = self._owner.lib.bpf_map__initial_value(self._find(), ctypes.addressof(size))
        if not start:
            return memoryview(b"")
        return memoryview((ctypes.c_char * size.value).from_address(start)).cast("B").toreadonly()


class InnerSpec(MapSpec):
    """What the maps in a map of maps are like."""

    kind = "inner map of"

    def _find(self, handle: int | None = None) -> int:
        return self._owner.lib.pointer("bpf_map__inner_map", super()._find(handle))
