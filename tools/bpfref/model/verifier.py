"""The verifier's complaints: format strings that kernels print, and what people say of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from bpfref.model.fact import Fact
from bpfref.model.version import Version

_DIRECTIVE = re.compile(r"%[-+ #0]*[*\d]*(?:\.[*\d]*)?[hlzjt]*[a-zA-Z]")
_FEWEST = 3
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Source(Fact):
    """A kernel's source that was read: the package and its version."""

    series: str
    package: str
    version: str


@dataclass(frozen=True)
class Place(Fact):
    """A file of the kernel's tree and the function in it that prints."""

    file: str
    function: str


@dataclass(frozen=True)
class Wording(Fact):
    """What the source has of one format string, whose key is without its final newline.

    `places` are those of the newest of its `series`. `by` are the functions and macros that print
    it. `partial` says that some place prints it without a newline, so that another call goes on with
    the line. `internal` texts tell of a bug of the kernel, not of the program. `heading` ones begin the
    explanation of several paragraphs that newer kernels add. `texts` are the literal texts
    that an argument may be, by its number from 0.
    """

    series: tuple[str, ...]
    places: tuple[Place, ...]
    by: tuple[str, ...]
    partial: bool = False
    internal: bool = False
    heading: bool = False
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenCall(Fact):
    """A call that prints what is no literal: nobody knows its text from the source alone."""

    file: str
    function: str
    call: str
    series: tuple[str, ...]


@dataclass(frozen=True)
class MessagesFile(Fact):
    """`data/scraped/verifier-messages.yaml`.

    `explanations` counts the calls that print paragraphs below a heading, by series: their sentences
    are prose of the kernel's and are not kept.
    """

    sources: tuple[Source, ...]
    messages: dict[str, Wording]
    open: tuple[OpenCall, ...] = ()
    explanations: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        order = [Version.parse(source.series) for source in self.sources]
        if order != sorted(order):
            raise ValueError("the sources must stand oldest first")

    @property
    def series(self) -> tuple[str, ...]:
        """The series that were read, oldest first."""
        return tuple(source.series for source in self.sources)


@dataclass(frozen=True)
class TraceRule(Fact):
    """Messages that are no complaint: all that some functions print, or single formats, and why."""

    reason: str
    functions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.functions) == bool(self.formats):
            raise ValueError("a rule names either functions or formats")


@dataclass(frozen=True)
class TraceFile(Fact):
    """`data/authored/verifier-trace.yaml`: what the log holds beside complaints."""

    rules: tuple[TraceRule, ...]


@dataclass(frozen=True)
class VerifierEntry(Fact):
    """One complaint, whatever its wordings.

    `messages` are format strings as the source has them (a final newline does not matter); `patterns`
    are regular expressions for whole lines that no format string of the kernel gives. `says` is
    one sentence on what is wrong, `repair` what usually repairs it. `rejected` names examples that are
    refused so, `repaired` their accepted counterparts.
    """

    title: str
    says: str
    repair: str
    messages: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.messages and not self.patterns:
            raise ValueError("an entry needs messages or patterns: nothing leads to this one")
        for pattern in self.patterns:
            _compile(pattern)

    @property
    def formats(self) -> tuple[str, ...]:
        """The format strings as the scraped file has them as keys: without a final newline."""
        return tuple(plain(message) for message in self.messages)


@dataclass(frozen=True)
class FamilyFile(Fact):
    """`data/authored/verifier/<family>.yaml`: entries by slug; each has the page `docs/verifier/<slug>.md`."""

    title: str
    entries: dict[str, VerifierEntry]

    def __post_init__(self) -> None:
        for slug in self.entries:
            if not _SLUG.fullmatch(slug):
                raise ValueError(f"{slug!r} is no slug: write lower case, digits and hyphens")


@dataclass(frozen=True)
class VerifierFacts:
    """What is known of the verifier's messages: the scraped ones, families by file stem, and what is trace."""

    file: MessagesFile
    families: dict[str, FamilyFile] = field(default_factory=dict)
    trace: TraceFile = TraceFile(())

    @property
    def messages(self) -> dict[str, Wording]:
        """Format strings, without final newline, with what the source has of them."""
        return self.file.messages

    @cached_property
    def entries(self) -> dict[str, VerifierEntry]:
        """Every entry by slug, in the order of families; of two with one slug the first."""
        found: dict[str, VerifierEntry] = {}
        for _, slug, entry in self.walk():
            found.setdefault(slug, entry)
        return found

    @cached_property
    def owners(self) -> dict[str, str]:
        """Format strings to the slug of the first entry that has them."""
        found: dict[str, str] = {}
        for _, slug, entry in self.walk():
            for text in entry.formats:
                found.setdefault(text, slug)
        return found

    def walk(self) -> Iterator[tuple[str, str, VerifierEntry]]:
        """Family, slug and entry, as the files have them."""
        for family, content in self.families.items():
            yield from ((family, slug, entry) for slug, entry in content.entries.items())

    def family_of(self, slug: str) -> str | None:
        """The file stem of the first family that has an entry."""
        return next((family for family, content in self.families.items() if slug in content.entries), None)

    @cached_property
    def traced(self) -> dict[str, str]:
        """Format strings that are no complaint, with the reason; of those that several functions print, all must be."""
        functions = {name: rule.reason for rule in self.trace.rules for name in rule.functions}
        formats = {plain(text): rule.reason for rule in self.trace.rules for text in rule.formats}
        found: dict[str, str] = {}
        for text, wording in self.messages.items():
            reasons = [functions.get(place.function) for place in wording.places]
            if text in formats:
                found[text] = formats[text]
            elif reasons and reasons[0] and all(reasons):
                found[text] = reasons[0]
        return found

    def is_complaint(self, text: str) -> bool:
        """Whether a user may see it as the reason of a refusal.

        Headings stand above an explanation, below the complaint itself; what has fewer letters than
        a word only joins others.
        """
        wording = self.messages[text]
        letters = sum(letter.isalpha() for letter in _DIRECTIVE.sub("", text))
        return letters >= _FEWEST and text not in self.traced and not (wording.internal or wording.heading)


def plain(text: str) -> str:
    """A format string as the scraped file has it as a key."""
    return text[:-1] if text.endswith("\n") else text


def _compile(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
