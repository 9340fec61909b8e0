"""One built site that carries all searches, and a server that compresses as hosts do."""

from __future__ import annotations

import functools
import gzip
import http.server
import importlib.util
import re
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_TEXT = {".html", ".js", ".css", ".json", ".svg", ".xml", ".txt"}
# As the site had it before it got a search of its own: names as they are written.
_BUILT_IN = r"""  - search:
      lang: en
      pipeline: []
      separator: '[\s\-_,:!=\[\]()"`/]+|\.(?!\d)'
"""


def build(site: Path) -> dict[str, float]:
    """Build a site with all searches into `site`; seconds of CPU that each one's index costs.

    That of the built-in search is the difference of a build with it and one without.
    """
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    with_search = re.sub(r"  - search:\n(?:      .*\n)+", lambda _: _BUILT_IN, text)
    config = ROOT / ".bench-search.yml"
    config.write_text(with_search, encoding="utf-8")
    tool = [sys.executable, "-m"]
    quiet = ["--quiet", "--site-dir", str(site)]
    try:
        ours = _seconds([*tool, "bpfref", "index"])
        plain = _seconds([*tool, "mkdocs", "build", *quiet])
        full = _seconds([*tool, "mkdocs", "build", "--config-file", str(config), *quiet])
    finally:
        config.unlink()
    if importlib.util.find_spec("pagefind") is None:
        return {"ours": ours, "builtin": full - plain}
    pagefind = [*tool, "pagefind", "--site", str(site), "--root-selector", "article", "--include-characters", "_"]
    return {"ours": ours, "builtin": full - plain, "pagefind": _seconds(pagefind)}


def _seconds(command: list[str]) -> float:
    """CPU time, which other work on this machine changes less than the clock's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Server(http.server.ThreadingHTTPServer):
    """Lets more than five requests wait."""

    request_queue_size = 128


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files with gzip, kept once compressed."""

    packed: dict[str, bytes] = {}  # noqa: RUF012 - one for all requests
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with the file, compressed where that helps."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        text = path.suffix in _TEXT
        body = self.packed.setdefault(str(path), gzip.compress(path.read_bytes(), 9)) if text else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve(site: Path) -> Iterator[str]:
    """The address of the site while it is served."""
    server = Server(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
