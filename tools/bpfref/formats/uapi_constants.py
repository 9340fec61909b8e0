"""The constants of `linux/bpf.h`: its enums and its object-like macros, in the header's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice, pairwise, takewhile

from bpfref.formats import clang
from bpfref.formats.clang import Cursor, CursorKind, Token, Unit
from bpfref.model.uapi import Constant, Form, Group

_RECORDS = {CursorKind.STRUCT_DECL, CursorKind.UNION_DECL}
_MARK = "deprecated"


@dataclass(frozen=True)
class _Define:
    """A `#define` that is a constant: its name, where it stands, and the tokens of its body."""

    name: str
    start: int
    body: tuple[Token, ...]


def parse_groups(unit: Unit, guard: str) -> tuple[Group, ...]:
    """All enums, and the object-like macros except the include guard by paragraph.

    Left out, because they are no constants: macros with parameters, and macros that the header
    itself undefines again.
    """
    enums = [(cursor.extent.start.offset, _enum(unit, cursor)) for cursor in _enums(unit)]
    found = sorted([*enums, *_define_groups(unit, guard)], key=lambda pair: pair[0])
    groups = [group for _, group in found]
    known = {member.name: member for group in groups for member in group.members}
    return tuple(_with_aliases(group, known) for group in groups)


def _enums(unit: Unit) -> Iterator[Cursor]:
    waiting = list(unit.declarations)[::-1]
    while waiting:
        cursor = waiting.pop()
        if cursor.kind == CursorKind.ENUM_DECL and cursor.is_definition():
            yield cursor
        elif cursor.kind in _RECORDS:
            waiting += list(cursor.get_children())[::-1]


def _enum(unit: Unit, cursor: Cursor) -> Group:
    declared = [c for c in cursor.get_children() if c.kind == CursorKind.ENUM_CONSTANT_DECL]
    members = [_enumerator(unit, c) for c in declared]
    if _only_counts(members[-1].name, declared[-1]):
        members[-1] = replace(members[-1], sentinel=True)
    name = None if cursor.is_anonymous() else cursor.spelling
    return Group(members[0].name, Form.ENUM, tuple(members), name)


def _enumerator(unit: Unit, cursor: Cursor) -> Constant:
    name, start = cursor.spelling, cursor.location.offset
    written = list(islice(unit.following(start), 4))
    if written and written[0].text != name:
        written = []  # a macro wrote this member; at its place stands the macro's name
    alias = None
    match written:
        case [_, Token(text="="), Token(is_name=True) as target, Token(text="," | "}")]:
            alias = target.text
    return Constant(
        name=name,
        value=cursor.enum_value,
        alias_of=alias,
        deprecated=_says_deprecated(name) or _comment_says_deprecated(unit, written),
        sentinel=name.startswith("__"),
    )


def _only_counts(name: str, last: Cursor) -> bool:
    """Whether the last member counts the ones before: `..._MAX_...`, left to number itself."""
    return "MAX" in name.split("_") and not list(last.get_children())


def _says_deprecated(name: str) -> bool:
    return name.upper().endswith(f"_{_MARK.upper()}")


def _comment_says_deprecated(unit: Unit, written: Sequence[Token]) -> bool:
    """Whether a comment behind the member, on its line, is the word alone."""
    index = unit.position(written[0].start) if written else None
    if index is None:
        return False
    line = written[0].line
    behind = [t for t in unit.tokens[index : index + 16] if t.line == line and t.is_comment]
    return any(t.text.strip("/* \t.").casefold() == _MARK for t in behind)


def _define_groups(unit: Unit, guard: str) -> Iterator[tuple[int, Group]]:
    """Each paragraph of constants and where it starts."""
    paragraphs = [[d for d in defines if d is not None] for defines in _paragraphs(unit, guard)]
    names = [define.name for defines in paragraphs for define in defines]
    values = dict(zip(names, clang.evaluate(unit, names), strict=True))
    for defines in filter(None, paragraphs):
        members = tuple(_macro(define, values[define.name]) for define in defines)
        yield defines[0].start, Group(members[0].name, Form.DEFINE, members)


def _macro(define: _Define, value: int | None) -> Constant:
    single = define.body[0] if len(define.body) == 1 else None
    return Constant(
        name=define.name,
        value=value,
        alias_of=single.text if single and single.is_name else None,
        deprecated=_says_deprecated(define.name),
        sentinel=define.name.startswith("__"),
    )


def _paragraphs(unit: Unit, guard: str) -> list[list[_Define | None]]:
    """Runs of `#define`s with nothing but comments between; None stands for a macro we leave out."""
    comments = {line for t in unit.tokens if t.is_comment for line in range(t.line, t.last_line + 1)}
    code = {t.line for t in unit.tokens if not t.is_comment}
    paragraphs: list[list[_Define | None]] = []
    previous = None
    absent = {guard, *_undefined(unit)}
    for macro in unit.macros:
        first, last = macro.extent.start.line, macro.extent.end.line
        between = range(previous + 1 if previous is not None else 0, first)
        if previous is None or any(n in code or n not in comments for n in between):
            paragraphs.append([])
        paragraphs[-1].append(_define(unit, macro, absent))
        previous = last
    return paragraphs


def _define(unit: Unit, macro: Cursor, absent: Set[str]) -> _Define | None:
    """None for a macro with parameters, which C knows by a `(` that touches the name.

    Clang's own answer is no help: it forgets the parameters of a macro that is undefined later.
    """
    start, end = macro.extent.start.offset, macro.extent.end.offset
    name, *body = takewhile(lambda token: token.end <= end, unit.following(start))
    touching = body[:1] and body[0].text == "(" and body[0].start == name.end
    return None if touching or macro.spelling in absent else _Define(macro.spelling, start, tuple(body))


def _undefined(unit: Unit) -> set[str]:
    """The macros that the header takes back with `#undef`."""
    pairs = pairwise(token for token in unit.tokens if not token.is_comment)
    return {after.text for before, after in pairs if before.text == "undef"}


def _with_aliases(group: Group, known: Mapping[str, Constant]) -> Group:
    """Keep an alias only if it names a constant of the header, and let it inherit deprecation."""
    members = []
    for member in group.members:
        target = known.get(member.alias_of or "")
        deprecated = member.deprecated or _is_deprecated(target, known)
        alias = target.name if target else None
        members.append(replace(member, alias_of=alias, deprecated=deprecated))
    return replace(group, members=tuple(members))


def _is_deprecated(constant: Constant | None, known: Mapping[str, Constant]) -> bool:
    """Follow aliases; a macro that is defined as itself (`#define X X`) ends the chain."""
    seen = set()
    while constant is not None and constant.name not in seen:
        if constant.deprecated:
            return True
        seen.add(constant.name)
        constant = known.get(constant.alias_of or "")
    return False
