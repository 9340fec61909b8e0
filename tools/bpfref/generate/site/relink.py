"""Built pages made to open from a disk, where an address has to name a file; pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Set
from functools import partial
from urllib.parse import unquote, urlsplit

INDEX = "index.html"
_TAG = re.compile(r"<(?P<name>a|link|meta|img|script)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.I)
_ATTRIBUTE = re.compile(
    r"(?P<head>\s(?P<name>[a-z-]+)\s*=\s*)(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'>]+))", re.I
)
_REFRESH = re.compile(r"(?P<head>\s*\d+\s*;\s*url=)(?P<target>.+)", re.I)
_LINKED = {"href", "src"}
# What a search for other sites, or a host, would read: of no use on a disk.
_FOR_OTHERS = re.compile(r"(?:property|name)=[\"']?(?:og|twitter):|\brel=[\"']?search\b|Content-Security-Policy", re.I)
_LEADS_OUT = re.compile(r"\brel=[\"']?alternate\b", re.I)


def for_disk(page: str, text: str, files: Set[str], site: str) -> str:
    """The HTML of a page, its links naming files.

    `page` and `files` are paths below the site's folder. A link to what is not among `files` leads to the
    site's address, `site`. What is for search engines and hosts is left out, a content security policy
    too: whether `'self'` means the files of a disk is each browser's own affair.
    """
    return _TAG.sub(partial(_tag, partial(_target, page, files, site)), text)


def _tag(change: Callable[[str], str], found: re.Match[str]) -> str:
    name = found["name"].lower()
    if name == "meta" and "refresh" not in found[0].lower():
        return "" if _FOR_OTHERS.search(found[0]) else found[0]
    if name == "link" and (_FOR_OTHERS.search(found[0]) or _LEADS_OUT.search(found[0])):
        return ""
    return _ATTRIBUTE.sub(partial(_attribute, change), found[0])


def _attribute(change: Callable[[str], str], found: re.Match[str]) -> str:
    """An attribute with its new value; its quotation marks stay as they were."""
    name, value = found["name"].lower(), found["double"] or found["single"] or found["bare"] or ""
    if name in _LINKED:
        new = change(value)
    elif name == "content" and (led := _REFRESH.fullmatch(value)):
        new = led["head"] + change(led["target"])
    elif name == "data-suffix" and value == "/":
        new = f"/{INDEX}"
    else:
        return found[0]
    mark = next((sign for sign, group in (('"', "double"), ("'", "single")) if found[group] is not None), "")
    return f"{found['head']}{mark}{new}{mark}"


def _target(page: str, files: Set[str], site: str, target: str) -> str:
    """Where a link leads on a disk."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return target
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
    folder = parts.path.endswith("/") or posixpath.basename(parts.path) in {".", ".."}
    file = posixpath.normpath(posixpath.join(path, INDEX)) if folder else path
    rest = target[len(parts.path) :]
    if file not in files:
        return f"{site}{'' if path == '.' else path}{'/' if folder and path != '.' else ''}{rest}"
    return f"{posixpath.join(parts.path, INDEX) if folder else parts.path}{rest}"
