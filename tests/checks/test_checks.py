"""Each check finds the fault that is planted for it, in a copy of the real checkout, and nothing before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bpfref import catalogue
from bpfref.checks import data, run_all
from bpfref.layout import Layout

LOOP = "docs/linux/helper-function/bpf_loop.md"
OPS = "docs/linux/program-type/BPF_PROG_TYPE_STRUCT_OPS"
NOTES = "data/authored/struct-ops.yaml"
MEANINGS = "data/authored/meanings/btf.yaml"
LIBRARY = "data/authored/libbpf.yaml"
FUNCTIONS = "data/authored/meanings/libbpf-functions.yaml"
FIELDS = "data/authored/meanings/libbpf-fields.yaml"
RING = "docs/ebpf-library/libbpf/userspace/ring_buffer__new"


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new, 1))

    return spoil


def removed(file: str) -> Callable[[Path], None]:
    return lambda root: (root / file).unlink()


def added(file: str, text: str) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        (root / file).write_text(text)

    return spoil


def appended(file: str, text: str) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        (root / file).write_text((root / file).read_text() + text)

    return spoil


def found(layout: Layout) -> list[str]:
    problems = list(data.schema(layout))
    return [str(p) for p in problems or run_all(catalogue.read(layout), layout)]


def test_the_checkout_has_no_problem(layout: Layout) -> None:
    assert found(layout) == []


PLANTED = [
    (removed(LOOP), "bpf_loop has no page: bpfref generate --stubs"),
    (removed("docs/linux/attach-type/index.md"), "no page for attach-type"),
    (
        added("docs/linux/helper-function/bpf_lop.md", "x"),
        "no helper function is called bpf_lop: rename it to bpf_loop.md",
    ),
    (added("docs/linux/map-type/BPF_MAP_TYPE_QQQQQQ.md", "x"), "no map type is called BPF_MAP_TYPE_QQQQQQ"),
    (replaced(LOOP, "title: ", "titel: "), "no title in the front matter"),
    (replaced(LOOP, "description: ", "description: short #"), "description has 5 characters: write 70 to 160"),
    (replaced(LOOP, "---\n", ""), "no front matter"),
    (replaced(LOOP, "# `bpf_loop`", "## `bpf_loop`"), "0 headings of the first level"),
    (appended(LOOP, "\n# Another\n"), "2 headings of the first level"),
    (appended(LOOP, "\nTODO\n"), "'TODO' is filler"),
    (appended(LOOP, "\n[x](nowhere.md)\n"), "nowhere.md leads nowhere"),
    (appended(LOOP, "\n[x](/linux/map-type/index.md)\n"), "is absolute"),
    (replaced("data/authored/helper-topics.yaml", "bpf_loop, ", ""), "bpf_loop is in no topic"),
    (
        replaced("data/authored/helper-topics.yaml", "bpf_loop, ", "bpf_loop, bpf_lop, "),
        "bpf_lop of topic control matches no helper",
    ),
    (
        replaced("data/authored/constants.yaml", "leads: [BPF_ANY]", "leads: []"),
        "the constants that begin with BPF_ANY are in no section",
    ),
    (
        replaced("data/authored/constants.yaml", "[BPF_ANY]", "[BPF_ANY, BPF_NO]"),
        "no group of constants begins with BPF_NO",
    ),
    (replaced("data/authored/constants.yaml", "[BPF_ANY]", "[BPF_ANY, BPF_OK]"), "BPF_OK is in 2 sections"),
    (
        replaced("data/authored/contexts.yaml", "BPF_PROG_TYPE_XDP:", "BPF_PROG_TYPE_XPD:"),
        "BPF_PROG_TYPE_XPD is no program type",
    ),
    (
        replaced("data/authored/corrections.yaml", "BPF_MAP_GET_NEXT_KEY", "BPF_MAP_FREEZE"),
        "the header itself says it now",
    ),
    (
        replaced("data/authored/corrections.yaml", "BPF_MAP_GET_NEXT_KEY", "BPF_MAP_FREEZE"),
        "BPF_MAP_GET_NEXT_KEY: the header names no attributes",
    ),
    (
        replaced("data/authored/corrections.yaml", "like: BPF_MAP_LOOKUP_ELEM", "like: BPF_NONE"),
        "BPF_NONE has no attributes",
    ),
    (
        replaced(
            "data/authored/corrections.yaml",
            "\nsince:\n",
            "\nsince:\n  bpf_lop: {since: {since: v5.1}, reason: r, source: s}\n",
        ),
        "since.bpf_lop: no such feature",
    ),
    (
        appended("data/authored/meanings/helper-parameters.yaml", "  bpf_loop.nothing: x\n"),
        "bpf_loop.nothing is nothing",
    ),
    (added("data/authored/meanings/z.yaml", "meanings:\n  bpf_loop.flags: x\n"), "bpf_loop.flags is explained in"),
    (replaced("data/scraped/helpers.yaml", "id: 1\n", "id: 1.0\n"), "is read as a number"),
    (replaced("data/scraped/helpers.yaml", "name: bpf_loop\n", "name: bpf_snprintf\n"), "bpf_snprintf is here 2 times"),
    (removed("data/authored/contexts.yaml"), "cannot be read"),
    (
        replaced("docs/linux/helper-function/bpf_ringbuf_output.md", "[HELPER_FUNC_MAP_REF]", "[FACTS]"),
        "this helper takes maps",
    ),
    (removed(f"{OPS}/Qdisc_ops.md"), "Qdisc_ops has no page: bpfref generate --stubs"),
    (added(f"{OPS}/no_ops.md", "x"), "no struct_ops type is called no_ops"),
    (replaced("docs/linux/lsm-hook/index.md", "{ #bpf_lsm_file_open }", ""), "bpf_lsm_file_open is not shown"),
    (replaced("docs/linux/iterator/index.md", "{ #bpf_iter__tcp }", ""), "bpf_iter__tcp is not shown"),
    (replaced("docs/linux/tracepoint/index.md", "| v6.12 | 772 |", "| v6.12 | 771 |"), "tracepoints of v6.12 are not"),
    (removed("docs/linux/tracepoint/index.md"), "the tracepoints of v5.10 are not shown"),
    (replaced(NOTES, "  Qdisc_ops:\n", "  Qdisc_oops:\n"), "Qdisc_oops is no struct_ops type of any kernel asked"),
    (replaced(NOTES, "  Qdisc_ops:\n", "  Qdisc_oops:\n"), "Qdisc_ops is a struct_ops type of a kernel: say"),
    (replaced(NOTES, "required: [loop_step]", "required: [step]"), "io_uring_bpf_ops has no member step"),
    (replaced(NOTES, "like: sched_ext_ops", "like: scx"), "like scx, which is no struct_ops type"),
    (replaced(MEANINGS, "hid_bpf_ops.hdev:", "hid_bpf_ops.dev:"), "hid_bpf_ops.dev is nothing"),
    (replaced(MEANINGS, "hid_bpf_ops.hdev:", "hid_bpf_ops.dev:"), "hid_bpf_ops.hdev has no meaning"),
    (replaced(MEANINGS, "bpf_iter__udp:", "bpf_iter__upd:"), "bpf_iter__udp has no meaning"),
    (replaced(LIBRARY, "      - ring_buffer__new\n", ""), "ring_buffer__new is in no topic"),
    (
        replaced(LIBRARY, "      - ring_buffer__new\n", "      - ring_bufer__new\n"),
        "ring_bufer__new of topic ring-buffers",
    ),
    (replaced(LIBRARY, '  - "___*"', '  - "___*"\n  - "____qq*"'), "no header has ____qq*"),
    (replaced(LIBRARY, "  bpf_map_freeze: [", "  bpf_map_freese: ["), "calls.bpf_map_freese: libbpf has no such"),
    (replaced(LIBRARY, "[BPF_MAP_FREEZE]", "[BPF_MAP_FREESE]"), "BPF_MAP_FREESE is no command"),
    (replaced(LIBRARY, "  bpf_load_program:", "  bpf_lode_program:"), "gone.bpf_load_program is missing"),
    (replaced(LIBRARY, "  bpf_load_program:", "  bpf_lode_program:"), "gone.bpf_lode_program: libbpf has it, or never"),
    (
        replaced(FUNCTIONS, "libbpf/ring_buffer__new.ctx:", "libbpf/ring_buffer__new.cxt:"),
        "ring_buffer__new.ctx is missing",
    ),
    (
        replaced(FUNCTIONS, "libbpf/ring_buffer__new.ctx:", "libbpf/ring_buffer__new.cxt:"),
        "new.cxt is nothing the headers",
    ),
    (removed(f"{RING}.md"), "ring_buffer__new has no page: bpfref generate --stubs"),
    (
        replaced(FIELDS, "libbpf/bpf_tc_opts.handle:", "libbpf/bpf_tc_opts.handles:"),
        "libbpf/bpf_tc_opts.handle is missing: say what",
    ),
    (added(f"{RING}er.md", "x"), "no libbpf function is called ring_buffer__newer"),
    (replaced(f"{RING}.md", "<!-- [LIBBPF_DEF] -->", ""), "add <!-- [LIBBPF_DEF] --> and its end"),
    (replaced(f"{RING}.md", "# `ring_buffer__new`\n", "# `ring_buffer__new`\n\n## Use\n"), "it has no lead"),
    (
        replaced("data/scraped/libbpf-since.yaml", "  ring_buffer__new: {", "  ring_buffer__neu: {"),
        "ring_buffer__new has no version: its headers are newer than the history: bpfref history",
    ),
    (
        replaced("data/authored/corrections.yaml", "  BPF_TC_PARENT:", "  BPF_TC_PARENTS:"),
        "libbpf.BPF_TC_PARENTS: neither libbpf's history nor its headers have it",
    ),
]


@pytest.mark.parametrize(("spoil", "words"), PLANTED, ids=[words for _, words in PLANTED])
def test_a_planted_fault_is_found(checkout: Layout, spoil: Callable[[Path], None], words: str) -> None:
    spoil(checkout.root)
    assert any(words in problem for problem in found(checkout)), found(checkout)[:5]
