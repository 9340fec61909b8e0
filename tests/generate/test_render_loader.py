"""The loader's own names on its page."""

from __future__ import annotations

import pytest

from bpfref.generate.render import loader
from bpfref.layout import Layout
from bpfref.loader import bpf


@pytest.mark.parametrize("subject", loader.subjects())
def test_everything_public_says_what_it_does(subject: str) -> None:
    text = loader.api(subject)
    assert len(text) > 10
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for row in rows:
        assert len(row.split(" | ")[1].strip(" |")) > 10, row


def test_a_signature_has_defaults_and_no_types() -> None:
    assert "`lookup(key, flags=0)`" in loader.api("Map")
    assert "`attach_kprobe(function, *, retprobe=False, offset=0, cookie=0)`" in loader.api("Program")


def test_an_error_says_what_kind_it_is() -> None:
    text = loader.api(loader.ERRORS)
    assert "| `MissingKeyError` | The map has no such key. A `MapError` and `KeyError`. |" in text
    assert all(f"`{name}`" in text for name in bpf.__all__ if name.endswith("Error"))


def test_every_class_of_the_module_is_on_the_page(layout: Layout) -> None:
    page = (layout.docs / "tools/loader.md").read_text()
    shown = {"Chars", "Record", "EnumValue", "TestRun"}  # told in words
    missing = [name for name in loader.subjects() if f"[LOADER_API]({name})" not in page and name not in shown]
    assert not missing
