"""The option structs that libbpf's functions take. Standard library only.

libbpf accepts one that is longer than it knows as long as what it does not know is zero, so the
newest layout serves all versions. A test compares the layouts with libbpf's own headers.
"""

from __future__ import annotations

import ctypes
from typing import Any

_LETTERS: dict[str, Any] = {
    "i": ctypes.c_int32,
    "u": ctypes.c_uint32,
    "Q": ctypes.c_uint64,
    "z": ctypes.c_size_t,
    "b": ctypes.c_bool,
    "s": ctypes.c_char_p,
    "p": ctypes.c_void_p,
}

STRUCTS: dict[str, str] = {
    "bpf_object_open_opts": "object_name:s relaxed_maps:b pin_root_path:s -:u kconfig:s btf_custom_path:s "
    "kernel_log_buf:p kernel_log_size:z kernel_log_level:u bpf_token_path:s",
    "bpf_map_create_opts": "btf_fd:u btf_key_type_id:u btf_value_type_id:u btf_vmlinux_value_type_id:u "
    "inner_map_fd:u map_flags:u map_extra:Q numa_node:u map_ifindex:u value_type_btf_obj_fd:i token_fd:u "
    "excl_prog_hash:p excl_prog_hash_size:u",
    "bpf_map_batch_opts": "elem_flags:Q flags:Q",
    "bpf_test_run_opts": "data_in:p data_out:p data_size_in:u data_size_out:u ctx_in:p ctx_out:p ctx_size_in:u "
    "ctx_size_out:u retval:u repeat:i duration:u flags:u cpu:u batch_size:u",
    "bpf_perf_event_opts": "bpf_cookie:Q force_ioctl_attach:b dont_enable:b",
    "bpf_kprobe_opts": "bpf_cookie:Q offset:z retprobe:b attach_mode:i",
    "bpf_kprobe_multi_opts": "syms:p addrs:p cookies:p cnt:z retprobe:b session:b unique_match:b",
    "bpf_uprobe_multi_opts": "syms:p offsets:p ref_ctr_offsets:p cookies:p cnt:z retprobe:b session:b",
    "bpf_ksyscall_opts": "bpf_cookie:Q retprobe:b",
    "bpf_uprobe_opts": "ref_ctr_offset:z bpf_cookie:Q retprobe:b func_name:s attach_mode:i",
    "bpf_usdt_opts": "usdt_cookie:Q",
    "bpf_tracepoint_opts": "bpf_cookie:Q",
    "bpf_raw_tracepoint_opts": "cookie:Q",
    "bpf_trace_opts": "cookie:Q",
    "bpf_netfilter_opts": "pf:u hooknum:u priority:i flags:u",
    "bpf_tcx_opts": "flags:u relative_fd:u relative_id:u expected_revision:Q",
    "bpf_netkit_opts": "flags:u relative_fd:u relative_id:u expected_revision:Q",
    "bpf_cgroup_opts": "flags:u relative_fd:u relative_id:u expected_revision:Q",
    "bpf_iter_attach_opts": "link_info:p link_info_len:u",
    "bpf_link_update_opts": "flags:u old_prog_fd:u old_map_fd:u",
    "bpf_prog_attach_opts": "flags:u replace_fd:i relative_fd:i relative_id:u expected_revision:Q",
    "bpf_prog_detach_opts": "flags:u relative_fd:i relative_id:u expected_revision:Q",
    "bpf_tc_hook": "ifindex:i attach_point:i parent:u handle:u qdisc:s",
    "bpf_tc_opts": "prog_fd:i flags:u prog_id:u handle:u priority:u",
}
"""Field and letter; before them comes `sz`, and `-` is one without a name."""


def _make(name: str, fields: str) -> type[ctypes.Structure]:
    pairs = [field.split(":") for field in ("sz:z " + fields).split()]
    typed = [("unnamed" if field == "-" else field, _LETTERS[letter]) for field, letter in pairs]
    return type(name, (ctypes.Structure,), {"_fields_": typed})


_MADE = {name: _make(name, fields) for name, fields in STRUCTS.items()}


def layout_of(name: str) -> type[ctypes.Structure]:
    """The struct of a name."""
    return _MADE[name]


def make_opts(name: str, **values: object) -> Any:
    """An option struct with its size and values; keep it alive as long as libbpf reads it."""
    made = _MADE[name](**values)
    made.sz = ctypes.sizeof(made)
    return made
