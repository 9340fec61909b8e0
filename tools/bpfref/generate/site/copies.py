"""Each page's Markdown beside its HTML, for readers that are programs: `index.md` at the page's address."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from bpfref.generate.site.built import FACTS, TOLD, way_to
from bpfref.layout import address_of
from bpfref.pages import split_front

COPY = "index.md"
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_KERNEL_TEXT = re.compile(r"^<!-- \[KERNEL_TEXT\].*$", re.M)
_PICTURE = re.compile(r"^<svg\b.*?</svg>$", re.S | re.M)
_MARKER = re.compile(r"<!-- \[/?[A-Z_]+\](?:\([^)\n]*\))? -->")
_FRAME = re.compile(r"^[ \t]*</?(?:div|small|details)\b[^\n]*>[ \t]*$")
_ATTRIBUTES = re.compile(r" ?\{:?[ \t]*[.#][^{}\n]*\}")
_LINK = re.compile(r"(?P<head>\]\()(?P<target>[^()\s#:]+)(?P<rest>#[^()\s]*)?(?=[\s)])")
_CODE = re.compile(r"(`+)(?:.+?)\1")
_SUMMARY = re.compile(r"^<summary>(?P<title>[^<]*)</summary>$")
_WRONG = re.compile(r' ?<a data-wrong="[^"]*"></a>')
_SPACE = re.compile(r"\n{3,}")


def copies(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Path below the site and text of each page's copy; `texts` is by path below the documentation folder."""
    for page, text in texts.items():
        yield f"{address_of(page)}{COPY}", copy(page, text, texts)


def copy(page: str, text: str, texts: Mapping[str, str]) -> str:
    """A page without markers, frames and attributes of the site's own, its links leading to other copies."""
    front, body = split_front(text)
    body = _KERNEL_TEXT.sub("The kernel's own description of it is quoted on the page of the site.", body)
    lines = _outside_code(_PICTURE.sub("", body), partial(_tidy, page, texts))
    return f"---\n{(front or '').strip()}\n---\n" + _SPACE.sub("\n\n", lines).strip() + "\n"


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with a change made to every line that is in no fence."""
    found: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
            found.append(line)
        else:
            found.append(line if fence else change(line))
    return "\n".join(found)


def _tidy(page: str, texts: Mapping[str, str], line: str) -> str:
    """A line outside fences; code spans stay as they are."""
    if _FRAME.match(line):
        return ""
    line = _SUMMARY.sub(r"**\g<title>**", _WRONG.sub("", _MARKER.sub("", line)))
    spans = [found.span() for found in _CODE.finditer(line)]

    def free(found: re.Match[str]) -> bool:
        return not any(start < found.start() < end for start, end in spans)

    line = _LINK.sub(
        lambda f: f["head"] + _target(page, texts, f["target"]) + (f["rest"] or "") if free(f) else f[0], line
    )
    line = _ATTRIBUTES.sub("", line) if "`" not in line else _without_attributes(line)
    return FACTS.sub(lambda f: f"{TOLD}[{posixpath.basename(f['file'])}]({way_to(address_of(page), f['file'])}).", line)


def _without_attributes(line: str) -> str:
    """The same for a line with code spans, which may hold braces."""
    parts, end = [], 0
    for span in _CODE.finditer(line):
        parts += [_ATTRIBUTES.sub("", line[end : span.start()]), span[0]]
        end = span.end()
    return "".join([*parts, _ATTRIBUTES.sub("", line[end:])])


def _target(page: str, texts: Mapping[str, str], target: str) -> str:
    """A link's target as seen from the copy; a file that is no page stays where it is."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
    wanted = f"{address_of(path)}{COPY}" if path in texts else path
    return posixpath.relpath(wanted, address_of(page) or ".")
