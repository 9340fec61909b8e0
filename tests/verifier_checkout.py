"""An entry on a complaint of the verifier with all that belongs to it, in a small checkout of its own."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from bpfref import store
from bpfref.catalogue import (
    KERNELS,
    MESSAGES,
    TRACE,
    Catalogue,
    Logs,
    example_folders,
    read_example,
    read_verifier,
    verified_files,
)
from bpfref.files import write_text
from bpfref.layout import Layout
from bpfref.model.example import ExamplesFile, Record

SLUG = "no-bound"
SERIES = "v7.3"
SAID = "R2 unbounded memory access, make sure to bounds check any such access"
LOG = f"0: R1=ctx()\n4: (0f) r2 += r1 ; R1=scalar()\n{SAID}\n"
FAMILY = """\
title: Planted
entries:
  no-bound:
    title: R1 unbounded memory access
    says: An index has no upper bound.
    repair: Compare it first.
    messages:
    - "R%d unbounded memory access, make sure to bounds check any such access\\n"
    - '%s unbounded memory access, make sure to bounds check any such access'
    patterns: ['load failed: .*']
    rejected: [unbounded-index]
    repaired: [hash-flags]
"""
PAGE = """\
---
title: R1 unbounded memory access
description: What the verifier says of an index without an upper bound, how it comes to it, and how it is repaired.
---
# R1 unbounded memory access

An index has no bound.

## The message

<!-- [VERIFIER_MESSAGES] -->
<!-- [/VERIFIER_MESSAGES] -->

## The log, line by line

<!-- [VERIFIER_LOG](unbounded-index@v7.3) -->
<!-- [/VERIFIER_LOG] -->

1. `4: (0f) r2 += r1`: the sum.
2. `R2 unbounded memory access`: the end.
"""


def plant(root: Path, facts: Catalogue, layout: Layout) -> Layout:
    """What belongs to the entry in a checkout of its own: the family, its page, examples, verdicts and a log."""
    made = Layout(root)
    for path in (layout.authored / TRACE, layout.authored / KERNELS, layout.scraped / MESSAGES):
        _copy(layout, made, path)
    for name in ("unbounded-index", "hash-flags"):
        shutil.copytree(layout.examples / name, made.examples / name)
    write_text(made.families / "planted.yaml", FAMILY)
    write_text(made.docs / "verifier" / f"{SLUG}.md", PAGE)
    write_text(made.verified_logs(SERIES) / "unbounded-index.txt", LOG)
    record = Record(read_example(made.examples / "unbounded-index").digest, "passed", "rejected", SAID)
    for file in facts.verified:
        series = file.kernel.series
        store.write(made.verified(series), ExamplesFile(file.kernel, {"unbounded-index": record}), "planted")
    return made


def _copy(layout: Layout, made: Layout, path: Path) -> None:
    write_text(made.root / path.relative_to(layout.root), path.read_text())


def read(made: Layout, facts: Catalogue) -> Catalogue:
    """The facts, with those on the verifier and on examples as they are there."""
    return replace(
        facts,
        verifier=read_verifier(made),
        examples={path.name: read_example(path) for path in example_folders(made)},
        verified=tuple(store.read(path, ExamplesFile) for path in verified_files(made)),
        logs=Logs(made),
    )
