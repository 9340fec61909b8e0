"""What no header holds: which attach types and targets a program type takes, how a map is made valid.

A new enumerator without a recipe here is an open question, which the data name and `probe` reports.
"""

from __future__ import annotations

from dataclasses import dataclass

SLEEPABLE = "BPF_F_SLEEPABLE"


@dataclass(frozen=True)
class Target:
    """What a program is for: the kind of BTF type, and candidates, the first that loads counts.

    For `extension` the names are the context struct and a helper that changes packets: an extension may
    change them only where the function does that it replaces. `extends` is that program's type.
    """

    kind: str
    names: tuple[str, ...] = ()
    extends: str | None = None


@dataclass(frozen=True)
class Recipe:
    """One way to load a program type; `label` tells ways with the same attach type apart."""

    attach: str | None = None
    target: Target | None = None
    flags: tuple[str, ...] = ()
    label: str = ""


def _plain(*attach: str) -> tuple[Recipe, ...]:
    return tuple(Recipe(name) for name in attach) or (Recipe(),)


# Functions that are in every kernel of the lab and that programs may be attached to.
_ANY_FUNCTION = Target("function", ("tcp_v4_connect", "vfs_read", "ksys_read"))
# In the kernel's list of places where bpf_d_path may be called (btf_allowlist_d_path).
_PATH_FUNCTION = Target("function", ("vfs_getattr", "filp_close"))
# System calls may sleep where errors may be injected into them; else the kernel has a function for tests.
_SYSTEM_CALL = Target("function", ("__x64_sys_getpgid", "__arm64_sys_getpgid", "bpf_fentry_test1"))
_MODIFIABLE = Target("function", ("security_file_permission", "security_file_open"))
_TRACEPOINT = Target("typedef", ("btf_trace_sched_switch",))
_TASK_ITERATOR = Target("function", ("bpf_iter_task",))
_HOOK = Target("function", ("bpf_lsm_file_open",))
# v5.10 lets few hooks sleep.
_HOOK_THAT_SLEEPS = Target("function", ("bpf_lsm_file_open", "bpf_lsm_bprm_check_security", "bpf_lsm_inode_unlink"))
_QUIET_HOOK = Target("function", ("bpf_lsm_task_free", "bpf_lsm_sk_free_security", "bpf_lsm_inode_free_security"))
_SOCKET_HOOK = Target("function", ("bpf_lsm_socket_post_create",))
_EXEC_HOOK = Target("function", ("bpf_lsm_bprm_committed_creds",))
_XDP_FUNCTION = Target("extension", ("xdp_md", "bpf_xdp_adjust_head"), "BPF_PROG_TYPE_XDP")
_PACKET_FUNCTION = Target("extension", ("__sk_buff", "bpf_skb_pull_data"), "BPF_PROG_TYPE_SCHED_CLS")

PROGRAMS: dict[str, tuple[Recipe, ...]] = {
    "BPF_PROG_TYPE_SOCKET_FILTER": _plain(),
    "BPF_PROG_TYPE_KPROBE": (
        Recipe(),
        Recipe(flags=(SLEEPABLE,)),
        *_plain("BPF_TRACE_KPROBE_MULTI", "BPF_TRACE_KPROBE_SESSION", "BPF_TRACE_UPROBE_MULTI"),
        Recipe("BPF_TRACE_UPROBE_MULTI", flags=(SLEEPABLE,)),
        Recipe("BPF_TRACE_UPROBE_SESSION"),
        Recipe("BPF_TRACE_UPROBE_SESSION", flags=(SLEEPABLE,)),
    ),
    "BPF_PROG_TYPE_SCHED_CLS": (
        Recipe(),
        *_plain("BPF_TCX_INGRESS", "BPF_TCX_EGRESS", "BPF_NETKIT_PRIMARY", "BPF_NETKIT_PEER"),
    ),
    "BPF_PROG_TYPE_SCHED_ACT": _plain(),
    "BPF_PROG_TYPE_TRACEPOINT": (Recipe(), Recipe(flags=(SLEEPABLE,))),
    "BPF_PROG_TYPE_XDP": (Recipe(), *_plain("BPF_XDP", "BPF_XDP_DEVMAP", "BPF_XDP_CPUMAP")),
    "BPF_PROG_TYPE_PERF_EVENT": _plain(),
    "BPF_PROG_TYPE_CGROUP_SKB": _plain("BPF_CGROUP_INET_INGRESS", "BPF_CGROUP_INET_EGRESS"),
    "BPF_PROG_TYPE_CGROUP_SOCK": _plain(
        "BPF_CGROUP_INET_SOCK_CREATE",
        "BPF_CGROUP_INET_SOCK_RELEASE",
        "BPF_CGROUP_INET4_POST_BIND",
        "BPF_CGROUP_INET6_POST_BIND",
    ),
    "BPF_PROG_TYPE_LWT_IN": _plain(),
    "BPF_PROG_TYPE_LWT_OUT": _plain(),
    "BPF_PROG_TYPE_LWT_XMIT": _plain(),
    "BPF_PROG_TYPE_SOCK_OPS": _plain("BPF_CGROUP_SOCK_OPS"),
    "BPF_PROG_TYPE_SK_SKB": _plain("BPF_SK_SKB_STREAM_PARSER", "BPF_SK_SKB_STREAM_VERDICT", "BPF_SK_SKB_VERDICT"),
    "BPF_PROG_TYPE_CGROUP_DEVICE": _plain("BPF_CGROUP_DEVICE"),
    "BPF_PROG_TYPE_SK_MSG": _plain("BPF_SK_MSG_VERDICT"),
    "BPF_PROG_TYPE_RAW_TRACEPOINT": (Recipe(), Recipe(flags=(SLEEPABLE,))),
    "BPF_PROG_TYPE_CGROUP_SOCK_ADDR": _plain(
        "BPF_CGROUP_INET4_BIND",
        "BPF_CGROUP_INET6_BIND",
        "BPF_CGROUP_INET4_CONNECT",
        "BPF_CGROUP_INET6_CONNECT",
        "BPF_CGROUP_UNIX_CONNECT",
        "BPF_CGROUP_INET4_GETPEERNAME",
        "BPF_CGROUP_INET6_GETPEERNAME",
        "BPF_CGROUP_UNIX_GETPEERNAME",
        "BPF_CGROUP_INET4_GETSOCKNAME",
        "BPF_CGROUP_INET6_GETSOCKNAME",
        "BPF_CGROUP_UNIX_GETSOCKNAME",
        "BPF_CGROUP_UDP4_SENDMSG",
        "BPF_CGROUP_UDP6_SENDMSG",
        "BPF_CGROUP_UNIX_SENDMSG",
        "BPF_CGROUP_UDP4_RECVMSG",
        "BPF_CGROUP_UDP6_RECVMSG",
        "BPF_CGROUP_UNIX_RECVMSG",
    ),
    "BPF_PROG_TYPE_LWT_SEG6LOCAL": _plain(),
    "BPF_PROG_TYPE_LIRC_MODE2": _plain("BPF_LIRC_MODE2"),
    "BPF_PROG_TYPE_SK_REUSEPORT": (
        Recipe(),
        *_plain("BPF_SK_REUSEPORT_SELECT", "BPF_SK_REUSEPORT_SELECT_OR_MIGRATE"),
    ),
    "BPF_PROG_TYPE_FLOW_DISSECTOR": _plain("BPF_FLOW_DISSECTOR"),
    "BPF_PROG_TYPE_CGROUP_SYSCTL": _plain("BPF_CGROUP_SYSCTL"),
    "BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE": _plain(),
    "BPF_PROG_TYPE_CGROUP_SOCKOPT": _plain("BPF_CGROUP_GETSOCKOPT", "BPF_CGROUP_SETSOCKOPT"),
    "BPF_PROG_TYPE_TRACING": (
        Recipe("BPF_TRACE_RAW_TP", _TRACEPOINT),
        Recipe("BPF_TRACE_RAW_TP", Target("typedef", ("btf_trace_sys_enter",)), (SLEEPABLE,)),
        Recipe("BPF_TRACE_FENTRY", _ANY_FUNCTION),
        Recipe("BPF_TRACE_FENTRY", _PATH_FUNCTION, label="file"),
        Recipe("BPF_TRACE_FENTRY", _SYSTEM_CALL, (SLEEPABLE,)),
        Recipe("BPF_TRACE_FEXIT", _ANY_FUNCTION),
        Recipe("BPF_TRACE_FEXIT", _SYSTEM_CALL, (SLEEPABLE,)),
        Recipe("BPF_MODIFY_RETURN", _MODIFIABLE),
        Recipe("BPF_MODIFY_RETURN", _SYSTEM_CALL, (SLEEPABLE,)),
        Recipe("BPF_TRACE_ITER", _TASK_ITERATOR),
        Recipe("BPF_TRACE_ITER", _TASK_ITERATOR, (SLEEPABLE,)),
        Recipe("BPF_TRACE_ITER", Target("function", ("bpf_iter_tcp",)), label="tcp"),
        Recipe("BPF_TRACE_FSESSION", _ANY_FUNCTION),
        Recipe("BPF_TRACE_FSESSION", _SYSTEM_CALL, (SLEEPABLE,)),
        *_plain("BPF_TRACE_FENTRY_MULTI", "BPF_TRACE_FEXIT_MULTI", "BPF_TRACE_FSESSION_MULTI"),
        Recipe("BPF_TRACE_FENTRY_MULTI", flags=(SLEEPABLE,)),
        Recipe("BPF_TRACE_FEXIT_MULTI", flags=(SLEEPABLE,)),
        Recipe("BPF_TRACE_FSESSION_MULTI", flags=(SLEEPABLE,)),
    ),
    "BPF_PROG_TYPE_STRUCT_OPS": (
        Recipe(target=Target("struct_ops")),
        Recipe(target=Target("struct_ops"), flags=(SLEEPABLE,)),
    ),
    "BPF_PROG_TYPE_EXT": (
        Recipe(target=_XDP_FUNCTION, label="xdp"),
        Recipe(target=_PACKET_FUNCTION, label="sched_cls"),
    ),
    "BPF_PROG_TYPE_LSM": (
        Recipe("BPF_LSM_MAC", _HOOK),
        Recipe("BPF_LSM_MAC", _HOOK_THAT_SLEEPS, (SLEEPABLE,)),
        Recipe("BPF_LSM_MAC", _QUIET_HOOK, label="free"),
        Recipe("BPF_LSM_MAC", _SOCKET_HOOK, label="socket"),
        Recipe("BPF_LSM_MAC", _EXEC_HOOK, (SLEEPABLE,), label="exec"),
        Recipe("BPF_LSM_CGROUP", Target("function", ("bpf_lsm_socket_bind",))),
        Recipe("BPF_LSM_CGROUP", _SOCKET_HOOK, label="socket"),
    ),
    "BPF_PROG_TYPE_SK_LOOKUP": _plain("BPF_SK_LOOKUP"),
    "BPF_PROG_TYPE_SYSCALL": (Recipe(flags=(SLEEPABLE,)),),
    "BPF_PROG_TYPE_NETFILTER": _plain("BPF_NETFILTER"),
}

# Attach types that no program is loaded with: they are given to links and attachments alone.
ONLY_ATTACHED = frozenset({"BPF_PERF_EVENT", "BPF_STRUCT_OPS"})

MapRecipe = dict[str, int | str | bool]

_NO_PREALLOC = "BPF_F_NO_PREALLOC"
_FOUR = {"key_size": 4, "value_size": 4, "max_entries": 1}
_EIGHT = {"key_size": 4, "value_size": 8, "max_entries": 1}


def _storage(key: str) -> MapRecipe:
    """Storage that belongs to an object, described by BTF; the key is a descriptor of the object."""
    return {"key_size": 4, "value_size": 8, "map_flags": _NO_PREALLOC, "btf": True, "key": key}


# What makes a map of each type valid: fields of BPF_MAP_CREATE (flags by name), and what keys and values are.
MAPS: dict[str, MapRecipe] = {
    "BPF_MAP_TYPE_HASH": {**_EIGHT},
    "BPF_MAP_TYPE_ARRAY": {**_EIGHT},
    "BPF_MAP_TYPE_PROG_ARRAY": {**_FOUR, "value": "program"},
    "BPF_MAP_TYPE_PERF_EVENT_ARRAY": {**_FOUR, "value": "event"},
    "BPF_MAP_TYPE_PERCPU_HASH": {**_EIGHT},
    "BPF_MAP_TYPE_PERCPU_ARRAY": {**_EIGHT},
    # A multiple of both sizes of an entry: an address, and struct bpf_stack_build_id.
    "BPF_MAP_TYPE_STACK_TRACE": {"key_size": 4, "value_size": 32, "max_entries": 1},
    "BPF_MAP_TYPE_CGROUP_ARRAY": {**_FOUR, "value": "cgroup"},
    "BPF_MAP_TYPE_LRU_HASH": {**_EIGHT},
    "BPF_MAP_TYPE_LRU_PERCPU_HASH": {**_EIGHT},
    "BPF_MAP_TYPE_LPM_TRIE": {"key_size": 8, "value_size": 8, "max_entries": 1, "map_flags": _NO_PREALLOC},
    "BPF_MAP_TYPE_ARRAY_OF_MAPS": {**_FOUR, "inner": "BPF_MAP_TYPE_ARRAY", "value": "map"},
    "BPF_MAP_TYPE_HASH_OF_MAPS": {**_FOUR, "inner": "BPF_MAP_TYPE_ARRAY", "value": "map"},
    "BPF_MAP_TYPE_DEVMAP": {**_FOUR, "value": "index"},
    # Values of 8 bytes: the cookies of sockets can be read back.
    "BPF_MAP_TYPE_SOCKMAP": {**_EIGHT, "value": "socket"},
    "BPF_MAP_TYPE_CPUMAP": {**_FOUR, "value": "index"},
    "BPF_MAP_TYPE_XSKMAP": {**_FOUR, "value": "xdp socket"},
    "BPF_MAP_TYPE_SOCKHASH": {**_EIGHT, "value": "socket"},
    "BPF_MAP_TYPE_CGROUP_STORAGE": {"key_size": 16, "value_size": 8, "key": "cgroup"},
    "BPF_MAP_TYPE_REUSEPORT_SOCKARRAY": {**_EIGHT, "value": "socket"},
    "BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE": {"key_size": 16, "value_size": 8, "key": "cgroup"},
    "BPF_MAP_TYPE_QUEUE": {"value_size": 8, "max_entries": 1},
    "BPF_MAP_TYPE_STACK": {"value_size": 8, "max_entries": 1},
    "BPF_MAP_TYPE_SK_STORAGE": _storage("socket"),
    "BPF_MAP_TYPE_DEVMAP_HASH": {**_FOUR, "value": "index"},
    "BPF_MAP_TYPE_STRUCT_OPS": {"key_size": 4, "max_entries": 1, "value_of": "bpf_struct_ops_tcp_congestion_ops"},
    "BPF_MAP_TYPE_RINGBUF": {"max_entries": 4096},
    "BPF_MAP_TYPE_INODE_STORAGE": _storage("file"),
    "BPF_MAP_TYPE_TASK_STORAGE": _storage("process"),
    "BPF_MAP_TYPE_BLOOM_FILTER": {"value_size": 8, "max_entries": 1},
    "BPF_MAP_TYPE_USER_RINGBUF": {"max_entries": 4096},
    "BPF_MAP_TYPE_CGRP_STORAGE": _storage("cgroup"),
    # A program may only use an arena that has an address.
    "BPF_MAP_TYPE_ARENA": {"max_entries": 1, "map_flags": "BPF_F_MMAPABLE", "map_extra": 1 << 44},
    "BPF_MAP_TYPE_INSN_ARRAY": {"key_size": 4, "value_size": 16, "max_entries": 1},
    "BPF_MAP_TYPE_RHASH": {**_EIGHT, "map_flags": _NO_PREALLOC},
}

# Fields that a map's value may hold and that come with rules for programs and maps; the kernel's BTF says
# which of them a release has.
SPECIAL_FIELDS = ("bpf_spin_lock", "bpf_timer", "bpf_wq", "bpf_res_spin_lock", "bpf_task_work", "bpf_refcount")

MAP_COMMANDS = (
    "BPF_MAP_LOOKUP_ELEM",
    "BPF_MAP_UPDATE_ELEM",
    "BPF_MAP_DELETE_ELEM",
    "BPF_MAP_GET_NEXT_KEY",
    "BPF_MAP_LOOKUP_AND_DELETE_ELEM",
    "BPF_MAP_LOOKUP_BATCH",
    "BPF_MAP_LOOKUP_AND_DELETE_BATCH",
    "BPF_MAP_UPDATE_BATCH",
    "BPF_MAP_DELETE_BATCH",
    "BPF_MAP_FREEZE",
    "mmap",
)
"""Commands of bpf(2) whose subject is an element of a map or the map as such, and the system call mmap(2)."""

MAP_PROGRAMS = ("BPF_PROG_TYPE_SCHED_CLS", "BPF_PROG_TYPE_XDP", "BPF_PROG_TYPE_SK_LOOKUP", "BPF_PROG_TYPE_SK_SKB")
"""Where helpers are tried with maps that their first program type is refused: some maps are for some types."""

MAP_FLAGS = "BPF_F_NO_PREALLOC"
"""The first member of the header's group of `map_flags`."""

PROGRAM_FLAGS = "program-load-flags"
"""The section of data/authored/constants.yaml with the bits of `prog_flags`."""

# The option that builds a type in, where include/linux/bpf_types.h of Linux asks for one.
OPTIONS: dict[str, str] = {
    "BPF_PROG_TYPE_LIRC_MODE2": "CONFIG_BPF_LIRC_MODE2",
    "BPF_PROG_TYPE_LSM": "CONFIG_BPF_LSM",
    "BPF_PROG_TYPE_NETFILTER": "CONFIG_NETFILTER_BPF_LINK",
    "BPF_PROG_TYPE_STRUCT_OPS": "CONFIG_BPF_JIT",
    "BPF_PROG_TYPE_EXT": "CONFIG_BPF_JIT",
    "BPF_PROG_TYPE_CGROUP_SKB": "CONFIG_CGROUP_BPF",
    "BPF_PROG_TYPE_CGROUP_SOCK": "CONFIG_CGROUP_BPF",
    "BPF_PROG_TYPE_CGROUP_SOCK_ADDR": "CONFIG_CGROUP_BPF",
    "BPF_PROG_TYPE_CGROUP_DEVICE": "CONFIG_CGROUP_BPF",
    "BPF_PROG_TYPE_CGROUP_SYSCTL": "CONFIG_CGROUP_BPF",
    "BPF_PROG_TYPE_CGROUP_SOCKOPT": "CONFIG_CGROUP_BPF",
    "BPF_PROG_TYPE_KPROBE": "CONFIG_BPF_EVENTS",
    "BPF_PROG_TYPE_TRACEPOINT": "CONFIG_BPF_EVENTS",
    "BPF_PROG_TYPE_PERF_EVENT": "CONFIG_BPF_EVENTS",
    "BPF_PROG_TYPE_RAW_TRACEPOINT": "CONFIG_BPF_EVENTS",
    "BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE": "CONFIG_BPF_EVENTS",
    "BPF_PROG_TYPE_TRACING": "CONFIG_BPF_EVENTS",
    "BPF_PROG_TYPE_LWT_IN": "CONFIG_LWTUNNEL_BPF",
    "BPF_MAP_TYPE_INODE_STORAGE": "CONFIG_BPF_LSM",
    "BPF_MAP_TYPE_XSKMAP": "CONFIG_XDP_SOCKETS",
    "BPF_MAP_TYPE_CGROUP_STORAGE": "CONFIG_CGROUP_BPF",
    "BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE": "CONFIG_CGROUP_BPF",
    "BPF_MAP_TYPE_CGRP_STORAGE": "CONFIG_CGROUPS",
    "BPF_MAP_TYPE_STRUCT_OPS": "CONFIG_BPF_JIT",
}

# libcrc32c, which conntrack's NAT needs, asks for this one in a way that is not in its dependencies.
MODULES_BEFORE = ("crc32c_generic",)

# How a program is attached, by its type, or by its attach type where types have several ways.
ATTACHMENTS: dict[str, str] = {
    "BPF_PROG_TYPE_CGROUP_SKB": "cgroup",
    "BPF_PROG_TYPE_CGROUP_SOCK": "cgroup",
    "BPF_PROG_TYPE_CGROUP_SOCK_ADDR": "cgroup",
    "BPF_PROG_TYPE_CGROUP_SOCKOPT": "cgroup",
    "BPF_PROG_TYPE_CGROUP_SYSCTL": "cgroup",
    "BPF_PROG_TYPE_CGROUP_DEVICE": "cgroup",
    "BPF_PROG_TYPE_SOCK_OPS": "cgroup",
    "BPF_LSM_CGROUP": "cgroup",
    "BPF_XDP": "device",
    "BPF_TCX_INGRESS": "device",
    "BPF_TCX_EGRESS": "device",
    "BPF_PROG_TYPE_FLOW_DISSECTOR": "namespace",
    "BPF_PROG_TYPE_SK_LOOKUP": "namespace",
    "BPF_PROG_TYPE_NETFILTER": "netfilter",
    "BPF_PROG_TYPE_TRACING": "hook",
    "BPF_PROG_TYPE_LSM": "hook",
    "BPF_TRACE_ITER": "iterator",
    "BPF_PROG_TYPE_RAW_TRACEPOINT": "tracepoint",
    "BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE": "tracepoint",
    "BPF_PROG_TYPE_PERF_EVENT": "event",
    "BPF_TRACE_KPROBE_MULTI": "functions",
    "BPF_TRACE_KPROBE_SESSION": "functions",
    "BPF_TRACE_UPROBE_MULTI": "file",
    "BPF_TRACE_UPROBE_SESSION": "file",
    "BPF_PROG_TYPE_SK_SKB": "sockets",
    "BPF_PROG_TYPE_SK_MSG": "sockets",
}
