"""`requires.span`: what follows for a release from facts and from kernels of other releases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpfref.model.since import Since
from bpfref.model.version import Version
from bpfref.requires.span import Answer, Span, Verdict, later

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN


def lab(**answers: Verdict) -> dict[Version, Answer]:
    return {Version.parse(name.replace("_", ".")): Answer(verdict, "it said so") for name, verdict in answers.items()}


def since(release: str, until: str | None = None) -> Since:
    return Since(release, until=until)


ASKED = lab(v5_10=NO, v6_1=YES, v6_12=YES)
TABLE = [
    ("the kernel itself", Span(lab=ASKED), "v5.10", NO, False),
    ("an older one has it", Span(lab=ASKED), "v6.6", YES, False),
    ("a newer one has it not", Span(lab=ASKED), "v5.4", NO, False),
    ("newer than all asked", Span(lab=ASKED), "v7.0", YES, False),
    ("between a no and a yes", Span(lab=ASKED), "v5.15", UNKNOWN, False),
    ("between, and a claim that fits: after it", Span(claim=since("v5.13"), lab=ASKED), "v5.15", YES, True),
    ("between, and a claim that fits: before it", Span(claim=since("v5.16"), lab=ASKED), "v5.15", NO, True),
    ("between, and a claim that a kernel refutes", Span(claim=since("v6.8"), lab=ASKED), "v5.15", UNKNOWN, False),
    ("between, and a claim that an older one refutes", Span(claim=since("v5.4"), lab=ASKED), "v5.15", UNKNOWN, False),
    ("the kernel itself, against the claim", Span(claim=since("v6.8"), lab=ASKED), "v6.1", YES, False),
    ("before the floor", Span(floor=since("v5.15"), lab=lab(v6_1=YES)), "v5.14", NO, False),
    ("after the floor, nobody asked", Span(floor=since("v5.15"), lab=lab(v6_1=YES)), "v5.16", UNKNOWN, False),
    ("only facts", Span(since("v5.15"), since("v5.15")), "v5.15", YES, False),
    ("only a table", Span(claim=Since("v5.15", evidence=("table",))), "v5.15", YES, True),
    ("only facts, before", Span(since("v5.15"), since("v5.15")), "v5.14", NO, False),
    ("gone", Span(since("v4.4"), since("v4.4", "v6.0")), "v6.1", NO, False),
    ("gone between", Span(lab=lab(v6_1=YES, v6_12=NO)), "v6.6", UNKNOWN, False),
    ("gone before the newest", Span(lab=lab(v6_1=YES, v6_12=NO)), "v7.0", UNKNOWN, False),
    ("nothing known", Span(), "v6.1", UNKNOWN, False),
    ("an unclear answer bounds nothing", Span(claim=since("v5.4"), lab=lab(v6_1=UNKNOWN)), "v6.6", YES, True),
    ("an unclear answer stands for itself", Span(claim=since("v5.4"), lab=lab(v6_1=UNKNOWN)), "v6.1", UNKNOWN, False),
    ("nobody looks yet", Span(since("v5.14"), since("v5.14"), unless=Version(5, 14)), "v5.10", YES, False),
    ("missing it may not matter", Span(soft=since("v5.4")), "v5.3", UNKNOWN, False),
    ("there, and it matters not", Span(soft=since("v5.4")), "v5.4", YES, False),
    ("fixed", Span(fixed=Answer(NO, "never")), "v7.3", NO, False),
    ("fixed, but a kernel was looked into", Span(fixed=Answer(NO, "never"), lab=lab(v7_3=YES)), "v7.3", YES, False),
]


@pytest.mark.parametrize(
    ("span", "release", "verdict", "claimed"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_what_follows(span: Span, release: str, verdict: Verdict, claimed: bool) -> None:
    found = span.on(Version.parse(release))
    assert (found.verdict, found.claimed) == (verdict, claimed)
    assert found.why


def test_the_latest_of_several_unless_one_is_not_known() -> None:
    assert later(since("v5.10"), since("v5.2")) == since("v5.10")
    assert later(since("v5.10"), None) is None
    assert later() is None


def test_what_a_program_may_test_for_is_never_missed_for_sure() -> None:
    old, new = Version.parse("v5.10"), Version.parse("v6.1")
    span = Span(lab={old: Answer(Verdict.NO, "refused"), new: Answer(Verdict.YES, "accepted")})
    assert [span.on(v).verdict for v in (old, new)] == [Verdict.NO, Verdict.YES]
    tested = replace(span, tested=True)
    assert [tested.on(v).verdict for v in (old, new)] == [Verdict.UNKNOWN, Verdict.YES]
    assert tested.on(old).why == "refused; the program may test before it uses it"
