"""Maps in C, by the recipes of the prober. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bpfref.probe.recipes import MAPS

PLAIN_MAP = "BPF_MAP_TYPE_ARRAY"
# Best first; any other type that is taken comes after them.
_PREFERRED = (PLAIN_MAP, "BPF_MAP_TYPE_HASH")
_IN_NEED = frozenset({"BPF_MAP_TYPE_STRUCT_OPS", "BPF_MAP_TYPE_ARENA", "BPF_MAP_TYPE_INSN_ARRAY"})
_CGROUP = frozenset({"BPF_MAP_TYPE_CGROUP_STORAGE", "BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE"})


def choose_map(taken: Sequence[str]) -> str | None:
    """The type of those that a call takes which needs the least; None if each needs more than a short program has."""
    short = [name for name in taken if name not in _IN_NEED]
    return next((name for name in _PREFERRED if name in short), short[0] if short else None)


def define_map(name: str, map_type: str, flags: Mapping[str, int]) -> str:
    """A map by the recipe of its type."""
    recipe = MAPS[map_type]
    parts = [f"__uint(type, {map_type});"]
    parts += [f"__uint({key}, {recipe[key]});" for key in ("max_entries",) if key in recipe]
    if "map_flags" in recipe:
        parts.append(f"__uint(map_flags, {flags[str(recipe['map_flags'])]});")
    if recipe.get("btf"):
        parts += ["__type(key, int);", "__type(value, __u64);"]
    elif map_type in _CGROUP:
        parts += ["__type(key, struct bpf_cgroup_storage_key);", "__type(value, __u64);"]
    else:
        parts += [f"__uint({key}, {recipe[key]});" for key in ("key_size", "value_size") if key in recipe]
    if recipe.get("inner"):
        inner = MAPS[str(recipe["inner"])]
        sizes = " ".join(f"__uint({key}, {inner[key]});" for key in ("key_size", "value_size", "max_entries"))
        parts.append(f"__array(values, struct {{ __uint(type, {recipe['inner']}); {sizes} }});")
    return f'struct {{ {" ".join(parts)} }} {name} SEC(".maps");'
