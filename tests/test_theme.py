"""The theme without a browser: what the templates write, and whether the colours can be read."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).resolve().parents[1]
STYLE = (ROOT / "docs" / "assets" / "bpfref.css").read_text(encoding="utf-8")
GROUPS = {"Maps": ["map_a", "map_b", "map_c"], "Time & timers": ["time_a", "time_b"], "Other": ["rest_a", "rest_b"]}
QUOTED = 'What "R2 type=scalar" & <i> mean'
LOADED = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?([^"'\s>]+)"""
    r"""|<link\b[^>]*\brel=["']?(?:stylesheet|icon|preload|preconnect)\b[^>]*\bhref=["']?([^"'\s>]+)"""
)


def write_pages(docs: Path) -> None:
    """A small site: an index with a heading for each of three groups, and a second section."""
    (docs / "helper").mkdir(parents=True)
    (docs / "type").mkdir()
    headings = "\n\n".join(f"## {group}" for group in GROUPS)
    (docs / "helper" / "index.md").write_text(f"# All helpers\n\n{headings}\n", encoding="utf-8")
    lines = ["* [Home](index.md)", "* Helpers", "    * [Helpers](helper/index.md)"]
    for group, names in GROUPS.items():
        lines.append(f"    * {group}")
        for name in names:
            lines.append(f"        * [{name}](helper/{name}.md)")
            (docs / "helper" / f"{name}.md").write_text(f"# `{name}`\n\n## Usage\n\nText.\n", encoding="utf-8")
    lines += ["* Constants", "    * [Flags](flags/index.md)", "    * [Links](links/index.md)"]
    for name in ("flags", "links"):
        (docs / name).mkdir()
        (docs / name / "index.md").write_text(f"# {name}\n", encoding="utf-8")
    lines += ["* Types", "    * [Types](type/index.md)", "    * [xdp](type/xdp.md)"]
    lines += ["    * [BPF_PROG_TYPE_SOCKET_FILTER](type/long.md)"]
    (docs / "type" / "index.md").write_text(f"---\ndescription: '{QUOTED}'\n---\n# Types\n", encoding="utf-8")
    (docs / "type" / "xdp.md").write_text("# xdp\n\nRefused (`-EINVAL`), `- E`.\n", encoding="utf-8")
    (docs / "type" / "long.md").write_text("# BPF_PROG_TYPE_SOCKET_FILTER\n", encoding="utf-8")
    (docs / "index.md").write_text("# Home\n", encoding="utf-8")
    (docs / "SUMMARY.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_config(folder: Path) -> Path:
    """Our configuration for other pages; the links in code have a test of their own."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    text = re.sub(r"^  - bpfref\.markdown.*\n(?:      .*\n)*", "", text, flags=re.MULTILINE)
    text = re.sub(r"^watch:.*\n(?:  .*\n)*", "", text, flags=re.MULTILINE)
    text = text.replace("custom_dir: overwrites", f"custom_dir: {ROOT / 'overwrites'}")
    file = folder / "mkdocs.yml"
    file.write_text(text, encoding="utf-8")
    return file


def build(folder: Path, engine: str) -> Path:
    """Build the small site with an engine, as strictly as it can."""
    write_pages(folder / "docs")
    command = [sys.executable, "-m", engine, "build", "--strict", "--config-file", str(write_config(folder))]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "SITE_URL": "https://example.org/sub/"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


@pytest.fixture(
    scope="module",
    params=[
        "mkdocs",
        pytest.param(
            "zensical",
            marks=pytest.mark.skipif(
                importlib.util.find_spec("zensical") is None, reason="the package zensical is not installed"
            ),
        ),
    ],
)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site, built by each of the two engines."""
    return build(tmp_path_factory.mktemp(request.param), request.param)


def read_navigation(site: Path, page: str) -> str:
    """The primary navigation of a page, without the list of its headings."""
    html = (site / page / "index.html").read_text(encoding="utf-8")
    start = html.index('<nav class="md-nav md-nav--primary')
    return html[start : html.index('class="md-content"', start)]


def links_of(navigation: str) -> list[str]:
    return re.findall(r'href="([^"]+)" class="md-nav__link', navigation)


def test_the_navigation_holds_the_group_of_the_page_and_no_entry_of_another(site: Path) -> None:
    links = links_of(read_navigation(site, "helper/map_b"))
    assert "../map_a/" in links
    assert "../map_c/" in links
    assert not [link for link in links if re.search("time_b|rest_b|xdp", link)]
    assert "../../type/" in links


def test_the_navigation_says_which_page_this_is(site: Path) -> None:
    navigation = read_navigation(site, "helper/map_b")
    current = re.findall(r'<a href="([^"]+)"[^>]*aria-current="page"[^>]*>(.*?)</a>', navigation)
    assert [re.sub("<.*?>", "", text) for _, text in current] == ["map_b"]


def test_a_closed_group_leads_to_its_heading_or_its_first_page(site: Path, request: pytest.FixtureRequest) -> None:
    links = links_of(read_navigation(site, "helper/map_b"))
    headings = {"../#time-timers", "../#other"}
    first_pages = {"../time_a/", "../rest_a/"}  # Zensical gives templates no headings of other pages
    expected, other = (headings, first_pages) if "mkdocs" in request.node.name else (first_pages, headings)
    assert expected <= set(links)
    assert not other & set(links)
    assert "../#maps" not in links  # this group is open


def test_a_section_of_several_indexes_lists_them_all(site: Path) -> None:
    links = links_of(read_navigation(site, "links"))
    assert "../flags/" in links
    assert [link for link in links if link in {"./", "././"}] != []


def test_a_long_name_may_break_after_an_underscore_only(site: Path) -> None:
    navigation = read_navigation(site, "type/xdp")
    assert "BPF_<wbr>PROG_<wbr>TYPE_<wbr>SOCKET_<wbr>FILTER</span>" in navigation
    assert ">xdp</span>" in navigation


def test_the_navigation_escapes_its_titles(site: Path) -> None:
    navigation = read_navigation(site, "helper/map_b")
    assert ">Time &amp; timers</span>" in navigation
    assert "&amp;amp;" not in navigation


def test_an_error_in_the_text_has_the_class_that_keeps_it_in_one_line(site: Path) -> None:
    html = (site / "type" / "xdp" / "index.html").read_text(encoding="utf-8")
    assert '(<code class="errno">-EINVAL</code>)' in html
    assert "<code>- E</code>" in html


class Outline(HTMLParser):
    """The ids of a page, what its labels are for, and the names of its landmarks and dialogs."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.landmarks: list[str | None] = []
        self.dialogs: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.targets += [given["for"] or ""] if tag == "label" and "for" in given else []
        if tag == "nav" and "md-nav--primary" in (given.get("class") or ""):
            self.landmarks.append(given.get("aria-label"))
        if tag == "nav" and (given.get("class") or "") in {"md-path", "md-tabs"}:
            self.landmarks.append(given.get("aria-label"))
        if given.get("role") == "dialog":
            self.dialogs.append(given.get("aria-label"))


def test_ids_are_unique_and_labels_and_landmarks_have_their_own(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) >= 10
    for page in pages:
        outline = Outline()
        outline.feed(page.read_text(encoding="utf-8"))
        assert len(outline.ids) == len(set(outline.ids)), page
        assert len(outline.landmarks) == len(set(outline.landmarks)), page
        assert None not in outline.landmarks, page
        assert all(outline.dialogs), page
        missing = set(outline.targets) - set(outline.ids)
        assert not missing, (page, missing)


def test_every_page_leads_to_the_search_without_javascript_too(site: Path) -> None:
    for page in site.rglob("*.html"):
        found = re.findall(r'<a class="ref-search-open" href="([^"]+)" data-search="([^"]+)"', page.read_text("utf-8"))
        assert len(found) == 1, page
        target, folder = (part.removeprefix("/sub/") for part in found[0])
        base = site if page.name == "404.html" else page.parent
        assert (base / target).resolve() == site.resolve() / "search", page
        assert (base / folder).resolve() == site.resolve() / "assets" / "search", page


def test_the_sections_on_top_lead_to_their_indexes(site: Path) -> None:
    html = (site / "helper" / "map_b" / "index.html").read_text(encoding="utf-8")
    tabs = re.findall(r'<a href="([^"]+)" class="md-tabs__link">(.*?)</a>', html)
    tabs = [(href.rstrip("/"), title) for href, title in tabs]
    assert tabs == [("../..", "Home"), ("..", "Helpers"), ("../../flags", "Constants"), ("../../type", "Types")]


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) >= 10
    loaded = [one for page in pages for pair in LOADED.findall(page.read_text(encoding="utf-8")) for one in pair if one]
    assert loaded
    assert [one for one in loaded if re.match(r"(?:[a-z]+:)?//", one)] == []


def test_the_page_for_a_missing_address_works_at_any_depth(site: Path) -> None:
    html = (site / "404.html").read_text(encoding="utf-8")
    article = html[html.index("<article") : html.index("</article>")]
    assert 'data-names="/sub/api/names.json"' in article
    links = re.findall(r'href="([^"]+)"', article)
    assert {"/sub/helper/", "/sub/type/"} <= set(links)
    assert [link for link in links if not link.startswith("/sub/")] == []
    assert '<script src="/sub/assets/nearest.js" defer></script>' in html


def test_our_style_and_script_load_nothing() -> None:
    script = (ROOT / "docs" / "assets" / "nearest.js").read_text(encoding="utf-8")
    for text in (STYLE, script):
        assert not re.search(r"https?:|@import|url\(", text)


def test_templates_hold_no_script_of_their_own() -> None:
    for template in (ROOT / "overwrites").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*(?:\bsrc=|application/ld\+json))", text), template
        assert not re.search(r"\son[a-z]+=", text), template


def test_the_configuration_asks_no_host_for_fonts_or_counting() -> None:
    config = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert config["theme"]["font"] is False
    assert "analytics" not in config.get("extra", {})
    names = [next(iter(one)) if isinstance(one, dict) else one for one in config["plugins"]]
    assert set(names) <= {"search", "literate-nav", "redirects"}
    assert "hooks" not in config


def read_scheme(name: str) -> dict[str, str]:
    """The colour variables of a scheme, `var()` resolved; Material's white where we set none."""
    rules = re.search(rf'\[data-md-color-scheme="{name}"\] \{{(.*?)\}}', STYLE, re.DOTALL)
    assert rules
    found: dict[str, str] = dict(re.findall(r"(--[\w-]+): ([^;]+);", rules[1]))
    found.setdefault("--md-default-bg-color", "#fff")
    return {key: found.get(value[4:-1], value) for key, value in found.items()}


def luminance(colour: str) -> float:
    """Relative luminance of `#rgb` or `#rrggbb`, as WCAG 2 defines it."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    assert len(digits) == 6, colour
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_for_contrast_is_the_known_one() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


TEXTS = ["--md-default-fg-color", "--md-default-fg-color--light", "--ref-muted", "--ref-link", "--md-accent-fg-color"]
CHIPS = ["--ref-good", "--ref-warn", "--ref-bad"]
CODE = ["fg", *(f"hl-{kind}" for kind in ("comment", "keyword", "function", "name", "constant"))]
CODE += [f"hl-{kind}" for kind in ("number", "string", "special", "operator", "punctuation")]


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, "--md-default-bg-color") for text in TEXTS + CHIPS),
        *((text, "--ref-soft") for text in TEXTS + CHIPS),
        *((text, "--ref-mark") for text in TEXTS),
        *((f"--md-code-{kind}-color", "--md-code-bg-color") for kind in CODE),
        ("--md-primary-bg-color", "--md-primary-fg-color"),
        ("--md-primary-bg-color--light", "--md-primary-fg-color"),
        ("--md-footer-fg-color--light", "--md-footer-bg-color--dark"),
    ],
)
def test_text_can_be_read_on_its_ground(scheme: str, text: str, ground: str) -> None:
    colours = read_scheme(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


def test_every_page_has_an_icon_for_browsers_without_svg(site: Path) -> None:
    for page in site.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        icons = re.findall(r'rel="(?:alternate icon|apple-touch-icon)"[^>]*href="([^"]+)"', html)
        assert len(icons) == 2, page
        assert all(icon.endswith("assets/favicon.png") for icon in icons)
    assert (ROOT / "docs/assets/favicon.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def read_graph(html: str) -> dict[str, dict[str, Any]]:
    """The JSON-LD of a page, by type."""
    (text,) = re.findall(r'<script type="?application/ld\+json"?>(.*?)</script>', html, re.S)
    return {each["@type"]: each for each in json.loads(text)["@graph"]}


def test_every_page_says_what_it_is_and_where_it_stands(site: Path) -> None:
    base = "https://example.org/sub/"
    for page in site.rglob("index.html"):
        html = page.read_text(encoding="utf-8")
        address = f"{base}{page.parent.relative_to(site).as_posix()}/".replace("/./", "/")
        graph = read_graph(html)
        assert graph["TechArticle"]["url"] == address
        places = graph["BreadcrumbList"]["itemListElement"]
        assert [place["position"] for place in places] == list(range(1, len(places) + 1))
        assert (places[0]["item"], places[-1]["item"]) == (base, address)
        assert f'<meta property="og:url" content="{address}">' in html
        pictures = re.findall(r'<meta property="og:image" content="([^"]+)">', html)
        assert pictures
        assert (ROOT / "docs" / pictures[0].removeprefix(base)).is_file()


def test_the_way_to_a_page_leads_over_its_index(site: Path) -> None:
    html = (site / "helper" / "map_b" / "index.html").read_text(encoding="utf-8")
    places = read_graph(html)["BreadcrumbList"]["itemListElement"]
    assert [place["name"] for place in places][-2:] == ["Helpers", "map_b"]
    assert places[-2]["item"] == "https://example.org/sub/helper/"


def test_the_markdown_of_a_page_is_named_without_being_taken_for_a_translation(site: Path) -> None:
    """Material's script asks for the sitemap beside every `link[rel=alternate]`."""
    html = (site / "helper" / "map_b" / "index.html").read_text(encoding="utf-8")
    assert re.search(r'<link rel="alternate " type="text/markdown" href="(?:\./)?index\.md">', html)
    assert 'rel="alternate"' not in html


def test_every_section_of_the_templates_has_its_picture() -> None:
    text = (ROOT / "overwrites" / "partials" / "metadata.html").read_text(encoding="utf-8")
    names = {name for _, name in re.findall(r'\["([^"]+/)", "([^"]+)"\]', text)} | {"site"}
    drawn = {path.stem: path for path in (ROOT / "docs" / "assets" / "og").glob("*.png")}
    assert names == set(drawn)
    assert all(path.stat().st_size < 40_000 for path in drawn.values())


def test_a_description_may_hold_quotation_marks(site: Path) -> None:
    html = (site / "type" / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'<meta (?:name="description"|property="og:description") content="([^"]*)">', html)
    assert [unescape(text) for text in found] == [QUOTED, QUOTED]


def test_a_page_without_a_description_has_the_sites(site: Path) -> None:
    html = (site / "type" / "xdp" / "index.html").read_text(encoding="utf-8")
    assert re.search(r'<meta name="description" content="eBPF reference: [^"]*">', html)


def test_every_section_has_a_picture_for_previews() -> None:
    template = (ROOT / "overwrites" / "partials" / "metadata.html").read_text(encoding="utf-8")
    sections = dict(re.findall(r'\["([a-z-]+/(?:[a-z-]+/)?)", "([a-z-]+)"\]', template))
    pages = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    addresses = {f"{page.with_suffix('').as_posix().removesuffix('index')}/".replace("//", "/") for page in pages}
    bare = {a for a in addresses if "/" in a.rstrip("/") and not a.startswith((*sections, "examples/"))}
    assert bare == set()
    assert all((ROOT / "docs" / "assets" / "og" / f"{name}.png").is_file() for name in sections.values())
