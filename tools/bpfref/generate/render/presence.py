"""Which of the lab's kernels have a thing, in words that claim no more than was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from bpfref.generate.render.text import code
from bpfref.model.btf import Asked, Earlier


def chip(kernels: Sequence[Asked], lacks: Sequence[str], without: Sequence[str] = ()) -> str:
    """One or two words for a table: nothing where every kernel has the thing, else `by v6.12`.

    `by` says that it came after the next older kernel that was asked; the title names that one.
    `without` are series that do not count: they lack what the thing is a part of.
    """
    series = [k.series for k in kernels if k.series not in without]
    having = [s for s in series if s not in lacks]
    if not having or not lacks:
        return "" if having else "*in none*"
    came, gone, gaps = _came(series, having), _gone(series, having), _gaps(series, having)
    words = [f"by {came[1]}"] if came else []
    words += [f"gone by {gone[1]}"] if gone else []
    words += [f"not in {', '.join(gaps)}"] if gaps else []
    return f'**{", ".join(words)}**{{ .since title="{_sentence(came, gone, gaps)}" }}'


def inline(kernels: Sequence[Asked], lacks: Sequence[str], without: Sequence[str] = ()) -> str:
    """The same at the end of a sentence: in a span, so that the style sheet takes the cell for one of text."""
    shown = chip(kernels, lacks, without)
    return f"<span>{shown}</span>" if shown else ""


def sentence(kernels: Sequence[Asked], lacks: Sequence[str], *, modules: bool = False) -> str:
    """The same in full, for a facts box; with `modules` it minds those that were not seen."""
    series = [k.series for k in kernels]
    having = [s for s in series if s not in lacks]
    if not having:
        return "in none of the kernels asked"
    if not lacks:
        return f"all kernels asked, {_span(series)}"
    told = _sentence(_came(series, having), _gone(series, having), _gaps(series, having))
    unseen = [k.series for k in kernels if modules and k.modules is None and k.series in lacks]
    note = f" (of {', '.join(unseen)} only the image was seen, not the modules)" if unseen else ""
    return told + note


def before(earlier: Iterable[Earlier]) -> list[str]:
    """How something was declared in older kernels, a sentence each."""
    return [f"In {', '.join(each.series)}: {code(each.declaration)}." for each in earlier]


def _sentence(came: tuple[str, str] | None, gone: tuple[str, str] | None, gaps: Sequence[str]) -> str:
    parts = []
    if came:
        parts.append(f"first seen in {came[1]}: {came[0]} lacks it")
    if gone:
        parts.append(f"last seen in {gone[0]}: {gone[1]} lacks it")
    if gaps:
        parts.append(f"not in {', '.join(gaps)}")
    return "; ".join(parts)


def _came(series: Sequence[str], having: Sequence[str]) -> tuple[str, str] | None:
    """The newest kernel before a thing came, and the first with it; None when the oldest has it."""
    return next(((a, b) for a, b in pairwise(series) if b == having[0]), None)


def _gone(series: Sequence[str], having: Sequence[str]) -> tuple[str, str] | None:
    return next(((a, b) for a, b in pairwise(series) if a == having[-1]), None)


def _gaps(series: Sequence[str], having: Sequence[str]) -> list[str]:
    first, last = series.index(having[0]), series.index(having[-1])
    return [s for s in series[first:last] if s not in having]


def _span(series: Sequence[str]) -> str:
    return f"{series[0]} to {series[-1]}" if len(series) > 1 else series[0]


def asked(kernels: Sequence[Asked], *, modules: bool = False) -> str:
    """Which kernels answered, as the source line of a page."""
    names = ", ".join(f"{k.series} ({k.version})" for k in kernels)
    unseen = [k.series for k in kernels if k.modules is None]
    note = f" The modules of {', '.join(unseen)} were not seen." if modules and unseen else ""
    return f"Read from the BTF of Debian's generic kernels for amd64: {names}.{note}\n{{ .source }}"
