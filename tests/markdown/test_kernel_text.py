"""`markdown.kernel_text` in plain Python-Markdown, with a header of our own words."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from minisite import HEADER

from bpfref.markdown.kernel_text import MANUAL
from markdown import Markdown

FIRST = "<!-- [KERNEL_TEXT](bpf_first) -->\n<!-- [/KERNEL_TEXT] -->\n"
SECOND = FIRST.replace("first", "second")


@pytest.fixture
def header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BPFREF_HELPER_DEFS", raising=False)
    file = tmp_path / "defs.h"
    file.write_text(HEADER)
    return file


def rendered(text: str, header: Path | str) -> str:
    extensions = [
        "admonition",
        "def_list",
        "md_in_html",
        "tables",
        "pymdownx.superfences",
        "bpfref.markdown.kernel_text",
    ]
    options = {"bpfref.markdown.kernel_text": {"header": str(header)}}
    return Markdown(extensions=extensions, extension_configs=options).convert(text)


def test_the_text_is_a_quotation_with_its_licence(header: Path) -> None:
    html = rendered(f"Before.\n\n{FIRST}\nAfter.\n", header)
    quote = re.search(r'<blockquote class="kernel-text">(.*)</blockquote>(.*)', html, re.DOTALL)
    assert quote
    assert "<p>Takes <em>size</em> bytes" in quote[1]
    assert "<dt><strong>BPF_F_ONE</strong></dt>" in quote[1]
    assert "<p><strong>Returns</strong></p>" in quote[1]
    assert "<pre>" in quote[1]
    assert "return a &amp; 1;" in quote[1]
    assert "bpfref-kernel-text" not in html
    assert "Libbpf Authors" in quote[2]
    assert "BSD-2-Clause" in quote[2]
    assert "LGPL-2.1" in quote[2]
    assert "<p>Before.</p>" in html
    assert "<p>After.</p>" in html


def test_the_note_beside_the_header_names_the_origin(header: Path) -> None:
    assert "(<code>" not in rendered(FIRST, header)
    header.with_name("defs.h.version").write_text("libbpf-dev 9.9\n")
    assert "(<code>libbpf-dev 9.9</code>)" in rendered(FIRST, header)


def test_within_an_admonition(header: Path) -> None:
    block = "".join(f"    {line}\n" for line in FIRST.splitlines())
    html = rendered(f"!!! note\n\n    Text.\n\n{block}", header)
    assert re.search(
        r'<div class="admonition note">.*<blockquote class="kernel-text">.*</blockquote>.*</div>', html, re.DOTALL
    )
    assert "<pre>" in html


def test_not_in_code(header: Path) -> None:
    html = rendered(f"```html\n{FIRST}```\n\n`<!-- [KERNEL_TEXT](bpf_first) -->`\n", header)
    assert "blockquote" not in html
    assert html.count("[KERNEL_TEXT](bpf_first)") == 2


def test_within_a_sentence_the_manual_is_named(header: Path) -> None:
    html = rendered("See <!-- [KERNEL_TEXT](bpf_first) --><!-- [/KERNEL_TEXT] -->\n", header)
    assert MANUAL in html
    assert "blockquote" not in html


def test_other_blocks_and_their_text_stay(header: Path) -> None:
    html = rendered(f"<!-- [FEATURE_TAG](x) -->\nv1.0\n<!-- [/FEATURE_TAG] -->\n\n{FIRST}", header)
    assert "v1.0" in html
    assert "kernel-text" in html


def test_the_environment_wins(header: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.h"
    other.write_text(HEADER.replace("bytes of", "octets of"))
    monkeypatch.setenv("BPFREF_HELPER_DEFS", str(other))
    assert "octets of" in rendered(FIRST, header)


def test_without_header_the_manual_is_named_and_nothing_warned(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, header: Path
) -> None:
    assert header.exists()
    html = rendered(FIRST, tmp_path / "none.h")
    assert f'<a href="{MANUAL}">' in html
    assert "bpf_first" in html
    assert "blockquote" not in html
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


def test_a_helper_that_the_header_lacks(header: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert MANUAL in rendered(FIRST.replace("bpf_first", "bpf_third"), header)
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == "mkdocs.bpfref" and r.levelno == logging.WARNING]


def test_a_comment_that_is_not_understood(header: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert MANUAL in rendered(SECOND, header)
    (warning,) = warnings(caplog)
    line = HEADER.split("\n").index(" * \tDoes *nothing.") + 1
    assert f"defs.h:{line}: " in warning
    assert "bpf_second" in warning
    assert "kernel-text" in rendered(FIRST, header)


def test_a_header_that_is_not_understood_is_named_once(header: Path, caplog: pytest.LogCaptureFixture) -> None:
    header.write_text(HEADER + "int surprise(void);\n")
    assert MANUAL in rendered(FIRST, header)
    assert MANUAL in rendered(SECOND, header)
    (warning,) = warnings(caplog)
    assert "defs.h:" in warning


def test_a_page_with_crooked_markers_is_left_with_a_warning(header: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert "blockquote" not in rendered("<!-- [KERNEL_TEXT](bpf_first) -->\n\ntext\n", header)
    (warning,) = warnings(caplog)
    assert "KERNEL_TEXT" in warning
