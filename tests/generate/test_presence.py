"""`generate.render.presence`: no word claims more than the kernels that were asked have said."""

from __future__ import annotations

import pytest

from bpfref.generate.render.presence import asked, before, chip, inline, sentence
from bpfref.model.btf import Asked, Earlier

KERNELS = tuple(
    Asked(s, "linux-image", "1", "0", m) for s, m in (("v5.10", 0), ("v6.1", 9), ("v6.12", None), ("v7.2", 9))
)


@pytest.mark.parametrize(
    ("lacks", "short", "full"),
    [
        ((), "", "all kernels asked, v5.10 to v7.2"),
        (("v5.10",), "by v6.1", "first seen in v6.1: v5.10 lacks it"),
        (("v5.10", "v6.1"), "by v6.12", "first seen in v6.12: v6.1 lacks it"),
        (("v7.2",), "gone by v7.2", "last seen in v6.12: v7.2 lacks it"),
        (("v6.1",), "not in v6.1", "not in v6.1"),
        (
            ("v5.10", "v7.2"),
            "by v6.1, gone by v7.2",
            "first seen in v6.1: v5.10 lacks it; last seen in v6.12: v7.2 lacks it",
        ),
        (("v5.10", "v6.12"), "by v6.1, not in v6.12", "first seen in v6.1: v5.10 lacks it; not in v6.12"),
    ],
)
def test_presence_in_short_and_in_full(lacks: tuple[str, ...], short: str, full: str) -> None:
    told = sentence(KERNELS, lacks)
    assert told == full
    assert chip(KERNELS, lacks) == (f'**{short}**{{ .since title="{full}" }}' if short else "")


def test_what_nobody_has() -> None:
    lacks = tuple(kernel.series for kernel in KERNELS)
    assert chip(KERNELS, lacks) == "*in none*"
    assert sentence(KERNELS, lacks) == "in none of the kernels asked"


def test_series_without_the_whole_do_not_count_for_a_part() -> None:
    assert chip(KERNELS, ("v6.1",), without=("v5.10",)).startswith("**by v6.12**")
    assert chip(KERNELS, (), without=("v5.10",)) == ""


def test_modules_that_were_not_seen_are_not_called_absent() -> None:
    lacks = ("v5.10", "v6.1", "v6.12")
    told = sentence(KERNELS, lacks, modules=True)
    assert told == "first seen in v7.2: v6.12 lacks it (of v6.12 only the image was seen, not the modules)"
    assert "not the modules" not in sentence(KERNELS, ("v5.10",), modules=True)
    assert asked(KERNELS, modules=True).endswith("The modules of v6.12 were not seen.\n{ .source }")


def test_older_declarations_name_the_kernels_that_have_them() -> None:
    assert before((Earlier("int x", ("v5.10", "v6.1")),)) == ["In v5.10, v6.1: `int x`."]


def test_a_chip_within_text_is_no_cell_of_its_own() -> None:
    assert inline(KERNELS, ("v5.10",)).startswith("<span>**by v6.1**")
    assert inline(KERNELS, ()) == ""
