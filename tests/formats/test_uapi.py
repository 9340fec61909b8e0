"""Claims about `linux/bpf.h`: constants, layouts and commands are the header's, broken ones refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpfref.errors import SourceError
from bpfref.formats import uapi
from bpfref.model.uapi import Attributes, Constant, Field, Form, Group, Struct, Uapi

FILE = Path(__file__).parents[1] / "inputs" / "headers" / "uapi.h"
TEXT = FILE.read_text()
PARSED = uapi.parse(TEXT, FILE)


def group(lead: str, parsed: Uapi = PARSED) -> Group:
    (found,) = [g for g in parsed.groups if g.lead == lead]
    return found


def constant(name: str, parsed: Uapi = PARSED) -> Constant:
    (found,) = [m for g in parsed.groups for m in g.members if m.name == name]
    return found


def struct(name: str, parsed: Uapi = PARSED) -> Struct:
    (found,) = [s for s in parsed.structs if s.name == name]
    return found


def attributes(member: str | None, *commands: str) -> Attributes:
    (found,) = [a for a in PARSED.attributes if a.member == member and a.commands == commands]
    return found


def refused(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        uapi.parse(text, FILE)
    assert caught.value.message.endswith("take include/uapi/linux/bpf.h whole and unedited from a kernel release")
    return caught.value


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_groups_stand_in_the_headers_order() -> None:
    assert [(g.form.value, g.name, g.lead) for g in PARSED.groups] == [
        ("define", None, "TEA_GREEN"),
        ("define", None, "TEA_LABEL"),
        ("define", None, "BPF_F_LINK"),
        ("enum", None, "BPF_CUP_0"),
        ("define", None, "BPF_OBJ_NAME_LEN"),
        ("enum", "bpf_cmd", "BPF_MAP_CREATE"),
        ("enum", "bpf_map_type", "BPF_MAP_TYPE_UNSPEC"),
        ("enum", None, "BPF_F_BIG"),
        ("enum", "tea_step", "TEA_STEP_BACK"),
        ("enum", "bpf_func_id", "BPF_FUNC_unspec"),
        ("enum", None, "BPF_F_INGRESS"),
        ("define", None, "BPF_F_WAYS"),
    ]


def test_a_paragraph_of_defines_goes_on_behind_comments_and_skips_macros_with_parameters() -> None:
    assert [m.name for m in group("TEA_GREEN").members] == ["TEA_GREEN", "TEA_BLACK", "TEA_RED", "TEA_ROUGE"]
    assert [m.name for m in group("BPF_OBJ_NAME_LEN").members] == ["BPF_OBJ_NAME_LEN"]


def test_a_macro_that_the_header_undefines_is_no_constant() -> None:
    assert [m.name for m in group("TEA_LABEL").members] == ["TEA_LABEL", "TEA_COST", "TEA_NEGATIVE"]


def test_guard_and_macros_with_parameters_are_nowhere() -> None:
    names = {m.name for g in PARSED.groups for m in g.members}
    assert not names & {"__LINUX_BPF_H__", "TEA_POUR", "EACH_HELPER", "AS_ENUMERATOR", "POINTER_OF_64_BITS"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TEA_GREEN", 7),
        ("TEA_BLACK", 0xF7),
        ("TEA_RED", 1 << 63),
        ("TEA_ROUGE", 1 << 63),
        ("TEA_LABEL", None),
        ("TEA_COST", None),
        ("TEA_NEGATIVE", -3),
        ("BPF_OBJ_NAME_LEN", 16),
        ("BPF_F_BIG", (1 << 64) - 1),
        ("BPF_F_TOP", 1 << 63),
        ("BPF_F_WAYS", 3),
        ("TEA_STEP_BACK", -1),
        ("BPF_COMMON_ATTRS", 1 << 16),
        ("BPF_FUNC_wash", 6),
        ("__BPF_FUNC_MAX_ID", 7),
    ],
)
def test_values_are_what_c_says(name: str, value: int | None) -> None:
    assert constant(name).value == value


def test_an_alias_is_exactly_one_other_name() -> None:
    aliases = {m.name: m.alias_of for g in PARSED.groups for m in g.members if m.alias_of}
    assert aliases == {
        "TEA_ROUGE": "TEA_RED",
        "MAX_BPF_CUP": "__MAX_BPF_CUP",
        "BPF_PROG_RUN": "BPF_PROG_TEST_RUN",
        "BPF_MAP_TYPE_POT": "BPF_MAP_TYPE_POT_DEPRECATED",
        "BPF_F_LINK": "BPF_F_LINK",
    }


def test_a_macro_defined_as_itself_has_the_enumerators_value() -> None:
    (macro,) = [m for m in group("BPF_F_LINK").members if m.name == "BPF_F_LINK"]
    assert macro == Constant("BPF_F_LINK", 1 << 13, alias_of="BPF_F_LINK")


def test_deprecation_is_what_the_header_spells() -> None:
    names = {m.name for g in PARSED.groups for m in g.members if m.deprecated}
    assert names == {"BPF_MAP_TYPE_POT", "BPF_MAP_TYPE_POT_DEPRECATED", "TEA_STEP_OLD"}


def test_sentinels_only_count() -> None:
    names = {m.name for g in PARSED.groups if g.form is Form.ENUM for m in g.members if m.sentinel}
    assert names == {"__MAX_BPF_CUP", "__MAX_BPF_CMD", "MAX_BPF_MAP_TYPE", "__BPF_FUNC_MAX_ID"}


def test_commands_have_one_name_each() -> None:
    found = uapi.commands(PARSED)
    assert found[0] == "BPF_MAP_CREATE"
    assert found[-1] == "BPF_UNNAMED"
    assert not {"BPF_PROG_RUN", "__MAX_BPF_CMD", "BPF_COMMON_ATTRS"} & set(found)


def test_attributes_belong_to_the_commands_that_the_header_names() -> None:
    assert [(a.member, a.commands) for a in PARSED.attributes] == [
        (None, ("BPF_MAP_CREATE",)),
        (None, ("BPF_MAP_LOOKUP_ELEM", "BPF_MAP_UPDATE_ELEM", "BPF_MAP_FREEZE")),
        ("batch", ("BPF_MAP_LOOKUP_BATCH",)),
        (None, ("BPF_PROG_LOAD",)),
        (None, ("BPF_OBJ_PIN", "BPF_OBJ_GET")),
        (None, ("BPF_PROG_ATTACH", "BPF_PROG_DETACH")),
        ("test", ("BPF_PROG_TEST_RUN",)),
        (None, ("BPF_PROG_GET_NEXT_ID",)),
        ("info", ("BPF_OBJ_GET_INFO_BY_FD",)),
        ("link_update", ("BPF_LINK_UPDATE",)),
        ("prog_stream_read", ("BPF_PROG_STREAM_READ_BY_FD",)),
    ]


def test_attributes_have_their_fields() -> None:
    assert attributes(None, "BPF_MAP_CREATE").fields == (
        Field("map_type", "__u32", 0, 4),
        Field("map_name", "char", 4, 16, array="[BPF_OBJ_NAME_LEN]"),
    )
    assert PARSED.attributes[1].fields[2].fields == (
        Field("value", "__aligned_u64", 16, 8),
        Field("next_key", "__aligned_u64", 16, 8),
    )
    assert "bpf_attr" not in {s.name for s in PARSED.structs}


def test_a_struct_has_each_field_as_written() -> None:
    found = struct("bpf_menu")
    assert (found.kind, found.size) == ("struct", 120)
    assert found.fields == (
        Field("kind", "__u8", 0, 1),
        Field("hot", "__u8", 1, 1, bits=4),
        Field("sweet", "__u8", 1, 1, bits=4),
        Field("price", "__be16", 2, 4, array="[2]"),
        Field(None, "__u32", 8, 4, bits=32),
        Field("cook", "struct bpf_cook *", 16, 8),
        Field("data", "void *", 24, 8),
        Field(
            *(None, "union", 32, 14 + 2),
            fields=(
                Field(
                    *("pair", "struct", 32, 14),
                    fields=(
                        Field("low", "__u16", 32, 2),
                        Field("high", "__u16", 34, 12, array="[2][3]"),
                    ),
                ),
                Field(*(None, "struct", 32, 4), fields=(Field("whole", "__u32", 32, 4),)),
            ),
        ),
        Field(
            *("table", "struct", 48, 68, "[BPF_OBJ_NAME_LEN + 1]"),
            fields=(Field("seat", "__u32", 48, 4),),
        ),
        Field("step", "enum tea_step", 116, 4),
        Field("tag", "__u8", 120, 0, array="[]"),
    )


def test_structs_are_the_defined_ones() -> None:
    assert [(s.kind, s.name) for s in PARSED.structs] == [("struct", "bpf_menu"), ("union", "bpf_either")]
    assert struct("bpf_either").fields == (Field("one", "int", 0, 4), Field("other", "unsigned long", 0, 8))


GUARD = "#ifndef __LINUX_BPF_H__\n#define __LINUX_BPF_H__\n"


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("#ifndef __LINUX_BPF_H__", "#ifndef _LINUX_BPF_H_", None, "include guard tests"),
        (GUARD, "#if 1\n", None, "include guard"),
        ("#endif /* __LINUX_BPF_H__ */\n", "", "#ifndef __LINUX", "unterminated"),
        ("enum bpf_cmd {", "enum bpf_commands {", None, "no `enum bpf_cmd`"),
        ("enum bpf_func_id {", "enum bpf_ids {", None, "no `enum bpf_func_id`"),
        ("union bpf_attr {", "union attr {", None, "no `union bpf_attr`"),
        ("BPF_PROG_ATTACH/DETACH share", "BPF_PROG_ATTACH/DETATCH share", "/* BPF_PROG_ATT", "BPF_PROG_DETATCH"),
        ("/* names: BPF_OBJ_* */", "/* names: BPF_OBJECT_* */", "/* names: BPF", "BPF_OBJECT_*, which is no"),
        ("union bpf_either {", "int cup;\nunion bpf_either {", "int cup", "no enum, struct or union"),
        ("union bpf_either {", "typedef int cup;\nunion bpf_either {", "typedef", "no enum, struct or union"),
        ("<linux/bpf_common.h>", "<linux/tea.h>", "#include <linux/tea.h>", "add a stub"),
        ("\tint\t\tone;", "\tu32\t\tone;", "\tu32\t\tone", "u32"),
        ("\tint\t\tone;", "\tstruct bpf_cup\tone;", "\tstruct bpf_cup\tone", "incomplete"),
    ],
)
def test_a_broken_header_is_refused_at_its_line(old: str, new: str, at: str | None, says: str) -> None:
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    error = refused(text)
    assert says in error.message
    assert error.line == (line_of(text, at) if at is not None else 1)


@pytest.mark.parametrize(
    "text",
    ["", "\x7fELF\0", "int main(void) { return 0; }\n", "#ifndef A\n#define A\n#endif\n", "<html></html>\n"],
)
def test_what_is_no_bpf_header_is_refused(text: str) -> None:
    assert refused(text).line == 1


def test_an_old_header_lacks_most_things() -> None:
    text = f"{GUARD}enum bpf_cmd {{ BPF_MAP_CREATE }};\nenum bpf_func_id {{ BPF_FUNC_unspec }};\n"
    text += "union bpf_attr {\n\tstruct {\n\t\tint a;\n\t};\n} ;\n#endif\n"
    found = uapi.parse(text, FILE)
    assert uapi.commands(found) == ("BPF_MAP_CREATE",)
    assert found.structs == ()
    assert found.attributes == (Attributes(None, (), (Field("a", "int", 0, 4),)),)


@settings(deadline=None)
@given(st.integers(0, TEXT.rindex("#endif")))
def test_no_cut_header_passes(cut: int) -> None:
    refused(TEXT[:cut])


@settings(deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.integers(1, 30), st.text(max_size=5))
def test_damage_gives_facts_or_a_source_error(at: int, length: int, patch: str) -> None:
    try:
        found = uapi.parse(TEXT[:at] + patch + TEXT[at + length :], FILE)
    except SourceError as error:
        assert error.file == str(FILE)
    else:
        assert uapi.commands(found)


values = st.integers(-(1 << 31), (1 << 31) - 1) | st.integers(1 << 31, (1 << 64) - 1)


@settings(deadline=None)
@given(st.lists(values, min_size=1, max_size=8))
def test_any_value_is_read_as_written(numbers: list[int]) -> None:
    written = [f"({n})" if n < 0 else f"{n}ULL" if n >> 63 else str(n) for n in numbers]
    defines = "".join(f"#define CUP_{index} {text}\n" for index, text in enumerate(written))
    found = group("CUP_0", uapi.parse(TEXT.replace("/* colours */\n", defines + "\n"), FILE))
    assert [member.value for member in found.members] == numbers


def fields(members: tuple[Field, ...]) -> Iterator[Field]:
    for member in members:
        yield member
        yield from fields(member.fields)


def test_the_real_header(uapi_header: Path) -> None:
    found = uapi.parse(uapi_header.read_text(), uapi_header)
    assert constant("BPF_PROG_TYPE_XDP", found).value == 6
    assert constant("BPF_F_NO_PREALLOC", found).value == 1
    assert constant("BPF_F_CURRENT_NETNS", found).value == -1
    assert constant("BPF_F_CTXLEN_MASK", found).value == 0xFFFFF << 32
    assert constant("BPF_F_REDIRECT_FLAGS", found) in group("BPF_F_REDIRECT_FLAGS", found).members
    assert constant("BPF_PROG_RUN", found).alias_of == "BPF_PROG_TEST_RUN"
    assert constant("BPF_FUNC_loop", found).value == 181
    assert constant("BPF_OBJ_NAME_LEN", found).value == 16
    names = [m.name for g in found.groups if g.form is Form.ENUM for m in g.members]
    assert len(names) == len(set(names))


def test_the_real_structs(uapi_header: Path) -> None:
    found = uapi.parse(uapi_header.read_text(), uapi_header)
    assert struct("xdp_md", found).size == 24
    assert struct("bpf_insn", found).size == 8
    sk_buff = {f.name: f for f in struct("__sk_buff", found).fields}
    assert sk_buff["flow_keys"] == Field("flow_keys", "struct bpf_flow_keys *", 144, 8)
    assert sk_buff["cb"] == Field("cb", "__u32", 48, 20, array="[5]")
    info = {f.name: f for f in struct("bpf_prog_info", found).fields}
    assert info["name"].array == "[BPF_OBJ_NAME_LEN]"
    for record in found.structs:
        assert all(f.offset + f.size <= record.size for f in fields(record.fields) if f.bits is None)


def test_the_real_attributes(uapi_header: Path) -> None:
    found = uapi.parse(uapi_header.read_text(), uapi_header)
    of = {command: a for a in found.attributes for command in a.commands}
    assert of["BPF_OBJ_GET_INFO_BY_FD"].member == "info"
    assert of["BPF_PROG_TEST_RUN"].member == "test"
    assert of["BPF_OBJ_GET"] is of["BPF_OBJ_PIN"]
    assert of["BPF_PROG_DETACH"] is of["BPF_PROG_ATTACH"]
    assert of["BPF_LINK_GET_FD_BY_ID"] is of["BPF_MAP_GET_NEXT_ID"]
    assert of["BPF_MAP_CREATE"].fields[0] == Field("map_type", "__u32", 0, 4)
    assert set(of) <= set(uapi.commands(found))


def test_a_cut_real_header_never_passes(uapi_header: Path) -> None:
    text = uapi_header.read_text()
    end = text.rindex("#endif")
    for cut in range(0, end, end // 40):
        refused(text[:cut])
