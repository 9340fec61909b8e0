"""The map of helpers by program type: picture and lists say what the lab's kernels answered."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bpfref import markers
from bpfref.catalogue import Catalogue
from bpfref.errors import MarkerError
from bpfref.generate import blocks
from bpfref.generate.facts import Facts
from bpfref.generate.render import heat
from bpfref.generate.render.ways import UNASKED
from bpfref.lab import HELPERS
from bpfref.layout import Layout

SERIES = "v6.12"


@pytest.fixture(scope="module")
def known(facts: Catalogue) -> Facts:
    return Facts(facts)


def columns(path: ET.Element) -> int:
    """How many columns the bars of a path cover."""
    return sum(int(width) // 5 for width in re.findall(r"h(\d+)", path.get("d", "")))


def test_the_bars_cover_as_many_columns_as_calls_were_accepted(known: Facts) -> None:
    svg = heat.picture(known, SERIES).split("\n", 1)[1].partition("</svg>")[0] + "</svg>"
    root = ET.fromstring(svg)  # noqa: S314 # our own
    rows = root.findall("g")
    types = [name for name, by in known.lab.loads.items() if SERIES in by]
    assert [row.findtext("title", "").partition(":")[0] for row in rows] == types
    for row, name in zip(rows, types, strict=True):
        answers = known.lab.callable_in(HELPERS, name)
        accepted = [by[SERIES] for by in answers.values() if SERIES in by and by[SERIES].accepts]
        some = [each for each in accepted if len(each.accepts) < len(each.loads)]
        covered = {path.get("class"): columns(path) for path in row.findall("path")}
        assert covered.get("heat-some", 0) == len(some)
        assert covered.get("heat-all", 0) == len(accepted) - len(some)
        assert f"{len(accepted)} helper function" in row.findtext("title", "")


def test_the_lists_name_every_call_and_mark_those_that_depend(known: Facts) -> None:
    text = heat.lists(known, SERIES, "linux/calls/index.md")
    found = dict(re.findall(r"<summary>(\w+):.*?<p>(.*?)</p>", text))
    answers = known.lab.callable_in(HELPERS, "BPF_PROG_TYPE_LSM")
    accepted = {name for name, by in answers.items() if SERIES in by and by[SERIES].accepts}
    assert set(found["BPF_PROG_TYPE_LSM"].replace(" (in part)", "").split(", ")) == accepted
    assert "bpf_copy_from_user (in part)" in found["BPF_PROG_TYPE_LSM"]
    assert "(in part)" not in found["BPF_PROG_TYPE_XDP"]


def test_without_answers_nothing_is_drawn(facts: Catalogue) -> None:
    empty = Facts(replace(facts, probes=()))
    assert heat.picture(empty, SERIES) == heat.lists(empty, SERIES, "x.md") == UNASKED


def test_a_kernel_that_was_not_asked_is_refused(known: Facts, layout: Layout) -> None:
    path = layout.docs / "x.md"
    (block,) = markers.scan("<!-- [HEAT_MAP](v4.4) -->\n<!-- [/HEAT_MAP] -->\n", path)[0]
    with pytest.raises(MarkerError, match=r"'v4\.4' was not asked: use one of v5\.10"):
        blocks.render(known, block, "x.md", path)
