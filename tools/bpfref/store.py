"""YAML and the model: read with a schema, report every fault by file and line, write stably."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml
from pydantic import TypeAdapter, ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bpfref.errors import DataError
from bpfref.files import read_text, write_text

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

T = TypeVar("T")

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_WIDTH = 100
_TAG = "tag:yaml.org,2002:"


def read(path: Path, schema: type[T]) -> T:
    """Read a YAML file as `schema`, a frozen dataclass of the model.

    DataError with file and line for the first fault that YAML itself has, else for the first that
    the schema finds; `problems` gives them all.
    """
    with uncollected():
        root = _compose(path)
        try:
            return _validate(root, path, schema)
        except ValidationError as error:
            raise _faults(error, root, path)[0] from error


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection while files are read.

    Trees of nodes have no cycles, and the collector walks them again and again: half of the time to read them.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def problems(path: Path, schema: type[Any]) -> Iterator[DataError]:
    """All faults of a YAML file against `schema`, in the order of their lines."""
    try:
        root = _compose(path)
        _validate(root, path, schema)
    except DataError as error:
        yield error
    except ValidationError as error:
        yield from _faults(error, root, path)


def _validate(root: Node, path: Path, schema: type[T]) -> T:
    """The tree goes in as JSON, so that the schema sees what was written and converts nothing."""
    adapter: TypeAdapter[T] = _adapter(cast("Any", schema))
    return adapter.validate_json(json.dumps(_value(root, path)))


def _faults(error: ValidationError, root: Node, path: Path) -> list[DataError]:
    faults = [_explain(fault, root, path) for fault in error.errors()]
    return sorted(faults, key=lambda fault: fault.line or 0)


class Lines:
    """Where things stand in a YAML file, which is read when the first is asked for."""

    def __init__(self, path: Path):
        self._path = path

    @cached_property
    def _root(self) -> Node:
        return _compose(self._path)

    def of(self, *place: str | int) -> int | None:
        """The line of what keys, numbers and plain members of lists lead to; None where they lead nowhere."""
        node: Node | None = self._root
        line: int | None = None
        for step in place:
            node, line = _step(node, step) if node else (None, None)
        return line


def _step(node: Node, step: str | int) -> tuple[Node | None, int | None]:
    if isinstance(node, MappingNode):
        return next(((item, key.start_mark.line + 1) for key, item in node.value if key.value == step), (None, None))
    inner = _child(node, step)
    if inner is None and isinstance(node, SequenceNode):
        inner = next((item for item in node.value if item.value == step), None)
    return inner, inner.start_mark.line + 1 if inner else None


def write(path: Path, facts: object, comment: str) -> bool:
    """Write a dataclass of the model as YAML under a comment; True when the file changed."""
    return write_text(path, dump(facts, comment))


def dump(facts: object, comment: str) -> str:
    """The YAML text: keys in the order of the dataclass, values that are defaults left out."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    body = yaml.dump(
        _plain(facts),
        Dumper=_DUMPER,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
        default_flow_style=None,
    )
    return head + str(body)


def _plain(value: object) -> object:
    """A dataclass as dictionaries and lists, without what is as by default."""
    if is_dataclass(value) and not isinstance(value, type):
        present = {f.name: getattr(value, f.name) for f in fields(value)}
        kept = {f.name: present[f.name] for f in fields(value) if present[f.name] != _default(f)}
        return {name: _plain(item) for name, item in kept.items()}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _default(field: Field[Any]) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()


@lru_cache
def _adapter(schema: Any) -> TypeAdapter[Any]:
    return TypeAdapter(schema)


def _compose(path: Path) -> Node:
    """The node tree, whose marks know the lines."""
    text = read_text(path)
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DataError(_yaml_advice(str(error.problem)), path, mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise DataError(f"no YAML: {error}".replace("\n", " "), path) from error
    if root is None:
        raise DataError("empty: restore it, or regenerate it if a command writes it", path, 1)
    return root


def _yaml_advice(problem: str) -> str:
    """libyaml's complaint, with the repair where it does not name the cause."""
    if "cannot start any token" in problem:
        return f"{problem}: indent with spaces, not tabs, and quote text that begins with a special character"
    return f"{problem}: mend the YAML here"


def _value(node: Node, path: Path) -> object:
    if isinstance(node, MappingNode):
        return _mapping(node, path)
    if isinstance(node, SequenceNode):
        return [_value(item, path) for item in node.value]
    return _scalar(node, path)


def _mapping(node: MappingNode, path: Path) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, item in node.value:
        name = key.value if isinstance(key, ScalarNode) else None
        if name is None:
            raise DataError("a key must be a plain name", path, key.start_mark.line + 1)
        if name in result:
            raise DataError(f"{name!r} is here twice: keep one of them", path, key.start_mark.line + 1)
        result[name] = _value(item, path)
    return result


def _scalar(node: Node, path: Path) -> object:
    """Text, integers, booleans and null; a number with a point is most likely a version."""
    kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
    if kind == "str":
        return text
    if kind == "null":
        return None
    line = node.start_mark.line + 1
    if kind == "float":
        raise DataError(
            f"{text} is read as a number and would lose its zeros: write a version as 'v{text}'",
            path,
            line,
        )
    if kind in {"int", "bool"}:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, on one scalar
    raise DataError(f"{text!r} is read as {kind}: put it in quotes", path, line)


def _explain(fault: ErrorDetails, root: Node, path: Path) -> DataError:
    """One fault of the schema in words, at its line."""
    place = list(fault["loc"])
    node, trail = _locate(root, place)
    where = ".".join(trail) or "the file"
    name = str(place[-1]) if place else ""
    message = {
        "unexpected_keyword_argument": f"unknown key {name!r}: remove it or correct its spelling",
        "missing": f"{name!r} is missing: add it",
        "missing_argument": f"{name!r} is missing: add it",
        "string_type": f"{where} must be text: put it in quotes",
        "int_type": f"{where} must be a whole number",
        "value_error": f"{where}: {fault['msg'].removeprefix('Value error, ')}",
    }.get(fault["type"], f"{where}: {fault['msg']}")
    return DataError(message, path, node.start_mark.line + 1)


def _locate(root: Node, place: list[str | int]) -> tuple[Node, list[str]]:
    """The deepest node on the way to `place`, and the way's names."""
    node = root
    trail: list[str] = []
    for step in place:
        inner = _child(node, step)
        if inner is None:
            break
        node, trail = inner, [*trail, str(step)]
    return node, trail


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: Node = node.value[step]
        return found
    if isinstance(node, MappingNode):
        return next((item for key, item in node.value if key.value == str(step)), None)
    return None
