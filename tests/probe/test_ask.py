"""`probe.ask`: what runs in guests needs nothing but Python, and asks this machine's kernel if it may."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bpfref.catalogue import Catalogue
from bpfref.loader.assembler import R0, Assembler
from bpfref.probe.ask.btf import FUNC, STRUCT, Maker, parse_names
from bpfref.probe.ask.kernel import Kernel
from bpfref.probe.questions import make_questions
from bpfref.probe.run import ask_host, pack_sources


def test_it_runs_with_python_s_own_library_alone(tmp_path: Path) -> None:
    for name, content in pack_sources():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "bpfref" / "__init__.py").touch()
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path[:0] = [{str(tmp_path)!r}]; import bpfref.probe.ask.run",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_names_of_made_btf() -> None:
    maker = Maker()
    number = maker.integer("int", 4)
    inside = maker.struct("pair", 8, [("first", number, 0), ("second", number, 32)])
    made = maker.function("main", maker.prototype(number, [("context", maker.pointer(inside))]))
    names = parse_names(maker.make())
    assert names.find(STRUCT, "pair") == inside
    assert names.find(FUNC, "main") == made
    assert names.find(FUNC, "pair") is None
    assert names.members(inside) == [("first", number, 0), ("second", number, 32)]
    assert names.size(inside) == 8
    assert names.count == made + 1


def test_a_module_s_names_go_on_where_its_kernel_s_end() -> None:
    base = Maker()
    base.integer("int", 4)
    kernel = parse_names(base.make())
    module = Maker()
    module.function("bpf_of_module", module.prototype(0, []))
    # A split file's strings go on as well: its own start where the base's end.
    data = bytearray(module.make())
    names = parse_names(bytes(data), None)
    assert names.find(FUNC, "bpf_of_module") == 2
    assert kernel.count == 2


def test_what_is_no_btf_is_refused() -> None:
    with pytest.raises(ValueError, match="no BTF"):
        parse_names(bytes(64))


def may_load(facts: Catalogue) -> Kernel | None:
    """The running kernel, if this process may load programs into it."""
    if os.geteuid() or not Path("/sys/kernel/btf/vmlinux").exists():
        return None
    values = make_questions(facts, {}).values
    kernel = Kernel(values["constants"], values["layouts"])  # type: ignore[arg-type]
    code = Assembler().mov(R0, 0).exit().assemble()
    answer = kernel.try_load(code, {"prog_type": kernel.number("BPF_PROG_TYPE_SOCKET_FILTER")})
    return kernel if not answer.errno else None


@pytest.fixture
def kernel(facts: Catalogue) -> Kernel:
    found = may_load(facts)
    if found is None:
        pytest.skip("this process may not load programs into the running kernel")
    return found


def test_a_program_loads_or_says_why_not(kernel: Kernel) -> None:
    socket_filter = {"prog_type": kernel.number("BPF_PROG_TYPE_SOCKET_FILTER")}
    assert kernel.try_load(Assembler().mov(R0, 0).exit().assemble(), socket_filter).errno == 0
    answer = kernel.try_load(Assembler().exit().assemble(), socket_filter)
    assert "R0 !read_ok" in answer.log


def test_both_ways_to_load_agree(kernel: Kernel) -> None:
    fields = {"prog_type": kernel.number("BPF_PROG_TYPE_XDP")}
    code = Assembler().call(kernel.number("BPF_FUNC_skb_store_bytes")).exit().assemble()
    errno, log = kernel.try_prepared(kernel.prepare(fields, len(code)), code)
    slow = kernel.try_load(code, fields)
    assert (errno, log.decode().split("\n")[0]) == (slow.errno, slow.log.split("\n")[0])


def test_the_running_kernel_is_asked_and_believed(kernel: Kernel, facts: Catalogue) -> None:
    del kernel
    switch = Path("/proc/sys/kernel/unprivileged_bpf_disabled")
    before = switch.read_text() if switch.exists() else None
    result = ask_host(facts)
    assert result.problems == ()
    assert result.file is not None
    assert result.file.attached == {}
    assert (switch.read_text() if switch.exists() else None) == before
    assert json.dumps(result.file.kernel.release)
