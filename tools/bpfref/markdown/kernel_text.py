"""KERNEL_TEXT blocks: the kernel's description of a helper, quoted when a page is rendered.

The block is empty in the repository, which holds none of the kernel's prose. The text comes from
the header that the building machine has: the file of `BPFREF_HELPER_DEFS`, else the option
`header`, else what `bpfref scrape` keeps in its cache. Without it the block names the manual page.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from bpfref import markers
from bpfref.errors import MarkerError
from bpfref.layout import Layout
from bpfref.markdown import log
from bpfref.markdown.document import render
from bpfref.markdown.page import Page, find_page

if TYPE_CHECKING:
    from markdown import Markdown

BLOCK = "KERNEL_TEXT"
MANUAL = "https://man7.org/linux/man-pages/man7/bpf-helpers.7.html"
CSS_CLASS = "kernel-text"

_SPDX = "https://spdx.org/licenses"
_SIGN = "bpfref-kernel-text"  # first paragraph of a quotation, until the tree is built


def quotation(file: Path, helper: str) -> str:
    """Give the Markdown that quotes the kernel on `helper`, or that names the manual page instead."""
    if not file.is_file():
        _report_absence(file)
        return _manual(helper)
    from bpfref.markdown.header import read_quote  # noqa: PLC0415 # libclang and docutils, for few pages

    quote = read_quote(file, helper)
    if quote is None:
        return _manual(helper)
    lines = [_SIGN, "", *render(quote.document).split("\n")]
    return "\n".join([*(f"> {line}".rstrip() for line in lines), "", _notice(quote.origin)])


def _manual(helper: str) -> str:
    return f"The kernel describes `{helper}` in its manual page [bpf-helpers(7)]({MANUAL})."


def _notice(origin: str | None) -> str:
    package = f" (`{origin}`)" if origin else ""
    return (
        f"<small>Quoted from libbpf's `bpf_helper_defs.h`{package}, which is generated from the Linux kernel's "
        "`include/uapi/linux/bpf.h`. Copyright The Libbpf Authors and the Linux kernel contributors. "
        f"Licence of libbpf: [LGPL-2.1]({_SPDX}/LGPL-2.1-only.html) OR [BSD-2-Clause]({_SPDX}/BSD-2-Clause.html); "
        f"of the kernel's header: [GPL-2.0 WITH Linux-syscall-note]({_SPDX}/Linux-syscall-note.html).</small>"
    )


@cache
def _report_absence(file: Path) -> None:
    """Say once that there is no header; it is no fault, so `--strict` does not count it."""
    log.info("no header %s: KERNEL_TEXT blocks name the manual page; to have the texts: bpfref scrape", file)


def _header(option: str, root: Path) -> Path:
    chosen = os.environ.get("BPFREF_HELPER_DEFS") or option
    return root / chosen if chosen else Layout(root).cache / "headers" / "bpf_helper_defs.h"


class _Filler(Preprocessor):
    """Fills the blocks of a page, before code fences are read."""

    def __init__(self, md: Markdown, header: str):
        super().__init__(md)
        self.header = header

    def run(self, lines: list[str]) -> list[str]:
        if not any(BLOCK in line for line in lines):
            return lines
        page = find_page(self.md)
        name = page.source if page else "Markdown"
        try:
            text = markers.fill("\n".join(lines), name, lambda block: self._filled(block, page))
        except MarkerError as error:
            log.warning("no %s block of this page is filled: %s", BLOCK, error)
            return lines
        return text.split("\n")

    def _filled(self, block: markers.Block, page: Page | None) -> str | None:
        """Give the text of a KERNEL_TEXT block; None leaves other blocks alone."""
        if block.name != BLOCK:
            return None
        helper = block.argument or (page.stem if page else "")
        if block.inline:  # no room for a quotation
            return _manual(helper)
        return quotation(_header(self.header, page.root if page else Path.cwd()), helper)


class _Marker(Treeprocessor):
    """Puts the class on the quotations, which Markdown has no way to write."""

    def run(self, root: Element) -> None:
        for quote in root.iter("blockquote"):
            if len(quote) and quote[0].text == _SIGN:
                quote.remove(quote[0])
                quote.set("class", CSS_CLASS)


class KernelTextExtension(Extension):
    """Registers the two processors."""

    def __init__(self, **options: Any):
        self.config = {
            "header": ["", "bpf_helper_defs.h, absolute or below the folder of the site's configuration"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 # Python-Markdown's name
        """Add the processors to `md`: after white space is normalized, before fences are read."""
        md.preprocessors.register(_Filler(md, self.getConfig("header")), "bpfref_kernel_text", 27)
        md.treeprocessors.register(_Marker(md), "bpfref_kernel_text", 15)


def makeExtension(**options: Any) -> KernelTextExtension:  # noqa: N802 # Python-Markdown's name
    """Give Python-Markdown the extension."""
    return KernelTextExtension(**options)
