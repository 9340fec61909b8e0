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

from bpfref.formats.ctexts import DEEPEST, Scope, bare
from bpfref.formats.ctokens import Call, Function, Macro, Sort, Token, Tokens, Unit, calls, spell, substitute

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
_FORMATTERS = {"bpf_diag_fmt": 1}
_TITLE = "%s: %c%s"  # category and problem, whose first letter becomes a capital


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
                self._read_function(self._scope(unit, function), found)
        self._read_headings(found)
        return found

    def _scope(self, unit: Unit, function: Function) -> Scope:
        macros = {**self._shared, **unit.macros}
        return Scope(unit.file, function, macros, lambda name: self._callers(unit.file, name), _FORMATTERS)

    def _printers(self, file: str) -> Mapping[str, int]:
        """Functions that print, and which argument is the format."""
        return {**self._everywhere, **self._within.get(file, {})}

    def _callers(self, file: str, name: str) -> Sequence[tuple[Scope, Call]]:
        """The calls of a function in its own file."""
        return self._called(file).get(name, ())

    def _hits(self, scope: Scope) -> Iterator[_Hit]:
        """The calls of printers in a function, through macros."""
        yield from self._hits_in(scope, scope.function.body, None, 0)

    def _hits_in(self, scope: Scope, tokens: Tokens, by: Token | None, depth: int) -> Iterator[_Hit]:
        printers = self._printers(scope.file)
        for call in calls(tokens):
            name = call.name.text
            macro = scope.macros.get(name)
            if macro and macro.parameters is not None and depth < DEEPEST:
                yield from self._hits_in(scope, substitute(macro, call.arguments), by or call.name, depth + 1)
            elif name in printers and len(call.arguments) > printers[name]:
                at = printers[name]
                yield _Hit(by or call.name, call.arguments[at], call.arguments[at + 1 :])

    def _called(self, file: str) -> dict[str, list[tuple[Scope, Call]]]:
        if file not in self._index:
            found: dict[str, list[tuple[Scope, Call]]] = defaultdict(list)
            for unit in self._units:
                for function in unit.functions if unit.file == file else ():
                    for call in calls(function.body):
                        found[call.name.text].append((self._scope(unit, function), call))
            self._index[file] = found
        return self._index[file]

    @cached_property
    def _index(self) -> dict[str, dict[str, list[tuple[Scope, Call]]]]:
        return {}

    def _prints(self, macro: Macro, depth: int = 0) -> bool:
        """Whether a macro of a header leads to a printer."""
        names = [token.text for token in macro.body if token.sort is Sort.WORD]
        if any(name in self._everywhere for name in names):
            return True
        inner = [self._shared[name] for name in names if name in self._shared and name != macro.name]
        return depth < DEEPEST and any(self._prints(each, depth + 1) for each in inner)

    def _find_printers(self) -> None:
        """Functions that hand their own format on, until no more are found."""
        more = True
        while more:
            more = False
            for unit in self._units:
                known = self._printers(unit.file)
                for function in unit.functions:
                    if function.name in known:
                        continue
                    at = self._forwards(self._scope(unit, function))
                    if at is not None:
                        (self._within[unit.file] if function.static else self._everywhere)[function.name] = at
                        more = True

    def _forwards(self, scope: Scope) -> int | None:
        """Which parameter a function hands on as a format; it must take variable ones too."""
        names = scope.function.parameters
        if not names or not ("..." in names or "args" in names):
            return None
        for hit in self._hits(scope):
            if len(hit.format) == 1 and hit.format[0].text in names:
                return names.index(hit.format[0].text)
        return None

    def _read_function(self, scope: Scope, found: Found) -> None:
        own = scope.function.parameters
        for hit in self._hits(scope):
            word = hit.format[0].text if len(hit.format) == 1 else ""
            if word in own and scope.function.name in self._printers(scope.file):
                continue  # its callers have the text
            if word == "NULL":
                continue  # nothing but what the printer says of the type
            texts, whole = scope.texts(hit.format)
            if not whole:
                what = f"{hit.by.text}({spell(hit.format)})"
                found.unread.append(Unread(scope.file, scope.function.name, what))
            rest = {at: said for at, given in enumerate(hit.rest) if (said := scope.sayings(given))}
            for text in texts:
                printed = Printed(text, scope.file, scope.function.name, hit.by.text, texts=rest)
                found.printed.append(printed)

    def _read_headings(self, found: Found) -> None:
        """What begins an explanation: a category, and a problem that callers hand on."""
        printed = (each.text.lstrip("\n") for each in found.printed if each.function == HEADER)
        title = next((text for text in printed if _TITLE in text), _TITLE)
        waiting: list[_Header] = [_Header(HEADER, 2, None)]
        for header in waiting:
            for scope, call in self._calls_everywhere(header):
                categories = header.categories or scope.texts(call.arguments[1])[0]
                problem = bare(call.arguments[header.problem])
                name = problem[0].text if len(problem) == 1 else ""
                if name in scope.function.parameters:
                    at = scope.function.parameters.index(name)
                    only = scope.file if scope.function.static else None
                    handed = _Header(scope.function.name, at, tuple(categories), only)
                    waiting += [handed] if handed not in waiting else []
                    continue
                found.explanations += 1
                texts, whole = scope.texts(problem, callers=True)
                if not (whole and categories):
                    what = f"{call.name.text}({spell(problem)})"
                    found.unread.append(Unread(scope.file, scope.function.name, what))
                for category, text in product(categories, dict.fromkeys(texts)):
                    said = title.replace(_TITLE, f"{category}: {text[:1].upper()}{text[1:]}")
                    where = (scope.file, scope.function.name, call.name.text)
                    found.printed.append(Printed(said, *where, heading=True))

    def _calls_everywhere(self, header: _Header) -> Iterator[tuple[Scope, Call]]:
        for unit in self._units:
            if header.file in {None, unit.file}:
                for scope, call in self._callers(unit.file, header.name):
                    if len(call.arguments) > header.problem:
                        yield scope, call


@dataclass(frozen=True)
class _Header:
    """A function that prints a heading: which argument is the problem, and the categories that it gives it."""

    name: str
    problem: int
    categories: tuple[str, ...] | None
    file: str | None = None
