"""Checks of the entries on the verifier's complaints: against the sources, the examples, and their pages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from bpfref import markers
from bpfref.catalogue import MESSAGES, TRACE, Catalogue, family_files
from bpfref.checks.pages import Page
from bpfref.checks.problem import Problem
from bpfref.formats.verifier_messages import Messages, mask
from bpfref.layout import VERIFIER, Layout, verifier_page
from bpfref.markers import Block
from bpfref.model.example import ExamplesFile
from bpfref.model.verifier import VerifierEntry, plain
from bpfref.store import Lines

WALK = "The log, line by line"
LOG = "VERIFIER_LOG"
WORDINGS = "VERIFIER_MESSAGES"
_HEADING = re.compile(r"## +(?P<title>.*?) *(?:\{.*\})? *$")
_ITEM = re.compile(r"\d+[.)][ \t]+(?P<text>.*)")
_CODE = re.compile(r"(?P<fence>`+) ?(?P<code>.+?) ?(?P=fence)(?!`)")
_SCRAPED, _TRACE = f"data/scraped/{MESSAGES}", f"data/authored/{TRACE}"


def problems(facts: Catalogue, layout: Layout, pages: Sequence[Page]) -> Iterator[Problem]:
    """All of them."""
    yield from _sources(facts)
    yield from _rules(facts, layout)
    yield from _Entries(facts, layout).problems(pages)
    for page in pages:
        yield from _page(facts, page)


def _sources(facts: Catalogue) -> Iterator[Problem]:
    """Sources that were not read, or in another version than the lab has."""
    read = {source.series: source for source in facts.verifier.file.sources}
    again = "bpfref scrape verifier-messages"
    for kernel in facts.kernels.kernels:
        source = read.get(kernel.series)
        if kernel.source and source is None:
            yield Problem(_SCRAPED, None, f"the source of {kernel.series} was not read: {again}")
        elif source and kernel.version and source.version != kernel.version:
            message = f"{kernel.series} was read in {source.version}, data/authored/kernels.yaml names {kernel.version}"
            yield Problem(_SCRAPED, None, f"{message}: {again}")


def _rules(facts: Catalogue, layout: Layout) -> Iterator[Problem]:
    """Rules on what is trace that no message of any source meets."""
    known = facts.verifier
    functions = {place.function for wording in known.messages.values() for place in wording.places}
    lines = Lines(layout.root / _TRACE)
    for at, rule in enumerate(known.trace.rules):
        for name in rule.functions:
            if name not in functions:
                line = lines.of("rules", at, "functions", name)
                yield Problem(_TRACE, line, f"no function {name} prints anything: remove or correct it")
        for text in rule.formats:
            if plain(text) not in known.messages:
                line = lines.of("rules", at, "formats", text)
                yield Problem(_TRACE, line, f"no source prints {text!r}: remove or correct it")


class _Entries:
    """The entries of all families, each with the file that it stands in."""

    def __init__(self, facts: Catalogue, layout: Layout):
        self._facts = facts
        self._known = facts.verifier
        self._layout = layout
        self._lines = {path.stem: Lines(path) for path in family_files(layout)}

    def problems(self, pages: Sequence[Page]) -> Iterator[Problem]:
        """Those of single entries, then doubles, then those of pages."""
        slugs: dict[str, str] = {}
        owners: dict[str, str] = {}
        for family, slug, entry in self._known.walk():
            if slug in slugs:
                yield self._problem(family, slug, f"{slug} is an entry of {slugs[slug]} too: keep one")
            slugs.setdefault(slug, family)
            for text in entry.messages:
                yield from self._message(family, slug, text, owners)
            for message in self._examples(slug, entry):
                yield self._problem(family, slug, message)
        yield from self._pages(pages)

    def _message(self, family: str, slug: str, text: str, owners: dict[str, str]) -> Iterator[Problem]:
        place = (family, slug, "messages", text)
        if plain(text) not in self._known.messages:
            near = difflib.get_close_matches(plain(text), self._known.messages, n=1)
            advice = f"did you mean {near[0]!r}?" if near else "correct or remove it"
            yield self._problem(*place[:2], f"no source prints {text!r}: {advice}", *place[2:])
        elif plain(text) in owners:
            yield self._problem(*place[:2], f"{text!r} is a message of {owners[plain(text)]} too: keep one", *place[2:])
        owners.setdefault(plain(text), slug)

    def _problem(self, family: str, slug: str, message: str, *place: str) -> Problem:
        path = self._layout.families / f"{family}.yaml"
        line = self._lines[family].of("entries", slug, *place)
        return Problem(path.relative_to(self._layout.root).as_posix(), line, message)

    def _examples(self, slug: str, entry: VerifierEntry) -> Iterator[str]:
        """Examples that are not there, or do not end as the entry says."""
        for wanted, names in (("rejected", entry.rejected), ("accepted", entry.repaired)):
            for name in names:
                folder = self._facts.examples.get(name)
                if folder is None:
                    near = difflib.get_close_matches(name, self._facts.examples, n=1)
                    yield f"{slug}: there is no example {name}: {f'did you mean {near[0]}?' if near else 'add it'}"
                elif folder.definition.expect.verdict != wanted:
                    yield f"{slug}: the example {name} is not {wanted}: correct its verdict, or name another"
        for name in entry.rejected:
            for file in self._facts.verified:
                yield from self._verdict(slug, entry, name, file)

    def _verdict(self, slug: str, entry: VerifierEntry, name: str, file: ExamplesFile) -> Iterator[str]:
        """A refusal with words that belong to another entry, or to none."""
        record = file.examples.get(name)
        if record is None or (record.outcome, record.verdict) != ("passed", "rejected"):
            return
        said = record.message or ""
        if any(re.fullmatch(pattern, said) for pattern in entry.patterns):
            return
        ranked = self._messages.rank(said)
        if any(match.format in entry.formats and match.letters == ranked[0].letters for match in ranked):
            return
        series = file.kernel.series
        what = f"{slug}: {series} refuses {name} with {said!r}"
        if not ranked:
            yield f"{what}, which is no message of any source: add a pattern, or correct the example"
            return
        best = ranked[0].format
        owner = self._known.owners.get(best)
        whose = f"of the entry {owner}" if owner else "of no entry"
        yield f"{what}: that is {mask(best)!r}, {whose}: add the message, or name another example"

    @cached_property
    def _messages(self) -> Messages:
        return Messages({text: wording.partial for text, wording in self._known.messages.items()})

    def _pages(self, pages: Sequence[Page]) -> Iterator[Problem]:
        """Entries without a page, pages of entries without their wordings, and wordings of what is no entry."""
        there = {page.name: page for page in pages}
        docs = self._layout.docs.relative_to(self._layout.root).as_posix()
        for family, slug, _ in self._known.walk():
            page = there.get(verifier_page(slug))
            if page is None:
                yield self._problem(family, slug, f"{slug} has no page: write {docs}/{verifier_page(slug)}")
            elif not _has_wordings(page):
                yield Problem(page.report, None, f"does not show its messages: add <!-- [{WORDINGS}] --> and its end")
        for page in pages:
            path = PurePosixPath(page.name)
            if path.parent.as_posix() == VERIFIER and path.stem not in self._known.entries and _has_wordings(page):
                near = difflib.get_close_matches(path.stem, self._known.entries, n=1)
                advice = f"did you mean {near[0]}?" if near else "add one, or remove the page"
                yield Problem(page.report, None, f"no entry is called {path.stem}: {advice}")


def _has_wordings(page: Page) -> bool:
    """Whether a page is about the entry that it is called as."""
    return any(block.name == WORDINGS and not block.argument for block in markers.scan(page.text, page.report)[0])


def _page(facts: Catalogue, page: Page) -> Iterator[Problem]:
    """Items of the walk through a log that quote what the log does not say."""
    walked = [(number, text) for number, text, title in _items(page) if title == WALK]
    if not walked:
        return
    blocks = [block for block in markers.scan(page.text, page.report)[0] if block.name == LOG]
    logs = [text for block in blocks if (text := _log(facts, block)) is not None]
    if not blocks:
        yield Problem(page.report, walked[0][0], f"walks through a log that is not shown: add <!-- [{LOG}](…) -->")
    for number, text in walked if logs else ():
        found = _CODE.match(text)
        if found is None:
            yield Problem(page.report, number, "an item of the walk begins with a line of the log, as inline code")
        elif not any(found["code"] in log for log in logs):
            yield Problem(page.report, number, f"the log that is shown has no {found['code']!r}: quote what it says")


def _log(facts: Catalogue, block: Block) -> str | None:
    """The log that a block shows; None when there is none, which `generate` reports."""
    name, _, series = (block.argument or "").partition("@")
    return facts.logs.find(name, series)


def _items(page: Page) -> Iterator[tuple[int, str, str]]:
    """Items of numbered lists, with the heading that they stand under."""
    title = ""
    for number, line in page.prose():
        if heading := _HEADING.match(line):
            title = heading["title"]
        elif item := _ITEM.match(line):
            yield number, item["text"], title
