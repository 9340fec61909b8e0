"""Helper functions as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from bpfref.generate.facts import Facts
from bpfref.generate.render.text import code, since_tag, table
from bpfref.generate.render.topics import by_topic
from bpfref.model.entry import Entry, Kind
from bpfref.model.helper import Helper, wrapped


def definition(facts: Facts, helper: Helper) -> str:
    """The C prototype in a fence, and a table of parameters."""
    attributes = "".join(f"{attribute}\n" for attribute in helper.attributes)
    fence = f"```c\n{attributes}{wrapped(helper.prototype, helper.parameters)};\n```"
    rows = [(code(p.name), code(p.type), facts.meaning(f"{helper.name}.{p.name}")) for p in helper.parameters]
    return f"{fence}\n\n{table(('Parameter', 'Type', 'Meaning'), rows)}" if rows else fence


def index(facts: Facts, page: str) -> str:
    """All helpers by topic: name, number, what it does, since."""
    return "\n\n".join(
        f"## {listed.topic.title} {{ #{listed.topic.slug} }}\n\n{listed.topic.about}\n\n"
        f"{listing(facts, page, listed.entries)}"
        for listed in by_topic(facts, Kind.HELPER)
    )


def listing(facts: Facts, page: str, members: Sequence[Entry]) -> str:
    """Entries with pages of their own in a table."""
    rows = [(facts.link(e, page), str(e.value or ""), facts.description(e), since_tag(e.since)) for e in members]
    return table(("Name", "Number", "What it is for", "Since"), rows)
