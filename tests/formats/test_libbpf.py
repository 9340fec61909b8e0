"""libbpf's version script and BPF-side headers, as texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpfref.errors import SourceError
from bpfref.formats.libbpf import parse_macros, parse_version_script

FILE = Path("libbpf.map")

SCRIPT = """LIBBPF_0.0.1 {
\tglobal:
\t\ta_first; /* a comment; with a semicolon */
\t\tb_second;
\tlocal:
\t\t*;
};

# since the second
LIBBPF_0.2 {
\tglobal:
\t\tb_second;
\t\tc_third;
} LIBBPF_0.0.1;

LIBBPF_0.10.0 {
} LIBBPF_0.2;
"""


def test_each_function_has_the_version_of_its_first_node() -> None:
    assert parse_version_script(SCRIPT, FILE) == {"a_first": "0.0.1", "b_second": "0.0.1", "c_third": "0.2"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no node"),
        ("LIBBPF_0.0.1 { global: a; }", 1, "should begin a node"),
        ("LIBBPF_0.0.1 {\n a;\n};\n\nlibc_1 { b; };", 3, "should begin a node"),
        ("LIBBPF_0.0.1 { global: a b; };", 1, "is no symbol"),
        ("LIBBPF_0.0.1 { global: a*; };", 1, "is no symbol"),
        ("LIBBPF_0.0.1 { local: *; };", 1, "no node"),
    ],
)
def test_anything_else_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        parse_version_script(text, FILE)
    assert caught.value.line == line


HEADER = """/* #define IN_COMMENT 1 */
#ifndef __GUARD__
#define __GUARD__
// #define IN_LINE_COMMENT
#define PLAIN 1
#  define INDENTED(x) x /* #define NO */
#define TEXT "#define IN_TEXT /* "
#define LONG(x) ({ \\
\tSHOUT(x); })
#ifndef OTHER
#define OTHER
#endif
static __always_inline
int inlined(const char *fmt, ...)
{
\treturn call(1);
}
__weak __hidden int weak(void) { return 0; }
static const int table[] = { 1 };
int declared(void);
#endif
"""


def test_macros_and_functions_of_a_header() -> None:
    assert parse_macros(HEADER, FILE) == {"PLAIN", "INDENTED", "TEXT", "LONG", "OTHER", "inlined", "weak"}


def test_a_header_without_definitions_is_refused() -> None:
    with pytest.raises(SourceError, match="defines nothing"):
        parse_macros("int x;\n", FILE)
