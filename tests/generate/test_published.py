"""Built pages as they are published: policy, link to the data, links that report, blanks."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from bpfref.errors import MachineError
from bpfref.generate.site import policy
from bpfref.generate.site.built import FORM, Publishing, Site, built, published, without_idle_blanks
from bpfref.model.entry import Entry, Kind

HEAD = '<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n'
CODE = "var a = '</b>'\n  if (a) {}"
PAGE = f'{HEAD}<script>{CODE}</script>\n<script src="x.js"></script>\n</head><body>\n\n   <p>a</p>\n</body></html>\n'
DATA = '<script id="__config" type="application/json">{"a": 1}</script><script type="application/ld+json">{}</script>'
REPORT = "https://code.example/o/n/issues/new"
LOOP = Entry(Kind.HELPER, "bpf_loop", "linux/helper-function/bpf_loop.md", None, 181)
PLACE = "linux/helper-function/bpf_loop/index.html"


def site(folder: Path = Path()) -> Site:
    return Site(folder, "https://site.example/", "0123456789ab", {"linux/helper-function/bpf_loop/": LOOP})


def digest(code: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}"


def tag_of(text: str) -> str:
    found = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert len(found) == 1
    return str(found[0])


def test_only_scripts_within_the_page_have_a_digest() -> None:
    assert policy.inline(PAGE) == {digest(CODE)}
    assert policy.inline(f"{HEAD}{DATA}") == set()
    assert policy.inline("<script defer src=x.js></script><script type=module>1</script>") == {digest("1")}


def test_the_policy_lets_nothing_run_that_it_does_not_name() -> None:
    rules = dict(part.split(" ", 1) for part in policy.policy(["sha256-B=", "sha256-A="]).split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self' 'sha256-A=' 'sha256-B='"
    assert not any("unsafe" in rule or "*" in rule or "http" in rule for rule in rules.values())
    assert {"object-src", "base-uri", "form-action", "connect-src", "img-src"} <= set(rules)
    assert [name for name, rule in rules.items() if "data:" in rule] == ["img-src"]


def test_a_policy_stands_before_all_that_a_page_loads_and_only_once() -> None:
    text = policy.with_tag(PAGE)
    assert digest(CODE) in tag_of(text)
    assert text.index("Content-Security-Policy") < text.index("<script")
    assert policy.with_tag(text) == text
    assert policy.without_tag(text) == PAGE


def test_a_page_without_a_place_for_a_policy_is_an_error() -> None:
    with pytest.raises(MachineError, match="charset"):
        policy.with_tag("<html><script>1</script></html>")


def test_hosts_are_told_the_policy_of_all_pages_and_who_may_frame_them() -> None:
    text = policy.headers(["sha256-A="])
    assert text.startswith("/*\n  Content-Security-Policy: default-src 'none'; script-src 'self' 'sha256-A='; ")
    assert text.endswith("; frame-ancestors 'none'\n")
    assert "frame-ancestors" not in policy.policy([])


def test_blanks_go_and_code_stays() -> None:
    kept = "<pre>a\n\n    b  \n</pre>"
    text = f"<p>\n   a  b\n\n\n </p>\n<!-- [FACTS](x) -->\n{kept}\n  <!-- mine -->\n<script>{CODE}</script>"
    assert without_idle_blanks(text) == f"<p>\na  b\n</p>\n{kept}\n<!-- mine -->\n<script>{CODE}</script>"


def test_a_page_of_an_entry_leads_to_its_data() -> None:
    text = published(site(), Publishing(), PLACE, PAGE)
    wanted = '<link rel="alternate " type="application/json" href="../../../api/v1/feature/helper/bpf_loop.json">'
    assert text.count(wanted) == 1
    assert published(site(), Publishing(), PLACE, text) == text
    assert "application/json" not in published(site(), Publishing(), "lab/index.html", PAGE)


def test_readers_are_led_to_the_data_as_well() -> None:
    page = PAGE.replace("<p>a</p>", '<p>K. <a data-facts="feature/helper/bpf_loop.json"></a></p>')
    wanted = '<a href="../../../api/v1/feature/helper/bpf_loop.json">bpf_loop.json</a>.</p>'
    assert f"<p>K. The same facts as JSON: {wanted}" in published(site(), Publishing(), PLACE, page)


@pytest.mark.parametrize("block", ["FACTS", "EXAMPLE(bpf-loop)"])
def test_a_wrong_fact_is_reported_with_page_block_and_data(block: str) -> None:
    page = PAGE.replace("<p>a</p>", f'<dt>Facts <a data-wrong="{block}"></a></dt>')
    text = published(site(), Publishing(report=REPORT), PLACE, page)
    address = unescape(re.findall(r'<a class="wrong" href="([^"]*)">This is wrong</a>', text)[0])
    assert address.startswith(f"{REPORT}?")
    assert {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()} == {
        "template": FORM,
        "title": f"Wrong: bpf_loop, {block}",
        "page": "https://site.example/linux/helper-function/bpf_loop/",
        "block": block,
        "data": "0123456789ab",
    }
    assert published(site(), Publishing(report=REPORT), PLACE, text) == text


def test_without_an_address_there_is_no_way_to_report() -> None:
    page = PAGE.replace("<p>a</p>", '<dt>Facts <a data-wrong="FACTS"></a></dt>')
    assert "<dt>Facts</dt>" in published(site(), Publishing(), PLACE, page)


@pytest.mark.parametrize("address", ["issues/new", "javascript:alert(1)", f"{REPORT}?x=1", f"{REPORT}#x", "https://"])
def test_an_address_to_report_to_has_to_be_one(address: str) -> None:
    with pytest.raises(MachineError, match="no address"):
        Publishing(report=address)


def test_a_copy_on_a_disk_can_do_without_a_policy() -> None:
    text = published(site(), Publishing(), PLACE, PAGE)
    assert "Security" not in published(site(), Publishing(policy=False), PLACE, text)


def test_every_page_but_those_that_lead_on_is_published(tmp_path: Path) -> None:
    for place, code in (("index.html", "1"), ("a/index.html", "2"), ("n/x/index.html", "3")):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(PAGE.replace(CODE, code))
    found = {
        r.path: r.text for r in built(replace(site(), folder=tmp_path), Publishing(), frozenset(["n/x/index.html"]))
    }
    assert set(found) == {tmp_path / place for place in ("index.html", "a/index.html", policy.HEADERS)}
    assert digest("1") in tag_of(found[tmp_path / "index.html"])
    assert digest("2") not in tag_of(found[tmp_path / "index.html"])
    headers = found[tmp_path / policy.HEADERS]
    assert [digest(code) in headers for code in ("1", "2", "3")] == [True, True, False]


def test_the_form_has_the_fields_that_links_fill() -> None:
    root = Path(__file__).resolve().parents[2]
    form = yaml.safe_load((root / ".github" / "ISSUE_TEMPLATE" / FORM).read_text(encoding="utf-8"))
    assert {"page", "block", "data"} <= {part["id"] for part in form["body"]}
