"""The page about `bpfref requires` shows what the command prints for the program that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bpfref.cli import main
from bpfref.errors import MachineError
from bpfref.layout import Layout
from bpfref.loader.compile import Compiler, Source
from required import require

COMMANDS = (["requires", "pids.bpf.o"], ["requires", "--on", "v6.1", "pids.bpf.o"])
LOOKED = re.compile(r"^  looked into .*\n", re.MULTILINE)
"""The kernel that the cache has is not said on the page."""


@pytest.fixture
def shown(layout: Layout) -> dict[str, list[str]]:
    """The page's fences by language."""
    page = (layout.docs / "tools/requires.md").read_text()
    found: dict[str, list[str]] = {}
    for language, text in re.findall(r"^```(\w+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        found.setdefault(language, []).append(text)
    return found


def test_the_page_shows_what_the_command_says(
    shown: dict[str, list[str]],
    layout: Layout,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (source,) = shown["c"]
    Path("pids.bpf.c").write_text(source)
    try:
        made = Compiler(cache=layout.cache.absolute()).compile(Source(Path("pids.bpf.c")))
    except MachineError as error:
        require("BPFREF_REQUIRE_TOOLS", str(error))
    Path("pids.bpf.o").write_bytes(made.data)
    said = []
    for command in COMMANDS:
        main(["-C", str(layout.root.absolute()), *command])
        said.append(LOOKED.sub("", capsys.readouterr().out))
    assert said == shown["text"]
