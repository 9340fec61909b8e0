"""Entries under the topics that readers look under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bpfref.generate.facts import Facts
from bpfref.model.entry import Entry, Kind
from bpfref.model.files import Topic

OTHER = Topic("other", "Other", "What no topic names yet.", ("*",))


@dataclass(frozen=True)
class Listed:
    """A topic and the entries that are in it."""

    topic: Topic
    entries: tuple[Entry, ...]


def by_topic(facts: Facts, kind: Kind, entries: Sequence[Entry] | None = None) -> list[Listed]:
    """Entries of a kind (all without `entries`) by topic: topics in their order, entries in theirs."""
    chosen = facts.catalogue.of_kind(kind) if entries is None else entries
    placed: dict[Topic, list[Entry]] = {topic: [] for topic in (*facts.catalogue.topics(kind), OTHER)}
    for entry in chosen:
        placed[facts.catalogue.topic_of(entry.name, kind) or OTHER].append(entry)
    return [Listed(topic, tuple(found)) for topic, found in placed.items() if found]
