"""libclang's plumbing: a header's text becomes a tree without errors, and its tokens.

Nothing here knows of BPF. Parsing is hermetic: the text is handed over in memory, the target is
fixed, and the only other headers are the stubs in the folder `include` and those that are handed
over with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from clang import cindex
from clang.cindex import Cursor, CursorKind, Type, TypeKind

from bpfref.errors import MachineError, SourceError

__all__ = ["LIMIT", "Around", "Cursor", "CursorKind", "Token", "Type", "TypeKind", "Unit", "evaluate", "parse"]

LIMIT = 2 << 20  # bytes; several times the largest header we read, bounds memory and time
_STUBS = Path(__file__).parent / "include"
_MEMORY = Path("/bpfref")  # names texts in memory; there is no such folder
_MAIN = str(_MEMORY / "header.h")
_SHEET = str(_MEMORY / "sheet.c")
_ROUNDS = 64
_ARGUMENTS = (
    *("-x", "c", "-std=gnu11", "--target=x86_64-linux-gnu", "--no-default-config"),
    *("-nostdinc", "-I", str(_STUBS), "-w", "-ferror-limit=0"),
)


@dataclass(frozen=True)
class Token:
    """A piece of C as written: `start` and `end` are byte offsets, lines count from 1."""

    kind: str
    text: str
    start: int
    end: int
    line: int

    @property
    def is_comment(self) -> bool:
        """Whether this is a comment of either style."""
        return self.kind == "COMMENT"

    @property
    def is_name(self) -> bool:
        """Whether this is an identifier, of a macro or of anything else."""
        return self.kind == "IDENTIFIER"

    @property
    def last_line(self) -> int:
        """The line on which the token ends."""
        return self.line + self.text.count("\n")


@dataclass(frozen=True)
class Unit:
    """A header that clang understood without error; `advice` says how to repair it if we do not."""

    file: Path
    advice: str
    data: bytes
    tree: cindex.TranslationUnit

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The header's tokens, comments too; listing them takes longer than parsing, so only on demand."""
        return _tokens(self.tree, self.data)

    @cached_property
    def _index(self) -> dict[int, int]:
        return {token.start: index for index, token in enumerate(self.tokens)}

    @cached_property
    def cursors(self) -> tuple[Cursor, ...]:
        """The header's own declarations, macro definitions and expansions, in libclang's order."""
        return tuple(c for c in self.tree.cursor.get_children() if _is_here(c))

    @property
    def declarations(self) -> Iterator[Cursor]:
        """What the header itself declares at file level, in its order."""
        return (cursor for cursor in self.cursors if cursor.kind.is_declaration())

    @property
    def macros(self) -> Iterator[Cursor]:
        """What the header itself defines with `#define`, in its order."""
        return (c for c in self.cursors if c.kind == CursorKind.MACRO_DEFINITION)

    def position(self, offset: int) -> int | None:
        """The index in `tokens` of the token that starts at a byte offset, if one does."""
        return self._index.get(offset)

    def following(self, offset: int) -> Iterator[Token]:
        """The tokens without comments, from the one that starts at a byte offset; none if no."""
        index = self.position(offset)
        for place in range(len(self.tokens) if index is None else index, len(self.tokens)):
            if not self.tokens[place].is_comment:
                yield self.tokens[place]

    def error(self, message: str, line: int | None) -> SourceError:
        """A complaint about this header, with its advice."""
        return SourceError(f"{message}; {self.advice}", self.file, line)


@dataclass(frozen=True)
class Around:
    """What a header needs: texts of headers by the name that it includes them by, and arguments for clang."""

    beside: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()


def parse(text: str, file: Path, advice: str, include: Sequence[str] = (), around: Around | None = None) -> Unit:
    """Parse a header, after those named in `include`; bodies of functions are not looked at.

    SourceError, which ends with `advice`, for text that is no C or that needs another header.
    """
    around = around or Around()
    data = _checked(text, file, advice)
    others = {str(_MEMORY / name): _checked(other, Path(name), advice) for name, other in around.beside.items()}
    arguments = ["-I", str(_MEMORY), *around.arguments] if others else [*around.arguments]
    for name in include:
        arguments += ["-include", str(_MEMORY / name) if name in around.beside else name]
    tree = _translate(_MAIN, {_MAIN: data, **others}, file, arguments)
    for problem in tree.diagnostics:
        if problem.severity >= cindex.Diagnostic.Error:
            raise _complaint(problem, file, advice)
    for inclusion in tree.get_includes():
        if not Path(inclusion.include.name).is_relative_to(_STUBS) and inclusion.include.name not in others:
            message = f"it includes {inclusion.include.name}, which is none of our stub headers"
            raise SourceError(f"{message}; {advice}", file, _line(inclusion.location))
    return Unit(file, advice, data, tree)


def evaluate(unit: Unit, expressions: Sequence[str]) -> list[int | None]:
    """The values of C expressions after a header; None for no integer constant expression.

    Clang evaluates each as an enumerator of its own. Only the first error in a translation is
    certain to be no consequence of another, so each round strikes out one expression.
    """
    struck: set[int] = set()
    for _ in range(_ROUNDS):
        lines = [f'#include "{_MAIN}"'] + [
            "" if index in struck else f"enum {{ bpfref_{index} = ({expression}) }};"
            for index, expression in enumerate(expressions)
        ]
        sheet = "\n".join(lines).encode() + b"\n"
        tree = _translate(_SHEET, {_SHEET: sheet, _MAIN: unit.data}, unit.file, [])
        wrong = _first_error(tree, unit)
        if wrong is None:
            return _values(tree, len(expressions))
        struck.add(wrong)
    raise unit.error(f"more than {_ROUNDS} of its macros are no integer constants", None)


def _first_error(tree: cindex.TranslationUnit, unit: Unit) -> int | None:
    errors = [d for d in tree.diagnostics if d.severity >= cindex.Diagnostic.Error]
    lines = [d.location.line - 2 for d in errors if _file(d.location) == _SHEET]
    if errors and (not lines or min(lines) < 0):
        raise _complaint(errors[0], unit.file, unit.advice)
    return min(lines, default=None)


def _values(tree: cindex.TranslationUnit, count: int) -> list[int | None]:
    """Each enumerator's value; None where a macro smuggled in further declarations."""
    found: list[list[Cursor]] = [[] for _ in range(count)]
    for cursor in tree.cursor.get_children():
        if cursor.kind.is_declaration() and _file(cursor.location) == _SHEET:
            found[cursor.location.line - 2].append(cursor)
    return [next(enums[0].get_children()).enum_value if len(enums) == 1 else None for enums in found]


def _checked(text: str, file: Path, advice: str) -> bytes:
    if not text.strip():
        raise SourceError(f"the header is empty; {advice}", file, 1)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise SourceError(f"a NUL byte: this is no C header; {advice}", file, line)
    try:
        data = text.replace("\r\n", "\n").encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise SourceError(f"text that is not UTF-8; {advice}", file, line) from error
    if len(data) > LIMIT:
        message = f"{len(data)} bytes are more than any header we read ({LIMIT})"
        raise SourceError(f"{message}; {advice}", file)
    return data


def _translate(main: str, texts: Mapping[str, bytes], file: Path, arguments: Sequence[str]) -> cindex.TranslationUnit:
    """Run clang's front end over texts in memory; SourceError if it gives up."""
    try:
        return cindex.Index.create().parse(
            main,
            args=[*_ARGUMENTS, *arguments],
            unsaved_files=[(name, text.decode()) for name, text in texts.items()],
            options=cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD
            | cindex.TranslationUnit.PARSE_SKIP_FUNCTION_BODIES,
        )
    except cindex.LibclangError as error:
        message = "libclang does not load; install the Python package `libclang`"
        raise MachineError(message) from error
    except cindex.TranslationUnitLoadError as error:
        raise SourceError("clang cannot read it at all: it is no C header", file) from error


def _complaint(problem: cindex.Diagnostic, file: Path, advice: str) -> SourceError:
    line = _line(problem.location) if _file(problem.location) == _MAIN else None
    if "file not found" in problem.spelling:
        advice = f"if the header is the right one, add a stub to the folder {_STUBS.name} of the \
package's formats; {advice}"
    return SourceError(f"clang says: {problem.spelling}; {advice}", file, line)


def _line(location: cindex.SourceLocation) -> int | None:
    return location.line or None


def _file(location: cindex.SourceLocation) -> str | None:
    return location.file.name if location.file else None


def _is_here(cursor: Cursor) -> bool:
    return _file(cursor.location) == _MAIN


def _tokens(tree: cindex.TranslationUnit, data: bytes) -> tuple[Token, ...]:
    file = tree.get_file(_MAIN)
    ends = [cindex.SourceLocation.from_offset(tree, file, at) for at in (0, len(data))]
    starts = list(accumulate(len(line) + 1 for line in data.split(b"\n")))  # of lines 2, 3, ...
    found = []
    for token in tree.get_tokens(extent=cindex.SourceRange.from_locations(*ends)):
        extent = token.extent
        start, end = extent.start.offset, extent.end.offset
        line = bisect_right(starts, start) + 1
        found.append(Token(token.kind.name, data[start:end].decode(errors="replace"), start, end, line))
    return tuple(found)
