"""The search index: names, units of pages, words in shards."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.catalogue import Catalogue
from bpfref.generate.facts import Facts, read_page
from bpfref.generate.search import kernels, names, units, words
from bpfref.generate.search.files import FOLDER, files
from bpfref.lab import HELPERS, KFUNCS, Reach
from bpfref.model.entry import Kind

HELPER = "linux/helper-function/bpf_loop.md"
FLAGS = "linux/flags/index.md"
LOOP = """---
title: bpf_loop
description: "Calls a function many times."
---
# `bpf_loop`

For loops.

## Returns

| Value | When |
| --- | --- |
| `-E2BIG` | `nr_loops` is above the limit. |

## Example

<!-- [EXAMPLE](bpf-loop) -->

```c
# no heading, and invisible_in_code
```

<!-- [/EXAMPLE] -->

## Where it can be called

<!-- [HELPER_FUNC_PROG_REF] -->

repeatedword

<!-- [/HELPER_FUNC_PROG_REF] -->
"""
CONSTANTS = """---
title: Flags
description: All flags.
---
# Flags

## Of updates { #updates }

Lead of the section.

| Name | Value | Meaning | Since |
| --- | --- | --- | --- |
| [`BPF_ANY`](#BPF_ANY){ #BPF_ANY } | `0x0` | Update **writes** the [entry](x.md). | **v3.19**{ .since title="x" } |
"""
GUIDE = """---
title: "A guide to 'scalar'"
description: A guide to all.
---
# Guide

## Same

First.

## Same

Second.

## Messages

| Message | Entry |
| --- | --- |
| [`R%d invalid mem access '%s'`](#m1){ #m1 } | none yet |
"""
TEXTS = {HELPER: LOOP, FLAGS: CONSTANTS, "guide.md": GUIDE}


@pytest.fixture
def some(facts: Catalogue) -> Facts:
    """The real facts with three pages of ours."""
    return Facts(facts, {page: read_page(text) for page, text in TEXTS.items()})


def found(some: Facts) -> list[units.Unit]:
    return units.units(some, TEXTS)


def of(some: Facts, name: str) -> units.Unit:
    at = [entry.name for entry in names.listed(some)].index(name)
    unit = found(some)[at]
    assert unit.entry == at
    return unit


def data(text: str) -> object:
    """What a script hands over."""
    script = re.fullmatch(r'bpfrefSearch\("[a-z0-9-]+",(.*)\);\n', text, re.DOTALL)
    assert script
    return json.loads(script[1])


def test_only_names_whose_page_exists_are_listed(some: Facts) -> None:
    listed = names.listed(some)
    assert {entry.page for entry in listed} == {HELPER, FLAGS}
    assert "bpf_loop" in [entry.name for entry in listed]


def test_a_kind_is_told_with_what_its_names_share(facts: Catalogue) -> None:
    whole = Facts(facts, dict.fromkeys((e.page for e in facts.all_entries), read_page("")))
    table = names.table(whole)
    by_label = {kind["label"]: kind for kind in table["kinds"]}
    assert len(by_label) == len(Kind)
    for kind in table["kinds"]:
        sizes = {len(kind[field].split(" ")) for field in ("names", "since", "values") if field in kind}
        assert len(sizes) == 1
    helpers = by_label["helper function"]
    at = helpers["names"].split(" ").index("loop")
    assert (helpers["prefix"], helpers["since"].split(" ")[at], helpers["values"].split(" ")[at]) == (
        "bpf_",
        "5.17",
        "181",
    )
    hooks = by_label["LSM hook"]
    assert hooks["since"].split(" ")[hooks["names"].split(" ").index("bdev_free_security")] == "<6.12"
    assert "BPF_FUNC_loop bpf_loop" in table["aliases"]
    assert "BPF_PROG_RUN linux/syscall/index" in by_label["constant"]["elsewhere"]


def test_every_name_is_in_the_table_once(facts: Catalogue) -> None:
    whole = Facts(facts, dict.fromkeys((e.page for e in facts.entries.values()), read_page("")))
    told = [kind["prefix"] + rest for kind in names.table(whole)["kinds"] for rest in kind["names"].split(" ")]
    assert told == [entry.name for entry in names.listed(whole)]
    assert len(told) == len(set(told)) == len(facts.entries)


def test_an_entry_is_found_by_its_description_its_text_and_its_errors(some: Facts) -> None:
    unit = of(some, "bpf_loop")
    assert unit.snippet == "Calls a function many times."
    assert "E2BIG" in unit.returns
    assert "For loops." in unit.body
    assert "repeatedword" not in unit.body
    assert "invisible_in_code" not in unit.body


def test_a_row_is_shown_by_its_meaning_alone(some: Facts) -> None:
    assert of(some, "BPF_ANY").snippet == "Update writes the entry."


def test_the_other_pages_are_cut_at_headings_and_rows(some: Facts) -> None:
    parts = {(unit.page, unit.anchor): unit for unit in found(some) if unit.entry is None and not unit.lesson}
    assert parts["guide.md", ""].title == "A guide to 'scalar'"
    assert parts["guide.md", "same"].snippet == "First."
    assert parts["guide.md", "same_1"].snippet == "Second."
    assert parts["guide.md", "m1"].title == "R%d invalid mem access '%s'"
    assert "invalid" not in parts["guide.md", "messages"].text
    assert parts[FLAGS, "updates"].title == "Of updates: Flags"
    assert (FLAGS, "BPF_ANY") not in parts
    assert not [page for page, _ in parts if page == HELPER]


def test_an_example_is_found_where_it_is_shown(some: Facts) -> None:
    lessons = [unit for unit in found(some) if unit.lesson]
    assert [(unit.page, unit.anchor) for unit in lessons] == [(HELPER, "example")]
    assert "bpf_loop" in lessons[0].text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Packets counted, counting", ["packet", "count", "count"]),
        ("bpf_map_lookup_elem", ["bpf_map_lookup_elem", "map", "lookup", "elem"]),
        ("__sk_buff", ["sk_buff", "sk", "buff"]),
        ("Since v5.15, 6.1.", ["sinc", "5.15", "6.1"]),
        ("this class has bus", ["this", "class", "has", "bus"]),
        ("dropped string thing", ["drop", "str", "thing"]),
    ],
)
def test_words_become_terms(text: str, expected: list[str]) -> None:
    assert words.terms(text) == expected


def unpacked(packed: str) -> dict[int, int]:
    at, out = 0, {}
    for weight, far in re.findall(r"([A-Z])([0-9a-z]*)", packed):
        at += int(far or "0", 36)
        out[at] = ord(weight) - 65
    return out


@given(
    st.lists(
        st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "omega", "map_of_all"]), max_size=6), max_size=90
    )
)
def test_each_term_is_in_one_shard_with_the_units_that_have_it(texts: list[list[str]]) -> None:
    made = [units.Unit("", "p.md", "", " ".join(each), "") for each in texts]
    shards = words.index(made, [])
    rows = [line.split(" ") for shard in shards for line in shard.text.split("\n")]
    assert [row[0] for row in rows] == sorted({term for unit in made for term in words.terms(unit.text)})
    assert all(shard.text.startswith(f"{shard.first} ") for shard in shards)
    for term, packed in rows:
        having = {number for number, unit in enumerate(made) if term in words.terms(unit.text)}
        assert set(unpacked(packed)) == having


def test_shards_are_cut_where_they_are_full() -> None:
    made = [units.Unit("", "p.md", "", " ".join(f"term{n}x{m}" for m in range(40)), "") for n in range(200)]
    shards = words.index(made, [])
    assert len(shards) > 2
    assert [shard.first for shard in shards] == sorted(shard.first for shard in shards)
    assert all(len(shard.text) < words.SHARD + 2000 for shard in shards)


def test_what_is_in_the_name_weighs_more_than_what_is_in_the_text() -> None:
    made = [units.Unit("", "", "", "redirect", "", 0), units.Unit("", "", "", "", "", 1)]
    rows = dict(
        line.split(" ") for shard in words.index(made, ["bpf_other", "bpf_redirect"]) for line in shard.text.split("\n")
    )
    weights = unpacked(rows["redirect"])
    assert weights[1] > weights[0]


def test_the_scripts_agree_with_each_other(some: Facts) -> None:
    scripts = {Path(path).stem: data(text) for path, text in files(some, TEXTS).items()}
    made = found(some)
    meta, first = scripts["units"], scripts["names"]
    assert isinstance(meta, dict)
    assert isinstance(first, dict)
    shards = [name for name in scripts if name.startswith("words-")]
    assert len(meta["shards"].split(" ")) == len(shards)
    assert len(meta["parts"].split("\n")) == sum(unit.entry is None for unit in made)
    assert first["errors"] == "e2big"
    texts = [line for name in sorted(scripts) if name.startswith("texts-") for line in str(scripts[name]).split("\n")]
    assert texts == [unit.snippet for unit in made]


def test_the_version_changes_with_what_is_found(some: Facts) -> None:
    before = files(some, TEXTS)
    assert files(some, TEXTS) == before
    after = files(some, TEXTS | {"guide.md": GUIDE.replace("Second.", "Third.")})
    name = f"{FOLDER}/names.js"
    assert data(before[name])["version"] != data(after[name])["version"]  # type: ignore[index]


def answers(whole: Facts) -> dict[str, dict[str, str]]:
    """Call to program type to letters, as the browser reads them."""
    table = kernels.table(whole)
    rows, programs = table["answers"].split(" "), table["programs"].split(" ")
    words = table["calls"].split(" ")
    size = len(table["series"].split(" "))
    found = {}
    for name, place in zip(words[::2], words[1::2], strict=True):
        row = rows[int(place)]
        assert len(row) == size * len(programs)
        found[name] = {program: row[at * size : (at + 1) * size] for at, program in enumerate(programs)}
    return found


def test_the_browsers_table_says_what_the_lab_says(facts: Catalogue) -> None:
    whole = Facts(facts, dict.fromkeys((e.page for e in facts.entries.values()), read_page("")))
    lab = facts.lab
    marks = {Reach.ALL: "a", Reach.SOME: "s", Reach.NONE: "n"}
    found = answers(whole)
    assert set(found) == set(facts.helpers) | set(facts.kfuncs)
    for kind, calls in ((HELPERS, facts.helpers), (KFUNCS, facts.kfuncs)):
        for name in calls:
            by_program = lab.answers(kind, name)
            for program, letters in found[name].items():
                said = by_program.get(program, {})
                assert letters == "".join(marks[said[s].reach] if s in said else "-" for s in lab.series)


def test_the_browsers_table_tells_absent_from_left_out(facts: Catalogue) -> None:
    whole = Facts(facts, dict.fromkeys((e.page for e in facts.entries.values()), read_page("")))
    table = kernels.table(whole)
    words = table["there"].split(" ")
    there = dict(zip(words[::2], words[1::2], strict=True))
    series = table["series"].split(" ")
    assert {len(letters) for letters in there.values()} == {len(series)}
    assert dict(zip(series, there["bpf_loop"], strict=True))["v5.10"] == "n"
    assert dict(zip(series, there["bpf_loop"], strict=True))["v6.1"] == "p"
    assert "o" in there["BPF_PROG_TYPE_LIRC_MODE2"]
    assert "n" not in there["BPF_PROG_TYPE_LIRC_MODE2"]
    assert dict(zip(series, there["bpf_kfunc_call_test_kptr_get"], strict=True))["v7.3"] == "g"
    assert dict(zip(series, there["bpf_arena_alloc_pages"], strict=True))["v6.1"] == "n"
