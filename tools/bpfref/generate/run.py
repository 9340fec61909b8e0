"""A run of the generator over a documentation folder: what changes, and writing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bpfref import markers
from bpfref.catalogue import Catalogue
from bpfref.errors import BpfrefError, MarkerError
from bpfref.files import read_text, write_text
from bpfref.generate import blocks
from bpfref.generate.api.files import schemas
from bpfref.generate.facts import Facts, read_page
from bpfref.generate.feed import feeds
from bpfref.generate.names import NAMES, names
from bpfref.generate.nav import navigation
from bpfref.generate.render.evidence import lacks_evidence
from bpfref.generate.render.text import UNKNOWN
from bpfref.generate.stubs import wanted
from bpfref.loader import uapi_file
from bpfref.pages import NAVIGATION, find_pages

_NO_EVIDENCE = (
    "does not show what its facts rest on: end it with the lines <!-- [EVIDENCE] --> and <!-- [/EVIDENCE] -->, "
    "then bpfref generate"
)


@dataclass
class Plan:
    """What a run would write: path to new text; faults keep their page as it is.

    `left` counts blocks that were left as they are, by name; `unknown` counts answers not known.
    """

    changes: dict[Path, str] = field(default_factory=dict)
    faults: list[BpfrefError] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    pages: int = 0

    def propose(self, path: Path, old: str, new: str) -> None:
        """Note a file's new text if it differs."""
        if old != new:
            self.changes[path] = new

    def write(self) -> int:
        """Write the changes, each file at once; how many there were."""
        return sum(write_text(path, text) for path, text in self.changes.items())


def plan(catalogue: Catalogue, docs: Path, only: Iterable[Path] = (), *, foreign: bool = False) -> Plan:
    """Work out a run over `docs`, or over the pages `only`; nothing is written.

    A `foreign` folder gets its blocks filled and nothing else: no navigation, no name table.
    """
    result = Plan()
    texts = _read(docs, result)
    facts = Facts(catalogue, {page: read_page(text) for page, text in texts.items()})
    chosen = {path.resolve() for path in only}
    for page, text in texts.items():
        if not chosen or (docs / page).resolve() in chosen:
            _fill(facts, docs, page, text, result)
    if not foreign and not chosen:
        result.faults += (MarkerError(_NO_EVIDENCE, docs / page) for page in texts if lacks_evidence(facts, page))
        _propose(result, docs / NAVIGATION, navigation(facts))
        _propose(result, docs / NAMES, names(facts))
        for path, text in (*feeds(facts), *schemas()):
            _propose(result, docs / path, text)
        if (constants := docs.parent / uapi_file.PLACE).exists():
            _propose(result, constants, uapi_file.render(catalogue))
    return result


def read_pages(catalogue: Catalogue, docs: Path) -> tuple[Facts, dict[str, str]]:
    """What renderers may ask, and the text of every page by its path; the first that cannot be read is raised."""
    result = Plan()
    texts = _read(docs, result)
    if result.faults:
        raise result.faults[0]
    return Facts(catalogue, {page: read_page(text) for page, text in texts.items()}), texts


def stubs(catalogue: Catalogue, docs: Path) -> Plan:
    """The pages that entries need and `docs` lacks; existing pages are never touched."""
    result = Plan()
    for page, text in wanted(catalogue).items():
        if not (docs / page).exists():
            result.propose(docs / page, "", text)
    return result


def _read(docs: Path, result: Plan) -> dict[str, str]:
    """The text of every page below `docs`."""
    texts: dict[str, str] = {}
    for path in find_pages(docs):
        try:
            texts[path.relative_to(docs).as_posix()] = read_text(path)
        except BpfrefError as error:
            result.faults.append(error)
    return texts


def _fill(facts: Facts, docs: Path, page: str, text: str, result: Plan) -> None:
    """Fill one page; any fault of its markers leaves it as it is."""
    path = docs / page
    result.pages += 1
    faults = markers.scan(text, path)[1]
    if faults:
        result.faults.extend(faults)
        return

    def render(block: markers.Block) -> str | None:
        body = blocks.render(facts, block, page, path)
        if body is None:
            result.left[block.name] += 1
        else:
            result.unknown += body.count(f"*{UNKNOWN}*")
        return body

    try:
        result.propose(path, text, markers.fill(text, path, render))
    except MarkerError as error:
        result.faults.append(error)


def _propose(result: Plan, path: Path, new: str) -> None:
    result.propose(path, read_text(path) if path.exists() else "", new)
