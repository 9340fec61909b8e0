"""Runs of the generator: over the real pages, over foreign ones, interrupted, on a full disk."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bpfref import markers
from bpfref.catalogue import Catalogue
from bpfref.generate.run import plan, stubs
from bpfref.layout import Layout

BPFREF = [sys.executable, "-m", "bpfref"]


def empty_blocks(docs: Path) -> int:
    """Take every body out; how many pages that changed."""
    changed = 0
    for path in docs.rglob("*.md"):
        text = path.read_text()
        emptied = markers.fill(text, path, lambda _: "")
        changed += emptied != text
        path.write_text(emptied)
    return changed


def texts(docs: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in docs.rglob("*") if path.suffix in {".md", ".json"}}


def test_the_pages_are_what_the_data_say(layout: Layout, facts: Catalogue) -> None:
    result = plan(facts, layout.docs)
    assert result.faults == []
    assert list(result.changes) == []


def test_emptied_blocks_come_back_the_same(checkout: Layout, facts: Catalogue) -> None:
    before = texts(checkout.docs)
    assert empty_blocks(checkout.docs) > 300
    result = plan(facts, checkout.docs)
    assert result.write() > 300
    plan(facts, checkout.docs).write()
    assert texts(checkout.docs) == before


def test_stubs_are_made_for_what_lacks_a_page_and_touch_nothing_else(checkout: Layout, facts: Catalogue) -> None:
    gone = checkout.docs / "linux/helper-function/bpf_loop.md"
    gone.unlink()
    kept = checkout.docs / "linux/helper-function/bpf_snprintf.md"
    kept.write_text("mine")
    assert [path.name for path in stubs(facts, checkout.docs).changes] == ["bpf_loop.md"]
    assert stubs(facts, checkout.docs).write() == 1
    assert "# `bpf_loop`" in gone.read_text()
    assert kept.read_text() == "mine"


def test_a_page_with_a_fault_stays_and_the_others_are_filled(checkout: Layout, facts: Catalogue) -> None:
    empty_blocks(checkout.docs)
    bad = checkout.docs / "linux/helper-function/bpf_loop.md"
    bad.write_text(bad.read_text().replace("<!-- [/FACTS] -->", ""))
    text = bad.read_text()
    result = plan(facts, checkout.docs)
    assert [(fault.file, fault.line is not None) for fault in result.faults] == [(str(bad), True)]
    result.write()
    assert bad.read_text() == text
    assert "v5.17" not in text
    assert "<dl>" not in text
    assert (checkout.docs / "linux/helper-function/bpf_snprintf.md").read_text().count("Helper number") == 1


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("[FEATURE_TAG](bpf_lop)", "bpf_loop"),
        ("[HELPER_FUNC_DEF](bpf_lop)", "is no helper function: did you mean"),
        ("[FACTS](nothing_like_it)", "is no known name: correct the name"),
        ("[CONSTANT_TABLE](no-such)", "is no section of constants"),
        ("[ATTRIBUTE_TABLE](bpf_loop)", "is no bpf() command"),
        ("[STRUCT_TABLE](bpf_loop)", "is no UAPI struct or program context"),
        ("[HELPER_FUNC_DEFF](bpf_loop)", "is no block that bpfref knows: use one of"),
    ],
)
def test_unknown_blocks_and_names_are_named_with_line(tmp_path: Path, facts: Catalogue, block: str, words: str) -> None:
    name = block[1 : block.index("]")]
    page = tmp_path / "a.md"
    page.write_text(f"text\n<!-- {block} -->\n<!-- [/{name}] -->\n")
    faults = plan(facts, tmp_path, foreign=True).faults
    assert [(fault.file, fault.line) for fault in faults] == [(str(page), 2)]
    assert words in faults[0].message


@pytest.mark.parametrize("name", ["bpf_fib_lookup", "bpf_spin_lock", "bpf_tcp_sock"])
def test_a_struct_with_a_helper_of_its_name_has_a_table_too(tmp_path: Path, facts: Catalogue, name: str) -> None:
    assert name in facts.helpers
    page = tmp_path / f"{name}.md"
    page.write_text("<!-- [STRUCT_TABLE] -->\n<!-- [/STRUCT_TABLE] -->\n")
    result = plan(facts, tmp_path, foreign=True)
    assert not result.faults
    result.write()
    assert f"| `{facts.structs[name].fields[0].name}` |" in page.read_text()


FOREIGN = """\
---
title: theirs
---
Since <!-- [FEATURE_TAG](bpf_loop) -->x<!-- [/FEATURE_TAG] -->, and `<!-- [FEATURE_TAG](no) -->` in code.\t
=== "Tab"

    !!! note
        <!-- [FEATURE_TAG](BPF_MAP_TYPE_RINGBUF) -->
        old
        <!-- [/FEATURE_TAG] -->

<!-- [MTU_TABLE] -->
 * theirs
<!-- [/MTU_TABLE] -->
trailing   \n"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_foreign_pages_keep_everything_outside_the_markers(tmp_path: Path, facts: Catalogue, newline: str) -> None:
    text = FOREIGN.replace("\n", newline)
    page = tmp_path / "theirs.md"
    page.write_bytes(text.encode())
    result = plan(facts, tmp_path, foreign=True)
    assert result.write() == 1
    assert dict(result.left) == {"MTU_TABLE": 1}
    new = page.read_bytes().decode()
    assert [p.name for p in tmp_path.iterdir()] == ["theirs.md"]
    assert "Since <!-- [FEATURE_TAG](bpf_loop) -->[v5.17](" in new
    assert f"{newline}        [v5.8](" in new
    assert f" * theirs{newline}" in new
    assert new.startswith(text[: text.index("x<!--")])
    assert new.endswith(text[text.index("<!-- [MTU_TABLE]") :])
    assert plan(facts, tmp_path, foreign=True).changes == {}


def test_a_kill_leaves_old_or_new_text_and_the_next_run_finishes(checkout: Layout) -> None:
    new = texts(checkout.docs)
    empty_blocks(checkout.docs)
    old = texts(checkout.docs)
    for delay in (0.25, 0.3, 0.35, 0.4, 0.45, 0.5):
        process = subprocess.Popen([*BPFREF, "-C", str(checkout.root), "generate"], stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert all(text in {old.get(path), new.get(path)} for path, text in texts(checkout.docs).items())
    subprocess.run([*BPFREF, "-C", str(checkout.root), "generate"], check=True, capture_output=True)
    subprocess.run([*BPFREF, "-C", str(checkout.root), "generate"], check=True, capture_output=True)
    assert texts(checkout.docs) == new


def test_a_full_disk_is_said_and_leaves_the_old_text(checkout: Layout) -> None:
    """A limit on file sizes stands for the full disk: the kernel refuses the write half-way."""
    page = checkout.docs / "linux/flags/index.md"
    page.write_text(page.read_text().replace("Value", "Valeur"))
    before = texts(checkout.docs)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    result = subprocess.run(
        [*BPFREF, "-C", str(checkout.root), "generate"], preexec_fn=limit, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "the old text is intact" in result.stderr
    assert "Traceback" not in result.stderr
    assert texts(checkout.docs) == before
    assert not list(checkout.docs.rglob("*.bpfref-tmp"))
