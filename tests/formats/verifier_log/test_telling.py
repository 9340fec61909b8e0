"""The line that says why, out of logs of several generations of kernels."""

from __future__ import annotations

import pytest

from bpfref.formats.verifier_log.telling import find_telling_line

FIGURES = "processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n"

LOGS = {
    "v5.10, an access": (
        "0: (61) r1 = *(u32 *)(r1 +0)\n1: R1_w=pkt(id=0,off=0,r=0,imm=0) R10=fp0\n1: (61) r0 = *(u32 *)(r1 +0)\n"
        "invalid access to packet, off=0 size=4, R1(id=0,off=0,r=0)\nR1 offset is outside of the packet\n" + FIGURES,
        "invalid access to packet, off=0 size=4, R1(id=0,off=0,r=0)",
    ),
    "v6.12, with source": (
        "0: R1=ctx() R10=fp0\n; return *(int *)(long)context->data; @ refused.bpf.c:25\n"
        "0: (61) r1 = *(u32 *)(r1 +0)          ; R1_w=pkt(r=0)\n1: (61) r0 = *(u32 *)(r1 +0)\n"
        "invalid access to packet, off=0 size=4, R1(id=0,off=0,r=0)\nR1 offset is outside of the packet\n" + FIGURES,
        "invalid access to packet, off=0 size=4, R1(id=0,off=0,r=0)",
    ),
    "v7.3, with an explanation": (
        "0: R1=ctx() R10=fp0\n0: (61) r1 = *(u32 *)(r1 +0)\nR1 !read_ok\n"
        "\nVerification failed: Register Type Safety: Wrong\n\nReason:\n  Words.\n\nSuggestion:\n  More.\n\n" + FIGURES,
        "R1 !read_ok",
    ),
    "nothing but an explanation": (
        "\nVerification failed: Policy: Not allowed\n\nReason:\n  Words.\n",
        "Policy: Not allowed",
    ),
    "a relocation that failed": (
        "0: (85) call unknown#195896080\n1: <invalid CO-RE relocation>\nfailed to resolve CO-RE relocation <byte_off> "
        "[7] struct a.b (0:0 @ offset 0)\n" + FIGURES,
        "failed to resolve CO-RE relocation <byte_off> [7] struct a.b (0:0 @ offset 0)",
    ),
    "an edge between lines of C": (
        "13: return a(b) + a(c);\n5: static int a(int b)\nback-edge from insn 13 to 5\n" + FIGURES,
        "back-edge from insn 13 to 5",
    ),
    "a kfunc that is missing": (
        "0: R1=ctx() R10=fp0\n0: <invalid kfunc call>\nkfunc 'a' is referenced but wasn't resolved\n" + FIGURES,
        "0: <invalid kfunc call>",
    ),
    "a finding that the verifier went on behind": (
        "R1 type=ctx expected=fp\n0: R1=ctx() R10=fp0\n0: (95) exit\nR0 !read_ok\n" + FIGURES,
        "R0 !read_ok",
    ),
    "a finding that the verifier went on behind, and no reason": ("R1 type=ctx expected=fp\n0: (b7) r0 = 0\n", ""),
    "lines left out": ("0: (b7) r1 = 0\n[..]\nR1 invalid mem access 'inv'\n...\n", "R1 invalid mem access 'inv'"),
    "before the first instruction": ("back-edge from insn 5 to 2\n" + FIGURES, "back-edge from insn 5 to 2"),
    "with libbpf's frame": (
        "-- BEGIN PROG LOAD LOG --\n0: (95) exit\nR0 !read_ok\n" + FIGURES + "-- END PROG LOAD LOG --\n",
        "R0 !read_ok",
    ),
    "accepted": ("0: (b7) r0 = 0\n1: (95) exit\n" + FIGURES, ""),
    "figures alone": ("verification time 81 usec\nstack depth 0\n" + FIGURES, ""),
    "empty": ("", ""),
}


@pytest.mark.parametrize("name", LOGS)
def test_the_telling_line_is_found(name: str) -> None:
    log, line = LOGS[name]
    assert find_telling_line(log) == line
