"""What a kernel's source prints to the log of the verifier: the text of every call, as far as it is literal.

Which functions and macros print is worked out from the one that writes to the log: who hands its own
format on to a printer is a printer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from bpfref.formats.ctokens import (
    Call,
    Function,
    Macro,
    Sort,
    Token,
    Tokens,
    Unit,
    calls,
    closing,
    decode,
    spell,
    substitute,
)

WRITER = ("bpf_verifier_vlog", 1)
"""The function that all goes through, and which of its arguments is the format."""
HEADER = "bpf_diag_header"
"""The function that begins an explanation of several paragraphs: category, then problem."""
INTERNAL = "verifier_bug"
"""How macros begin that tell of a bug of the kernel; before there were such, the text alone said so."""
_BUG = re.compile(
    r"\bverifier (?:internal error|bug)\b|\bBUG\b|^bug: |\binternal bug$|\bmisconfigured\b|^REG INVARIANTS VIOLATION",
    re.IGNORECASE,
)
_FORMATTER = ("bpf_diag_fmt", 1)
_FAILED = "Verification failed"
_DEEPEST = 8


@dataclass(frozen=True)
class Printed:
    """A text that a function prints: `by` is what it calls for it, `texts` what arguments may say, from 0."""

    text: str
    file: str
    function: str
    by: str
    heading: bool = False
    texts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def internal(self) -> bool:
        """Whether it tells of a bug of the kernel."""
        return self.by.startswith(INTERNAL) or _BUG.search(self.text.rstrip("\n")) is not None


@dataclass(frozen=True)
class Unread:
    """A call whose text is no literal."""

    file: str
    function: str
    call: str


@dataclass
class Found:
    """All that a tree prints; `explanations` counts the calls that print a heading and what follows it."""

    printed: list[Printed] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    explanations: int = 0


@dataclass(frozen=True)
class _Hit:
    """A call of a printer within a function, macros expanded: `by` is the name in the source."""

    by: Token
    printer: str
    format: Tokens
    rest: Sequence[Tokens]


class Reader:
    """The files of a tree that print, together: macros of headers and functions that others may call."""

    def __init__(self, units: Sequence[Unit]):
        self._units = units
        headers = [unit for unit in units if unit.file.endswith(".h")]
        self._shared = {name: macro for unit in reversed(headers) for name, macro in unit.macros.items()}
        self._everywhere = {WRITER[0]: WRITER[1]}
        self._within: dict[str, dict[str, int]] = defaultdict(dict)
        self._find_printers()

    @property
    def names(self) -> set[str]:
        """Printers, functions and macros, that any file may call."""
        macros = {name for name, macro in self._shared.items() if self._prints(macro)}
        return {*self._everywhere, *macros}

    def read(self) -> Found:
        """Every text, in the order of files and lines."""
        found = Found()
        for unit in self._units:
            for function in unit.functions:
                self._read_function(_Scope(self, unit, function), found)
        self._read_headings(found)
        return found

    def macros(self, unit: Unit) -> Mapping[str, Macro]:
        """Those that a file sees."""
        return {**self._shared, **unit.macros}

    def printers(self, unit: Unit) -> Mapping[str, int]:
        """Functions that print, and which argument is the format."""
        return {**self._everywhere, **self._within.get(unit.file, {})}

    def callers(self, unit: Unit, name: str) -> Iterator[tuple[_Scope, Call]]:
        """The calls of a function in its own file."""
        yield from self._called(unit.file).get(name, ())

    def _called(self, file: str) -> dict[str, list[tuple[_Scope, Call]]]:
        if file not in self._index:
            found: dict[str, list[tuple[_Scope, Call]]] = defaultdict(list)
            for unit in self._units:
                for function in unit.functions if unit.file == file else ():
                    for call in calls(function.body):
                        found[call.name.text].append((_Scope(self, unit, function), call))
            self._index[file] = found
        return self._index[file]

    @cached_property
    def _index(self) -> dict[str, dict[str, list[tuple[_Scope, Call]]]]:
        return {}

    def _prints(self, macro: Macro, depth: int = 0) -> bool:
        """Whether a macro of a header leads to a printer."""
        names = [token.text for token in macro.body if token.sort is Sort.WORD]
        if any(name in self._everywhere for name in names):
            return True
        inner = [self._shared[name] for name in names if name in self._shared and name != macro.name]
        return depth < _DEEPEST and any(self._prints(each, depth + 1) for each in inner)

    def _find_printers(self) -> None:
        """Functions that hand their own format on, until no more are found."""
        more = True
        while more:
            more = False
            for unit in self._units:
                known = self.printers(unit)
                for function in unit.functions:
                    if function.name in known:
                        continue
                    at = self._forwards(_Scope(self, unit, function))
                    if at is not None:
                        (self._within[unit.file] if function.static else self._everywhere)[function.name] = at
                        more = True

    def _forwards(self, scope: _Scope) -> int | None:
        """Which parameter a function hands on as a format; it must take variable ones too."""
        names = scope.function.parameters
        if not names or not ("..." in names or "args" in names):
            return None
        for hit in scope.hits():
            if len(hit.format) == 1 and hit.format[0].text in names:
                return names.index(hit.format[0].text)
        return None

    def _read_function(self, scope: _Scope, found: Found) -> None:
        own = scope.function.parameters
        for hit in scope.hits():
            word = hit.format[0].text if len(hit.format) == 1 else ""
            if word in own and scope.function.name in self.printers(scope.unit):
                continue  # its callers have the text
            if word == "NULL":
                continue  # nothing but what the printer says of the type
            texts, whole = scope.texts(hit.format)
            if not whole:
                what = f"{hit.by.text}({spell(hit.format)})"
                found.unread.append(Unread(scope.unit.file, scope.function.name, what))
            rest = {at: said for at, given in enumerate(hit.rest) if (said := scope.sayings(given))}
            for text in texts:
                printed = Printed(text, scope.unit.file, scope.function.name, hit.by.text, texts=rest)
                found.printed.append(printed)

    def _read_headings(self, found: Found) -> None:
        """What begins an explanation: a category, and a problem that callers hand on."""
        waiting: list[_Header] = [_Header(HEADER, 2, None)]
        for header in waiting:
            for scope, call in self._calls_everywhere(header):
                categories = header.categories or scope.texts(call.arguments[1])[0]
                problem = _bare(call.arguments[header.problem])
                name = problem[0].text if len(problem) == 1 else ""
                if name in scope.function.parameters:
                    at = scope.function.parameters.index(name)
                    only = scope.unit.file if scope.function.static else None
                    handed = _Header(scope.function.name, at, tuple(categories), only)
                    waiting += [handed] if handed not in waiting else []
                    continue
                found.explanations += 1
                texts, whole = scope.texts(problem, callers=True)
                if not (whole and categories):
                    what = f"{call.name.text}({spell(problem)})"
                    found.unread.append(Unread(scope.unit.file, scope.function.name, what))
                for category, text in product(categories, dict.fromkeys(texts)):
                    said = f"{_FAILED}: {category}: {text[:1].upper()}{text[1:]}\n"
                    where = (scope.unit.file, scope.function.name, call.name.text)
                    found.printed.append(Printed(said, *where, heading=True))

    def _calls_everywhere(self, header: _Header) -> Iterator[tuple[_Scope, Call]]:
        for unit in self._units:
            if header.file in {None, unit.file}:
                for scope, call in self.callers(unit, header.name):
                    if len(call.arguments) > header.problem:
                        yield scope, call


@dataclass(frozen=True)
class _Header:
    """A function that prints a heading: which argument is the problem, and the categories that it gives it."""

    name: str
    problem: int
    categories: tuple[str, ...] | None
    file: str | None = None


class _Scope:
    """A function in its file: what words mean in it."""

    def __init__(self, reader: Reader, unit: Unit, function: Function):
        self.unit = unit
        self.function = function
        self._reader = reader
        self._macros = reader.macros(unit)

    def hits(self) -> Iterator[_Hit]:
        """The calls of printers in the body, through macros."""
        yield from self._hits(self.function.body, None, 0)

    def _hits(self, tokens: Tokens, by: Token | None, depth: int) -> Iterator[_Hit]:
        printers = self._reader.printers(self.unit)
        for call in calls(tokens):
            name = call.name.text
            macro = self._macros.get(name)
            if macro and macro.parameters is not None and depth < _DEEPEST:
                yield from self._hits(substitute(macro, call.arguments), by or call.name, depth + 1)
            elif name in printers and len(call.arguments) > printers[name]:
                at = printers[name]
                yield _Hit(by or call.name, name, call.arguments[at], call.arguments[at + 1 :])

    def sayings(self, tokens: Tokens) -> tuple[str, ...]:
        """What an argument may say where all of it is literal; else nothing."""
        texts, whole = self.texts(tokens, callers=True)
        return tuple(dict.fromkeys(texts)) if whole else ()

    def texts(self, tokens: Tokens, *, callers: bool = False, depth: int = 0) -> tuple[list[str], bool]:
        """The literal texts of an expression, and whether they are all that it can be."""
        tokens = _bare(tokens)
        if not tokens or depth > _DEEPEST:
            return [], False
        branches = _branches(tokens)
        if len(branches) > 1:
            found = [self.texts(branch, callers=callers, depth=depth + 1) for branch in branches]
            return [text for texts, _ in found for text in texts], all(whole for _, whole in found)
        if len(tokens) == 1 and tokens[0].sort is Sort.WORD and tokens[0].text not in self._macros:
            return self._word(tokens[0].text, callers=callers, depth=depth)
        call = next(calls(tokens), None)
        if call and call.name is tokens[0] and call.end == len(tokens) - 1 and call.name.text == _FORMATTER[0]:
            return self.texts(call.arguments[_FORMATTER[1]], callers=callers, depth=depth + 1)
        return self._joined(tokens, callers=callers, depth=depth)

    def _joined(self, tokens: Tokens, *, callers: bool, depth: int) -> tuple[list[str], bool]:
        """Literals side by side, with macros that are literals."""
        parts: list[list[str]] = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            macro = self._macros.get(token.text)
            if token.sort is Sort.STRING:
                parts.append([decode(token)])
            elif token.sort is Sort.WORD and macro and macro.parameters is None:
                texts, whole = self.texts(macro.body, callers=callers, depth=depth + 1)
                if not whole:
                    return [], False
                parts.append(texts)
            else:
                return [], False
            at += 1
        return ["".join(pieces) for pieces in product(*parts)], True

    def _word(self, name: str, *, callers: bool, depth: int) -> tuple[list[str], bool]:
        """A local variable: all that it is set to; a parameter: all that callers in the file give."""
        if name in self.function.parameters:
            if not callers or not self.function.static:
                return [], False
            at = self.function.parameters.index(name)
            given = [
                scope.texts(call.arguments[at], callers=True, depth=depth + 1)
                for scope, call in self._reader.callers(self.unit, self.function.name)
                if at < len(call.arguments)
            ]
        else:
            given = [self.texts(value, callers=callers, depth=depth + 1) for value in self._set_to(name)]
        texts = list(dict.fromkeys(text for found, _ in given for text in found))
        return texts, bool(given) and all(whole for _, whole in given)

    def _set_to(self, name: str) -> Iterator[Tokens]:
        """The expressions that are assigned to a variable."""
        body = self.function.body
        for at in range(len(body) - 2):
            if body[at].text == name and body[at + 1].text == "=" and body[at + 2].text != "=":
                if at and body[at - 1].text in {".", "->"}:
                    continue
                end = _end_of_expression(body, at + 2)
                value = body[at + 2 : end]
                if [token.text for token in value] not in (["NULL"], ["0"]):
                    yield value


def _end_of_expression(tokens: Tokens, at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        text = tokens[place].text
        if depth == 0 and text in {",", ";", ")"}:
            return place
        depth += (text in {"(", "[", "{"}) - (text in {")", "]", "}"})
    return len(tokens)


def _bare(tokens: Tokens) -> Tokens:
    """Without brackets around the whole."""
    while tokens and tokens[0].text == "(" and closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _branches(tokens: Tokens) -> list[Tokens]:
    """The results of `a ? b : c`, or the expression itself."""
    depth = waiting = 0
    question: int | None = None
    for at, token in enumerate(tokens):
        depth += (token.text in {"(", "[", "{"}) - (token.text in {")", "]", "}"})
        if depth:
            continue
        if token.text == "?":
            question = at if question is None else question
            waiting += 1
        elif token.text == ":" and question is not None:
            waiting -= 1
            if waiting == 0:
                first = tokens[question + 1 : at] or tokens[:question]
                return [*_branches(_bare(first)), *_branches(_bare(tokens[at + 1 :]))]
    return [tokens]
