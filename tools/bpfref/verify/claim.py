"""Whether `since` of an example is what its object and its subjects need."""

from __future__ import annotations

from collections.abc import Iterator

from bpfref.errors import SourceError
from bpfref.formats.bpf_object import parse_object
from bpfref.model.version import Version
from bpfref.requires.facts import Knowledge
from bpfref.requires.judge import of_stage, survey
from bpfref.requires.model import Need, Stage
from bpfref.requires.needs import find_needs, read_subject
from bpfref.verify.plan import Made


def find_contradictions(made: Made, known: Knowledge) -> Iterator[str]:
    """What speaks against the claimed first release; nothing where no fact decides.

    What a program would need to be accepted says nothing of the first release that rejects it: its
    object then bounds `since` from above alone, and may be one that the reader of objects rejects as well.
    """
    rejected = made.folder.definition.expect.verdict == "rejected"
    claimed = Version.parse(made.folder.definition.since)
    subjects = {name: known.facts.since(name) for name in made.folder.definition.subjects}
    young = [(since.version, name) for name, since in subjects.items() if since]
    least = max(young, default=None)
    try:
        needs = _needs(made, known)
    except SourceError:
        if rejected:
            return
        raise
    span = survey(of_stage(needs, Stage.ATTACH), known.releases)
    if span.oldest is None:
        if not span.open and not rejected:
            yield "no release has all that it needs: bpfref requires says what is missing"
        return
    lowest = claimed if rejected else min(span.open, default=span.oldest)
    floor, why = max([(lowest, "its object"), *young])
    ceiling = max(span.oldest, least[0]) if least else span.oldest
    if claimed < floor:
        yield f"since says {claimed}, but {why} needs {floor}"
    elif claimed > ceiling and not made.folder.definition.because:
        advice = "correct it, or say under because what else it needs"
        yield f"since says {claimed}, but object and subjects need no more than {ceiling}: {advice}"
    elif claimed <= ceiling and made.folder.definition.because:
        yield f"because explains nothing: object and subjects need {ceiling}"


def _needs(made: Made, known: Knowledge) -> list[Need]:
    found = parse_object(made.object or b"", made.folder.kernel_side)
    return find_needs(read_subject(found, known), known)
