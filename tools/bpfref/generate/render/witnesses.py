"""Who says since when a name is there, in words: repositories with their commits, headers, kernels, tables, people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bpfref.generate.facts import Facts
from bpfref.generate.render.text import code
from bpfref.model.files import Source
from bpfref.model.history import Sighting, Witness

NOBODY = "no witness knows when it came"
_SHOWN = 12  # digits of a commit, in words and addresses: enough to find it


def first_release(facts: Facts, name: str) -> str:
    """What each witness says of the first release of an entry; the kernel's own commit stands with the release."""
    struct = facts.catalogue.structs.get(name)
    name = f"{struct.kind} {name}" if struct else name  # as headers spell it, and those who read them
    settled = facts.catalogue.corrections.since.get(name)
    disputed = facts.catalogue.corrections.open.get(name)
    said = [*_testimony(facts, name, facts.catalogue.since_file.witnesses), *_kernels(facts, name)]
    said += [f"settled by a person: {settled.reason} ({settled.source})"] if settled else []
    said += [f"not settled: {disputed.reason}"] if disputed else []
    return "; ".join(said) or NOBODY


def first_release_of_field(facts: Facts, name: str) -> str:
    """The same for a field of `union bpf_attr`, by its name in `model.attribute_fields`."""
    return "; ".join(_testimony(facts, name, facts.catalogue.attributes_since.witnesses, tables=False)) or NOBODY


def grouped(told: Mapping[str, str]) -> str:
    """Names with what is said of each, as a list: names of which the same is said stand together."""
    groups: dict[str, list[str]] = {}
    for name, said in told.items():
        groups.setdefault(said, []).append(name)
    return "\n".join(f"- {said}: {', '.join(map(code, names))}" for said, names in groups.items())


def _testimony(facts: Facts, name: str, witnesses: Mapping[str, Witness], *, tables: bool = True) -> Iterator[str]:
    """Repositories that saw the name; packages of headers only where none did; then what a table claims."""
    seen = [(who, found, found.features[name]) for who, found in witnesses.items() if name in found.features]
    kept = [each for each in seen if each[1].kind == "git"] or seen
    yield from (_sighting(facts, who, sighting) for who, _, sighting in kept)
    claim = facts.catalogue.claim(name) if tables else None
    if claim:
        yield f"a published table: {claim.since}"


def _sighting(facts: Facts, who: str, sighting: Sighting) -> str:
    """`bionic: v5.17 (1ed553465790), not v5.16`, linked to the commit that brought it there.

    A package of headers says only that the name is there by then.
    """
    source = facts.catalogue.history.repositories.get(who)
    release = sighting.label.partition(" (")[0]
    if source and sighting.commit:
        short = sighting.commit[:_SHOWN]
        release += f" ([{short}]({source.url}/commit/{short}))"
    earlier = f", not {sighting.after}" if sighting.after else " or earlier"
    return f"{who if source else 'headers'}: {release}{earlier}"


def _kernels(facts: Facts, name: str) -> Iterable[str]:
    """The kernels of the lab, which testify of kfuncs."""
    sighting = facts.catalogue.kernel_witness.features.get(name)
    if sighting is None:
        return ()
    earlier = f", not {sighting.after}" if sighting.after else ", the oldest that was asked"
    return (f"images and sources of kernels: {sighting.label}{earlier}",)


def read_in(source: Source, file: str, header: str = "") -> str:
    """Where facts of a header come from: package, version, and the file of this repository that holds them."""
    package = f" of {source.package} {source.version}" if source.package else ""
    return f"{code(header or source.file)}{package}, in {code(f'data/scraped/{file}')}"
