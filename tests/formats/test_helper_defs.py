"""Claims about `bpf_helper_defs.h`: every dialect reads the same, and no broken header passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpfref.errors import SourceError
from bpfref.formats import helper_defs, uapi
from bpfref.model.helper import Helper, Parameter, spell

HEADERS = Path(__file__).parents[1] / "inputs" / "headers"
DIALECTS = ["helper_defs_2019.h", "helper_defs_2020.h", "helper_defs_2023.h", "helper_defs_2024.h"]
FILE = HEADERS / DIALECTS[-1]
TEXT = FILE.read_text()

BREW = Helper(
    id=1,
    name="bpf_brew",
    returns="struct kettle *",
    parameters=(Parameter("ctx", "void *"), Parameter("leaf", "const struct leaf *"), Parameter("flags", "__u64")),
)
PROTOTYPES = {
    "bpf_brew": "struct kettle *bpf_brew(void *ctx, const struct leaf *leaf, __u64 flags)",
    "bpf_sip": "long bpf_sip(struct __cup *cup, __u32 size)",
    "bpf_print_menu": "long bpf_print_menu(const char *fmt, __u32 fmt_size, ...)",
    "bpf_which_waiter": "__u32 bpf_which_waiter(void)",
    "bpf_leave": "void bpf_leave(void *seat, __be16 door, __wsum bill, unsigned long *tip)",
}


def render(helpers: Sequence[Helper], text: str = " * \tDo it.\n") -> str:
    """A header as the kernel's script would write it."""
    structs = {t for h in helpers for t in [h.returns, *(p.type for p in h.parameters)] if t.startswith("struct ")}
    out = ["/* Generated. */\n\n", *(f"{t.rstrip(' *')};\n" for t in sorted(structs)), "#define __bpf_fastcall\n\n"]
    for helper in helpers:
        parameters = ", ".join(spell(p.type, p.name) for p in helper.parameters) or "void"
        words = " ".join(["static", *helper.attributes, spell(helper.returns, f"(* const {helper.name})")])
        out.append(f"/*\n * {helper.name}\n *\n{text} */\n{words}({parameters}) = (void *) {helper.id};\n\n")
    return "".join([*out, "\n"])


def refused(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        helper_defs.parse(text, FILE)
    assert caught.value.message.endswith("take bpf_helper_defs.h whole and unedited from a release of libbpf")
    return caught.value


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_gives_the_same_helpers(name: str) -> None:
    defs = helper_defs.parse((HEADERS / name).read_text(), HEADERS / name)
    old = name.endswith("2019.h")
    expected = {n: p.replace("long bpf", "int bpf") if old else p for n, p in PROTOTYPES.items()}
    assert {h.name: h.prototype for h in defs.helpers} == expected
    assert [h.id for h in defs.helpers] == [1, 2, 3, 4, 5]
    assert defs.helpers[0] == BREW
    assert defs.helpers[2].parameters[-1] == Parameter("...", "...")
    fast = [h.name for h in defs.helpers if h.attributes == ("__bpf_fastcall",)]
    assert fast == (["bpf_which_waiter"] if name.endswith("2024.h") else [])
    assert sum(bool(h.attributes) for h in defs.helpers) == len(fast)


def test_a_clang_that_knows_the_attribute_reads_the_same() -> None:
    known = TEXT.replace("#define __bpf_fastcall\n", "#define __bpf_fastcall __attribute__((unused))\n")
    assert known != TEXT
    assert helper_defs.parse(known, FILE).helpers == helper_defs.parse(TEXT, FILE).helpers


def test_a_comment_keeps_its_inner_shape_and_knows_its_line() -> None:
    defs = helper_defs.parse(TEXT, FILE)
    comment = defs.comments["bpf_brew"]
    assert comment.text == (
        "\tPour hot water on *leaf*.\n\n\tMind the cup:\n\n\t::\n\n\t\tcup = 1;\n\nReturns\n\tThe kettle."
    )
    assert comment.line == line_of(TEXT, "Pour hot water")
    assert defs.lines["bpf_brew"] == line_of(TEXT, "static struct kettle")
    assert list(defs.comments) == [h.name for h in defs.helpers]


@pytest.mark.parametrize(
    ("comment", "text", "line"),
    [
        ("/* bpf_x\n * \tDo it.\n */", "\tDo it.", 2),
        ("/** bpf_x\n\n * Do it. */", "Do it.", 3),
        ("/*\n *\n * bpf_x\n *\n *\n * Do it.\n *\n */", "Do it.", 6),
        ("/*\n\tbpf_x\n\tDo it.\n */", "\tDo it.", 3),
        ("/*\n *bpf_x\n *\tDo it.  \n */", "\tDo it.", 3),
        ("/*\n * bpf_x\n * * a\n * * b\n */", "* a\n* b", 3),
        ("/*\r\n * bpf_x\r\n * a\r\n * b\r\n */", "a\nb", 3),
        ("/* bpf_x */", "", 1),
    ],
)
def test_comments_of_other_shapes(comment: str, text: str, line: int) -> None:
    header = f"{comment}\nstatic int (*bpf_x)(void) = (void *) 1;\n\n\n"
    assert helper_defs.parse(header, FILE).comments["bpf_x"] == helper_defs.Comment(text, line)


def test_a_pointer_to_a_function_is_spelled_as_c_wants_it() -> None:
    prototype = "long bpf_x(long (*call)(__u32, void *), const char *const *names)"
    header = "/* bpf_x */\n" + prototype.replace("long bpf_x", "static long (*bpf_x)") + " = (void *) 1;\n\n\n"
    (helper,) = helper_defs.parse(header, FILE).helpers
    assert helper.parameters[0] == Parameter("call", "long (*)(__u32, void *)")
    assert helper.prototype == prototype


def test_helpers_may_stand_in_any_order() -> None:
    helpers = [replace(BREW, id=number, name=f"bpf_{number}") for number in (3, 1, 2)]
    assert [h.id for h in helper_defs.parse(render(helpers), FILE).helpers] == [1, 2, 3]


SIP = TEXT[TEXT.index("/*\n * bpf_sip") : TEXT.index("/*\n * bpf_print_menu")]
SIP_COMMENT = SIP[: SIP.index("static")]
SIP_PROTOTYPE = SIP[SIP.index("static") :]


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        (SIP_PROTOTYPE, "", "/*\n * bpf_sip", "the comment on `bpf_sip` has no prototype"),
        (SIP_COMMENT, "", "static long (* const bpf_sip)", "`bpf_sip` has no comment"),
        (SIP_COMMENT, "// bpf_sip\n", "static long (* const bpf_sip)", "`bpf_sip` has no comment"),
        (SIP_COMMENT, SIP_COMMENT + "int nothing;\n", "int nothing", "not as a helper is"),
        (" * bpf_sip\n", " * bpf_slurp\n", "/*\n * bpf_slurp", "has the title `bpf_slurp`"),
        (SIP, "", "static long (* const bpf_print_menu)", "no helper has the id 2"),
        ("(void *) 2;", "(void *) 3;", "static long (* const bpf_print_menu)", "repeats the id 3"),
        ("(void *) 5;", "(void *) 6;", "static void (* const bpf_leave)", "no helper has the id 5"),
        ("(void *) 2;", "(void *) 0;", "static long (* const bpf_sip)", "its id from 1 on"),
        ("(void *) 2;", "(void *) 02;", "static long (* const bpf_sip)", "its id from 1 on"),
        ("(void *) 2;", "(void *) (1 + 1);", "static long (* const bpf_sip)", "its id from 1 on"),
        ("(void *) 2;", "(long *) 2;", "static long (* const bpf_sip)", "its id from 1 on"),
        ("= (void *) 2;", ";", "static long (* const bpf_sip)", "its id from 1 on"),
        ("(void *) 2;", "(void *) BPF_FUNC_sip;", "static long (* const bpf_sip)", "BPF_FUNC_sip"),
        (SIP, SIP + SIP, None, "redefinition of 'bpf_sip'"),
        ("static long (* const bpf_sip)", "long (* const bpf_sip)", "long (* const bpf_sip)", "not as a helper is"),
        ("static long (* const bpf_sip)", "static long (* const sip)", "static long (* const sip)", "named bpf_"),
        ("struct __cup *cup, __u32 size", "", "static long (* const bpf_sip)", "not as a helper is"),
        ("struct __cup *cup, __u32 size", "__u32", "static long (* const bpf_sip)", "parameter without name"),
        ("struct __cup *cup, __u32 size", "__u32 a[4]", "static long (* const bpf_sip)", "an array"),
        ("struct __cup *cup, __u32 size", "int f(int)", "static long (* const bpf_sip)", "a function"),
        ("struct __cup *cup, __u32 size", "u32 size", "static long (* const bpf_sip)", "unknown type name 'u32'"),
        ("static long (* const bpf_sip)", "static __attribute__((unused)) long (* const bpf_sip)", None, "no macro"),
        ("struct leaf;", "struct leaf { int green; };", "struct leaf {", "where only helpers belong"),
        ("struct leaf;", "typedef int leaf_t;\nstruct leaf;", "typedef", "not as a helper is"),
        ("struct leaf;", "int brew(void);\nstruct leaf;", "int brew", "not as a helper is"),
        ("struct leaf;", "struct leaf;\n#if 1", "#if 1", "unterminated"),
        (SIP_COMMENT, "/* A word in between. */\n\n" + SIP_COMMENT, "/* A word", "belongs to no helper"),
        ("(void *) 5;\n\n\n", "(void *) 5;\n\n", None, "two empty lines"),
        ("(void *) 5;\n\n\n", "(void *) 5;", None, "two empty lines"),
    ],
)
def test_a_broken_header_is_refused_at_its_line(old: str, new: str, at: str | None, says: str) -> None:
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    error = refused(text)
    assert says in error.message
    assert error.line is not None
    if at is not None:
        assert error.line == line_of(text, at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        "\x7fELF\x02\x01\x01\0\0",
        "struct kettle;\n\n\n",
        "#include <stdio.h>\n",
        "static int unused;\n",
        "<!doctype html><title>404</title>\n",
        "/*\n * bpf_x\n */\n",
    ],
)
def test_what_is_no_helper_header_is_refused(text: str) -> None:
    assert refused(text).line is not None


def test_the_ids_agree_with_the_kernel() -> None:
    known = uapi.parse((HEADERS / "uapi.h").read_text(), HEADERS / "uapi.h")
    defs = helper_defs.parse(TEXT, FILE)
    assert helper_defs.check_ids(defs, known) == ["bpf_wash"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("FN(sip, 2,", "FN(sip, 7,", "bpf_sip has id 2, but in the kernel's linux/bpf.h it is 7"),
        ("FN(sip, 2,", "FN(slurp, 2,", "bpf_sip has id 2, but in the kernel's linux/bpf.h it does not exist"),
    ],
)
def test_another_id_in_the_kernel_is_refused(old: str, new: str, says: str) -> None:
    text = (HEADERS / "uapi.h").read_text()
    other = uapi.parse(text.replace(old, new), HEADERS / "uapi.h")
    with pytest.raises(SourceError) as caught:
        helper_defs.check_ids(helper_defs.parse(TEXT, FILE), other)
    assert says in caught.value.message
    assert caught.value.line == line_of(TEXT, "static long (* const bpf_sip)")


RESERVED = {"if", "do", "int", "for", "asm", "char", "long", "void", "auto", "else", "enum", "goto", "case", "bool"}
names = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True).filter(lambda name: name not in RESERVED)
types = st.sampled_from(
    ["__u32", "__u64", "void *", "const void *", "struct leaf *", "const struct leaf *", "unsigned long", "char **"]
)
parameters = st.lists(names, unique=True, max_size=5).flatmap(
    lambda given: st.tuples(*(types.map(lambda t, n=n: Parameter(n, t)) for n in given))  # type: ignore[misc]
)
variadic = st.booleans().map(lambda more: (Parameter("...", "..."),) if more else ())


@st.composite
def helper_lists(draw: st.DrawFn) -> list[Helper]:
    found = []
    for number, name in enumerate(draw(st.lists(names, unique=True, min_size=1, max_size=5)), start=1):
        fixed = draw(parameters)
        found.append(
            Helper(
                id=number,
                name=f"bpf_{name}",
                returns=draw(st.one_of(types, st.just("void"))),
                parameters=fixed + (draw(variadic) if fixed else ()),
                attributes=draw(st.sampled_from([(), ("__bpf_fastcall",)])),
            )
        )
    return found


@settings(deadline=None)
@given(st.data(), helper_lists())
def test_what_is_written_is_read(data: st.DataObject, helpers: list[Helper]) -> None:
    written = data.draw(st.permutations(helpers))
    assert list(helper_defs.parse(render(written), FILE).helpers) == helpers


@settings(deadline=None)
@given(st.integers(0, len(TEXT) - 1))
def test_no_cut_header_passes(cut: int) -> None:
    refused(TEXT[:cut])


ENTRY_ENDS = [end for end in accumulate(len(part) + 2 for part in TEXT.split("\n\n")) if end < len(TEXT)]


@pytest.mark.parametrize("cut", ENTRY_ENDS)
def test_not_even_a_cut_between_two_helpers_passes(cut: int) -> None:
    for end in range(cut - 2, cut + 1):
        refused(TEXT[:end])


@settings(deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.integers(1, 30), st.text(max_size=5))
def test_damage_gives_helpers_or_a_source_error(at: int, length: int, patch: str) -> None:
    text = TEXT[:at] + patch + TEXT[at + length :]
    try:
        defs = helper_defs.parse(text, FILE)
    except SourceError as error:
        assert error.file == str(FILE)
    else:
        assert [h.id for h in defs.helpers] == list(range(1, len(defs.helpers) + 1))


def test_the_real_header(libbpf_header: Path) -> None:
    defs = helper_defs.parse(libbpf_header.read_text(), libbpf_header)
    ids = {helper.name: helper.id for helper in defs.helpers}
    assert len(ids) >= 211
    assert sorted(ids.values()) == list(range(1, len(ids) + 1))
    assert ids["bpf_map_lookup_elem"] == 1
    assert ids["bpf_trace_printk"] == 6
    assert ids["bpf_loop"] == 181
    lookup, printk = defs.helpers[0], defs.helpers[5]
    assert lookup.prototype == "void *bpf_map_lookup_elem(void *map, const void *key)"
    assert printk.prototype == "long bpf_trace_printk(const char *fmt, __u32 fmt_size, ...)"
    assert all(comment.text for comment in defs.comments.values())
    assert defs.comments.keys() == ids.keys()


def test_the_real_headers_agree(libbpf_header: Path, uapi_header: Path) -> None:
    defs = helper_defs.parse(libbpf_header.read_text(), libbpf_header)
    known = uapi.parse(uapi_header.read_text(), uapi_header)
    missing = helper_defs.check_ids(defs, known)
    assert not {helper.name for helper in defs.helpers} & set(missing)


def test_a_cut_real_header_never_passes(libbpf_header: Path) -> None:
    text = libbpf_header.read_text()
    for cut in range(0, len(text), len(text) // 40):
        refused(text[:cut])
