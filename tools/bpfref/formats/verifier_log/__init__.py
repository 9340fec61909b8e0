"""Verifier logs as people paste them: `parse_log` gives steps, states, complaints and figures."""

from __future__ import annotations

from bpfref.formats.verifier_log.instruction import Action, Does, parse_action
from bpfref.formats.verifier_log.model import Log, Source, State, Step, Value
from bpfref.formats.verifier_log.parse import find_errno, parse_log
from bpfref.formats.verifier_log.states import parse_state, parse_value

__all__ = [
    "Action",
    "Does",
    "Log",
    "Source",
    "State",
    "Step",
    "Value",
    "find_errno",
    "parse_action",
    "parse_log",
    "parse_state",
    "parse_value",
]
