"""What libbpf declares as Markdown, and that its versions are nowhere taken for releases of the kernel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bpfref.catalogue import Catalogue
from bpfref.generate.blocks import render
from bpfref.generate.facts import Facts, Page, read_page, subject_of
from bpfref.generate.names import names
from bpfref.generate.render import evidence, libbpf_api, libbpf_examples, overview, timeline
from bpfref.generate.search import names as found
from bpfref.layout import Layout, page_of
from bpfref.markers import scan
from bpfref.model.entry import LIBBPF_KINDS, Kind
from bpfref.model.libbpf_api import Member
from bpfref.pages import find_pages

USER = "ebpf-library/libbpf/userspace"
HELPERS = "linux/helper-function"
BOTH = "bpf_map_lookup_elem"


@pytest.fixture(scope="module")
def whole(layout: Layout, facts: Catalogue) -> Facts:
    docs = layout.docs
    return Facts(facts, {p.relative_to(docs).as_posix(): read_page(p.read_text()) for p in find_pages(docs)})


def rendered(facts: Facts, block: str, page: str) -> str:
    text = f"<!-- [{block}] -->\n<!-- [/{block}] -->\n"
    found, faults = scan(text, Path(page))
    assert faults == []
    return render(facts, found[0], page, Path(page)) or ""


def test_one_name_is_a_helper_on_its_page_and_a_function_on_the_other(whole: Facts) -> None:
    helper = rendered(whole, "FACTS", f"{HELPERS}/{BOTH}.md")
    function = rendered(whole, "FACTS", f"{USER}/{BOTH}.md")
    assert "Helper number" in helper
    assert "libbpf" not in helper
    assert "libbpf v0.0.1" in function
    assert "`bpf/bpf.h`" in function
    assert "BPF_MAP_LOOKUP_ELEM.md" in function
    assert f"[helper function](../../../{HELPERS}/{BOTH}.md)" in function
    assert "int bpf_map_lookup_elem(int fd," in rendered(whole, "LIBBPF_DEF", f"{USER}/{BOTH}.md")
    assert "void *bpf_map_lookup_elem(void *map," in rendered(whole, "HELPER_FUNC_DEF", f"{HELPERS}/{BOTH}.md")


def test_every_name_of_libbpf_has_a_page_with_a_meaning_for_each_parameter(whole: Facts) -> None:
    assert len(whole.catalogue.library) > 450
    for entry in whole.catalogue.library.values():
        text = libbpf_api.definition(whole, entry)
        assert entry.page in whole.pages
        declared = whole.catalogue.declared(entry.kind, entry.name)
        table = text.split("\n\n`", 1)[0]
        rows = [row for row in table.splitlines() if row.startswith("| `")]
        assert len(rows) == len(declared.parameters or ()), entry.name
        assert all(len(re.findall(r"\S \|(?= |$)", row)) >= 2 for row in rows), entry.name


def test_option_structs_callbacks_and_enums_follow_the_parameters(whole: Facts) -> None:
    library = whole.catalogue.library
    opened = libbpf_api.definition(whole, library["bpf_object__open_file"])
    assert "`struct bpf_object_open_opts`, made with `LIBBPF_OPTS`, which sets `sz`:" in opened
    assert "| `btf_custom_path` | `const char *` | File with BTF" in opened
    assert "`sz` |" not in opened
    printed = libbpf_api.definition(whole, library["libbpf_set_print"])
    assert "typedef int (*libbpf_print_fn_t)(enum libbpf_print_level level, const char *, va_list ap);" in printed
    made = libbpf_api.definition(whole, library["bpf_link_create"])
    assert "| `kprobe_multi.syms` | `const char **` |" in made


def test_a_skeleton_shows_its_size_and_options_with_nothing_but_that_have_no_table(whole: Facts) -> None:
    library = whole.catalogue.library
    skeleton = libbpf_api.definition(whole, library["bpf_object__load_skeleton"])
    assert "`struct bpf_object_skeleton`:\n\n| Field |" in skeleton
    assert "| `sz` | `size_t` | Size of" in skeleton
    linker = libbpf_api.definition(whole, library["bpf_linker__new"])
    assert linker.endswith(
        "`struct bpf_linker_opts`, made with `LIBBPF_OPTS`, which sets `sz`, has no other field yet."
    )


def test_members_without_a_name_are_reached_by_their_own() -> None:
    inner = (Member("one", "struct", None, (Member("cookie", "__u64"),)), Member("flag", "bool", 1))
    members = (Member("sz", "size_t"), Member("", "union", None, inner))
    assert list(libbpf_api.members(members)) == [("sz", "size_t"), ("one.cookie", "__u64"), ("flag", "bool: 1")]


def test_every_name_is_once_in_the_index_of_its_side(whole: Facts) -> None:
    listed = [e.name for side in sorted(LIBBPF_KINDS) for f in libbpf_api.by_family(whole, side) for e in f.entries]
    assert sorted(listed) == sorted(whole.catalogue.library)
    text = libbpf_api.index(whole, Kind.LIBBPF_FUNCTION, f"{USER}/index.md")
    assert text.count("| [`bpf_object__open_file`](bpf_object__open_file.md) |") == 1
    assert "| [`LIBBPF_OPTS`](LIBBPF_OPTS.md) |" in text  # a macro, but of user space


def test_what_is_gone_has_an_anchor_and_what_to_use_instead(whole: Facts) -> None:
    text = libbpf_api.gone(whole)
    assert "## Gone since v1.0.0" in text
    assert '| <a id="bpf_load_program"></a>`bpf_load_program` | v0.0.1 | use `bpf_prog_load` |' in text
    assert text.count("<a id=") == sum(bool(each.until) for each in whole.catalogue.libbpf.functions.values())


def test_examples_of_programs_are_none_of_functions_with_a_helper_s_name(whole: Facts) -> None:
    function = libbpf_examples.examples(whole, whole.catalogue.library[BOTH], f"{USER}/{BOTH}.md")
    count = re.search(r"Of (\d+) examples", function)
    assert not count or int(count[1]) < 20
    section = libbpf_examples.examples(whole, whole.catalogue.library["SEC"], "ebpf-library/libbpf/ebpf/SEC.md")
    assert section.count("\n- ") == 5
    uprobe = whole.catalogue.library["bpf_program__attach_uprobe_opts"]
    assert "through the loader's `attach_uprobe`" in libbpf_examples.examples(whole, uprobe, uprobe.page)
    unused = whole.catalogue.library["libbpf_unregister_prog_handler"]
    assert libbpf_examples.examples(whole, unused, unused.page) == ""


def test_versions_of_libbpf_are_no_releases_of_the_kernel(whole: Facts) -> None:
    assert all(entry.since is None and entry.version for entry in whole.catalogue.library.values())
    dated = [each for features in timeline.by_release(whole).values() for each in features]
    assert not {each.kind for each in dated} & LIBBPF_KINDS
    assert "ebpf-library" not in overview.whats_new(whole, "index.md")
    table = found.table(whole)
    rows = {kind["label"]: kind for kind in table["kinds"]}
    assert [label for label, kind in rows.items() if kind.get("of")] == ["libbpf function", "libbpf macro"]
    at = rows["libbpf function"]["names"].split(" ").index("ring_buffer__new")
    assert rows["libbpf function"]["since"].split(" ")[at] == "0.0.9"
    for_users = ["BPF_TC_PARENT", "LIBBPF_OPTS", "LIBBPF_OPTS_RESET"]
    assert rows["libbpf macro"]["elsewhere"].split(" ")[::2] == [*for_users, "bpf_core_read", "bpf_core_read_user"]


def test_no_two_pages_differ_by_case_alone(whole: Facts) -> None:
    """Some disks keep but one of two such files."""
    assert len({page.lower() for page in whole.pages}) == len(whole.pages)
    library = whole.catalogue.library
    assert library["BPF_CORE_READ"].page == "ebpf-library/libbpf/ebpf/BPF_CORE_READ.md"
    assert library["bpf_core_read"].page == "ebpf-library/libbpf/ebpf/bpf_core_read~.md"
    assert subject_of(library["bpf_core_read"].page, None) == "bpf_core_read"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ring_buffer__new", "the first with it in its version script is v0.0.9."),
        ("bpf_core_read", "the first with it in its headers for programs is v0.0.6."),
        ("bpf_map_lookup_elem", "the first with it in its version script is v0.0.1, first tagged as v0.0.3."),
        ("BPF_TC_PARENT", "First version: the first tag whose headers define it."),
    ],
)
def test_evidence_of_a_name_of_libbpf_is_of_libbpf(whole: Facts, name: str, words: str) -> None:
    entry = whole.catalogue.library[name]
    told = evidence.evidence(whole, entry.page)
    assert words in told
    assert f"`bpf/{whole.catalogue.declared(entry.kind, name).header}` of libbpf-dev" in told
    assert "were asked" not in told


def test_the_table_of_names_keeps_the_helper_and_tells_where_the_other_is_meant(facts: Catalogue) -> None:
    pages = {page_of(kind, BOTH): Page("", described=False) for kind in (Kind.HELPER, Kind.LIBBPF_FUNCTION)}
    text = names(Facts(facts, pages))
    outside, within = text.split('"within"')
    assert f'"{BOTH}": {{"kind": "helper"' in outside
    assert f'"{BOTH}": {{"kind": "libbpf-function"' in within
