"""`declare` and `define`: C as people write it, C that a compiler reads back, and an end to everything."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from btf_writer import Builder, every_kind
from hypothesis import given, settings
from hypothesis import strategies as st

from bpfref.errors import MachineError, SourceError
from bpfref.formats.btf import Btf, Kind, declare, define, parse, parse_file, types
from bpfref.loader.compile.clang import find_clang
from required import require

INT, CHAR, VOID = 1, 2, 0


def begin() -> Builder:
    b = Builder()
    b.number()
    b.number("char", 1)
    return b


def read(builder: Builder) -> Btf:
    return parse(builder.data(), "test")


Make = Callable[[Builder], int]

DECLARATIONS: dict[str, Make] = {
    "void *x": lambda b: b.ptr(VOID),
    "const char *const x": lambda b: b.const(b.ptr(b.const(CHAR))),
    "const char *x": lambda b: b.ptr(b.const(b.const(CHAR))),
    "const volatile int x": lambda b: b.add(Kind.VOLATILE, None, b.const(INT)),
    "char *restrict x": lambda b: b.add(Kind.RESTRICT, None, b.ptr(CHAR)),
    "char *const *x": lambda b: b.ptr(b.const(b.ptr(CHAR))),
    "int x[3]": lambda b: b.array(INT, 3),
    "const int x[3]": lambda b: b.const(b.array(INT, 3)),
    "int x[2][3]": lambda b: b.array(b.array(INT, 3), 2),
    "int *x[3]": lambda b: b.array(b.ptr(INT), 3),
    "int (*x)[3]": lambda b: b.ptr(b.array(INT, 3)),
    "int (*x[2])[3]": lambda b: b.array(b.ptr(b.array(INT, 3)), 2),
    "int x(void)": lambda b: b.proto(INT),
    "void (*x)(void)": lambda b: b.ptr(b.proto(VOID)),
    "void (*const x)(void)": lambda b: b.const(b.ptr(b.proto(VOID))),
    "int x(const char *fmt, ...)": lambda b: b.proto(INT, [("fmt", b.ptr(b.const(CHAR))), (None, VOID)]),
    "int *(*x)(int, char *)": lambda b: b.ptr(b.proto(b.ptr(INT), [(None, INT), (None, b.ptr(CHAR))])),
    "void (*(*x)(int sig))(int)": lambda b: b.ptr(b.proto(b.ptr(b.proto(VOID, [(None, INT)])), [("sig", INT)])),
    "int (*x[4])(void)": lambda b: b.array(b.ptr(b.proto(INT)), 4),
    "int (*(*x)(void))[3]": lambda b: b.ptr(b.proto(b.ptr(b.array(INT, 3)))),
    "void x(int (*compare)(const void *, const void *))": lambda b: b.proto(
        VOID, [("compare", b.ptr(b.proto(INT, [(None, b.ptr(b.const(VOID)))] * 2)))]
    ),
    # GCC marks a pointer to a function that does not return so.
    "void (*x)(int)": lambda b: b.ptr(b.add(Kind.VOLATILE, None, b.proto(VOID, [(None, INT)]))),
    "int __user *x": lambda b: b.ptr(b.type_tag("user", INT)),
    "const char __user *x": lambda b: b.ptr(b.type_tag("user", b.const(CHAR))),
    "const char __user *const __user *x": lambda b: b.ptr(
        b.type_tag("user", b.const(b.ptr(b.type_tag("user", b.const(CHAR)))))
    ),
    "struct s __rcu *x": lambda b: b.ptr(b.type_tag("rcu", b.struct("s", 4))),
    "int __percpu *x": lambda b: b.ptr(b.type_tag("percpu", INT)),
    "int __kptr *x": lambda b: b.ptr(b.type_tag("kptr", INT)),
    'int __attribute__((btf_type_tag("other"))) *x': lambda b: b.ptr(b.type_tag("other", INT)),
    "void __attribute__((address_space(1))) *x": lambda b: b.ptr(b.type_tag("address_space(1)", VOID, attribute=True)),
    "int (__rcu *x)(int)": lambda b: b.ptr(b.type_tag("rcu", b.proto(INT, [(None, INT)]))),
    "union u x": lambda b: b.struct("u", 4, union=True),
    "struct later *x": lambda b: b.ptr(b.add(Kind.FWD, "later")),
    "union later *x": lambda b: b.ptr(b.add(Kind.FWD, "later", flag=1)),
    "enum e x": lambda b: b.enum("e", {"A": 1}),
    "enum large x": lambda b: b.enum64("large", {"A": 1}),
    "enum { A = 1, B = 2, } x": lambda b: b.enum(None, {"A": 1, "B": 2}),
    "struct { int a; int b[2]; } *x": lambda b: b.ptr(b.struct(None, 12, [("a", INT, 0), ("b", b.array(INT, 2), 32)])),
    "name_t x": lambda b: b.typedef("name_t", b.ptr(INT)),
    "const name_t x": lambda b: b.const(b.typedef("name_t", b.ptr(INT))),
    "unsigned long x": lambda b: b.number("long unsigned int", 8, 0),
    "long long x": lambda b: b.number("long long int", 8),
    "unsigned long long x": lambda b: b.number("long long unsigned int", 8, 0),
    "short x": lambda b: b.number("short int", 2),
    "unsigned short x": lambda b: b.number("short unsigned int", 2, 0),
    "unsigned int x": lambda b: b.number("unsigned int", 4, 0),
    "signed char x": lambda b: b.number("signed char", 1),
    "unsigned __int128 x": lambda b: b.number("__int128 unsigned", 16, 0),
    "_Bool x": lambda b: b.number("_Bool", 1, 4),
    "long double x": lambda b: b.add(Kind.FLOAT, "long double", 16),
}


@pytest.mark.parametrize("text", DECLARATIONS)
def test_declarations(text: str) -> None:
    b = begin()
    type_id = DECLARATIONS[text](b)
    assert declare(read(b), type_id, "x") == text


def test_a_type_alone_and_things_with_names_of_their_own() -> None:
    b = begin()
    handler = b.ptr(b.proto(VOID, [(None, INT)]))
    func = b.func("signal", b.proto(handler, [("number", INT), ("handler", handler)]))
    var = b.var("table", b.array(handler, 2))
    found = read(b)
    assert declare(found, handler) == "void (*)(int)"
    assert declare(found, b.first) == "int"
    assert declare(found, func) == "void (*signal(int number, void (*handler)(int)))(int)"
    assert declare(found, func, "other").startswith("void (*other(int number")
    assert declare(found, var) == "void (*table[2])(int)"
    assert define(found, var) == "void (*table[2])(int);\n"


DEFINITIONS = {
    "record": """\
        struct record {
        \tint flags:3; /* offset 0, bit 0 */
        \tint kind:5; /* offset 0, bit 3 */
        \tunion {
        \t\tunsigned long all; /* offset 8 */
        \t\tstruct {
        \t\t\tint low; /* offset 8 */
        \t\t\tint high; /* offset 12 */
        \t\t}; /* offset 8 */
        \t}; /* offset 8 */
        \tconst char *grid[2][3]; /* offset 16 */
        \tvoid (*handler)(int, ...); /* offset 64 */
        }; /* size 72 */
        """,
    "old": "struct old {\n\tint bits:4; /* offset 0, bit 2 */\n}; /* size 4 */\n",
    "mood": "enum mood {\n\tGOOD = 1,\n\tBAD = -1,\n}; /* size 4 */\n",
    "large": "enum large {\n\tHUGE = 1099511627776,\n\tALL = 18446744073709551615,\n}; /* size 8 */\n",
    "record_t": "typedef const volatile struct record record_t;\n",
    "later": "struct later;\n",
    "double": "double;\n",
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_definitions(name: str) -> None:
    found = read(every_kind())
    assert define(found, found.find(name)[0], offsets=True) == dedent(DEFINITIONS[name])
    without = define(found, found.find(name)[0])
    assert "/*" not in without
    assert len(without.splitlines()) == len(dedent(DEFINITIONS[name]).splitlines())


def test_definitions_of_anonymous_types() -> None:
    b = begin()
    inner = b.struct(None, 4, [("a", INT, 0)])
    link = ("link", b.ptr(inner), 32)
    pair = b.typedef("pair_t", b.struct(None, 12, [(None, b.enum(None, {"A": 1}), 0), link]))
    empty = b.struct("empty", 0)
    tag = b.enum("only_declared", {})
    found = read(b)
    assert define(found, inner) == "struct {\n\tint a;\n};\n"
    assert define(found, empty) == "struct empty {\n};\n"
    assert define(found, tag) == "enum only_declared;\n"
    lines = define(found, pair, offsets=True).splitlines()
    # What a pointer leads to has offsets of its own.
    assert lines == [
        "typedef struct {",
        "\tenum {",
        "\t\tA = 1,",
        "\t}; /* offset 0 */",
        "\tstruct {",
        "\t\tint a; /* offset 0 */",
        "\t} *link; /* offset 4 */",
        "} __attribute__((packed)) pair_t; /* size 12 */",
    ]


PACKED = {
    "natural": (8, [("a", CHAR, 0), ("b", INT, 32)], False),
    "close": (5, [("a", CHAR, 0), ("b", INT, 8)], True),
    "short end": (5, [("b", INT, 0), ("a", CHAR, 32)], True),
    "bit fields": (4, [("a", INT, 3 << 24), ("b", INT, 9 << 24 | 3)], False),
    "characters": (3, [("a", CHAR, 0), ("b", CHAR, 16)], False),
}


@pytest.mark.parametrize("name", PACKED)
def test_packed_is_said_where_the_layout_needs_it(name: str) -> None:
    size, members, packed = PACKED[name]
    b = begin()
    inner = b.struct("s", size, members, flag=True)
    outer = b.struct("holder", size + 1, [("c", CHAR, 0), ("s", inner, 8)])
    found = read(b)
    assert ("packed" in define(found, inner)) == packed
    assert ("packed" in define(found, outer)) == (not packed and name != "characters")


def nested(kind: Callable[[Builder, int], int], depth: int) -> Builder:
    b = begin()
    at = INT
    for _ in range(depth):
        at = kind(b, at)
    return b


ENDLESS = {
    "structs in structs": nested(lambda b, at: b.struct(None, 4, [("a", at, 0), ("b", at, 0)]), 16),
    "deep structs": nested(lambda b, at: b.struct(None, 4, [("a", at, 0)]), 3000),
    "functions of functions": nested(lambda b, at: b.ptr(b.proto(VOID, [(None, at), (None, at)])), 20),
    "deep functions": nested(lambda b, at: b.ptr(b.proto(VOID, [(None, at)])), 3000),
    "wide": nested(lambda b, at: b.struct(None, 4, [("a", at, 0)] * 5000), 2),
    "long names": nested(lambda b, at: b.struct(None, 4, [("a" * 4000, at, 0)] * 300), 1),
    "itself": nested(lambda b, at: b.struct(None, 4, [("a", at + 2 if at == INT else at, 0)]), 1),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_no_person_wrote_is_refused(name: str) -> None:
    b = ENDLESS[name]
    found = read(b)
    for write in (declare, define):
        with pytest.raises(SourceError, match=r"without end|lies within more than"):
            write(found, len(found) - 1)


def test_structs_that_hold_themselves() -> None:
    b = begin()
    b.struct("s", 4, [("a", 3, 0)])
    found = read(b)
    assert declare(found, 3, "x") == "struct s x"
    with pytest.raises(SourceError, match="within itself"):
        define(found, 3)


WRONG: dict[str, Make] = {
    "is no name in C": lambda b: b.typedef("a; int b", INT),
    "is no number in C": lambda b: b.number("int */", 4),
    "is no type in C": lambda b: b.decl_tag("x", b.struct("s", 4)),
    "is of a type that has none": lambda b: b.struct("s", 8, [("p", b.ptr(INT), 3 << 24)], flag=True),
}


@pytest.mark.parametrize("message", WRONG)
def test_what_c_cannot_say_is_refused(message: str) -> None:
    b = begin()
    type_id = WRONG[message](b)
    with pytest.raises(SourceError, match=message):
        define(read(b), type_id)


# The rest asks a compiler.

SOURCE = """\
struct in { int a:3; unsigned b:5; union { long l; struct { char c[3][4]; }; }; };
typedef int (*callback)(struct in *, const char *const, ...);
enum sign { MINUS = -1, PLUS = 2 };
enum wide { FAR = 1ULL << 40 };
struct __attribute__((packed)) tight { char c; long l; };
struct out {
\tstruct in in;
\tcallback callback;
\tenum sign sign;
\tenum wide wide;
\tvolatile int *const restrict p;
\tdouble d;
\tconst struct out *next;
\tint __attribute__((btf_type_tag("user"))) *u;
\tint (*(*deep)(struct tight *t))[3];
};
static struct out table[2] __attribute__((section("data"), used));
int other(struct out *o) __attribute__((section(".ksyms")));
int __attribute__((btf_decl_tag("marked"))) entry(struct out *o, enum wide w) { return other(o) + table[1].sign + w; }
"""


@pytest.fixture(scope="module")
def compiler() -> str:
    try:
        return str(find_clang(os.environ.get("CLANG")).path)
    except MachineError as error:
        require("BPFREF_REQUIRE_TOOLS", str(error))
        raise


def compile_c(compiler: str, folder: Path, text: str, target: str = "bpf") -> Btf:
    source, result = folder / "source.c", folder / "source.o"
    source.write_text(text)
    options = ["-g", "-O2", "-target", target, "-Werror", "-Wno-unused", "-c", str(source), "-o", str(result)]
    subprocess.run([compiler, *options], check=True)
    return parse_file(result.read_bytes(), result)


@pytest.mark.parametrize("target", ["bpfel", "bpfeb"])
def test_what_clang_wrote_is_read(compiler: str, tmp_path: Path, target: str) -> None:
    found = compile_c(compiler, tmp_path, SOURCE, target)
    assert found.order == {"bpfel": "little", "bpfeb": "big"}[target]
    entry = found.find("entry", Kind.FUNC)[0]
    assert declare(found, entry) == "int entry(struct out *o, enum wide w)"
    assert found.tags(entry) == ("marked",)
    text = define(found, found.find("out", Kind.STRUCT)[0])
    lines = [line.strip() for line in SOURCE.replace('__attribute__((btf_type_tag("user")))', "__user").splitlines()]
    missing = [line for line in text.splitlines()[1:-1] if line.strip() not in lines]
    assert missing in ([], ["\tint (*(*deep)(struct tight *))[3];"])
    assert define(found, found.find("tight")[0]).endswith("} __attribute__((packed));\n")
    assert isinstance(found[found.find("other")[0]], types.Func)
    section = found[found.find("data", Kind.DATASEC)[0]]
    assert isinstance(section, types.DataSec)
    assert [found.name(place.var) for place in section.places] == ["table"]


SIMPLE = st.sampled_from([INT, CHAR])


@st.composite
def derived(draw: st.DrawFn, b: Builder) -> int:
    """Any type that C allows for an object, out of `int` and `char`."""
    at, kind = draw(SIMPLE), "object"
    for step in draw(st.lists(st.sampled_from(["ptr", "const", "volatile", "array", "function"]), max_size=7)):
        if step == "ptr":
            at, kind = b.ptr(at), "object"
        elif kind != "function" and step in {"const", "volatile"}:
            at = b.add(Kind.CONST if step == "const" else Kind.VOLATILE, None, at)
        elif kind != "function" and step == "array":
            at, kind = b.array(at, draw(st.integers(1, 9))), "array"
        elif kind == "object" and step == "function":
            parameters = [(None, b.ptr(draw(SIMPLE))) for _ in range(draw(st.integers(0, 2)))]
            at, kind = b.proto(at, parameters), "function"
    return b.ptr(at) if kind == "function" else at


@settings(deadline=None)
@given(st.data())
def test_declarations_are_told_apart(data: st.DataObject) -> None:
    """A declaration read from the inside out, as C is, gives the type back."""
    b = begin()
    type_id = data.draw(derived(b))
    found = read(b)
    assert spoken(declare(found, type_id, "x")) == meaning(found, type_id)


def meaning(found: Btf, type_id: int, waiting: frozenset[str] = frozenset()) -> list[str]:
    """A type as the words from its name to its base; qualifiers of an array are its elements'."""
    match found[type_id]:
        case types.Qualifier(word=word, target=target):
            return meaning(found, target, waiting | {word})
        case types.Ptr(target=target):
            return [*sorted(waiting), "*", *meaning(found, target)]
        case types.Array(element=element, count=count):
            return [f"[{count}]", *meaning(found, element, waiting)]
        case types.FuncProto(returns=returns, parameters=parameters):
            inner = ",".join(declare(found, parameter.type) for parameter in parameters) or "void"
            return [f"({inner})".replace(", ", ","), *meaning(found, returns)]
        case types.Int(name=name):
            return [*sorted(waiting), name]
    raise AssertionError(type_id)


def spoken(text: str) -> list[str]:
    """The same from C: right of the name first, then left of it, a bracket further at each turn."""
    at = text.index("x")
    left, right, words = text[:at], text[at + 1 :], []
    while True:
        while right[:1] in {"[", "("}:
            end = right.index("])"[right[0] == "("])
            words.append(right[: end + 1].replace(", ", ","))
            right = right[end + 1 :]
        qualifiers = []
        while not left.rstrip().endswith(("*", "(")) and " " in left.rstrip() + " ":
            head, _, last = left.rstrip().rpartition("*")
            if not head:
                return [*words, *sorted(left.split()[:-1]), left.split()[-1]]
            qualifiers, left = sorted(last.split()), head + "*"
        left = left.rstrip()
        if left.endswith("*"):
            words += [*qualifiers, "*"]
            left = left[:-1]
        elif left.endswith("("):
            left, right = left[:-1], right.removeprefix(")")
