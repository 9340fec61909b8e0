"""The growth of eBPF as a picture: features per release by kind, stacked, as SVG inside the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bpfref.generate.facts import Facts
from bpfref.generate.render.text import counted, frame
from bpfref.generate.render.timeline import all_kinds, by_release

_WIDTH, _HEIGHT = 960, 340
_LEFT, _TOP, _BOTTOM = 40, 10, 50
_GAP = 3
_STEP = 20  # features between two grid lines


def chart(facts: Facts) -> str:
    """An SVG of stacked bars, oldest release first; colours come from the page's style sheet.

    Each bar has a title that a browser shows and a screen reader reads; the table beside the
    picture holds the same figures.
    """
    releases = {version: Counter(f.kind for f in found) for version, found in by_release(facts).items()}
    kinds = all_kinds(facts)
    ordered = sorted(releases)
    scale = _Scale(len(ordered), max(sum(counts.values()) for counts in releases.values()))
    bars = [
        _bar(scale, i, str(version), [releases[version][k] for k in kinds], kinds) for i, version in enumerate(ordered)
    ]
    box = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="New eBPF features by kernel release and kind"'
    picture = "\n".join([f'<svg class="growth" {box}>', *_grid(scale), *bars, "</svg>"])
    return "\n".join([frame(picture, "Growth by release", markdown=False), _legend(kinds)])


@dataclass(frozen=True)
class _Scale:
    """How places and counts become pixels: `places` bars, `highest` the largest count."""

    places: int
    highest: int

    @property
    def slot(self) -> float:
        """Width of a bar with its gap."""
        return (_WIDTH - _LEFT) / self.places

    def height(self, count: int) -> float:
        """Height of a count."""
        return count * (_HEIGHT - _TOP - _BOTTOM) / self.highest


def _grid(scale: _Scale) -> list[str]:
    """Horizontal lines with their counts."""
    lines = []
    for count in range(0, scale.highest + 1, _STEP):
        y = _HEIGHT - _BOTTOM - scale.height(count)
        lines.append(f'<line class="growth-grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(_text(_LEFT - 6, y + 4, str(count)))
    return lines


def _bar(scale: _Scale, place: int, name: str, counts: Sequence[int], kinds: Sequence[str]) -> str:
    """One release: a rectangle a kind, and its name below."""
    x, width = _LEFT + place * scale.slot, scale.slot - _GAP
    parts = [f"<g><title>{name}: {_told(counts, kinds)}</title>"]
    y = float(_HEIGHT - _BOTTOM)
    for i, count in enumerate(counts):
        if count:
            y -= scale.height(count)
            size = f'width="{width:.1f}" height="{scale.height(count):.1f}"'
            parts.append(f'<rect class="growth-{i}" x="{x:.1f}" y="{y:.1f}" {size}/>')
    middle, foot = x + width / 2, _HEIGHT - _BOTTOM + 12
    return "".join([*parts, _text(middle, foot, name, f' transform="rotate(-60 {middle:.1f} {foot})"'), "</g>"])


def _text(x: float, y: float, text: str, turned: str = "") -> str:
    return f'<text class="growth-text" x="{x:.1f}" y="{y:.1f}" text-anchor="end"{turned}>{text}</text>'


def _told(counts: Sequence[int], kinds: Sequence[str]) -> str:
    return ", ".join(counted(count, kind) for count, kind in zip(counts, kinds, strict=True) if count)


def _legend(kinds: Sequence[str]) -> str:
    items = "".join(f'<span><span class="growth-key growth-{i}"></span>{kind}s</span> ' for i, kind in enumerate(kinds))
    return f'<p class="growth-legend">{items.strip()}</p>'
