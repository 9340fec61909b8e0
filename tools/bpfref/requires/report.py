"""The verdict on an object in words, and as data for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bpfref.formats.bpf_object.elf import printable
from bpfref.model.version import Version
from bpfref.requires.judge import Judgement, Range, judge, of_stage, survey
from bpfref.requires.libbpf import Loader
from bpfref.requires.model import Need, Stage, Subject
from bpfref.requires.span import Answer, Verdict

_MANY = 5  # reasons that are spelled out; a machine gets all
_WIDTH = 12


@dataclass(frozen=True)
class Findings:
    """All that is found out about one object.

    `level` is the least `-mcpu` of clang that emits it; `release` the one that was asked for, if any, and
    `looked` says whose BTF was looked into.
    """

    file: str
    subject: Subject
    needs: Sequence[Need]
    loader: Loader
    level: str
    releases: Sequence[Version]
    release: Version | None = None
    looked: str | None = None

    def survey(self, stage: Stage) -> Range:
        """The range of releases for loading, or for attaching too."""
        return survey(of_stage(self.needs, stage), self.releases)

    def judge(self, stage: Stage) -> Judgement:
        """The release that was asked for. ValueError when none was."""
        if self.release is None:
            raise ValueError("no release was asked for")
        return judge(of_stage(self.needs, stage), self.release)


def lines(found: Findings, *, every: bool = False) -> Iterator[str]:
    """The report for people; `every` adds each need."""
    parts = [_on(found) if found.release else _range(found), _loader(found), _about(found)]
    for part in (*parts, _needs(found) if every else ()):
        yield from map(printable, part)


def _on(found: Findings) -> Iterator[str]:
    load, attach = found.judge(Stage.LOAD), found.judge(Stage.ATTACH)
    word = attach.verdict.word
    tail = ""
    if load.verdict is Verdict.YES and attach.verdict is Verdict.NO:
        tail = ": it loads and cannot be attached"
    elif load.verdict is Verdict.YES and load.claimed:
        tail = ", by published facts (the lab has no kernel of that release that was asked all)"
    yield f"{found.file} on {found.release}: {word}{tail}{_but(found)}"
    worst = attach if attach.verdict is not load.verdict else load
    yield from _reasons("because" if worst.verdict is Verdict.NO else "not known", worst.because)
    if found.looked:
        yield _row("looked into", found.looked)


def _but(found: Findings) -> str:
    return ", but libbpf does not load it as it is" if found.loader.refuses else ""


def _range(found: Findings) -> Iterator[str]:
    load, attach = found.survey(Stage.LOAD), found.survey(Stage.ATTACH)
    yield f"{found.file}: {_headline(load, found.releases[-1])}{_but(found)}"
    yield from _reasons("because", load.deciding)
    yield from _reasons("not known", load.unknown)
    yield from _reasons("gone", load.gone_because)
    if attach.oldest != load.oldest:
        where = f"{attach.oldest} and newer" if attach.oldest else "no release that bpfref knows"
        yield _row("attaches on", where)
        only = [pair for pair in attach.deciding if pair[0].stage is Stage.ATTACH]
        yield from _reasons("", only)
    yield from _conditions(load)


def _headline(found: Range, newest: Version) -> str:
    if found.oldest is None:
        if found.unknown:
            return "it is not known which releases load it"
        return f"no release up to {newest} loads it"
    text = f"loads on {found.oldest} and newer"
    if found.gone:
        text = f"loads on {found.oldest} and newer, but not on {found.gone} and newer"
    if found.open:
        first, last = found.open[0], found.open[-1]
        text += f"; not known for {first}" + (f" to {last}" if last != first else "")
    return text + (" (by published facts)" if found.claimed else "")


def _reasons(label: str, pairs: Sequence[tuple[Need, Answer]]) -> Iterator[str]:
    for number, (need, answer) in enumerate(pairs[:_MANY]):
        yield _row(label if not number else "", f"{need.title}: {answer.why}")
        yield from (_row("", f"  {text}") for text in [_where(need)] if text)
    if len(pairs) > _MANY:
        yield _row("", f"and {len(pairs) - _MANY} more: --all shows them")


def _where(need: Need) -> str:
    shown = ", ".join(need.where[:3]) + (f" and {len(need.where) - 3} more" if len(need.where) > 3 else "")  # noqa: PLR2004
    places = ", ".join(need.places[:3])
    return f"{shown} ({places})" if shown and places else shown


def _conditions(found: Range) -> Iterator[str]:
    """What hangs on the very kernel, by kind."""
    kinds: dict[str, list[str]] = {}
    for need, _ in found.conditions:
        kinds.setdefault(need.kind, []).append(need.name)
    for number, (kind, names) in enumerate(kinds.items()):
        more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
        yield _row("if it has" if not number else "", f"{kind}: {', '.join(names[:_MANY])}{more}")


def _loader(found: Findings) -> Iterator[str]:
    loader = found.loader
    if loader.refuses:
        yield from (_row("libbpf" if not n else "", f"refuses: {why}") for n, why in enumerate(loader.refuses[:_MANY]))
    if loader.unreleased:
        yield _row("libbpf", f"no version yet knows section {', '.join(loader.unreleased)}; its repository does")
    elif loader.oldest:
        yield _row("libbpf", f"{loader.oldest} or newer, for section {loader.section}")


def _about(found: Findings) -> Iterator[str]:
    subject = found.subject.object
    sorts = sorted({f"{p.type or 'unknown'}".removeprefix("BPF_PROG_TYPE_") for p in found.subject.programs})
    maps = sum(1 for each in subject.maps.values() if each.type is not None) + len(subject.struct_ops)
    licence = "no licence" if subject.licence is None else f"licence {subject.licence!r}"
    compatible = "" if found.subject.gpl else " (not GPL-compatible)"
    programs = f"{_count(len(subject.programs), 'program')} ({', '.join(sorts)})" if sorts else "no programs"
    yield _row("it is", f"{subject.order}-endian, {programs}, {_count(maps, 'map')}, {licence}{compatible}")
    yield _row("", f"instruction set {found.level}{_types(found)}")


def _types(found: Findings) -> str:
    subject = found.subject.object
    if subject.btf is None:
        return ", no BTF"
    relocations = len(subject.relocations)
    return f", BTF with {_count(relocations, 'CO-RE relocation')}" if relocations else ", BTF"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _needs(found: Findings) -> Iterator[str]:
    yield "  needs:"
    for need, first, why in sorted(_dated(found), key=lambda row: (row[1] or Version(0, 0), row[0].title)):
        later = f"  [{need.stage.value}]" if need.stage is Stage.ATTACH else ""
        yield f"    {(str(first) if first else '?'):8} {need.title}{later}"
        if first is None:
            yield f"    {'':8}   {why}"


def _dated(found: Findings) -> Iterator[tuple[Need, Version | None, str]]:
    for need in found.needs:
        first = next((r for r in found.releases if need.span.on(r).verdict is Verdict.YES), None)
        yield need, first, need.span.on(found.releases[-1]).why


def _row(label: str, text: str) -> str:
    return f"  {label:{_WIDTH}} {text}"


def record(found: Findings) -> dict[str, object]:
    """The findings as data: everything, in stable order."""
    subject = found.subject
    result: dict[str, object] = {
        "file": found.file,
        "order": subject.object.order,
        "licence": subject.object.licence,
        "gpl": subject.gpl,
        "instruction_set": found.level,
        "btf": subject.object.btf is not None,
        "programs": [
            {
                "name": p.name,
                "section": p.function.section,
                "type": p.type,
                "attach": p.attach,
                "sleepable": p.sleepable,
                "instructions": sum(f.slots for f in p.functions),
            }
            for p in subject.programs
        ],
        "maps": [each.name for each in subject.object.maps.values()],
        "functions": {each.name: each.linkage for each in subject.object.subprograms.values()},
        "relocations": [
            {"function": r.function, "instruction": r.slot, "asks": r.spelled, "kind": r.kind}
            for r in subject.object.relocations
        ],
        "needs": [_need(need, first, why) for need, first, why in _dated(found)],
        "load": _range_record(found.survey(Stage.LOAD)),
        "attach": _range_record(found.survey(Stage.ATTACH)),
        "libbpf": {
            "oldest": found.loader.oldest,
            "unreleased": list(found.loader.unreleased),
            "refuses": list(found.loader.refuses),
        },
    }
    if found.release:
        result["on"] = {
            "release": str(found.release),
            "looked_into": found.looked,
            **{stage.value: _judgement(found.judge(stage)) for stage in Stage},
        }
    return result


def _need(need: Need, first: Version | None, why: str) -> dict[str, object]:
    claim = need.span.claim or need.span.soft
    return {
        "kind": need.kind,
        "name": need.name,
        "within": need.within or None,
        "stage": need.stage.value,
        "first": str(first) if first else None,
        "commit": claim.commit if claim else None,
        "why": why if first is None else None,
        "kernels": {str(v): a.verdict.word for v, a in sorted(need.span.lab.items(), key=lambda pair: pair[0])},
        "where": list(need.where),
        "places": list(need.places),
    }


def _range_record(found: Range) -> dict[str, object]:
    return {
        "oldest": str(found.oldest) if found.oldest else None,
        "claimed": found.claimed,
        "not_known": [str(release) for release in found.open],
        "until": str(found.gone) if found.gone else None,
        "because": _pairs(found.deciding),
        "open": _pairs(found.unknown),
        "conditions": _pairs(found.conditions),
    }


def _judgement(found: Judgement) -> dict[str, object]:
    return {"verdict": found.verdict.word, "claimed": found.claimed, "because": _pairs(found.because)}


def _pairs(pairs: Iterable[tuple[Need, Answer]]) -> list[dict[str, object]]:
    return [{"need": need.title, "why": answer.why, "where": list(need.where)} for need, answer in pairs]
