"""An entry of the reference: one thing that a reader can look up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bpfref.model.history import Offer
from bpfref.model.since import Since


class Kind(StrEnum):
    """What sort of thing an entry is; the value is its spelling in data and addresses."""

    HELPER = "helper"
    KFUNC = "kfunc"
    PROGRAM_TYPE = "program-type"
    MAP_TYPE = "map-type"
    COMMAND = "syscall-command"
    ATTACH_TYPE = "attach-type"
    LINK_TYPE = "link-type"
    CONSTANT = "constant"
    CONTEXT = "program-context"
    STRUCT = "struct"
    KFUNC_FLAG = "kfunc-flag"
    STRUCT_OPS = "struct-ops"
    ITERATOR = "iterator"
    LSM_HOOK = "lsm-hook"
    LIBBPF_FUNCTION = "libbpf-function"
    LIBBPF_MACRO = "libbpf-macro"

    @property
    def label(self) -> str:
        """The kind as a reader calls it."""
        return _TITLES[self]


_TITLES = {
    Kind.HELPER: "helper function",
    Kind.KFUNC: "kfunc",
    Kind.PROGRAM_TYPE: "program type",
    Kind.MAP_TYPE: "map type",
    Kind.COMMAND: "bpf() command",
    Kind.ATTACH_TYPE: "attach type",
    Kind.LINK_TYPE: "link type",
    Kind.CONSTANT: "constant",
    Kind.CONTEXT: "program context",
    Kind.STRUCT: "UAPI struct",
    Kind.KFUNC_FLAG: "kfunc flag",
    Kind.STRUCT_OPS: "struct_ops type",
    Kind.ITERATOR: "iterator target",
    Kind.LSM_HOOK: "LSM hook",
    Kind.LIBBPF_FUNCTION: "libbpf function",
    Kind.LIBBPF_MACRO: "libbpf macro",
}
LIBBPF_KINDS = frozenset({Kind.LIBBPF_FUNCTION, Kind.LIBBPF_MACRO})
"""What libbpf offers: its versions are not those of the kernel."""


@dataclass(frozen=True)
class Entry:
    """A name that the reference knows, and where it is explained.

    `page` is the Markdown file below the documentation folder; `anchor` the place within it, None
    when the page is about this entry alone. `value` is its number, where it has one. `since` is of the
    kernel; what libbpf has is told by `version` instead, so that the two are never compared.
    """

    kind: Kind
    name: str
    page: str
    anchor: str | None = None
    value: int | None = None
    deprecated: bool = False
    since: Since | None = None
    version: Offer | None = None
