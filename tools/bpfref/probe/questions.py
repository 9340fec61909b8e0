"""The questions: all names and numbers that the header has, in the forms that the asking part takes. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bpfref.catalogue import Catalogue
from bpfref.errors import DataError
from bpfref.model.helper import Helper, Parameter
from bpfref.model.kfunc import Origin
from bpfref.model.numbered import HELPER_IDS, KIND_OF_ENUM, entries
from bpfref.model.uapi import Field
from bpfref.probe.controls import FALSE_KFUNC
from bpfref.probe.recipes import (
    ATTACHMENTS,
    MAP_COMMANDS,
    MAP_FLAGS,
    MAP_PROGRAMS,
    MAPS,
    ONLY_ATTACHED,
    PROGRAM_FLAGS,
    PROGRAMS,
    SPECIAL_FIELDS,
    MapRecipe,
    Recipe,
)

VERSION = 2
"""Counts up when the asking part changes what it asks or answers: older data are then not current."""

KERNEL = "vmlinux"
"""Stands for the image itself where modules are named."""

_SIZES = frozenset({1, 2, 4, 8})
_BEYOND = 100_000
_FAMILIES = ["BPF_PROG_TYPE_", "BPF_MAP_TYPE_", "BPF_FUNC_", "BPF_LINK_TYPE_"]

Json = dict[str, object]


@dataclass(frozen=True)
class Questions:
    """What is asked, as JSON carries it; `open` are enumerators that nobody has written a recipe for."""

    values: Json
    open: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Names the questions: the same digest, the same questions."""
        text = json.dumps([VERSION, self.values], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def make_questions(facts: Catalogue, kfuncs: Mapping[str, Iterable[str]]) -> Questions:
    """All questions; `kfuncs` are candidates by module, `vmlinux` for the kernel itself.

    DataError when the header lacks a name that a recipe needs.
    """
    numbers = {name: c.value for name, c in facts.constants.items() if c.value is not None}
    numbers |= {name: c.value for g in facts.constants_file.groups for c in g.members if (name := c.name) and c.value}
    by_enum = {enum: {m.name: m.value or 0 for m in entries(facts.groups[enum])} for enum in KIND_OF_ENUM}
    helpers = {m.name.replace("BPF_FUNC_", "bpf_", 1): m.value for m in entries(facts.groups[HELPER_IDS]) if m.value}
    enumerators = {name: number for family in by_enum.values() for name, number in family.items()}
    enumerators |= {m.name: m.value for m in entries(facts.groups[HELPER_IDS]) if m.value}
    map_flags: dict[str, int] = {m.name: m.value or 0 for m in facts.groups[MAP_FLAGS].members if not m.alias_of}
    enumerators |= map_flags
    contexts = {context.type for context in facts.contexts.contexts.values()}
    values: Json = {
        "constants": dict(sorted(numbers.items())),
        "layouts": dict(_layouts(facts)),
        "commands": by_enum["bpf_cmd"],
        "attach_types": by_enum["bpf_attach_type"],
        "link_types": by_enum["bpf_link_type"],
        "families": _FAMILIES,
        "enumerators": enumerators,
        "program_flags": {name: numbers[name] for name in _program_flags(facts)},
        "map_flags": map_flags,
        "variants": list(_variants(by_enum["bpf_prog_type"], numbers)),
        "helpers": helpers,
        "no_helper": _BEYOND,
        "kinds": {h.name: kinds for h in facts.helpers_file.helpers if (kinds := kinds_of(h, contexts)) is not None},
        "maps": {name: _map(MAPS[name], numbers) for name in by_enum["bpf_map_type"] if name in MAPS},
        "special_fields": list(SPECIAL_FIELDS),
        "map_commands": list(MAP_COMMANDS),
        "map_programs": [variant_name(program, PROGRAMS[program][0]) for program in MAP_PROGRAMS],
        "tools": {"current_task": helpers["bpf_get_current_task_btf"], "socket_offset": _socket_offset(facts)},
        "kfuncs": {module: sorted(names) for module, names in sorted(kfuncs.items())},
    }
    return Questions(values, tuple(_open(by_enum)))


def kinds_of(helper: Helper, contexts: Iterable[str]) -> list[str] | None:
    """What to give for each parameter; None where a short program cannot make it."""
    first = [_kind(p, set(contexts), place) for place, p in enumerate(helper.parameters) if p.type != "..."]
    return None if None in first else [kind for kind in first if kind]


def find_kfuncs(facts: Catalogue, series: str, *, modules: bool) -> dict[str, list[str]]:
    """The kernel functions that the data know of a series, by module, and one function that is none.

    `modules` says whether the kernel's modules are to be had.
    """
    found: dict[str, list[str]] = {KERNEL: [FALSE_KFUNC]}
    for name, kfunc in facts.kfuncs.items():
        for form in kfunc.forms:
            here = series in form.series and form.origin is Origin.IMAGE
            if here and (form.module is None or modules):
                found.setdefault(form.module or KERNEL, []).append(name)
    return found


def find_outdated(facts: Catalogue) -> Iterator[str]:
    """The series whose answers are to other questions than those that would be asked today."""
    modules = {kernel.series: kernel.modules is not None for kernel in facts.kfuncs_file.kernels}
    for file in facts.probes:
        series = file.kernel.series
        today = make_questions(facts, find_kfuncs(facts, series, modules=modules.get(series, False)))
        if file.kernel.questions != today.digest:
            yield series


_NAMED = {"map": "map", "ringbuf": "map", "prog_array_map": "map", "callback_fn": "callback", "callback_ctx": "zero"}
_OBJECTS = {"task": "task", "tsk": "task", "sk": "sock"}
_CONTEXTS = frozenset({"ctx", "skb", "skops", "bpf_socket", "reuse", "msg", "xdp_md", "bpf_sock"})
_OUT_OF_REACH = frozenset(
    {
        "bpf_dynptr",
        "bpf_timer",
        "bpf_spin_lock",
        "inode",
        "cgroup",
        "file",
        "seq_file",
        "linux_binprm",
        "path",
    }
)
_SIZE_WORDS = ("size", "len", "sz")


def _kind(parameter: Parameter, contexts: set[str], place: int) -> str | None:
    name, ctype = parameter.name or "", parameter.type
    if not ctype.endswith("*"):
        measures = name.endswith(_SIZE_WORDS) or name.startswith(_SIZE_WORDS)
        return "size" if measures else "zero"
    if name in _NAMED:
        return _NAMED[name]
    bare = ctype.removeprefix("const ").removesuffix("*").strip()
    if place == 0 and (bare in contexts or name in _CONTEXTS):
        return "context"
    if name in _OBJECTS:
        return _OBJECTS[name]
    if bare.removeprefix("struct ") in _OUT_OF_REACH or name in {"inode", "cgroup"}:
        return None
    return "memory"


def _variants(types: Mapping[str, int], numbers: Mapping[str, int]) -> Iterator[Json]:
    for program, number in types.items():
        for recipe in PROGRAMS.get(program, (Recipe(),)):
            if recipe.attach and recipe.attach not in numbers:
                raise DataError(f"{recipe.attach} is no attach type of the header: correct probe/recipes.py")
            target: Json | None = None
            if recipe.target:
                target = {"kind": recipe.target.kind, "names": list(recipe.target.names)}
                if recipe.target.extends:
                    context, helper = recipe.target.names
                    target |= {"prog_type": numbers[recipe.target.extends], "context": context}
                    target["helper"] = numbers[helper.replace("bpf_", "BPF_FUNC_", 1)]
            yield {
                "name": variant_name(program, recipe),
                "prog_type": number,
                "expected_attach_type": numbers[recipe.attach] if recipe.attach else 0,
                "prog_flags": sum(numbers[flag] for flag in recipe.flags),
                "attach": recipe.attach,
                "way": ATTACHMENTS.get(recipe.attach or "") or ATTACHMENTS.get(program),
                "target": target,
            }


def variant_name(program: str, recipe: Recipe) -> str:
    """`BPF_PROG_TYPE_LSM/BPF_LSM_MAC/exec/sleepable`."""
    words = (program, recipe.attach, recipe.label, "sleepable" if recipe.flags else "")
    return "/".join(word for word in words if word)


def _map(recipe: MapRecipe, numbers: Mapping[str, int]) -> Json:
    """A recipe with the numbers of its flags."""
    flags = recipe.get("map_flags")
    return {**recipe, **({"map_flags": numbers[str(flags)]} if flags else {})}


def _program_flags(facts: Catalogue) -> Iterator[str]:
    section = next((s for s in facts.sections.sections if s.slug == PROGRAM_FLAGS), None)
    if section is None:
        raise DataError(f"data/authored/constants.yaml has no section {PROGRAM_FLAGS}: give it one")
    yield from (member.name for lead in section.leads for member in facts.groups[lead].members)


def _layouts(facts: Catalogue) -> Iterator[tuple[str, dict[str, tuple[int, int]]]]:
    """Offset and size of each field of each command."""
    for command in facts.groups["bpf_cmd"].members:
        attributes = facts.attributes(command.name)
        if attributes:
            yield command.name, dict(_flat(attributes.fields))


def _flat(fields: Iterable[Field], prefix: str = "") -> Iterator[tuple[str, tuple[int, int]]]:
    for member in fields:
        if member.type in {"union", "struct"}:
            yield from _flat(member.fields, f"{prefix}{member.name}." if member.name else prefix)
        elif member.name and member.size in _SIZES and not member.array:
            yield prefix + member.name, (member.offset, member.size)


def _socket_offset(facts: Catalogue) -> int:
    found = next((f.offset for f in _walk(facts.structs["__sk_buff"].fields) if f.name == "sk"), None)
    if found is None:
        raise DataError("struct __sk_buff has no field sk: correct probe/questions.py")
    return found


def _walk(fields: Iterable[Field]) -> Iterator[Field]:
    for member in fields:
        yield member
        yield from _walk(member.fields)


def _open(by_enum: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Enumerators without recipe."""
    yield from (name for name in by_enum["bpf_prog_type"] if name not in PROGRAMS)
    yield from (name for name in by_enum["bpf_map_type"] if name not in MAPS)
    used = {recipe.attach for recipes in PROGRAMS.values() for recipe in recipes} | ONLY_ATTACHED
    yield from (name for name in by_enum["bpf_attach_type"] if name not in used)
    yield from (name for name in by_enum["bpf_cmd"] if name.startswith("BPF_MAP_") and not _asked_of_maps(name))


def _asked_of_maps(command: str) -> bool:
    return command in MAP_COMMANDS or command == "BPF_MAP_CREATE" or command.endswith("_ID")
