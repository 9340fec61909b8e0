"""One example: its object loaded, its programs run, its user side started. Standard library and the loader."""

from __future__ import annotations

import errno as numbers
import os
import re
import runpy
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bpfref.loader import bpf

Say = Callable[[dict[str, Any]], None]

# Levels of the log, of linux/bpf_verifier.h: BPF_LOG_LEVEL1, and BPF_LOG_STATS, which has nothing but figures.
_REASONS, _FIGURES = 1, 4
_PROCESSED = re.compile(r"^processed (\d+) insns", re.MULTILINE)
_HEAD, _TAIL = 60, 140  # lines of a log that is longer than both


def learn(each: Mapping[str, Any], say: Say) -> None:
    """Do all that an example asks for, and say what comes of each step at once."""
    os.chdir(each["folder"])
    if each["object"] and not load(each["object"], say, refused=each["refused"]):
        return
    if each["runs"]:
        _run(each, say)
    if each["user"]:
        say({"exit": _start(each["user"])})


def load(source: bytes | str, say: Say, name: str | None = None, *, refused: bool = False) -> bool:
    """Whether the kernel takes an object; what it says of it is told. Nothing of it stays loaded.

    One that is to be `refused` is loaded with the whole log at once: a verifier that gives up late
    would need its time twice.
    """
    with bpf.open(source, name=name) as declared:
        try:
            with declared.load(log_level=_REASONS if refused else _FIGURES) as made:
                logs = {name: program.log for name, program in made.programs.items()}
        except bpf.LoadError as error:
            say(_describe(error) if refused else _refusal(declared))
            return False
        except bpf.AttachTypeError as error:
            say({"verdict": "rejected", "message": error.message, "program": None, "errno": None, "log": ""})
            return False
    found = {name: int(figure[1]) for name, log in logs.items() if (figure := _PROCESSED.search(log))}
    say({"verdict": "accepted", "instructions": found})
    return True


def _refusal(declared: bpf.Object) -> dict[str, Any]:
    """Load it again for the log of a refusal: at the level of figures the kernel does not say why."""
    try:
        with declared.load():
            return {"trouble": "it was refused with figures in the log, and accepted without"}
    except bpf.LoadError as error:
        return _describe(error)


def _describe(error: bpf.LoadError) -> dict[str, Any]:
    return {
        "verdict": "rejected",
        "message": error.telling or error.message,
        "program": error.program,
        "errno": numbers.errorcode.get(error.errno, str(error.errno)),
        "log": _shorten(error.log),
    }


def _shorten(log: str) -> str:
    """A log without its middle, if it is a long one: a verifier that gives up has seen a million instructions."""
    lines = log.splitlines()
    left = len(lines) - _HEAD - _TAIL
    return "\n".join(lines if left <= 0 else [*lines[:_HEAD], f"[{left} lines left out]", *lines[-_TAIL:]])


def _run(each: Mapping[str, Any], say: Say) -> None:
    with bpf.open(each["object"]) as declared, declared.load() as made:
        ran = []
        for run in each["runs"]:
            data = bytes.fromhex(run["data"]).ljust(run["size"], b"\0") or None
            context = bytes.fromhex(run["context"]) if run["context"] is not None else None
            got = made.programs[run["program"]].test_run(data, context=context, repeat=run["repeat"])
            ran.append({"returns": got.retval, "out": got.data.hex()})
            say({"runs": ran})
        maps = {name: [[key, _plain(made.maps[name].get(key))] for key in keys] for name, keys in each["maps"].items()}
        say({"maps": maps, "variables": {name: _plain(made.variables[name]) for name in each["variables"]}})


def _plain(value: Any) -> Any:
    """A value as JSON has it: text for characters, hexadecimal for bytes."""
    if isinstance(value, bpf.Chars):
        return value.text
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _start(user: str) -> int:
    """Run the user side to its end: its exit status."""
    if not user.endswith(".py"):
        Path(user).chmod(0o755)
        return subprocess.run([f"./{user}"], check=False).returncode
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr] # they are files, since it was made so
    sys.argv = [user]
    sys.path.insert(0, str(Path.cwd()))
    try:
        runpy.run_path(user, run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")  # as Python itself does
        return 1
    except Exception:  # noqa: BLE001 - told as Python itself does
        traceback.print_exc()
        return 1
    return 0
