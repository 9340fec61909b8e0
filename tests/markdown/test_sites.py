"""Both extensions in sites that MkDocs and Zensical build, with the same links in both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from minisite import HAS_ZENSICAL, HEADER, WITHOUT_ZENSICAL, Built, run_mkdocs, run_zensical, write_site

Run = Callable[..., Built]
GOOD = HEADER.replace("*nothing.", "nothing.")
ENGINES = [
    pytest.param(run_mkdocs, id="mkdocs"),
    pytest.param(run_zensical, id="zensical", marks=pytest.mark.skipif(not HAS_ZENSICAL, reason=WITHOUT_ZENSICAL)),
]
engines = pytest.mark.parametrize("run", ENGINES)

EXPECTED = {
    "index": [
        ("bpf_first", "linux/helper-function/bpf_first"),
        ("bpf_second", "linux/helper-function/bpf_second"),
        ("BPF_F_ONE", "linux/flags/index#BPF_F_ONE"),
        ("bpf_first", "linux/helper-function/bpf_first"),
        ("sample", "linux/struct/index#sample"),
        ("bpf_first", "linux/helper-function/bpf_first"),
        ("BPF_F_ONE", "linux/flags/index#BPF_F_ONE"),
        ("bpf_second", "linux/helper-function/bpf_second"),
        ("sample", "linux/struct/index#sample"),
        ("BPF_F_ONE", "linux/flags/index#BPF_F_ONE"),
    ],
    "linux/helper-function/bpf_first": [
        ("bpf_second", "linux/helper-function/bpf_second"),
        ("HOME", "index"),
        ("bpf_second", "linux/helper-function/bpf_second"),
    ],
    "linux/helper-function/bpf_second": [],
    "linux/struct/index": [("BPF_F_ONE", "linux/flags/index#BPF_F_ONE")],
    "linux/flags/index": [("sample", "linux/struct/index#sample")],
}


def output(page: str, *, directory_urls: bool) -> str:
    """The file that an engine writes for a page."""
    index = page == "index" or page.endswith("/index")
    return f"{page}/index.html" if directory_urls and not index else f"{page}.html"


def reached(site: Path, file: str, href: str) -> str:
    """The page and anchor that a browser finds at `href`; the file must be there."""
    path, _, anchor = href.partition("#")
    target = (site / file).parent / path
    target = target / "index.html" if path.endswith("/") else target
    found = target.resolve().relative_to(site.resolve())
    assert (site / found).is_file(), (file, href)
    return f"{found}#{anchor}" if anchor else str(found)


@engines
@pytest.mark.parametrize("directory_urls", [True, False])
def test_links_lead_to_the_pages(tmp_path: Path, run: Run, directory_urls: bool) -> None:
    root = tmp_path / "project"
    write_site(root, directory_urls=directory_urls, header=GOOD)
    built = run(root, "--strict")
    assert built.code == 0, built.said
    for page, expected in EXPECTED.items():
        file = output(page, directory_urls=directory_urls)
        found = [(text, reached(built.folder, file, href)) for text, href in built.links(file)]
        targets = [(text, *target.partition("#")) for text, target in expected]
        assert found == [(text, output(p, directory_urls=directory_urls) + sharp + a) for text, p, sharp, a in targets]


@pytest.mark.skipif(not HAS_ZENSICAL, reason=WITHOUT_ZENSICAL)
@pytest.mark.parametrize("directory_urls", [True, False])
def test_both_engines_give_the_same_links(tmp_path: Path, directory_urls: bool) -> None:
    links = []
    for name, run in (("a", run_mkdocs), ("b", run_zensical)):
        write_site(tmp_path / name, directory_urls=directory_urls, header=GOOD)
        built = run(tmp_path / name)
        links.append({page: built.links(output(page, directory_urls=directory_urls)) for page in EXPECTED})
    assert links[0] == links[1]


@engines
def test_the_kernels_text_is_on_the_page(tmp_path: Path, run: Run) -> None:
    root = tmp_path / "project"
    write_site(root, header=GOOD)
    built = run(root, "--strict")
    first = built.article("linux/helper-function/bpf_first/index.html")
    assert '<blockquote class="kernel-text">' in first
    assert "Takes <em>size</em> bytes" in first
    assert "nothing." in built.article("linux/helper-function/bpf_second/index.html")


@engines
def test_without_header_a_strict_build_passes(tmp_path: Path, run: Run) -> None:
    root = tmp_path / "project"
    write_site(root)
    built = run(root, "--strict")
    assert built.code == 0, built.said
    assert "bpf-helpers.7.html" in built.article("linux/helper-function/bpf_first/index.html")


@pytest.mark.parametrize("broken", [HEADER, GOOD + "int surprise;\n"], ids=["comment", "header"])
def test_a_broken_header_fails_a_strict_build_of_mkdocs(tmp_path: Path, broken: str) -> None:
    root = tmp_path / "project"
    write_site(root, header=broken)
    assert run_mkdocs(root).code == 0
    built = run_mkdocs(root, "--strict")
    assert built.code != 0
    assert "defs.h:" in built.said
    assert "Traceback" not in built.said


def test_missing_names_fail_a_strict_build_of_mkdocs(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write_site(root, header=GOOD)
    (root / "docs/api/names.json").unlink()
    built = run_mkdocs(root, "--strict")
    assert built.code != 0
    assert "bpfref generate" in built.said
