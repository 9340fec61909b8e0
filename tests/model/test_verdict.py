"""Witnesses weighed: agreement, doubt, disagreement; and what a published table adds."""

from __future__ import annotations

from itertools import permutations

import pytest

from bpfref.model.history import Sighting, Source, Witness, in_order
from bpfref.model.since import Since
from bpfref.model.verdict import Verdict, judge, releases_of

COMMIT = "a" * 40


def witness(releases: str, **names: str) -> Witness:
    """`witness("v5.0 v5.1", X="v5.0<v5.1")`: X is in v5.1, and was not in v5.0."""
    features = {}
    for name, bounds in names.items():
        after, _, since = bounds.rpartition("<")
        features[name] = Sighting(since, since, after or None)
    return Witness("git", tuple(releases.split()), features)


def verdict(claim: str | None, **witnesses: Witness) -> Verdict:
    table = Since(claim, COMMIT, evidence=("table",)) if claim else None
    return judge("X", witnesses, table, releases_of(witnesses, iter([claim] if claim else [])))


ALL = "v5.0 v5.1 v5.2 v5.3"


@pytest.mark.parametrize(
    ("claim", "witnesses", "expected"),
    [
        ("v5.1", {"a": witness(ALL, X="v5.0<v5.1")}, Since("v5.1", COMMIT, None, ("git: a v5.1", "table"))),
        (None, {"a": witness(ALL, X="v5.0<v5.1")}, Since("v5.1", None, None, ("git: a v5.1",))),
        ("v4.9", {"a": witness(ALL, X="v5.0")}, Since("v4.9", COMMIT, None, ("table", "git: a v5.0 or earlier"))),
        (None, {"a": witness("v4.9 v5.0", Y="v4.9"), "b": witness("v5.1", X="v5.1")}, Since("v5.1", None, None, ())),
        (
            None,
            {"a": witness("v5.0 v5.3", X="v5.0<v5.3"), "b": witness("v5.0 v5.2", Y="v5.0")},
            Since("v5.3", None, None, ("git: a v5.3", "git: b v5.2: absent")),
        ),
        (
            "v5.2",
            {"a": witness("v5.0 v5.3", X="v5.0<v5.3")},
            Since("v5.2", COMMIT, None, ("table", "git: a v5.3 or earlier")),
        ),
    ],
)
def test_witnesses_that_agree(claim: str | None, witnesses: dict[str, Witness], expected: Since) -> None:
    found = verdict(claim, **witnesses)
    assert found.conflicts == ()
    assert found.since is not None
    assert (found.since.since, found.since.commit) == (expected.since, expected.commit)
    assert not expected.evidence or found.since.evidence == expected.evidence


@pytest.mark.parametrize(
    "witnesses",
    [
        {"a": witness(ALL, X="v5.0")},
        {"a": witness("v5.0 v5.3", X="v5.0<v5.3")},
        {"a": witness("v5.0 v5.1", Y="v5.0")},
    ],
)
def test_what_is_left_open_is_not_guessed(witnesses: dict[str, Witness]) -> None:
    assert verdict(None, **witnesses) == Verdict(None)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("v5.3", "table says v5.3, but a has it in v5.2"),
        ("v5.1", "table says v5.1, but a lacks it in v5.1"),
        ("v5.0", "table says v5.0, but a lacks it in v5.1"),
    ],
)
def test_a_table_against_a_witness_is_told_and_does_not_win(claim: str, words: str) -> None:
    found = verdict(claim, a=witness(ALL, X="v5.1<v5.2"))
    assert found.conflicts == (words,)
    assert found.since == Since("v5.2", None, None, ("git: a v5.2",))


def test_two_witnesses_against_each_other_are_told_and_none_wins() -> None:
    a, b = witness(ALL, X="v5.0<v5.1"), witness(ALL, X="v5.1<v5.2")
    assert verdict(None, a=a, b=b) == Verdict(None, ("b lacks it in v5.1, a has it in v5.1",))


def test_a_witness_that_never_saw_a_name_lacks_it() -> None:
    found = verdict(None, a=witness(ALL, X="v5.0<v5.1"), b=witness(ALL, Y="v5.0"))
    assert found.conflicts == ("b lacks it in v5.3, a has it in v5.1",)


def test_a_name_of_another_sort_is_the_tables_alone() -> None:
    claim = Since("v5.0", COMMIT, evidence=("table",))
    assert judge("bpf_some_kfunc", {"a": witness(ALL, X="v5.0")}, claim, []) == Verdict(claim)


def test_gone_is_what_every_witness_that_saw_it_says() -> None:
    gone = Witness("git", ("v5.0", "v5.1", "v5.2"), {"X": Sighting("v5.1", "v5.1", "v5.0", until="v5.2")})
    found = verdict(None, a=gone)
    assert found.since is not None
    assert found.since.until == "v5.2"
    still = witness("v5.0 v5.1", X="v5.0<v5.1")
    both = verdict(None, a=gone, b=still)
    assert both.since is not None
    assert both.since.until == "v5.2"


def test_the_order_of_witnesses_does_not_matter_to_the_release() -> None:
    three = {
        "a": witness("v5.0 v5.3", X="v5.0<v5.3"),
        "b": witness("v5.0 v5.2", X="v5.0<v5.2"),
        "c": witness("v5.1", Y="v5.1"),
    }
    answers = {verdict(None, **dict(order)).since.since for order in permutations(three.items())}  # type: ignore[union-attr]
    assert answers == {"v5.2"}


def test_gaps_within_a_major_version_are_releases_too() -> None:
    assert in_order({"v4.19", "v5.9", "v5.11", "v4.20", "v5.12-rc1"}) == [
        *("v4.19", "v4.20", "v5.9", "v5.10", "v5.11", "v5.12-rc1"),
    ]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({}, "either tags or subjects"),
        ({"tags": "v(?P<release>.*)", "subjects": "v(?P<release>.*)"}, "either tags or subjects"),
        ({"tags": "v.*"}, "has no group"),
        ({"tags": "v(?P<release>"}, "is no regular expression"),
    ],
)
def test_a_description_that_cannot_work_is_refused(keys: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Source("https://example.org", **keys)  # type: ignore[arg-type]
