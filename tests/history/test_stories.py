"""Stories of names against a plain reading of the same releases, for any history at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bpfref.history.reader import Trait
from bpfref.history.timeline import Point, findings
from bpfref.model.version import Version

SEEN = st.sampled_from(["with", "without", "unknown"])


def points(states: list[str]) -> list[Point]:
    names = {"with": {"X": Trait("define"), "Y": Trait("define")}, "without": {"Y": Trait("define")}, "unknown": None}
    return [Point(Version(5, n), f"v5.{n}", names[state]) for n, state in enumerate(states)]


@given(st.lists(SEEN, min_size=1, max_size=12))
def test_a_story_agrees_with_what_was_seen(states: list[str]) -> None:
    finding = findings(points(states)).get("X")
    known = [(n, state) for n, state in enumerate(states) if state != "unknown"]
    if "with" not in states:
        assert finding is None
        return
    assert finding is not None
    assert finding.first == states.index("with")
    before = [n for n, state in known if n < finding.first]
    assert finding.after == (before[-1] if before else None)
    runs = [n for n, state in known if n > finding.first]
    absent = set()
    for gone, back in finding.gaps:
        assert (states[gone], states[back]) == ("without", "with")
        absent |= {n for n in runs if gone <= n < back}
    if finding.gone is not None:
        absent |= {n for n in runs if n >= finding.gone}
    assert absent == {n for n in runs if states[n] == "without"}


@given(st.lists(SEEN, min_size=1, max_size=12))
def test_a_release_that_could_not_be_read_changes_no_answer_but_widens_it(states: list[str]) -> None:
    """Without the unknown releases the story is the same, told with the releases that are left."""
    whole = points(states)
    left = [point for point in whole if point.names is not None]
    one, other = findings(whole).get("X"), findings(left).get("X")
    assert (one is None) == (other is None)
    if one and other:
        assert whole[one.first] == left[other.first]
        assert (one.after is None) == (other.after is None)
        assert len(one.gaps) == len(other.gaps)
