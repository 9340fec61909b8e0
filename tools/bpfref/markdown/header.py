"""The kernel's comments on helpers, from the `bpf_helper_defs.h` of the machine that builds the site.

Imports libclang and docutils, so import this only for a page that has a KERNEL_TEXT block.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bpfref.errors import BpfrefError
from bpfref.files import read_text
from bpfref.formats import comment, helper_defs
from bpfref.markdown import log
from bpfref.model.document import Document


@dataclass(frozen=True)
class Quote:
    """What the header says of a helper; `origin` is the package and version, where known."""

    document: Document
    origin: str | None


def read_quote(file: Path, helper: str) -> Quote | None:
    """Read the comment on `helper`; None if the header has none, or, with a warning, a broken one."""
    defs = _read_defs(file, file.stat().st_mtime_ns)
    if defs is None or helper not in defs.comments:
        return None
    found = defs.comments[helper]
    try:
        return Quote(comment.parse(found.text, file, found.line), _read_origin(file))
    except BpfrefError as error:
        log.warning("the kernel's text on %s is left out: %s", helper, error)
        return None


@lru_cache(maxsize=4)
def _read_defs(file: Path, _changed: int) -> helper_defs.HelperDefs | None:
    try:
        return helper_defs.parse(read_text(file), file)
    except BpfrefError as error:
        log.warning("the kernel's texts are left out: %s", error)
        return None


def _read_origin(file: Path) -> str | None:
    """Read the note beside the header that `bpfref scrape` leaves: package and version."""
    note = file.with_name(f"{file.name}.version")
    return read_text(note).strip() if note.is_file() else None
