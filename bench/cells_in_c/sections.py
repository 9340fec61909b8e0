"""Variants as libbpf spells them: the section's name, and what has to be set beside it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_T = "BPF_PROG_TYPE_"
SLEEPABLE = "sleepable"

# By program type and attach type. A section with a slash at its end is followed by the target's name.
_SECTIONS = {
    f"{_T}SOCKET_FILTER": "socket",
    f"{_T}KPROBE": "kprobe",
    f"{_T}KPROBE/BPF_TRACE_KPROBE_MULTI": "kprobe.multi",
    f"{_T}KPROBE/BPF_TRACE_KPROBE_SESSION": "kprobe.session",
    f"{_T}KPROBE/BPF_TRACE_UPROBE_MULTI": "uprobe.multi",
    f"{_T}KPROBE/BPF_TRACE_UPROBE_SESSION": "uprobe.session",
    f"{_T}SCHED_CLS": "tc",
    f"{_T}SCHED_CLS/BPF_TCX_INGRESS": "tcx/ingress",
    f"{_T}SCHED_CLS/BPF_TCX_EGRESS": "tcx/egress",
    f"{_T}SCHED_CLS/BPF_NETKIT_PRIMARY": "netkit/primary",
    f"{_T}SCHED_CLS/BPF_NETKIT_PEER": "netkit/peer",
    f"{_T}SCHED_ACT": "action",
    f"{_T}TRACEPOINT": "tracepoint",
    f"{_T}XDP": "xdp",
    f"{_T}XDP/BPF_XDP": "xdp",
    f"{_T}XDP/BPF_XDP_DEVMAP": "xdp/devmap",
    f"{_T}XDP/BPF_XDP_CPUMAP": "xdp/cpumap",
    f"{_T}PERF_EVENT": "perf_event",
    f"{_T}CGROUP_SKB/BPF_CGROUP_INET_INGRESS": "cgroup_skb/ingress",
    f"{_T}CGROUP_SKB/BPF_CGROUP_INET_EGRESS": "cgroup_skb/egress",
    f"{_T}CGROUP_SOCK/BPF_CGROUP_INET_SOCK_CREATE": "cgroup/sock_create",
    f"{_T}CGROUP_SOCK/BPF_CGROUP_INET_SOCK_RELEASE": "cgroup/sock_release",
    f"{_T}CGROUP_SOCK/BPF_CGROUP_INET4_POST_BIND": "cgroup/post_bind4",
    f"{_T}CGROUP_SOCK/BPF_CGROUP_INET6_POST_BIND": "cgroup/post_bind6",
    f"{_T}LWT_IN": "lwt_in",
    f"{_T}LWT_OUT": "lwt_out",
    f"{_T}LWT_XMIT": "lwt_xmit",
    f"{_T}LWT_SEG6LOCAL": "lwt_seg6local",
    f"{_T}SOCK_OPS/BPF_CGROUP_SOCK_OPS": "sockops",
    f"{_T}SK_SKB/BPF_SK_SKB_STREAM_PARSER": "sk_skb/stream_parser",
    f"{_T}SK_SKB/BPF_SK_SKB_STREAM_VERDICT": "sk_skb/stream_verdict",
    f"{_T}SK_SKB/BPF_SK_SKB_VERDICT": "sk_skb/verdict",
    f"{_T}CGROUP_DEVICE/BPF_CGROUP_DEVICE": "cgroup/dev",
    f"{_T}SK_MSG/BPF_SK_MSG_VERDICT": "sk_msg",
    f"{_T}RAW_TRACEPOINT": "raw_tp",
    f"{_T}RAW_TRACEPOINT_WRITABLE": "raw_tp.w",
    f"{_T}SK_REUSEPORT": "sk_reuseport",
    f"{_T}SK_REUSEPORT/BPF_SK_REUSEPORT_SELECT": "sk_reuseport",
    f"{_T}SK_REUSEPORT/BPF_SK_REUSEPORT_SELECT_OR_MIGRATE": "sk_reuseport/migrate",
    f"{_T}FLOW_DISSECTOR/BPF_FLOW_DISSECTOR": "flow_dissector",
    f"{_T}CGROUP_SYSCTL/BPF_CGROUP_SYSCTL": "cgroup/sysctl",
    f"{_T}CGROUP_SOCKOPT/BPF_CGROUP_GETSOCKOPT": "cgroup/getsockopt",
    f"{_T}CGROUP_SOCKOPT/BPF_CGROUP_SETSOCKOPT": "cgroup/setsockopt",
    f"{_T}TRACING/BPF_TRACE_RAW_TP": "tp_btf/",
    f"{_T}TRACING/BPF_TRACE_FENTRY": "fentry/",
    f"{_T}TRACING/BPF_TRACE_FEXIT": "fexit/",
    f"{_T}TRACING/BPF_MODIFY_RETURN": "fmod_ret/",
    f"{_T}TRACING/BPF_TRACE_ITER": "iter/",
    # libbpf 1.7 has no section for these: the attach type is set beside the one of a neighbour.
    f"{_T}TRACING/BPF_TRACE_FSESSION": "fentry/",
    f"{_T}TRACING/BPF_TRACE_FENTRY_MULTI": "socket",
    f"{_T}TRACING/BPF_TRACE_FEXIT_MULTI": "socket",
    f"{_T}TRACING/BPF_TRACE_FSESSION_MULTI": "socket",
    f"{_T}EXT": "freplace/replaced",
    f"{_T}LSM/BPF_LSM_MAC": "lsm/",
    f"{_T}LSM/BPF_LSM_CGROUP": "lsm_cgroup/",
    f"{_T}SK_LOOKUP/BPF_SK_LOOKUP": "sk_lookup",
    f"{_T}SYSCALL": "syscall",
    f"{_T}NETFILTER/BPF_NETFILTER": "netfilter",
    f"{_T}LIRC_MODE2/BPF_LIRC_MODE2": "lirc_mode2",
}
_ADDRESSES = ("BIND", "CONNECT", "GETPEERNAME", "GETSOCKNAME", "SENDMSG", "RECVMSG")
_FAMILIES = {"INET4_": "4", "INET6_": "6", "UDP4_": "4", "UDP6_": "6", "UNIX_": "_unix"}
_SECTIONS |= {
    f"{_T}CGROUP_SOCK_ADDR/BPF_CGROUP_{family}{address}": f"cgroup/{address.lower()}{ending}"
    for family, ending in _FAMILIES.items()
    for address in _ADDRESSES
}
_SLEEPING = {
    "kprobe": "uprobe.s",
    "uprobe.multi": "uprobe.multi.s",
    "uprobe.session": "uprobe.session.s",
    **{f"{name}/": f"{name}.s/" for name in ("fentry", "fexit", "fmod_ret", "iter", "lsm")},
}
_PREFIXES = ("btf_trace_", "bpf_iter_", "bpf_lsm_")


@dataclass(frozen=True)
class Way:
    """How a variant is loaded: the section, the attach type by name, and the struct_ops member that it is."""

    section: str
    program: str
    attach: str | None
    sleepable: bool
    struct: str | None = None
    member: str | None = None


def find_way(variant: str, target: str | None) -> Way | None:
    """The way of a variant with its BTF target; None if a section for it is not known."""
    program, *rest = variant.split("/")
    sleeps = SLEEPABLE in rest
    if program == f"{_T}STRUCT_OPS":
        struct, _, member = (target or "").partition(".")
        section = f"struct_ops{'.s' if sleeps else ''}/{member}"
        return Way(section, program, None, sleeps, struct, member) if member else None
    attach = next((word for word in rest if word.startswith("BPF_")), None)
    section = _SECTIONS.get(f"{program}/{attach}" if attach else program, "")
    section = _SLEEPING.get(section, section) if sleeps else section
    if section.endswith("/"):
        section += _bare(target or "")
    return Way(section, program, attach, sleeps) if section and not section.endswith("/") else None


def _bare(target: str) -> str:
    """A target as sections name it."""
    return next((target.removeprefix(prefix) for prefix in _PREFIXES if target.startswith(prefix)), target)
