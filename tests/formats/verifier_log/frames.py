"""What loaders, loggers, terminals and web pages make of a log: the kernel's text in, what is pasted out."""

from __future__ import annotations

import textwrap
from collections.abc import Callable


def _each(form: str) -> Callable[[str], str]:
    return lambda log: "".join(form.format(line=line, at=at) + "\n" for at, line in enumerate(log.splitlines(), 1))


def libbpf(log: str) -> str:
    return (
        "libbpf: map 'counts': created successfully, fd=4\n"
        "libbpf: prog 'count': BPF program load failed: Permission denied\n"
        f"libbpf: prog 'count': -- BEGIN PROG LOAD LOG --\n{log}-- END PROG LOAD LOG --\n"
        "libbpf: prog 'count': failed to load: -13\nlibbpf: failed to load object 'count_bpf'\n"
        "libbpf: failed to load BPF skeleton 'count_bpf': -13\nFailed to load and verify BPF skeleton\n"
    )


def old_libbpf(log: str) -> str:
    return (
        "libbpf: load bpf program failed: Permission denied\nlibbpf: -- BEGIN DUMP LOG ---\nlibbpf: \n"
        f"{log}\nlibbpf: -- END LOG --\nlibbpf: failed to load program 'count'\n"
    )


def go(log: str) -> str:
    lines = "".join(f"\t{line}\n" for line in log.splitlines())
    return f"2026/11/21 17:35:32 loading objects: field Count: program count: load program: permission denied:\n{lines}"


def rust(log: str) -> str:
    text = log.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace('"', '\\"')
    return (
        'Error: LoadError { io_error: Os { code: 13, kind: PermissionDenied, message: "Permission denied" }, '
        f'verifier_log: "{text}" }}\n'
    )


def anyhow(log: str) -> str:
    inner = textwrap.indent(log, " " * 7)
    return (
        f"Error: the BPF_PROG_LOAD syscall failed. Verifier output: {log}\n\nCaused by:\n"
        f"    0: the BPF_PROG_LOAD syscall failed. Verifier output: {inner.lstrip()}\n"
        "    1: Permission denied (os error 13)\n"
    )


def bcc(log: str) -> str:
    return (
        f"bpf: Failed to load program: Permission denied\n{log}\nHINT: some words of bcc's about the error.\n\n"
        'Traceback (most recent call last):\n  File "count.py", line 12, in <module>\n    b = BPF(text=text)\n'
        "Exception: Failed to load BPF program b'count': Permission denied\n"
    )


def iproute(log: str) -> str:
    return (
        "Prog section 'classifier' rejected: Permission denied (13)!\n - Type:         3\n - Attach Type:  0\n"
        f" - Instructions: 26 (0 over limit)\n - License:      GPL\n\nVerifier analysis:\n\n{log}\n"
        "Error fetching program/map!\n"
    )


def wrap(width: int) -> Callable[[str], str]:
    def broken(log: str) -> str:
        return "".join(
            line[at : at + width] + "\n" for line in log.splitlines() for at in range(0, max(len(line), 1), width)
        )

    return broken


FRAMES: dict[str, Callable[[str], str]] = {
    "the kernel's own": lambda log: log,
    "libbpf": libbpf,
    "libbpf before 0.7": old_libbpf,
    "bpftool": lambda log: libbpf(log) + "Error: failed to load object file\n",
    "veristat": lambda log: f"PROCESSING a.bpf.o/count, DURATION US: 84, VERDICT: failure, VERIFIER LOG:\n{log}",
    "cilium/ebpf": go,
    "aya, as a literal": rust,
    "aya, with its causes": anyhow,
    "bcc": bcc,
    "tc": iproute,
    "dmesg": _each("[   12.345678] {line}"),
    "dmesg with a thread": _each("[   12.345678][ T1234] {line}"),
    "journal": _each("Nov 21 19:13:45 host count[1234]: {line}"),
    "a CI log": _each("2026-11-21T19:13:45.1234567Z {line}"),
    "a container's log": _each("agent-1  | {line}"),
    "logfmt": _each('level=warning msg="{line}" subsys=loader'),
    "a test runner": _each("7: {line}"),
    "quoted": _each("> {line}"),
    "quoted twice": _each("> > {line}"),
    "a fence": lambda log: f"I get this:\n```\n{log}```\nWhat is wrong?\n",
    "indented": lambda log: textwrap.indent(log, "    "),
    "numbered": _each("{at:4} {line}"),
    "coloured": _each("\x1b[31m{line}\x1b[0m"),
    "of DOS": lambda log: log.replace("\n", "\r\n"),
    "80 columns": wrap(80),
    "120 columns": wrap(120),
    "without figures": lambda log: "".join(
        line + "\n" for line in log.splitlines() if not line.startswith("processed")
    ),
    "without its beginning": lambda log: "".join(line + "\n" for line in log.splitlines()[2:]),
    "libbpf's, of 80 columns": lambda log: wrap(80)(libbpf(log)),
    "libbpf's, quoted": lambda log: _each("> {line}")(libbpf(log)),
    "libbpf's, of a container": lambda log: _each("agent-1  | {line}")(libbpf(log)),
}
