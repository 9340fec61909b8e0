"""The search in Chromium, on the real pages, as both engines build them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bpfref import catalogue
from bpfref.generate.run import read_pages
from bpfref.generate.search.names import listed
from bpfref.generate.search.words import stem, terms
from bpfref.layout import Layout
from bpfref.model.entry import Entry
from browser import test_site  # skips these tests too where there is no Chromium
from browser.chromium import PHONE, ROOT

pytestmark = test_site.pytestmark
HELPER = test_site.HELPER


expect.set_options(timeout=30_000)


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Results").get_by_role("option")


def search(page: Page, query: str) -> Locator:
    """Type a query into the search of the page that is open; all its results, when they have come."""
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search")
    field.fill(query)
    expect(page.get_by_role("status").filter(has_text=re.compile("result|Nothing"))).to_be_visible()
    return options(page)


def chosen(page: Page) -> str:
    """The name of the result that the field says is active."""
    name = page.get_by_role("combobox", name="Search").get_attribute("aria-activedescendant")
    active = page.locator(f"#{name}")
    assert active.get_attribute("aria-selected") == "true"
    assert page.locator("[role=option][aria-selected=true]").count() == 1
    return active.locator(".ref-search__title").inner_text()


def every() -> list[Entry]:
    layout = Layout(ROOT)
    facts, _ = read_pages(catalogue.read(layout), layout.docs)
    return listed(facts)


def sample(entries: list[Entry]) -> list[Entry]:
    """The first, the middle and the last entry of each kind."""
    kinds: dict[str, list[Entry]] = {}
    for entry in entries:
        kinds.setdefault(entry.kind, []).append(entry)
    return [all_of[at] for all_of in kinds.values() for at in sorted({0, len(all_of) // 2, len(all_of) - 1})]


def place(entry: Entry) -> str:
    path = entry.page.removesuffix(".md").removesuffix("index").rstrip("/")
    return f"{path}/#{entry.anchor}" if entry.anchor else f"{path}/"


def first(page: Page, query: str) -> str:
    """The address of the first result, without opening the dialog."""
    href = page.evaluate("async (query) => ((await self.bpfrefFind(query))[0] || {}).href || ''", query)
    assert isinstance(href, str)
    return href


def test_every_kind_is_found_by_name_in_all_its_spellings(page: Page, address: str) -> None:
    page.goto(address + HELPER)
    known = every()
    names = sample(known)
    assert len({entry.kind for entry in names}) > 12
    for entry in names:
        assert first(page, entry.name) == address + place(entry)
        plain = entry.name.replace("_", "").lower()
        same = {address + place(each) for each in known if each.name.replace("_", "").lower() == plain}
        for spelling in (plain, entry.name.lower(), entry.name.upper(), entry.name.replace("_", " ")):
            found = first(page, spelling)
            assert found in same or found.lower() == (address + place(entry)).lower(), spelling


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("181", "linux/helper-function/bpf_loop/"),
        ("func#181", "linux/helper-function/bpf_loop/"),
        ("unknown func bpf_loop#181", "linux/helper-function/bpf_loop/"),
        ("BPF_FUNC_loop", "linux/helper-function/bpf_loop/"),
        ("bpf_map_lookup_elem()", "linux/helper-function/bpf_map_lookup_elem/"),
        ("BPF_MAP_LOOKUP_ELEM", "linux/syscall/BPF_MAP_LOOKUP_ELEM/"),
        ("bpf_map_lokup_elem", "linux/helper-function/bpf_map_lookup_elem/"),
        ("rnigbuf_reserve", "linux/helper-function/bpf_ringbuf_reserve/"),
        ("bpf_loop -E2BIG", "linux/helper-function/bpf_loop/#returns"),
        ("struct xdp_md", "linux/program-context/xdp_md/"),
        ("minimum kernel for ringbuf", "linux/map-type/BPF_MAP_TYPE_RINGBUF/"),
        ("longest prefix match", "linux/map-type/BPF_MAP_TYPE_LPM_TRIE/#example"),
        ("new in v5.15", "linux/timeline/v5.15/"),
        ("libbpf bpf_map_lookup_elem", "ebpf-library/libbpf/userspace/bpf_map_lookup_elem/"),
        ("bpf_map_lookup_elem libbpf", "ebpf-library/libbpf/userspace/bpf_map_lookup_elem/"),
        ("LIBBPF_OPTS", "ebpf-library/libbpf/userspace/LIBBPF_OPTS/"),
        ("bpf_load_program", "ebpf-library/libbpf/#bpf_load_program"),
        ("ringbuff", "linux/map-type/BPF_MAP_TYPE_RINGBUF/"),
    ],
)
def test_numbers_errors_misspellings_and_words_find_their_page(
    page: Page, address: str, query: str, right: str
) -> None:
    page.goto(address)
    assert first(page, query) == address + right


def test_each_result_leads_to_a_page_with_its_anchor(page: Page, address: str) -> None:
    page.goto(address)
    for query in ("packet", "verdict of a socket", "map", "XDP_DROP", "example count"):
        places = page.evaluate("async (q) => (await self.bpfrefFind(q)).slice(0, 12).map((one) => one.href)", query)
        assert places
        for href in places:
            path, _, anchor = href.partition("#")
            answer = page.request.get(path)
            assert answer.status == 200, href
            assert not anchor or f'id="{anchor}"' in answer.text() or f"id={anchor}" in answer.text(), href


def test_keys_open_choose_follow_and_close(page: Page, address: str) -> None:
    page.goto(address + HELPER)
    results = search(page, "ringbuf")
    assert chosen(page) == "BPF_MAP_TYPE_RINGBUF"
    page.keyboard.press("ArrowDown")
    second = results.nth(1).locator(".ref-search__title").inner_text()
    assert chosen(page) == second
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert chosen(page) == results.last.locator(".ref-search__title").inner_text()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Search")).to_be_hidden()
    assert page.url == address + HELPER
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    field.fill("bpf_map_update_elem")
    expect(results.first).to_contain_text("bpf_map_update_elem")
    page.keyboard.press("Enter")
    page.wait_for_url(address + "linux/helper-function/bpf_map_update_elem/")


def test_enter_follows_what_was_chosen(page: Page, address: str) -> None:
    page.goto(address)
    search(page, "spin_lock")
    page.keyboard.press("ArrowDown")
    href = page.locator("[role=option][aria-selected=true]").get_attribute("href")
    assert href
    page.keyboard.press("Enter")
    page.wait_for_url(href)


def test_the_way_to_the_search_by_tab_leads_back_to_it(page: Page, address: str) -> None:
    page.goto(address + HELPER)
    opener = page.get_by_role("button", name="Search")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_slash_in_a_field_is_a_slash(page: Page, address: str) -> None:
    page.goto(address)
    search(page, "a")
    page.keyboard.press("End")
    page.keyboard.press("/")
    assert page.get_by_role("combobox", name="Search").input_value() == "a/"


def test_a_kind_can_be_asked_for_alone(page: Page, address: str) -> None:
    page.goto(address)
    results = search(page, "timer")
    everything = results.count()
    kind = page.get_by_role("group", name="Kind").get_by_role("button", name=re.compile("^kfunc"))
    kind.focus()
    page.keyboard.press("Enter")
    expect(kind).to_have_attribute("aria-pressed", "true")
    expect(kind).to_be_focused()
    kinds = results.locator(".ref-search__kind").all_inner_texts()
    assert set(kinds) == {"kfunc"}
    assert 0 < len(kinds) < everything
    page.get_by_role("group", name="Kind").get_by_role("button", name=re.compile("^all")).click()
    expect(results).to_have_count(everything)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("bpf_loop", "helper function #181 since v5.17"),
        ("BPF_PROG_TYPE_XDP", "program type since v4.8"),
        ("bpf_lsm_bdev_free_security", "LSM hook by v6.12"),
        ("bpf_link__update_map", "libbpf function since libbpf v1.2.0"),
    ],
)
def test_a_result_says_its_kind_and_since_when(page: Page, address: str, query: str, told: str) -> None:
    page.goto(address)
    results = search(page, query)
    assert told in " ".join(results.first.inner_text().split())
    expect(results.first.locator(".ref-search__text")).not_to_be_empty()


def test_nothing_is_read_before_the_search_is_opened(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(address + HELPER)
    page.wait_for_load_state("networkidle")
    assert not [one for one in asked if "/assets/search/" in one]
    search(page, "bpf_loop")
    assert [one for one in asked if "/assets/search/names.js" in one]


def test_what_is_typed_is_text_and_no_markup(page: Page, address: str) -> None:
    page.goto(address)
    search(page, "<img src=x onerror=alert(1)> __proto__ constructor")
    assert page.locator(".ref-search img").count() == 0


def test_words_that_nothing_has_are_told(page: Page, address: str) -> None:
    page.goto(address)
    assert search(page, "zzzqqqxyz").count() == 0
    expect(page.get_by_role("status").filter(has_text="Nothing found")).to_be_visible()


def test_an_address_opens_the_search_with_its_query(page: Page, address: str) -> None:
    page.goto(address + "search/?q=bpf_loop")
    expect(options(page).first).to_contain_text("bpf_loop")


def test_a_phone_shows_the_search_over_the_whole_screen(phone: Page, address: str) -> None:
    phone.goto(address + HELPER)
    phone.get_by_role("button", name="Search").click()
    phone.get_by_role("combobox", name="Search").fill("redirect packet")
    results = options(phone)
    expect(results.first).to_contain_text("bpf_redirect")
    box = phone.get_by_role("dialog", name="Search").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, *PHONE)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    edges = results.evaluate_all(
        "all => all.map(e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right])"
    )
    assert all(left >= 0 and right <= PHONE[0] for left, right in edges)
    results.first.click()
    phone.wait_for_url("**/linux/helper-function/bpf_redirect/")


def test_without_javascript_the_search_is_a_page_of_indexes(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + HELPER)
    page.get_by_role("button", name="Search").click()
    assert page.url == address + "search/"
    page.locator("article a", has_text="Helper functions").click()
    assert page.url == address + "linux/helper-function/"
    context.close()


def test_words_have_the_same_stems_in_the_page_and_in_the_index(page: Page, address: str) -> None:
    page.goto(address)
    layout = Layout(ROOT)
    _, texts = read_pages(catalogue.read(layout), layout.docs)
    words = sorted({word for text in texts.values() for word in re.findall(r"[A-Za-z]{3,12}", text)})[::5]
    assert page.evaluate("all => all.map(self.bpfrefStem)", [word.lower() for word in words]) == [
        stem(word.lower()) for word in words
    ]
    for text in ("Since v5.15.", "v6.1,v6.12", "__sk_buff's BPF_MAP_TYPE_HASH", "a-b/c #181", "1.2.3"):
        assert page.evaluate("text => self.bpfrefTerms(text)", text) == list(dict.fromkeys(terms(text)))
