"""Whether the kernel knows a command or attach type: asked with descriptors that are none, so nothing happens."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bpfref.probe.ask.answers import Answers
from bpfref.probe.ask.kernel import Answer, Kernel

_NO_ID = 0x7FFFFFFF
_STANDARD = 2
_FAR = 12  # bytes: fields beyond are options that an older kernel may not know


def ask_commands(kernel: Kernel, commands: Mapping[str, int], answers: Answers) -> None:
    """Run each command with descriptors and ids that are none."""
    for name, number in commands.items():
        layout = kernel.layouts.get(name, {})
        fields: dict[str, int] = {}
        for field, (offset, _) in layout.items():
            if offset < _FAR and (field.endswith(("_fd", "pid")) or field == "fd"):
                fields[field] = -1
            elif offset < _FAR and field.endswith("_id") and field != "next_id":
                fields[field] = _NO_ID
        answer = kernel.call(name, fields) if layout else _bare(kernel, number)
        if answer.result > _STANDARD:  # BPF_ENABLE_STATS gives a descriptor
            os.close(answer.result)
        answers.give("command", name=name, answer=answers.cell(answer))
    answers.give("command", name="", answer=answers.cell(_bare(kernel, max(commands.values()) + 1000)))


def _bare(kernel: Kernel, number: int) -> Answer:
    kernel.clear()
    return kernel.raw(number)


def ask_attach_types(kernel: Kernel, types: Mapping[str, int], answers: Answers) -> None:
    """Attach no program to nothing as each type: a kernel looks at the type first."""
    for name, number in types.items():
        fields = {"target_fd": -1, "attach_bpf_fd": -1, "attach_type": number}
        answer = kernel.call("BPF_PROG_ATTACH", fields)
        answers.give("attach type", name=name, answer=answers.cell(answer))
