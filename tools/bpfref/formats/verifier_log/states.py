"""What registers and stack slots hold, out of the log's text of either style. Pure; what is cut off is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bpfref.formats.verifier_log.model import State, Value

_NAME = re.compile(r"(?:(?<=\s)|^)(R\d{1,2}|fp-\d+)(?:_[a-zA-Z]+)?=")
_VALUE = re.compile(
    r"(?P<precise>P)?(?P<kind>[a-zA-Z_?][A-Za-z_?]*?)?(?P<exact>P)?(?P<frame>\[\d+\])?"
    r"(?P<number>[+-]?(?:0x[0-9a-fA-F]+|\d+))?(?:,call_-?\d+)?(?P<rest>[(,].*)?$",
    re.DOTALL,
)
_BYTES = re.compile(r"[m0?rwi]{8}$|[m0?]{4,8}\w*\(?.*$")
_SLOT = 8
# Names that figures and kinds had before v5.18 or v4.14.
_FIGURES = {
    "umin_value": "umin",
    "umax_value": "umax",
    "smin_value": "smin",
    "smax_value": "smax",
    "min_value": "smin",
    "max_value": "smax",
    "mem_size": "sz",
}
_KINDS = {"inv": "scalar", "imm": "scalar", "": "scalar", "ptr_sock": "sock", "ptr_sock_or_null": "sock_or_null"}


def parse_state(text: str) -> State:
    """All registers and slots that a line tells of."""
    state = dict(_parse(text))
    if "R10" in state and state["R10"].text == "fp":
        return {name: _without_width(value) for name, value in state.items()}
    return state


def _without_width(value: Value) -> Value:
    """Kernels before v4.14 print, behind `inv`, how many leading bits are 0: that is no value."""
    return replace(value, number=None) if value.text.startswith("inv") else value


def _parse(text: str) -> Iterator[tuple[str, Value]]:
    found = _NAME.search(text)
    while found:
        value, end = _take(text, found.end())
        yield found[1], parse_value(value)
        found = _NAME.search(text, end)


def _take(text: str, start: int) -> tuple[str, int]:
    """The value that begins here, up to the blank outside of parentheses, and where it ends."""
    depth = 0
    for at in range(start, len(text)):
        sign = text[at]
        depth += (sign == "(") - (sign == ")")
        if sign == " " and depth <= 0:
            return text[start:at], at
    return text[start:], len(text)


def parse_value(text: str) -> Value:
    """One value: `inv(id=0,umax_value=7)`, `scalar(umax=7)`, `pkt(off=0,r=14)`, `fp-8`, `0x10`, `mmmm????`."""
    found = _VALUE.match(text)
    if not found or _is_bytes(text):
        return Value(text, "bytes")
    kind = found["kind"] or ""
    if kind.endswith("P") and _KINDS.get(kind[:-1]) == "scalar":
        kind = kind[:-1]
    facts = _facts(found["rest"] or "")
    number = int(found["number"], 0) if found["number"] and _is_number(found["number"]) else None
    return Value(text, _KINDS.get(kind, kind), number, facts)


def _is_bytes(text: str) -> bool:
    """Whether a slot is told byte by byte: `m` written, `0` zero, `?` not written."""
    return bool(_BYTES.match(text)) and len(text) >= _SLOT and not text.lstrip("0")[:1].isdigit()


def _is_number(text: str) -> bool:
    digits = text.lstrip("+-")
    return digits.startswith("0x") or digits == "0" or not digits.startswith("0")


def _facts(rest: str) -> dict[str, str]:
    """The figures: `a=b=1` gives both; one without `=` is a flag."""
    inner = rest[1:].removesuffix(")") if rest.startswith("(") else rest[1:]
    facts: dict[str, str] = {}
    for part in _parts(inner):
        *names, value = part.split("=")
        for name in names:
            facts[_FIGURES.get(name, name)] = value
        if not names and part:
            facts[part] = ""
    return facts


def _parts(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth <= 0:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()
