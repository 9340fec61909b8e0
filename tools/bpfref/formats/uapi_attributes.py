"""`union bpf_attr` of `linux/bpf.h`: which command of bpf(2) uses which of its members.

A command belongs to a member if the header says so, by the member's name or in the comment that
opens the member's struct. Nothing is guessed: a command that the header names nowhere has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bpfref.formats.clang import Cursor, Token, Unit
from bpfref.formats.uapi_structs import parse_fields
from bpfref.model.numbered import entries
from bpfref.model.uapi import Attributes, Field, Group

ATTRIBUTES = "bpf_attr"
COMMANDS = "bpf_cmd"
_PREFIX = "BPF_"
_MENTION = re.compile(r"\bBPF_[A-Z0-9_*]+(?:/[A-Z0-9_*]+)*")


@dataclass(frozen=True)
class _Claim:
    """The commands that a member may serve: surely, by the start of a name, by a pattern."""

    exact: frozenset[str]
    prefix: frozenset[str]
    pattern: frozenset[str]


def parse_attributes(unit: Unit, groups: Sequence[Group]) -> tuple[Attributes, ...]:
    """The members of `union bpf_attr`, in the header's order.

    SourceError for a comment that names a command which the header does not have.
    """
    union = next(c for c in unit.declarations if c.spelling == ATTRIBUTES and c.is_definition())
    cursors = list(union.type.get_fields())
    members = parse_fields(unit, union.type)
    known = {member.name for group in groups for member in group.members}
    commands = [m.name for g in groups if g.name == COMMANDS for m in entries(g)]
    claims = [_claim(unit, cursor, member, commands, known) for cursor, member in zip(cursors, members, strict=True)]
    return tuple(
        Attributes(member.name, _serves(claim, claims, commands), member.fields or (member,))
        for member, claim in zip(members, claims, strict=True)
    )


def _serves(claim: _Claim, claims: Sequence[_Claim], commands: Sequence[str]) -> tuple[str, ...]:
    """What is left of a claim where another member has a better one."""
    exact = frozenset[str]().union(*(other.exact for other in claims))
    prefix = frozenset[str]().union(*(other.prefix for other in claims))
    mine = claim.exact | (claim.prefix - exact) | (claim.pattern - exact - prefix)
    return tuple(command for command in commands if command in mine)


def _claim(unit: Unit, cursor: Cursor, member: Field, commands: Sequence[str], known: set[str]) -> _Claim:
    name = (member.name or "").upper()
    exact = {c for c in commands if c == _PREFIX + name}
    prefix = {c for c in commands if name and c.startswith(f"{_PREFIX}{name}_")}
    pattern: set[str] = set()
    comment = _opening_comment(unit, cursor)
    for mention in _mentions(comment.text) if comment else ():
        found = {c for c in commands if fnmatchcase(c, mention)}
        if comment and not found and mention not in known:
            raise unit.error(f"a comment names {mention}, which is no command", comment.line)
        if "*" in mention:
            pattern |= found
        else:
            exact |= found
    return _Claim(frozenset(exact), frozenset(prefix), frozenset(pattern))


def _opening_comment(unit: Unit, cursor: Cursor) -> Token | None:
    """The comment behind a struct's opening brace, on its line."""
    start = unit.position(cursor.extent.start.offset)
    if start is None:
        return None
    keyword, brace, comment = unit.tokens[start : start + 3]
    opens = brace.text == "{" and comment.is_comment and comment.line == brace.line
    return comment if opens and keyword.text in {"struct", "union"} else None


def _mentions(comment: str) -> Iterator[str]:
    """The names and patterns in a comment; `BPF_PROG_ATTACH/DETACH` stands for two names."""
    for written in _MENTION.findall(comment):
        first, *others = written.split("/")
        yield first
        for other in others:
            words = other.split("_")
            stem = [] if other.startswith(_PREFIX) else first.split("_")[: -len(words)]
            yield "_".join([*stem, *words])
