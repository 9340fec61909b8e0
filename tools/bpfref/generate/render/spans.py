"""Series in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_PAIR = 2


def span(order: Sequence[str], series: Collection[str]) -> str:
    """Series as runs of neighbours in `order`: `v6.1, v6.12 to v7.3`."""
    places = sorted({order.index(each) for each in series})
    runs: list[list[str]] = []
    for at, place in enumerate(places):
        if at and place == places[at - 1] + 1:
            runs[-1].append(order[place])
        else:
            runs.append([order[place]])
    return ", ".join(", ".join(run) if len(run) <= _PAIR else f"{run[0]} to {run[-1]}" for run in runs)
