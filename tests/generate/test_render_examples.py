"""Blocks of examples: the region, the kernels in words, the output; nothing of a verdict on older files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bpfref.catalogue import Catalogue
from bpfref.generate.render import examples
from bpfref.generate.run import plan
from bpfref.model.example import Example, ExampleFolder, ExamplesFile, Expect, Record, VerifiedKernel

SOURCE = b'#include "a.h"\n\n// region one\nint a;\n// endregion\n'
FILES = {"t.bpf.c": SOURCE, "user.py": b"# region two\nprint(1)\n# endregion\n", "example.yaml": b""}
DEFINITION = Example("t", "t", ("BPF_ANY",), "v5.8", Expect(output=("one <a>",), varying={"a": "[0-9]+"}))
FOLDER = ExampleFolder("t", DEFINITION, FILES)
PASSED = Record(FOLDER.digest, "passed", "accepted", output=("one <a>",))
LIFTED = Record(FOLDER.digest, "lifted", "accepted")
UNTRIED = Record(FOLDER.digest, "untried", "accepted", "no module")
OLDER = Record(FOLDER.digest, "unsupported", "rejected", "unknown func x#7")
OWN = replace(OLDER, message="bpfref.loader.errors.MapError: map a: lookup")


def kernels(records: Mapping[str, Record | None]) -> list[ExamplesFile]:
    return [
        ExamplesFile(VerifiedKernel(series, "", "", "", "", ""), {"t": record} if record else {})
        for series, record in records.items()
    ]


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ({"v5.10": PASSED, "v6.1": PASSED, "v6.12": PASSED}, "Verified on Linux v5.10 to v6.12. Whole example: "),
        ({"v5.10": OLDER, "v6.1": PASSED}, "Verified on Linux v6.1. Not on v5.10: `unknown func x#7`. Whole"),
        ({"v5.10": OWN, "v6.1": PASSED}, "Verified on Linux v6.1. Not on v5.10: `MapError: map a: lookup`. Whole"),
        ({"v5.10": PASSED, "v6.1": None}, "Verified on Linux v5.10. Not tried on v6.1. Whole"),
        ({"v5.10": PASSED, "v6.1": replace(PASSED, source="0")}, "Verified on Linux v5.10. Not tried on v6.1. Whole"),
        ({"v5.10": replace(PASSED, source="0")}, "Not verified on any kernel yet. Whole"),
        ({}, "Not verified on any kernel yet. Whole"),
        ({"v5.10": PASSED, "v6.1": LIFTED}, "Verified on Linux v5.10. Accepted on v6.1. Whole"),
        ({"v5.10": PASSED, "v6.1": UNTRIED}, "Verified on Linux v5.10. Not tried on v6.1: no module. Whole"),
    ],
)
def test_the_badge_says_what_each_kernel_did(records: Mapping[str, Record | None], words: str) -> None:
    text = examples.example(FOLDER, [examples.Part("t.bpf.c", "int a;\n")], kernels(records), "linux/map-type/a.md")
    assert text.startswith(f"```c\nint a;\n```\n\n{words}")
    assert "[`t.bpf.c`](../../examples/t/t.bpf.c), [`user.py`](../../examples/t/user.py), [`example.yaml`]" in text


def test_several_parts_have_one_badge_and_the_names_of_their_files() -> None:
    parts = [examples.Part("t.bpf.c", "int a;\n"), examples.Part("user.py", "print(1)\n")]
    text = examples.example(FOLDER, parts, kernels({"v5.10": PASSED}), "a.md")
    assert text.startswith('```c title="t.bpf.c"\nint a;\n```\n\n```python title="user.py"\nprint(1)\n```\n\nVerified')
    assert text.count("Verified") == 1


def test_the_output_is_told_by_kernels() -> None:
    other = replace(PASSED, output=("two <a>",))
    text = examples.output(FOLDER, kernels({"v5.10": PASSED, "v6.1": PASSED, "v6.12": other}))
    assert text == (
        '```text title="Linux v5.10, v6.1"\none <a>\n```\n\n```text title="Linux v6.12"\ntwo <a>\n```\n\n'
        "`<a>` varies from run to run."
    )


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        ("EXAMPLE](exec#event)", "event = bpf_ringbuf_reserve(&events"),
        ("EXAMPLE](hash-flags/user.py#batch)", "table.update_batch("),
        ("EXAMPLE](queue#map queue/user.py#user)", 'title="user.py"'),
        ("EXAMPLE](pids)", "int pids(struct xdp_md *context)"),
        ("EXAMPLE_OUTPUT](unbounded-index)", "unbounded memory access"),
    ],
)
def test_blocks_show_regions_and_files(tmp_path: Path, facts: Catalogue, block: str, shown: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"<!-- [{block} -->\n<!-- [/{block.partition(']')[0]}] -->\n")
    result = plan(facts, tmp_path, foreign=True)
    assert result.faults == []
    text = result.changes[page]
    assert shown in text
    assert "region" not in text


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("EXAMPLE](nothing)", "'nothing' is no folder of docs/examples"),
        ("EXAMPLE](exec#nothing)", "'exec#nothing' is no part of an example: did you mean exec or exec#event"),
        ("EXAMPLE](exec#event pids)", "'pids' is no part of an example: did you mean exec"),
        ("EXAMPLE](exec/user.c)", "'exec/user.c' is no part of an example"),
        ("EXAMPLE_OUTPUT](tailcall)", "'tailcall' is no folder of docs/examples: did you mean tail-call"),
    ],
)
def test_a_part_that_is_not_there_is_named(tmp_path: Path, facts: Catalogue, block: str, words: str) -> None:
    (tmp_path / "page.md").write_text(f"\n<!-- [{block} -->\n<!-- [/{block.partition(']')[0]}] -->\n")
    (fault,) = plan(facts, tmp_path, foreign=True).faults
    assert f"page.md:2: [{block.partition(']')[0]}] {words}" in str(fault)
