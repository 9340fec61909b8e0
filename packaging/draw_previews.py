"""Draws the pictures that previews of links show, one for each section, into `docs/assets/og`.

Run by hand when a section comes or the look changes: `.venv/bin/python packaging/draw_previews.py`. Chromium's
pictures are not the same on every machine, so they are kept in the repository and not made by the build.
"""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SIZE = {"width": 1200, "height": 630}
SECTIONS = {
    "site": ("eBPF reference", "that takes no fact on trust"),
    "helpers": ("Helper functions", "what a program may call, on which kernel"),
    "kfuncs": ("Kfuncs", "kernel functions for programs, with their flags"),
    "program-types": ("Program types", "where programs run, and what they may use there"),
    "contexts": ("Program contexts", "what a program is given"),
    "map-types": ("Map types", "where programs keep their data"),
    "commands": ("bpf() commands", "what user space asks of the kernel"),
    "hooks": ("Hooks", "LSM hooks, iterators, tracepoints"),
    "constants": ("Constants and structs", "the numbers and shapes of linux/bpf.h"),
    "timeline": ("Timeline", "what each Linux release brought"),
    "verifier": ("Verifier", "what its messages mean, and how to satisfy it"),
    "tools": ("Tools", "what an object needs, and a loader in Python"),
    "data": ("Data", "every fact as JSON"),
}


def picture(title: str, about: str) -> str:
    """A section's picture as SVG."""
    logo = re.sub(r"<title>.*?</title>|<!--.*?-->", "", (ROOT / "docs/assets/logo.svg").read_text(), flags=re.S)
    logo = logo.replace("<svg ", '<svg x="80" y="80" width="150" height="150" ')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" font-family="DejaVu Sans, sans-serif">'
        '<rect width="1200" height="630" fill="#11171b"/><rect y="606" width="1200" height="24" fill="#0b5263"/>'
        f'{logo}<text x="262" y="178" font-size="64" fill="#8fd3df">bpfref</text>'
        f'<text x="80" y="400" font-size="84" font-weight="bold" fill="#fff">{html.escape(title)}</text>'
        f'<text x="80" y="480" font-size="38" fill="#9aabb4">{html.escape(about)}</text></svg>'
    )


def draw(folder: Path) -> None:
    """Draw all pictures with Chromium (`CHROMIUM` names another than Debian's)."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as started:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        for name, (title, about) in SECTIONS.items():
            page.set_content(f"<style>body{{margin:0}}</style>{picture(title, about)}")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    draw(ROOT / "docs/assets/og")
