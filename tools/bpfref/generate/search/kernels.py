"""What kernels answered, small enough for a browser: the table that `assets/explorer.js` reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bpfref.generate.facts import Facts
from bpfref.generate.search.names import listed
from bpfref.lab import HELPERS, KFUNCS, Answer, Reach, State, states
from bpfref.model.entry import Kind
from bpfref.model.version import Version

_MARKS = {Reach.ALL: "a", Reach.SOME: "s", Reach.NONE: "n"}
_STATES = {State.PRESENT: "p", State.KNOWN: "p", State.LEFT_OUT: "o", State.ABSENT: "n", State.UNCLEAR: "?"}
_CALLS = {Kind.HELPER: HELPERS, Kind.KFUNC: KFUNCS}
_UNASKED = "-"


def table(facts: Facts) -> dict[str, Any]:
    """The table as JSON.

    `releases` are all known, oldest first; `series` those whose kernel was asked. `calls` has for each
    helper and kfunc the place of its answers in `answers`: for each program type of `programs`, in
    turn, a letter a series: accepted in all ways to load it (a), in some (s), refused (n), or no
    answer (-). `there` has for entries a letter a series: present (p), left out of the
    configuration (o), absent (n), not clear (?), gone or not built (g), or not asked (-). `pairs` are
    first releases of program type and helper.
    """
    programs = [entry.name for entry in facts.catalogue.of_kind(Kind.PROGRAM_TYPE)]
    answers: dict[str, int] = {}
    calls = {}
    for entry in listed(facts):
        if entry.kind in _CALLS:
            by_program = facts.lab.answers(_CALLS[entry.kind], entry.name)
            row = "".join(_row(facts.lab.series, by_program.get(name, {})) for name in programs)
            calls[entry.name] = answers.setdefault(row, len(answers))
    return {
        "releases": " ".join(sorted(facts.catalogue.releases.seen, key=Version.parse)),
        "series": " ".join(facts.lab.series),
        "programs": " ".join(programs),
        "calls": " ".join(f"{name} {place}" for name, place in calls.items()),
        "answers": " ".join(answers),
        "there": " ".join(f"{name} {letters}" for name, letters in sorted(_there(facts).items())),
        "pairs": " ".join(
            f"{program} {helper} {since.since}" for (program, helper), since in sorted(facts.pairs.items())
        ),
    }


def _row(series: tuple[str, ...], answers: Mapping[str, Answer]) -> str:
    return "".join(_MARKS[answers[each].reach] if each in answers else _UNASKED for each in series)


def _there(facts: Facts) -> dict[str, str]:
    """What each kernel said of an entry's being there, as a letter a series."""
    found: dict[str, dict[str, str]] = {}
    for series, file in facts.lab.files.items():
        for place, state in states(file):
            if place[0] == "presence":
                found.setdefault(place[-1], {})[series] = _STATES[state]
    for file in facts.lab.files.values():
        for name in (*file.helpers, *file.unused_helpers, *file.absent_helpers):
            found.setdefault(name, {})[file.kernel.series] = "n" if name in file.absent_helpers else "p"
    for name, kfunc in facts.catalogue.kfuncs.items():
        after = facts.catalogue.kernel_witness.features[name].after
        asked = [kernel.series for kernel in facts.catalogue.kfuncs_file.kernels]
        earlier = asked[: asked.index(after) + 1] if after else ()
        # A kernel without it that is no witness of its absence may be built without it, or it is gone.
        found[name] = dict.fromkeys(asked, "g") | dict.fromkeys(earlier, "n") | dict.fromkeys(kfunc.series, "p")
    return {name: "".join(by.get(s, _UNASKED) for s in facts.lab.series) for name, by in found.items()}
