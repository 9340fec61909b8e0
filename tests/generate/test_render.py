"""Facts as Markdown."""

from __future__ import annotations

import pytest

from bpfref.catalogue import Catalogue
from bpfref.generate.facts import Facts, Page, read_page
from bpfref.generate.names import names
from bpfref.generate.nav import navigation
from bpfref.generate.render import helpers, uapi
from bpfref.generate.render.coverage import coverage
from bpfref.generate.render.libbpf import section_names
from bpfref.generate.render.overview import concept_index
from bpfref.generate.render.text import code, definitions, link, number, since_tag, table
from bpfref.generate.render.topics import by_topic
from bpfref.layout import Layout
from bpfref.model.entry import Kind
from bpfref.model.helper import Helper, Parameter
from bpfref.model.since import Since


def test_a_table_leaves_out_empty_columns_and_escapes_bars() -> None:
    assert (
        table(("A", "B", "C"), [("1|2", "", "x"), ("3", "", "y")])
        == "| A | C |\n| --- | --- |\n| 1\\|2 | x |\n| 3 | y |"
    )


def test_definitions_and_code() -> None:
    assert definitions([("A", "b"), ("C", "d")]) == "A\n:   b\n\nC\n:   d"
    assert code("a`b") == "``a`b``"


@pytest.mark.parametrize(
    ("page", "target", "anchor", "expected"),
    [
        ("index.md", "linux/a.md", None, "[x](linux/a.md)"),
        ("linux/h/a.md", "linux/m/b.md", "C", "[x](../m/b.md#C)"),
        ("linux/h/a.md", "linux/h/a.md", "C", "[x](#C)"),
    ],
)
def test_links_are_relative(page: str, target: str, anchor: str | None, expected: str) -> None:
    assert link("x", page, target, anchor) == expected


@pytest.mark.parametrize(
    ("value", "bits", "expected"),
    [
        (8, True, "`0x8`"),
        (8, False, "`8`"),
        (-1, True, "`-1`"),
        (1 << 48, False, "`0x1000000000000`"),
        (None, False, "no integer"),
    ],
)
def test_numbers(value: int | None, bits: bool, expected: str) -> None:
    assert number(value, bits=bits) == expected


def test_since_says_what_is_claimed_only_and_what_is_not_known() -> None:
    assert since_tag(None) == "*not known yet*"
    assert "not confirmed" in since_tag(Since("v5.1", "a" * 12, evidence=("table",)))
    assert "not confirmed" not in since_tag(Since("v5.1", "a" * 12, evidence=("git: linux",)))
    assert since_tag(Since("v5.1", until="v6.1")) == "**v5.1**{ .since }, gone in v6.1"


def test_a_long_prototype_has_a_parameter_a_line(facts: Catalogue) -> None:
    wide = Helper(
        1, "bpf_x", "long", tuple(Parameter(f"parameter_{i}", "void *") for i in range(5)), ("__bpf_fastcall",)
    )
    text = helpers.definition(Facts(facts), wide)
    assert text.startswith("```c\n__bpf_fastcall\nlong bpf_x(\n    void *parameter_0,\n")
    assert text.count("| `parameter_") == 5


def test_a_helper_without_parameters_and_a_variadic_one(facts: Catalogue) -> None:
    assert helpers.definition(Facts(facts), facts.helpers["bpf_ktime_get_ns"]).count("(void);") == 1
    assert "..." in helpers.definition(Facts(facts), facts.helpers["bpf_trace_printk"])


def test_every_helper_is_in_one_topic_of_the_index(facts: Catalogue) -> None:
    listed = [entry.name for found in by_topic(Facts(facts), Kind.HELPER) for entry in found.entries]
    assert sorted(listed) == sorted(facts.helpers)


def test_fields_of_anonymous_members_are_reached_by_their_own_name(facts: Catalogue) -> None:
    text = uapi.struct(Facts(facts), facts.structs["bpf_sock_tuple"])
    assert "`ipv4.saddr`" in text
    assert "`ipv6.dport`" in text
    found = facts.attributes("BPF_LINK_CREATE")
    assert found is not None
    assert "`kprobe_multi.syms`" in uapi.attributes(Facts(facts), "BPF_LINK_CREATE", found)


def test_navigation_and_names_hold_existing_pages_only(facts: Catalogue) -> None:
    page = "linux/helper-function/bpf_loop.md"
    few = Facts(facts, {page: Page("", described=False)})
    assert navigation(few).count(".md") == 1
    assert '"bpf_loop": {"kind": "helper", "page": "linux/helper-function/bpf_loop.md"}' in names(few)
    assert names(few).count('"page"') == 2  # and BPF_FUNC_loop


@pytest.mark.parametrize(
    ("text", "description", "described"),
    [
        ('---\ntitle: x\ndescription: "A: \\"b\\""\n---\n# x\n\nLead.\n\n<!-- [FACTS] -->\n', 'A: "b"', True),
        ("---\ndescription: plain\n---\n# x\n\n<!-- [FACTS] -->\n<!-- [/FACTS] -->\n", "plain", False),
        ("# x\n\n## y\n", "", False),
    ],
)
def test_a_page_tells_its_description_and_whether_it_has_a_lead(text: str, description: str, described: bool) -> None:
    found = read_page(text)
    assert (found.description, found.described) == (description, described)


def test_every_section_name_of_libbpf_is_in_the_table_once(facts: Catalogue) -> None:
    rows = section_names(Facts(facts), "concepts/elf.md").splitlines()
    for rule in facts.libbpf_sections.sections:
        assert sum(row.startswith((f"| `{rule.pattern}` |", f"| `{rule.pattern}`, ")) for row in rows) == 1
    assert any("`xdp_devmap/` (v1.0.0)" in row for row in rows)  # gone, and told as such


def test_a_concept_is_listed_and_counted_once_it_has_a_page(facts: Catalogue) -> None:
    assert concept_index(Facts(facts), "concepts/index.md") == "No concept is explained yet."
    assert "| concept | 22 | 0 |" in coverage(Facts(facts))
    written = Facts(facts, {"concepts/loops.md": Page("How to loop.", True), "concepts/maps.md": Page("", False)})
    assert "- [Loops](loops.md): How to loop." in concept_index(written, "concepts/index.md")
    assert "| concept | 22 | 1 |" in coverage(written)
    assert "* [Loops](concepts/loops.md)" in navigation(written)


def test_every_page_of_concepts_is_in_the_navigation(facts: Catalogue, layout: Layout) -> None:
    pages = {path.stem for path in (layout.docs / "concepts").glob("*.md")} - {"index"}
    assert pages <= {concept.slug for group in facts.concepts.groups for concept in group.concepts}


@pytest.mark.parametrize(
    ("command", "field", "since"),
    [
        ("BPF_MAP_CREATE", "map_flags", "v4.6"),
        ("BPF_MAP_CREATE", "map_extra", "v5.16"),
        ("BPF_PROG_QUERY", "revision", "v6.6"),
        ("BPF_MAP_LOOKUP_ELEM", "flags", "after v3.18, by v4.1"),  # the witnesses leave three releases
    ],
)
def test_each_attribute_has_its_first_release(facts: Catalogue, command: str, field: str, since: str) -> None:
    found = facts.attributes(command)
    assert found is not None
    row = next(
        line for line in uapi.attributes(Facts(facts), command, found).splitlines() if line.startswith(f"| `{field}`")
    )
    assert since in row


def test_a_command_whose_attributes_are_as_old_as_itself_says_so_once(facts: Catalogue) -> None:
    found = facts.attributes("BPF_MAP_FREEZE")
    assert found is not None
    text = uapi.attributes(Facts(facts), "BPF_MAP_FREEZE", found)
    assert text.startswith("All fields have been in the header for as long as the command.")
    assert "Since" not in text
