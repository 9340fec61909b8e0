"""A whole file of BTF as one C header: what programs know as `vmlinux.h`.

Every struct, union, enumeration and typedef is written once, each after those that it needs, with
padding written out where C would lay its members out otherwise. Clang from 14 on takes it without
options, as C of any year. The names follow what other writers of such headers do: of two types with
one name the second gets the ending `___2`, which CO-RE ignores.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bpfref.formats.btf.declare import Lines, Writer
from bpfref.formats.btf.layout import Alignments
from bpfref.formats.btf.lookup import Btf
from bpfref.formats.btf.order import Names, Step, order
from bpfref.formats.btf.types import Enum, Enumerator, Func, Member, Struct, Typedef, TypeTag
from bpfref.formats.btf.wire import fault

_HEAD = """\
/* The types of a kernel, out of its BTF. Made by bpfref: do not edit. */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

"""
_KFUNCS = """
#ifndef BPF_NO_KFUNC_PROTOTYPES
"""
_TAIL = """
#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
"""
_KSYM = '__attribute__((section(".ksyms"))) __attribute__((weak))'
_GUARD = "#if !defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L\n{}#endif\n"
# What C23 made words of the language, of what a kernel may declare.
_WORDS = frozenset({"bool", "false", "true", "nullptr"})
_WORDS_OF = {1: "char", 2: "short", 4: "int", 8: "long long"}
_INT, _INT_BITS = 4, 32
_COST = 64
_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
# Bit fields that nothing can name: of these types and widths where they fit, else of bits of a char.
_PADS = ((64, "long long"), (32, "int"), (16, "short"), (8, "char"))


def write_header(btf: Btf, kfuncs: Collection[int] = ()) -> str:
    """All types of a file as C, and the prototypes of `kfuncs` (ids of functions) as weak `__ksym`s.

    A program that defines BPF_NO_KFUNC_PROTOTYPES gets none of these, one that defines
    BPF_NO_PRESERVE_ACCESS_INDEX no CO-RE relocations. For BTF of 64 bits, of either byte order.
    SourceError for what C cannot say.
    """
    btf = btf.remembering()
    names, alignments = Names(btf), Alignments(btf)
    parts = [_HEAD, *(_write(btf, names, alignments, step) for step in order(btf))]
    if kfuncs:
        parts += [_KFUNCS, *(_prototype(btf, names, each) for each in _sorted(btf, kfuncs)), "#endif\n"]
    return "".join([*parts, _TAIL])


def _sorted(btf: Btf, kfuncs: Collection[int]) -> list[int]:
    return sorted(kfuncs, key=lambda type_id: (btf.name(type_id) or "", type_id))


def _write(btf: Btf, names: Names, alignments: Alignments, step: Step) -> str:
    writer = _HeaderWriter(btf, names, alignments)
    found = btf[step.type]
    if not step.whole:
        return f"{writer.declaration(step.type, '')};\n"
    match found:
        case Struct() | Enum():
            text = writer.whole(step.type, found) + "\n"
            words = {each.name for each in found.enumerators} if isinstance(found, Enum) else set()
        case Typedef():
            text = writer.typedef(step.type, found)
            words = {found.name}
        case _:
            raise fault(f"type {step.type} ({btf.kind(step.type).name}) is nothing to define", btf.file)
    return _GUARD.format(text) if words & _WORDS else text


def _prototype(btf: Btf, names: Names, type_id: int) -> str:
    writer = _HeaderWriter(btf, names, Alignments(btf))
    return f"extern {writer.function(type_id)} {_KSYM};\n"


class _HeaderWriter(Writer):
    """Writes types under the names of the header, with their padding."""

    def __init__(self, btf: Btf, names: Names, alignments: Alignments):
        super().__init__(btf, alignments=alignments)
        self._names = names

    def named(self, type_id: int, name: str) -> str:
        """How a type is called in C, of what it is called in BTF."""
        return self.identifier(self._names.of(type_id, name))

    def typedef(self, type_id: int, found: Typedef) -> str:
        """A typedef, with the definition of what it alone names."""
        return f"typedef {self.declaration(found.target, self.named(type_id, found.name), 0, Lines(0, 0))};\n"

    def _tag(self, tag: TypeTag) -> str:
        return f"__attribute__(({tag.name}))" if tag.attribute else f'__attribute__((btf_type_tag("{tag.name}")))'

    def _enumerators(self, found: Enum) -> list[str]:
        return [
            f"{self.identifier(self._names.enumerator(each.name))} = {_value(found, each)},"
            for each in found.enumerators
        ]

    def _sized(self, head: str, found: Enum) -> tuple[str, str]:
        """The values alone tell a compiler size and sign; where they would mislead it, the type is written."""
        values = [each.value for each in found.enumerators]
        signed = min(values) < 0 if found.signed is None else found.signed
        low, high = (-(1 << 31), (1 << 31) - 1) if min(values) < 0 else (0, (1 << 32) - 1)
        natural = _INT if found.signed is None or (low <= min(values) and max(values) <= high) else 2 * _INT
        if (found.size, signed) == (natural, min(values) < 0):
            return head, ""
        if found.size not in _WORDS_OF:
            raise fault(f"an enumeration of {found.size} bytes cannot be written as C", self._btf.file)
        return f"{head} : {'signed' if signed else 'unsigned'} {_WORDS_OF[found.size]}", ""

    def function(self, type_id: int) -> str:
        """A function's declaration under its own name."""
        found = self._btf[type_id]
        if not isinstance(found, Func):
            raise fault(f"type {type_id} ({self._btf.kind(type_id).name}) is no function", self._btf.file)
        return self.declaration(found.proto, self.identifier(found.name))

    def _members(self, type_id: int, found: Struct, depth: int, lines: Lines | None) -> list[str]:
        gaps = self._alignments.gaps(type_id, found)
        parts: list[str] = []
        for member, (start, end) in zip(found.members, gaps.before, strict=True):
            parts += [*_padding(start, end), self._one(member, depth, lines)]
        if found.union and gaps.after[0] != gaps.after[1]:
            return [*parts, f"char __padding[{found.size}];"]
        return [*parts, *_padding(*gaps.after)]

    def _one(self, member: Member, depth: int, lines: Lines | None) -> str:
        """A member. One that only its type names is the kernel's own dialect: the type's members are written."""
        target = self._btf.resolve(member.type) if member.name is None else member.type
        found = self._btf[target]
        if member.name is not None or not isinstance(found, Struct) or (target == member.type and found.name is None):
            return self._member(member, depth, lines)
        self._spend(target, _COST * len(found.members), depth)
        return f"{self._definition(target, replace(found, name=None), depth + 1, lines and lines.within(0))};"


def _value(found: Enum, each: Enumerator) -> str:
    """A value as C writes it: in decimal, but by its bits where its sign is not known."""
    if each.value > _HIGHEST:
        return f"{each.value}ULL"
    if each.value == _LOWEST:
        return f"{_LOWEST + 1}LL - 1"
    if found.signed is None and each.value < 0:
        return hex(each.value & ((1 << _INT_BITS) - 1))
    return str(each.value)


def _padding(start: int, end: int) -> list[str]:
    """Bit fields without name from one bit to another."""
    parts = []
    while start < end:
        whole = (pad for pad in _PADS if start % pad[0] == 0 and start + pad[0] <= end)
        width, word = next(whole, (min(8 - start % 8, end - start), "char"))
        parts.append(f"{word}: {width};")
        start += width
    return parts
