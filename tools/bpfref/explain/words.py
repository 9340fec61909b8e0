"""Values, accesses and instructions in words."""

from __future__ import annotations

from bpfref.formats.verifier_log import Action, Does, Step, Value
from bpfref.formats.verifier_log.model import SIGNED

_POINTERS = {
    "ctx": "the context",
    "pkt": "a packet pointer",
    "pkt_meta": "a pointer into the packet's metadata",
    "pkt_end": "the packet's end",
    "map_ptr": "a map",
    "map_value": "a pointer to a map value",
    "mem": "a pointer to memory",
    "rdonly_mem": "a pointer to memory that is only for reading",
    "ringbuf_mem": "a pointer to a record of a ring buffer",
    "alloc_mem": "a pointer to a record of a ring buffer",
    "func": "a function",
    "arena": "a pointer into an arena",
    "sock": "a socket",
    "sock_common": "a socket",
    "buf": "a pointer to a buffer",
}
_PREFIXES = (
    ("trusted_ptr_", "a trusted pointer to struct "),
    ("rcu_ptr_", "an RCU pointer to struct "),
    ("untrusted_ptr_", "an untrusted pointer to struct "),
    ("ptr_", "a pointer to struct "),
)
_OR_NULL = "_or_null"
_UNBOUNDED = "an unbounded number"


def number(value: int) -> str:
    """A figure; powers that are limits have their short form."""
    if abs(value) >= SIGNED - 1:
        return "-2^63" if value < 0 else "2^63-1"
    return str(value)


def span(value: Value) -> str:
    """The range of a number: `0 to 255`, `7`, or that it has none."""
    low, high = value.bounds
    if low <= -SIGNED and high >= SIGNED - 1:
        return _UNBOUNDED
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def describe(value: Value) -> str:
    """What a register holds."""
    if value.is_scalar:
        text = span(value)
        return text if text == _UNBOUNDED else f"the number {text}" if " to " not in text else f"a number from {text}"
    if value.kind == "fp":
        return f"the stack at fp{value.number:+d}" if value.number else "the frame pointer"
    if value.kind == "bytes":
        return f"bytes ({value.text})"
    return _pointer(value)


def _pointer(value: Value) -> str:
    kind, null = value.kind.removesuffix(_OR_NULL), value.kind.endswith(_OR_NULL)
    text = _POINTERS.get(kind) or next(
        (
            f"{words}{kind.removeprefix(prefix).removeprefix('or_null_')}"
            for prefix, words in _PREFIXES
            if kind.startswith(prefix)
        ),
        f"`{kind}`" if kind else "unknown",
    )
    null = null or "or_null_" in kind
    if "map" in value.facts and kind == "map_value":
        text += f" of map {value.facts['map']}"
    if size := value.figure("vs") if kind == "map_value" else value.figure("sz"):
        text += f" ({size} bytes)"
    if null:
        text += " or NULL"
    return text + _moved(value)


def _moved(value: Value) -> str:
    """What was added to a pointer."""
    parts = []
    if offset := (value.figure("off") or 0) + (value.figure("imm") or 0):
        parts.append(f"{offset:+d}")
    if {"umax", "umin", "smin", "smax", "var_off"} & value.facts.keys():
        low, high = value.bounds
        if (low, high) != (0, 0):
            parts.append(f"plus {_UNBOUNDED}" if high - low >= SIGNED else f"plus {number(low)} to {number(high)}")
    if value.kind.startswith("pkt") and value.kind != "pkt_end":
        parts.append(f"with {value.facts.get('r', '0')} bytes proven")
    return (" " + ", ".join(parts)) if parts else ""


def plural(count: int, word: str) -> str:
    """`1 byte`, `2 bytes`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def access(action: Action) -> str:
    """What a load or store does: `reads 4 bytes through R1 at offset 12`."""
    verb = "writes" if action.does == Does.STORE else "reads"
    through = f" through {action.base}" if action.base else " of the packet"
    offset = f" at offset {action.offset}" if action.offset else ""
    return f"{verb} {plural(action.size, 'byte')}{through}{offset}"


def call(action: Action) -> str:
    """What is called, without its number: `bpf_map_lookup_elem()`."""
    name = action.name.split("#")[0]
    if name.startswith("pc"):
        return "a function of the program"
    return f"{name}()" if not name.isdigit() else f"helper {name}"


def place(step: Step, beside: Step | None = None) -> str:
    """`instruction 12 (`r1 += r2`, source line `x += y;`)`; without its line where that is the one of `beside`."""
    said = "" if beside and beside.source == step.source else source(step)
    return f"instruction {step.index} (`{step.text}`{f', source line {said}' if said else ''})"


def source(step: Step) -> str:
    """`prog.c:12 `x = y;``; empty where the log has no line."""
    if not step.source:
        return ""
    where = f"{step.source.file}:{step.source.number}" if step.source.file else ""
    text = f"`{step.source.text}`" if step.source.text else ""
    return " ".join(part for part in (where, text) if part)


def span_of(first: int, size: int) -> str:
    """`byte 12`, `bytes 12 to 15`."""
    return f"byte {first}" if size == 1 else f"bytes {first} to {first + size - 1}"
