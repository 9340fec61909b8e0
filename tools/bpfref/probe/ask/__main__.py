"""Ask the running kernel: `python -m bpfref.probe.ask QUESTIONS.json ANSWERS.jsonl`."""

from __future__ import annotations

import sys

from bpfref.probe.ask.run import main

main(sys.argv[1], sys.argv[2])
