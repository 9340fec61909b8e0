"""What is wrong in one log, in sentences: which register, its value, the access, where it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bpfref.explain import words
from bpfref.explain.flow import RULES as FLOW
from bpfref.explain.scene import Rule, Scene, rule
from bpfref.explain.trail import follow, walk_back
from bpfref.formats.verifier_log import Does, Log, Step, Value, parse_action
from bpfref.formats.verifier_log.model import SIGNED


def say(log: Log, line: str) -> list[str]:
    """Sentences on this log; the first says what is wrong. None where the log has no more than its complaint."""
    scene = Scene(log, line)
    for pattern, tell in (*_RULES, *FLOW):
        if found := pattern.search(line):
            return [each for each in tell(scene, found) if each]
    return [each for each in _anything(scene) if each]


def _anything(scene: Scene) -> Iterator[str]:
    """The facts of the log for a complaint that has no rule."""
    if not scene.step:
        return
    yield f"The complaint is about {words.place(scene.step)}."
    if held := scene.value(scene.register):
        yield f"{scene.register} is {words.describe(held)} there."
    yield scene.origin(scene.register)


def _act(scene: Scene) -> str:
    """`Instruction 7 (`…`) reads 1 byte through R2 at offset 12`."""
    if scene.action.does in {Does.LOAD, Does.STORE}:
        return f"{scene.place} {words.access(scene.action)}"
    if scene.action.does == Does.CALL:
        return f"{scene.place} calls {words.call(scene.action)} with {scene.register}"
    return f"{scene.place}"


def _packet(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    offset, size = int(found["off"]), int(found["size"])
    held = scene.printed("pkt")
    proven = held.figure("r") if held else None
    begin = f"{_act(scene)}, which is" if scene.step else "The access is of"
    if offset < 0:
        yield f"{begin} {words.plural(size, 'byte')} at offset {offset}, and a negative offset is never proven."
    elif proven is None:
        yield f"{begin} {words.plural(size, 'byte')} at offset {offset} of the packet."
    else:
        yield (
            f"{begin} {words.span_of(offset, size)} {_base(held)}: {words.plural(offset + size, 'byte')} must be "
            f"proven to be there, and {_proof(scene, proven)}."
        )
    yield scene.origin(scene.register)


def _base(held: Value | None) -> str:
    """What the figures of a packet pointer count from: with an id, from where a variable offset led."""
    moved = held and held.figure("id")
    return "behind the variable offset that was added to the pointer" if moved else "of the packet"


def _proof(scene: Scene, proven: int) -> str:
    pointer = scene.value(scene.register)
    end = "data" if pointer and pointer.kind == "pkt_meta" else "data_end"
    if not proven:
        return f"on this path no comparison with {end} proved any"
    return f"the comparison with {end} on this path proved {proven}"


def _map_value(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    total, offset, size = (int(found[name]) for name in ("total", "off", "size"))
    what = "access" if not scene.step else f"access of {words.place(scene.step)}"
    if not size:
        yield f"The {what} has no size, or one that may be 0."
    elif offset < 0:
        yield f"The {what} may begin {-offset} bytes before the value, which has {total} bytes."
    else:
        yield f"The {what} may reach {words.span_of(offset, size)} of a value of {total} bytes."
    yield from _variable(scene)


def _variable(scene: Scene) -> Iterator[str]:
    """What is added to the pointer, and where that came from."""
    register = _pointer_register(scene)
    held = scene.value(register)
    if held and held.kind not in {"scalar", "bytes"}:
        yield f"{register} is {words.describe(held)} there."
    yield scene.origin(register)


def _pointer_register(scene: Scene) -> str:
    named = re.search(r"\bR(\d+) (?:unbounded|min|max|offset|pointer|invalid)", "\n".join(scene.log.complaints))
    return f"R{named[1]}" if named else scene.register


def _unbounded(scene: Scene, __: re.Match[str]) -> Iterator[str]:
    held = scene.value(scene.register)
    if held is None:
        yield f"{_act(scene)}, and {scene.register} has no upper limit there." if scene.step else ""
    elif held.is_scalar:
        yield f"{_act(scene)}, which is {words.describe(held)}: a size needs an upper limit."
    else:
        low, _ = held.bounds
        why = "what was added may be negative" if -SIGNED < low < 0 else "nothing on this path limits what was added"
        yield f"{_act(scene)}. {scene.register} is {words.describe(held)}: {why}."
    yield scene.origin(scene.register)


def _negative(scene: Scene, _: re.Match[str]) -> Iterator[str]:
    held = scene.value(scene.register)
    if scene.step:
        yield f"{_act(scene)}: {scene.register} may be negative{f', it is {words.describe(held)}' if held else ''}."
    yield scene.origin(scene.register)


def _invalid(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    """No pointer that may be used."""
    kind = found["kind"]
    if kind.endswith("or_null") or "_or_null_" in kind:
        held = scene.value(scene.register)
        what = words.describe(held) if held else f"`{kind}`"
        yield f"{_begin(scene)}, but {scene.register} is {what}, and no comparison on this path excludes NULL."
    elif kind in {"inv", "scalar", "imm"}:
        yield f"{_begin(scene)}, but {scene.register} is a number to the verifier, no pointer{_number(scene)}."
    else:
        yield f"{_begin(scene)}, but {scene.register} is `{kind}`, through which this is not allowed."
    lost = scene.lost(scene.register) if kind in {"inv", "scalar"} else ""
    yield lost or scene.origin(scene.register)


def _begin(scene: Scene) -> str:
    return _act(scene) or f"The program uses {scene.register} as a pointer"


def _number(scene: Scene) -> str:
    held = scene.value(scene.register)
    if held is None or not held.is_scalar:
        return ""
    if held.bounds == (0, 0):
        return ": it is 0, as after a comparison with NULL"
    return f" ({words.describe(held)})"


def _unreadable(scene: Scene, _: re.Match[str]) -> Iterator[str]:
    links = follow(scene.log, scene.register)
    call = links[0] if links and links[0].action.does == Does.CALL and scene.register != "R0" else None
    if scene.register == "R0" and scene.action.does == Does.EXIT:
        yield f"{scene.place} ends the program, and on this path nothing was put into R0, the return value."
    elif call:
        yield (
            f"{scene.place} reads {scene.register}, which has held nothing since instruction {call.step.index} called "
            f"{words.call(call.action)}: a call leaves R1 to R5 unreadable."
        )
    elif scene.step:
        yield f"{scene.place} reads {scene.register}, and on this path nothing was written to it."


def _stack(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    """Bytes of the stack that were never written."""
    offset, size = int(found["off"]), int(found["size"])
    into = int(found["into"])
    who = f"{scene.place} reads" if scene.step else "The program reads"
    if scene.action.does == Does.CALL:
        who = f"{scene.place} lets {words.call(scene.action)} read"
    begin = f"{who} {words.plural(size, 'byte')} of the stack from fp{offset}"
    begin += f"; byte {into} of them, at fp{offset + into:+d}"
    if wrote := _last_store(scene, offset + into):
        yield f"{begin}, was last written by {words.place(wrote, scene.step)}, and does not count as plain data there."
        return
    yield f"{begin}, was never written on this path."
    if into and scene.action.does == Does.CALL:
        yield "Bytes before it were: a structure of which one field, or the padding between fields, was left out."


def _last_store(scene: Scene, place: int) -> Step | None:
    """The instruction that wrote a byte of the stack last, as far as the log has it."""
    if not scene.step:
        return None
    log_frame = scene.step.frame
    for at in walk_back(scene.log, len(scene.log.steps) - 1):
        step = scene.log.steps[at]
        action = parse_action(step.text)
        is_own = action.does == Does.STORE and action.base == "R10" and step.frame == log_frame
        if is_own and action.offset <= place < action.offset + action.size:
            return step
    return None


def _frame(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    """An access that is not within what the frame has."""
    offset, size = int(found["off"]), int(found["size"])
    begin = f"{scene.place} accesses" if scene.step else "The program accesses"
    text = f"{begin} {words.plural(size, 'byte')} of the stack from fp{offset:+d}"
    if offset + size > 0:
        yield f"{text}, {words.plural(offset + size, 'byte')} more than there are from there to the end of the frame."
    elif "read" in scene.line:
        yield f"{text}, where nothing was written on this path."
    else:
        yield f"{text}, which is outside of the frame."
    yield scene.origin(scene.register) if scene.register != "R10" else ""


def _argument(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    who = f"{scene.place} calls {words.call(scene.action)}" if scene.action.does == Does.CALL else scene.place
    number = scene.register.removeprefix("R")
    held = scene.value(scene.register)
    what = words.describe(held) if held else f"`{found['is']}`"
    begin = f"{who}: " if who else ""
    yield f"{begin}argument {number} ({scene.register}) is {what}, and must be {found['wants'].strip()}."
    yield scene.origin(scene.register)


def _math(scene: Scene, _: re.Match[str]) -> Iterator[str]:
    action = scene.action
    if not scene.step:
        return
    held, pointer = scene.value(action.source), scene.value(action.target)
    subject = f"{action.target}, which is {words.describe(pointer)}" if pointer else action.target
    yield f"{scene.place} is arithmetic on {subject}."
    if held:
        yield f"{action.source} is {words.describe(held)} there."
    yield scene.origin(action.source if action.source and (pointer is None or not pointer.is_scalar) else action.target)


def _context(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    begin = _act(scene) if scene.step else "The access"
    yield (
        f"{begin}: {words.plural(int(found['size']), 'byte')} at offset {found['off']} of the context, which this "
        "program type may not access so."
    )


def _member(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    begin = f"{_act(scene)}: " if scene.step else ""
    yield f"{begin}`{found['member']}` of struct {found['struct']} is a pointer, and must be read whole, as one."


_RULES: tuple[Rule, ...] = (
    rule(r"invalid access to packet, off=(?P<off>-?\d+) size=(?P<size>\d+)", _packet),
    rule(
        r"invalid access to (?:map|\S+) ?value, value_size=(?P<total>\d+) off=(?P<off>-?\d+) size=(?P<size>\d+)",
        _map_value,
    ),
    rule(r"invalid access to memory, mem_size=(?P<total>\d+) off=(?P<off>-?\d+) size=(?P<size>\d+)", _map_value),
    rule(r"unbounded memory access", _unbounded),
    rule(r"min value is negative", _negative),
    rule(r"invalid mem access '(?P<kind>[^']*)'?", _invalid),
    rule(r"!read_ok", _unreadable),
    rule(
        r"invalid (?:indirect )?read from stack (?:R\d+ )?off (?P<off>-?\d+)\+(?P<into>\d+) "
        r"size (?P<size>\d+)",
        _stack,
    ),
    rule(r"invalid(?: [a-z ]+)? stack (?:R\d+ )?off=(?P<off>-?\d+) size=(?P<size>\d+)", _frame),
    rule(r"R\d+ type=(?P<is>\S+) expected=(?P<wants>.*)", _argument),
    rule(r"math between|pointer arithmetic|bitwise operator|value .* makes \S+ pointer be out of bounds", _math),
    rule(r"invalid bpf_context access off=(?P<off>-?\d+) size=(?P<size>\d+)", _context),
    rule(r"cannot access ptr member (?P<member>\S+) with moff \d+ in struct (?P<struct>\S+)", _member),
)
