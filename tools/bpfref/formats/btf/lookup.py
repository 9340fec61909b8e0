"""The types of one file, by id and by name; each is decoded when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cached_property
from pathlib import Path

from bpfref.formats.btf import scan
from bpfref.formats.btf.decode import Impossible, Words, decode
from bpfref.formats.btf.strings import Strings
from bpfref.formats.btf.types import DeclTag, Int, Member, Qualifier, Type, Typedef, TypeTag, Void
from bpfref.formats.btf.wire import Kind, Order, Sections, fault


class Btf:
    """BTF, scanned and checked. Split BTF answers for its base's ids and names too.

    `btf[7]` is type 7, `len(btf)` one more than the highest id, `btf.own` the ids that are not the
    base's. SourceError for an id that is not there and for a type with impossible values.
    """

    def __init__(self, sections: Sections, file: Path | str, base: Btf | None = None):
        self.file = file
        self.order: Order = sections.order
        self.base = base
        self.strings: Strings = Strings(sections.strings, file, base.strings if base else None)
        self._words = sections.words
        below = base._index if base else scan.EMPTY
        self._index: scan.Index = scan.parse_index(sections.words, self.strings.bytes_before(), below, file)
        self._first, self._end = len(below.kinds), len(self._index.kinds)
        self.own = range(self._first, self._end)
        self._kept: dict[int, Type] | None = None

    def __len__(self) -> int:
        return self._end

    def __getitem__(self, type_id: int) -> Type:
        if self._kept and type_id in self._kept:
            return self._kept[type_id]
        owner = self._owner(type_id)
        found = owner._decode(type_id) if owner else Void()
        if self._kept is not None:
            self._kept[type_id] = found
        return found

    def remembering(self) -> Btf:
        """The same types, each kept once it has been decoded: for who asks for all of them several times."""
        twin = copy(self)
        twin._kept = {}
        return twin

    def kind(self, type_id: int) -> Kind:
        """The kind of a type."""
        self._owner(type_id)
        return Kind(self._index.kinds[type_id])

    def name(self, type_id: int) -> str | None:
        """The name of a type, None where it has none."""
        owner = self._owner(type_id)
        return owner.strings.at(owner._words[owner._start(type_id)]) or None if owner else None

    def entries(self, type_id: int) -> int:
        """How many members, parameters, enumerators or variables a type has, without decoding it."""
        owner = self._owner(type_id)
        if not owner or self.kind(type_id) == Kind.FUNC:
            return 0
        return scan.vlen_of(owner._words[owner._start(type_id) + 1])

    def ids(self, *kinds: Kind) -> Iterator[int]:
        """The file's own ids of types of some kinds, in order."""
        return (type_id for type_id in self.own if self._index.kinds[type_id] in kinds)

    def find(self, name: str, *kinds: Kind) -> tuple[int, ...]:
        """The ids of all types with a name, of some kinds or of any; the base's come first."""
        below = self.base.find(name, *kinds) if self.base else ()
        own = self._names.get(name, ())
        return below + tuple(i for i in own if not kinds or self._index.kinds[i] in kinds)

    def resolve(self, type_id: int) -> int:
        """The type behind typedefs, qualifiers and type tags."""
        while isinstance(found := self[type_id], Typedef | Qualifier | TypeTag):
            type_id = found.target
        return type_id

    def bits(self, member: Member) -> tuple[int, int | None]:
        """A member's offset in bits, and its width if it is a bit field.

        Before the kind flag the width of a bit field was that of its integer, and a part of its offset too.
        """
        found = self[self.resolve(member.type)] if member.bits is None else None
        if isinstance(found, Int) and found.bits != found.size * 8:
            return member.offset + found.offset, found.bits
        return member.offset, member.bits

    def tags(self, type_id: int, component: int | None = None) -> tuple[str, ...]:
        """The declaration tags (no other attributes) on a type, or on one of its components."""
        self._owner(type_id)
        below = self.base.tags(type_id, component) if self.base and type_id < self._first else ()
        found = (self._tag(tag_id) for tag_id in self._tags.get(type_id, ()))
        return below + tuple(tag.name for tag in found if tag.component == component and not tag.attribute)

    @cached_property
    def signs(self) -> bool:
        """Whether the producer of this file, or of its base, knew that enumerations have a sign.

        Producers before 2022 did not: they leave the flag out everywhere, and know no later kind.
        """
        infos = (self._words[start + 1] for start in self._index.starts)
        known = any(
            scan.kind_of(info) == Kind.ENUM64 or (scan.kind_of(info) == Kind.ENUM and scan.has_flag(info))
            for info in infos
        )
        return known or bool(self.base and self.base.signs)

    def _owner(self, type_id: int) -> Btf | None:
        """The file that holds a type; none holds type 0."""
        if self._first <= type_id < self._end:
            return self
        if 0 <= type_id < self._first:
            return self.base._owner(type_id) if self.base else None
        raise fault(f"type {type_id} is asked for, but the ids end at {self._end - 1}", self.file)

    def _start(self, type_id: int) -> int:
        return self._index.starts[type_id - self._first]

    def _decode(self, type_id: int) -> Type:
        try:
            return decode(self._source, self._start(type_id))
        except Impossible as error:
            raise fault(f"type {type_id} ({self.kind(type_id).name}) {error}", self.file) from error

    def _tag(self, type_id: int) -> DeclTag:
        tag = self[type_id]
        if not isinstance(tag, DeclTag):
            raise fault(f"type {type_id} is no declaration tag", self.file)
        return tag

    @cached_property
    def _source(self) -> Words:
        return Words(self._words, self.strings, signs=self.signs)

    @cached_property
    def _names(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for type_id, start in enumerate(self._index.starts, self._first):
            if self._words[start]:
                name = self.strings.at(self._words[start])
                found.setdefault(name, []).append(type_id)
        return found

    @cached_property
    def _tags(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for type_id in self.ids(Kind.DECL_TAG):
            found.setdefault(self._words[self._start(type_id) + 2], []).append(type_id)
        return found
