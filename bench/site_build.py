"""What a full strict build of the site costs: CPU time per page, and the weight of its HTML."""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from mkdocs.utils.yaml import yaml_load

from bpfref.layout import Layout

ROOT = Path(__file__).resolve().parent.parent
HEADER = Layout(ROOT).cache / "headers" / "bpf_helper_defs.h"
MOST_CPU_MS = 20.0  # per page
MOST_MEDIAN_BYTES = 40_000


@dataclass(frozen=True)
class Figures:
    """One build: seconds, milliseconds of CPU per page, and sizes in bytes."""

    pages: int
    cpu_s: float
    wall_s: float
    cpu_ms_per_page: float
    html_median: int
    html_p95: int
    html_max: int
    site_bytes: int

    def __str__(self) -> str:
        return "\n".join(
            (
                f"pages              {self.pages}",
                f"CPU, whole build   {self.cpu_s:.2f} s (wall clock {self.wall_s:.2f} s)",
                f"CPU per page       {self.cpu_ms_per_page:.1f} ms",
                f"HTML, median       {self.html_median / 1000:.1f} KB",
                f"HTML, 95th perc.   {self.html_p95 / 1000:.1f} KB",
                f"HTML, largest      {self.html_max / 1000:.1f} KB",
                f"site, all files    {self.site_bytes / 1e6:.1f} MB",
            )
        )


def run_build(config: Path, *options: str) -> Figures:
    """Build with MkDocs into a temporary folder and measure it; SystemExit if the build fails."""
    with tempfile.TemporaryDirectory(prefix="bpfref-bench-") as folder:
        site = Path(folder) / "site"
        # not --quiet: it hides the warnings from --strict, which then counts none
        command = [sys.executable, "-m", "mkdocs", "build", *options]
        cpu, wall = children_cpu(), time.monotonic()
        done = subprocess.run(
            [*command, "--config-file", str(config), "--site-dir", str(site)],
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"},
            check=False,
            capture_output=True,
            text=True,
        )
        cpu, wall = children_cpu() - cpu, time.monotonic() - wall
        if done.returncode:
            raise SystemExit(f"{done.stderr}the build failed, so there is nothing to measure")
        return read_figures(site, cpu, wall)


def children_cpu() -> float:
    """Seconds of CPU, user and system, of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read_figures(site: Path, cpu: float, wall: float) -> Figures:
    """Weigh the files of a built site; the page for addresses not found is no page of it."""
    pages = [file for file in site.rglob("*.html") if file.name != "404.html"]
    sizes = sorted(file.stat().st_size for file in pages)
    if not sizes:
        raise SystemExit("the build made no page, so there is nothing to measure")
    return Figures(
        pages=len(sizes),
        cpu_s=round(cpu, 3),
        wall_s=round(wall, 3),
        cpu_ms_per_page=round(1000 * cpu / len(sizes), 2),
        html_median=int(statistics.median(sizes)),
        html_p95=sizes[int(0.95 * (len(sizes) - 1))],
        html_max=sizes[-1],
        site_bytes=sum(file.stat().st_size for file in site.rglob("*") if file.is_file()),
    )


def read_config(config: Path, names: Path) -> dict[str, object]:
    """Read a configuration so that it can be written elsewhere: its paths become absolute.

    `names` is the table of the names that code links to, `docs/api/names.json` as a rule.
    """
    with config.open("rb") as stream:
        found = yaml_load(stream)
    theme = found.get("theme")
    if isinstance(theme, dict) and "custom_dir" in theme:
        theme["custom_dir"] = str(config.parent / theme["custom_dir"])
    found["docs_dir"] = str(config.parent / found.get("docs_dir", "docs"))
    found["markdown_extensions"] = with_options(
        found["markdown_extensions"],
        {
            "bpfref.markdown.links_in_code": {"names": str(names)},
            "bpfref.markdown.kernel_text": {"header": str(HEADER)},
        },
    )
    found.pop("watch", None)
    found.pop("INHERIT", None)
    return found


def with_options(extensions: list[object], options: dict[str, dict[str, str]]) -> list[object]:
    """Set options of Markdown extensions; SystemExit if one of them is not switched on."""
    named = [next(iter(one)) if isinstance(one, dict) else one for one in extensions]
    missing = sorted(set(options) - set(named))
    if missing:
        raise SystemExit(f"the configuration lacks {', '.join(missing)}: what it costs is not seen")
    return [{key: options[key]} if key in options else one for key, one in zip(named, extensions, strict=True)]


def write_config(folder: Path, config: dict[str, object]) -> Path:
    """Write a configuration into `folder`; JSON is YAML."""
    file = folder / "mkdocs.yml"
    file.write_text(json.dumps(config), encoding="utf-8")
    return file


def too_much(figures: Figures) -> list[str]:
    """The limits of the project that these figures break, in words."""
    broken = []
    if figures.cpu_ms_per_page > MOST_CPU_MS:
        broken.append(f"{figures.cpu_ms_per_page} ms of CPU per page, more than {MOST_CPU_MS}")
    if figures.html_median > MOST_MEDIAN_BYTES:
        broken.append(f"median page of {figures.html_median} bytes, over {MOST_MEDIAN_BYTES}")
    return broken


def show(figures: Figures, *, as_json: bool) -> None:
    """Print the figures."""
    print(json.dumps(asdict(figures)) if as_json else figures)


def main() -> None:
    """Measure the build of this repository's site, or of other pages with its configuration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "mkdocs.yml")
    parser.add_argument("--docs", type=Path, help="other pages for the same configuration")
    parser.add_argument("--json", action="store_true", help="for a machine to read")
    parser.add_argument("--check", action="store_true", help="exit 1 if a limit is broken")
    given = parser.parse_args()
    figures = run_with_docs(given.config, given.docs) if given.docs else run_build(given.config, "--strict")
    show(figures, as_json=given.json)
    broken = too_much(figures) if given.check else []
    if broken:
        raise SystemExit("\n".join(broken))


def run_with_docs(config: Path, docs: Path) -> Figures:
    """Build `docs` with `config`, strictly."""
    with tempfile.TemporaryDirectory(prefix="bpfref-bench-") as folder:
        names = docs.resolve() / "api" / "names.json"
        changed = read_config(config.resolve(), names) | {"docs_dir": str(docs.resolve())}
        return run_build(write_config(Path(folder), changed), "--strict")


if __name__ == "__main__":
    main()
