"""What one instruction of a log does: which register it writes, which it reads, and how. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Does(StrEnum):
    """The kinds of instruction that a trail of values follows."""

    MOVE = "move"  # register to register
    SET = "set"  # a constant
    COMPUTE = "compute"
    LOAD = "load"
    STORE = "store"
    CALL = "call"
    JUMP = "jump"
    EXIT = "exit"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Action:
    """`target` is the register written, `base` that of an address; `size` in bytes; `name` what is called."""

    does: Does
    target: str = ""
    source: str = ""
    base: str = ""
    offset: int = 0
    size: int = 0
    operator: str = ""
    name: str = ""
    constant: str = ""


_PLACE = r"\*\((?P<size>[us](?:8|16|32|64)) \*\)\((?P<base>r\d+) ?(?P<offset>[+-] ?\d+)\)"
_REGISTER = r"[rw]\d+"
_LOAD = re.compile(rf"(?P<to>{_REGISTER}) = (?:load_acquire\(\()?{_PLACE}")
_STORE = re.compile(rf"(?:lock )?{_PLACE} (?P<op>\S+) (?P<value>\S+)")
_PACKET = re.compile(r"r0 = \*\((u\d+) \*\)skb\[")
_CALL = re.compile(r"call (?P<name>\S+)$")
_MOVE = re.compile(rf"(?P<to>{_REGISTER}) = (?:\(s\d+\) ?)?(?P<from>{_REGISTER})$")
_SET = re.compile(rf"(?P<to>{_REGISTER}) = (?P<value>-?(?:0x)?[0-9a-fA-F]+)$")
_COMPUTE = re.compile(rf"(?P<to>{_REGISTER}) (?P<op>(?:[-+*/|&^%]|<<|>>|s>>|s/|s%)=) (?P<value>\S+)")
_OTHER_WRITE = re.compile(rf"(?P<to>{_REGISTER}) = ")
_JUMP = re.compile(r"(if |goto |may_goto|gotol )")


def register(name: str) -> str:
    """`r1` and `w1` as states call it: `R1`."""
    return f"R{name[1:]}"


def parse_action(text: str) -> Action:
    """What the instruction does; `OTHER` for what is not understood, such as one that is cut off."""
    if found := _LOAD.match(text):
        return _place(found, Does.LOAD, target=register(found["to"]))
    if found := _STORE.match(text):
        source = register(found["value"]) if re.fullmatch(_REGISTER, found["value"]) else ""
        return _place(found, Does.STORE, source=source, constant="" if source else found["value"])
    return _parse_rest(text)


def _place(found: re.Match[str], does: Does, target: str = "", source: str = "", constant: str = "") -> Action:
    return Action(
        does,
        target=target,
        source=source,
        base=register(found["base"]),
        offset=int(found["offset"].replace(" ", "")),
        size=int(found["size"][1:]) // 8,
        constant=constant,
    )


def _parse_rest(text: str) -> Action:
    for pattern, make in _FORMS:
        if found := pattern.match(text):
            return make(found)
    return Action(Does.EXIT if text == "exit" else Does.OTHER)


def _compute(found: re.Match[str]) -> Action:
    value, target = found["value"], register(found["to"])
    if re.fullmatch(_REGISTER, value):
        return Action(Does.COMPUTE, target=target, source=register(value), operator=found["op"])
    return Action(Does.COMPUTE, target=target, operator=found["op"], constant=value)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Action]], ...] = (
    (_CALL, lambda found: Action(Does.CALL, target="R0", name=found["name"])),
    (_PACKET, lambda found: Action(Does.LOAD, target="R0", name="packet", size=int(found[1][1:]) // 8)),
    (_MOVE, lambda found: Action(Does.MOVE, target=register(found["to"]), source=register(found["from"]))),
    (_SET, lambda found: Action(Does.SET, target=register(found["to"]), constant=found["value"])),
    (_COMPUTE, _compute),
    (_OTHER_WRITE, lambda found: Action(Does.COMPUTE, target=register(found["to"]), operator="=")),
    (_JUMP, lambda _: Action(Does.JUMP)),
)
