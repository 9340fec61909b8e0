"""`bpfref verify -k host`: what is loaded into the kernel that runs here, and what it is compared with."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from bpfref.cli import main
from bpfref.errors import MachineError
from bpfref.kernels.libbpf import read_libbpf
from bpfref.layout import Layout
from bpfref.loader import bpf, libbpf
from bpfref.loader.compile import Compiler
from bpfref.verify.inside import lesson
from required import require

ACCEPTED = {"verdict": "accepted", "instructions": {"pids": 7}}
REJECTED = {"verdict": "rejected", "message": "R1 unbounded", "program": "pids", "errno": "EACCES", "log": "0: r1\nR1"}
Start = Callable[..., int]


@pytest.fixture
def start(layout: Layout, checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> Start:
    monkeypatch.setenv("BPFREF_CACHE", str(layout.cache.absolute()))
    try:
        Compiler(cache=layout.cache.absolute())
    except MachineError as error:
        require("BPFREF_REQUIRE_TOOLS", str(error))
    return lambda *words: main(["-C", str(checkout.root), "verify", "-k", "host", *words])


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a kernel says that is none: root is not needed, and nothing is loaded."""
    said: dict[str, Any] = {}

    def load(source: bytes, say: Callable[[dict[str, Any]], None], name: str | None = None) -> bool:
        assert source.startswith(b"\x7fELF")
        say(said[name or ""])
        return True

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(lesson, "load", load)
    monkeypatch.setattr(libbpf, "use", lambda _: None)
    return said


def test_each_verdict_is_told_and_compared(
    start: Start, kernel: dict[str, Any], checkout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in checkout.root.glob("data/verified/examples/*.yaml")}
    kernel |= {"pids": ACCEPTED, "unbounded-index": REJECTED}
    assert start("pids", "unbounded-index") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "pids: accepted: pids 7 instructions processed"
    assert lines[1] == "unbounded-index: rejected: pids: EACCES: R1 unbounded"
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(("name", "said"), [("pids", REJECTED), ("unbounded-index", ACCEPTED)])
def test_another_verdict_is_a_fault(
    name: str, said: dict[str, Any], start: Start, kernel: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    kernel[name] = said
    assert start(name) == 1
    wanted = "accepted" if said is REJECTED else "rejected"
    assert f"{name}: it should be {wanted}" in capsys.readouterr().err


def test_only_root_may(start: Start, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert start("pids") == 2
    assert "run it as root, or name a series of the lab with -k" in capsys.readouterr().err


def test_the_kernel_that_runs_here_loads_and_keeps_nothing(
    start: Start, layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    found = read_libbpf(layout.cache)
    if found is None:
        require("BPFREF_REQUIRE_NETWORK", "needs the libbpf of the archive: bpfref kernels fetch")
    try:
        libbpf.use(found)
        with bpf.create_map("BPF_MAP_TYPE_ARRAY", key_size=4, value_size=4, max_entries=1):
            pass
    except (bpf.LoaderError, MachineError) as error:
        pytest.skip(f"no programs can be loaded here: {error}")
    assert start("xdp-count", "unbounded-index") == 0
    said = capsys.readouterr().out
    assert "xdp-count: accepted: count " in said
    assert "unbounded-index: rejected: " in said
