"""What another MkDocs site's pages cost with our configuration and theme: the same work, compared.

The pages are read where they are and nothing is written there. Their dead links are no failure
here, and their files give the names that code links to, so that the links in code are work too.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from pathlib import Path

from site_build import ROOT, Figures, read_config, run_build, show, write_config

_INDENTED = re.compile(r"^( +)[*+-] ", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_]\w*_\w+")


def main() -> None:
    """Measure the build of the pages in a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("docs", type=Path, help="the folder with the pages (MkDocs' docs_dir)")
    parser.add_argument("--json", action="store_true", help="for a machine to read")
    given = parser.parse_args()
    if not given.docs.is_dir():
        parser.error(f"{given.docs} is no folder")
    show(run_peer(given.docs.resolve()), as_json=given.json)


def run_peer(docs: Path) -> Figures:
    """Build the pages in `docs` with our configuration, without strictness."""
    with tempfile.TemporaryDirectory(prefix="bpfref-peer-") as folder:
        names = Path(folder) / "names.json"
        names.write_text(json.dumps({"names": find_names(docs)}), encoding="utf-8")
        config = read_config(ROOT / "mkdocs.yml", names)
        config["docs_dir"] = str(docs)
        config["plugins"] = ["search", *find_nav(docs)]
        config.pop("validation", None)
        drop_assets(config)
        return run_build(write_config(Path(folder), config))


def find_names(docs: Path) -> dict[str, dict[str, str]]:
    """Take each page named like an identifier as the explanation of that name."""
    pages = (file for file in sorted(docs.rglob("*.md")) if _NAME.fullmatch(file.stem))
    return {page.stem: {"page": page.relative_to(docs).as_posix()} for page in pages}


def find_nav(docs: Path) -> list[dict[str, dict[str, object]]]:
    """Configure literate-nav for a SUMMARY.md with the indentation that it has; else nothing."""
    summary = docs / "SUMMARY.md"
    if not summary.is_file():
        return []
    indents = _INDENTED.findall(summary.read_text(encoding="utf-8"))
    width = min((len(indent) for indent in indents), default=4)
    return [{"literate-nav": {"nav_file": summary.name, "tab_length": width}}]


def drop_assets(config: dict[str, object]) -> None:
    """Leave out what lies among our pages: style sheet, logo, icon."""
    theme = config["theme"]
    if isinstance(theme, dict):
        theme.pop("logo", None)
        theme.pop("favicon", None)
    config.pop("extra_css", None)


if __name__ == "__main__":
    main()
