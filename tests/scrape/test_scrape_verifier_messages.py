"""The messages of several sources together: series, places of the newest, what is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpfref import store
from bpfref.catalogue import Catalogue
from bpfref.errors import SourceError
from bpfref.formats.verifier_source import Found, Printed, Unread
from bpfref.model.verifier import MessagesFile, OpenCall, Place, Source
from bpfref.scrape.verifier_messages import join, read_tree

WRITER = """
__printf(2, 0) void bpf_verifier_vlog(struct log *log, const char *fmt, va_list args)
{
}
__printf(2, 3) void bpf_log(struct log *log, const char *fmt, ...)
{
	bpf_verifier_vlog(log, fmt, args);
}
__printf(2, 3) void bpf_tell(struct env *env, const char *fmt, ...)
{
	bpf_verifier_vlog(env->log, fmt, args);
}
"""
FILES = {
    "kernel/bpf/log.c": WRITER,
    "net/a.c": 'int a(void)\n{\n\tbpf_tell(env, "far away\\n");\n}\n',
    "kernel/bpf/relo.c": '#include "../../tools/lib/relo.c"\n',
    "tools/lib/relo.c": 'int b(void)\n{\n\tbpf_log(log, "taken");\n}\n',
    "tools/other.c": 'int c(void)\n{\n\tbpf_log(log, "not the kernel");\n}\n',
    "kernel/bpf/none.c": "int d(void)\n{\n}\n",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return root


def test_printers_of_one_file_are_looked_for_in_all(tmp_path: Path) -> None:
    found = read_tree(write(tmp_path, FILES))
    assert [(each.file, each.text) for each in found.printed] == [
        ("net/a.c", "far away\n"),
        ("tools/lib/relo.c", "taken"),
    ]


def test_a_tree_that_prints_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no call that leads to bpf_verifier_vlog"):
        read_tree(write(tmp_path, {"kernel/bpf/none.c": FILES["kernel/bpf/none.c"]}))


SOURCES = [Source("v6.1", "linux-source-6.1", "1"), Source("v7.3", "linux-source-7.3", "2")]


def test_series_are_joined_by_format() -> None:
    old = Found([Printed("both\n", "old.c", "f", "verbose"), Printed("gone", "old.c", "f", "verbose")])
    new = Found(
        [
            Printed("both\n", "new.c", "g", "bpf_log", texts={0: ("a",), 1: ("x",)}),
            Printed("both\n", "new.c", "h", "bpf_log", texts={0: ("b", "a")}),
        ],
        [Unread("new.c", "g", "verbose(f())"), Unread("new.c", "g", "verbose(f())")],
        3,
    )
    made = join(SOURCES, {"v6.1": old, "v7.3": new})
    both, gone = made.messages["both"], made.messages["gone"]
    assert (both.series, both.places) == (("v6.1", "v7.3"), (Place("new.c", "g"), Place("new.c", "h")))
    assert both.texts == {"0": ("a", "b")}
    assert (gone.series, gone.partial, both.partial) == (("v6.1",), True, False)
    assert made.open == (OpenCall("new.c", "g", "verbose(f())", ("v7.3",)),)
    assert made.explanations == {"v7.3": 3}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    texts = ["a\nb\n", "%s: '\"\\", "\t# x: y", "- ", "…", "null", "1.5", "long " * 60]
    made = join(SOURCES[:1], {"v6.1": Found([Printed(text, "a.c", "f", "verbose") for text in texts])})
    store.write(tmp_path / "m.yaml", made, "c")
    assert store.read(tmp_path / "m.yaml", MessagesFile) == made


def test_the_sources_of_the_checkout_were_read(facts: Catalogue) -> None:
    """Known messages of each sort, and nothing lost on the way from one series to the next."""
    file, messages = facts.verifier.file, facts.verifier.messages
    assert file.series[0] == "v5.10"
    for series in file.series:
        assert sum(series in each.series for each in messages.values()) > 500
    assert messages["R%d unbounded memory access, make sure to bounds check any such access"].series[0] == "v5.10"
    assert messages["Verification failed: Memory Safety: Access outside bounds"].heading
    assert messages["%s the register %s has"].partial
