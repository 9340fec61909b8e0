"""The table of block names and what renders each; asks `facts`, answers in Markdown."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bpfref.errors import MarkerError
from bpfref.generate.facts import Facts, subject_of
from bpfref.generate.render import (
    btf,
    coverage,
    evidence,
    examples,
    growth,
    heat,
    helpers,
    kfuncs,
    labkernels,
    labmaps,
    labprograms,
    libbpf_api,
    libbpf_examples,
    loader,
    overview,
    timeline,
    uapi,
    verdicts,
    verifier,
)
from bpfref.generate.render.libbpf import libbpf_tag, section_names
from bpfref.generate.render.text import frame, since_tag
from bpfref.lab import HELPERS, KFUNCS
from bpfref.markers import Block
from bpfref.model.btf import StructOps
from bpfref.model.entry import Entry, Kind
from bpfref.model.example import ExampleFolder
from bpfref.model.version import Version


@dataclass(frozen=True)
class Request:
    """A block to be rendered: `subject` is its argument or the page's stem."""

    facts: Facts
    block: Block
    page: str
    file: Path
    subject: str

    def unknown(self, what: str, known: list[str]) -> MarkerError:
        """The error for a subject that does not exist."""
        advice = f"did you mean {' or '.join(known)}?" if known else "correct the name"
        return MarkerError(
            f"[{self.block.name}] {self.subject!r} is no {what}: {advice}",
            self.file,
            self.block.line,
        )

    def entry(self, *kinds: Kind) -> Entry:
        """The subject as an entry of one of the kinds."""
        found = self.facts.catalogue.find(self.subject, self.page)
        if found is None or (kinds and found.kind not in kinds):
            what = " or ".join(kind.label for kind in kinds) or "known name"
            raise self.unknown(what, self.facts.catalogue.nearest(self.subject, 2))
        return found


# What the community's pages hold and this table cannot answer: its body is left as it is.
LEFT_ALONE = {
    "MTU_TABLE": "needs the kernel's drivers",
}


def render(facts: Facts, block: Block, page: str, file: Path) -> str | None:
    """The new body of a block; None for a body that is to stay. MarkerError for unknown names."""
    if block.name in LEFT_ALONE:
        return None
    renderer = _RENDERERS.get(block.name)
    if renderer is None:
        known = ", ".join(sorted(_RENDERERS))
        raise MarkerError(f"[{block.name}] is no block that bpfref knows: use one of {known}", file, block.line)
    return renderer(Request(facts, block, page, file, subject_of(page, block.argument)))


def _feature_tag(request: Request) -> str:
    since = request.facts.catalogue.since(request.subject)
    if since is None and request.subject not in request.facts.catalogue.entries:
        raise request.unknown("known feature", request.facts.catalogue.nearest(request.subject, 2))
    return since_tag(since)


def _libbpf_tag(request: Request) -> str:
    offers = request.facts.catalogue.libbpf
    offer = offers.offer(request.subject)
    if offer is None:
        near = difflib.get_close_matches(request.subject, [*offers.functions, *offers.macros], n=2)
        raise request.unknown("function or macro of libbpf", near)
    return libbpf_tag(offers, offer)


def _facts(request: Request) -> str:
    return overview.facts_box(request.facts, request.entry(), request.page)


def _helper_definition(request: Request) -> str:
    entry = request.entry(Kind.HELPER)
    return helpers.definition(request.facts, request.facts.catalogue.helpers[entry.name])


def _of(kind: Kind, render: Callable[[Facts, str, str], str]) -> Callable[[Request], str]:
    return lambda request: render(request.facts, request.entry(kind).name, request.page)


def _kernel_text(request: Request) -> str:
    request.entry(Kind.HELPER)
    return ""


def _constant_table(request: Request) -> str:
    catalogue = request.facts.catalogue
    found = next((s for s in catalogue.sections.sections if s.slug == request.subject), None)
    if found:
        members = [m for lead in found.leads for m in catalogue.groups[lead].members]
        return uapi.constants(request.facts, members)
    if request.subject not in catalogue.groups:
        known = [s.slug for s in catalogue.sections.sections][:3]
        raise request.unknown("section of constants, enum or first constant of a group", known)
    return uapi.constants(request.facts, catalogue.groups[request.subject].members)


def _constant_sections(request: Request) -> str:
    return "\n\n".join(uapi.section(request.facts, s) for s in request.facts.catalogue.sections.sections)


def _attributes(request: Request) -> str:
    entry = request.entry(Kind.COMMAND)
    found = request.facts.catalogue.attributes(entry.name)
    if found is None:
        return "The kernel's header does not say which members of `union bpf_attr` this command reads."
    return uapi.attributes(request.facts, entry.name, found)


def _struct(request: Request) -> str:
    structs = request.facts.catalogue.structs
    if request.subject not in structs:  # a helper may have the name as well: bpf_fib_lookup
        near = difflib.get_close_matches(request.subject, structs, n=2)
        raise request.unknown("UAPI struct or program context", near)
    return uapi.struct(request.facts, structs[request.subject])


def _structs(request: Request) -> str:
    facts = request.facts
    return "\n\n".join(
        f"## {e.name} {{ #{e.name} }}\n\n{uapi.struct(facts, facts.catalogue.structs[e.name])}"
        for e in sorted(facts.catalogue.of_kind(Kind.STRUCT), key=lambda e: e.name)
    )


def _release(request: Request) -> str:
    return timeline.release(request.facts, _version(request, request.subject), request.page)


def _between(request: Request) -> str:
    older, _, newer = request.subject.partition(" ")
    versions = (_version(request, older), _version(request, newer))
    return timeline.between(request.facts, *versions, request.page)


def _version(request: Request, text: str) -> Version:
    try:
        return Version.parse(text)
    except ValueError as error:
        message = f"[{request.block.name}] {error}: name a release"
        raise MarkerError(message, request.file, request.block.line) from error


def _struct_ops(request: Request) -> StructOps:
    return request.facts.catalogue.btf.types[request.entry(Kind.STRUCT_OPS).name]


def _kernel_context(request: Request) -> str:
    """The context of a program type whose struct is not in `linux/bpf.h`."""
    catalogue = request.facts.catalogue
    context = catalogue.contexts.contexts.get(request.entry(Kind.PROGRAM_TYPE).name)
    found = next((c for c in catalogue.btf.structs.contexts if context and c.type == context.type), None)
    if found is None:
        raise request.unknown("program type with a context of the kernel's own", [])
    return btf.kernel_struct(request.facts, found)


def _asked(request: Request) -> str:
    """The series of the argument, else the newest that was asked."""
    series = request.facts.lab.series
    chosen = request.block.argument or (series[-1] if series else "")
    if series and chosen not in series:
        message = f"[{request.block.name}] {chosen!r} was not asked: use one of {', '.join(series)}"
        raise MarkerError(message, request.file, request.block.line)
    return chosen


def _loader(request: Request) -> str:
    if request.subject not in loader.subjects():
        raise request.unknown("part of the loader", loader.subjects())
    return loader.api(request.subject)


def _example(request: Request) -> str:
    """`name`, `name#region`, `name/file` or `name/file#region`, or several of an example with blanks between."""
    words = request.subject.split()
    name = re.split("[/#]", words[0])[0]
    folder = _example_folder(request, name)
    parts = [_example_part(replace(request, subject=word), folder) for word in words]
    return examples.example(folder, parts, request.facts.catalogue.verified, request.page)


def _example_part(request: Request, folder: ExampleFolder) -> examples.Part:
    place, _, region = request.subject.partition("#")
    name, _, file = place.partition("/")
    file = file or folder.kernel_side
    text = examples.find_code(folder, file, region) if name == folder.name else None
    if text is None:
        raise request.unknown("part of an example", examples.find_regions(folder))
    return examples.Part(file, text)


def _example_output(request: Request) -> str:
    return examples.output(_example_folder(request, request.subject), request.facts.catalogue.verified)


def _example_folder(request: Request, name: str) -> ExampleFolder:
    there = request.facts.catalogue.examples
    if name not in there:
        raise request.unknown("folder of docs/examples", difflib.get_close_matches(name, there, n=2))
    return there[name]


def _verifier_messages(request: Request) -> str:
    there = request.facts.catalogue.verifier.entries
    if request.subject not in there:
        raise request.unknown("entry of data/authored/verifier", difflib.get_close_matches(request.subject, there, n=2))
    return verifier.messages(request.facts, request.subject)


def _verifier_log(request: Request) -> str:
    """`example@series`."""
    _, series, text = _kept_log(request)
    return verifier.log(text, series)


def _explain(request: Request) -> str:
    """`example@series`: what `bpfref explain` says of its log."""
    name, _, text = _kept_log(request)
    return verifier.explanation(request.facts, name, text)


def _kept_log(request: Request) -> tuple[str, str, str]:
    """Example, series and log."""
    name, _, series = request.subject.partition("@")
    _example_folder(request, name)
    _version(request, series)
    text = request.facts.catalogue.logs.find(name, series)
    if text is None:
        message = f"[{request.block.name}] no log of {name} on {series} is kept: bpfref verify {name} -k {series}"
        raise MarkerError(message, request.file, request.block.line)
    return name, series, text


def _kind_index(kind: Kind) -> Callable[[Request], str]:
    return lambda request: overview.index(request.facts, kind, request.page)


def _library(render: Callable[[Facts, Entry, str], str]) -> Callable[[Request], str]:
    return lambda request: render(request.facts, request.entry(Kind.LIBBPF_FUNCTION, Kind.LIBBPF_MACRO), request.page)


_RENDERERS: dict[str, Callable[[Request], str]] = {
    "FEATURE_TAG": _feature_tag,
    "LIBBPF_TAG": _libbpf_tag,
    "FACTS": _facts,
    "HELPER_FUNC_DEF": _helper_definition,
    "KERNEL_TEXT": _kernel_text,
    "EVIDENCE": lambda request: evidence.evidence(request.facts, request.page),
    "KFUNC_STATUS": _of(Kind.KFUNC, kfuncs.status),
    "KFUNC_DEF": _of(Kind.KFUNC, lambda f, name, _: kfuncs.definition(f, name)),
    "KFUNC_FLAGS": _of(Kind.KFUNC, kfuncs.flags),
    "KFUNC_PROG_REF": _of(Kind.KFUNC, kfuncs.programs),
    "PROG_KFUNC_REF": _of(Kind.PROGRAM_TYPE, lambda f, t, page: labprograms.calls(f, KFUNCS, t, page)),
    "HELPER_FUNC_PROG_REF": _of(Kind.HELPER, lambda f, name, page: verdicts.programs(f, HELPERS, name, page)),
    "HELPER_FUNC_MAP_REF": _of(Kind.HELPER, labmaps.maps_of),
    "PROG_HELPER_FUNC_REF": _of(Kind.PROGRAM_TYPE, lambda f, t, page: labprograms.calls(f, HELPERS, t, page)),
    "PROG_LOAD_REF": _of(Kind.PROGRAM_TYPE, lambda f, name, _: labprograms.loading(f, name)),
    "MAP_HELPER_FUNC_REF": _of(Kind.MAP_TYPE, labmaps.helpers_of),
    "LAB_KERNELS": lambda request: labkernels.kernels(request.facts),
    "MAP_OPERATIONS": _of(Kind.MAP_TYPE, labmaps.operations),
    "KFUNC_INDEX": lambda request: kfuncs.index(request.facts, request.page),
    "KFUNC_FLAG_TABLE": lambda request: kfuncs.flag_table(request.facts),
    "KFUNC_SUFFIX_TABLE": lambda request: kfuncs.suffix_table(request.facts),
    "CONSTANT_TABLE": _constant_table,
    "CONSTANT_SECTIONS": _constant_sections,
    "ATTRIBUTE_TABLE": _attributes,
    "STRUCT_TABLE": _struct,
    "STRUCT_SECTIONS": _structs,
    "HELPER_INDEX": lambda request: helpers.index(request.facts, request.page),
    "PROGRAM_TYPE_INDEX": _kind_index(Kind.PROGRAM_TYPE),
    "MAP_TYPE_INDEX": _kind_index(Kind.MAP_TYPE),
    "COMMAND_INDEX": _kind_index(Kind.COMMAND),
    "CONTEXT_INDEX": _kind_index(Kind.CONTEXT),
    "STRUCT_OPS_INDEX": lambda request: btf.struct_ops_index(request.facts, request.page),
    "STRUCT_OPS_FACTS": lambda request: btf.struct_ops_facts(request.facts, _struct_ops(request)),
    "STRUCT_OPS_MEMBERS": lambda request: btf.struct_ops_members(request.facts, _struct_ops(request)),
    "ITERATOR_SECTIONS": lambda request: btf.iterators(request.facts),
    "LSM_HOOK_COUNTS": lambda request: btf.hook_counts(request.facts),
    "LSM_HOOK_SECTIONS": lambda request: btf.hooks(request.facts),
    "TRACEPOINT_COUNTS": lambda request: btf.tracepoints(request.facts),
    "KERNEL_CONTEXT": _kernel_context,
    "TIMELINE": lambda request: timeline.overview(request.facts, request.page),
    "RELEASE": _release,
    "BETWEEN": _between,
    "COMPARISONS": lambda request: timeline.comparisons(request.facts, request.page),
    "GROWTH_TABLE": lambda request: frame(timeline.growth_table(request.facts), "Figures by release", markdown=True),
    "GROWTH_CHART": lambda request: growth.chart(request.facts),
    "HEAT_MAP": lambda request: heat.picture(request.facts, _asked(request)),
    "HEAT_LISTS": lambda request: heat.lists(request.facts, _asked(request), request.page),
    "LOADER_API": _loader,
    "EXAMPLE": _example,
    "EXAMPLE_OUTPUT": _example_output,
    "VERIFIER_MESSAGES": _verifier_messages,
    "VERIFIER_LOG": _verifier_log,
    "EXPLAIN": _explain,
    "VERIFIER_INDEX": lambda request: verifier.index(request.facts, request.page),
    "VERIFIER_MESSAGE_INDEX": lambda request: verifier.message_index(request.facts, request.page),
    "VERIFIER_COVERAGE": lambda request: verifier.coverage(request.facts),
    "CONCEPT_INDEX": lambda request: overview.concept_index(request.facts, request.page),
    "LIBBPF_DEF": _library(lambda facts, entry, _: libbpf_api.definition(facts, entry)),
    "LIBBPF_EXAMPLES": _library(libbpf_examples.examples),
    "LIBBPF_FAMILIES": lambda request: libbpf_api.families(request.facts, request.page),
    "LIBBPF_FUNCTION_INDEX": lambda request: libbpf_api.index(request.facts, Kind.LIBBPF_FUNCTION, request.page),
    "LIBBPF_MACRO_INDEX": lambda request: libbpf_api.index(request.facts, Kind.LIBBPF_MACRO, request.page),
    "LIBBPF_GONE": lambda request: libbpf_api.gone(request.facts),
    "SECTION_NAMES": lambda request: section_names(request.facts, request.page),
    "COUNTS": lambda request: overview.counts(request.facts, request.page),
    "WHATS_NEW": lambda request: overview.whats_new(request.facts, request.page),
    "OPEN_QUESTIONS": lambda request: overview.open_questions(request.facts, request.page),
    "CLAIMED": lambda request: coverage.claimed(request.facts, request.page),
    "FRESHNESS": lambda request: coverage.freshness(request.facts),
    "COVERAGE": lambda request: coverage.coverage(request.facts),
}
