"""Addresses outside the site against a server on this machine: what is said of each answer, and how hosts are asked."""

from __future__ import annotations

import http.server
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from bpfref.checks.external import Answer, Manners, State, fetch_answers, left_out
from bpfref.cli import main
from bpfref.errors import MachineError
from bpfref.layout import Layout

QUICK = Manners(pause=0.01, timeout=0.5, longest_wait=0)


class Host(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the path begins with; `/301/200` leads on to `/200`."""

    asked: ClassVar[Counter[tuple[str, str]]] = Counter()
    at_once = most_at_once = 0
    lock = threading.Lock()

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def answer(self) -> None:
        with self.lock:
            type(self).at_once += 1
            type(self).most_at_once = max(self.most_at_once, self.at_once)
            self.asked[self.command, self.path] += 1
            times = self.asked[self.command, self.path]
        status, _, rest = self.path[1:].partition("/")
        if rest == "later":
            status = "200" if times > 2 else status
        if status == "slow":
            time.sleep(1)
            status = "200"
        code = int(status.split("-")[0])
        if status.endswith("-head"):
            code = code if self.command == "HEAD" else 200
        try:
            self.send_response(code)
            if status[0] == "3":
                self.send_header("Location", f"/{rest}" if rest else self.path)
            if code == 429:
                self.send_header("Retry-After", "3600")
            self.send_header("Content-Length", "0")
            self.end_headers()
        except OSError:
            pass
        finally:
            with self.lock:
                type(self).at_once -= 1

    do_GET = do_HEAD = answer  # noqa: N815


@pytest.fixture
def host() -> Iterator[str]:
    Host.asked.clear()
    Host.at_once = Host.most_at_once = 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "state", "reason"),
    [
        ("/200", State.THERE, "200"),
        ("/404", State.BROKEN, "404"),
        ("/410", State.BROKEN, "410"),
        ("/403", State.UNCLEAR, "403"),
        ("/404-head", State.THERE, "200"),
        ("/405-head", State.THERE, "200"),
        ("/302/200", State.THERE, "200"),
        ("/301/200", State.MOVED, "for good to HOST/200"),
        ("/308/301/200", State.MOVED, "for good to HOST/200"),
        ("/301/302/200", State.THERE, "200"),
        ("/301/404", State.BROKEN, "404"),
        ("/302", State.BROKEN, "leads on more than 5 times"),
        ("/503", State.UNCLEAR, "503"),
        ("/503/later", State.THERE, "200"),
        ("/429", State.UNCLEAR, "429"),
        ("/slow", State.UNCLEAR, "no answer (ReadTimeoutError)"),
    ],
)
def test_each_answer_is_told_for_what_it_is(host: str, path: str, state: State, reason: str) -> None:
    (found, other) = sorted(fetch_answers([host + path, f"{host}/200/other"], QUICK), key=lambda one: one.reason)
    found = found if found.address == host + path else other
    assert found == Answer(host + path, state, reason.replace("HOST", host))


def test_what_head_answers_is_not_asked_again(host: str) -> None:
    list(fetch_answers([f"{host}/200"], QUICK))
    assert Host.asked == {("HEAD", "/200"): 1}


def test_a_host_gets_one_request_at_a_time(host: str) -> None:
    addresses = [f"{host}/200/{number}" for number in range(20)]
    assert [answer.address for answer in fetch_answers(addresses, QUICK)] == sorted(addresses)
    assert Host.most_at_once == 1


def test_a_host_that_is_not_there_is_a_fault_and_a_closed_port_is_unclear(host: str) -> None:
    nobody, closed = "http://nobody.invalid/", "http://127.0.0.1:9/"
    found = {answer.address: answer for answer in fetch_answers([f"{host}/200", nobody, closed], QUICK)}
    assert found[nobody].state is State.BROKEN
    assert found[closed].state is State.UNCLEAR


def test_without_a_network_nothing_is_said() -> None:
    with pytest.raises(MachineError, match="network"):
        list(fetch_answers(["http://nobody.invalid/"], QUICK))
    assert list(fetch_answers([], QUICK)) == []


def test_what_is_ignored_is_not_asked_and_an_entry_without_use_is_named() -> None:
    wanted, unused = left_out(["https://a.example/x", "https://b.example/"], {"https://a.": "why", "https://c.": "why"})
    assert wanted == ["https://b.example/"]
    assert unused == ["https://c."]


def test_the_command_fails_for_what_is_broken_alone(
    host: str, checkout: Layout, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.html").write_text(f'<a href="{host}/301/200">a</a>')
    command = ["-C", str(checkout.root), "check", "--site", str(tmp_path), "--external", "--ask"]
    (checkout.authored / "external-links.yaml").write_text("ignore: {}\n")
    assert main(command) == 0
    assert f"moved: {host}/301/200 for good to {host}/200 (index.html)" in capsys.readouterr().err
    (tmp_path / "index.html").write_text(f'<a href="{host}/404">a</a>')
    assert main(command) == 1
    assert f"index.html: {host}/404 is broken (404)" in capsys.readouterr().out
    (checkout.authored / "external-links.yaml").write_text(f"ignore:\n  {host}/4: it refuses programs\n")
    assert main(command) == 0
    (checkout.authored / "external-links.yaml").write_text("ignore:\n  https://x.example/: it refuses programs\n")
    assert main(command) == 1
    assert "remove this entry" in capsys.readouterr().out
