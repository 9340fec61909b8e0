"""An inverted index of units, in shards by the alphabet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from bpfref.generate.search.units import Unit

_WORD = re.compile(r"(?<![a-z0-9_.])v?(?P<release>\d+\.\d+)(?![a-z0-9_])|[a-z0-9_]+")
_DOUBLED = re.compile(r"([b-df-hj-np-tv-z])\1$")
_NAME, _TITLE, _TEXT, _BODY = 9.0, 6.0, 4.0, 1.0
_SATURATION = 1.2
_ROOT = 3  # letters that every stem keeps
# What all names of a kind begin with tells nothing.
_FAMILY = re.compile(r"^(BPF_(PROG|MAP|LINK)_TYPE_|bpf_lsm_|bpf_iter__|bpf_)", re.I)
_LEVELS = 26
SHARD = 16_000
ERROR = re.compile(r"\bE[A-Z0-9]{2,}\b")


@dataclass(frozen=True)
class Shard:
    """Terms of one stretch of the alphabet: `first` is the least, `text` a term and its postings a line."""

    first: str
    text: str


@cache
def stem(word: str) -> str:
    """What forms of an English word share: plural, -ing and -ed go. `assets/search.js` does the same."""
    if len(word) <= _ROOT or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for end in ("ing", "ed"):
        if word.endswith(end) and len(word) - len(end) >= _ROOT:
            word = _DOUBLED.sub(r"\1", word[: -len(end)])
            break
    return word[:-1] if word.endswith("e") and len(word) > _ROOT else word


def terms(text: str) -> list[str]:
    """The terms of a text: stems of words, releases without v, names whole and in parts."""
    found = []
    for word in _WORD.finditer(text.lower()):
        low = word["release"] or word[0]
        if "_" not in low:
            found.append(stem(low))
            continue
        parts = [part for part in low.split("_") if part]
        found += [low.strip("_"), *(stem(part) for part in parts if part != "bpf")]
    return [term for term in found if term]


def index(units: Sequence[Unit], names: Sequence[str]) -> list[Shard]:
    """The shards: each posting is a letter for its weight and, in base 36, how far its unit is from the last."""
    postings: dict[str, list[tuple[int, int]]] = {}
    for number, unit in enumerate(units):
        for term, weight in _weights(unit, names).items():
            postings.setdefault(term, []).append((number, weight))
    return list(_shards(sorted((term, _packed(found)) for term, found in postings.items())))


def _weights(unit: Unit, names: Sequence[str]) -> dict[str, int]:
    """The weight of each term, 0 to 25: often counts more than once, and less in a long text."""
    name = "" if unit.entry is None else names[unit.entry]
    weights: dict[str, float] = {}
    for term, share in _named(name).items():
        weights[term] = share * _NAME
    for text, weight in ((unit.title, _TITLE), (unit.text, _TEXT), (unit.body, _BODY)):
        found = Counter(terms(text))
        room = 1 + sum(found.values()) / 80
        for term, count in found.items():
            often = count * (1 + _SATURATION) / (count + _SATURATION * room)
            weights[term] = weights.get(term, 0) + weight * often
    for error in set(ERROR.findall(unit.returns)):
        weights[error.lower()] = weights.get(error.lower(), 0) + _TEXT
    return {term: min(_LEVELS - 1, round(weight)) for term, weight in weights.items()}


def _named(name: str) -> dict[str, float]:
    """The terms of a name: whole it tells all, a part the less the more parts there are."""
    own = _FAMILY.sub("", name)
    parts = terms(own)
    shares = dict.fromkeys(terms(name), 0.1) | dict.fromkeys(parts, 2 / (1 + len(set(parts) - {own.lower()})))
    return shares | {name.lower().strip("_"): 2.0} if name else {}


def _packed(found: Iterable[tuple[int, int]]) -> str:
    out, last = [], 0
    for number, weight in found:
        out.append(f"{chr(65 + weight)}{_base36(number - last)}")
        last = number
    return "".join(out)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def _shards(rows: Sequence[tuple[str, str]]) -> Iterable[Shard]:
    lines: list[str] = []
    first, size = "", 0
    for term, packed in rows:
        if size > SHARD:
            yield Shard(first, "\n".join(lines))
            lines, size = [], 0
        first = first if lines else term
        lines.append(f"{term} {packed}")
        size += len(lines[-1])
    if lines:
        yield Shard(first, "\n".join(lines))
