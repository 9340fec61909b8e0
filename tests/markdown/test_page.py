"""`markdown.page`: addresses are MkDocs's, and an engine that is not known gives no page."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

from bpfref.markdown.page import Page, address, find_page
from markdown import Markdown

SOURCES = ["index.md", "faq.md", "a/index.md", "a/b.md", "a/c/index.md", "a/c/d.md", "e/f/g.md", "a b/ü.md"]


def file(source: str, *, directory_urls: bool) -> File:
    return File(source, "docs", "site", directory_urls)


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("source", SOURCES)
def test_addresses_are_those_of_mkdocs(source: str, directory_urls: bool) -> None:
    url = file(source, directory_urls=directory_urls).url
    assert address(source, directory_urls=directory_urls) == ("" if url == "./" else url)


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("target", SOURCES)
@pytest.mark.parametrize("source", SOURCES)
def test_links_are_those_of_mkdocs(source: str, target: str, directory_urls: bool) -> None:
    here, there = (file(name, directory_urls=directory_urls).url for name in (source, target))
    page = Page(source, "" if here == "./" else here, Path(), Path(), directory_urls)
    assert page.link_to(target) == get_relative_url(there, here)
    assert page.link_to(target, "x y") == get_relative_url(there, here) + "#x%20y"


def test_an_engine_that_resolves_sources_gets_sources() -> None:
    page = Page("a/b.md", "a/b/", Path(), Path(), directory_urls=True, resolves_sources=True)
    assert page.link_to("a/c/index.md", "x") == "c/index.md#x"
    assert page.link_to("index.md") == "../index.md"


def test_plain_python_markdown_has_no_page() -> None:
    assert find_page(Markdown()) is None
    text = "`bpf_loop`\n"
    assert Markdown(extensions=["bpfref.markdown.links_in_code"]).convert(text) == "<p><code>bpf_loop</code></p>"
