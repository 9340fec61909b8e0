"""A small site of our own words, and the two engines that build it."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from html import unescape
from pathlib import Path

HAS_ZENSICAL = importlib.util.find_spec("zensical") is not None
WITHOUT_ZENSICAL = "the package zensical is not installed"

HEADER = r"""/* This header is written for tests. */

struct sample;

/*
 * bpf_first
 *
 * 	Takes *size* bytes of **struct sample** and gives them to
 * 	**bpf_second**\ ().
 *
 * 	**BPF_F_ONE**
 * 		Only one <b>.
 *
 * 	::
 *
 * 		int a = bpf_second(1);
 *
 * 		return a & 1;
 *
 * Returns
 * 	0, or **-EINVAL** for odd *size*\ s.
 */
static long (* const bpf_first)(struct sample *from, int size) = (void *) 1;

/*
 * bpf_second
 *
 * 	Does *nothing.
 *
 * Returns
 * 	0
 */
static long (* const bpf_second)(int a) = (void *) 2;


"""

NAMES = {
    "bpf_first": {"kind": "helper", "page": "linux/helper-function/bpf_first.md"},
    "bpf_second": {"kind": "helper", "page": "linux/helper-function/bpf_second.md"},
    "struct sample": {"kind": "struct", "page": "linux/struct/index.md", "anchor": "sample"},
    "BPF_F_ONE": {"kind": "constant", "page": "linux/flags/index.md", "anchor": "BPF_F_ONE"},
    "HOME": {"kind": "constant", "page": "index.md"},
}

INDEX = """# Home

Call `bpf_first()`, [as `bpf_first` in a link](linux/helper-function/bpf_first.md), or `HOME`.

## Heading with `bpf_second`

| a | b |
| --- | --- |
| `BPF_F_ONE | bpf_first` | `enum bpf_first` |

```c title="x.c"
#include "bpf_first.h"
// bpf_first in a comment
struct sample *s = bpf_first(0, BPF_F_ONE); /* bpf_second */
char *text = "bpf_second", sample = my_bpf_first + bpf_first_2;
```

```text
bpf_second, struct
  sample and sample &lt; BPF_F_ONE
```
"""

PAGES = {
    "index.md": INDEX,
    "linux/helper-function/bpf_first.md": "# First\n\n`bpf_first` and `bpf_second`, `HOME`\n\n"
    "<!-- [KERNEL_TEXT] -->\n<!-- [/KERNEL_TEXT] -->\n\nAfter.\n",
    "linux/helper-function/bpf_second.md": "# Second\n\n<!-- [KERNEL_TEXT](bpf_second) -->\n<!-- [/KERNEL_TEXT] -->\n",
    "linux/struct/index.md": "# Structs\n\n## sample {#sample}\n\n`struct sample` `BPF_F_ONE`\n",
    "linux/flags/index.md": "# Flags\n\n## One {#BPF_F_ONE}\n\n`struct sample`\n",
    "SUMMARY.md": "* [Home](index.md)\n* [H](linux/helper-function/)\n* [S](linux/struct/index.md)\n"
    "* [F](linux/flags/index.md)\n",
    "linux/helper-function/SUMMARY.md": "* [1](bpf_first.md)\n* [2](bpf_second.md)\n",
}

CONFIG = """site_name: Test
site_url: https://example.org/below/
use_directory_urls: {directory_urls}
exclude_docs: SUMMARY.md
theme: {{name: material}}
plugins: [{{literate-nav: {{nav_file: SUMMARY.md}}}}]
markdown_extensions:
  - admonition
  - attr_list
  - def_list
  - md_in_html
  - tables
  - toc: {{permalink: true}}
  - pymdownx.highlight: {{anchor_linenums: true}}
  - pymdownx.superfences
  - bpfref.markdown.kernel_text: {{header: defs.h}}
  - bpfref.markdown.links_in_code
validation:
  nav: {{omitted_files: warn, not_found: warn}}
  links: {{not_found: warn, anchors: warn, absolute_links: warn, unrecognized_links: warn}}
"""


@dataclass(frozen=True)
class Built:
    """What an engine made: exit code, what it said, and the site's folder."""

    code: int
    said: str
    folder: Path

    def article(self, page: str) -> str:
        """The HTML that the engine made of a page's Markdown, without what the theme adds."""
        html = (self.folder / page).read_text(encoding="utf-8")
        found = re.search(r"<article.*?</article>", html, re.DOTALL)
        assert found, page
        return found[0]

    def links(self, page: str) -> list[tuple[str, str]]:
        """Text and address of each link in code."""
        found = re.findall(r'<a class="code-link" href="([^"]*)">([^<]*)</a>', self.article(page))
        return [(text, unescape(href)) for href, text in found]


def write_site(root: Path, *, directory_urls: bool = True, header: str | None = None) -> None:
    """Write the site; without `header` it has none."""
    for name, text in PAGES.items():
        path = root / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "docs/api").mkdir(exist_ok=True)
    (root / "docs/api/names.json").write_text(json.dumps({"names": NAMES}), encoding="utf-8")
    (root / "mkdocs.yml").write_text(CONFIG.format(directory_urls=str(directory_urls).lower()), encoding="utf-8")
    if header is not None:
        (root / "defs.h").write_text(header, encoding="utf-8")


def run_mkdocs(root: Path, *options: str) -> Built:
    """Build with MkDocs, from another working directory than the site's."""
    return _run(root, "mkdocs", "build", "-f", str(root / "mkdocs.yml"), *options)


def run_zensical(root: Path, *options: str) -> Built:
    """Build with Zensical."""
    return _run(root, "zensical", "build", "-f", str(root / "mkdocs.yml"), *options)


def _run(root: Path, module: str, *arguments: str) -> Built:
    quiet = {"DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "1"}
    environment = {**os.environ, **quiet}
    environment.pop("BPFREF_HELPER_DEFS", None)
    result = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        cwd=root.parent,
        env=environment,
        check=False,
    )
    return Built(result.returncode, result.stdout + result.stderr, root / "site")
