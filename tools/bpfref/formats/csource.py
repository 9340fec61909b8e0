"""C source as text: comments blanked, lines with the conditions around them, arguments of a call.

For the few forms that the kernel's macros take; what needs types is `clang`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bpfref.model.helper import Parameter

_TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b(.*)")
_OPTION = re.compile(r"\bCONFIG_\w+")
_LIST_MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]*\\\n((?:.*\\\n)*.*)$", re.M)
_LAST_WORD = re.compile(r"(\w+)\s*((?:\[[^\]]*\]\s*)*)$")
_FUNCTION_POINTER = re.compile(r"\(\s*\*\s*(\w+)\s*\)")
_MARKS = re.compile(r"\b(?:__bpf_kfunc|noinline|notrace|static|inline|__always_inline|__weak)\b")


@dataclass(frozen=True)
class Line:
    """A line, its number from 1, and the configuration symbols that conditions around it ask for."""

    text: str
    number: int
    options: tuple[str, ...]


def blank_comments(text: str) -> str:
    """The text with comments replaced by blanks; lines keep their numbers."""
    return _TOKENS.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if m[0][0] == "/" else m[0], text)


def conditional_lines(plain: str) -> Iterator[Line]:
    """Lines with the symbols of the `#if` and `#ifdef` around them; an `#else` asks for nothing."""
    around: list[tuple[str, ...]] = []
    for number, text in enumerate(plain.split("\n"), 1):
        found = _DIRECTIVE.match(text)
        if not found:
            yield Line(text, number, tuple(dict.fromkeys(o for options in around for o in options)))
            continue
        word, rest = found[1], found[2]
        wanted = tuple(_OPTION.findall(rest)) if word in {"if", "ifdef", "elif"} and "!" not in rest else ()
        if word in {"if", "ifdef", "ifndef"}:
            around.append(wanted)
        elif around:
            around.pop()
            if word != "endif":
                around.append(wanted)


def arguments(text: str, at: int) -> tuple[list[str], int]:
    """The arguments of a call whose opening bracket ends at `at`, and where the call ends."""
    found, depth, start = list[str](), 1, at
    for place in range(at, len(text)):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text[place], 0)
        if (depth == 1 and text[place] == ",") or depth == 0:
            found.append(" ".join(text[start:place].replace("\\\n", " ").split()))
            start = place + 1
        if depth == 0:
            return found, place + 1
    return found, len(text)


def parse_list_macros(text: str) -> dict[str, str]:
    """Macros without parameters that begin on the line after their name: lists that users expand."""
    return {name: body.replace("\\\n", "\n") for name, body in _LIST_MACRO.findall(text)}


def find_definition(plain: str, name: str) -> tuple[str, tuple[Parameter, ...]] | None:
    """What a function returns and takes, from its definition in text without comments."""
    pattern = re.compile(rf"^(?P<head>[A-Za-z_][\w \t\n*]*?[\s*]){re.escape(name)}\s*\(", re.M)
    for found in pattern.finditer(plain):
        given, end = arguments(plain, found.end())
        if plain[end:].lstrip().startswith("{"):
            parameters = () if given in (["void"], [""]) else tuple(map(_parameter, given))
            return _type(_MARKS.sub(" ", found["head"])), parameters
    return None


def _parameter(text: str) -> Parameter:
    """A declaration of a parameter as name and type; an array is a pointer."""
    if pointer := _FUNCTION_POINTER.search(text):
        return Parameter(pointer[1], text.replace(pointer[0], "(*)", 1))
    last = _LAST_WORD.search(text)
    if last is None:
        return Parameter(text, text)
    ctype = text[: last.start()] + ("*" if last[2] else "")
    return Parameter(last[1], _type(ctype))


def _type(text: str) -> str:
    """A type as people write it: one blank between words and before the stars."""
    words = text.replace("*", " * ").split()
    return re.sub(r"\* (?=\*)", "*", " ".join(words))
