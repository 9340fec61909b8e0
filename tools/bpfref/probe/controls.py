"""Answers that are known: no kernel is believed before it has given them. Pure.

A control speaks of a helper, map or function that every release of the lab has had in this way since
v5.10. One that is refused everywhere and one that is accepted everywhere are equally telling: a
classifier that calls everything the same must fail here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpfref.model.probe import Call, ProbeFile

FALSE_KFUNC = "vfs_read"
"""A function that the kernel's BTF describes and that no release offers to programs."""

_LEAST = 8  # controls of each answer that must have been asked, or nothing is proven


@dataclass(frozen=True)
class Control:
    """A helper in a variant, and whether the kernel lets it be called there."""

    helper: str
    variant: str
    accepted: bool


_T = "BPF_PROG_TYPE_"
CONTROLS = (
    Control("bpf_map_lookup_elem", f"{_T}SOCKET_FILTER", accepted=True),
    Control("bpf_skb_load_bytes", f"{_T}SOCKET_FILTER", accepted=True),
    Control("bpf_skb_store_bytes", f"{_T}SCHED_CLS", accepted=True),
    Control("bpf_redirect", f"{_T}XDP", accepted=True),
    Control("bpf_xdp_adjust_head", f"{_T}XDP", accepted=True),
    Control("bpf_get_current_task", f"{_T}KPROBE", accepted=True),
    Control("bpf_perf_prog_read_value", f"{_T}PERF_EVENT", accepted=True),
    Control("bpf_msg_redirect_map", f"{_T}SK_MSG/BPF_SK_MSG_VERDICT", accepted=True),
    Control("bpf_sock_ops_cb_flags_set", f"{_T}SOCK_OPS/BPF_CGROUP_SOCK_OPS", accepted=True),
    Control("bpf_sysctl_get_name", f"{_T}CGROUP_SYSCTL/BPF_CGROUP_SYSCTL", accepted=True),
    Control("bpf_bind", f"{_T}CGROUP_SOCK_ADDR/BPF_CGROUP_INET4_CONNECT", accepted=True),
    Control("bpf_sk_assign", f"{_T}SK_LOOKUP/BPF_SK_LOOKUP", accepted=True),
    Control("bpf_lwt_push_encap", f"{_T}LWT_IN", accepted=True),
    Control("bpf_seq_write", f"{_T}TRACING/BPF_TRACE_ITER", accepted=True),
    Control("bpf_copy_from_user", f"{_T}TRACING/BPF_TRACE_FENTRY/sleepable", accepted=True),
    Control("bpf_d_path", f"{_T}TRACING/BPF_TRACE_FENTRY/file", accepted=True),
    Control("bpf_xdp_adjust_head", f"{_T}SCHED_CLS", accepted=False),
    Control("bpf_xdp_adjust_head", f"{_T}SOCKET_FILTER", accepted=False),
    Control("bpf_skb_store_bytes", f"{_T}XDP", accepted=False),
    Control("bpf_skb_store_bytes", f"{_T}SOCKET_FILTER", accepted=False),
    Control("bpf_override_return", f"{_T}XDP", accepted=False),
    Control("bpf_redirect", f"{_T}SOCKET_FILTER", accepted=False),
    Control("bpf_bind", f"{_T}CGROUP_SOCK_ADDR/BPF_CGROUP_INET4_BIND", accepted=False),
    Control("bpf_sysctl_get_name", f"{_T}XDP", accepted=False),
    Control("bpf_msg_redirect_map", f"{_T}SCHED_CLS", accepted=False),
    Control("bpf_seq_write", f"{_T}XDP", accepted=False),
    Control("bpf_copy_from_user", f"{_T}TRACING/BPF_TRACE_FENTRY", accepted=False),
    Control("bpf_copy_from_user", f"{_T}SCHED_CLS", accepted=False),
    Control("bpf_d_path", f"{_T}TRACING/BPF_TRACE_FENTRY", accepted=False),
)

GPL = {"bpf_trace_printk": True, "bpf_get_current_task": True, "bpf_map_lookup_elem": False}
MAPS = {("bpf_redirect_map", "BPF_MAP_TYPE_DEVMAP"): True, ("bpf_redirect_map", "BPF_MAP_TYPE_HASH"): False}
OPERATIONS = {
    ("BPF_MAP_TYPE_HASH", "BPF_MAP_DELETE_ELEM"): True,
    ("BPF_MAP_TYPE_ARRAY", "BPF_MAP_DELETE_ELEM"): False,
    ("BPF_MAP_TYPE_RINGBUF", "mmap"): True,
    ("BPF_MAP_TYPE_HASH", "mmap"): False,
}
FLAGS = {
    ("BPF_MAP_TYPE_HASH", "BPF_F_NO_PREALLOC"): True,
    ("BPF_MAP_TYPE_ARRAY", "BPF_F_NO_PREALLOC"): False,
}


def find_contradictions(file: ProbeFile, *, no_helper: bool) -> Iterator[str]:
    """Sentences on known answers that the file gets wrong, or that too few were asked for.

    `no_helper` says whether the kernel called a number that no helper has unsupported in all variants.
    """
    if not no_helper:
        yield "a helper number that cannot exist was not refused as such in every program"
    asked = {True: 0, False: 0}
    for control in CONTROLS:
        found = _accepts(file, control)
        if found is None:
            continue
        asked[control.accepted] += 1
        if found is not control.accepted:
            yield f"{control.helper} in {control.variant} is known to be {_word(control.accepted)}, and is not"
    for answer, count in asked.items():
        if count < _LEAST:
            yield f"only {count} of the calls known to be {_word(answer)} could be asked"
    yield from _others(file)
    present = file.presence["program-type"].present
    for program in dict.fromkeys(variant.split("/")[0] for variant in file.variants.loads):
        if program not in present:
            yield f"{program} loads, and is not called present"


def _others(file: ProbeFile) -> Iterator[str]:
    for helper, gpl in GPL.items():
        if file.helpers.get(helper, Call()).gpl is not gpl:
            yield f"{helper} is known to be {'' if gpl else 'not '}for the GPL alone, and is not called so"
    for (helper, map_type), taken in MAPS.items():
        if (map_type in file.helpers.get(helper, Call()).maps) is not taken:
            yield f"{helper} is known to {'' if taken else 'not '}take {map_type}, and is not called so"
    for (map_type, operation), done in OPERATIONS.items():
        if map_type not in file.maps or (operation in file.maps[map_type].operations) is not done:
            yield f"{operation} is known to be {_word(done)} for {map_type}, and is not"
    for (map_type, flag), taken in FLAGS.items():
        if map_type not in file.maps or (flag in file.maps[map_type].flags) is not taken:
            yield f"{flag} is known to be {_word(taken)} for {map_type}, and is not"
    if FALSE_KFUNC in file.kfuncs:
        yield f"{FALSE_KFUNC} is known to be no function for programs, and was let pass"


def _accepts(file: ProbeFile, control: Control) -> bool | None:
    """Whether the file says that the call is accepted; None when the variant does not load."""
    if control.variant not in file.variants.loads:
        return None
    call = file.helpers.get(control.helper)
    return call is not None and control.variant in file.programs_of(call, file.helpers)


def _word(answer: bool) -> str:  # noqa: FBT001 - the word for it
    return "accepted" if answer else "refused"
