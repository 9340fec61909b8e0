"""An entry on a complaint of the verifier with all that belongs to it, planted in a copy of the checkout."""

from __future__ import annotations

from pathlib import Path

from bpfref import catalogue, store
from bpfref.catalogue import Catalogue, read_example
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


def plant(checkout: Layout) -> Layout:
    """Add the family, the page, the log and the verdict of a kernel on the example as it is now."""
    checkout.families.mkdir(exist_ok=True)
    for path in checkout.families.glob("*.yaml"):
        path.unlink()
    for path in (checkout.docs / "verifier").glob("*.md"):
        if path.stem not in {"index", "messages", "explain"}:
            path.unlink()
    (checkout.families / "planted.yaml").write_text(FAMILY)
    (checkout.docs / "verifier" / f"{SLUG}.md").write_text(PAGE)
    logs = checkout.verified_logs(SERIES)
    logs.mkdir(parents=True, exist_ok=True)
    (logs / "unbounded-index.txt").write_text(LOG)
    for path in catalogue.verified_files(checkout):
        _judge(checkout, path)
    return checkout


def _judge(checkout: Layout, path: Path) -> None:
    file = store.read(path, ExamplesFile)
    source = read_example(checkout.examples / "unbounded-index").digest
    records = {"unbounded-index": Record(source, "passed", "rejected", SAID)}
    store.write(path, ExamplesFile(file.kernel, records), "planted")


def read(checkout: Layout) -> Catalogue:
    """The facts of the copy."""
    return catalogue.read(checkout)
