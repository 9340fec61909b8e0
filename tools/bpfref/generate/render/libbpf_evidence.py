"""Who says what the pages of libbpf's names say: its tags, and the headers of a package."""

from __future__ import annotations

from bpfref.generate.facts import Facts
from bpfref.generate.render.witnesses import read_in
from bpfref.layout import LIBRARY


def first_version(facts: Facts, name: str) -> str:
    """How the first version of a name is known: by tags of the repository, or settled by a person."""
    corrected = facts.catalogue.corrections.libbpf.get(name)
    if corrected:
        return f"First version: {corrected.reason}. Source: {corrected.source}."
    offers = facts.catalogue.libbpf
    offer = offers.offer(name)
    if offer is None:
        return "First version: no tag has it."
    where = "version script" if name in offers.functions else "headers for programs"
    tags = offers.versions
    known = f"{len(tags)} tags of [libbpf]({offers.url}) were read, {tags[0]} to {tags[-1]}"
    tagged = f", first tagged as {offer.tag}" if offer.tag else ""
    moved = f"; the script files it under {offer.node}" if offer.node else ""
    return f"First version: {known}; the first with it in its {where} is {offer.since}{tagged}{moved}."


def declared(facts: Facts, name: str) -> str:
    """The header that declares a name, and where it was read."""
    found = facts.catalogue.find(name, f"{LIBRARY}/")
    source = facts.catalogue.libbpf_api.source
    header = f"bpf/{facts.catalogue.declared(found.kind, name).header}" if found else ""
    return f"{read_in(source, 'libbpf-api.yaml', header)}. What parameters mean was written by people."
