"""Helper functions as Markdown."""

from __future__ import annotations

from itertools import groupby

from bpfref.generate.facts import Facts
from bpfref.generate.render.text import code, since_tag, table
from bpfref.model.entry import Entry, Kind
from bpfref.model.files import Topic
from bpfref.model.helper import Helper, Parameter

OTHER = Topic("other", "Other", "Helpers that no topic names yet.", ("*",))


def definition(facts: Facts, helper: Helper) -> str:
    """The C prototype in a fence, and a table of parameters."""
    attributes = "".join(f"{attribute}\n" for attribute in helper.attributes)
    fence = f"```c\n{attributes}{_wrap(helper)};\n```"
    rows = [(code(p.name), code(p.type), facts.meaning(f"{helper.name}.{p.name}")) for p in helper.parameters]
    return f"{fence}\n\n{table(('Parameter', 'Type', 'Meaning'), rows)}" if rows else fence


def _wrap(helper: Helper, width: int = 80) -> str:
    """The prototype, one parameter a line when it is longer than `width`."""
    if len(helper.prototype) <= width:
        return helper.prototype
    head, _, inside = helper.prototype.partition("(")
    lines = ",\n".join(f"    {_spelling(p)}" for p in helper.parameters)
    return f"{head}(\n{lines}\n)" if inside else head


def _spelling(parameter: Parameter) -> str:
    return Helper(0, "", "", (parameter,)).prototype.partition("(")[2].removesuffix(")")


def topics(facts: Facts) -> list[tuple[Topic, list[Entry]]]:
    """The helpers by topic, in the order of the topics, within a topic by number."""
    order = {topic.slug: i for i, topic in enumerate(facts.catalogue.topics_file.topics)}
    placed = [(facts.catalogue.topic_of(e.name) or OTHER, e) for e in facts.catalogue.of_kind(Kind.HELPER)]
    placed.sort(key=lambda pair: order.get(pair[0].slug, len(order)))
    return [(topic, [e for _, e in pairs]) for topic, pairs in groupby(placed, key=lambda pair: pair[0])]


def index(facts: Facts, page: str) -> str:
    """All helpers by topic: name, number, what it does, since."""
    return "\n\n".join(
        f"## {topic.title} {{ #{topic.slug} }}\n\n{topic.about}\n\n{listing(facts, page, members)}"
        for topic, members in topics(facts)
    )


def listing(facts: Facts, page: str, members: list[Entry]) -> str:
    """Entries with pages of their own in a table."""
    rows = [(facts.link(e, page), str(e.value or ""), facts.description(e), since_tag(e.since)) for e in members]
    return table(("Name", "Number", "What it is for", "Since"), rows)
