"""Searches compared: first hits on all names and on realistic queries, bytes, time on a slow phone, cost of building.

That cost is CPU time. The engines: `ours`; `builtin`, Material's with lunr; `pagefind`, if its package is
installed; `both`, our table of names in front of Pagefind.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from playwright.sync_api import Browser, Page, sync_playwright

from bpfref.layout import Layout
from search_in_browser import questions, sites

ENGINES = ("ours", "builtin", "pagefind", "both")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SCRIPT = Path(sites.__file__).with_name("engines.js")
START = "linux/helper-function/bpf_loop/"
# Bits a second and milliseconds as Chromium's own profiles have them, and how much slower the processor is.
PROFILES = {
    "slow 4G, CPU / 4": (1_600_000, 150, 4),
    "slow 3G, CPU / 6": (400_000, 400, 6),
}
FIRST = {"a name": "ringbuf_reserve", "words": "count packets xdp"}
MOST_BYTES, MOST_BUILD = 150_000, 3.0


def opened(browser: Browser, address: str) -> Page:
    """A new page, as if nothing were kept from earlier visits."""
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(address + START, wait_until="networkidle")
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    return page


def rates(page: Page, engine: str, asked: list[questions.Question], wrong: list[str]) -> dict[str, float]:
    """The share of first hits by group of questions; what was answered wrongly goes to `wrong`."""
    right: dict[str, list[bool]] = defaultdict(list)
    for start in range(0, len(asked), 50):
        part = asked[start : start + 50]
        answers: list[list[list[str]]] = page.evaluate(
            "([engine, all]) => askAll(engine, all)",
            [engine, [one.query for one in part]],
        )
        for question, found in zip(part, answers, strict=True):
            good = bool(found) and question.is_answered(*found[0])
            right[question.group].append(good)
            if not good:
                wrong.append(f"{engine}: {question.group}: {question.query}: {found[:1]}")
    return {group: sum(marks) / len(marks) for group, marks in right.items()}


def first_result(
    browser: Browser, address: str, engine: str, query: str, profile: tuple[int, int, int]
) -> tuple[int, float]:
    """Bytes over the wire and seconds from the first key to the first result, on a page that was read."""
    bits, delay, slower = profile
    page = opened(browser, address)
    client = page.context.new_cdp_session(page)
    carried = [0]
    client.on("Network.loadingFinished", lambda one: carried.append(int(one["encodedDataLength"])))
    client.send("Network.enable")
    client.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": delay, "downloadThroughput": bits / 8, "uploadThroughput": bits / 16},
    )
    client.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    took = page.evaluate(
        """async ([engine, query]) => {
            const began = performance.now();
            await ask(engine, query);
            return performance.now() - began;
        }""",
        [engine, query],
    )
    page.wait_for_timeout(200)
    page.context.close()
    return sum(carried), took / 1000


def measure(site: Path, engines: list[str], every: int) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """All figures by engine, and the questions that were answered wrongly."""
    named = questions.names(Layout(sites.ROOT))
    result: dict[str, dict[str, Any]] = {}
    wrong: list[str] = []
    with sites.serve(site) as address, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for engine in engines:
            page = opened(browser, address)
            chosen = named if engine == "ours" else named[::every]
            row: dict[str, Any] = rates(page, engine, [*questions.realistic(), *chosen], wrong)
            page.context.close()
            for what, query in FIRST.items():
                for name, profile in PROFILES.items():
                    carried, took = first_result(browser, address, engine, query, profile)
                    row[f"bytes, {what}"] = carried
                    row[f"seconds, {what}, {name}"] = took
            result[engine] = row
        browser.close()
    return result, wrong


def table(figures: dict[str, dict[str, Any]]) -> str:
    """The figures as a Markdown table."""
    lines = ["| | " + " | ".join(figures) + " |", "| --- |" + " ---: |" * len(figures)]
    for what in next(iter(figures.values())):
        cells = [shown(what, row.get(what)) for row in figures.values()]
        lines.append(f"| {what} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def shown(what: str, value: float | None) -> str:
    """A figure as a person reads it."""
    if value is None:
        return ""
    if what.startswith("bytes"):
        return f"{value / 1000:.0f} KB"
    return f"{value:.1f} s" if what.startswith("seconds") else f"{100 * value:.1f} %"


def main() -> int:
    """Build, measure, print; 1 if ours breaks a limit and --check was given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, help="a folder with a site that this command has built before")
    parser.add_argument("--engine", action="append", choices=ENGINES, help="only this one; may be given more than once")
    parser.add_argument("--every", type=int, default=5, help="other engines than ours get each so manieth name")
    parser.add_argument("--wrong", action="store_true", help="list the questions that were answered wrongly")
    parser.add_argument("--check", action="store_true", help="exit 1 if ours breaks a limit")
    parser.add_argument("--json", action="store_true", help="print the figures for a program")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bpfref-bench-") as folder:
        site = options.site or Path(folder)
        costs = {} if options.site and (site / "index.html").exists() else sites.build(site)
        figures, wrong = measure(site, options.engine or list(ENGINES), options.every)
    for engine, row in figures.items():
        row["seconds of CPU, building"] = sum(
            costs.get(part, 0) for part in (("ours", "pagefind") if engine == "both" else (engine,))
        )
    print(json.dumps(figures, indent=1) if options.json else table(figures))
    if options.wrong:
        print("\n".join(wrong))
    return int(options.check and breaks(figures["ours"]))


def breaks(row: dict[str, Any]) -> bool:
    """Whether a limit is broken: bytes, building, and names that do not come first."""
    names = [
        row[group]
        for group in row
        if group in {"whole", "without underscores", "lower case", "upper case", "shortest prefix"}
    ]
    bytes_carried = [int(row[what]) for what in row if what.startswith("bytes")]
    return max(bytes_carried) > MOST_BYTES or float(row["seconds of CPU, building"]) > MOST_BUILD or min(names) < 1


if __name__ == "__main__":
    sys.exit(main())
