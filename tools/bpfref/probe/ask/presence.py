"""Whether the kernel knows a command or attach type: asked with descriptors that are none, so nothing happens."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bpfref.probe.ask.answers import Answers
from bpfref.probe.ask.kernel import Answer, Kernel, Layout

_NO_ID = 0x7FFFFFFE  # the kernel refuses the last one
_STANDARD = 2
_FAR = 8  # bytes
_OPTIONS = ("token_fd", "path_fd")  # an older kernel knows the command without them


def ask_commands(kernel: Kernel, commands: Mapping[str, int], answers: Answers) -> None:
    """Run each command with descriptors, ids and paths that are none."""
    nowhere = kernel.address(b"/nowhere/at/all")
    made = kernel.create_map(map_type=kernel.number("BPF_MAP_TYPE_ARRAY"), key_size=4, value_size=4, max_entries=1)
    real = made.result
    for name, number in commands.items():
        layout = kernel.layouts.get(name, {})
        fields = dict.fromkeys(_descriptor(layout), -1)
        fields |= {field: _NO_ID for field, (offset, _) in layout.items() if not offset and field.endswith("_id")}
        if "pathname" in layout:
            fields = {"pathname": nowhere, "bpf_fd": real if name == "BPF_OBJ_PIN" else 0}
        answer = kernel.call(name, fields) if layout else _bare(kernel, number)
        if answer.result > _STANDARD:  # BPF_ENABLE_STATS gives a descriptor
            os.close(answer.result)
        answers.give("command", name=name, answer=answers.cell(answer))
    os.close(real)
    answers.give("command", name="", answer=answers.cell(_bare(kernel, max(commands.values()) + 1000)))


def _descriptor(layout: Layout) -> list[str]:
    """Fields with descriptors and processes: the first ones, which a command looks up before anything else."""
    found = [f for f in layout if (f == "fd" or f.endswith(("_fd", "pid"))) and not f.endswith(_OPTIONS)]
    found.sort(key=lambda field: layout[field][0])
    return [field for field in found if field == found[0] or layout[field][0] < _FAR]


def _bare(kernel: Kernel, number: int) -> Answer:
    kernel.clear()
    return kernel.raw(number)


def ask_attach_types(kernel: Kernel, types: Mapping[str, int], answers: Answers) -> None:
    """Attach no program to nothing as each type: a kernel looks at the type first."""
    for name, number in types.items():
        fields = {"target_fd": -1, "attach_bpf_fd": -1, "attach_type": number}
        answer = kernel.call("BPF_PROG_ATTACH", fields)
        answers.give("attach type", name=name, answer=answers.cell(answer))
