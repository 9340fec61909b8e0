"""What tests of the built site share: the browser to start, and a server as a host of static pages is one."""

from __future__ import annotations

import http.server
import os
from http import HTTPStatus
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SITE_URL = "https://bpfref.example/"
DESKTOP, PHONE = (1280, 900), (390, 844)


class Server(http.server.ThreadingHTTPServer):
    """Lets more than five requests wait: on a busy machine Chromium would wait seconds for the sixth."""

    request_queue_size = 128


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site as a host of static pages does: 404.html for what is not there."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code, message, explain)
            return
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
