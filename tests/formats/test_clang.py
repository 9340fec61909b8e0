"""Claims about the plumbing: what is refused, that nothing of the machine gets in, and values."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.errors import SourceError
from bpfref.formats import clang

FILE = Path("some.h")
ADVICE = "get a better one"


def refused(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        clang.parse(text, FILE, ADVICE)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "empty"),
        ("\n \n", 1, "empty"),
        ("int a;\nint \0b;\n", 2, "NUL"),
        ("int a;\n\nint \udcff;\n", 3, "UTF-8"),
        ("int a;\n\nunknown_t b;\n", 3, "unknown_t"),
        ("int a;\n/* never\nclosed\n", 2, "unterminated"),
        ("#ifndef A\n\nint a;\n", 1, "unterminated"),
        ("int a;\n#include <stdlib.h>\n", 2, "add a stub to the folder include"),
        ("int a;\n" + "(" * 5000, 2, "nesting"),
    ],
)
def test_bad_text_names_its_line_and_the_repair(text: str, line: int, says: str) -> None:
    error = refused(text)
    assert error.line == line
    assert says in error.message
    assert error.message.endswith(ADVICE)


def test_a_text_beyond_the_limit_is_refused_unread() -> None:
    assert str(clang.LIMIT) in refused("int a;\n" * (clang.LIMIT // 7 + 1)).message


def test_a_header_of_the_machine_cannot_get_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.h").write_text("int secret;\n")
    for variable in ("CPATH", "C_INCLUDE_PATH"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert refused('#include "secret.h"\n').line == 1
    assert refused(f'\n#include "{tmp_path}/secret.h"\n').line == 2


def test_tokens_are_the_text() -> None:
    text = "/* a\n ü */ int ä = 3; // b\n#define X(y) y\n"
    unit = clang.parse(text, FILE, ADVICE)
    assert [t.text for t in unit.tokens if not t.is_comment] == [
        *("int", "ä", "=", "3", ";"),
        *("#", "define", "X", "(", "y", ")", "y"),
    ]
    for token in unit.tokens:
        assert unit.data[token.start : token.end].decode() == token.text
        assert token.line == unit.data[: token.start].count(b"\n") + 1
    comments = [(t.line, t.last_line) for t in unit.tokens if t.is_comment]
    assert comments == [(1, 2), (2, 2)]


def test_windows_line_ends_change_nothing() -> None:
    text = "int a;\n/* one\n two */\nint b;\n"
    dos = clang.parse(text.replace("\n", "\r\n"), FILE, ADVICE)
    assert dos.tokens == clang.parse(text, FILE, ADVICE).tokens


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("(1ULL << 63)", 1 << 63),
        ("0xffffffffffffffffULL", (1 << 64) - 1),
        ("(1U << 31)", 1 << 31),
        ("-1", -1),
        ("(-1L)", -1),
        ("('a')", 97),
        ("sizeof(int)", 4),
        ("SEVEN", 7),
        ("X", None),
        ("1.5", None),
        ('"text"', None),
        ("", None),
        ("{", None),
        ("1) }; enum { hidden = (2", None),
        ("extern int x; int y", None),
    ],
)
def test_clang_evaluates_and_no_macro_spoils_another(body: str, value: int | None) -> None:
    text = f"enum {{ SEVEN = 7 }};\n#define BEFORE 1\n#define X {body}\n#define AFTER 2\n"
    unit = clang.parse(text, FILE, ADVICE)
    first, found, last = clang.evaluate(unit, ["BEFORE", "X", "AFTER"])
    assert (first, last) == (1, 2)
    assert found == value


def test_a_header_of_nothing_but_bad_macros_is_refused() -> None:
    names = [f"X{number}" for number in range(100)]
    unit = clang.parse("".join(f'#define {name} "text"\n' for name in names), FILE, ADVICE)
    with pytest.raises(SourceError, match="no integer constants"):
        clang.evaluate(unit, names)


@given(st.binary(max_size=300))
def test_random_bytes_give_a_unit_or_a_source_error(data: bytes) -> None:
    try:
        unit = clang.parse(data.decode("utf-8", "surrogateescape"), FILE, ADVICE)
    except SourceError as error:
        assert error.file == str(FILE)
    else:
        assert all(token.end <= len(unit.data) for token in unit.tokens)
