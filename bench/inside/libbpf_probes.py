"""Runs in a guest, for `agree.py`: what libbpf's own probes say, and the kernel's log behind each.

`libbpf_probes.py WANTED.json`: `constants`, `layouts`, `programs`, `maps` and `helpers` (name to number).
Each result is a record: `libbpf` its version; `programs` and `maps` what the probes returned; for each
program type `helpers` what they returned and `said` errno and log of the program that libbpf tries.
"""

from __future__ import annotations

import ctypes
import json
import sys
from pathlib import Path
from typing import Any

from bpfref.kernels.guest import report
from bpfref.loader.assembler import Assembler
from bpfref.probe.ask.kernel import Kernel
from bpfref.probe.ask.texts import telling

# What probe_prog_load of src/libbpf_probes.c in libbpf v1.7.0 loads a program type with.
ATTACH = {
    "BPF_PROG_TYPE_CGROUP_SOCK_ADDR": "BPF_CGROUP_INET4_CONNECT",
    "BPF_PROG_TYPE_CGROUP_SOCKOPT": "BPF_CGROUP_GETSOCKOPT",
    "BPF_PROG_TYPE_SK_LOOKUP": "BPF_SK_LOOKUP",
    "BPF_PROG_TYPE_LIRC_MODE2": "BPF_LIRC_MODE2",
    "BPF_PROG_TYPE_NETFILTER": "BPF_NETFILTER",
}
SLEEPS = "BPF_PROG_TYPE_SYSCALL"
# libbpf asks for the whole log; the instructions in it say nothing here.
LEVEL = 4


def main(wanted: dict[str, Any]) -> None:
    """Ask and hand over."""
    libbpf = ctypes.CDLL("libbpf.so.1")
    libbpf.libbpf_set_print(None)
    kernel = Kernel(wanted["constants"], wanted["layouts"])
    report({"libbpf": f"{libbpf.libbpf_major_version()}.{libbpf.libbpf_minor_version()}"})
    report({"programs": {name: libbpf.libbpf_probe_bpf_prog_type(n, None) for name, n in wanted["programs"].items()}})
    report({"maps": {name: libbpf.libbpf_probe_bpf_map_type(n, None) for name, n in wanted["maps"].items()}})
    for name, number in wanted["programs"].items():
        fields = {"prog_type": number}
        if name in ATTACH:
            fields["expected_attach_type"] = kernel.number(ATTACH[name])
        if name == SLEEPS:
            fields["prog_flags"] = kernel.number("BPF_F_SLEEPABLE")
        row, said = {}, {}
        for helper, function in wanted["helpers"].items():
            row[helper] = libbpf.libbpf_probe_bpf_helper(number, function, None)
            answer = kernel.load(Assembler().call(function).exit().assemble(), fields, level=LEVEL)
            said[helper] = [answer.errno, telling(answer.log)]
        report({"type": name, "attach": ATTACH.get(name), "helpers": row, "said": said})


main(json.loads(Path(sys.argv[1]).read_text()))
