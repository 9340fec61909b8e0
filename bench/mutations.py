"""Examples broken on purpose, one change each, run on a kernel: whether `bpfref verify` notices.

Without options the table `tests/verify/mutations.yaml` is applied, each line to a copy of its example;
one that goes unnoticed makes the run fail. `--find N` makes N changes of each kernel side by rules (a
constant more by one, a comparison turned round, a return value changed, a statement left out) and
prints the share that is noticed, and every one that is not:

    python bench/mutations.py [EXAMPLE …] [--find N] [--seed N] [--series v7.3] [--write]
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bpfref import catalogue
from bpfref.catalogue import Catalogue, read_example
from bpfref.kernels import images
from bpfref.layout import Layout, find_root
from bpfref.loader.compile import Compiler
from bpfref.verify.judge import judge
from bpfref.verify.plan import Made, compile_examples
from bpfref.verify.run import Came, run_all

TABLE = "tests/verify/mutations.yaml"
KERNEL_SIDE = ".bpf.c"
_FIXED = re.compile(r"\s*(#|//|__uint|__type|__array|struct |union |enum |extern |SEC\(|\}|$)|.*\bSEC\(")
_DECLARES = re.compile(
    r"\s*(const |static |volatile |unsigned |struct |__[us]\d+ |__be\d+ |u\d+ |int |long |char |void )"
)
_NUMBER = re.compile(r"(?<![\w.])(\d+)(?![\w.])")
_STATEMENT = re.compile(r"\t+(?!return\b|break|continue|goto|case\b|else\b|if\b|for\b|while\b)[\w*(+&-].*;\s*(//.*)?")
_RETURN = re.compile(r"(.*\breturn )([^;]+)(;.*)")
_TURNED = {"==": "!=", "!=": "==", "<=": ">", ">=": "<", "<": ">=", ">": "<="}
_COMPARISON = re.compile(r" (==|!=|<=|>=|<|>) ")


@dataclass(frozen=True)
class Mutation:
    """A change of one place, which stands once in a file of an example."""

    example: str
    file: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.example}: {self.old!r} -> {self.new!r}"


def main() -> None:
    """Run and print; exit 1 when a mutation of the table goes unnoticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples", nargs="*", metavar="EXAMPLE")
    parser.add_argument("--find", type=int, default=0, metavar="N", help="make N changes of each example by rules")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--series", default="v7.3")
    parser.add_argument("--write", action="store_true", help="add a change that was noticed for examples without one")
    options = parser.parse_args()
    here = find_root(Path(__file__).resolve().parent)
    facts = catalogue.read(here)
    table = [each for each in read_table(here.root / TABLE) if not options.examples or each.example in options.examples]
    if options.find:
        names = options.examples or list(facts.examples)
        chosen = [each for name in names for each in find(here, name, options.find, options.seed)]
    else:
        chosen = table
    outcomes = run(here, facts, chosen, options.series)
    missed = [each for each, problem in outcomes.items() if problem is None]
    for each, problem in outcomes.items():
        print(f"{'noticed' if problem else 'UNNOTICED'} {each}" + (f": {problem.splitlines()[0]}" if problem else ""))
    print(f"{len(outcomes) - len(missed)} of {len(outcomes)} noticed, {len(chosen) - len(outcomes)} do not compile")
    if options.write:
        add(here.root / TABLE, table, outcomes)
    sys.exit(1 if missed and not options.find else 0)


def read_table(path: Path) -> list[Mutation]:
    """The committed mutations."""
    return [Mutation(*each) for each in yaml.safe_load(path.read_text(encoding="utf-8"))]


def add(path: Path, table: Sequence[Mutation], outcomes: dict[Mutation, str | None]) -> None:
    """Write one that was noticed, and did no harm, for each example that the table lacks."""
    there = {each.example for each in table}
    lines = path.read_text(encoding="utf-8")
    for each, problem in outcomes.items():
        if each.example not in there and problem and "\n" not in each.old:
            there.add(each.example)
            words = [each.example, each.file, each.old, each.new]
            lines += "- " + yaml.safe_dump(words, default_flow_style=True, width=1000, allow_unicode=True)
    path.write_text(lines, encoding="utf-8")


def find(here: Layout, name: str, count: int, seed: int) -> list[Mutation]:
    """Some of the changes that the rules give for an example."""
    file = here.examples / name / f"{name}{KERNEL_SIDE}"
    found = list(make(name, file.read_text(encoding="utf-8")))
    return random.Random(f"{seed} {name}").sample(found, min(count, len(found)))  # noqa: S311 - no secret


def make(name: str, text: str) -> Iterator[Mutation]:
    """All changes by the rules, one line each; pure."""
    for line in text.splitlines():
        if _FIXED.match(line) or text.count(line.strip()) != 1:
            continue
        code, _, comment = line.strip().partition("//")
        for new in dict.fromkeys(changes(line, code)):
            yield Mutation(name, KERNEL_SIDE, line.strip(), new + (f"// {comment.strip()}" if comment else ""))


def changes(line: str, code: str) -> Iterator[str]:
    """What the rules make of a line of C."""
    for number in _NUMBER.finditer(code):
        yield f"{code[: number.start()]}{int(number[1]) + 1}{code[number.end() :]}"
    for sign in _COMPARISON.finditer(code):
        yield f"{code[: sign.start(1)]}{_TURNED[sign[1]]}{code[sign.end(1) :]}"
    if back := _RETURN.fullmatch(code):
        yield f"{back[1]}!({back[2]}){back[3]}"
    if _STATEMENT.fullmatch(line) and not _DECLARES.match(line):
        yield ";"


def run(here: Layout, facts: Catalogue, chosen: Sequence[Mutation], series: str) -> dict[Mutation, str | None]:
    """What `verify` says of each that compiles: the first fault, None where it finds none."""

    def constant(name: str) -> int | None:
        found = facts.constants.get(name)
        return found.value if found else None

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        names = {apply(here, each, place, number): each for number, each in enumerate(chosen)}
        compiler = Compiler(cache=here.cache)
        made = compile_examples(compiler, place, [read_example(place / name) for name in names])
        ready = [each for each in made.values() if isinstance(each, Made)]
        came: list[Came] = []
        run_all([(images.find(here.cache, series), ready)], here.cache, lambda _, each: came.append(each))
    if came[0].lost:
        sys.exit(came[0].lost)
    judged = [judge(each.folder, came[0].results[each.name], series, constant) for each in ready]
    return {names[each.name]: each.problems[0] if each.record is None else None for each in judged}


def apply(here: Layout, mutation: Mutation, place: Path, number: int) -> str:
    """A copy of the example with the change, under another name: that name."""
    name = f"{mutation.example}-{number}"
    (place / name).mkdir()
    target = f"{mutation.example}{KERNEL_SIDE}" if mutation.file == KERNEL_SIDE else mutation.file
    for source in sorted((here.examples / mutation.example).iterdir()):
        text = source.read_text(encoding="utf-8")
        if source.name == target:
            if text.count(mutation.old) != 1:
                sys.exit(f"{source} has not one {mutation.old!r}: correct {TABLE}")
            text = text.replace(mutation.old, mutation.new)
        text = text.replace(f"{mutation.example}.bpf.o", f"{name}.bpf.o")
        (place / name / source.name.replace(f"{mutation.example}.bpf", f"{name}.bpf")).write_text(
            text, encoding="utf-8"
        )
    return name


if __name__ == "__main__":
    main()
