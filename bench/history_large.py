"""Seconds and memory that the history of names takes on a repository as large as the kernel's.

Makes one with `git fast-import`: by default 80 releases of 70,000 files, of which some hundred
change from one release to the next, and looks 300 names up in all of them, cold and warm:

    python bench/history_large.py [--files N] [--releases N] [--changes N] [--json]

The names come in one by one, so the right answers are known, and they are compared.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bpfref.history.repository import open_repository
from bpfref.history.sources import Mentions
from bpfref.history.timeline import findings

NAMES = [f"bpf_name_{n}" for n in range(300)]
PATTERN = r"(?P<release>v\d+\.\d+)"
LIMIT = 1024  # MB


def main() -> None:
    """Make the repository, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=70_000, metavar="N")
    parser.add_argument("--releases", type=int, default=80, metavar="N")
    parser.add_argument("--changes", type=int, default=500, metavar="N", help="files that change in a release")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large"
        make(path, options.files, options.releases, options.changes)
        figures = {name: measure(path, Path(folder) / "cache") for name in ("cold", "warm")}
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    if options.json:
        print(json.dumps({"seconds": figures, "memory": memory}))
        return
    for name, seconds in figures.items():
        print(f"{name}: {seconds:.1f} s for {len(NAMES)} names, {options.releases} releases, {options.files} files")
    print(f"memory: {memory} MB at most, git's processes included (limit: {LIMIT} MB)")


def make(path: Path, files: int, releases: int, changes: int) -> None:
    """A bare repository; release n is the first with the names n, n + releases, n + 2 * releases ..."""
    subprocess.run(["git", "init", "-q", "--bare", str(path)], check=True)
    run = subprocess.Popen(["git", "--git-dir", str(path), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    if run.stdin is not None:
        for piece in stream(files, releases, changes):
            run.stdin.write(piece)
        run.stdin.close()
    if run.wait():
        raise SystemExit("git fast-import failed")


def stream(files: int, releases: int, changes: int) -> Iterator[bytes]:
    """What `git fast-import` reads."""
    for release in range(releases):
        who = b"A <a@example.org> %d +0000" % (1_000_000_000 + release)
        yield b"commit refs/heads/main\ncommitter %s\ndata 0\n\n" % who
        touched = range(files) if release == 0 else ((release * changes + n) % files for n in range(changes))
        for n in touched:
            yield blob(f"dir{n % 400}/sub{n % 7}/file{n}.c", text(n, release, []))
        yield blob("names.c", text(0, release, [name for i, name in enumerate(NAMES) if i % releases <= release]))
        yield b"tag v%d.%d\nfrom refs/heads/main\ntagger %s\ndata 0\n\n" % (1 + release // 20, release % 20, who)


def text(number: int, release: int, names: list[str]) -> bytes:
    """A source file of some kilobytes."""
    lines = [f"static int word_{number}_{release}_{n}(struct thing *it, int value);" for n in range(40)]
    return "\n".join([*lines, *(f"void {name}(void);" for name in names), ""]).encode()


def blob(path: str, data: bytes) -> bytes:
    """A file of a commit."""
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)


def measure(path: Path, cache: Path) -> float:
    """Wall seconds of a whole process, which also compares its answers."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import history_large as h; h.search()"
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, str(path), str(cache)], check=True)
    return time.perf_counter() - start


def search() -> None:
    """What is measured; ends with an error for a wrong answer."""
    repository = open_repository(Path(sys.argv[1]))
    releases = repository.tags(PATTERN)
    mentions = Mentions.of(repository, ["."], NAMES, Path(sys.argv[2]))
    found = findings(list(mentions.points(releases)))
    wrong = [name for i, name in enumerate(NAMES) if found[name].first != i % len(releases)]
    if wrong:
        raise SystemExit(f"wrong: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
