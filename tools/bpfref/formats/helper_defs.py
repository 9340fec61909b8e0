"""libbpf's `bpf_helper_defs.h`: the id, prototype and comment of each helper.

The kernel's script `bpf_doc.py` generates that header. Its shapes so far: `static int (*f)(...)`
(2019), `static long (*f)(...)` (2020), `static long (* const f)(...)` (2023), and attributes
behind a macro, `static __bpf_fastcall __u32 (* const f)(void)` (2024).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.formats import clang
from bpfref.formats.clang import Cursor, CursorKind, Token, TypeKind, Unit
from bpfref.model.helper import Helper, Parameter
from bpfref.model.numbered import HELPER_IDS
from bpfref.model.uapi import Uapi

_ADVICE = "take bpf_helper_defs.h whole and unedited from a release of libbpf"
_PREFIX = "bpf_"
_UAPI_PREFIX = "BPF_FUNC_"
_DECORATION = re.compile(r"[ \t]*\*+(?: |$)?")


@dataclass(frozen=True)
class Comment:
    """A helper's comment below its title, without the C decoration and outer blank lines.

    `line` is the header's line on which `text` starts (line n of `text` is `line + n`).
    """

    text: str
    line: int


@dataclass(frozen=True)
class HelperDefs:
    """One `bpf_helper_defs.h`: helpers by id; comments and line of declaration by name."""

    file: Path
    helpers: tuple[Helper, ...]
    comments: Mapping[str, Comment]
    lines: Mapping[str, int]


def parse(text: str, file: Path) -> HelperDefs:
    """Read all helpers from the text of `bpf_helper_defs.h`.

    SourceError with the line for anything else: a truncated or edited header, a declaration that
    is no helper, a comment or a prototype without the other, ids that repeat or leave a gap.
    """
    unit = clang.parse(text, file, _ADVICE, include=["linux/types.h"])
    found: dict[str, tuple[Helper, Token]] = {}
    comments: dict[str, Comment] = {}
    titles: set[Token] = set()
    for cursor in unit.declarations:
        if cursor.kind in {CursorKind.STRUCT_DECL, CursorKind.UNION_DECL}:
            _check_forward(unit, cursor)
            continue
        helper, start = _helper(unit, cursor)
        title = _comment_above(unit, helper.name, start)
        found[helper.name] = helper, start
        comments[helper.name] = _split(title)[1]
        titles.add(title)
    _check_stray_comments(unit, titles)
    lines = {name: start.line for name, (_, start) in found.items()}
    helpers = _numbered(unit, [helper for helper, _ in found.values()], lines)
    _check_end(unit)
    return HelperDefs(file, helpers, comments, lines)


def check_ids(defs: HelperDefs, uapi: Uapi) -> list[str]:
    """Compare the ids with `enum bpf_func_id`; return the helpers that only the UAPI header has.

    SourceError for a helper that has another id there, or that is not there at all.
    """
    members = [m for group in uapi.groups if group.name == HELPER_IDS for m in group.members]
    known = {_PREFIX + m.name.removeprefix(_UAPI_PREFIX): m.value for m in members if not m.sentinel}
    for helper in defs.helpers:
        if known.get(helper.name) != helper.id:
            raise _contradiction(defs, helper, known.get(helper.name))
    ours = {helper.name for helper in defs.helpers}
    return [name for name, value in known.items() if value and name not in ours]


def _contradiction(defs: HelperDefs, helper: Helper, value: int | None) -> SourceError:
    says = f"it is {value}" if value is not None else "it does not exist"
    message = f"{helper.name} has id {helper.id}, but in the kernel's linux/bpf.h {says}"
    advice = "use a linux/bpf.h at least as new as this libbpf, both unedited"
    return SourceError(f"{message}; {advice}", defs.file, defs.lines[helper.name])


def _check_forward(unit: Unit, cursor: Cursor) -> None:
    if cursor.is_definition():
        what = f"`{cursor.type.spelling}` is defined here"
        raise unit.error(f"{what}, where only helpers belong", cursor.location.line)


def _helper(unit: Unit, cursor: Cursor) -> tuple[Helper, Token]:
    """A helper and the token `static` with which its declaration starts."""
    function = cursor.type.get_pointee() if cursor.type.kind == TypeKind.POINTER else None
    words = list(takewhile(lambda t: t.text != ";", unit.following(cursor.extent.start.offset)))
    if (
        cursor.kind != CursorKind.VAR_DECL
        or function is None
        or function.kind != TypeKind.FUNCTIONPROTO
        or words[:1] == []
        or words[0].text != "static"
        or not cursor.spelling.startswith(_PREFIX)
    ):
        message = f"`{cursor.spelling}` is declared, but not as a helper is: static, a pointer to \
a function, named {_PREFIX}..."
        raise unit.error(message, cursor.location.line)
    helper = Helper(
        id=_id(unit, cursor, words),
        name=cursor.spelling,
        returns=function.get_result().spelling,
        parameters=_parameters(unit, cursor),
        attributes=_attributes(unit, cursor, words),
    )
    return helper, words[0]


def _id(unit: Unit, cursor: Cursor, words: list[Token]) -> int:
    texts = [word.text for word in words]
    value = texts[texts.index("=") + 1 :] if "=" in texts else []
    if value[:-1] != ["(", "void", "*", ")"] or not value[-1].isdecimal() or value[-1][0] == "0":
        message = f"`{cursor.spelling}` is not initialised with `(void *) N`, N its id from 1 on"
        raise unit.error(message, cursor.location.line)
    return int(value[-1])


def _parameters(unit: Unit, cursor: Cursor) -> tuple[Parameter, ...]:
    function = cursor.type.get_pointee()
    declared = [c for c in cursor.get_children() if c.kind == CursorKind.PARM_DECL]
    odd = {TypeKind.CONSTANTARRAY, TypeKind.INCOMPLETEARRAY, TypeKind.FUNCTIONPROTO}
    if len(declared) != len(list(function.argument_types())) or any(
        not p.spelling or p.type.kind in odd for p in declared
    ):
        message = f"`{cursor.spelling}` has a parameter without name, or one that is an array or \
a function"
        raise unit.error(message, cursor.location.line)
    parameters = [Parameter(p.spelling, p.type.spelling) for p in declared]
    if function.is_function_variadic():
        parameters.append(Parameter("...", "..."))
    return tuple(parameters)


def _attributes(unit: Unit, cursor: Cursor, words: list[Token]) -> tuple[str, ...]:
    """The header's macros that stand before the declarator.

    Not read from the tree: a clang that does not know an attribute sees an empty macro.
    """
    before = list(takewhile(lambda token: token.text != "(", words))
    if any(token.text.startswith("__attribute") for token in before):
        message = f"`{cursor.spelling}` has an attribute that no macro names"
        raise unit.error(message, cursor.location.line)
    macros = {macro.spelling for macro in unit.macros}
    return tuple(token.text for token in before if token.text in macros)


def _comment_above(unit: Unit, name: str, start: Token) -> Token:
    index = unit.position(start.start) or 0
    above = unit.tokens[index - 1] if index else start
    if not above.text.startswith("/*"):
        raise unit.error(f"`{name}` has no comment directly above it", start.line)
    title = _split(above)[0]
    if title != name:
        raise unit.error(f"the comment above `{name}` has the title `{title}`", above.line)
    return above


def _split(comment: Token) -> tuple[str, Comment]:
    """The title of a `/* ... */` comment, and what stands below it."""
    first, *rest = comment.text.removeprefix("/*").removesuffix("*/").split("\n")
    lines = [first.lstrip("*").strip()]
    lines += [_DECORATION.sub("", line, count=1).rstrip() for line in rest]
    filled = [number for number, line in enumerate(lines) if line]
    if not filled:
        return "", Comment("", comment.line)
    title, *body = filled
    if not body:
        return lines[title].strip(), Comment("", comment.line + title)
    text = "\n".join(lines[body[0] : body[-1] + 1])
    return lines[title].strip(), Comment(text, comment.line + body[0])


def _check_stray_comments(unit: Unit, titles: set[Token]) -> None:
    """Refuse comments that belong to no helper, save the prose before the first helper."""
    first = min((token.start for token in titles), default=len(unit.data))
    for token in unit.tokens:
        if not token.is_comment or token in titles:
            continue
        title = _split(token)[0]
        if title.startswith(_PREFIX) and title.isidentifier():
            raise unit.error(f"the comment on `{title}` has no prototype below it", token.line)
        if token.start > first:
            raise unit.error("this comment belongs to no helper", token.line)


def _numbered(unit: Unit, helpers: Iterable[Helper], lines: Mapping[str, int]) -> tuple[Helper, ...]:
    """Helpers by id, which must be 1, 2, 3 and so on."""
    ordered = sorted(helpers, key=lambda helper: (helper.id, lines[helper.name]))
    if not ordered:
        raise unit.error("the header declares no helper", 1)
    for before, helper in pairwise(ordered):
        if before.id == helper.id:
            message = f"`{helper.name}` repeats the id {helper.id} of `{before.name}`"
            raise unit.error(message, lines[helper.name])
    for expected, helper in enumerate(ordered, start=1):
        if helper.id != expected:
            message = f"no helper has the id {expected}, but `{helper.name}` has {helper.id}"
            raise unit.error(message, lines[helper.name])
    return tuple(ordered)


def _check_end(unit: Unit) -> None:
    """Refuse a header that was cut between two helpers, where C sees nothing wrong.

    The script writes one empty line after each helper and one more after the last.
    """
    if not unit.data.endswith(b";\n\n\n"):
        message = "the header does not end with two empty lines, so its end may be cut off"
        raise unit.error(message, len(unit.data.splitlines()))
