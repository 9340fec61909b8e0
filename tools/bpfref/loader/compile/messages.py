"""What a compiler says, as messages at the lines of the file that was compiled. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bpfref.errors import SourceError

_PLACED = re.compile(
    r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?:\d+:)? (?P<severity>fatal error|error|warning|note): (?P<text>.*)"
)
_BARE = re.compile(r"(?:[\w./+-]+: )?(?P<severity>fatal error|error|warning): (?P<text>.*)")
_INCLUDED = re.compile(r"(?:In file included|\s+) from (?P<file>[^:]+):(?P<line>\d+)(?::\d+)?[:,]")
_LINKED = re.compile(r"(?:\S*: )*?(?P<file>[^\s:]+):(?P<line>\d+): (?P<text>.*)")
_COUNT = re.compile(
    r"\d+ (?:errors?|warnings?)(?: and \d+ (?:errors?|warnings?))? generated\.|compilation terminated\."
)
_NOT_FOUND = re.compile(r"'(?P<name>[^']+)' file not found|(?P<other>[^\s:]+): No such file or directory")
_UNKNOWN = "<unknown>"


@dataclass(frozen=True)
class Message:
    """A message in the compiler's words; `file` and `line` are of the compiled file where that is known.

    `more` is what follows it: the line of C with a mark below, and notes.
    """

    severity: str
    text: str
    file: str | None = None
    line: int | None = None
    more: str = ""

    @property
    def fatal(self) -> bool:
        """Whether nothing was compiled because of it."""
        return self.severity.endswith("error")

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return f"{place}: {self.severity}: {self.text}" if place else f"{self.severity}: {self.text}"


class CompileError(SourceError):
    """A program that does not compile: all errors, the first one's place, and all that the compiler said."""

    def __init__(self, errors: Sequence[Message], messages: Sequence[Message], output: str):
        first, *others = errors
        lines = [f"{first.severity}: {first.text}", *(str(other) for other in others)]
        super().__init__("\n".join(lines), first.file, first.line)
        self.errors = tuple(errors)
        self.messages = tuple(messages)
        self.output = output


def parse_messages(output: str, source: Path | str) -> list[Message]:
    """Read what clang or gcc prints.

    What is wrong in a header has the line of the compiled file that includes it, and the header's
    own place in its text.
    """
    found: list[Message] = []
    stack: list[tuple[str, int]] = []
    lines: dict[str, int] = {}  # of headers: the compiled file's line that brings them
    for line in output.splitlines():
        if included := _INCLUDED.match(line):
            stack.append((included["file"], int(included["line"])))
        elif (head := _PLACED.fullmatch(line) or _BARE.fullmatch(line)) and head["severity"] != "note":
            found.append(_message(head, stack, lines, str(source)))
            stack = []
        elif found and not _COUNT.fullmatch(line):
            found[-1] = replace(found[-1], more=f"{found[-1].more}{line}\n")
            stack = []
    return found


def fail(output: str, source: Path | str, folders: Sequence[Path] = (), advice: str = "") -> CompileError:
    """The error of a compiler that printed this; for a header that was not found it says where was looked."""
    messages = parse_messages(output, source)
    errors = [message for message in messages if message.fatal]
    if not errors:
        errors = [Message("error", output.strip() or "the compiler gave up without a word", str(source))]
    return CompileError([_explain(error, folders, advice) for error in errors], messages, output)


def fail_link(output: str, source: Path | str) -> CompileError:
    """The error of a linker that printed this: the lines that name a place in C, else all of it."""
    found = [match for line in output.splitlines() if (match := _LINKED.fullmatch(line))]
    errors = [Message("error", match["text"], match["file"], int(match["line"])) for match in found]
    return CompileError(errors or [Message("error", output.strip(), str(source))], errors, output)


def _message(head: re.Match[str], stack: Sequence[tuple[str, int]], lines: dict[str, int], source: str) -> Message:
    place = head.groupdict()
    file, line = place.get("file"), place.get("line")
    text, severity = head["text"], head["severity"]
    if file is None or line is None or file == _UNKNOWN:
        return Message(severity, text, source)
    own = next((number for name, number in stack if name == source), lines.get(file))
    if file == source or own is None:
        return Message(severity, text, file, int(line))
    # The compiler says once how it came to a header, however much is wrong there.
    lines[file] = own
    return Message(severity, f"{text} (in {file}:{line})", source, own)


def _explain(error: Message, folders: Sequence[Path], advice: str) -> Message:
    if not _NOT_FOUND.search(error.text):
        return error
    tried = ", ".join(str(folder) for folder in folders)
    text = f"{error.text}; looked for beside the file and in: {tried}{advice}"
    return replace(error, text=text)
