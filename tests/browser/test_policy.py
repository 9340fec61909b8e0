"""The content security policy in Chromium, on the pages that both engines build: nothing breaks, and it bites."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser import test_site  # skips these tests too where there is no Chromium
from browser.chromium import ROOT
from browser.conftest import REPORT

pytestmark = test_site.pytestmark
HELPER = test_site.HELPER
VIOLATIONS = """
    self.violations = [];
    const note = e => violations.push(`${e.violatedDirective} ${e.blockedURI}`);
    document.addEventListener("securitypolicyviolation", note);
"""
KINDS = [
    "",
    "explorer/",
    "coverage/",
    "concepts/maps/",
    "tutorials/first-program/",
    "linux/helper-function/",
    HELPER,
    "linux/kfuncs/bpf_list_add/",
    "linux/program-type/BPF_PROG_TYPE_XDP/",
    "linux/program-context/__sk_buff/",
    "linux/map-type/BPF_MAP_TYPE_HASH/",
    "linux/syscall/BPF_PROG_LOAD/",
    "linux/flags/",
    "linux/timeline/",
    "tools/loader/",
    "verifier/back-edge/",
    "h/181/",
]

expect.set_options(timeout=30_000)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that notes what a policy forbids, before any script of a page runs."""
    made = browser.new_context(color_scheme="light", permissions=["clipboard-read", "clipboard-write"])
    made.set_default_timeout(30_000)
    made.add_init_script(VIOLATIONS)
    yield made
    made.close()


@pytest.fixture
def guarded(context: BrowserContext) -> Page:
    return context.new_page()


def violations(page: Page) -> list[str]:
    found: list[str] = page.evaluate("violations")
    return found


def use(page: Page) -> None:
    """Search, other colours, the drawer of a phone: what every page can do."""
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Search").fill("ringbuf")
    expect(page.get_by_role("listbox", name="Results").get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("form[data-md-component=palette] label:visible").click()


def test_no_kind_of_page_does_what_its_policy_forbids(guarded: Page, address: str) -> None:
    for kind in KINDS:
        guarded.goto(address + kind, wait_until="networkidle")
        assert guarded.locator("meta[http-equiv=Content-Security-Policy]").count() == 1, kind
        use(guarded)
        assert violations(guarded) == [], kind


def test_the_explorer_code_and_evidence_work_under_the_policy(guarded: Page, address: str) -> None:
    guarded.goto(address + "explorer/", wait_until="networkidle")
    guarded.locator("select").first.select_option(index=1)
    guarded.wait_for_load_state("networkidle")
    assert violations(guarded) == []
    guarded.goto(address + HELPER, wait_until="networkidle")
    guarded.locator(".highlight button[data-md-type=copy], .highlight .md-clipboard").first.click()
    assert "bpf_loop(" in guarded.evaluate("navigator.clipboard.readText()")
    guarded.locator("details.evidence summary").click()
    expect(guarded.locator("#evidence")).to_be_visible()
    assert violations(guarded) == []


def test_the_page_for_a_missing_address_keeps_to_its_policy(guarded: Page, address: str) -> None:
    guarded.goto(address + "linux/helper-function/bpf_lop/", wait_until="networkidle")
    guarded.locator("#nearest a").first.wait_for()
    assert violations(guarded) == []


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("<img src=x onerror='self.hacked = 1'>", "script-src-attr"),
        ("<img src=https://other.example/a.png>", "img-src"),
        ("<style>body { color: red }</style>", "style-src-elem"),
        ("<iframe src=https://other.example/></iframe>", "frame-src"),
        ("<base href=https://other.example/>", "base-uri"),
    ],
)
def test_markup_that_does_not_belong_to_the_site_is_blocked(
    guarded: Page, address: str, markup: str, told: str
) -> None:
    guarded.goto(address + HELPER, wait_until="networkidle")
    guarded.evaluate("markup => document.body.insertAdjacentHTML('beforeend', markup)", markup)
    guarded.wait_for_function("told => violations.some(one => one.startsWith(told))", arg=told)
    assert guarded.evaluate("self.hacked") is None


def test_a_script_that_a_page_was_not_built_with_is_blocked(guarded: Page, address: str) -> None:
    guarded.goto(address + HELPER, wait_until="networkidle")
    guarded.evaluate(
        "() => { const s = document.createElement('script'); s.text = 'self.hacked = 1'; document.body.append(s) }"
    )
    guarded.wait_for_function("violations.some(one => one == 'script-src-elem inline')")
    assert guarded.evaluate("self.hacked") is None


def test_no_other_host_can_be_asked(guarded: Page, address: str) -> None:
    guarded.goto(address + HELPER, wait_until="networkidle")
    guarded.evaluate("() => fetch('https://other.example/').catch(() => 0)")
    assert [one.split()[0] for one in violations(guarded)] == ["connect-src"]


def test_strings_are_never_run_as_code(guarded: Page, address: str) -> None:
    guarded.goto(address + HELPER, wait_until="networkidle")
    guarded.evaluate("() => { setTimeout('self.hacked = 1') }")
    guarded.wait_for_function("violations.some(one => one.endsWith(' eval'))")
    assert guarded.evaluate("self.hacked") is None


def test_no_cookie_is_set(context: BrowserContext, guarded: Page, address: str) -> None:
    for kind in ("", HELPER, "explorer/"):
        guarded.goto(address + kind, wait_until="networkidle")
        use(guarded)
    assert context.cookies() == []
    assert guarded.evaluate("document.cookie") == ""


def test_hosts_get_the_policy_as_a_header_too(guarded: Page, address: str) -> None:
    guarded.goto(address + HELPER)
    tag = guarded.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content") or ""
    file = guarded.request.get(f"{address}_headers").text()
    assert file.startswith("/*\n  Content-Security-Policy: ")
    digests = {word for word in tag.split() if word.startswith("'sha256-")}
    assert len(digests) >= 3
    assert all(digest.rstrip(";") in file for digest in digests)


def test_evidence_is_reached_by_keyboard_and_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address + HELPER)
    link = page.get_by_role("link", name="evidence")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#evidence")).to_be_visible()
    rows = page.locator("details.evidence dt").all_inner_texts()
    assert [row.partition(" This is wrong")[0] for row in rows][:3] == ["Facts", "Signature", "Where it can be called"]
    wrong = page.get_by_role("link", name="This is wrong").first
    assert (wrong.get_attribute("href") or "").startswith(f"{REPORT}?template=wrong-fact.yml&")
    data = page.locator("details.evidence a", has_text="bpf_loop.json")
    answer = page.request.get(address + HELPER + (data.get_attribute("href") or ""))
    assert answer.json()["name"] == "bpf_loop"
    head = page.locator("head link[type='application/json']").get_attribute("href")
    assert head == data.get_attribute("href")
    context.close()


def test_the_evidence_of_each_kind_of_page_fits_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    for kind in (kind for kind in KINDS if (ROOT / "docs" / f"{kind.rstrip('/')}.md").is_file()):
        page.goto(f"{address}{kind}#evidence", wait_until="networkidle")
        if page.locator("details.evidence").count():
            expect(page.locator("#evidence")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, kind
    context.close()
