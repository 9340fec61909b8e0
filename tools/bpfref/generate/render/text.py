"""Pieces of Markdown that all renderers share: tables, definition lists, links, numbers."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from functools import cache

from bpfref.model.since import Since

COMMIT_URL = "https://github.com/torvalds/linux/commit/"
UNKNOWN = "not known yet"
_DECIMAL = 0xFFFF  # larger numbers are masks, sizes in bytes and the like
CLAIMED = "claimed by a published table, not confirmed by a witness of ours"


def code(text: str) -> str:
    """Inline code, also for text that holds back quotes."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; columns that are empty in every row are left out."""
    body = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    kept = [i for i in range(len(head)) if any(row[i] for row in body)]
    lines = [
        [head[i] for i in kept],
        ["---"] * len(kept),
        *([row[i] for i in kept] for row in body),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def frame(inside: str, name: str, *, markdown: bool, kind: str = "") -> str:
    """A frame that scrolls sideways where its inside is too wide: the keyboard reaches it, by a name."""
    head = f'<div class="{f"frame {kind}".strip()}" tabindex="0" role="region" aria-label="{name}"'
    return f"{head} markdown>\n\n{inside}\n\n</div>" if markdown else f"{head}>\n{inside}\n</div>"


def small(inside: str, kind: str = "") -> str:
    """Tables of few short columns, which stay tables on a phone."""
    return f'<div class="{f"small {kind}".strip()}" markdown>\n\n{inside}\n\n</div>'


def definitions(pairs: Iterable[tuple[str, str]]) -> str:
    """A Markdown definition list."""
    return "\n\n".join(f"{term}\n:   {text}" for term, text in pairs)


@cache
def _path(folder: str, target: str) -> str:
    """The way from a folder to a page; few of them, and each is asked for by many pages."""
    return posixpath.relpath(target, folder or ".")


def link(text: str, page: str, target: str, anchor: str | None = None) -> str:
    """A link from one page below the documentation folder to another, as relative Markdown."""
    path = _path(posixpath.dirname(page), target)
    fragment = f"#{anchor}" if anchor else ""
    return f"[{text}]({'' if target == page and fragment else path}{fragment})"


def since_tag(since: Since | None) -> str:
    """A release as a link to the commit that introduced the feature; the block `EVIDENCE` has what it rests on.

    A release that rests on a published table alone has the class `claimed`; one that is not known
    is said to be so.
    """
    if since is None:
        return f"*{UNKNOWN}*"
    claimed = since.is_claim
    attributes = f'{{ .since .claimed title="{CLAIMED}" }}' if claimed else "{ .since }"
    text = f"{since.since} (claimed)" if claimed else since.since
    chip = f"[{text}]({COMMIT_URL}{since.commit}){attributes}" if since.commit else f"**{text}**{attributes}"
    return f"{chip}, gone in {since.until}" if since.until else chip


def counted(count: int, word: str) -> str:
    """`1 map type`, `2 map types`."""
    return f"{count} {plural(word, count)}"


def plural(word: str, count: int) -> str:
    """The word as it stands behind a count."""
    return word if count == 1 else f"{word}s"


def number(value: int | None, *, bits: bool) -> str:
    """A constant's value: hexadecimal for bits and large numbers, decimal else."""
    if value is None:
        return "no integer"
    return code(hex(value)) if value >= 0 and (bits or value > _DECIMAL) else code(str(value))
