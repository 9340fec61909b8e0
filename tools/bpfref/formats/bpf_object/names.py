"""Types as people name them, for types that C may not be able to declare."""

from __future__ import annotations

from bpfref.errors import SourceError
from bpfref.formats.btf import Btf, declare
from bpfref.formats.btf.types import Enum, Fwd, Struct


def spell(btf: Btf, type_id: int) -> str:
    """The C declaration of a type, else its name."""
    try:
        return declare(btf, type_id).strip()
    except SourceError:
        return type_name(btf, type_id)


def type_name(btf: Btf, type_id: int) -> str:
    """`struct task_struct`, `pid_t`, or what the type is when it has no name."""
    found = btf[type_id]
    word = ""
    if isinstance(found, Struct | Fwd):
        word = "union" if found.union else "struct"
    elif isinstance(found, Enum):
        word = "enum"
    return f"{word} {btf.name(type_id) or '(no name)'}".strip()
