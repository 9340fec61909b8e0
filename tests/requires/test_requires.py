"""`bpfref requires`: objects written here, against the real catalogue and the lab's answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from btf_writer import Builder
from object_writer import ALLOC, CALL, EXIT, WEAK, ZERO, ObjectWriter, typical, uint

from bpfref.catalogue import Catalogue
from bpfref.cli import main
from bpfref.commands.requires import exit_code, parse_release
from bpfref.formats.bpf_object import features, parse_object
from bpfref.formats.bpf_object.instruction_set import PARTS
from bpfref.formats.btf import parse as parse_btf
from bpfref.layout import Layout
from bpfref.requires.facts import Knowledge, kfunc_calls
from bpfref.requires.kernel import look
from bpfref.requires.libbpf import judge_loader
from bpfref.requires.model import Stage
from bpfref.requires.needs import find_needs, level_of, read_subject
from bpfref.requires.report import Findings, record
from bpfref.requires.span import Verdict

LOOP, PID, PRINTK, TAIL_CALL = 181, 14, 6, 12


def helper(number: int) -> tuple[int, int, int, int, int]:
    return (0x85, 0, 0, 0, number)


def calling(section: str, number: int, licence: str = "GPL") -> ObjectWriter:
    w = ObjectWriter()
    w.program(section, "f", helper(number), ZERO, EXIT)
    w.licence(licence)
    return w


def with_maps(*maps: dict[str, int]) -> ObjectWriter:
    """Maps m0, m1 …, declared by figures only."""
    w, b = ObjectWriter(), Builder()
    number = b.number()
    places, size = [], 0
    for n, figures in enumerate(maps):
        members = [(key, uint(b, number, value), 64 * i) for i, (key, value) in enumerate(figures.items())]
        length = 8 * len(members)
        places.append((b.var(f"m{n}", b.struct(None, length, members)), size, length))
        size += length
    section = w.section(".maps", bytes(size))
    for n, (_, place, length) in enumerate(places):
        w.symbol(f"m{n}", section, place, length)
    b.datasec(".maps", size, places)
    w.licence()
    w.btf(b)
    return w


def calling_kernel(name: str, licence: str = "GPL", binding: int = 1) -> ObjectWriter:
    w, b = ObjectWriter(), Builder()
    b.datasec(".ksyms", 0, [(b.func(name, b.proto(0), 2), 0, 0)])
    run = w.program("tc", "f", (0x85, 0, 2, 0, -1), ZERO, EXIT)
    w.relocate(run, 0, w.symbol(name, binding=binding), CALL)
    w.licence(licence)
    w.btf(b)
    return w


Ask = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def known(facts: Catalogue) -> Knowledge:
    return Knowledge(facts)


@pytest.fixture
def ask(known: Knowledge) -> Ask:
    """The record of an object, and the exit code; as the command does, without reading the data each time."""

    def run(writer: ObjectWriter, release: str | None = None, btf: bytes | None = None) -> tuple[int, Any]:
        subject = read_subject(parse_object(writer.data(), "some.bpf.o"), known)
        needs = find_needs(subject, known)
        asked = parse_release(release)
        if btf and asked:
            needs = look(needs, subject, parse_btf(btf, "btf"), asked)
        loader, level = judge_loader(subject, known), level_of(subject, known)
        found = Findings("some.bpf.o", subject, needs, loader, level, known.releases, asked)
        return exit_code([found]), record(found)

    return run


RANGES: list[tuple[str, ObjectWriter, str | None, str]] = [
    ("a plain program", calling("xdp", 1), "v4.8", "BPF_PROG_TYPE_XDP"),
    ("a newer helper", calling("tc", LOOP), "v5.17", "helper bpf_loop"),
    ("a helper that this type gained later", calling("xdp", PID), "v6.10", "helper bpf_get_current_pid_tgid"),
    ("a helper that this type always had", calling("kprobe/x", PID), "v4.2", "helper bpf_get_current_pid_tgid"),
    ("sleeping programs", calling("fentry.s/x", 1), None, ""),
    ("a packet in fragments", calling("xdp.frags", 1), "v5.18", "BPF_F_XDP_HAS_FRAGS"),
    ("a map", with_maps({"type": 27, "max_entries": 4096}), "v5.8", "BPF_MAP_TYPE_RINGBUF"),
    (
        "a map's flag",
        with_maps({"type": 2, "key_size": 4, "value_size": 8, "max_entries": 1, "map_flags": 1 << 10}),
        "v5.5",
        "BPF_F_MMAPABLE",
    ),
]


@pytest.mark.parametrize(("writer", "oldest", "because"), [row[1:] for row in RANGES], ids=[row[0] for row in RANGES])
def test_the_oldest_release_and_why(writer: ObjectWriter, oldest: str | None, because: str, ask: Ask) -> None:
    _, found = ask(writer)
    if oldest is None:
        assert found["load"]["not_known"] or found["load"]["oldest"]
        return
    assert found["load"]["oldest"] == oldest
    assert any(because in each["need"] for each in found["load"]["because"])


ANSWERS: list[tuple[str, ObjectWriter, str, str, str]] = [
    ("the lab's kernel had it", calling("tc", LOOP), "v6.1", "yes", "yes"),
    ("the lab's kernel lacked it", calling("tc", LOOP), "v5.10", "no", "no"),
    ("a release between, by the facts", calling("tc", LOOP), "v5.15", "no", "no"),
    ("a patch release", calling("tc", LOOP), "6.1.0-50-amd64", "yes", "yes"),
    ("refused in this type for ever", calling("xdp", 9), "v7.3", "no", "no"),
    ("a licence that does not do", calling("xdp", PRINTK, "MIT"), "v6.12", "no", "no"),
    ("a section as old versions read it", calling("classifier/ingress", 1), "v6.12", "yes", "yes"),
    ("the same under the GPL", calling("xdp", PRINTK), "v6.12", "yes", "yes"),
    ("a section that nobody knows", calling("nosuch", 1), "v6.12", "unknown", "unknown"),
    ("a function that may not be there", calling("fentry/x", 1), "v6.12", "unknown", "unknown"),
    ("a hook of the kernel's list", calling("lsm/file_open", 1), "v6.12", "yes", "yes"),
    ("a hook of no list", calling("lsm/no_such_hook", 1), "v6.12", "no", "no"),
    ("a hook at which old kernels let nobody sleep", calling("lsm.s/file_open", 1), "v5.10", "no", "no"),
    ("it loads, and cannot be attached", calling("tcx/ingress", 1), "v6.1", "yes", "no"),
    ("the attach type is looked at on loading", calling("cgroup/connect_unix", 1), "v6.1", "no", "no"),
    ("the attach type is not looked at yet", calling("sk_reuseport/migrate", 1), "v5.10", "yes", "no"),
    ("a kernel function", calling_kernel("bpf_rcu_read_lock"), "v6.12", "yes", "yes"),
    ("a kernel function, too early", calling_kernel("bpf_rcu_read_lock"), "v6.1", "no", "no"),
    ("a kernel function without the licence", calling_kernel("bpf_rcu_read_lock", "MIT"), "v6.12", "no", "no"),
    ("a kernel function of none", calling_kernel("bpf_no_such"), "v6.12", "unknown", "unknown"),
    ("a kernel function of a module that was not seen", calling_kernel("bbr_init"), "v7.0", "unknown", "unknown"),
    ("a weak one of none", calling_kernel("bpf_no_such", binding=WEAK), "v6.12", "yes", "yes"),
    ("a flag that the map does not take", with_maps({"type": 2, "map_flags": 1}), "v6.12", "no", "no"),
]


@pytest.mark.parametrize(("writer", "release", "load", "attach"), [r[1:] for r in ANSWERS], ids=[r[0] for r in ANSWERS])
def test_an_answer_for_a_release(writer: ObjectWriter, release: str, load: str, attach: str, ask: Ask) -> None:
    code, found = ask(writer, release)
    on = found["on"]
    assert (on["load"]["verdict"], on["attach"]["verdict"]) == (load, attach)
    assert code == {"yes": 0, "no": 1, "unknown": 3}[attach]
    assert bool(on["attach"]["because"]) == (attach != "yes")


REFUSED: list[tuple[str, ObjectWriter, str]] = [
    ("old maps", typical(), "old section `maps` (old_map): not since v1.0.0"),
    ("a name that is gone", calling("xdp_devmap/x", 1), "not since v1.0.0"),
    ("a name with more behind it", calling("classifier/ingress", 1), "not since v1.0.0, call it classifier"),
    ("no target", calling("fentry", 1), "names no target"),
    ("values in a ring buffer", with_maps({"type": 27, "value_size": 8, "max_entries": 1}), "has values of 0 bytes"),
    ("no entries", with_maps({"type": 1, "key_size": 4, "value_size": 4}), "has max_entries 0"),
    ("entries where none may be", with_maps({"type": 29, "key_size": 4, "value_size": 4, "max_entries": 2}), "has max"),
]


@pytest.mark.parametrize(("writer", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_libbpf_refuses_as_it_is(writer: ObjectWriter, words: str, ask: Ask) -> None:
    _, found = ask(writer)
    assert any(words in why for why in found["libbpf"]["refuses"])


def test_the_version_of_libbpf(ask: Ask) -> None:
    assert ask(calling("tcx/ingress", 1))[1]["libbpf"]["oldest"] == "v1.3.0"
    assert ask(calling("fentry.multi/x", 1))[1]["libbpf"]["unreleased"] == ["fentry.multi/x"]


@pytest.mark.parametrize(("word", "level"), [(ZERO, "v1"), ((0xA5, 0, 0, 0, 1), "v2"), ((0xD7, 0, 0, 0, 32), "v4")])
def test_the_level_of_the_instruction_set(word: tuple[int, int, int, int, int], level: str, ask: Ask) -> None:
    w = ObjectWriter()
    w.program("tc", "f", ZERO, word, EXIT)
    assert ask(w)[1]["instruction_set"] == level


def test_needs_name_program_and_kernels(ask: Ask) -> None:
    _, found = ask(calling("tc", LOOP))
    need = next(each for each in found["needs"] if each["kind"] == "helper")
    assert (need["name"], need["within"], need["where"]) == ("bpf_loop", "BPF_PROG_TYPE_SCHED_CLS", ["f"])
    assert (need["kernels"]["v5.10"], need["kernels"]["v6.1"]) == ("no", "yes")


def run(layout: Layout, *words: str | Path) -> int:
    return main(["-C", str(layout.root), "requires", *map(str, words)])


def test_words_for_people(tmp_path: Path, layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "some.bpf.o"
    path.write_bytes(calling("tc", LOOP).data())
    assert run(layout, "--all", path) == 0
    out = capsys.readouterr()
    assert out.out.startswith(f"{path}: loads on v5.17 and newer")
    assert "helper bpf_loop in BPF_PROG_TYPE_SCHED_CLS" in out.out
    assert "needs:" in out.out
    assert "only a kernel can tell" in out.err


def test_names_do_not_reach_the_terminal_as_they_are(
    tmp_path: Path, layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "some.bpf.o"
    w = ObjectWriter()
    w.program("nosuch/\x1b[31m", "f\x1b]0;x\x07", ZERO, EXIT)
    path.write_bytes(w.data())
    assert run(layout, "--all", path) == 0
    out = capsys.readouterr()
    assert "\x1b" not in out.out + out.err
    assert "nosuch/\N{REPLACEMENT CHARACTER}[31m" in out.out


def test_several_files_and_one_that_is_none(tmp_path: Path, layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, gone = (tmp_path / name for name in ("good.o", "bad.o", "gone.o"))
    good.write_bytes(calling("xdp", 1).data())
    bad.write_bytes(b"no object")
    assert run(layout, bad, gone, good) == 2
    out = capsys.readouterr()
    assert f"{good}: loads on v4.8" in out.out
    assert f"{bad}: BPF object: it is no ELF file" in out.err
    assert f"{gone}: No such file" in out.err


@pytest.mark.parametrize("words", [("--on", "later"), ("--on", "v6"), ("--btf", "x")])
def test_words_that_make_no_sense(words: tuple[str, ...], tmp_path: Path, layout: Layout) -> None:
    assert run(layout, *words, tmp_path / "x.o") == 2


def types() -> bytes:
    """A kernel's BTF with a function, a struct and nothing else."""
    b = Builder()
    number = b.number()
    inner = b.struct(None, 4, [("pid", number, 0)])
    b.struct("task_struct", 8, [(None, inner, 0), ("state", number, 32)])
    b.func("tcp_v4_connect", b.proto(number, [("sk", b.ptr(number))]), 1)
    b.func("bpf_rcu_read_lock", b.proto(0, [("more", number)]), 1)
    return b.data()


@pytest.mark.parametrize(
    ("writer", "verdict"),
    [
        (calling("fentry/tcp_v4_connect", 1), "yes"),
        (calling("fentry/tcp_v9_connect", 1), "no"),
        (calling_kernel("bpf_rcu_read_lock"), "no"),
    ],
)
def test_a_kernels_btf_decides(writer: ObjectWriter, verdict: str, ask: Ask) -> None:
    _, found = ask(writer, "v6.12", types())
    assert found["on"]["load"]["verdict"] == verdict


def test_every_feature_has_its_facts(facts: Catalogue) -> None:
    """The names that the code gives are those of the data, and each has a release or says why not."""
    named = {*PARTS, *features.FUNCTION_FEATURES, *features.OBJECT_FEATURES}
    listed = facts.features.features
    assert named | {"kernel-btf", "kptr"} == set(listed)
    for name, feature in listed.items():
        assert feature.source, name
        since = facts.since(feature.like) if feature.like else feature.since
        assert (since is None) == (name == "unknown-instruction"), name
        assert set(feature.programs) <= set(facts.entries), name


def test_the_rules_name_what_the_header_names(facts: Catalogue) -> None:
    rules = facts.features
    assert set(rules.attach_checked) | {t for shape in rules.map_shapes for t in shape.types} <= set(facts.entries)
    assert {name for pair in rules.stand_ins.items() for name in pair} <= set(facts.helpers)
    assert set(rules.attach_optional) <= set(facts.entries)
    for map_type, value in rules.value_structs.items():
        assert map_type in facts.entries
        assert value.struct in facts.structs


def test_a_finding_without_a_release_has_no_judgement(known: Knowledge) -> None:
    subject = read_subject(parse_object(calling("xdp", 1).data(), "x"), known)
    found = Findings("x", subject, find_needs(subject, known), judge_loader(subject, known), "v1", known.releases)
    with pytest.raises(ValueError, match="no release"):
        found.judge(Stage.LOAD)


def test_sections_of_data_only_count_where_they_are_used(ask: Ask) -> None:
    w = calling("xdp", 1)
    w.section(".data", b"12345678", ALLOC)
    assert ask(w)[1]["load"]["oldest"] == "v4.8"


def test_a_kfunc_that_no_operation_tried_may_call_is_no_clear_no(facts: Catalogue) -> None:
    known = Knowledge(facts)
    newest = known.series[max(known.series)]
    name = "bpf_qdisc_skb_drop"  # of one operation of Qdisc_ops, and another was tried
    assert name in newest.unused_kfuncs
    calls = kfunc_calls(newest)
    assert calls.answer(name, newest, ("BPF_PROG_TYPE_STRUCT_OPS/Qdisc_ops",)).verdict is Verdict.UNKNOWN
    assert calls.answer(name, newest, ("BPF_PROG_TYPE_XDP",)).verdict is Verdict.NO


def holding(field: str, section: str, map_type: int = 2) -> ObjectWriter:
    """A program that refers to a map whose value holds one of the kernel's structs, or that is called so."""
    w, b = ObjectWriter(), Builder()
    number = b.number()
    value = b.struct("value", 8, [("held", b.struct(field, 4, [("val", number, 0)]), 0), ("count", number, 32)])
    figures = [("type", uint(b, number, map_type), 0), ("max_entries", uint(b, number, 1), 64)]
    shape = b.struct(None, 32, [*figures, ("key", b.ptr(number), 128), ("value", b.ptr(value), 192)])
    b.datasec(".maps", 32, [(b.var("values", shape), 0, 32)])
    run = w.program(section, "f", (0x18, 1, 0, 0, 0), (0, 0, 0, 0, 0), ZERO, EXIT)
    w.relocate(run, 0, w.symbol("values", w.section(".maps", bytes(32)), 0, 32))
    w.licence()
    w.btf(b)
    return w


@pytest.mark.parametrize(
    ("field", "section", "verdict"),
    [
        ("bpf_spin_lock", "tc", "yes"),
        ("bpf_spin_lock", "kprobe/x", "no"),
        ("bpf_spin_lock", "syscall", "no"),  # such programs sleep, and v6.1 lets none that does
        ("bpf_spin_lock", "raw_tp/x", "no"),
        ("bpf_spin_lock", "tp_btf/x", "unknown"),  # for its target only: of this type, v6.1 refuses those that sleep
        ("bpf_timer", "tc", "yes"),
        ("bpf_timer", "kprobe/x", "no"),
        ("bpf_wq", "tc", "no"),  # since v6.10
        ("bpf_cpumap_val", "tc", "yes"),  # plain data in an array
    ],
)
def test_a_map_with_a_special_field(field: str, section: str, verdict: str, ask: Ask) -> None:
    _, found = ask(holding(field, section), "v6.1")
    assert found["on"]["load"]["verdict"] == verdict


def test_a_value_that_older_kernels_take_for_too_long(ask: Ask) -> None:
    _, found = ask(holding("bpf_cpumap_val", "xdp", 16))
    assert [need["first"] for need in found["needs"] if need["kind"] == "field"] == ["v5.9"]
