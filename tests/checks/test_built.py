"""The check of a built site: what leads nowhere is found, and what leads somewhere is left in peace."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpfref.checks import moved
from bpfref.checks.pages import read_pages
from bpfref.checks.site import external, problems, read_site
from bpfref.cli import main
from bpfref.errors import MachineError
from bpfref.layout import Layout

HEAD = '<link rel="canonical" href="https://a.example/sub/{}">'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for page, body in {
        "index.html": '<h1 id="top">Home</h1><a href="a/">a</a>',
        "a/index.html": '<h2 id="Ümlaut">A</h2><a name="old"></a>',
        "404.html": '<a href="/sub/a/">a</a><script src="/sub/x.js"></script>',
        "n/a/index.html": '<meta http-equiv="refresh" content="0; url=../../a/#old">',
    }.items():
        (tmp_path / page).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / page).write_text(HEAD.format(page.removesuffix("index.html")) + body)
    (tmp_path / "x.js").write_text("")
    return tmp_path


def test_a_site_in_order_has_no_problem(site: Path) -> None:
    assert list(problems(read_site(site))) == []


@pytest.mark.parametrize(
    "body",
    [
        '<a href="../">home</a>',
        '<a href="..">home</a>',
        '<a href=".">this</a>',
        '<a href="">this</a>',
        '<a href="#Ümlaut">here</a>',
        '<a href="#%C3%9Cmlaut">here</a>',
        '<a href="../?q=x#top">home</a>',
        '<a href="../index.html#top">home</a>',
        '<img src="../x.js">',
        '<a href="https://a.example/sub/a/#old">own</a>',
        '<a href="https://b.example/not/there/#x">other</a>',
        '<a href="mailto:a@b.example">post</a>',
        '<img src="data:image/png;base64,AA">',
        '<meta property="og:image" content="https://a.example/sub/x.js">',
    ],
)
def test_what_is_there_is_no_problem(site: Path, body: str) -> None:
    with (site / "a/index.html").open("a") as page:
        page.write(body)
    assert list(problems(read_site(site))) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<a href="b/">b</a>', "b/ leads nowhere"),
        ('<a href="../a">no slash</a>', "../a leads nowhere"),
        ('<a href="#Umlaut">here</a>', "an anchor that a/index.html has not"),
        ('<a href="../#bottom">home</a>', "an anchor that index.html has not"),
        ('<a href="../../x/">out</a>', "leads out of the site"),
        ('<img src="y.png">', "y.png leads nowhere"),
        ('<link rel="stylesheet" href="../z.css">', "z.css leads nowhere"),
        ('<a href="/a/">below another address</a>', "leads out of the site"),
        ('<a href="https://a.example/sub/b/">own</a>', "leads nowhere"),
        ('<meta property="og:image" content="https://a.example/sub/p.png">', "leads nowhere"),
        ('<meta http-equiv="refresh" content="0; url=../gone/">', "../gone/ leads nowhere"),
        ('<a href="javascript:void(0)">x</a>', "scheme that no page should have"),
    ],
)
def test_what_is_not_there_is_one(site: Path, body: str, words: str) -> None:
    with (site / "a/index.html").open("a") as page:
        page.write(body)
    (found,) = problems(read_site(site))
    assert words in found.message
    assert found.file.endswith("a/index.html")


def test_addresses_outside_are_listed_once_with_a_page(site: Path) -> None:
    for page in ("index.html", "a/index.html"):
        with (site / page).open("a") as file:
            file.write('<a href="https://b.example/x#1">b</a><a href="https://b.example/x#2">b</a>')
    assert external(read_site(site)) == {"https://b.example/x": "a/index.html"}


def test_the_command_says_what_is_wrong_and_fails(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--site", str(site)]) == 0
    with (site / "a/index.html").open("a") as page:
        page.write('\n<a href="b/">b</a>')
    assert main(["check", "--site", str(site)]) == 1
    assert "a/index.html:2: b/ leads nowhere" in capsys.readouterr().out
    assert main(["check", "--site", str(site / "a" / "none")]) == 2


def test_a_folder_without_a_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="make site"):
        read_site(tmp_path)


def test_a_page_that_has_gone_leads_to_one_that_is_there(checkout: Layout) -> None:
    (checkout.authored / "moved.yaml").write_text(
        "pages:\n  linux/gone.md: lab.md\n  lab.md: facts.md\n  old.md: linux/none.md\n"
    )
    found = [(each.line, each.message) for each in moved.problems(checkout, read_pages(checkout))]
    assert found == [
        (3, "lab.md is a page again: remove this entry"),
        (4, "linux/none.md is no page: name the one that took the place of old.md"),
    ]
