"""Global variables of an object, by name: before loading, and while its programs run. Standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from bpfref.formats.btf.lookup import Btf
from bpfref.formats.btf.types import DataSec
from bpfref.formats.btf.wire import Kind
from bpfref.loader.errors import MissingSymbolError, UnreferencedSymbolError
from bpfref.loader.values import BtfCodec

Read = Callable[[str], memoryview]
Write = Callable[[str, int, bytes], None]


@dataclass(frozen=True)
class Variable:
    """Where a variable lies in its section, and how its values do in memory."""

    section: str
    offset: int
    codec: BtfCodec


Section = Mapping[str, Variable]


def find_sections(btf: Btf, names: Mapping[str, object]) -> dict[str, Section]:
    """The variables of the data sections with these names."""
    found: dict[str, Section] = {}
    for type_id in btf.ids(Kind.DATASEC):
        section = btf[type_id]
        if isinstance(section, DataSec) and section.name in names:
            found[section.name] = {
                btf.name(place.var) or "": Variable(section.name, place.offset, BtfCodec(btf, place.var))
                for place in section.places
            }
    return found


class Variables(MutableMapping[str, Any]):
    """Variables by name. Setting one that no program refers to is an UnreferencedSymbolError."""

    def __init__(
        self,
        owner: str,
        sections: Mapping[str, Section],
        read: Read,
        write: Write,
        references: Mapping[str, set[int]] | None = None,
    ):
        """`references` are the bytes of sections that code refers to; None when that is not known."""
        self._owner = owner
        self._all = {name: variable for section in sections.values() for name, variable in section.items()}
        self._read, self._write, self._references = read, write, references

    def __getitem__(self, name: str) -> Any:
        found = self._find(name)
        return found.codec.decode(bytes(self._read(found.section)[found.offset : found.offset + found.codec.size]))

    def __setitem__(self, name: str, value: object) -> None:
        found = self._find(name)
        if self._references is not None:
            used = self._references.get(found.section, set())
            if not any(found.offset <= at < found.offset + max(found.codec.size, 1) for at in used):
                raise UnreferencedSymbolError(
                    f"{self._owner}: no program refers to variable {name} of {found.section}: setting it would "
                    "change nothing; is it the right name?"
                )
        self._write(found.section, found.offset, found.codec.encode(value))

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"variable {name} cannot be deleted")

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def _find(self, name: str) -> Variable:
        try:
            return self._all[name]
        except KeyError:
            there = ", ".join(self._all) or "none (has the object BTF?)"
            raise MissingSymbolError(f"{self._owner} has no variable {name}; there is: {there}") from None
