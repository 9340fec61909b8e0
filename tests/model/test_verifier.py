"""Families of the verifier's complaints are read strictly, and faults are told by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpfref import store
from bpfref.errors import DataError
from bpfref.model.verifier import (
    FamilyFile,
    MessagesFile,
    Place,
    TraceFile,
    TraceRule,
    VerifierFacts,
    Wording,
)

GOOD = """\
title: Memory
entries:
  stack-limit:
    title: stack limit
    says: too deep
    repair: use less
    messages:
    - "stack depth %d\\n"
    - 'stack depth %s'
    rejected: [deep]
"""


def read(tmp_path: Path, text: str) -> FamilyFile:
    path = tmp_path / "memory.yaml"
    path.write_text(text)
    return store.read(path, FamilyFile)


def test_a_final_newline_does_not_matter(tmp_path: Path) -> None:
    (entry,) = read(tmp_path, GOOD).entries.values()
    assert entry.formats == ("stack depth %d", "stack depth %s")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("stack-limit:", "Stack_limit:", "is no slug: write lower case"),
        ("rejected", "refused", "yaml:10: unknown key 'refused'"),
        ("    repair: use less\n", "", "'repair' is missing"),
        ("    rejected: [deep]", '    patterns: ["(a"]', "'(a' is no regular expression"),
        ("messages", "patterns", ""),
        ("\n    - \"stack depth %d\\n\"\n    - 'stack depth %s'", " []", "an entry needs messages or patterns"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new)
    if not words:
        assert read(tmp_path, text).entries["stack-limit"].patterns
        return
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)
    assert "memory.yaml:" in str(caught.value)


def test_a_rule_names_functions_or_formats() -> None:
    with pytest.raises(ValueError, match="either functions or formats"):
        TraceRule("both", ("f",), ("%d",))
    with pytest.raises(ValueError, match="either functions or formats"):
        TraceRule("neither")


def wording(*functions: str, internal: bool = False) -> Wording:
    return Wording(("v6.1",), tuple(Place("a.c", name) for name in functions), ("verbose",), internal=internal)


def test_trace_is_what_only_tracing_functions_print() -> None:
    messages = {
        "state %d": wording("print_state"),
        "both": wording("print_state", "check"),
        "said so": wording("check"),
        "bug": wording("check", internal=True),
        "R%d is bad": wording("check"),
    }
    rules = (TraceRule("states", ("print_state",)), TraceRule("a note", formats=("said so\n",)))
    facts = VerifierFacts(MessagesFile((), messages), {}, TraceFile(rules))
    assert facts.traced == {"state %d": "states", "said so": "a note"}
    assert [text for text in messages if facts.is_complaint(text)] == ["both", "R%d is bad"]
