"""Which entry on the verifier's messages a log belongs to."""

from __future__ import annotations

import difflib
import errno as numbers
import os
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from bpfref.formats.verifier_log import Log
from bpfref.formats.verifier_log.telling import is_aside, may_complain
from bpfref.formats.verifier_messages import Match, Messages, mask, mask_line, parse_format
from bpfref.model.verifier import VerifierFacts

_LEAST_CUT = 16  # characters of a line that is cut off which must agree
_ALIKE = 0.88  # a line that agrees so far is the message, misspelt or of a kernel that was not read
_NEAR = 0.5
_LONGEST = 400  # characters of a line that is compared
_LONGEST_LINE, _MOST_LINES = 1000, 1000
_MOST_NEAR = 3
_LEAST_INSIDE = 5  # letters, halved as `Match` has them, of a message within a line of prose
_SUBJECT = re.compile(r"[\w#'-]+( [\w'-]+){0,2}")  # what a message that begins with a name begins with
_LIBBPF = "libbpf: prog '{program}': BPF program load failed: {words}"  # the form that patterns on an errno have
_NO_LITERAL = re.compile(r"\\[a-zA-Z]|%-?[a-z]+|\[[^]]*\]|\(\?[^)]*\)|[^A-Za-z0-9]")
_MAP = re.compile(r"\bmap '.*': failed to create\b|BPF_MAP_CREATE")
_OBJECT = re.compile(r"libbpf: failed to load (object|BPF skeleton|BPF object)\b")
_ASKED = re.compile(r"program load failed|bpf program failed|load program|': failed to load: |probe_loading", re.I)
_RESULT = re.compile(r"(-\d+|-E[A-Z]+|\(-?\d+\)\.?|failed to load object '.*')$")
_REFUSAL = re.compile(r"\bnot\b|n't|fail|invalid|missing|error|unsupported", re.IGNORECASE)
_ANY = re.compile(r"^(\^|\.\*)|(\.\*|\$)$")


class How(StrEnum):
    """How an entry was found, the surest first."""

    WHOLE = "the line is its message"
    PATTERN = "the line is one that its patterns name"
    INSIDE = "the line contains its message"
    ERRNO = "the loader told its errno, and there is no more"
    CUT = "the line is its message, cut off"
    ALIKE = "the line is almost its message"


@dataclass(frozen=True)
class Found:
    """A line and what it is: `format` is the kernel's message, `slug` the entry; either may be unknown."""

    line: str
    slug: str = ""
    format: str = ""
    how: How = How.WHOLE
    values: tuple[str, ...] = ()


class Finder:
    """Finds entries; made once from the facts."""

    def __init__(self, facts: VerifierFacts):
        self._facts = facts
        told = {text: wording.partial for text, wording in facts.messages.items() if facts.is_complaint(text)}
        self._owned = Messages({text: partial for text, partial in told.items() if text in facts.owners})
        self._others = Messages({text: partial for text, partial in told.items() if text not in facts.owners})
        self._masked = {mask(text): text for text in told if text in facts.owners}
        self._patterns = [
            (re.compile(pattern, re.IGNORECASE), re.compile(_ANY.sub("", pattern), re.IGNORECASE), slug)
            for slug, entry in facts.entries.items()
            for pattern in entry.patterns
        ]

    def find(self, log: Log) -> Found | None:
        """The entry of the log's complaint, else the kernel's message that no entry has; None for neither."""
        complaints = _bounded(log.complaints)
        said = _bounded(_said(log.lines))
        ranked: tuple[Iterator[Found], ...] = (
            self._exact(complaints),
            self._unowned(complaints),
            self._exact(said),
            self._within(complaints),
            self._within([*said, *_bounded(log.loader)]),
            self._cut(complaints),
            self._told(log),
            self._alike(complaints),
        )
        return next((each for stage in ranked for each in stage), None)

    def nearest(self, line: str) -> list[tuple[str, str]]:
        """Entries whose messages are most like a line, each with that message, best first."""
        wanted = mask_line(line[:_LONGEST])
        close = difflib.get_close_matches(wanted, self._masked, n=3 * _MOST_NEAR, cutoff=_NEAR)
        entries: dict[str, str] = {}
        for each in close:
            entries.setdefault(self._facts.owners[self._masked[each]], self._masked[each])
        return list(entries.items())[:_MOST_NEAR]

    def _exact(self, lines: Iterable[str]) -> Iterator[Found]:
        """Patterns before messages, unless a pattern says no more than the message does."""
        for line in lines:
            match = self._owned.find(line)
            known = match.format if match and _is_from_start(match, line) else ""
            for pattern, _, slug in self._patterns:
                if pattern.fullmatch(line) and len(_literal(pattern.pattern)) > len(_literal(known)):
                    yield Found(line, slug, how=How.PATTERN)
            if match and known:
                yield self._owner(line, match, How.WHOLE)

    def _within(self, lines: Iterable[str]) -> Iterator[Found]:
        """The message with most letters of any line."""
        found = [(match.letters, line, match) for line in lines if line and (match := self._owned.find(line))]
        best = max(found, key=lambda each: each[0], default=None)
        if best and best[0] >= _LEAST_INSIDE:
            slug = next((slug for _, slug in self._search(best[1])), "")
            yield Found(best[1], slug, how=How.PATTERN) if slug else self._owner(best[1], best[2], How.INSIDE)

    def _told(self, log: Log) -> Iterator[Found]:
        """What the loader said, and at last the errno alone: that says little where the kernel complains in words."""
        if log.complaints and (log.steps or log.figures):
            return
        lines = [*_bounded(log.complaints), *_bounded(log.loader)]
        found = [
            (len(match[0]), -at, line, slug) for at, line in enumerate(lines) for match, slug in self._search(line)
        ]
        if found:
            _, _, line, slug = max(found)
            yield Found(line, slug, how=How.PATTERN)
        elif reason := _reason_of_libbpf(log):
            yield Found(reason)
        elif _MAP.search(log.errno_line):
            yield Found(log.errno_line)
        elif log.errno and "BTF" not in log.errno_line:
            number = getattr(numbers, log.errno, None)
            for words in (os.strerror(number) if number else "", f"-{log.errno}", log.errno):
                line = _LIBBPF.format(program=log.program or "program", words=words)
                yield from (Found(log.errno_line, slug, how=How.ERRNO) for _, slug in self._search(line))

    def _cut(self, lines: Iterable[str]) -> Iterator[Found]:
        for line in lines:
            wanted = mask_line(line[:_LONGEST])
            if len(wanted) < _LEAST_CUT:
                continue
            for masked, text in self._masked.items():
                if masked.startswith(wanted) or masked.endswith(wanted):
                    yield Found(line, self._facts.owners[text], text, How.CUT)

    def _alike(self, lines: Iterable[str]) -> Iterator[Found]:
        for line in lines:
            for part in _parts(line):
                for masked in difflib.get_close_matches(mask_line(part), self._masked, n=1, cutoff=_ALIKE):
                    text = self._masked[masked]
                    yield Found(part, self._facts.owners[text], text, How.ALIKE)

    def _unowned(self, lines: Iterable[str]) -> Iterator[Found]:
        for line in lines:
            match = self._others.find(line)
            if match and _is_from_start(match, line):
                yield Found(line, "", match.format, How.WHOLE, match.values)

    def _search(self, line: str) -> Iterator[tuple[re.Match[str], str]]:
        for _, core, slug in self._patterns:
            if (match := core.search(line)) and match[0]:
                yield match, slug

    def _owner(self, line: str, match: Match, how: How) -> Found:
        return Found(line, self._facts.owners[match.format], match.format, how, match.values)


def _said(lines: Sequence[str]) -> Iterator[str]:
    """The lines that may complain, those that stand together in their order, the last such paragraph first."""
    run: deque[str] = deque()
    for at in reversed(range(len(lines))):
        if may_complain(lines, at):
            run.appendleft(lines[at])
        elif run:
            yield from sorted(run, key=is_aside)
            run.clear()
    yield from sorted(run, key=is_aside)


def _reason_of_libbpf(log: Log) -> str:
    """What libbpf itself found wrong before it asked the kernel: the line before those that the object failed."""
    if any(map(_ASKED.search, log.loader)) or not any(map(_OBJECT.match, log.loader)):
        return ""
    told = [line for line in log.loader if line.startswith("libbpf: ") and not _RESULT.search(line)]
    return next((line for line in reversed(told) if _REFUSAL.search(line)), "")


def _is_from_start(match: Match, line: str) -> bool:
    """Whether the message begins the line: what stands behind it comes from other calls."""
    first = parse_format(match.format)[0]
    if isinstance(first, str):
        return match.whole or line.startswith(first.strip())
    return match.whole and bool(_SUBJECT.fullmatch(match.values[0]))


def _bounded(lines: Iterable[str]) -> list[str]:
    """The first lines, and of each what a message can be in: a log is not more patient than its reader."""
    return [line[:_LONGEST_LINE] for line in islice(lines, _MOST_LINES)]


def _literal(text: str) -> str:
    """The letters and digits of a pattern or format that stand in every line of it."""
    return _NO_LITERAL.sub("", text)


def _parts(line: str) -> Iterator[str]:
    """A line, what stands behind each colon in it, and what is quoted: people put words around it."""
    line = line[:_LONGEST]
    yield line
    yield from (line[found.end() :] for found in re.finditer(r": ", line))
    yield from re.findall(r"[\"'`]([^\"`]{16,})[\"'`]", line)
