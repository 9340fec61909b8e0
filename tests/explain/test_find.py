"""Entries by the lines that people paste: whole, within prose, cut off, misspelt, and what is none."""

from __future__ import annotations

import pytest

from bpfref import catalogue
from bpfref.explain import report
from bpfref.explain.find import Finder, How
from bpfref.formats.verifier_log import parse_log
from bpfref.layout import Layout
from bpfref.model.verifier import FamilyFile, MessagesFile, Place, Source, VerifierEntry, VerifierFacts, Wording


def _entry(title: str, *messages: str, patterns: tuple[str, ...] = ()) -> VerifierEntry:
    return VerifierEntry(title, f"{title}: what is wrong.", f"{title}: what repairs it.", messages, patterns)


def _wording(*, partial: bool = False) -> Wording:
    return Wording(("v6.1", "v7.3"), (Place("kernel/bpf/verifier.c", "check"),), ("verbose",), partial=partial)


UNBOUNDED = "R%d unbounded memory access, make sure to bounds check any such access"
PACKET = "invalid access to packet, off=%d size=%d, R%d(id=%d,off=%d,r=%d)"
MEMORY = "R%d invalid mem access '%s'"
FUNC = "invalid func %s#%d"
TYPE = "R%d type=%s expected="
STACK = "combined stack size of %d calls is %d. Too large"
DEEP = "the call stack of %d frames is too deep"
LONELY = "R%d is a message that nobody described"
FACTS = VerifierFacts(
    MessagesFile(
        (Source("v6.1", "linux-source-6.1", "6.1.1-1"),),
        {text: _wording(partial=text == TYPE) for text in (UNBOUNDED, PACKET, MEMORY, FUNC, TYPE, STACK, DEEP, LONELY)},
    ),
    {
        "all": FamilyFile(
            "All",
            {
                "unbounded": _entry("unbounded", UNBOUNDED + "\n"),
                "packet": _entry("packet", PACKET),
                "or-null": _entry("or-null", patterns=(r"R\d+ invalid mem access '\w*or_null'",)),
                "memory": _entry("memory", MEMORY),
                "unknown-helper": _entry("unknown-helper", FUNC),
                "poisoned": _entry("poisoned", patterns=(r".*unknown#195896080",)),
                "argument": _entry("argument", TYPE),
                "stack": _entry("stack", STACK),
                "deep": _entry("deep", DEEP),
                "circle": _entry("circle", patterns=(r"the call stack of \d+ frames is too deep",)),
                "eperm": _entry("eperm", patterns=(r".*Operation not permitted.*",)),
                "enotsupp": _entry("enotsupp", patterns=(r".*: -ENOTSUPP",)),
                "e2big": _entry("e2big", patterns=(r".*Argument list too long.*",)),
            },
        )
    },
)
FINDER = Finder(FACTS)


def catalogue_of(**patterns: str) -> VerifierFacts:
    """Entries of one pattern each."""
    entries = {slug: _entry(slug, patterns=(pattern,)) for slug, pattern in patterns.items()}
    return VerifierFacts(FACTS.file, {"all": FamilyFile("All", entries)})


FOUND = {
    "a line alone": ("R2 unbounded memory access, make sure to bounds check any such access", "unbounded", How.WHOLE),
    "a line that goes on": ("R1 type=scalar expected=fp, pkt, map_value", "argument", How.WHOLE),
    "a pattern before a message": ("R1 invalid mem access 'map_value_or_null'", "or-null", How.PATTERN),
    "a message before a pattern that says no more": ("the call stack of 9 frames is too deep", "deep", How.WHOLE),
    "the message beside it": ("R1 invalid mem access 'scalar'", "memory", How.WHOLE),
    "a poisoned call": ("7: (85) call unknown#195896080\ninvalid func unknown#195896080", "poisoned", How.PATTERN),
    "a helper that is missing": ("7: (85) call unknown#200\ninvalid func unknown#200", "unknown-helper", How.WHOLE),
    "prose around it": ("I get combined stack size of 2 calls is 600. Too large, why?", "stack", How.INSIDE),
    "cut off": ("R2 unbounded memory access, make sure to bou", "unbounded", How.CUT),
    "misspelt": ("R2 unbound memory access, make sure to bound check any such access", "unbounded", How.ALIKE),
    "one line of Go": (
        (
            "field X: program x: load program: permission denied: 9: (69) r5 = *(u16 *)(r1 +36): "
            "R1 invalid mem access 'map_value_or_null' (4703 line(s) omitted)"
        ),
        "or-null",
        How.PATTERN,
    ),
    "no more than an errno": ("Error: the BPF_PROG_LOAD syscall failed: (os error 7)", "e2big", How.ERRNO),
    "words of an errno in Go": (
        "load program: argument list too long: 7: safe: 9: safe (8 line(s) omitted)",
        "e2big",
        How.PATTERN,
    ),
    "a loader's words": (
        "libbpf: Error in bpf_object__probe_loading():Operation not permitted(1).",
        "eperm",
        How.PATTERN,
    ),
    "an errno and a complaint": (
        (
            "libbpf: prog 'x': BPF program load failed: Operation not permitted\n"
            "libbpf: prog 'x': -- BEGIN PROG LOAD LOG --\nR1 invalid mem access 'scalar'\n-- END PROG LOAD LOG --\n"
        ),
        "memory",
        How.WHOLE,
    ),
    "a finding that the verifier went on behind, and the reason in prose": (
        (
            "it says `R3 invalid mem access 'scalar'`\n```\nlibbpf: prog 'x': -- BEGIN PROG LOAD LOG --\n"
            "R1 type=ctx expected=fp\n0: R1=ctx() R10=fp0\n0: (b7) r1 = 0\n"
        ),
        "memory",
        How.INSIDE,
    ),
    "a log in one line": (
        "func#0 @0 0: R1=ctx() R10=fp0 ; int f(a b) 0: (bf) r6 = r1 1: (85) call unknown#200 invalid func unknown#200",
        "unknown-helper",
        How.WHOLE,
    ),
    "logrus before it": ("ERRO[0045] R1 invalid mem access 'scalar'", "memory", How.WHOLE),
    "an errno without a name": (
        "bpf: Failed to load program: Unknown error 524\n0: (b7) r0 = 0\n1: (95) exit\n\nfrom 0 to 1: safe\n",
        "enotsupp",
        How.ERRNO,
    ),
    "a finding before the reason": (
        "R1 type=ctx expected=fp\n0: (b7) r1 = 0\nR1 type=ctx expected=fp\nR1 invalid mem access 'scalar'\n",
        "memory",
        How.WHOLE,
    ),
}
NOT_FOUND = [
    "",
    "Hello, how do I install clang?",
    "libbpf: Error loading .BTF into kernel: -7. BTF is optional, ignoring.",
    "0: (b7) r0 = 0\n1: (95) exit\nprocessed 2 insns (limit 1000000) max_states_per_insn 0\n",
    "0: (b7) r0 = 0\nthe cat is asleep on the verifier\n",
]


@pytest.mark.parametrize("case", FOUND)
def test_an_entry_is_found(case: str) -> None:
    text, slug, how = FOUND[case]
    found = FINDER.find(parse_log(text))
    assert found
    assert (found.slug, found.how) == (slug, how)


# libbpf refuses these itself: no kernel was asked, and its errno says nothing of a program.
REASONS = {
    "libbpf: extern (var ksym) 'a': not found in kernel BTF\nlibbpf: failed to load BPF skeleton 'b': -EPERM\n": (
        "libbpf: extern (var ksym) 'a': not found in kernel BTF"
    ),
    "libbpf: extern 'a' (strong): not resolved\nlibbpf: failed to load object 'b'\nError: No such process": (
        "libbpf: extern 'a' (strong): not resolved"
    ),
}


@pytest.mark.parametrize("text", REASONS)
def test_what_libbpf_itself_found_wrong_is_no_errno_of_the_kernel(text: str) -> None:
    log = parse_log(text)
    found = FINDER.find(log)
    assert found
    assert (found.slug, found.line) == ("", REASONS[text])
    assert report.explain(log, FINDER, FACTS).series == ()


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_is_no_complaint_of_an_entry_finds_none(text: str) -> None:
    assert FINDER.find(parse_log(text)) is None


def test_a_message_of_the_kernel_without_entry_is_told_as_such() -> None:
    found = FINDER.find(parse_log("3: (95) exit\nR4 is a message that nobody described\n"))
    assert found
    assert (found.slug, found.format) == ("", LONELY)


def test_the_first_line_of_a_complaint_tells_also_where_prose_follows() -> None:
    lines = "R1 invalid mem access 'scalar'\nR2 unbounded memory access, make sure to bounds check any such access"
    found = FINDER.find(parse_log(f"3: (71) r1 = *(u8 *)(r1 +0)\n{lines}\n\nI tracked this down.\n"))
    assert found
    assert found.slug == "memory"


def test_a_map_that_cannot_be_made_is_no_refused_program() -> None:
    line = "libbpf: map 'a': failed to create: Operation not permitted(-1)"
    found = Finder(catalogue_of(eperm=r"libbpf: prog '.+': BPF program load failed: Operation not permitted")).find(
        parse_log(line)
    )
    assert found
    assert (found.slug, found.line) == ("", line)


def test_the_nearest_entries_are_those_that_are_worded_alike() -> None:
    assert FINDER.nearest("invalid access to pocket, off=1 size=2")[0][0] == "packet"


def test_the_logs_of_refused_examples_find_the_entries_that_show_them(layout: Layout) -> None:
    """On every series; a log that is not kept yet is not asked for, nor one that another entry of its own shows too."""
    facts = catalogue.read_verifier(layout)
    finder = Finder(facts)
    shown = {example: slug for slug, entry in facts.entries.items() for example in entry.rejected}
    logs = sorted((layout.root / "data/verified/logs").glob("*/*.txt"))
    asked = {path: finder.find(parse_log(path.read_text())) for path in logs if path.stem in shown}
    wrong = {str(path): found for path, found in asked.items() if not found or found.slug != shown[path.stem]}
    assert len(wrong) <= len(asked) / 20, wrong


def test_the_complaints_of_public_threads_find_their_entries(layout: Layout) -> None:
    """Those that have one: at least nine of ten, as for whole logs."""
    from bpfref import store
    from bpfref.model.explain import ExplainCasesFile

    facts = catalogue.read_verifier(layout)
    cases = store.read(layout.authored / catalogue.EXPLAIN_CASES, ExplainCasesFile).cases
    asked = [case for case in cases if case.entry in facts.entries]
    if not asked:
        pytest.skip("no entry is written yet")
    finder = Finder(facts)
    wrong = [case for case in asked if (found := finder.find(parse_log(case.line))) is None or found.slug != case.entry]
    assert len(wrong) <= len(asked) / 10, wrong
