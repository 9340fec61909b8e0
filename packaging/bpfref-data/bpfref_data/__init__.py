"""What eBPF offers on which Linux kernel: the files of bpfref's `api/v1`, read when they are asked for."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

__all__ = ["contract", "feature", "features", "kernel", "kernels", "schema"]


@lru_cache(maxsize=1)
def _everything() -> dict[str, Any]:
    return _load("all.json")


def contract() -> str:
    """The version of the files' shapes, such as `1.0`."""
    return str(_everything()["contract"])


def features(kind: str | None = None) -> list[dict[str, Any]]:
    """All features, or those of a kind (`helper`, `kfunc`, `map-type` …)."""
    return [each for each in _everything()["features"] if kind in (None, each["kind"])]


def feature(name: str, kind: str | None = None) -> dict[str, Any]:
    """A feature by its name; KeyError if there is none."""
    found = [each for each in features(kind) if each["name"] == name]
    if not found:
        raise KeyError(name)
    return found[0]


def kernels() -> list[str]:
    """The series of the kernels that were asked, oldest first."""
    return [each["series"] for each in _everything()["kernels"]]


def kernel(series: str) -> dict[str, Any]:
    """A kernel by its series (`v6.12`): what is there, what programs may call; KeyError if it was not asked."""
    found: list[dict[str, Any]] = [each for each in _everything()["kernels"] if each["series"] == series]
    if not found:
        raise KeyError(series)
    return found[0]


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a shape: `feature`, `kernel`, `index` or `all`."""
    return _load(f"schema/{name}.json")


def _load(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__name__).joinpath("v1").joinpath(path).read_text(encoding="utf-8"))
    return found
