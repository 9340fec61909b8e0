"""Addresses outside the site, asked over the network: whether a reader would find something there.

Hosts are asked side by side, each by one request at a time with a pause behind it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, NameResolutionError, ResponseError, SSLError

from bpfref.errors import MachineError

_HOSTS_AT_ONCE = 8
_TRIES = 3
_REDIRECTS = 5
_BUSY = frozenset({429, 500, 502, 503, 504})
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_FOR_GOOD = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})
# A host that refuses HEAD, or has not thought of it, may answer GET.
_ASK_AGAIN = frozenset({400, 403, 404, 405, 410, 501})
_AGENT = "bpfref-links/1 (asks once a week whether the links of a site still lead somewhere)"


class State(StrEnum):
    """What became of an address."""

    THERE = "there"
    MOVED = "moved"
    BROKEN = "broken"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Answer:
    """What an address came to, and why: `unclear` says nothing against it."""

    address: str
    state: State
    reason: str


@dataclass(frozen=True)
class Manners:
    """How hosts are asked, in seconds: the pause between requests, how long to wait, how long at most when told to."""

    pause: float = 2.0
    timeout: float = 20.0
    longest_wait: int = 120


def left_out(addresses: Iterable[str], ignore: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The addresses that are to be asked, and the entries of `ignore` (beginnings) that no address has."""
    wanted = list(addresses)
    unused = [start for start in ignore if not any(address.startswith(start) for address in wanted)]
    return [address for address in wanted if not address.startswith(tuple(ignore))], unused


def fetch_answers(addresses: Iterable[str], manners: Manners | None = None) -> Iterator[Answer]:
    """Ask every address; the answers come by host, as they are known.

    MachineError if no host at all could be reached: then nothing is said of the addresses.
    """
    hosts: dict[str, list[str]] = {}
    for address in addresses:
        hosts.setdefault(urlsplit(address).netloc, []).append(address)
    found: list[Answer] = []
    reached = False
    with ThreadPoolExecutor(_HOSTS_AT_ONCE) as pool:
        jobs = [pool.submit(_ask_host, each, manners or Manners()) for each in hosts.values()]
        for job in as_completed(jobs):
            answers, spoke = job.result()
            found += answers
            reached = reached or spoke
    if hosts and not reached:
        raise MachineError("no host could be reached: run it where there is a network")
    yield from sorted(found, key=lambda answer: answer.address)


def _ask_host(addresses: list[str], manners: Manners) -> tuple[list[Answer], bool]:
    """The answers of one host, and whether it spoke at all."""
    retry = urllib3.Retry(
        _TRIES,
        redirect=False,
        status_forcelist=_BUSY,
        backoff_factor=manners.pause,
        retry_after_max=manners.longest_wait,
        raise_on_status=False,
    )
    timeout = urllib3.Timeout(connect=manners.timeout, read=manners.timeout)
    found, spoke = [], False
    with urllib3.PoolManager(headers={"User-Agent": _AGENT}, retries=retry, timeout=timeout) as pool:
        for number, address in enumerate(addresses):
            if number:
                time.sleep(manners.pause)
            try:
                found.append(_ask(pool, address))
                spoke = True
            except (HTTPError, ValueError) as error:
                found.append(_failed(address, error))
    return found, spoke


def _ask(pool: urllib3.PoolManager, address: str) -> Answer:
    """One address, followed where it leads; HTTPError without an answer."""
    place, for_good = address, True
    for _ in range(_REDIRECTS + 1):
        status, target = _status(pool, place)
        if target is None:
            return _judge(address, place, status, for_good=for_good)
        for_good = for_good and status in _FOR_GOOD
        place = urljoin(place, target)
    return Answer(address, State.BROKEN, f"leads on more than {_REDIRECTS} times")


def _status(pool: urllib3.PoolManager, address: str) -> tuple[int, str | None]:
    """The status of an address by HEAD, else by GET, and where it leads on to."""
    for method in ("HEAD", "GET"):
        answer = pool.request(method, address, preload_content=False, redirect=False)
        target = answer.get_redirect_location() or None
        answer.close()
        if answer.status not in _ASK_AGAIN:
            break
    return answer.status, target


def _judge(address: str, place: str, status: int, *, for_good: bool) -> Answer:
    told = str(status)
    if status in _GONE:
        return Answer(address, State.BROKEN, told)
    if not HTTPStatus(HTTPStatus.OK) <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(address, State.UNCLEAR, told)
    moved = place.partition("#")[0] != address and for_good
    return Answer(address, State.MOVED, f"for good to {place}") if moved else Answer(address, State.THERE, told)


def _failed(address: str, error: Exception) -> Answer:
    """What an address without an answer came to: a name that no host has and a bad certificate are faults."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, NameResolutionError):
        return Answer(address, State.BROKEN, "no host of that name")
    if isinstance(cause, SSLError):
        return Answer(address, State.BROKEN, "its certificate is not valid")
    told = "too many failures" if isinstance(cause, ResponseError) else type(cause).__name__
    return Answer(address, State.UNCLEAR, f"no answer ({told})")
