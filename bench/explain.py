"""How often `bpfref explain` names the right entry: complaints out of public threads, and whole logs of them.

    python bench/explain.py [--logs DIR] [--json]

`data/authored/explain-cases.yaml` has the one line that tells of each thread and the entry that a person gave it.
With `--logs`, a folder of whole logs is asked for instead: `NAME.txt` for each, and `expected.tsv` with name,
entry and thread in columns. Logs are their authors' and are not kept here. The run fails below nine of ten.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bpfref import catalogue, store
from bpfref.explain.find import Finder
from bpfref.formats.verifier_log import parse_log
from bpfref.layout import Layout, find_root
from bpfref.model.explain import ExplainCasesFile

LEAST = 0.9


@dataclass(frozen=True)
class Question:
    """A log, where it comes from, and the entry it should give."""

    thread: str
    text: str
    entry: str


@dataclass(frozen=True)
class Answer:
    """What came of a question."""

    question: Question
    entry: str
    line: str

    @property
    def right(self) -> bool:
        """Whether it is the entry that a person gave."""
        return self.entry == self.question.entry


def main() -> int:
    """Ask all; 1 when too many answers are wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--logs", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    here = find_root(Path(__file__).resolve().parent)
    facts = catalogue.read_verifier(here)
    questions = list(read_logs(options.logs) if options.logs else read_cases(here))
    asked = [each for each in questions if each.entry in facts.entries]
    answers = list(ask(asked, Finder(facts)))
    wrong = [each for each in answers if not each.right]
    rate = 1 - len(wrong) / len(answers) if answers else 0.0
    report = {"asked": len(answers), "right": len(answers) - len(wrong), "rate": round(rate, 3)}
    if options.json:
        print(json.dumps(report | {"without entry": len(questions) - len(asked)}))
        return int(rate < LEAST)
    for each in wrong:
        print(f"wrong: {each.question.thread}: {each.line!r} gave {each.entry or 'nothing'}, not {each.question.entry}")
    for question in questions:
        if question.entry not in facts.entries:
            print(f"not asked, for there is no entry {question.entry}: {question.thread}")
    print(f"{report['right']} of {report['asked']} right ({rate:.0%})")
    return int(rate < LEAST)


def read_cases(here: Layout) -> Iterator[Question]:
    """The cases that the repository has."""
    for case in store.read(here.authored / catalogue.EXPLAIN_CASES, ExplainCasesFile).cases:
        yield Question(case.thread, case.line, case.entry)


def read_logs(folder: Path) -> Iterator[Question]:
    """Whole logs in a folder."""
    for row in (folder / "expected.tsv").read_text().splitlines():
        name, entry, thread = row.split("\t")
        yield Question(thread, (folder / f"{name}.txt").read_text(errors="replace"), entry)


def ask(questions: list[Question], finder: Finder) -> Iterator[Answer]:
    """What the command would say to each."""
    for each in questions:
        found = finder.find(parse_log(each.text))
        yield Answer(each, found.slug if found else "", found.line if found else "")


if __name__ == "__main__":
    sys.exit(main())
