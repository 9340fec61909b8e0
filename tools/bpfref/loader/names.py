"""Names as the kernel takes them. Standard library only."""

from __future__ import annotations

import re

LONGEST = 15
"""Characters; BPF_OBJ_NAME_LEN of `linux/bpf.h` counts the zero at the end too."""

# bpf_obj_name_cpy of kernel/bpf/syscall.c: letters, digits, underscore and full stop.
_OTHERS = re.compile(r"[^A-Za-z0-9_.]")


def make_valid_name(text: str) -> str:
    """A name for a program, map or object: other characters become `_`, and 15 of them stay."""
    return _OTHERS.sub("_", text)[:LONGEST]
