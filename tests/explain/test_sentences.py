"""What is said of a log: the register, its value, the access, and where it came from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref import catalogue
from bpfref.errors import SourceError
from bpfref.explain import report
from bpfref.explain.find import Finder
from bpfref.explain.lines_of_object import add_sources
from bpfref.explain.sentences import say
from bpfref.formats.bpf_object import BpfObject, Function, Line
from bpfref.formats.bpf_object.code import Instruction
from bpfref.formats.verifier_log import parse_log
from bpfref.layout import Layout

LOGS = {path.stem: path.read_text() for path in sorted(Path("tests/inputs/verifier-logs").glob("*.txt"))}
EXIT = Instruction(0x95, 0, 0, 0, 0)

# Logs of our own examples, with what must be said of each.
SAID = {
    "unbounded-index@v6.18": [
        "Instruction 5 (`r1 = *(u64 *)(r2 +0)`",
        "reads 8 bytes through R2",
        "R2 is a pointer to a map value of map unbounde.bss (128 bytes) plus 0 to 34359738360",
        "last written by instruction 4 (`r2 += r1`); added is R1 (a number from 0 to 34359738360)",
        "which loads 4 bytes at offset 16 of the context",
    ],
    "packet-unchecked@v6.18": [
        "reads 1 byte through R1 at offset 12, which is byte 12 of the packet: 13 bytes must be proven",
        "no comparison with data_end proved any",
    ],
    "lookup-unchecked@v6.18": [
        "R0 is a pointer to a map value of map packets (8 bytes) or NULL, and no comparison on this path excludes NULL",
        "R0 is what bpf_map_lookup_elem() returned at instruction 6",
    ],
    "scalar-dereference@v6.18": [
        "R0 is a number to the verifier",
        "what bpf_get_current_task() returned at instruction 0",
    ],
    "missing-argument@v6.18": ["reads R2, and on this path nothing was written to it"],
    "dynptr-copied@v6.18": ["reads 8 bytes of the stack from fp-16", "byte 0 of them, at fp-16, was never written"],
    "helper-argument-type@v6.18": ["argument 2 (R2) is a number from 0 to 4294967295, and must be fp, pkt"],
    "use-after-release@v6.18": [
        "argument 1 (R1) is an unbounded number, and must be ringbuf_mem",
        "bpf_ringbuf_reserve()",
    ],
    "unreleased-reference@v6.18": [
        "still holds what bpf_ringbuf_reserve() returned at instruction 5",
        "The path that forgets it goes through instruction 17",
    ],
    "beyond-map-value@v6.18": ["may reach bytes 128 to 135 of a value of 128 bytes", "plus 0 to 128"],
    "negative-size@v6.18": ["R3 may be negative, it is a number from -4095 to 128", "what bpf_get_stack() returned"],
    "offset-of-64-bits@v6.18": ["is arithmetic on R1, which is a packet pointer", "R3 is an unbounded number there"],
    "packet-end-arithmetic@v6.18": ["is arithmetic on R1, which is the packet's end", "at offset 4 of the context"],
    "beyond-stack-buffer@v6.18": ["accesses 16 bytes of the stack from fp-8, 8 bytes more than there are"],
    "stack-of-two-calls@v6.18": ["A chain of 2 functions needs 576 bytes of stack together, 64 more than the 512"],
    "context-field-of-other-type@v6.18": ["4 bytes at offset 80 of the context"],
    "irq-flags@v6.18": ["instruction 21 (`exit`"],
}
# Complaints without their log, and with no more than lines around them.
LINES = {
    "back-edge from insn 517 to 486": "Instruction 517 jumps back to instruction 486",
    "jump out of range from insn 1 to 2": "Instruction 1 jumps to instruction 2, which is outside of its function",
    "invalid func unknown#114": "The program calls helper number 114, which this kernel does not have",
    "unknown func bpf_get_current_pid_tgid#14": "calls bpf_get_current_pid_tgid() (number 14)",
    "calling kernel function bpf_strstr is not allowed": "calls bpf_strstr(), which this program type may not call",
    "failed to resolve CO-RE relocation <byte_off> [4] struct a.b (0:15 @ offset 88)": "`struct a.b`",
    "Unreleased reference id=3 alloc_insn=10": "the reference that instruction 10 took",
    "At program exit the register R0 has value (0x2; 0x0) should have been in (0x0; 0x1)": "R0 has value (0x2; 0x0);",
    "At program exit the register R0 has smin=2 smax=2 should have been in [0, 1]": "allowed is [0, 1]",
    "invalid indirect read from stack R2 off -24+20 size 24": "byte 20 of them, at fp-4, was never written",
    "BPF program is too large. Processed 1000001 insn\nprocessed 1000001 insns (limit 1000000) total_states 7": (
        "gave up after 1000001 instructions of 1000000, with 7 states"
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_the_facts_of_the_log_are_said(name: str) -> None:
    log = parse_log(LOGS[name])
    text = " ".join(say(log, log.telling))
    assert [words for words in SAID[name] if words not in text] == [], text


@pytest.mark.parametrize("line", LINES)
def test_a_complaint_alone_says_what_is_in_it(line: str) -> None:
    log = parse_log(line)
    assert LINES[line] in " ".join(say(log, log.telling))


# Logs as people paste them: what must be said, and what must not.
PASTED = {
    "the instruction is left out": (
        "0: (79) r1 = *(u64 *)(r1 +112)\n1: (7b) *(u64 *)(r10 -8) = r1\n[..]\nR1 invalid mem access 'inv'\n",
        ["R1 is a number to the verifier"],
        ["nstruction 1", "instruction 0"],
    ),
    "steps on the way are left out": (
        "0: (79) r3 = *(u64 *)(r1 +112)\n...\n9: (71) r1 = *(u8 *)(r3 +0)\nR3 invalid mem access 'inv'\n",
        ["Instruction 9"],
        ["instruction 0"],
    ),
    "a call wrote to the slot": (
        (
            "1: (b7) r7 = 0\n2: (7b) *(u64 *)(r10 -64) = r7\n3: (bf) r1 = r10\n4: (07) r1 += -72\n5: (b7) r2 = 16\n"
            "6: (85) call 4\n7: (79) r6 = *(u64 *)(r10 -64)\n8: (71) r1 = *(u8 *)(r6 +0)\nR6 invalid mem access 'inv'\n"
        ),
        ["instruction 7", "loads 8 bytes from the stack"],
        ["instruction 1"],
    ),
    "a call got the memory beside the slot": (
        (
            "1: (b7) r7 = 0\n2: (7b) *(u64 *)(r10 -64) = r7\n3: (bf) r1 = r10\n4: (07) r1 += -72\n5: (b7) r2 = 8\n"
            "6: (85) call 4\n7: (79) r6 = *(u64 *)(r10 -64)\n8: (71) r1 = *(u8 *)(r6 +0)\nR6 invalid mem access 'inv'\n"
        ),
        ["goes back to instruction 1 (`r7 = 0`)"],
        [],
    ),
    "a slot written in part": (
        (
            "1: (b7) r7 = 0\n2: (7b) *(u64 *)(r10 -8) = r7\n3: (7b) *(u64 *)(r10 -12) = r8\n"
            "4: (79) r6 = *(u64 *)(r10 -8)\n5: (71) r1 = *(u8 *)(r6 +0)\nR6 invalid mem access 'inv'\n"
        ),
        ["instruction 4"],
        ["instruction 1"],
    ),
    "bytes that hold a pointer": (
        (
            "0: (79) r1 = *(u64 *)(r6 +80)\n1: (7b) *(u64 *)(r10 -8) = r1\n2: (85) call 2\n"
            "invalid indirect read from stack R2 off -8+0 size 8\n"
        ),
        ["was last written by instruction 1", "does not count as plain data"],
        ["never written"],
    ),
    "what was added may be negative": (
        (
            "2149: (b7) r2 = 47\n2150: (73) *(u8 *)(r1 +4095) = r2\n R0=inv(id=45) R1_w=map_value(id=0,off=0,ks=4,"
            "vs=8192,smin_value=-4095,smax_value=0) R2_w=inv47 R10=fp0\n"
            "R1 unbounded memory access, make sure to bounds check any such access\n"
        ),
        ["plus -4095 to 0: what was added may be negative"],
        ["nothing on this path limits"],
    ),
    "a pointer that a call gets": (
        (
            "7: (85) call bpf_probe_read#4\n R1_w=map_value(id=0,off=0,ks=4,vs=64,umax_value=4294967295,"
            "var_off=(0x0; 0xffffffff)) R2=inv1 R10=fp0\n"
            "R1 unbounded memory access, make sure to bounds check any such access\n"
        ),
        ["R1 is a pointer to a map value (64 bytes) plus 0 to 4294967295: nothing on this path limits what was added"],
        ["a size needs"],
    ),
    "a value of a map from an old kernel": (
        (
            "17: (55) if r7 != 0x0 goto pc+47\n R6=map_value(ks=8,vs=8),min_value=0,max_value=0 R10=fp\n"
            "18: (79) r1 = *(u64 *)(r6 +0)\n19: (69) r6 = *(u16 *)(r1 +12)\nR1 invalid mem access 'inv'\n"
        ),
        ["a pointer to a map value"],
        ["0 to 0"],
    ),
}


@pytest.mark.parametrize("name", PASTED)
def test_a_log_with_lines_left_out_is_claimed_no_more_of_than_it_has(name: str) -> None:
    text, wanted, unwanted = PASTED[name]
    log = parse_log(text)
    said = " ".join(say(log, log.telling))
    assert [words for words in wanted if words not in said] == [], said
    assert [words for words in unwanted if words in said] == [], said


def test_a_line_of_the_loader_is_about_no_instruction() -> None:
    log = parse_log("bpf: Failed to load program: Unknown error 524\n0: (b7) r0 = 0\n1: (95) exit\n")
    assert (log.errno, say(log, log.errno_line)) == ("ENOTSUPP", [])


def test_every_series_tells_the_same_of_one_program(layout: Layout) -> None:
    logs = sorted((layout.root / "data/verified/logs").glob("*/unbounded-index.txt"))
    assert len(logs) > 1
    for path in logs:
        log = parse_log(path.read_text())
        text = " ".join(say(log, log.telling))
        for words in (
            "Instruction 5",
            "8 bytes through R2",
            "(128 bytes) plus 0 to 34359738360",
            "offset 16 of the context",
        ):
            assert words in text, (path, text)


def test_a_pointer_that_a_call_took_is_told_with_the_call() -> None:
    log = parse_log(
        "0: (bf) r6 = r1                       ; R1=ctx() R6_w=ctx()\n"
        "1: (61) r7 = *(u32 *)(r6 +76)         ; R6_w=ctx() R7_w=pkt(r=14)\n"
        "2: (85) call bpf_skb_pull_data#39     ; R0_w=scalar() R7_w=scalar()\n"
        "3: (71) r1 = *(u8 *)(r7 +0)\nR7 invalid mem access 'scalar'\n"
    )
    said = " ".join(say(log, log.telling))
    assert "Until instruction 2 called bpf_skb_pull_data(), R7 was a packet pointer with 14 bytes proven" in said


def test_a_register_that_a_call_made_unreadable_is_told_with_the_call() -> None:
    log = parse_log("0: (85) call bpf_ktime_get_ns#5       ; R0_w=scalar()\n1: (bf) r6 = r1\nR1 !read_ok\n")
    assert "since instruction 0 called bpf_ktime_get_ns(): a call leaves R1 to R5 unreadable" in " ".join(
        say(log, log.telling)
    )


def test_a_packet_pointer_with_a_variable_part_counts_from_behind_it() -> None:
    log = parse_log("7: (71) r1 = *(u8 *)(r4 +3)\ninvalid access to packet, off=3 size=1, R4(id=5,off=0,r=2)\n")
    said = " ".join(say(log, log.telling))
    assert "byte 3 behind the variable offset that was added to the pointer: 4 bytes must be proven" in said
    assert "proved 2" in said


def test_another_path_is_walked_back_to_where_it_began() -> None:
    log = parse_log(
        "0: (b7) r3 = 7                        ; R3_w=7\n"
        "1: (15) if r1 == 0x0 goto pc+2        ; R1=scalar()\n"
        "2: (b7) r3 = 9                        ; R3_w=9\n3: (95) exit\n\n"
        "from 1 to 4: R1=0 R3=7 R10=fp0\n4: (71) r0 = *(u8 *)(r3 +0)\nR3 invalid mem access 'scalar'\n"
    )
    said = " ".join(say(log, log.telling))
    assert "(the number 7)" in said
    assert "R3 was last written by instruction 0 (`r3 = 7`)" in said


@pytest.mark.parametrize(
    "text", ["1" * 100_000, "1\n" * 50_000, "prog '" * 20_000, "R1=(" * 25_000, "> " * 50_000, "words\n" * 20_000]
)
def test_what_only_looks_like_a_log_does_not_take_forever(text: str, layout: Layout) -> None:
    """Nothing grows with the square of what is pasted: that would be minutes here."""
    facts = catalogue.read_verifier(layout)
    report.record(report.explain(parse_log(text), Finder(facts), facts))


@given(st.sampled_from(sorted(LOGS)), st.data())
def test_a_log_cut_anywhere_is_said_something_of_or_nothing(name: str, data: st.DataObject) -> None:
    text = LOGS[name]
    start = data.draw(st.integers(0, len(text)))
    log = parse_log(text[start : data.draw(st.integers(start, len(text)))])
    say(log, log.telling)


def _object(**programs: Function) -> BpfObject:
    return BpfObject("prog.bpf.o", "little", "GPL", None, programs, {}, {}, {}, (), ())


def _program(name: str, *lines: Line) -> Function:
    return Function(name, "xdp", 0, dict.fromkeys(range(8), EXIT), lines=lines)


def test_the_object_gives_source_lines() -> None:
    log = parse_log("0: (61) r1 = *(u32 *)(r1 +0)\n1: (71) r1 = *(u8 *)(r1 +23)\nR1 invalid mem access 'scalar'\n")
    program = _program(
        "count", Line(0, "/src/prog.bpf.c", 9, "data = context->data;"), Line(1, "/src/prog.bpf.c", 12, "x = *data;")
    )
    said = " ".join(say(add_sources(log, _object(count=program)), log.telling))
    assert "source line prog.bpf.c:12 `x = *data;`" in said
    assert "prog.bpf.c:9 `data = context->data;`" in said


def test_an_object_that_is_not_the_logs_is_refused() -> None:
    log = parse_log("libbpf: prog 'other': BPF program load failed: Invalid argument\n0: (95) exit\nR0 !read_ok\n")
    with pytest.raises(SourceError, match=r"program other.*count"):
        add_sources(log, _object(count=_program("count")))
    nameless = parse_log("0: (95) exit\nR0 !read_ok\n")
    with pytest.raises(SourceError, match="names no program"):
        add_sources(nameless, _object(a=_program("a"), b=_program("b")))
