"""What `bpfref requires` knows, small enough for a browser: the table that `assets/requires.js` reads.

Each thing that an object may need has a row: an answer for every release. Rows are made by
`bpfref.requires` itself, so that a page and the command cannot differ in what they know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from bpfref.catalogue import Catalogue
from bpfref.formats.bpf_object.functions import TEXT
from bpfref.model.btf import Hook
from bpfref.model.entry import Kind
from bpfref.model.feature import Feature
from bpfref.model.libbpf import STRICT, SectionRule
from bpfref.model.version import Version
from bpfref.requires import spans
from bpfref.requires.facts import Knowledge
from bpfref.requires.maps import flag_names
from bpfref.requires.model import Program
from bpfref.requires.needs import FRAGS_FLAG
from bpfref.requires.span import Answer, Span, Verdict
from bpfref.requires.words import ANY_SIZE, FIXED, REFUSALS, TESTED

_LETTERS = {Verdict.YES: "y", Verdict.UNKNOWN: "u", Verdict.NO: "n"}
_STRUCT_OPS = "BPF_PROG_TYPE_STRUCT_OPS"
_BLANK = "{name}"  # what `assets/requires.js` puts a name for
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def table(facts: Catalogue) -> dict[str, Any]:
    """The table as JSON."""
    known = Knowledge(facts)
    rows = _Rows(known.releases)
    found = {
        "releases": " ".join(map(str, known.releases)),
        "rules": [_rule(rule) for rule in known.facts.libbpf_sections.sections],
        "gone": [_rule(rule) for rule in known.facts.libbpf_sections.gone],
        "strict": STRICT,
        "text": TEXT,
        **_lists(known),
        **_things(known, rows),
        **_calls(known, rows),
        "fixed": {key: _answer(answer) for key, answer in FIXED.items()},
        "tested": TESTED,
        "refusals": REFUSALS,
        "anySize": ANY_SIZE,
    }
    return found | rows.written()


@dataclass
class _Rows:
    """Rows, answers and texts, each once and by number; the numbers are those of their first use."""

    releases: Sequence[Version]
    texts: dict[str, int] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    known: dict[tuple[object, ...], int] = field(default_factory=dict)

    def number(self, span: Span, blanks: Mapping[str, str] | None = None) -> int:
        """The row of a span; where its texts have a key of `blanks`, the value is written."""
        dates = tuple(each and (each.since, each.until, each.is_claim) for each in (span.floor, span.claim, span.soft))
        key = (dates, tuple(span.lab.items()), span.fixed, span.unless, str(blanks))
        if key not in self.known:
            found = [self._answer(span.on(release), blanks or {}) for release in self.releases]
            row = _packed(found)
            self.known[key] = self.rows.setdefault(row, len(self.rows))
        return self.known[key]

    def _answer(self, answer: Answer, blanks: Mapping[str, str]) -> int:
        why = answer.why
        for text, blank in blanks.items():
            why = why.replace(text, blank)
        number = self.texts.setdefault(why, len(self.texts))
        return self.answers.setdefault(f"{_marks(answer)}{base36(number)}", len(self.answers))

    def written(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {"texts": list(self.texts), "answers": " ".join(self.answers), "rows": "\n".join(self.rows)}


def base36(number: int) -> str:
    """A number as JavaScript's `parseInt(text, 36)` reads it."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def _marks(answer: Answer) -> str:
    return f"{_LETTERS[answer.verdict]}{'C' if answer.claimed else ''}{'H' if answer.condition else ''}_"


def _answer(answer: Answer) -> str:
    return f"{_marks(answer)}{answer.why}"


def _rule(rule: SectionRule) -> list[str]:
    return [rule.pattern, rule.program, rule.attach or "", " ".join(rule.flags), rule.since or "", rule.until or ""]


def _lists(known: Knowledge) -> dict[str, Any]:
    """What is looked up by name and has no row of its own."""
    authored = known.facts.features
    order = sorted({r.since for r in known.facts.libbpf_sections.sections if r.since}, key=Version.parse)
    early = [since for since in order if Version.parse(since) < Version.parse(STRICT)]
    return {
        "libbpf": " ".join(order),
        "early": len(early),
        "licences": list(authored.licences),
        "attachOptional": " ".join(authored.attach_optional),
        "given": " ".join(authored.given),
        "gplHelpers": " ".join(sorted(known.gpl_helpers)),
        "gplPrograms": " ".join(sorted(known.gpl_programs)),
        "flagNames": {str(bit): name for bit, name in flag_names(known).items()},
        "shapes": [
            {"types": shape.types, "key": shape.key, "value": shape.value, "entries": shape.entries}
            for shape in authored.map_shapes
        ],
        "mapTypes": {str(e.value): e.name for e in known.facts.of_kind(Kind.MAP_TYPE)},
        "helpers": {str(e.value): e.name for e in known.facts.of_kind(Kind.HELPER)},
    }


def _things(known: Knowledge, rows: _Rows) -> dict[str, Any]:
    """Rows of what does not hang on a program: types, flags, fields, features, hooks, structs of operations."""
    rules = _rules(known)
    programs = sorted({rule.program for rule in rules})
    attaches = sorted({rule.attach for rule in rules if rule.attach})
    maps = {e.name: known.named("map-type", e.name) for e in known.facts.of_kind(Kind.MAP_TYPE)}
    frags = known.facts.since(FRAGS_FLAG)
    btf = known.facts.btf
    hooks = {
        hook.name: [_hook(hook, known, rows, sleepable=sleepable) for sleepable in (False, True)]
        for hook in btf.hooks.hooks
    }
    targets = {t.name: spans.iterator_span(t.name, known) for t in btf.iterators.targets}
    return {
        "programs": {name: rows.number(known.program_type(name)) for name in programs},
        "attaches": {name: rows.number(known.named("attach-type", name)) for name in attaches},
        "maps": {name: rows.number(span) for name, span in maps.items()},
        "flags": {flag: _packed(_flag_rows(flag, maps, known, rows)) for flag in flag_names(known).values()},
        "frags": rows.number(Span(frags, frags)),
        "hooks": hooks,
        "noHook": rows.number(spans.hook_span(_BLANK, known, sleepable=False)),
        "iterators": {
            name: rows.number(span, {f"iterator {name}": "iterator {name}"}) for name, span in targets.items()
        },
        "noIterator": rows.number(spans.iterator_span(_BLANK, known)),
        "fields": _fields(known, list(maps), rows),
        "features": {name: _feature(feature, known, rows) for name, feature in known.facts.features.features.items()},
        "kptr": rows.number(Span(soft=known.facts.since(known.facts.features.features["kptr"].like or ""))),
        "structOps": {
            name: {
                "row": rows.number(spans.struct_ops_span(name, None, known)),
                "none": rows.number(spans.struct_ops_span(name, "", known)),
                "members": {m.name: rows.number(spans.struct_ops_span(name, m.name, known)) for m in kind.members},
            }
            for name, kind in btf.types.items()
        },
    }


def _rules(known: Knowledge) -> list[SectionRule]:
    table = known.facts.libbpf_sections
    return [*table.sections, *table.gone]


def _hook(hook: Hook, known: Knowledge, rows: _Rows, *, sleepable: bool) -> int:
    span = spans.hook_span(hook.name, known, sleepable=sleepable)
    blanks = {
        f"LSM hook {hook.name}": "LSM hook {name}",
        f"programs at {hook.function} ": "programs at bpf_lsm_{name} ",
    }
    return rows.number(span, blanks)


def _flag_rows(flag: str, maps: Iterable[str], known: Knowledge, rows: _Rows) -> list[int]:
    return [rows.number(spans.flag_span(flag, name, known), {f"{name} does": "{name} does"}) for name in maps]


def _fields(known: Knowledge, maps: Sequence[str], rows: _Rows) -> dict[str, str]:
    """For each special field its rows by map type; a dash where nothing is known of it."""
    found = {}
    of_types = {each.struct for each in known.facts.features.value_structs.values()}
    for name in sorted(known.special_fields | of_types):
        those = [spans.field_span(name, each, known) for each in maps]
        blanks = [{f"no {each} may": "no {name} may"} for each in maps]
        if any(those):
            found[name] = _packed(rows.number(s, b) if s else None for s, b in zip(those, blanks, strict=True))
    return found


def _feature(feature: Feature, known: Knowledge, rows: _Rows) -> dict[str, Any]:
    found: dict[str, Any] = {"title": feature.title, "row": rows.number(spans.feature_span(feature, known))}
    if feature.level:
        found["level"] = feature.level
    if feature.programs:
        found["programs"] = list(feature.programs)
    return found | ({"gpl": True} if feature.gpl else {})


def _calls(known: Knowledge, rows: _Rows) -> dict[str, Any]:
    """Rows of what hangs on the way that a program is loaded; helpers and kfuncs as numbers of `vectors`.

    A vector has a row for each of `ways`, in runs; a way is program type, attach type, whether it may
    sleep, and its struct of operations.
    """
    ways: dict[str, Program] = {}
    for rule in _rules(known):
        for struct_ops in (None, *(known.facts.btf.types if rule.program == _STRUCT_OPS else ())):
            program = spans.some_program(rule, struct_ops)
            ways.setdefault(_way(program), program)
    programs = list(ways.values())
    vectors: dict[str, int] = {}

    def packed(found: Iterable[Span | None]) -> int:
        return vectors.setdefault(_packed(None if span is None else rows.number(span) for span in found), len(vectors))

    helpers = {
        e.name: packed([spans.helper_span(e.name, p, known) for p in programs])
        for e in known.facts.of_kind(Kind.HELPER)
    }
    kfuncs = {name: packed([spans.kfunc_span(name, p, known) for p in programs]) for name in known.facts.kfuncs}
    return {
        "ways": "\n".join(ways),
        "sleepable": packed([known.loads(p) if p.sleepable else None for p in programs]),
        "attachLoad": packed([_looked(p, known) for p in programs]),
        "fieldUse": {
            name: packed([spans.field_use_span(name, p, known) for p in programs])
            for name in sorted(known.special_fields)
        },
        "helperCalls": _pairs(helpers),
        "kfuncCalls": _pairs(kfuncs),
        "vectors": "\n".join(vectors),
    }


def _looked(program: Program, known: Knowledge) -> Span | None:
    """The attach type, for kernels that check it when a program is loaded; None where none does."""
    return spans.checked_attach_span(program, known) if program.attach else None


def _way(program: Program) -> str:
    return " ".join(
        (program.type or "", program.attach or "-", "s" if program.sleepable else "-", program.struct_ops or "-")
    )


def _pairs(found: Mapping[str, int]) -> str:
    return " ".join(f"{name} {number}" for name, number in found.items())


def _packed(found: Iterable[int | None]) -> str:
    """Numbers in runs; a dash for none."""
    runs = ((number, len(list(same))) for number, same in groupby(found))
    return " ".join(f"{'-' if number is None else base36(number)}.{length}" for number, length in runs)
