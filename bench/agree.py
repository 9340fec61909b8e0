"""Our prober against libbpf's: `libbpf_probe_bpf_prog_type`, `_map_type` and `_helper`, on the same kernels.

In a guest of each series the probes of the guest's libbpf are called for every program type, map type and
pair of program type and helper that the header has. What they say is laid beside `data/verified/probes`:

    python bench/agree.py [SERIES …] [--json]

A difference is told by what libbpf and we say and by what the kernel said of the program that libbpf tries.
The run fails for one that no row of `CAUSES` explains; tools/ARCHITECTURE.md has the kernel source behind each.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bpfref import catalogue, store
from bpfref.kernels import images
from bpfref.kernels.lab import Job, run_jobs
from bpfref.kernels.outcome import Outcome
from bpfref.layout import find_root
from bpfref.model.kernel import Kernel
from bpfref.model.probe import ProbeFile, expand
from bpfref.probe.classify import first_line
from bpfref.probe.questions import Questions, make_questions
from bpfref.probe.run import pack_sources

SERIES = ("v5.10", "v6.12", "v7.3")
INSIDE = Path(__file__).resolve().parent / "inside" / "libbpf_probes.py"
GUEST = "kernels/__init__.py", "kernels/guest.py"
UNABLE = "cannot ask"
_NAME = re.compile(r"[\w?]+#\d+|\b\d+\b|\b(bpf|vfs)_\w+")


@dataclass(frozen=True)
class Difference:
    """One kind of difference; `said` are the kernel's words, names and numbers taken out."""

    what: str
    libbpf: str
    ours: str
    said: str

    def __str__(self) -> str:
        return f"{self.what}: libbpf {self.libbpf}, we {self.ours}; the kernel: {self.said or 'nothing'}"

    @property
    def cause(self) -> str | None:
        """Why; None where nobody has found out."""
        key = f"{self.what} {self.libbpf}/{self.ours}: {self.said}"
        return next((cause for pattern, cause in CAUSES if re.fullmatch(pattern, key)), None)


# What is compared, libbpf's answer, ours, and the kernel's words; and why they are not the same.
_NOT_THERE = "the kernel has no such program type and says nothing; libbpf takes every silent refusal for a yes"
_REFUSED = "refused for a reason of this program; libbpf knows only three wordings and takes the rest for a yes"
_ONE_WAY = "libbpf tries one attach type, without the flag to sleep; the kernel decides by both"
CAUSES = (
    (r"helpers yes/no such programs: ", _NOT_THERE),
    (r"helpers yes/no \(not-sleepable\): (helper call might sleep|sleepable helper …) in .*", _REFUSED),
    (r"helpers yes/no \(hook\): (helper call is not allowed in probe|func … not supported .*)", _REFUSED),
    (r"helpers no/in some variants: (program of this type cannot use helper|unknown func) …", _ONE_WAY),
    (r"helpers no/yes: (program of this type cannot use helper|unknown func) …", _ONE_WAY),
    (r"maps no/yes BPF_MAP_TYPE_STRUCT_OPS: ", "libbpf asks with a field of BPF_MAP_CREATE that came in v6.9"),
)


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("series", nargs="*", default=SERIES, help=f"such as v6.12 (default {' '.join(SERIES)})")
    parser.add_argument("--json", action="store_true", help="print JSON, with every single difference")
    options = parser.parse_args()
    here = find_root(Path(__file__).resolve().parent)
    questions = make_questions(catalogue.read(here), {})
    kernels = [images.find(here.cache, name) for name in options.series]
    came = run_jobs([(kernel, make_job(questions)) for kernel in kernels], here.cache)
    figures: dict[str, object] = {}
    unexplained = 0
    for kernel, outcome in zip(kernels, came, strict=True):
        if not isinstance(outcome, Outcome) or outcome.exit:
            sys.exit(f"{kernel.series}: {outcome.output if isinstance(outcome, Outcome) else outcome}")
        file = store.read(here.probe(kernel.series), ProbeFile)
        pairs = list(compare(file, outcome.results))
        figures[kernel.series] = found = figures_of(pairs)
        unexplained += sum(kind["cause"] is None for part in found.values() for kind in part["kinds"])
        if not options.json:
            print_series(kernel, outcome.results[0]["libbpf"], found)
    if options.json:
        print(json.dumps(figures, indent=2))
    if unexplained:
        sys.exit(f"{unexplained} kinds of difference have no cause: find it, then give it a row in CAUSES")


def make_job(questions: Questions) -> Job:
    """The guest's part, with names and numbers from the header."""
    values: Mapping[str, Any] = questions.values
    families = {"programs": "BPF_PROG_TYPE_", "maps": "BPF_MAP_TYPE_"}
    numbers = values["enumerators"]
    wanted = {key: {n: v for n, v in numbers.items() if n.startswith(prefix)} for key, prefix in families.items()}
    wanted |= {key: values[key] for key in ("constants", "layouts", "helpers")}
    package = Path(sys.modules["bpfref"].__file__ or "").parent
    files = {f"bpfref/{name}": (package / name).read_bytes() for name in GUEST}
    files |= dict(pack_sources())
    files |= {"probes.py": INSIDE.read_bytes(), "wanted.json": json.dumps(wanted).encode()}
    return Job(("python3", "probes.py", "wanted.json"), files, timeout=90)


Pair = tuple[str, str, str, str, str]
"""A kind of thing, its name, what libbpf says, what we say, what the kernel said."""


def compare(file: ProbeFile, results: list[dict[str, Any]]) -> Iterator[Pair]:
    """All that both were asked."""
    values = {key: value for result in results[1:3] for key, value in result.items()}
    for key, kind in (("programs", "program-type"), ("maps", "map-type")):
        for name, returned in values[key].items():
            yield key, name, word(returned), present(file, kind, name), ""
    for row in results[3:]:
        usable = [name for name in file.variants.loads if name.split("/")[0] == row["type"]]
        for helper, returned in row["helpers"].items():
            errno, log = row["said"][helper]
            said = _NAME.sub("…", first_line(log)) if errno else "loaded"
            yield "helpers", f"{helper} in {row['type']}", word(returned), ours(file, helper, usable), said


def word(returned: int) -> str:
    """What a probe returned, in words."""
    return {0: "no", 1: "yes"}.get(returned, UNABLE)


def present(file: ProbeFile, kind: str, name: str) -> str:
    """What we say of a type."""
    there = file.presence[kind]
    if name in there.unclear:
        return "unclear"
    return "yes" if name in there.present else "no"


def ours(file: ProbeFile, helper: str, usable: list[str]) -> str:
    """What we say of a helper in a program type: in all variants, in some, or why in none."""
    if not usable:
        return "no such programs"
    call = file.helpers.get(helper)
    if call is None:
        return "no"
    accepted = set(file.programs_of(call, file.helpers)) & set(usable)
    if accepted:
        return "yes" if len(accepted) == len(usable) else "in some variants"
    reasons = [reason for reason, names in call.refused.items() if set(expand(names, usable))]
    return f"no ({', '.join(reasons)})" if reasons else "no"


def differs(libbpf: str, here: str) -> bool:
    """Whether two answers are not the same; who cannot ask has not answered."""
    return libbpf != UNABLE and (libbpf == "yes") != (here in {"yes", "in some variants"})


def figures_of(pairs: list[Pair]) -> dict[str, Any]:
    """Counts, and each difference by kind."""
    found: dict[str, Any] = {}
    for what in ("programs", "maps", "helpers"):
        asked = [pair for pair in pairs if pair[0] == what]
        apart = [pair for pair in asked if differs(pair[2], pair[3])]
        kinds: dict[Difference, list[str]] = defaultdict(list)
        for _, name, libbpf, here, said in apart:
            # Helpers are many of a kind; each type that differs is a kind of its own.
            answer = here if what == "helpers" else f"{here} {name}"
            kinds[Difference(what, libbpf, answer, said)].append(name)
        counts = Counter(libbpf for _, _, libbpf, _, _ in asked)
        both = sum(libbpf == "yes" and not differs(libbpf, here) for _, _, libbpf, here, _ in asked)
        unable = counts[UNABLE]
        neither = len(asked) - unable - both - len(apart)
        found[what] = {
            "asked": len(asked),
            "both yes": both,
            "both no": neither,
            UNABLE: unable,
            "differences": len(apart),
            "kinds": [{"kind": str(kind), "cause": kind.cause, "names": names} for kind, names in kinds.items()],
        }
    return found


def print_series(kernel: Kernel, version: str, figures: Mapping[str, Any]) -> None:
    """A kernel's figures in words, each kind of difference with its cause and examples."""
    print(f"{kernel.series} ({kernel.release}), libbpf {version}")
    for what, found in figures.items():
        print(
            f"  {what}: {found['asked']} asked; {found['both yes']} both yes, {found['both no']} both no, "
            f"{found[UNABLE]} libbpf {UNABLE}, {found['differences']} different"
        )
        for each in sorted(found["kinds"], key=lambda kind: -len(kind["names"])):
            print(f"    {len(each['names']):>4} times {each['kind']} ({', '.join(each['names'][:2])})")
            print(f"         {each['cause'] or 'NOT EXPLAINED'}")


if __name__ == "__main__":
    main()
