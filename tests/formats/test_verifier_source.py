"""What source prints to the log of the verifier: every form in which kernels write a message."""

from __future__ import annotations

import pytest

from bpfref.formats.ctokens import parse_unit
from bpfref.formats.verifier_source import Found, Reader

LOG = r"""
__printf(2, 0) void bpf_verifier_vlog(struct bpf_verifier_log *log, const char *fmt, va_list args)
{
	put(log, fmt, args);
}
__printf(2, 3) void bpf_log(struct bpf_verifier_log *log, const char *fmt, ...)
{
	va_list args;
	bpf_verifier_vlog(log, fmt, args);
}
"""
HEADER = r"""
#define verifier_bug(env, fmt, args...) \
	({ warn(1, fmt); bpf_log(&env->log, "verifier bug: " fmt "\n", ##args); })
#define verifier_bug_if(cond, env, fmt, args...) \
	({ if (cond) verifier_bug(env, fmt " (" #cond ")", ##args); })
"""
OWN = r"""
#define verbose(env, fmt, args...) bpf_log(&env->log, fmt, ##args)
#define NAME "name"
"""


def read(body: str, before: str = "") -> Found:
    """What a function `check` prints, whose file has `verbose`."""
    function = f"static int check(struct env *env, const char *given, int regno)\n{{\n{body}\n}}\n"
    files = {"kernel/log.c": LOG, "include/log.h": HEADER, "kernel/a.c": OWN + before + function}
    return Reader([parse_unit(text, file) for file, text in files.items()]).read()


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ('verbose(env, "R%d bad\\n", regno);', ["R%d bad\n"]),
        ('verbose(env,\n\t"one "\n\t"two"  /* why */ " three\\n");', ["one two three\n"]),
        ('bpf_log(log, "plain");', ["plain"]),
        ('verbose(env, regno ? "this\\n" : "that\\n");', ["this\n", "that\n"]),
        ('verbose(env, a ? "x" : b ? "y" : "z");', ["x", "y", "z"]),
        ('verbose(env, "my " NAME " is");', ["my name is"]),
        ('if (bad) { verbose(env, "inside"); } else verbose(env, "outside");', ["inside", "outside"]),
        ('const char *err = "one"; if (x) err = "two"; verbose(env, err);', ["one", "two"]),
        ('verifier_bug(env, "lost %d", 1);', ["verifier bug: lost %d\n"]),
        ('verifier_bug_if(a->b == NULL, env, "lost");', ["verifier bug: lost (a->b == NULL)\n"]),
        ('verbose(env, "a, (b) }");', ["a, (b) }"]),
        ('return fail(verbose(env, "nested"));', ["nested"]),
        ("verbose(env, NULL);", []),
        ('other(env, "not printed");', []),
        ('// verbose(env, "commented out");', []),
    ],
)
def test_the_text_of_a_call(body: str, texts: list[str]) -> None:
    found = read(body)
    assert [each.text for each in found.printed if each.function == "check"] == texts
    assert found.unread == []


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ("verbose(env, describe(regno));", "verbose(describe(regno))"),
        ("verbose(env, table[regno], regno);", "verbose(table[regno])"),
        ('verbose(env, regno ? "known" : given);', 'verbose(regno ? "known" : given)'),
        ('verbose(env, "size " PRIx64 "\\n");', 'verbose("size " PRIx64 "\\n")'),
    ],
)
def test_a_text_that_is_no_literal_is_listed(body: str, call: str) -> None:
    (unread,) = read(body).unread
    assert (unread.file, unread.function, unread.call) == ("kernel/a.c", "check", call)


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ('verbose(env, "%s is %s", a ? "this" : "that", given);', {0: ("this", "that")}),
        ('const char *what = x ? "one" : "two"; verbose(env, "%d %s", regno, what);', {1: ("one", "two")}),
        ('verbose(env, "%s", a ? "this" : given);', {}),
        ('verbose(env, "%s", name_of(regno));', {}),
    ],
)
def test_literal_arguments_are_told(body: str, texts: dict[int, tuple[str, ...]]) -> None:
    (printed,) = read(body).printed
    assert printed.texts == texts


def test_an_argument_that_callers_give_is_looked_up_there() -> None:
    callers = 'static int a(void)\n{\n\treturn check(env, "first", 1) + check(env, "second", 2);\n}\n'
    (printed,) = read('verbose(env, "%s here", given);', f"static int check();\n{callers}").printed
    assert printed.texts == {0: ("first", "second")}


def test_who_hands_its_format_on_is_a_printer() -> None:
    helper = """
__printf(2, 3) static void report(struct env *env, const char *fmt, ...)
{
	verbose(env, "lead: ");
	bpf_verifier_vlog(&env->log, fmt, args);
}
#define REPORT(env, ...) report(env, __VA_ARGS__)
"""
    found = read('REPORT(env, "R%d is it\\n", regno); report(env, "so");', helper)
    assert [(each.text, each.function, each.by) for each in found.printed] == [
        ("lead: ", "report", "verbose"),
        ("R%d is it\n", "check", "REPORT"),
        ("so", "check", "report"),
    ]


@pytest.mark.parametrize(
    ("text", "internal"),
    [
        ("verifier internal error: x", True),
        ("BUG regs %x", True),
        ("kernel subsystem misconfigured verifier", True),
        ("R%d is a debug register", False),
        ("invalid BUGGY thing", False),
    ],
)
def test_texts_that_tell_of_a_bug_of_the_kernel(text: str, internal: bool) -> None:
    (printed,) = read(f'verbose(env, "{text}\\n");').printed
    assert printed.internal is internal


REPORTS = r"""
#define SAFETY "Memory"
static void bpf_diag_header(struct env *env, const char *category, const char *problem)
{
	verbose(env, "\nRefused: %s\n", category);
	verbose(env, "\nRefused: %s: %c%s\n", category, first, problem + 1);
}
void bpf_diag_memory(struct env *env, const char *problem, const char *reason)
{
	bpf_diag_header(env, SAFETY, problem);
}
"""


def test_headings_are_put_together_from_category_and_problem() -> None:
    body = 'bpf_diag_memory(env, "read of nothing", "why"); bpf_diag_header(env, "Policy", x ? "one" : "two");'
    found = read(body, REPORTS)
    headings = [each for each in found.printed if each.heading]
    assert {each.text for each in headings} == {
        "Refused: Memory: Read of nothing\n",
        "Refused: Policy: One\n",
        "Refused: Policy: Two\n",
    }
    assert found.explanations == 2
    assert {each.function for each in headings} == {"check"}


def test_a_heading_that_is_no_literal_is_listed() -> None:
    found = read("bpf_diag_memory(env, describe(regno), reason);", REPORTS)
    assert [each.call for each in found.unread] == ["bpf_diag_memory(describe(regno))"]
