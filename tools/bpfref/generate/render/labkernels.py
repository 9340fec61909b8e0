"""The kernels that were asked."""

from __future__ import annotations

from bpfref.generate.facts import Facts
from bpfref.generate.render.text import code, frame, table
from bpfref.generate.render.ways import UNASKED


def kernels(facts: Facts) -> str:
    """Each kernel with its package and how much it answered."""
    rows = [
        (
            series,
            f"{code(file.kernel.package)} {file.kernel.version}",
            str(len(file.variants.loads)),
            str(len(file.helpers)),
            str(len(file.kfuncs)),
        )
        for series, file in facts.lab.files.items()
    ]
    head = ("Series", "Package of Debian", "Ways to load", "Helpers allowed", "Kfuncs allowed")
    return frame(table(head, rows), "Kernels that were asked", markdown=True) if rows else UNASKED
