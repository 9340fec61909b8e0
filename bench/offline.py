"""What the site weighs for readers without a network: packed, unpacked, and the seconds of packing it."""

from __future__ import annotations

import argparse
import io
import json
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import lighthouse
from bpfref import catalogue
from bpfref.generate.site.offline import offline
from bpfref.layout import Layout

ROOT = Path(__file__).resolve().parent.parent
MOST_PACKED = 50_000_000


def measure(site: Path) -> dict[str, dict[str, float]]:
    """Bytes packed and unpacked and number of files by name, and seconds of CPU for all."""
    layout = Layout(ROOT)
    facts = catalogue.read(layout)
    began = time.process_time()
    packed = offline(facts, layout.docs, site)
    figures: dict[str, dict[str, float]] = {"all": {"cpu_s": time.process_time() - began}}
    for each in packed:
        sizes = unpacked(each.data, each.name)
        figures[each.name] = {"packed": len(each.data), "unpacked": sum(sizes), "files": len(sizes)}
    return figures


def unpacked(data: bytes, name: str) -> list[int]:
    """The sizes of the files of an archive; of a file that is none, its own."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [each.file_size for each in archive.infolist()]
    if name.endswith(".tgz"):
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            return [each.size for each in tar.getmembers()]
    return [len(data)]


def main() -> int:
    """Measure, print, and with --check fail above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", nargs="?", type=Path, help="a finished site; built without it")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true", help=f"fail if a file is above {MOST_PACKED / 1e6:.0f} MB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bpfref-bench-") as folder:
        if not options.site:
            lighthouse.run_build(Path(folder) / "site", "https://bpfref.example/")
        figures = measure(options.site or Path(folder) / "site")
    if options.json:
        print(json.dumps(figures))
    for name, each in figures.items() if not options.json else ():
        if name == "all":
            print(f"CPU                  {each['cpu_s']:.1f} s")
        else:
            sizes = f"{each['packed'] / 1e6:.1f} MB packed, {each['unpacked'] / 1e6:.1f} MB unpacked"
            print(f"{name:20} {sizes}, {each['files']:.0f} files")
    heavy = any(each.get("packed", 0) > MOST_PACKED for each in figures.values())
    return 1 if options.check and heavy else 0


if __name__ == "__main__":
    sys.exit(main())
