"""Ask the running kernel: `python -m bpfref.probe.ask QUESTIONS.json [ANSWERS.jsonl]`.

Without a file for the answers they go to the channel of a guest, the open file of BPFREF_RESULTS.
"""

from __future__ import annotations

import os
import sys

from bpfref.probe.ask.run import main

main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else int(os.environ["BPFREF_RESULTS"]))  # noqa: PLR2004
