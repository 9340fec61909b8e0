"""The enums of the UAPI header that number entries, and which of their members are entries."""

from __future__ import annotations

from bpfref.model.entry import Kind
from bpfref.model.uapi import Constant, Group

KIND_OF_ENUM = {
    "bpf_prog_type": Kind.PROGRAM_TYPE,
    "bpf_map_type": Kind.MAP_TYPE,
    "bpf_cmd": Kind.COMMAND,
    "bpf_attach_type": Kind.ATTACH_TYPE,
    "bpf_link_type": Kind.LINK_TYPE,
}
HELPER_IDS = "bpf_func_id"


def entries(group: Group) -> tuple[Constant, ...]:
    """The members that a reader can use: no `…_UNSPEC`, no counters, nothing behind them, no aliases.

    A member spelled `X_DEPRECATED` stands here as X, deprecated, where the header has X as its alias.
    """
    numbered = group.members[: next((i for i, m in enumerate(group.members) if m.sentinel), None)]
    plain = {m.name for m in numbered}
    return tuple(
        member
        for member in numbered
        if not (member.value == 0 and member.name.endswith("_UNSPEC"))
        and not (member.alias_of and not _is_undeprecated(member))
        and not (member.name.endswith("_DEPRECATED") and member.name.removesuffix("_DEPRECATED") in plain)
    )


def _is_undeprecated(member: Constant) -> bool:
    """X = X_DEPRECATED: the name that programs write."""
    return member.alias_of == f"{member.name}_DEPRECATED"


def helper_of(number: Constant) -> str:
    """The helper that a member of `enum bpf_func_id` numbers: `BPF_FUNC_loop` is of `bpf_loop`."""
    return number.name.replace("BPF_FUNC_", "bpf_", 1)
