"""The verifier's complaints as Markdown: wordings by series, logs, indexes, how many an entry explains. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from bpfref.explain import report
from bpfref.explain.find import Finder
from bpfref.formats.verifier_log import parse_log
from bpfref.formats.verifier_messages import anchors, mask
from bpfref.generate.facts import Facts
from bpfref.generate.render.spans import span
from bpfref.generate.render.text import code, counted, frame, link, table
from bpfref.layout import verifier_page
from bpfref.model.verifier import VerifierEntry, VerifierFacts, Wording

_NO_TEXT = re.compile(r"[\\`*_\[\]<]")
_FENCE = "```"
_PLACES = 3  # that are named, where many functions print the same


def messages(facts: Facts, slug: str) -> str:
    """An entry's wordings: which sources have each, and where the newest of these prints it."""
    known, entry = facts.catalogue.verifier, facts.catalogue.verifier.entries[slug]
    there = [text for text in entry.formats if text in known.messages]
    rows = [
        (_anchored(known, text), span(known.file.series, known.messages[text].series), _places(known.messages[text]))
        for text in sorted(there, key=lambda text: _order(known, text))
    ]
    parts = []
    if rows:
        head = ("Message", "In the source of Linux", "Printed by")
        parts = [frame(table(head, rows), "Wordings", markdown=True), _sources(known)]
    if entry.patterns:
        listed = ", ".join(code(pattern) for pattern in entry.patterns)
        what = "Lines that this page is about too" if rows else "The lines that this page is about"
        parts.append(f"{what}, as regular expressions: {listed}.")
    return "\n\n".join(parts)


def _sources(known: VerifierFacts) -> str:
    """What the table rests on."""
    series = known.file.series
    read = f"{', '.join(series[:-1])} and {series[-1]}" if len(series) > 1 else "".join(series)
    return f"`#` is a number, `…` a name or another text. Read in the sources of Linux {read}."


def _order(known: VerifierFacts, text: str) -> tuple[int, str]:
    """Newest wordings first."""
    return -known.file.series.index(known.messages[text].series[-1]), text


def _anchored(known: VerifierFacts, text: str) -> str:
    return f"{code(mask(text))}{{ #{anchors_of(known)[text]} }}"


@lru_cache(maxsize=2)
def _anchors(formats: tuple[str, ...]) -> dict[str, str]:
    return anchors(formats)


def anchors_of(known: VerifierFacts) -> dict[str, str]:
    """The anchor of each message, the same on all pages."""
    return _anchors(tuple(known.messages))


def _places(wording: Wording) -> str:
    """Functions by file."""
    files: dict[str, list[str]] = {}
    for place in wording.places:
        files.setdefault(place.file, []).append(place.function)
    return "; ".join(f"{_functions(names)} in {code(file)}" for file, names in files.items())


def _functions(names: Sequence[str]) -> str:
    more = f" and {len(names) - _PLACES} more" if len(names) > _PLACES else ""
    return ", ".join(code(f"{name}()") for name in names[:_PLACES]) + more


def log(text: str, series: str) -> str:
    """A log as the kernel of a series wrote it."""
    fence = _FENCE
    while fence in text:
        fence += "`"
    lines = [line.rstrip() for line in text.rstrip("\n").splitlines()]
    return "\n".join([f'{fence}text title="Linux {series}"', *lines, fence])


def explanation(facts: Facts, name: str, text: str) -> str:
    """What `bpfref explain` prints of a log."""
    known = facts.catalogue.verifier
    answer = report.explain(parse_log(text), Finder(known), known)
    lines = [f"$ bpfref explain {name}.txt", *report.lines(answer)]
    return "\n".join([f"{_FENCE}console", *lines, _FENCE])


def index(facts: Facts, page: str) -> str:
    """Each family with its entries: what each one says."""
    parts = []
    for family in facts.catalogue.verifier.families.values():
        rows = [(_entry_link(facts, slug, entry, page), _cell(entry.says)) for slug, entry in family.entries.items()]
        parts.append(f"## {family.title}\n\n{table(('Message', 'What is wrong'), rows)}")
    return "\n\n".join(parts) or "No message is explained yet."


def _entry_link(facts: Facts, slug: str, entry: VerifierEntry, page: str) -> str:
    target = verifier_page(slug)
    return link(escape(entry.title), page, target) if target in facts.pages else escape(entry.title)


def escape(text: str) -> str:
    """Text that Markdown is to show as it is."""
    return _NO_TEXT.sub(lambda mark: "&lt;" if mark[0] == "<" else f"\\{mark[0]}", text)


def _cell(text: str) -> str:
    return " ".join(text.split())


def message_index(facts: Facts, page: str) -> str:
    """Every complaint, masked: those that an entry explains below it, the others below the file that prints them."""
    known = facts.catalogue.verifier
    parts = [_figures(known)]
    for family in known.families.values():
        listed = [_explained(facts, slug, entry, page) for slug, entry in family.entries.items()]
        parts += [f"## {family.title}", *filter(None, listed)]
    parts.append("## No entry yet")
    for file, texts in _by_file(known, known.is_complaint).items():
        parts.append(f"### {code(file)}\n\n{_list(known, texts)}")
    headings = [text for text, wording in known.messages.items() if wording.heading]
    if headings:
        parts.append(f"## Headings of explanations\n\n{_list(known, headings)}")
    parts.append(
        "## Bugs of the kernel\n\nThe program is not to blame for these: they tell of a fault of the verifier."
    )
    for file, texts in _by_file(known, lambda text: known.messages[text].internal).items():
        parts.append(f"### Bugs in {code(file)}\n\n{_list(known, texts)}")
    return "\n\n".join(parts)


def _figures(known: VerifierFacts) -> str:
    complaints = [text for text in known.messages if known.is_complaint(text)]
    explained = sum(text in known.owners for text in complaints)
    return f"{counted(len(complaints), 'complaint')}, {explained} of them explained. {_sources(known)}"


def _explained(facts: Facts, slug: str, entry: VerifierEntry, page: str) -> str:
    known = facts.catalogue.verifier
    texts = [text for text in entry.formats if text in known.messages]
    if not texts:
        return ""
    return f"### {_entry_link(facts, slug, entry, page)}\n\n{_list(known, texts)}"


def _by_file(known: VerifierFacts, wanted: Callable[[str], bool]) -> dict[str, list[str]]:
    """Messages that no entry has, by the file of their first place."""
    found: dict[str, list[str]] = {}
    for text, wording in known.messages.items():
        if text not in known.owners and wanted(text):
            found.setdefault(wording.places[0].file, []).append(text)
    return dict(sorted(found.items()))


def _list(known: VerifierFacts, texts: Iterable[str]) -> str:
    return "\n".join(f"- {_anchored(known, text)} {_brief(known, text)}" for text in texts)


def _brief(known: VerifierFacts, text: str) -> str:
    """Series and function; series are left out for what all sources have."""
    wording, series = known.messages[text], known.file.series
    where = _functions([place.function for place in wording.places][:1])
    return where if wording.series == series else f"{where}, {span(series, wording.series)}"


def coverage(facts: Facts) -> str:
    """How many complaints of the newest source are explained, by family, and how many not, by file."""
    known = facts.catalogue.verifier
    newest = known.file.series[-1] if known.file.series else ""
    complaints = [t for t, wording in known.messages.items() if newest in wording.series and known.is_complaint(t)]
    families = Counter(known.family_of(known.owners[text]) for text in complaints if text in known.owners)
    rows = [
        (content.title, str(len(content.entries)), str(families[family]), "")
        for family, content in known.families.items()
    ]
    missing = Counter(known.messages[text].places[0].file for text in complaints if text not in known.owners)
    rows += [(code(file), "", "", str(count)) for file, count in sorted(missing.items(), key=_most_first)]
    total = sum(families.values())
    rows.append(("Together", str(len(known.entries)), str(total), str(len(complaints) - total)))
    head = ("Family, or file", "Entries", "Messages explained", "Messages without an entry")
    text = f"Linux {newest} has {counted(len(complaints), 'complaint')}: {', '.join(_left_out(known, newest))}."
    return f"{text}\n\n{frame(table(head, rows), 'Coverage of messages of the verifier', markdown=True)}"


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _left_out(known: VerifierFacts, series: str) -> Iterator[str]:
    """What is not counted, and how much of it there is."""
    there = {text: wording for text, wording in known.messages.items() if series in wording.series}
    internal = sum(wording.internal for wording in there.values())
    headings = sum(wording.heading for wording in there.values())
    trace = sum(not known.is_complaint(text) for text in there) - internal - headings
    unread = sum(series in call.series for call in known.file.open)
    yield f"not counted are {internal} messages on bugs of the kernel"
    yield f"{headings} headings of explanations"
    yield f"{trace} pieces of the trace and of other messages"
    yield f"and {unread} calls whose text is no literal"
