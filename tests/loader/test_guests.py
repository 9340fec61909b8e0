"""The loader in guests of the oldest and the newest kernel: one boot for each, at once, a test for each claim."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from bpfref.errors import BpfrefError
from bpfref.kernels.lab import run_jobs
from bpfref.kernels.outcome import Job, Outcome
from bpfref.layout import Layout
from bpfref.loader.pack import pack_runtime
from bpfref.model.kernel import Kernel
from loader import in_guest
from loader.conftest import read_tutorial

pytestmark = pytest.mark.kernel

SERIES = ("v5.10", "v7.3")
MODULES = ("sch_ingress", "cls_bpf")  # for filters of tc
SECONDS = 120.0

Results = Mapping[str, str]


@pytest.fixture(scope="session")
def results_of(
    kernel_of: Callable[[str], Kernel], layout: Layout, objects: Mapping[str, bytes]
) -> Callable[[str], Results]:
    """What went wrong with each claim on a series; all series run at once."""
    script = Path(in_guest.__file__).read_bytes()
    tutorial = read_tutorial("python").encode()

    files = {**pack_runtime(), **objects, "in_guest.py": script, "exec.py": tutorial}
    job = Job(("python3", "in_guest.py"), files, MODULES, timeout=SECONDS)

    @cache
    def run_all() -> Mapping[str, Outcome | BpfrefError]:
        came = run_jobs([(kernel_of(series), job) for series in SERIES], layout.cache)
        return dict(zip(SERIES, came, strict=True))

    def results(series: str) -> Results:
        outcome = run_all()[series]
        assert isinstance(outcome, Outcome), str(outcome)
        assert outcome.exit == 0, outcome.output
        assert outcome.complaints == []
        return {each["check"]: each["why"] for each in outcome.results}

    return results


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("claim", [check.__name__ for check in in_guest.CHECKS])
def test_in_a_guest(claim: str, series: str, results_of: Callable[[str], Results]) -> None:
    results = results_of(series)
    assert claim in results, json.dumps(list(results))
    assert not results[claim], results[claim]


def test_the_tutorial_has_no_more_lines_than_it_says() -> None:
    assert len([line for line in read_tutorial("python").splitlines() if line]) <= 30


def test_claims_have_names_of_their_own() -> None:
    names = [check.__name__ for check in in_guest.CHECKS]
    assert len(names) == len(set(names))
