"""libbpf's versions as Markdown."""

from __future__ import annotations

from bpfref.model.history import LibbpfFile, Offer


def libbpf_tag(offers: LibbpfFile, offer: Offer) -> str:
    """The first version, linked to its release where it was tagged; and since when it is gone."""
    linked = f"[{offer.since}]({offers.url}/releases/tag/{offer.since}){{ .since }}"
    tag = linked if offer.since in offers.versions else offer.since
    return f"{tag}, gone in {offer.until}" if offer.until else tag
