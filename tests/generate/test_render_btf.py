"""What kernels' BTF says, as Markdown: golden renderings of small facts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpfref.catalogue import Catalogue
from bpfref.generate.facts import Facts
from bpfref.generate.render import btf, uapi
from bpfref.model.btf import (
    Asked,
    BtfStructsFile,
    Earlier,
    FieldStory,
    Hook,
    HooksFile,
    IteratorsFile,
    KernelStruct,
    Member,
    StructOps,
    StructOpsFile,
    StructStory,
    Target,
    Tracepoints,
    TracepointsFile,
)
from bpfref.model.files import StructOpsNote
from bpfref.model.uapi import Field, Struct

KERNELS = (Asked("v6.1", "linux-image", "6.1-1", "0", 9), Asked("v7.0", "linux-image", "7.0-1", "0"))
SOURCE = "Read from the BTF of Debian's generic kernels for amd64: v6.1 (6.1-1), v7.0 (7.0-1)."
UNSEEN = f"{SOURCE} The modules of v7.0 were not seen.\n{{ .source }}"
RUN = Member("run", "int (*run)(void *p__nullable)", (), (Earlier("int (*run)(void)", ("v6.1",)),))
OPS = StructOps("my_ops", (RUN, Member("stop", "void (*stop)(void)", ("v7.0",)), Member("new", "int new", ("v6.1",))))


@pytest.fixture
def small(facts: Catalogue) -> Facts:
    """The real catalogue with two kernels and little in their BTF."""
    told = replace(
        facts.btf,
        structs=BtfStructsFile(
            KERNELS,
            (
                StructStory("seen", "struct", (), {"late": FieldStory(("v6.1",)), "u": FieldStory(("v6.1",))}),
                StructStory("unseen", "struct", ("v6.1",)),
            ),
            (KernelStruct("struct ctx", "ctx", (Member("skb", "struct sk_buff *skb", ("v6.1",)),)),),
        ),
        struct_ops=StructOpsFile(KERNELS, (OPS,), {"far_ops": ("v7.0",)}),
        iterators=IteratorsFile(KERNELS, (Target("thing", (Member("x", "u32 x"),), None, ("v6.1",)),)),
        hooks=HooksFile(
            KERNELS,
            (
                *(Hook(f"file_{n}", f"int file_{n}(void)") for n in ("a", "b", "c")),
                Hook("file_open", "int file_open(struct file *file)", ("v6.1",), (), {"sleepable": ()}),
                Hook("bpf", "int bpf(int cmd)", (), (Earlier("int bpf(void)", ("v6.1",)),), {"disabled": ("v6.1",)}),
            ),
        ),
        tracepoints=TracepointsFile(KERNELS, (Tracepoints("v6.1", 5, 2), Tracepoints("v7.0", 6, None, 3, 2))),
        notes={"my_ops": StructOpsNote(("CONFIG_MY",), "x", required=("run",), sleepable=("stop",))},
    )
    return Facts(replace(facts, btf=told, meanings={"my_ops.run": "Runs.", "bpf_iter__thing": "Walks."}))


def test_a_struct_ops_type(small: Facts) -> None:
    assert btf.struct_ops_members(small, OPS) == (
        '```c title="v7.0"\nstruct my_ops {\n\tint (*run)(void *p__nullable);\n\tint new;\n};\n```\n\n'
        "The endings of parameters' names speak to the verifier: `__nullable` may be `NULL`: "
        "the program must compare it before use.\n\n"
        "| Member | Meaning | Kernels |\n| --- | --- | --- |\n"
        "| [`run`](#run){ #run } | **Required.** Runs. In v6.1: `int (*run)(void)`. |  |\n"
        "| [`stop`](#stop){ #stop } | **May sleep.** Declared as `void (*stop)(void)`. "
        '| **gone by v7.0**{ .since title="last seen in v6.1: v7.0 lacks it" } |\n'
        '| [`new`](#new){ #new } |  | **by v7.0**{ .since title="first seen in v7.0: v6.1 lacks it" } |'
    )


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (OPS, "In kernels\n:   all kernels asked, v6.1 to v7.0\n\nOffered by\n:   the kernel image"),
        (replace(OPS, module="mine"), "Offered by\n:   the module `mine`"),
        (replace(OPS, lacks=("v7.0",)), "v7.0 lacks it (of v7.0 only the image was seen, not the modules)"),
        (replace(OPS, lacks=("v6.1",), unbuilt=("v6.1",)), "v6.1: its source has the type, the kernel asked was built"),
        (OPS, "Configuration\n:   `CONFIG_MY`"),
    ],
)
def test_where_a_struct_ops_type_is_offered(small: Facts, wanted: StructOps, words: str) -> None:
    assert words in btf.struct_ops_facts(small, wanted)


def test_iterator_targets(small: Facts) -> None:
    assert btf.iterators(small) == (
        '## thing { #bpf_iter__thing }\n\nWalks.\n\n<div class="facts" markdown>\n\n'
        'Section\n:   `SEC("iter/thing")`\n\nContext\n:   `struct bpf_iter__thing`\n\n'
        "In kernels\n:   first seen in v7.0: v6.1 lacks it\n\n</div>\n\n"
        f"| Field | Type |\n| --- | --- |\n| `x` | `u32` |\n\n{UNSEEN}"
    )


def test_hooks_by_family(small: Facts) -> None:
    text = btf.hooks(small)
    assert text.index("## `file`") < text.index("## Others { #hooks-others }")
    assert (
        '[`file_open`](#bpf_lsm_file_open){ #bpf_lsm_file_open } **by v7.0**{ .since title="first seen in v7.0: '
        'v6.1 lacks it" }\n:   `int file_open(struct file *file)`\n\n    May sleep.\n'
    ) in text
    assert ":   `int bpf(int cmd)`\n\n    Refused by the verifier (in v7.0). In v6.1: `int bpf(void)`.\n" in text
    assert text.endswith(f"{SOURCE}\n{{ .source }}")
    assert btf.hook_counts(small) == (
        "| Kernel | Hooks | New | Gone | May sleep | Refused |\n| --- | --- | --- | --- | --- | --- |\n"
        "| v6.1 | 4 |  |  | 0 | 0 |\n| v7.0 | 5 | 1 | 0 | 1 | 1 |"
    )


def test_tracepoints(small: Facts) -> None:
    assert btf.tracepoints(small) == (
        "| Kernel | In the image | New | Gone | Only in modules |\n| --- | --- | --- | --- | --- |\n"
        f"| v6.1 | 5 |  |  | 2 |\n| v7.0 | 6 | 3 | 2 | not seen |\n\n{UNSEEN}"
    )


def test_a_context_of_the_kernels_own(small: Facts) -> None:
    context = small.catalogue.btf.structs.contexts[0]
    text = btf.kernel_struct(small, context)
    assert text.startswith("The context is `struct ctx`, as on x86-64; in kernels: all kernels asked, v6.1 to v7.0.")
    assert "| `skb` | `struct sk_buff *` | <span>**by v7.0**{ .since" in text


def test_fields_of_uapi_structs_say_since_which_kernel(small: Facts) -> None:
    inner = (Field("in", "__u32", 8, 4),)
    fields = (Field("old", "__u32", 0, 4), Field("late", "__u32", 4, 4), Field("u", "union", 8, 4, fields=inner))
    text = uapi.struct(small, Struct("seen", "struct", 12, fields))
    by = '<span>**by v7.0**{ .since title="first seen in v7.0: v6.1 lacks it" }</span>'
    assert text == (
        "12 bytes.\n\n| Field | Type | Offset | Meaning |\n| --- | --- | --- | --- |\n| `old` | `__u32` | 0 |  |\n"
        f"| `late` | `__u32` | 4 | {by} |\n| `u.in` | `__u32` | 8 | {by} |"
    )
    told = uapi.struct(small, Struct("unseen", "struct", 4, (Field("x", "__u32", 0, 4),)))
    assert told.startswith("4 bytes. In kernels' BTF: first seen in v7.0: v6.1 lacks it.\n\n")
