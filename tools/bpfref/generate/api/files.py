"""The files of `api/v1`: their names, their JSON and the JSON Schemas that they keep to."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from pydantic import TypeAdapter

from bpfref.generate.api import features, kernels
from bpfref.generate.facts import Facts
from bpfref.layout import APART, apart
from bpfref.model.entry import Entry
from bpfref.model.product import CONTRACT, All, Feature, Index, Kernel, KernelSummary, Summary

FOLDER = "api/v1"
SCHEMAS = f"{FOLDER}/schema"
SHAPES: dict[str, type] = {"feature": Feature, "kernel": Kernel, "index": Index, "all": All}


def files(facts: Facts) -> Iterator[tuple[str, str]]:
    """Path below the site and text of every file, but for the schemas; the same facts give the same bytes."""
    entries = list(facts.catalogue.all_entries)
    found = _gather(facts)
    for entry, each in zip(entries, found.features, strict=True):
        yield f"{FOLDER}/{feature_file(entry)}", dump(each, 3)
    for kernel in found.kernels:
        yield f"{FOLDER}/{_kernel_file(kernel)}", dump(kernel, 2)
    text = dump(found, 1)
    yield f"{FOLDER}/all.json", text
    yield f"{FOLDER}/index.json", dump(_index(entries, found.kernels, text), 1)


def everything(facts: Facts) -> str:
    """The text of `all.json`."""
    return dump(_gather(facts), 1)


def _gather(facts: Facts) -> All:
    """The features in the catalogue's order, and the kernels oldest first."""
    return All(
        CONTRACT,
        tuple(kernels.kernel(facts, file) for file in facts.lab.files.values()),
        tuple(features.feature(facts, entry) for entry in facts.catalogue.all_entries),
    )


def schemas() -> Iterator[tuple[str, str]]:
    """Path below the documentation folder and text of every schema: the contract, kept in the repository."""
    for name, shape in SHAPES.items():
        schema = TypeAdapter(shape).json_schema()
        head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "version": CONTRACT}
        yield f"{SCHEMAS}/{name}.json", json.dumps(head | schema, indent=1, ensure_ascii=False) + "\n"


def feature_file(entry: Entry) -> str:
    """The file of an entry below `api/v1/`; with a mark where the page has one, beside a name in other case."""
    mark = APART if entry.page.endswith(apart("")) else ""
    return f"feature/{entry.kind}/{entry.name}{mark}.json"


def dump(value: Any, depth: int) -> str:
    """A shape as JSON on one line; `depth` folders below `api/` lies the file, which names its schema."""
    name = next(name for name, shape in SHAPES.items() if isinstance(value, shape))
    schema = {"$schema": f"{'../' * (depth - 1)}schema/{name}.json"}
    return json.dumps(schema | plain(value), ensure_ascii=False, separators=(",", ":")) + "\n"


def plain(value: Any) -> Any:
    """A shape as dicts, lists and scalars, without the keys that have their default."""
    if is_dataclass(value):
        pairs = ((each, getattr(value, each.name)) for each in fields(value))
        return {each.name: plain(found) for each, found in pairs if not _is_default(each, found)}
    if isinstance(value, dict):
        return {key: plain(found) for key, found in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(found) for found in value]
    return value


def _is_default(field: Any, value: Any) -> bool:
    if field.default is not MISSING:
        return bool(value == field.default)
    return field.default_factory is not MISSING and value == field.default_factory()


def _kernel_file(found: Kernel) -> str:
    return f"kernel/{found.series}.json"


def _index(entries: list[Entry], asked: tuple[Kernel, ...], text: str) -> Index:
    return Index(
        contract=CONTRACT,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        kinds=dict(Counter(str(entry.kind) for entry in entries)),
        kernels=tuple(KernelSummary(k.series, k.release, k.version, _kernel_file(k)) for k in asked),
        features=tuple(
            Summary(
                *(e.name, str(e.kind), feature_file(e), e.since.since if e.since else None, e.value),
                e.version.since if e.version else None,
            )
            for e in entries
        ),
    )
