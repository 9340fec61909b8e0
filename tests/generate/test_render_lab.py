"""What pages say of the lab's answers: against the data files of real kernels, and hand-made answers."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bpfref.catalogue import Catalogue
from bpfref.generate.facts import Facts
from bpfref.generate.render import labmaps, labprograms, verdicts
from bpfref.generate.render.spans import span
from bpfref.generate.render.ways import rights, told
from bpfref.lab import HELPERS, KFUNCS, Lab, Reach
from bpfref.model.entry import Kind
from bpfref.model.probe import Call

PAGE = "linux/helper-function/bpf_loop.md"
ORDER = ("v5.10", "v6.1", "v6.12", "v7.2", "v7.3")


@pytest.fixture(scope="module")
def known(facts: Catalogue) -> Facts:
    return Facts(facts)


def _row(text: str, program: str) -> list[str]:
    """The cells of a program type; none if it has no row."""
    line = next((line for line in text.splitlines() if line.startswith(f"| `{program}` ")), "")
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (ORDER, "v5.10 to v7.3"),
        (("v7.3",), "v7.3"),
        (("v7.2", "v7.3"), "v7.2, v7.3"),
        (("v5.10", "v6.12", "v7.2", "v7.3"), "v5.10, v6.12 to v7.3"),
        (("v7.3", "v6.1"), "v6.1, v7.3"),
        ((), ""),
    ],
)
def test_series_stand_as_runs(series: tuple[str, ...], words: str) -> None:
    assert span(ORDER, series) == words


@pytest.mark.parametrize(
    ("needs", "words"),
    [
        ("none", "none, where unprivileged BPF is enabled"),
        ("CAP_BPF", "`CAP_BPF`"),
        ("CAP_BPF+CAP_PERFMON", "`CAP_BPF` and `CAP_PERFMON`"),
        ("CAP_BPF+CAP_PERFMON+CAP_NET_ADMIN", "`CAP_BPF`, `CAP_PERFMON` and `CAP_NET_ADMIN`"),
    ],
)
def test_rights_in_words(needs: str, words: str) -> None:
    assert rights(needs) == words


def test_every_mark_is_what_the_data_say(known: Facts) -> None:
    """Each cell of each helper's table, recomputed from the files without the index."""
    marks = {"✓": Reach.ALL, "part": Reach.SOME, "no": Reach.NONE}
    cells = 0
    for helper in known.catalogue.helpers:
        text = verdicts.programs(known, HELPERS, helper, PAGE)
        if "| Program type |" not in text:
            continue
        head = next(line for line in text.splitlines() if line.startswith("| Program type |"))
        columns = [f"v{cell.strip()}" for cell in head.strip("| ").split("|")[2:]]
        for program in known.catalogue.of_kind(Kind.PROGRAM_TYPE):
            short = program.name.removeprefix("BPF_PROG_TYPE_")
            if not _row(text, short)[1:]:
                continue
            for series, mark in zip(columns, _row(text, short)[2:], strict=True):
                file = known.lab.files[series]
                loads = [v for v in file.variants.loads if v.split("/")[0] == program.name]
                call = file.helpers.get(helper)
                accepts = set(file.programs_of(call, file.helpers)) if call else set()
                there = [v for v in loads if v in accepts]
                if not mark:
                    assert not there, (helper, short, series)
                    continue
                wanted = Reach.NONE if not there else Reach.ALL if len(there) == len(loads) else Reach.SOME
                assert marks[mark] is wanted, (helper, short, series)
                cells += 1
    assert cells > 10_000


def test_what_a_helper_says_and_what_a_program_type_says_agree(known: Facts) -> None:
    page = "linux/program-type/BPF_PROG_TYPE_XDP.md"
    listed = labprograms.calls(known, HELPERS, "BPF_PROG_TYPE_XDP", page)
    for helper in known.catalogue.helpers:
        there = "| `XDP` |" in verdicts.programs(known, HELPERS, helper, PAGE)
        assert (f"`{helper}`" in listed) == there, helper


def test_a_release_is_exact_or_between_two(known: Facts) -> None:
    text = verdicts.programs(known, HELPERS, "bpf_get_current_pid_tgid", PAGE)
    assert _row(text, "SCHED_CLS")[1].startswith("[v6.10 (claimed)]")
    assert re.fullmatch(r"v4\.\d+ to v5\.10|\[v4.*", _row(text, "KPROBE")[1])


def test_sleepable_ways_are_told(known: Facts) -> None:
    text = verdicts.programs(known, HELPERS, "bpf_copy_from_user", PAGE)
    assert "`BPF_TRACE_ITER` (sleepable)" in text
    assert "`BPF_LSM_MAC` on `bpf_lsm_bprm_committed_creds` (sleepable)" in text


def test_a_call_that_no_program_may_make_says_so(known: Facts) -> None:
    text = verdicts.programs(known, HELPERS, "bpf_override_return", PAGE)
    assert text.startswith("Known to v5.10 to v7.3, but no program that was tried may call it")
    assert verdicts.programs(known, KFUNCS, "no_such_function", PAGE).startswith("The kernels that were asked")


def test_without_answers_nothing_is_claimed(known: Facts) -> None:
    bare = Facts(replace(known.catalogue, probes=()))
    asked = "No kernel of the lab has been asked yet."
    assert verdicts.programs(bare, HELPERS, "bpf_loop", PAGE) == asked
    assert labmaps.operations(bare, "BPF_MAP_TYPE_HASH", PAGE) == asked
    assert labprograms.loading(bare, "BPF_PROG_TYPE_XDP") == asked
    assert labmaps.presence(bare, bare.catalogue.entries["BPF_PROG_TYPE_XDP"]) == []


def test_maps_say_what_works_and_how_it_is_refused(known: Facts) -> None:
    text = labmaps.operations(known, "BPF_MAP_TYPE_ARRAY", PAGE)
    row = next(line for line in text.splitlines() if "BPF_MAP_DELETE_ELEM" in line)
    assert row.endswith("|  | `EINVAL` |")
    assert "| `struct bpf_spin_lock` | v5.10 to v7.3 |" in text
    assert "\n\n[Least rights](../../concepts/privileges.md) to create one: " in text
    assert "| `mmap` | v5.10 to v7.3 |  |" in labmaps.operations(known, "BPF_MAP_TYPE_RINGBUF", PAGE)


def test_a_helper_that_needs_a_kernel_object_takes_the_map_of_an_example(known: Facts) -> None:
    text = labmaps.helpers_of(known, "BPF_MAP_TYPE_INODE_STORAGE", PAGE)
    assert [line for line in text.splitlines() if "bpf_" in line] == ["| `bpf_inode_storage_get` | v5.10 to v7.3 |"]
    assert "| `BPF_MAP_TYPE_INODE_STORAGE` | v5.10 to v7.3 |" in labmaps.maps_of(known, "bpf_inode_storage_get", PAGE)


def test_an_example_that_no_kernel_ran_as_it_is_shows_nothing(known: Facts) -> None:
    bare = Facts(replace(known.catalogue, verified=()))
    nothing = "No helper was seen to take such a map."
    assert labmaps.helpers_of(bare, "BPF_MAP_TYPE_INODE_STORAGE", PAGE) == nothing
    assert labmaps.helpers_of(known, "BPF_MAP_TYPE_ARENA", PAGE) == nothing


def test_what_debian_leaves_out_is_not_what_the_release_lacks(known: Facts) -> None:
    pairs = dict(labmaps.presence(known, known.catalogue.entries["BPF_PROG_TYPE_LIRC_MODE2"]))
    assert "Found in" not in pairs
    assert "`CONFIG_BPF_LIRC_MODE2` is off" in pairs["Left out"]


def test_answers_carry_their_series_unless_all_are_alike(known: Facts) -> None:
    assert told(known, {"v6.1": "a", "v6.12": "a"}) == "a"
    assert told(known, {"v6.1": "a", "v6.12": "a"}, ["v5.10", "v6.1", "v6.12"]) == "a (v6.1, v6.12)"
    assert told(known, {"v6.1": "a", "v6.12": "b"}) == "a (v6.1); b (v6.12)"
    assert told(known, {}) == ""


def test_the_index_follows_calls_that_are_like_others(known: Facts) -> None:
    file = known.lab.files["v7.3"]
    like = next(name for name, call in file.helpers.items() if call.like)
    lab = Lab([file])
    accepted = {v for by in lab.answers(HELPERS, like).values() for v in by["v7.3"].accepts}
    assert accepted == set(file.programs_of(file.helpers[like], file.helpers))
    assert lab.knows(HELPERS, "bpf_override_return") == ("v7.3",)
    assert Call().programs == ()
