"""The page "What can I use?" in Chromium: what it says is what the pages and the lab say."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from object_writer import EXIT, ZERO, ObjectWriter
from playwright.sync_api import Browser, Locator, Page, expect

from browser import test_site  # skips these tests too where there is no Chromium
from browser.chromium import PHONE

pytestmark = test_site.pytestmark
START = "explorer/?kernel=v6.12&program=XDP&kinds=helper+function"


expect.set_options(timeout=30_000)


def group(page: Page, title: str) -> Locator:
    return page.locator(".explorer details").filter(has=page.locator("summary", has_text=re.compile(f"^{title}")))


def names(page: Page, title: str) -> set[str]:
    return set(group(page, title).locator("tbody td:first-child").all_text_contents())


def reason(page: Page, name: str) -> str:
    row = page.locator(".explorer tbody tr").filter(has=page.get_by_text(name, exact=True))
    return row.locator("td").last.text_content() or ""


@pytest.fixture
def opened(page: Page, address: str) -> Iterator[Page]:
    page.goto(address + START)
    expect(page.locator(".explorer details").first).to_be_visible()
    yield page


def test_a_kernel_that_was_asked_answers_for_itself(opened: Page, address: str) -> None:
    accepted = names(opened, "There")
    refused = names(opened, "Not there")
    assert "bpf_redirect_map" in accepted
    assert "bpf_skb_load_bytes" in refused
    assert reason(opened, "bpf_redirect_map") == "asked"
    assert reason(opened, "bpf_skb_load_bytes") == "asked: refused"
    # the program type's own page says the same
    opened.goto(address + "linux/program-type/BPF_PROG_TYPE_XDP/")
    told = set(opened.locator(".calls td:last-child a").all_text_contents())
    assert accepted <= told
    assert "bpf_skb_load_bytes" not in told


def test_a_release_between_two_that_were_asked_says_on_what_it_rests(opened: Page) -> None:
    opened.get_by_label("Linux", exact=True).select_option("v5.15")
    assert reason(opened, "bpf_redirect_map") == "as v5.10, which was asked"
    assert reason(opened, "bpf_skb_load_bytes") == "v6.1 was asked, and refuses it"
    assert reason(opened, "bpf_loop") == "since v5.17"
    assert "bpf_loop" in names(opened, "Not there")
    assert "not known" in opened.get_by_role("status").first.inner_text()
    opened.get_by_label("Linux", exact=True).select_option("v5.17")
    assert "bpf_loop" in names(opened, "Not known")
    assert reason(opened, "bpf_loop") == "v6.1 accepts it; when that began is not known"


def test_the_address_holds_what_was_chosen(opened: Page) -> None:
    opened.get_by_label("Linux", exact=True).select_option("v6.1")
    opened.get_by_label("Program type", exact=True).select_option(label="KPROBE")
    opened.get_by_label("map type", exact=True).check()
    opened.get_by_label("helper function", exact=True).uncheck()
    field = opened.get_by_label("Helper, kfunc, type or command")
    field.fill("BPF_LOOP")
    field.press("Enter")
    expect(opened.locator(".explorer__features li")).to_have_count(1)
    opened.goto(opened.url)
    expect(opened.get_by_label("Linux", exact=True)).to_have_value("v6.1")
    expect(opened.get_by_label("Program type", exact=True)).to_have_value("BPF_PROG_TYPE_KPROBE")
    expect(opened.get_by_label("map type", exact=True)).to_be_checked()
    expect(opened.get_by_label("helper function", exact=True)).not_to_be_checked()
    expect(opened.locator(".explorer__features li")).to_contain_text(["bpf_loop"])


def test_features_have_an_oldest_kernel(opened: Page) -> None:
    field = opened.get_by_label("Helper, kfunc, type or command")
    for name in ("bpf_ringbuf_output", "bpf_loop"):
        field.fill(name)
        field.press("Enter")
    expect(opened.get_by_text("All of them in XDP programs: Linux v6.1; from v5.17 on")).to_be_visible()
    opened.get_by_label("Program type", exact=True).select_option(label="any")
    expect(opened.get_by_text("All of them: Linux v5.17.")).to_be_visible()
    opened.get_by_role("button", name="Remove bpf_loop").press("Enter")
    expect(opened.get_by_text("All of them: Linux v5.8.")).to_be_visible()


def test_a_name_that_is_not_known_is_said_to_be_so(opened: Page) -> None:
    field = opened.get_by_label("Helper, kfunc, type or command")
    field.fill("<b>nothing</b>")
    field.press("Enter")
    expect(opened.get_by_text("No entry is called <b>nothing</b>.")).to_be_visible()


def test_a_line_of_a_log_leads_to_what_it_names(opened: Page) -> None:
    opened.get_by_label("Lines of its log").fill(
        "0: (85) call bpf_loop#181\nunknown func bpf_loop#181\nprocessed 1 insns"
    )
    opened.get_by_role("button", name="Look up").click()
    expect(opened.get_by_role("link", name="bpf_loop").last).to_have_attribute("href", re.compile("/bpf_loop/$"))


def calling_pid(section: str = "xdp") -> bytes:
    """A program that calls bpf_get_current_pid_tgid, which XDP programs may since v6.10."""
    w = ObjectWriter()
    w.program(section, "pids", (0x85, 0, 0, 0, 14), ZERO, EXIT)
    w.licence()
    return w.data()


def give(page: Page, content: bytes, name: str = "pids.bpf.o") -> None:
    field = page.get_by_label("A compiled object, such as prog.bpf.o")
    field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


def test_an_object_is_read_in_the_browser_and_nowhere_else(opened: Page, address: str) -> None:
    sent: list[str] = []
    opened.on("request", lambda one: sent.append(one.method) if one.method != "GET" or one.post_data else None)
    give(opened, calling_pid())
    said = opened.get_by_text("pids.bpf.o: loads on v6.10 and newer (by published facts).")
    expect(said).to_be_visible()
    expect(said).to_have_role("status")
    told = opened.get_by_role("region", name="What the object needs")
    expect(told.get_by_role("heading", name="Because")).to_be_visible()
    expect(told.locator("li").first).to_contain_text("BPF_PROG_TYPE_XDP BPF_XDP: since v6.10")
    expect(told.get_by_text("v0.0.3 or newer, for section xdp")).to_be_visible()
    expect(told).to_contain_text("-mcpu=v1; no BTF")
    expect(told.locator("tbody tr")).to_have_count(2)
    assert sent == []
    told.get_by_role("link", name="bpf_get_current_pid_tgid").first.click()
    assert opened.url == address + "linux/helper-function/bpf_get_current_pid_tgid/"


def test_an_object_may_be_dropped_anywhere_on_the_page(opened: Page) -> None:
    given = opened.evaluate_handle(
        """bytes => {
            const given = new DataTransfer();
            given.items.add(new File([new Uint8Array(bytes)], "dropped.o"));
            return given;
        }""",
        list(calling_pid("kprobe/x")),
    )
    for event in ("dragover", "drop"):
        opened.dispatch_event("article", event, {"dataTransfer": given})
    expect(opened.get_by_text("dropped.o: loads on v4.2 and newer")).to_be_visible()


def test_the_field_for_an_object_is_reached_and_opened_by_keys(opened: Page) -> None:
    field = opened.get_by_label("A compiled object, such as prog.bpf.o")
    opened.get_by_label("Helper, kfunc, type or command").focus()
    with opened.expect_file_chooser() as asked:  # around all keys: the browser needs a moment to listen
        for _ in range(3):
            opened.keyboard.press("Tab")
            if field.evaluate("one => one === document.activeElement"):
                break
        expect(field).to_be_focused()
        opened.keyboard.press("Enter")
    asked.value.set_files({"name": "keys.o", "mimeType": "", "buffer": calling_pid()})
    expect(opened.get_by_text("keys.o: loads on v6.10 and newer")).to_be_visible()


def test_the_names_of_an_object_go_to_the_other_parts(opened: Page) -> None:
    give(opened, calling_pid("tc"))
    opened.get_by_role("button", name="Show these names with their releases").click()
    expect(opened.get_by_role("heading", name="The oldest kernel for what I use")).to_be_focused()
    expect(opened.locator(".explorer__features li")).to_have_count(2)
    expect(opened.get_by_label("Program type", exact=True)).to_have_value("BPF_PROG_TYPE_SCHED_CLS")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"int x;", "prog.c: it is no ELF file; compile it anew with `clang -target bpf -c`."),
        (calling_pid()[:300], "prog.c: the table of its sections ends beyond the file; compile it anew"),
        (b"", "prog.c: it is no ELF file"),
    ],
)
def test_a_file_that_is_no_object_is_told_so(opened: Page, content: bytes, words: str) -> None:
    give(opened, calling_pid())
    expect(opened.get_by_text("loads on v6.10")).to_be_visible()
    give(opened, content, "prog.c")
    expect(opened.get_by_text(words)).to_be_visible()
    expect(opened.locator(".explorer__report > *")).to_have_count(0)


def test_names_out_of_an_object_are_text(opened: Page) -> None:
    w = ObjectWriter()
    w.program("<img src=x onerror=alert(1)>", "<b>f</b>\x1b", ZERO, EXIT)
    give(opened, w.data(), "<i>.o")
    expect(opened.get_by_text("<i>.o: it is not known which releases load it, but libbpf")).to_be_visible()
    told = opened.locator(".explorer__report")
    expect(told.locator("img, b, i")).to_have_count(0)
    expect(told.locator("small").first).to_have_text("<b>f</b>\N{REPLACEMENT CHARACTER}")


def test_nonsense_in_the_address_is_no_error(page: Page, address: str) -> None:
    page.goto(address + "explorer/?kernel=v99&program=X&kinds=a,b&features=q,__proto__")
    expect(page.get_by_label("Linux", exact=True)).not_to_have_value("v99")
    expect(page.locator(".explorer__features li")).to_have_count(0)


def test_a_phone_shows_it_without_scrolling_sideways(phone: Page, address: str) -> None:
    phone.goto(address + START)
    expect(phone.locator(".explorer details").first).to_be_visible()
    give(phone, calling_pid())
    expect(phone.locator(".explorer__report tbody tr")).to_have_count(2)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_without_javascript_the_same_facts_are_linked(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "explorer/")
    expect(page.locator("article li a", has_text="bpfref requires")).to_have_attribute(
        "href", re.compile("tools/requires")
    )
    page.locator("article a", has_text="Program types").click()
    assert page.url == address + "linux/program-type/"
    context.close()
