"""`formats.kfuncs`: sets, registrations, flags and hooks out of source as the kernel writes it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.errors import SourceError
from bpfref.formats import csource, kbuild
from bpfref.formats.kfuncs import Member, Registered, parse_flags, parse_hooks, parse_sets
from bpfref.model.helper import Parameter
from bpfref.model.kfunc import FMODRET

ONE = """
#include <net/made_up.h>
BTF_KFUNCS_START(ids_a)
BTF_ID_FLAGS(func, bpf_plain)
BTF_ID_FLAGS(func, bpf_two, KF_ACQUIRE | KF_RET_NULL) /* BTF_ID_FLAGS(func, bpf_commented) */
#ifdef CONFIG_SOMETHING
BTF_ID_FLAGS(func, bpf_split,
	KF_RCU | KF_SLEEPABLE);
#else
BTF_ID_FLAGS(func, bpf_without)
#endif
BTF_KFUNCS_END(ids_a)

static const struct btf_kfunc_id_set set_a = {
	.owner = THIS_MODULE,
	.set = &ids_a,
	.filter = only_some,
};

static int init(void)
{
	int ret = register_btf_kfunc_id_set(BPF_PROG_TYPE_XDP, &set_a);

	return ret ?: register_btf_kfunc_id_set(BPF_PROG_TYPE_SCHED_CLS,
						&set_a);
}
"""


def test_a_set_with_conditions_comments_and_calls_over_two_lines() -> None:
    said = parse_sets(ONE, "a.c", {})
    (found,) = said.sets
    assert (found.name, found.line) == ("ids_a", 3)
    assert found.members == (
        Member("bpf_plain", (), ()),
        Member("bpf_two", ("KF_ACQUIRE", "KF_RET_NULL"), ()),
        Member("bpf_split", ("KF_RCU", "KF_SLEEPABLE"), ("CONFIG_SOMETHING",)),
        Member("bpf_without", (), ()),
    )
    assert said.registered == (
        Registered("BPF_PROG_TYPE_XDP", "ids_a", "only_some"),
        Registered("BPF_PROG_TYPE_SCHED_CLS", "ids_a", "only_some"),
    )
    assert said.unknown == ()


def test_a_list_macro_is_expanded_with_the_local_macro() -> None:
    header = "#define EVERY_xxx \\\n\tONE(A, bpf_first, x) \\\n\tONE(B, \\\n\t    bpf_second, y)\n"
    source = (
        "BTF_KFUNCS_START(ids)\n#define ONE(_, name, __) BTF_ID_FLAGS(func, name, KF_RCU)\n"
        "EVERY_xxx\n#undef ONE\nBTF_KFUNCS_END(ids)\n"
    )
    (found,) = parse_sets(source, "a.c", csource.parse_list_macros(header)).sets
    assert [(m.name, m.flags) for m in found.members] == [("bpf_first", ("KF_RCU",)), ("bpf_second", ("KF_RCU",))]


def test_fmodret_and_sets_of_other_files_are_told_apart() -> None:
    source = (
        "BTF_SET8_START(s)\nBTF_ID_FLAGS(func, f)\nBTF_SET8_END(s)\n"
        "static const struct btf_kfunc_id_set mine = { .set = &s };\n"
        "int i(void) { register_btf_kfunc_id_set(BPF_PROG_TYPE_XDP, &theirs);\n"
        "return register_btf_fmodret_id_set(&mine); }\n"
    )
    said = parse_sets(source, "a.c", {})
    assert said.registered == (Registered(FMODRET, "s", None),)
    assert said.unknown == (("BPF_PROG_TYPE_XDP", "theirs"),)


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("BTF_KFUNCS_START(a)\nBTF_ID_FLAGS(func, f)\n", 1, "set a has no end"),
        ("BTF_KFUNCS_START(a)\nBTF_KFUNCS_END(b)\n", 2, "set a ends as b"),
        ("BTF_KFUNCS_START(a)\nUNKNOWN_MACRO\nBTF_KFUNCS_END(a)\n", 2, "'UNKNOWN_MACRO' in a set of kfuncs"),
        ("BTF_KFUNCS_START(a)\nBTF_ID(func, f)\nBTF_KFUNCS_END(a)\n", 2, "is not understood"),
        ("BTF_KFUNCS_START(a)\n\nBTF_ID_FLAGS(struct, f)\nBTF_KFUNCS_END(a)\n", 3, "is not understood"),
    ],
)
def test_what_is_not_understood_stops_the_reading(source: str, line: int, words: str) -> None:
    with pytest.raises(SourceError, match=re.escape(words)) as caught:
        parse_sets(source, "net/a.c", {})
    assert (str(caught.value.file), caught.value.line) == ("net/a.c", line)


NAMES = st.from_regex(r"bpf_[a-z]{1,8}", fullmatch=True)
FLAG_NAMES = st.lists(st.sampled_from(["KF_ACQUIRE", "KF_RELEASE", "KF_RCU", "KF_SLEEPABLE"]), unique=True, max_size=3)


@given(st.dictionaries(NAMES, FLAG_NAMES, min_size=1, max_size=6), st.sampled_from([" | ", "|", " |\n\t"]))
def test_what_is_written_is_read(members: dict[str, list[str]], glue: str) -> None:
    calls = (f"BTF_ID_FLAGS(func, {name}{', ' if flags else ''}{glue.join(flags)})" for name, flags in members.items())
    lines = "\n".join(calls)
    (found,) = parse_sets(f"BTF_KFUNCS_START(s)\n{lines}\nBTF_KFUNCS_END(s)\n", "a.c", {}).sets
    assert {m.name: list(m.flags) for m in found.members} == members


def test_flags() -> None:
    text = "#define KF_ACQUIRE\t(1 << 0) /* a word */\n  # define KF_LAST ( 1 << 16 )\n#define OTHER (1 << 2)\n"
    assert parse_flags(text, "btf.h") == {"KF_ACQUIRE": 0, "KF_LAST": 16}
    assert parse_flags("no such thing\n", "btf.h") == {}
    with pytest.raises(SourceError, match="no KF_ flag is defined"):
        parse_flags("#define KF_ACQUIRE BIT(0)\n", "btf.h")


def test_hooks() -> None:
    text = (
        "static int bpf_prog_type_to_kfunc_hook(enum bpf_prog_type t)\n{\n\tswitch (t) {\n"
        "\tcase BPF_PROG_TYPE_UNSPEC:\n\t\treturn BTF_KFUNC_HOOK_COMMON;\n"
        "\tcase BPF_PROG_TYPE_TRACING:\n\tcase BPF_PROG_TYPE_LSM:\n\t\treturn BTF_KFUNC_HOOK_TRACING;\n"
        "\tdefault:\n\t\treturn BTF_KFUNC_HOOK_MAX;\n\t}\n}\n"
    )
    assert parse_hooks(text, "btf.c") == {
        "BTF_KFUNC_HOOK_COMMON": ("BPF_PROG_TYPE_UNSPEC",),
        "BTF_KFUNC_HOOK_TRACING": ("BPF_PROG_TYPE_TRACING", "BPF_PROG_TYPE_LSM"),
    }
    assert parse_hooks("int nothing;\n", "btf.c") == {}
    with pytest.raises(SourceError, match="the form has changed"):
        parse_hooks("BTF_KFUNC_HOOK_XDP\n", "btf.c")


@pytest.mark.parametrize(
    ("makefile", "options"),
    [
        ("obj-$(CONFIG_A) += a.o x.o\n", ("CONFIG_A",)),
        ("obj-y += x.o\n", ()),
        ("obj-$(CONFIG_A) += a.o \\\n\tx.o b.o\n", ("CONFIG_A",)),
        ("whole-$(CONFIG_A) += x.o\nwhole-$(CONFIG_B) += x.o\n", ("CONFIG_A", "CONFIG_B")),
        ("obj-$(CONFIG_A) += xx.o\n# obj-$(CONFIG_B) += x.o\n", ()),
    ],
)
def test_options_of_a_makefile(makefile: str, options: tuple[str, ...]) -> None:
    assert kbuild.parse_options(makefile, "x") == options


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("__bpf_kfunc void bpf_f(void)\n{\n", ("void", ())),
        ("__bpf_kfunc struct a *bpf_f(int n)\n{\n", ("struct a *", (Parameter("n", "int"),))),
        (
            "__bpf_kfunc int\nbpf_f(const char *s__str,\n      struct a **p)\n{\n",
            ("int", (Parameter("s__str", "const char *"), Parameter("p", "struct a **"))),
        ),
        ("int bpf_f(int (cb)(void));\n", None),
        (
            "noinline int bpf_f(int (*cb)(u32, void *), u8 raw[16])\n{\n",
            ("int", (Parameter("cb", "int (*)(u32, void *)"), Parameter("raw", "u8 *"))),
        ),
        ("int x(void) { return bpf_f(1); }\n", None),
    ],
)
def test_definitions(source: str, expected: tuple[str, tuple[Parameter, ...]] | None) -> None:
    assert csource.find_definition(source, "bpf_f") == expected
