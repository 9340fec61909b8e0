"""C source as tokens: macros and functions of a file, calls, and what strings say.

Both branches of an `#if` are read. What needs types is `clang`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from bpfref.errors import SourceError
from bpfref.formats.csource import blank_comments


class Sort(Enum):
    """What a token is."""

    STRING = "string"
    CHARACTER = "character"
    WORD = "word"
    NUMBER = "number"
    MARK = "mark"


class Token(NamedTuple):
    """A token, as written; `line` counts from 1.

    `flush` says that it begins its line, `blank` that there is space before it.
    """

    sort: Sort
    text: str
    line: int
    flush: bool = False
    blank: bool = False


Tokens = Sequence[Token]


@dataclass(frozen=True)
class Macro:
    """A `#define`; `parameters` is None without brackets; the last may be `...` or `name...`."""

    name: str
    parameters: tuple[str, ...] | None
    body: tuple[Token, ...]


@dataclass(frozen=True)
class Function:
    """A definition: the names of its parameters (`...` for the variable ones), and its body without braces."""

    name: str
    parameters: tuple[str, ...]
    body: tuple[Token, ...]
    static: bool
    line: int


@dataclass
class Unit:
    """A file: its macros (the first definition of each) and functions, in order."""

    file: str
    macros: dict[str, Macro] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)


class Call(NamedTuple):
    """A call: what is called, its arguments, and where it ends in the tokens it was found in."""

    name: Token
    arguments: list[Tokens]
    end: int


_SCAN = re.compile(
    r"""(?P<space>(?:\s|\\\n)+)
    |(?P<string>\b(?:u8|[LuU])?"(?:\\.|[^"\\\n])*"|"(?:\\.|[^"\\\n])*")
    |(?P<character>'(?:\\.|[^'\\\n])*')
    |(?P<word>[A-Za-z_]\w*)
    |(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
    |(?P<mark>\.\.\.|->|\#\#|.)""",
    re.VERBOSE | re.DOTALL,
)
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(?P<word>\w*)(?P<rest>(?:\\\n|[^\n])*)", re.M)
_DEFINE = re.compile(r"[ \t]+(?P<name>\w+)(?P<brackets>\([^)]*\))?", re.S)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\n": ""}
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)", re.S)


def parse_unit(text: str, file: Path | str) -> Unit:
    """Macros and functions of a file; SourceError for a bracket that is never closed."""
    unit = Unit(str(file))
    plain = blank_comments(text)
    for found in _DIRECTIVE.finditer(plain):
        if found["word"] == "define" and (macro := _macro(found["rest"], plain.count("\n", 0, found.start()) + 1)):
            unit.macros.setdefault(macro.name, macro)
    code = _DIRECTIVE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), plain)
    unit.functions.extend(_functions(list(tokenize(code)), str(file)))
    return unit


def tokenize(text: str, line: int = 1) -> Iterator[Token]:
    """The tokens of text without comments and directives."""
    at = 0
    while at < len(text):
        found = _SCAN.match(text, at)
        if found is None:  # the last alternative takes any character
            raise SourceError("no token of C begins here", None, line)
        sort, piece = found.lastgroup or "", found[0]
        if sort != "space":
            yield Token(Sort(sort), piece, line, at == 0 or text[at - 1] == "\n", at > 0 and text[at - 1].isspace())
        line += piece.count("\n")
        at = found.end()


def decode(token: Token) -> str:
    """What a string says."""
    inside = token.text[token.text.index('"') + 1 : -1]
    return _ESCAPE.sub(lambda m: _escape(m[1]), inside)


def _escape(text: str) -> str:
    if text[0] == "x":
        return chr(int(text[1:], 16))
    if text[0] in "01234567":
        return chr(int(text, 8))
    return _ESCAPES.get(text, text)


def _macro(rest: str, line: int) -> Macro | None:
    head = _DEFINE.match(rest)
    if head is None:
        return None
    parameters = None
    if head["brackets"] is not None:
        inside = head["brackets"][1:-1].replace("\\\n", " ")
        parameters = tuple(part.strip() for part in inside.split(",") if part.strip())
    return Macro(head["name"], parameters, tuple(tokenize(rest[head.end() :], line)))


def _functions(tokens: list[Token], file: str) -> Iterator[Function]:
    """Definitions: a `{` behind a head with brackets, to the `}` that begins a line."""
    head, at = 0, 0
    while at < len(tokens):
        token = tokens[at]
        if token.text in {";", "}"}:
            head = at + 1
        elif token.text in {"(", "["}:
            at = closing(tokens, at, file)
        elif token.text == "{":
            end = _end_of_block(tokens, at, file)
            if found := _define(tokens[head:at], tuple(tokens[at + 1 : end])):
                yield found
            at = end
            head = end + 1 if found else head
        at += 1


def _end_of_block(tokens: list[Token], at: int, file: str) -> int:
    """The brace that closes a block; where branches of an `#if` both open one, that which begins a line."""
    depth = 0
    for place in range(at, len(tokens)):
        text = tokens[place].text
        depth += (text == "{") - (text == "}")
        if text == "}" and (depth == 0 or tokens[place].flush):
            return place
    raise SourceError("this brace is never closed", file, tokens[at].line)


def closing(tokens: Tokens, at: int, file: str | None = None) -> int:
    """Where the bracket at `at` is closed."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += (tokens[place].text in _OPENING) - (tokens[place].text in _CLOSING)
        if depth == 0:
            return place
    raise SourceError("this bracket is never closed", file, tokens[at].line)


def _define(head: list[Token], body: tuple[Token, ...]) -> Function | None:
    """A function by its head; None for a struct, an initialiser and the like."""
    groups = [at for at in range(1, len(head)) if head[at].text == "(" and head[at - 1].sort is Sort.WORD]
    outer = [at for n, at in enumerate(groups) if not n or at > closing(head, groups[n - 1])]
    if not outer or any(token.text == "=" for token in head) or head[-1].sort not in {Sort.MARK, Sort.WORD}:
        return None
    # What a file's macros declare without a semicolon stands before; attributes may stand on either side.
    chosen = next((at for at in reversed(outer) if not head[at - 1].text.startswith("__")), outer[-1])
    given = split(head[chosen + 1 : closing(head, chosen)])
    static = any(token.text == "static" for token in head[:chosen])
    return Function(head[chosen - 1].text, tuple(map(_parameter, given)), body, static, head[chosen].line)


def _parameter(tokens: Tokens) -> str:
    """A parameter's name: the last word, before the brackets of an array; `...` for the variable ones."""
    if tokens and tokens[-1].text == "...":
        return "..."
    words = [at for at, token in enumerate(tokens) if token.sort is Sort.WORD]
    pointers = [at for at in words if at and tokens[at - 1].text == "*" and at > 1 and tokens[at - 2].text == "("]
    return tokens[(pointers or words)[-1]].text if words else ""


def split(tokens: Tokens) -> list[Tokens]:
    """What stands between commas outside of brackets."""
    parts: list[Tokens] = []
    depth = start = 0
    for at, token in enumerate(tokens):
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0 and token.text == ",":
            parts.append(tokens[start:at])
            start = at + 1
    return [*parts, tokens[start:]] if tokens else []


def calls(tokens: Tokens) -> Iterator[Call]:
    """Every word before a bracket, in order; those within arguments too. A bracket that stays open is skipped."""
    for at in range(len(tokens) - 1):
        if tokens[at].sort is Sort.WORD and tokens[at + 1].text == "(":
            try:
                end = closing(tokens, at + 1)
            except SourceError:  # one branch of an #if opens what another closes
                continue
            yield Call(tokens[at], split(tokens[at + 2 : end]), end)


def substitute(macro: Macro, given: Sequence[Tokens]) -> list[Token]:
    """A macro's body with these arguments; `#x` becomes a string, `##` goes."""
    values = _values(macro, given)
    result: list[Token] = []
    body = macro.body
    for at, token in enumerate(body):
        before = body[at - 1].text if at else ""
        if token.text == "##" or (token.text == "#" and at + 1 < len(body) and body[at + 1].text in values):
            continue
        if token.sort is Sort.WORD and token.text in values:
            value = values[token.text]
            if before == "#":
                result.append(_stringify(value, token.line))
            else:  # the first takes the place of the parameter, and so the space before it
                result += [each if n else each._replace(blank=token.blank) for n, each in enumerate(value)]
        else:
            result.append(token)
    return result


def _values(macro: Macro, given: Sequence[Tokens]) -> Mapping[str, Tokens]:
    values: dict[str, Tokens] = {}
    for at, name in enumerate(macro.parameters or ()):
        if name.endswith("..."):
            rest: list[Token] = []
            for number, part in enumerate(given[at:]):
                comma = [Token(Sort.MARK, ",", part[0].line if part else 0)]
                rest += [*(comma if number else []), *part]
            values[name[:-3].strip() or "__VA_ARGS__"] = rest
        else:
            values[name] = given[at] if at < len(given) else ()
    return values


def _stringify(tokens: Tokens, line: int) -> Token:
    text = spell(tokens).replace("\\", "\\\\").replace('"', '\\"')
    return Token(Sort.STRING, f'"{text}"', line, blank=True)


def spell(tokens: Tokens) -> str:
    """Tokens on one line, with a blank where there was space, as the preprocessor spells an argument."""
    return "".join(f" {token.text}" if token.blank else token.text for token in tokens).strip()
