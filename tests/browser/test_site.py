"""The site in Chromium: what a reader sees, on the real pages of both engines, with both schemes and on a phone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from browser.chromium import CHROMIUM, DESKTOP, PHONE

REQUIRED = os.environ.get("BPFREF_REQUIRE_BROWSER") == "1"
HELPER = "linux/helper-function/bpf_loop/"
WITH_STRUCT = "linux/helper-function/bpf_fib_lookup/"
KINDS = [
    "",
    "coverage/",
    "search/",
    "linux/helper-function/",
    HELPER,
    WITH_STRUCT,
    "linux/program-type/",
    "linux/program-type/BPF_PROG_TYPE_XDP/",
    "linux/program-context/__sk_buff/",
    "linux/map-type/BPF_MAP_TYPE_HASH/",
    "linux/syscall/BPF_PROG_LOAD/",
    "linux/attach-type/",
    "linux/link-type/",
    "linux/flags/",
    "linux/struct/",
    "not/there/",
]

pytestmark = pytest.mark.browser
if not REQUIRED:
    pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}", allow_module_level=True)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def scheme(page: Page) -> str | None:
    return page.locator("body").get_attribute("data-md-color-scheme")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_page_opens_without_a_fault(page: Page, address: str, kind: str) -> None:
    """The fixture fails the test for what the browser reports and what comes from another host."""
    answer = page.goto(address + kind, wait_until="networkidle")
    assert answer is not None
    assert answer.status == (404 if kind.startswith("not/") else 200)


@pytest.mark.parametrize("kind", KINDS)
def test_a_phone_never_scrolls_the_page_sideways(phone: Page, address: str, kind: str) -> None:
    phone.goto(address + kind, wait_until="networkidle")
    wide = phone.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE[0]


ROWS = [
    "concepts/elf/",
    "linux/program-context/__sk_buff/",
    "linux/flags/",
    "linux/helper-function/",
    WITH_STRUCT,
    "linux/program-type/",
    "linux/syscall/BPF_PROG_LOAD/",
    "linux/timeline/v5.15-to-v6.12/",
]


@pytest.mark.parametrize("kind", ROWS)
def test_a_phone_shows_the_text_of_every_row_without_scrolling(phone: Page, address: str, kind: str) -> None:
    phone.goto(address + kind, wait_until="networkidle")
    edges = phone.evaluate(
        "[...document.querySelectorAll('article td:not(.matrix td)')]"
        ".map(e => e.getBoundingClientRect()).map(r => [r.left, r.right])"
    )
    assert len(edges) > 10
    assert all(left >= 0 and right <= PHONE[0] for left, right in edges)


def test_a_phone_keeps_the_program_type_in_sight_of_every_kernel(phone: Page, address: str) -> None:
    phone.goto(f"{address}linux/helper-function/bpf_loop/", wait_until="networkidle")
    first, last = phone.evaluate(
        """(() => { const frame = document.querySelector('.matrix'); frame.scrollLeft = 10000;
        const row = frame.querySelector('tbody tr'); const cells = [row.firstElementChild, row.lastElementChild];
        return cells.map(e => e.getBoundingClientRect()).map(r => [r.left, r.right]); })()"""
    )
    assert first[0] >= 0
    assert first[1] <= last[0]
    assert last[1] <= PHONE[0]


@pytest.mark.parametrize("kind", ROWS)
def test_a_phone_writes_offset_only_before_an_offset(phone: Page, address: str, kind: str) -> None:
    phone.goto(address + kind, wait_until="networkidle")
    columns = phone.evaluate(
        """[...document.querySelectorAll('article td')]
        .filter(td => getComputedStyle(td, '::before').content.includes('offset'))
        .map(td => td.closest('table').querySelectorAll('th')[td.cellIndex].innerText)"""
    )
    assert set(columns) <= {"Offset"}
    with_structs = {"linux/program-context/__sk_buff/", "linux/syscall/BPF_PROG_LOAD/", WITH_STRUCT}
    assert bool(columns) is (kind in with_structs)


@pytest.mark.parametrize("width", [320, 360, 390, 414])
@pytest.mark.parametrize("kind", ["linux/flags/", "linux/map-type/BPF_MAP_TYPE_LRU_HASH/", HELPER])
def test_no_line_ends_inside_the_name_of_an_error(phone: Page, address: str, kind: str, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": PHONE[1]})
    phone.goto(address + kind, wait_until="networkidle")
    lines = phone.evaluate(
        "[...document.querySelectorAll('article code')].filter(e => /^-E[A-Z0-9]+$/.test(e.innerText))"
        ".map(e => e.getClientRects().length)"
    )
    assert lines
    assert set(lines) == {1}
    assert phone.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("kind", ["linux/map-type/BPF_MAP_TYPE_LRU_HASH/", "linux/flags/", HELPER])
def test_no_heading_ends_with_an_empty_line(phone: Page, address: str, kind: str) -> None:
    phone.goto(address + kind, wait_until="networkidle")
    empty = phone.evaluate(
        """[...document.querySelectorAll('article :is(h1, h2, h3)')].filter(e => {
            const text = document.createRange();
            text.selectNodeContents(e);
            const sign = e.querySelector('.headerlink');
            if (sign) text.setEndBefore(sign);
            const box = e.getBoundingClientRect(), style = getComputedStyle(e);
            return box.bottom - parseFloat(style.paddingBottom) - text.getBoundingClientRect().bottom > 12;
        }).map(e => e.innerText)"""
    )
    assert empty == []


@pytest.mark.parametrize("width", [768, 1000, 1280])
@pytest.mark.parametrize("kind", ["linux/flags/", "linux/helper-function/", WITH_STRUCT])
def test_wide_screens_show_tables_whole_and_short_names_in_one_line(
    page: Page, address: str, kind: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": DESKTOP[1]})
    page.goto(address + kind, wait_until="networkidle")
    cut = page.evaluate(
        "[...document.querySelectorAll('.md-typeset__scrollwrap')].filter(e => e.scrollWidth > e.clientWidth).length"
    )
    broken = page.evaluate(
        """[...document.querySelectorAll('article td:first-child code')].filter(e => {
            const text = document.createRange();
            text.selectNodeContents(e);
            const lines = new Set([...text.getClientRects()].map(r => Math.round(r.top)));
            return e.innerText.length <= 30 && lines.size > 1;
        }).map(e => e.innerText)"""
    )
    assert cut == 0
    assert broken == []


@pytest.mark.parametrize(
    ("kind", "name"), [("coverage/", "Coverage by kind"), ("linux/timeline/", "Growth by release")]
)
def test_what_is_too_wide_scrolls_in_a_frame_that_keys_reach(phone: Page, address: str, kind: str, name: str) -> None:
    phone.goto(address + kind, wait_until="networkidle")
    frame = phone.get_by_role("region", name=name)
    inside, outside = frame.evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert inside > outside
    assert frame.locator(".md-typeset__scrollwrap").evaluate_all(
        "all => all.every(e => getComputedStyle(e).overflowX === 'visible')"
    )
    frame.focus()
    phone.keyboard.press("ArrowRight")
    phone.wait_for_function("name => document.querySelector(`[aria-label='${name}']`).scrollLeft > 0", arg=name)


def test_the_toggle_goes_through_system_light_and_dark_and_is_remembered(page: Page, address: str) -> None:
    page.goto(address + HELPER)
    assert scheme(page) == "default"
    page.locator("label[title^='Colours follow the system']").click()
    assert scheme(page) == "default"
    page.locator("label[title^='Light colours']").click()
    assert scheme(page) == "slate"
    page.goto(address)
    assert scheme(page) == "slate"
    page.locator("label[title^='Dark colours']").click()
    page.goto(address + HELPER)
    assert scheme(page) == "default"


def test_without_a_choice_the_system_decides(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    assert scheme(page) == "slate"


def test_code_is_copied_as_it_stands(page: Page, address: str) -> None:
    page.goto(address + HELPER)
    code = page.locator(".highlight code").first
    page.locator(".highlight button[data-md-type=copy], .highlight .md-clipboard").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == code.inner_text().strip()
    assert "bpf_loop(" in copied


def test_a_name_in_code_leads_to_its_page(page: Page, address: str) -> None:
    page.goto(address + HELPER)
    link = page.locator("a.code-link").first
    name = link.inner_text()
    link.click()
    assert page.locator("h1 code").inner_text() == name


def test_the_address_of_a_constant_marks_its_row_below_the_header(page: Page, address: str) -> None:
    page.goto(address + "linux/attach-type/", wait_until="networkidle")
    plain = page.evaluate("getComputedStyle(document.getElementById('BPF_XDP').closest('tr')).backgroundColor")
    page.goto(address + "linux/attach-type/#BPF_XDP", wait_until="networkidle")
    marked = page.evaluate("getComputedStyle(document.querySelector('tr:has(:target)')).backgroundColor")
    assert marked != plain
    row = page.locator("tr:has(:target)").bounding_box()
    header = page.locator("header.md-header").bounding_box()
    assert row is not None
    assert header is not None
    assert header["y"] + header["height"] <= row["y"] < DESKTOP[1]


@pytest.mark.parametrize(
    ("wrong", "right", "place"),
    [
        ("linux/helper-function/bpf_lop/", "bpf_loop", HELPER),
        ("linux/helper-function/bpf_map_lookup/", "bpf_map_lookup_elem", "linux/helper-function/bpf_map_lookup_elem/"),
        ("bpf_map_lokup_elem", "bpf_map_lookup_elem", "linux/helper-function/bpf_map_lookup_elem/"),
        ("a/b/c/d/BPF_LOOP.html", "bpf_loop", HELPER),
        ("linux/map-type/bpf_map_type_hsh/index.html", "BPF_MAP_TYPE_HASH", "linux/map-type/BPF_MAP_TYPE_HASH/"),
        ("linux/attach-type/BPF_XPD/", "BPF_XDP", "linux/attach-type/#BPF_XDP"),
    ],
)
def test_a_wrong_address_suggests_the_right_name(page: Page, address: str, wrong: str, right: str, place: str) -> None:
    page.goto(address + wrong)
    suggestions = page.locator("#nearest a")
    suggestions.first.wait_for()
    assert 1 <= suggestions.count() <= 5
    wanted = suggestions.filter(has_text=right).first
    assert wanted.get_attribute("href") == address + place
    wanted.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(address + place)
    assert right in page.locator("article").inner_text()


@pytest.mark.parametrize("wrong", ["zzqqxxyyzzqq/", "%E0%A4%A/", "x/"])
def test_without_a_near_name_the_page_says_so(page: Page, address: str, wrong: str) -> None:
    page.goto(address + wrong)
    page.locator("#nearest p").wait_for()
    assert "No name here is near" in page.locator("#nearest").inner_text()


def test_an_address_is_shown_as_text_never_as_markup(page: Page, address: str) -> None:
    page.goto(address + "%3Cimg%20src=x%20onerror=alert(1)%3E/")
    page.locator("#nearest p").wait_for()
    assert page.locator("#nearest img").count() == 0


def test_without_javascript_the_page_that_is_missing_leads_to_the_indexes(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "linux/helper-function/deep/er/")
    page.locator("article a", has_text="Helpers").first.click()
    assert page.url == address + "linux/helper-function/"
    context.close()


def test_the_first_key_leads_past_the_navigation(page: Page, address: str) -> None:
    page.goto(address + HELPER)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.md-skip')")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector(':target').closest('.md-content') !== null")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.md-content') !== null")
