"""Examples in guests: what is as committed, those broken on purpose, and those that take all with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bpfref.catalogue import Catalogue, read_example
from bpfref.cli import main
from bpfref.errors import MachineError
from bpfref.layout import Layout
from bpfref.loader.compile import Compiler
from bpfref.model.example import DEFINITION, ExampleFolder
from bpfref.model.kernel import Kernel
from bpfref.verify.judge import Judged, judge
from bpfref.verify.plan import Made, compile_examples
from bpfref.verify.run import Came, run_all
from required import require

pytestmark = pytest.mark.kernel

KernelOf = Callable[[str], Kernel]
OLDEST, MIDDLE, NEWEST = "v5.10", "v6.12", "v7.3"

# Example, file, what stands there, what is put in its place: each must be noticed. `bench/mutations.py` finds more.
MUTATIONS = [tuple(each) for each in yaml.safe_load(Path(__file__).with_name("mutations.yaml").read_text())]

PROGRAM = """#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int pass(struct xdp_md *context)
{
	return XDP_PASS;
}

char licence[] SEC("license") = "GPL";
"""
PROMISE = """title: A test
teaches: Something.
subjects: [BPF_PROG_TYPE_XDP]
since: v4.8
cpu: v1
seconds: {seconds}
expect: {{output: [fine]}}
"""
# What a user side does, in this order, and the words with which it is told; nothing for one that passes.
TROUBLES: dict[str, tuple[str, str]] = {
    "first": ("print('fine')", ""),
    "crashes": (
        "import os, time\nfd = os.open('/proc/sysrq-trigger', os.O_WRONLY)\nos.write(fd, b'c')\ntime.sleep(9)",
        "the guest was lost with it",
    ),
    "second": ("print('fine')", ""),
    "hangs": ("print('fine')\nwhile True:\n    pass", "it did not end in its time"),
    "dies": ("import ctypes\nprint('fine', flush=True)\nctypes.string_at(0)", "it was killed by SIGSEGV"),
    "leaves-processes": (
        (
            "import os, subprocess, sys\nos.mkdir('/sys/fs/cgroup/inner')\n"
            "subprocess.Popen(['sleep', '1000'], start_new_session=True)\nprint('fine')"
        ),
        "",
    ),
    "pins": (
        (
            "from bpfref.loader import bpf\nimport os\nassert not os.listdir('/sys/fs/bpf')\n"
            "with bpf.create_map('BPF_MAP_TYPE_ARRAY', key_size=4, value_size=4, max_entries=1) as one:\n"
            "    one.pin('/sys/fs/bpf/one')\nopen('/tmp/one', 'w').close()\nprint('fine')"
        ),
        "",
    ),
    "pins-again": (
        "import os\nassert not os.listdir('/sys/fs/bpf')\nassert not os.path.exists('/tmp/one')\nprint('fine')",
        "",
    ),
    "leaks": (
        (
            "import os\nfrom bpfref.loader import bpf\nbpf.library()\n"
            "one = bpf.create_map('BPF_MAP_TYPE_ARRAY', key_size=4, value_size=4, max_entries=1)\n"
            "os.setns(os.open('/proc/1/ns/mnt', os.O_RDONLY))\none.pin('/sys/fs/bpf/one')\nprint('fine')"
        ),
        "it left behind: map ",
    ),
    "third": ("print('fine')", ""),
    "in-c": (
        (
            "#include <stdio.h>\n#include <bpf/libbpf.h>\n#include <bpf/bpf.h>\n"
            'int main(void)\n{\n\tstruct bpf_object *object = bpf_object__open("in-c.bpf.o");\n'
            '\tputs(object && !bpf_object__load(object) ? "fine" : "bad");\n\treturn 0;\n}'
        ),
        "",
    ),
    "warns": (
        "open('/dev/kmsg', 'w').write('WARNING: nothing but a test\\n')\nprint('fine')",
        "the kernel complains: WARNING: nothing but a test",
    ),
    "modules": ("assert 'sch_ingress' in open('/proc/modules').read()\nprint('fine')", ""),
    "fails": ("raise SystemExit(3)", "ended with 3"),
    "prints-much": ("for number in range(15000):\n    print(number)", "the output is not as promised"),
    "last": ("print('fine')", ""),
}


@pytest.fixture(scope="module")
def compiler(layout: Layout) -> Compiler:
    try:
        return Compiler(cache=layout.cache.absolute())
    except MachineError as error:
        require("BPFREF_REQUIRE_TOOLS", str(error))


def ready(compiler: Compiler, place: Path, folders: Sequence[ExampleFolder]) -> list[Made]:
    made = compile_examples(compiler, place, folders)
    faults = [each for each in made.values() if not isinstance(each, Made)]
    assert not faults, str(faults[0])
    return [each for each in made.values() if isinstance(each, Made)]


def run(kernels: Sequence[Kernel], made: Sequence[Made], layout: Layout) -> list[Came]:
    found: dict[int, Came] = {}
    run_all([(kernel, made) for kernel in kernels], layout.cache, found.__setitem__)
    for came in found.values():
        assert came.lost is None, came.lost
    return [found[number] for number in range(len(kernels))]


def judgements(made: Sequence[Made], came: Came, series: str, facts: Catalogue) -> Mapping[str, Judged]:
    def constant(name: str) -> int | None:
        return facts.constants[name].value

    return {each.name: judge(each.folder, came.results[each.name], series, constant) for each in made}


def test_the_oldest_and_the_newest_kernel_say_what_is_committed(
    kernel_of: KernelOf, layout: Layout, facts: Catalogue, compiler: Compiler
) -> None:
    """But for the figures of the verifier, which hang on the compiler."""
    series = (OLDEST, NEWEST)
    made = ready(compiler, layout.examples, list(facts.examples.values()))
    committed = {file.kernel.series: file.examples for file in facts.verified}
    for name, came in zip(series, run([kernel_of(each) for each in series], made, layout), strict=True):
        assert came.complaints == []
        assert came.boots == 1
        for judged in judgements(made, came, name, facts).values():
            assert judged.record, f"{name}: {judged.name}: {judged.problems}"
            known = committed[name][judged.name]
            assert replace(judged.record, instructions={}) == replace(known, instructions={})


def mutants(layout: Layout, place: Path) -> Iterator[ExampleFolder]:
    """Each mutation in a folder of its own, with its own name."""
    for number, (name, file, old, new) in enumerate(MUTATIONS):
        mutant = f"{name}-{number}"
        (place / mutant).mkdir()
        target = f"{name}.bpf.c" if file == ".bpf.c" else file
        for source in sorted((layout.examples / name).iterdir()):
            text = source.read_text()
            if source.name == target:
                assert text.count(old) == 1, f"{source} has not one {old!r}"
                text = text.replace(old, new)
            text = text.replace(f"{name}.bpf.o", f"{mutant}.bpf.o")
            (place / mutant / source.name.replace(f"{name}.bpf", f"{mutant}.bpf")).write_text(text)
        yield read_example(place / mutant)


def test_each_example_that_is_broken_on_purpose_is_noticed(
    kernel_of: KernelOf, layout: Layout, facts: Catalogue, compiler: Compiler, tmp_path: Path
) -> None:
    made = ready(compiler, tmp_path, list(mutants(layout, tmp_path)))
    assert {name for name, *_ in MUTATIONS} <= set(facts.examples)
    (came,) = run([kernel_of(NEWEST)], made, layout)
    found = judgements(made, came, NEWEST, facts)
    unnoticed = [MUTATIONS[int(name.rpartition("-")[2])] for name, judged in found.items() if judged.record]
    assert unnoticed == []
    assert not any("trouble" in came.results[name] and came.results[name]["trouble"] for name in found)


def test_one_that_crashes_hangs_or_leaks_costs_only_itself(
    kernel_of: KernelOf, layout: Layout, facts: Catalogue, compiler: Compiler, tmp_path: Path
) -> None:
    for name, (script, _) in TROUBLES.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.bpf.c").write_text(PROGRAM)
        (tmp_path / name / ("user.c" if name == "in-c" else "user.py")).write_text(f"{script}\n")
        promise = PROMISE.format(seconds=3 if name == "hangs" else 60)
        more = "modules: [sch_ingress, there_is_none]\n" if name == "modules" else ""
        (tmp_path / name / DEFINITION).write_text(promise + more)
    made = ready(compiler, tmp_path, [read_example(tmp_path / name) for name in TROUBLES])
    (came,) = run([kernel_of(MIDDLE)], made, layout)
    found = judgements(made, came, MIDDLE, facts)
    for name, (_, words) in TROUBLES.items():
        problems = "\n".join(found[name].problems)
        assert (found[name].record is None) is bool(words), f"{name}: {problems}"
        assert words in problems, name
    assert came.boots == 3  # one more for each that could have spoilt what follows it


def test_a_file_of_its_own_is_tried(
    kernel_of: KernelOf, layout: Layout, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel_of(MIDDLE)
    (tmp_path / "good.bpf.c").write_text(PROGRAM)
    (tmp_path / "bad.bpf.c").write_text(
        PROGRAM.replace("return XDP_PASS", "return *(volatile int *)(long)context->ingress_ifindex")
    )
    (tmp_path / "user.c").write_text(
        "#include <stdio.h>\n#include <bpf/libbpf.h>\n"
        'int main(void)\n{\n\tprintf("libbpf %u\\n", libbpf_major_version());\n\treturn 3;\n}\n'
    )
    said = []
    for name in ("good.bpf.c", "bad.bpf.c", "user.c"):
        code = main(["-C", str(layout.root), "verify", "-k", MIDDLE, "--file", str(tmp_path / name)])
        said.append((code, capsys.readouterr().out))
    assert [code for code, _ in said] == [0, 1, 1]
    good, bad, user = (text for _, text in said)
    assert good == f"{MIDDLE}: accepted: pass 2 instructions processed\n"
    assert f"{MIDDLE}: rejected: pass: EACCES: R1 invalid mem access 'scalar'" in bad
    assert user == f"{MIDDLE}: ended with status 3\n{MIDDLE}:   libbpf 1\n"
