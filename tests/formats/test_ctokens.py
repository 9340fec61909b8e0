"""C source as tokens: functions and macros of a file, calls, and what the preprocessor would make of a macro."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.errors import SourceError
from bpfref.formats.ctokens import Sort, calls, decode, parse_unit, spell, split, substitute, tokenize

FILE = r"""
/* a "comment" with { and ' */
#define PLAIN "text"
#define BOTH(env, fmt, args...) \
	say(env, "[x] " fmt, ##args)
#define VA(...) say(__VA_ARGS__)

SET_OF(things)
static const struct ops table = { .call = first };

__printf(2, 3) static void
first(struct env *env, const char *fmt, ...)
{
	if (fmt) { run(env); }
}

#ifdef CONFIG_A
int __second(int x, char name[16], void (*hook)(int)) {
#else
int __second(int x) {
#endif
	return call(x, "}", '{');
}

static int third(void) __must_hold(lock)
{
}
"""


def test_functions_and_macros_of_a_file() -> None:
    unit = parse_unit(FILE, "a.c")
    assert [(each.name, each.parameters, each.static) for each in unit.functions][:2] == [
        ("first", ("env", "fmt", "..."), True),
        ("__second", ("x", "name", "hook"), False),
    ]
    assert list(unit.macros) == ["PLAIN", "BOTH", "VA"]
    assert unit.macros["BOTH"].parameters == ("env", "fmt", "args...")
    assert unit.macros["PLAIN"].parameters is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("void f(void)\n{\n\tg(;\n", "never closed"),
        ("void f(void)\n{\n", "never closed"),
        ("int x[(3];\n", "never closed"),
    ],
)
def test_what_is_never_closed_is_refused(text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        parse_unit(text, "a.c")
    assert caught.value.file == "a.c"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\n\t\"b\" \\ %d \x41\101\0"', 'a\n\t"b" \\ %d AA\0'),
        ('"split \\\nhere"', "split here"),
        ('L"wide"', "wide"),
        ('""', ""),
    ],
)
def test_strings_say_what_the_compiler_makes_of_them(text: str, value: str) -> None:
    (token,) = tokenize(text)
    assert (token.sort, decode(token)) == (Sort.STRING, value)


@pytest.mark.parametrize(
    ("macro", "call", "result"),
    [
        ("BOTH", 'BOTH(e, "y", 1, 2)', 'say(e, "[x] " "y",1, 2)'),
        ("BOTH", 'BOTH(e, "y")', 'say(e, "[x] " "y",)'),
        ("VA", "VA(a, (b, c))", "say(a, (b, c))"),
        ("COND", "COND(a == NULL, e)", 'say(e, "(" "a == NULL" ")")'),
        ("COND", "COND(!p->x[1], e)", 'say(e, "(" "!p->x[1]" ")")'),
        ("COND", 'COND(s[0] == "\\n", e)', 'say(e, "(" "s[0] == \\"\\\\n\\"" ")")'),
    ],
)
def test_macros_take_their_arguments(macro: str, call: str, result: str) -> None:
    unit = parse_unit(FILE + '#define COND(cond, env) say(env, "(" #cond ")")\n', "a.c")
    (found,) = [each for each in calls(list(tokenize(call))) if each.name.text == macro]
    assert spell(substitute(unit.macros[macro], found.arguments)) == result


def test_calls_within_calls_are_found() -> None:
    tokens = list(tokenize("if (f(a, g(b), (c, d))) h();"))
    assert [(each.name.text, len(each.arguments)) for each in calls(tokens)] == [
        ("if", 1),
        ("f", 3),
        ("g", 1),
        ("h", 0),
    ]


def test_arguments_are_parted_at_their_own_commas() -> None:
    assert [spell(part) for part in split(list(tokenize("a, f(b, c), {d, e}, x[1, 2]")))] == [
        "a",
        "f(b, c)",
        "{d, e}",
        "x[1, 2]",
    ]


@given(st.text(alphabet="abc_019 \n\t\"'\\(){}[];,.+-*/%#<>=&|!~?:", max_size=80))
def test_any_text_becomes_tokens_that_hold_all_of_it(text: str) -> None:
    spelled = "".join(token.text for token in tokenize(text))
    assert "".join(spelled.replace("\\\n", "").split()) == "".join(text.replace("\\\n", "").split())
