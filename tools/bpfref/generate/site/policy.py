"""The content security policy of the built pages: a tag in each page, and a file for hosts that send headers.

Both engines write a few scripts into each page. They are let through by their digests, so that no other script
in a page runs. Data (JSON) is no script and needs none.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from bpfref.errors import MachineError

HEADERS = "_headers"
NOTHING = "default-src 'none'"
_SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.S)
_NO_CODE = re.compile(r"""\bsrc=|\btype=["']?application/(?:ld\+)?json\b""")
_CHARSET = re.compile(r"""<meta charset=["']?utf-8["']?>""", re.I)
_TAG = re.compile(r"""\n?<meta http-equiv="Content-Security-Policy" content="[^"]*">""")
# What the site needs: its own files, and pictures that the theme's style holds as data.
_OWN = (
    NOTHING,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
)
# Tags cannot say this: browsers ignore it there.
_IN_HEADERS_ONLY = ("frame-ancestors 'none'",)


def inline(text: str) -> set[str]:
    """The digests of a page's inline scripts, as a policy names them: `sha256-...`."""
    found = (each["text"] for each in _SCRIPT.finditer(text) if not _NO_CODE.search(each["attributes"]))
    return {f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}" for script in found}


def with_tag(text: str) -> str:
    """A page with its policy, in front of all that it loads; a tag from an earlier run is replaced.

    MachineError for a page without a place for it.
    """
    text = without_tag(text)
    place = _CHARSET.search(text)
    if place is None:
        raise MachineError('a page has no <meta charset="utf-8">: build the site with MkDocs or Zensical')
    tag = f'\n<meta http-equiv="Content-Security-Policy" content="{policy(inline(text))}">'
    return text[: place.end()] + tag + text[place.end() :]


def without_tag(text: str) -> str:
    """A page that says nothing of what it may load."""
    return _TAG.sub("", text, count=1)


def policy(digests: Iterable[str]) -> str:
    """What a page may load and run, with these inline scripts."""
    scripts = " ".join(["script-src 'self'", *(f"'{each}'" for each in sorted(digests))])
    return "; ".join((_OWN[0], scripts, *_OWN[1:]))


def headers(digests: Iterable[str]) -> str:
    """The file `_headers` with the policy of all pages together, as Netlify and Cloudflare Pages read it."""
    whole = "; ".join((policy(digests), *_IN_HEADERS_ONLY))
    return f"/*\n  Content-Security-Policy: {whole}\n"
