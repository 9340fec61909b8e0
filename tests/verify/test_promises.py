"""What an example promises, and what comes of it: tables of results that keep a promise and of those that break it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bpfref import store
from bpfref.errors import DataError, SourceError
from bpfref.formats.regions import parse_regions
from bpfref.model.example import Element, Example, ExampleFolder, Expect, Run
from bpfref.verify.judge import judge

OUTPUT = Expect(output=("pid <a> and <b>", "again <a>", "a+b (all)"), varying={"a": r"\d+", "b": r"\d+"})


@pytest.mark.parametrize(
    ("output", "kept"),
    [
        ("pid 12 and 7\nagain 12\na+b (all)\n", True),
        ("pid 12 and 7\nagain 12\na+b (all)", True),
        ("pid 12 and 7\nagain 7\na+b (all)\n", False),
        ("pid 12 and x\nagain 12\na+b (all)\n", False),
        ("pid 12 and 7\nagain 12\na+b (all)\nmore\n", False),
        ("more\npid 12 and 7\nagain 12\na+b (all)\n", False),
        ("pid 12 and 7\nagain 12\naab (all)\n", False),
        ("", False),
    ],
)
def test_an_output_is_compared_to_the_last_character(output: str, kept: bool) -> None:
    assert (OUTPUT.match_output(output) == list(OUTPUT.output)) is kept


def test_no_output_is_a_promise_too() -> None:
    assert Expect().match_output("") == []
    assert Expect().match_output("a word\n") is None


def test_a_message_is_that_of_the_series_or_of_the_one_before() -> None:
    expect = Expect("rejected", {"v6.1": "b+", "v5.10": "a+"})
    found = [expect.message_on(series) for series in ("v5.9", "v5.10", "v5.15", "v6.1", "v6.12")]
    assert found == [None, "a+", "a+", "b+", "b+"]


RUNS = Example(
    "t",
    "t",
    ("BPF_PROG_TYPE_XDP",),
    "v5.10",
    Expect(maps={"m": (Element(1, 5), Element(2, sum=6))}, variables={"v": 1}),
    runs=(Run("p", "XDP_PASS", out="0102"), Run("p", -1)),
)
ACCEPTED: dict[str, Any] = {
    "verdict": "accepted",
    "instructions": {"p": 7},
    "runs": [{"returns": 2, "out": "010203"}, {"returns": 4294967295, "out": ""}],
    "maps": {"m": [[1, 5], [2, [1, 2, 3]]]},
    "variables": {"v": 1},
    "output": "",
}
REFUSED = {"verdict": "rejected", "message": "unknown func", "log": ""}
REJECTED = replace(RUNS, runs=(), expect=Expect("rejected", {"v5.10": "R[0-9] unbounded"}))
PRINTS = replace(RUNS, runs=(), expect=Expect(output=("one",)))
CONSTANTS = {"XDP_PASS": 2}

BROKEN: list[tuple[Example, dict[str, Any], str]] = [
    (RUNS, {"runs": [{"returns": 1, "out": "010203"}, {"returns": 4294967295, "out": ""}]}, "should return XDP_PASS"),
    (RUNS, {"runs": [{"returns": 2, "out": "0302"}, {"returns": 4294967295, "out": ""}]}, "should begin with 0102"),
    (RUNS, {"runs": [{"returns": 2, "out": "010203"}]}, "1 of 2 runs came to an end"),
    (RUNS, {"runs": []}, "0 of 2 runs came to an end"),
    (RUNS, {"maps": {"m": [[1, 6], [2, [1, 2, 3]]]}}, "m[1] is 6, and should be 5"),
    (RUNS, {"maps": {"m": [[1, None], [2, [1, 2, 3]]]}}, "m[1] is null"),
    (RUNS, {"maps": {"m": [[1, 5], [2, [1, 2]]]}}, "m[2] is 3 in sum, and should be 6"),
    (RUNS, {"maps": {"m": [[1, 5], [2, None]]}}, "m[2] is None in sum"),
    (RUNS, {"variables": {"v": 0}}, "variable v is 0"),
    (RUNS, {"output": "a line\n"}, "the output is not as promised"),
    (RUNS, {"failed": "program p cannot be run so"}, "cannot be run so"),
    (RUNS, {"trouble": "it did not end in its time"}, "did not end"),
    (RUNS, {"left": ["map 7"]}, "it left behind: map 7"),
    (RUNS, {"complaints": ["WARNING: kernel/bpf/core.c:1"]}, "the kernel complains: WARNING: kernel"),
    (RUNS, REFUSED, "it was rejected and should be accepted: unknown func"),
    (REJECTED, {}, "it was accepted and should be rejected"),
    (REJECTED, REFUSED, "it was rejected with 'unknown func'"),
    (REJECTED, {**REFUSED, "message": "R1 unbounded memory"}, "it was rejected with"),
    (PRINTS, {"output": "one\n", "exit": 1}, "ended with 1, and should with 0"),
    (PRINTS, {"output": "one\n"}, "ended with None"),
    (PRINTS, {"output": "two\n", "exit": 0}, "the output is not as promised"),
]
KEPT = [(RUNS, {}), (REJECTED, {**REFUSED, "message": "R1 unbounded"}), (PRINTS, {"output": "one\n", "exit": 0})]


def result(definition: Example, changed: dict[str, Any], series: str = "v6.1") -> tuple[str | None, str]:
    """The outcome and the problems."""
    came = ACCEPTED if definition.runs else {key: ACCEPTED[key] for key in ("verdict", "output")}
    judged = judge(ExampleFolder("t", definition, {}), {**came, **changed}, series, CONSTANTS.get)
    assert (judged.record is None) is bool(judged.problems)
    return judged.record.outcome if judged.record else None, "\n".join(judged.problems)


@pytest.mark.parametrize(("definition", "changed", "words"), BROKEN)
def test_a_broken_promise_is_told(definition: Example, changed: dict[str, Any], words: str) -> None:
    outcome, problems = result(definition, changed)
    assert outcome is None
    assert words in problems


@pytest.mark.parametrize(("definition", "changed"), KEPT)
def test_a_kept_promise_passes(definition: Example, changed: dict[str, Any]) -> None:
    assert result(definition, changed) == ("passed", "")


def test_from_until_on_a_kernel_must_take_it() -> None:
    lifted = replace(REJECTED, until="v6.1")
    assert result(lifted, {**REFUSED, "message": "R1 unbounded"}, "v5.10") == ("passed", "")
    assert result(lifted, {}, "v6.1") == ("lifted", "")
    assert "until says that v6.1 takes it" in result(lifted, {**REFUSED, "message": "R1 unbounded"}, "v6.1")[1]
    assert "should be rejected" in result(lifted, {}, "v5.10")[1]


@pytest.mark.parametrize("until", ["v5.10", "v5.4"])
def test_until_is_later_than_since(until: str) -> None:
    with pytest.raises(ValueError, match="until is not later"):
        replace(REJECTED, until=until)


def test_until_is_for_what_is_rejected() -> None:
    with pytest.raises(ValueError, match="until is for programs"):
        replace(RUNS, until="v6.1")


def test_what_fails_for_want_of_a_module_is_not_tried() -> None:
    folder = ExampleFolder("t", replace(PRINTS, modules=("veth",)), {})
    failed = {"verdict": "accepted", "output": "no such device\n", "exit": 1}
    untried = judge(folder, failed, "v6.1", CONSTANTS.get, ["veth"]).record
    assert untried is not None
    assert (untried.outcome, untried.message) == ("untried", "veth: no package of this kernel has the module")
    assert judge(folder, failed, "v6.1", CONSTANTS.get).record is None
    kept = judge(folder, {**failed, "output": "one\n", "exit": 0}, "v6.1", CONSTANTS.get, ["veth"]).record
    assert kept is not None
    assert kept.outcome == "passed"


def test_a_log_is_kept_without_what_differs_from_boot_to_boot() -> None:
    log = "0: (18) r1 = 0xffff9d4fc5a7b000\n1: (b7) r0 = 0xffff\nverification time 71 usec\nR1 unbounded"
    folder = ExampleFolder("t", REJECTED, {})
    judged = judge(folder, {**REFUSED, "message": "R1 unbounded", "log": log}, "v6.1", CONSTANTS.get)
    assert judged.log == "0: (18) r1 = 0xffff…\n1: (b7) r0 = 0xffff\nR1 unbounded\n"


def test_before_since_an_example_must_not_pass() -> None:
    younger = replace(RUNS, since="v6.6")
    assert "correct it" in result(younger, {})[1]
    assert result(younger, REFUSED) == ("unsupported", "")
    assert "left behind" in result(younger, {**REFUSED, "left": ["map 7"]})[1]
    assert "did not end" in result(younger, {**REFUSED, "trouble": "it did not end in its time"})[1]


def test_nothing_at_all_is_no_verdict() -> None:
    judged = judge(ExampleFolder("t", RUNS, {}), {"output": "", "left": []}, "v6.1", CONSTANTS.get)
    assert judged.record is None


@pytest.mark.parametrize(
    ("definition", "files", "words"),
    [
        (replace(RUNS, runs=(), expect=Expect()), (), "nothing but loading is tested"),
        (replace(RUNS, runs=(), expect=Expect()), ("user.py",), "the output of the user side is not tested"),
        (PRINTS, (), "neither user.py nor user.c"),
        (replace(PRINTS, expect=Expect(output=("<a>",), varying={"a": ".*"})), ("user.py",), "'.*' takes anything"),
        (replace(PRINTS, expect=Expect(output=("<a>",), varying={"a": "(?s:.*)"})), ("user.py",), "takes anything"),
        (replace(REJECTED, expect=Expect("rejected", {"v5.10": ".*"})), (), "takes anything"),
        (REJECTED, ("user.py",), "cannot run"),
    ],
)
def test_a_promise_that_cannot_be_broken_is_told(definition: Example, files: tuple[str, ...], words: str) -> None:
    assert words in "\n".join(definition.find_idle(dict.fromkeys(files, b"")))


@pytest.mark.parametrize("definition", [RUNS, REJECTED])
def test_a_promise_that_can_be_broken_is_not_told(definition: Example) -> None:
    assert list(definition.find_idle({})) == []


HEAD = "title: t\nteaches: t\nsubjects: [BPF_PROG_TYPE_XDP]\nsince: v5.8\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("expect: {output: [<a>]}\n", "<a> stands either in output or in varying alone"),
        ("expect: {output: [a], varying: {a: b}}\n", "<a> stands either in output or in varying alone"),
        ("expect: {verdict: rejected}\n", "message belongs to the verdict rejected"),
        ("expect: {message: {v5.8: a}}\n", "message belongs to the verdict rejected"),
        ("expect: {verdict: rejected, message: {v5.8: '('}}\n", "is no regular expression"),
        ("expect: {verdict: refused}\n", "'accepted' or 'rejected'"),
        ("expect: {variables: {a: 1}}\n", "there is none"),
        ("expect: {}\nruns: [{program: a, returns: 1, data: '0'}]\n", "hexadecimal"),
        ("expect: {}\nkernels: [v5.8]\n", "unknown key 'kernels'"),
    ],
)
def test_a_definition_with_a_fault_names_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(HEAD + text)
    with pytest.raises(DataError, match=r"example\.yaml:\d+: ") as caught:
        store.read(path, Example)
    assert words in str(caught.value)


def test_regions_lose_their_marks_and_their_indentation() -> None:
    text = "a\n\t// region one\n\tb\n\n\t\tc\n\t// endregion\n# region two\nd\n# endregion\n"
    shown = parse_regions(text, "t.c")
    assert shown.regions == {"one": "b\n\n\tc\n", "two": "d\n"}
    assert shown.whole == "a\n\tb\n\n\t\tc\nd\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("// region a\n", 1, "never closed"),
        ("a\n// endregion\n", 2, "closes nothing"),
        ("// region a\n// region b\n// endregion\n", 2, "do not nest"),
        ("// region\n// endregion\n", 1, "needs a name"),
        ("// region a\n// endregion\n// region a\n// endregion\n", 3, "a name of its own"),
    ],
)
def test_crossed_marks_are_told(text: str, line: int, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        parse_regions(text, "t.c")
    assert caught.value.line == line
