"""Debian's command-line tools: run one, with English messages, and say what is missing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bpfref.errors import MachineError


def run_command(
    command: Sequence[str], environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a tool to its end; the caller judges its exit code. MachineError if it is not there."""
    everything = {**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})}
    try:
        return subprocess.run(command, env=everything, cwd=cwd, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise MachineError(
            f"{command[0]} is not installed: use Debian or Ubuntu, or the container image that the Dockerfile describes"
        ) from error
