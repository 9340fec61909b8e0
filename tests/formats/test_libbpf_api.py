"""libbpf's headers: what is read from them, on headers of our own and on the real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpfref.errors import SourceError
from bpfref.formats.libbpf_api import PROGRAM, UAPI, USER, parse
from bpfref.model.helper import Parameter
from bpfref.model.libbpf_api import Api, Function, Macro, Member, Record

FOLDER = Path("bpf")
COMMON = """#ifndef COMMON_H
#define COMMON_H
#include <string.h>
#define API __attribute__((visibility("default")))
#define OPTS(TYPE, NAME, ...) struct TYPE NAME = { .sz = sizeof(struct TYPE), __VA_ARGS__ }
#endif
"""
LIBBPF = """#ifndef LIBBPF_H
#define LIBBPF_H
#include <stdarg.h>
#include <stdint.h>
#include <linux/bpf.h>
#include "libbpf_common.h"

struct thing;
enum level { LOW, HIGH = 4 };
typedef int (*report_fn)(enum level level, const char *, va_list args);
typedef __u32 number;

struct open_opts {
	size_t sz;
	const char *name;
	enum colour colour;
	bool strict:1;
	size_t :0;
	union {
		struct { __u64 cookie; } one;
		struct { __u32 flags; const char **names; } two;
	};
};

API struct thing *thing__open(const char *path, const struct open_opts *opts);
API int thing__close(struct thing *) __attribute__((deprecated("gone soon")));
API int thing__print(report_fn fn, int (*raw)(void *ctx), const char *fmt, ...);
API bool thing__is(void);
static inline int thing_kind(const struct thing *t) { return not_declared(t); }
#define thing__for_each(one, all) \\
	for (one = 0; one < all; one++)
#endif
"""
HELPERS = """#ifndef HELPERS
#define HELPERS
#include "bpf_helper_defs.h"
#define __uint(name, val) int (*name)[val]
#define print(fmt, args...) ((void)0)
#define __weak __attribute__((weak))
#define parenthesised (1)
#define NONE()
struct iterator;
extern int a_kfunc(struct iterator *it) __weak;
static __attribute__((always_inline)) int arg(struct pt_regs *ctx, __u64 number) { return nowhere(ctx, number); }
enum { FIRST, SECOND };
#endif
"""
TEXTS = {
    "libbpf_common.h": COMMON,
    "bpf.h": '#ifndef B\n#define B\n#include "libbpf_common.h"\nAPI int create(int type);\n#endif\n',
    "btf.h": "#ifndef T\n#define T\n#include <linux/btf.h>\n#endif\n",
    "libbpf.h": LIBBPF,
    "bpf_helper_defs.h": "static void *(* const bpf_one)(void *map) = (void *) 1;\n",
    "bpf_helpers.h": HELPERS,
    UAPI: "#include <linux/types.h>\nenum colour { RED };\n",
}


@pytest.fixture(scope="module")
def made() -> tuple[Api, Api]:
    return parse(TEXTS, FOLDER)


def test_functions_have_prototypes_as_people_write_them(made: tuple[Api, Api]) -> None:
    found = {name: each.prototype(name) for name, each in made[0].functions.items()}
    assert found == {
        "create": "int create(int type)",
        "thing__open": "struct thing *thing__open(const char *path, const struct open_opts *opts)",
        "thing__close": "int thing__close(struct thing *)",
        "thing__print": "int thing__print(report_fn fn, int (*raw)(void *), const char *fmt, ...)",
        "thing__is": "bool thing__is(void)",
        "thing_kind": "int thing_kind(const struct thing *t)",
    }


def test_what_is_deprecated_or_in_the_header_alone_is_told(made: tuple[Api, Api]) -> None:
    functions = made[0].functions
    assert [name for name, each in functions.items() if each.deprecated] == ["thing__close"]
    assert [name for name, each in functions.items() if each.inline] == ["thing_kind"]
    assert functions["thing__close"].parameters == (Parameter("", "struct thing *"),)


def test_members_keep_their_types_and_those_without_a_name_their_own(made: tuple[Api, Api]) -> None:
    one = Member("one", "struct", None, (Member("cookie", "__u64"),))
    two = Member("two", "struct", None, (Member("flags", "__u32"), Member("names", "const char **")))
    record = Record(
        "libbpf.h",
        (
            *(Member("sz", "size_t"), Member("name", "const char *"), Member("colour", "enum colour")),
            *(Member("strict", "bool", 1), Member("", "union", None, (one, two))),
        ),
    )
    assert made[0].structs == {"open_opts": record}


def test_callbacks_enums_and_macros(made: tuple[Api, Api]) -> None:
    user, program = made
    wanted = "typedef int (*report_fn)(enum level level, const char *, va_list args)"
    assert [each.declaration(name) for name, each in user.callbacks.items()] == [wanted]
    assert user.enums["level"].members == {"LOW": 0, "HIGH": 4}
    assert program.enums["FIRST"].members == {"FIRST": 0, "SECOND": 1}
    assert user.macros["thing__for_each"] == Macro("libbpf.h", ("one", "all"))
    assert user.macros["OPTS"] == Macro("libbpf_common.h", ("TYPE", "NAME", "..."))
    shown = {name: each.prototype(name) for name, each in program.macros.items()}
    assert shown == {
        "__uint": "__uint(name, val)",
        "print": "print(fmt, args...)",
        "__weak": "__weak",
        "parenthesised": "parenthesised",
        "NONE": "NONE()",
    }


def test_kfuncs_and_helpers_are_not_the_header_s_own(made: tuple[Api, Api]) -> None:
    parameters = (Parameter("ctx", "struct pt_regs *"), Parameter("number", "__u64"))
    assert made[1].functions == {"arg": Function("bpf_helpers.h", "int", parameters, inline=True)}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"libbpf.h": None}, "there is no libbpf.h"),
        ({UAPI: None}, "there is no linux/bpf.h"),
        ({"libbpf_new.h": "int a;\n"}, "say in formats/libbpf_api.py who includes it"),
        ({"btf.h": '#include "elsewhere.h"\n'}, "'elsewhere.h' file not found"),
        ({"btf.h": "int variable(\n"}, "clang says"),
        ({"btf.h": "int old();\n"}, "`old` says nothing of its parameters"),
        ({"btf.h": "extern int variable;\n"}, "`variable` is declared, which is nothing"),
        ({"btf.h": '__asm__("nop");\n'}, "is declared, which is nothing"),
        ({"btf.h": " \n"}, "the header is empty"),
    ],
)
def test_what_is_not_understood_is_an_error(change: dict[str, str | None], says: str) -> None:
    texts = {name: text for name, text in (TEXTS | change).items() if text is not None}
    with pytest.raises(SourceError) as caught:
        parse(texts, FOLDER)
    assert says in str(caught.value)


def test_the_order_of_texts_is_of_no_matter(made: tuple[Api, Api]) -> None:
    assert parse(dict(reversed(TEXTS.items())), FOLDER) == made


def test_the_headers_of_this_repository_s_data_are_all_there(libbpf_headers: Path, uapi_header: Path) -> None:
    """On the newest real headers: what user space calls has names for all parameters."""
    texts = {path.name: path.read_text() for path in libbpf_headers.glob("*.h")}
    user, program = parse(texts | {UAPI: uapi_header.read_text()}, libbpf_headers)
    assert {each.header for each in user.functions.values()} <= set(USER)
    assert {each.header for each in program.functions.values()} <= set(PROGRAM)
    assert {each.header for each in program.macros.values()} <= set(PROGRAM)
    assert [n for n, each in user.functions.items() if any(not p.name for p in each.parameters)] == []
    assert user.functions["bpf_object__open_file"].prototype("f") == (
        "struct bpf_object *f(const char *path, const struct bpf_object_open_opts *opts)"
    )
    assert user.is_options("bpf_object_open_opts")
    assert user.is_options("bpf_tc_hook")
    assert not user.is_options("bpf_object_skeleton")
    assert not user.is_options("bpf_map_skeleton")
    assert program.macros["SEC"].prototype("SEC") == "SEC(name)"
