"""The command line: exit codes, where output goes, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bpfref import commands
from bpfref.cli import main
from bpfref.layout import Layout

BPFREF = [sys.executable, "-m", "bpfref"]


def run(*arguments: str, root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*BPFREF, "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bpf_loop", ["helper function 181", "v5.17", "long bpf_loop(__u32 nr_loops"]),
        ("181", ["bpf_loop"]),
        ("BPF_LOOP", ["bpf_loop"]),
        ("bpf_loop()", ["bpf_loop"]),
        ("BPF_FUNC_loop", ["bpf_loop"]),
        ("struct xdp_md", ["program context", "__u32 data_end"]),
        ("BPF_PROG_TYPE_XDP", ["program type 6", "struct xdp_md"]),
        ("BPF_MAP_CREATE", ["bpf() command 0", "__u32 map_type"]),
        ("BPF_XDP", ["attach type 37", "docs/linux/attach-type/index.md#BPF_XDP"]),
        ("BPF_F_NO_PREALLOC", ["constant 1"]),
    ],
)
def test_show_finds_every_kind(layout: Layout, capsys: pytest.CaptureFixture[str], name: str, words: list[str]) -> None:
    assert main(["-C", str(layout.root), "show", name]) == 0
    output = capsys.readouterr().out
    assert all(word in output for word in words), output
    assert "\x1b" not in output


def test_show_tells_of_two_with_one_name(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(layout.root), "show", "bpf_map_lookup_elem"]) == 0
    streams = capsys.readouterr()
    assert "helper function 1" in streams.out
    assert "bpfref show --libbpf bpf_map_lookup_elem" in streams.err
    assert main(["-C", str(layout.root), "show", "--libbpf", "bpf_map_lookup_elem"]) == 0
    shown = capsys.readouterr().out
    assert all(words in shown for words in ("libbpf function", "libbpf v0.0.1", "int fd", "BPF_MAP_LOOKUP_ELEM"))


def test_show_gives_json(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(layout.root), "show", "bpf_loop", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["name"], record["value"], record["since"]["release"]) == ("bpf_loop", 181, "v5.17")


def test_show_of_an_unknown_name_suggests_and_exits_1(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(layout.root), "show", "bpf_lop"]) == 1
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "bpf_loop" in streams.err


def test_check_and_diff_write_nothing_and_exit_1(checkout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    page = checkout.docs / "linux/helper-function/bpf_loop.md"
    page.write_text(page.read_text().replace("v5.17", "v5.18"))
    text = page.read_text()
    for option in ("--check", "--diff"):
        assert main(["-C", str(checkout.root), "generate", option]) == 1
        assert page.read_text() == text
        streams = capsys.readouterr()
        assert "to repair: bpfref generate" in streams.err
        assert ("+:   [v5.17]" in streams.out) is (option == "--diff")
    assert main(["-C", str(checkout.root), "check"]) == 1
    assert "not as the data say; to repair: bpfref generate" in capsys.readouterr().out
    assert main(["-C", str(checkout.root), "generate"]) == 0
    assert main(["-C", str(checkout.root), "check"]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["generate", "--docs", "none"], "name a documentation folder"),
        (["generate", "none.md"], "name a Markdown file"),
        (["scrape", "kitchen"], "is nothing that can be scraped"),
        (["scrape", "--header", "x"], "--header needs the kind"),
        (["scrape", "uapi", "--header", "none.h"], "cannot be read"),
    ],
)
def test_wrong_usage_exits_2_with_a_repair(layout: Layout, arguments: list[str], words: str) -> None:
    result = run(*arguments, root=layout.root)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("kind", ["helpers", "uapi"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x7fELF\x02\x01\x01\x00",
        b"\xff\xfe",
        b"int main(void) { return 0; }\n",
        b"#ifndef X\n#define X\n#endif\n",
        b"/*",
    ],
)
def test_a_bad_header_exits_2_and_leaves_the_data(checkout: Layout, tmp_path: Path, kind: str, content: bytes) -> None:
    header = tmp_path / "bad.h"
    header.write_bytes(content)
    before = {path: path.read_bytes() for path in checkout.scraped.iterdir()}
    result = run("scrape", kind, "--header", str(header), root=checkout.root)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert f"{header}" in result.stderr
    assert {path: path.read_bytes() for path in checkout.scraped.iterdir()} == before


def test_a_cut_header_is_refused(checkout: Layout, tmp_path: Path, uapi_header: Path, libbpf_header: Path) -> None:
    for kind, whole in (("uapi", uapi_header), ("helpers", libbpf_header)):
        text = whole.read_bytes()
        header = tmp_path / "cut.h"
        header.write_bytes(text[: len(text) // 2])
        result = run("scrape", kind, "--header", str(header), root=checkout.root)
        assert result.returncode == 2, result.stderr
        assert "Traceback" not in result.stderr


def test_scraping_the_same_headers_changes_nothing_but_the_origin(
    checkout: Layout, uapi_header: Path, libbpf_header: Path
) -> None:
    """With --header there is no package; every fact below the source is the same."""
    for kind, header in (("uapi", uapi_header), ("helpers", libbpf_header)):
        run("scrape", kind, "--header", str(header), root=checkout.root)
    first = {path: path.read_bytes() for path in checkout.scraped.iterdir()}
    for kind, header in (("uapi", uapi_header), ("helpers", libbpf_header)):
        result = run("scrape", kind, "--header", str(header), "--check", root=checkout.root)
        assert result.returncode == 0, result.stderr
    assert {path: path.read_bytes() for path in checkout.scraped.iterdir()} == first
    assert not any(str(checkout.root).encode() in text for text in first.values())


def test_scraping_can_show_what_it_would_write_and_names_the_command_that_writes_it(
    checkout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    header = checkout.root / "bpf.h"
    shutil.copy(Path(__file__).parent / "inputs/headers/uapi.h", header)
    before = {path: path.read_bytes() for path in checkout.scraped.iterdir()}
    scrape = ["-C", str(checkout.root), "scrape", "uapi", "--header", str(header)]
    for option in ("--check", "--diff"):
        assert main([*scrape, option]) == 1
        streams = capsys.readouterr()
        assert f"3 files would change; to repair: bpfref scrape uapi --header {header}\n" in streams.err
        assert ("+++ b/data/scraped/constants.yaml" in streams.out) is (option == "--diff")
        assert {path: path.read_bytes() for path in checkout.scraped.iterdir()} == before
    assert main(scrape) == 0
    assert "3 of 3 files changed" in capsys.readouterr().err
    assert main([*scrape, "--diff"]) == 0
    assert capsys.readouterr().out == ""


def test_outside_a_checkout_it_says_where_to_run(tmp_path: Path) -> None:
    result = run("check", root=tmp_path)
    assert result.returncode == 2
    assert "run this in a bpfref checkout" in result.stderr


def test_ctrl_c_is_said_without_a_traceback(checkout: Layout) -> None:
    command = [*BPFREF, "-C", str(checkout.root), "scrape", "uapi", "--header", "/dev/stdin"]
    # a test run in the background inherits SIGINT as ignored
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    error = process.communicate()[1]
    assert process.returncode == 130
    assert "interrupted" in error
    assert "Traceback" not in error


def test_colour_needs_a_terminal_and_no_veto(layout: Layout) -> None:
    code = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"
    command = [sys.executable, "-c", code, *BPFREF, "-C", str(layout.root), "show", "bpf_loop"]
    plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    with_colour = subprocess.run(command, capture_output=True, env=plain, check=True, stdin=subprocess.DEVNULL)
    vetoed = subprocess.run(
        command, capture_output=True, env=plain | {"NO_COLOR": "1"}, check=True, stdin=subprocess.DEVNULL
    )
    assert b"\x1b[1m" in with_colour.stdout
    assert b"\x1b[" not in vetoed.stdout


def test_completion_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--print-completion", "bash"])
    assert caught.value.code == 0
    assert "generate" in capsys.readouterr().out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    modules = (Path(commands.__file__).parent).glob("*.py")
    there = {path.stem for path in modules if "def add_to(" in path.read_text()}
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    listed = re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, re.MULTILINE)
    assert sorted(listed) == sorted(there)


def test_a_command_loads_no_other(layout: Layout) -> None:
    """Start-up is most of what looking a name up takes."""
    code = (
        "import sys; from bpfref.cli import main; code = main(sys.argv[1:]);"
        "print(*sorted(n for n in sys.modules if n.startswith(('bpfref.commands.', 'git', 'clang', 'rich'))));"
        "raise SystemExit(code)"
    )
    command = [sys.executable, "-c", code, "-C", str(layout.root), "show", "bpf_loop"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "bpfref.commands.show"


@pytest.mark.parametrize("words", [[], ["-C", "."], ["shoow"], ["shoow", "show"], ["-C"], ["--nothing", "show"]])
def test_wrong_words_name_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert "usage: bpfref" in error
    assert "shoow" not in words or all(name in error for name in ("scrape", "history", "kernels", "check", "show"))
