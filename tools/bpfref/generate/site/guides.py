"""What tells other programs how to read the site: `llms.txt` and the description for OpenSearch."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping

from bpfref.generate.facts import Page
from bpfref.generate.site.copies import COPY
from bpfref.layout import address_of

LLMS, SEARCH = "llms.txt", "opensearch.xml"
_SPACE = "http://a9.com/-/spec/opensearch/1.1/"
_LEAF = re.compile(r"^(?P<indent> *)\* (?:\[(?P<linked>[^\]]*)\]\((?P<page>[^)]*)\)|(?P<title>.*))$", re.M)


def llms(name: str, about: str, navigation: str, pages: Mapping[str, Page]) -> str:
    """The guide for language models: every page's Markdown with its description, by section of the navigation."""
    lines = [
        f"# {name}",
        "",
        f"> {about}",
        "",
        "Each page has its Markdown beside it: `index.md` at the page's address. `/n/NAME` leads to the page of any",
        "name, `/h/NUMBER` to that of a helper. The same facts as JSON: [index](api/v1/index.json),",
        f"described in [the data](api/{COPY}). What is not known is said to be not known.",
        "",
    ]
    for found in _LEAF.finditer(navigation):
        if not found["page"]:
            lines += ["", f"## {found['title']}", ""] if not found["indent"] else []
        elif found["page"] in pages:
            told = pages[found["page"]].description
            lines.append(f"- [{found['linked']}]({address_of(found['page'])}{COPY}){f': {told}' if told else ''}")
    return "\n".join(lines) + "\n"


def search(name: str, about: str, site: str) -> str:
    """How a browser asks the site's own search: XML of OpenSearch 1.1; `site` is the site's address."""
    root = ET.Element("OpenSearchDescription", xmlns=_SPACE)
    for tag, text in (("ShortName", name), ("Description", about), ("InputEncoding", "UTF-8")):
        ET.SubElement(root, tag).text = text
    ET.SubElement(root, "Url", type="text/html", template=f"{site}?q={{searchTerms}}")
    ET.SubElement(root, "Image", width="180", height="180", type="image/png").text = f"{site}assets/favicon.png"
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
