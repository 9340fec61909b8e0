"""Compiling: which clang, which headers, what it says, what is kept. Nothing here boots a kernel."""

from __future__ import annotations

import io
import os
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import SymbolTableSection
from hypothesis import given
from hypothesis import strategies as st

from bpfref.errors import MachineError, SourceError
from bpfref.formats import btf
from bpfref.formats.btf import Kind
from bpfref.kernels.packages import PackageVersion
from bpfref.kernels.userland import Userland
from bpfref.layout import Layout
from bpfref.loader.compile import Compiled, CompileError, Compiler, Source, UserSource
from bpfref.loader.compile.clang import find_candidates, find_clang
from bpfref.loader.compile.depfile import find_shadows, parse_rule
from bpfref.loader.compile.headers import Search, choose_version, read_architectures
from bpfref.loader.compile.messages import fail, parse_messages
from bpfref.loader.compile.shelf import Made, Shelf
from bpfref.loader.compile.strip import strip_debug
from required import require

PROGRAMS = Path(__file__).parent / "programs"
XDP = PROGRAMS / "xdp.bpf.c"


@pytest.fixture(scope="session")
def search(layout: Layout) -> Search:
    found = Search(layout.cache.absolute())
    if found.develop is None:
        require("BPFREF_REQUIRE_NETWORK", "needs libbpf's headers from the archive")
    return found


@pytest.fixture
def compiler(tmp_path: Path, search: Search) -> Compiler:
    """With the headers of the shared cache, and nothing compiled before."""
    try:
        return Compiler(cache=tmp_path / "cache", search=search)
    except MachineError as error:
        require("BPFREF_REQUIRE_TOOLS", str(error))
        raise


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def program(path: Path, words: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{words}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


# ---- which clang


CLANG = """case $1 in
--version) echo "Some clang version {version} (build)";;
--print-targets) printf '  Registered Targets:\\n    bpfeb      - BPF\\n    bpfel      - BPF\\n';;
esac"""


def test_the_newest_clang_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("9.0.1", "19.1.7", "101.0.0"):
        program(tmp_path / f"clang-{version.partition('.')[0]}", CLANG.format(version=version))
    program(tmp_path / "clang-cpp-200", "exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("BPFREF_CLANG", raising=False)
    assert find_candidates()[0].name == "clang-101"
    found = find_clang()
    assert (found.path, found.version, found.major) == (tmp_path / "clang-101", "101.0.0", 101)
    assert find_clang("clang-9").major == 9
    monkeypatch.setenv("BPFREF_CLANG", str(tmp_path / "clang-19"))
    assert find_clang().major == 19
    assert find_clang("clang-9").major == 9


def test_a_clang_without_bpf_is_passed_over_unless_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "clang-102", CLANG.format(version="102.0.0").replace("bpfel", "wasm"))
    program(tmp_path / "clang-100", CLANG.format(version="100.0.0"))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("BPFREF_CLANG", raising=False)
    assert find_clang().major == 100
    with pytest.raises(MachineError, match="was built without BPF"):
        find_clang("clang-102")


def test_what_is_no_clang_and_none_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MachineError, match="is no clang: it says 'hello'"):
        find_clang(program(tmp_path / "other", "echo hello"))
    with pytest.raises(MachineError, match=r"no program clang-0.*apt-get install clang.*--clang or in BPFREF_CLANG"):
        find_clang("clang-0")
    monkeypatch.setattr("bpfref.loader.compile.clang.find_candidates", list)
    monkeypatch.delenv("BPFREF_CLANG", raising=False)
    with pytest.raises(MachineError, match="no clang that compiles for BPF: install one"):
        find_clang()


# ---- objects


def elf(compiled: Compiled) -> ELFFile:
    return ELFFile(io.BytesIO(compiled.data))


def test_an_object_has_code_and_btf_and_says_where_its_lines_come_from(compiler: Compiler) -> None:
    made = compiler.compile(Source(XDP))
    found = elf(made)
    assert (found["e_machine"], found.little_endian, made.warnings) == ("EM_BPF", True, ())
    assert found.get_section_by_name("xdp") is not None
    types = btf.parse_file(made.data, made.path)
    assert types.find("count", Kind.FUNC)
    assert made.path.read_bytes() == made.data
    names = {path.name for path in made.dependencies}
    assert made.dependencies[0] == XDP
    assert {"bpf.h", "if_ether.h", "bpf_helpers.h", "bpf_helper_defs.h", "types.h"} <= names
    # The folder is not part of what comes out: the same file elsewhere gives the same bytes.
    assert str(XDP.parent).encode() not in made.data


def test_the_same_file_in_another_folder_gives_the_same_bytes(compiler: Compiler, tmp_path: Path) -> None:
    copy = write(tmp_path / XDP.name, XDP.read_text())
    assert compiler.compile(Source(copy)).data == compiler.compile(Source(XDP)).data


def test_an_object_has_the_lines_of_c_that_the_verifier_prints(
    compiler: Compiler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / XDP.name, XDP.read_text())
    monkeypatch.chdir(tmp_path)
    for path in (Path(XDP.name), tmp_path / XDP.name):
        data = compiler.compile(Source(path)).data
        lines = [line for line in XDP.read_bytes().splitlines() if b"seen" in line and b"u64" not in line]
        assert len(lines) > 2
        assert all(line in data for line in lines)


@pytest.mark.parametrize("arch", ["x86", "arm64", "s390", "riscv", "loongarch"])
def test_each_architecture_finds_its_own_headers(arch: str, compiler: Compiler, tmp_path: Path) -> None:
    text = f'#include <asm/ptrace.h>\n#ifndef __TARGET_ARCH_{arch}\n#error "which?"\n#endif\nint one;\n'
    made = compiler.compile(Source(write(tmp_path / "a.bpf.c", text), arch=arch))
    assert f"/{arch}/asm/ptrace.h" in {f"/{path.parent.parent.name}/asm/{path.name}" for path in made.dependencies}


def test_big_endian(compiler: Compiler) -> None:
    made = compiler.compile(Source(XDP, endian="big", arch="s390"))
    assert not elf(made).little_endian
    assert btf.parse_file(made.data, made.path).order == "big"


def test_levels_of_the_instruction_set_differ_and_unknown_ones_are_refused(compiler: Compiler, tmp_path: Path) -> None:
    text = "long f(unsigned int *a, signed char *b, unsigned long c) { return c < 700 ? *b : *a < *b + 70; }\n"
    source = Source(write(tmp_path / "a.bpf.c", text), strip=True)
    made = {cpu: compiler.compile(replace(source, cpu=cpu)).data for cpu in compiler.clang.cpus}
    assert len(set(made.values())) == len(made) > 2
    with pytest.raises(MachineError, match=r"does not know -mcpu=v0: take one of v1, v2, v3"):
        compiler.compile(replace(source, cpu="v0"))
    with pytest.raises(MachineError, match=r"vax is no architecture that libbpf knows: take one of x86, "):
        compiler.compile(replace(source, arch="vax"))


def test_headers_of_c_s_library_are_there(compiler: Compiler) -> None:
    assert compiler.compile(Source(PROGRAMS / "libc.bpf.c")).warnings == ()


def test_stripping_takes_dwarf_and_nothing_else(compiler: Compiler) -> None:
    for endian in ("little", "big"):
        whole = compiler.compile(Source(XDP, endian=endian))
        bare = compiler.compile(Source(XDP, endian=endian, strip=True))
        assert len(bare.data) * 2 < len(whole.data)
        before, after = sections(elf(whole)), sections(elf(bare))
        gone = before.keys() - after.keys()
        assert all(".debug_" in name or name == ".llvm_addrsig" for name in gone)
        assert not [name for name in after if ".debug_" in name]
        assert after == {name: before[name] for name in after}


def sections(file: ELFFile) -> dict[str, object]:
    """Each section by name: its bytes, or for a table of relocations what is patched with which symbol."""
    table = file.get_section_by_name(".symtab")
    assert isinstance(table, SymbolTableSection)
    symbols = list(table.iter_symbols())
    # The symbol of a section has no name, and its number changes: the section's name stands for it.
    unnamed = [each["st_info"]["type"] == "STT_SECTION" for each in symbols]
    names = [file.get_section(s["st_shndx"]).name if bare else s.name for s, bare in zip(symbols, unnamed, strict=True)]
    found: dict[str, object] = {}
    for section in file.iter_sections():
        if isinstance(section, RelocationSection):
            target = file.get_section(section["sh_info"]).name
            rows = [(r["r_offset"], r["r_info_type"], names[r["r_info_sym"]]) for r in section.iter_relocations()]
            found[section.name] = (target, rows)
        elif section is not table and not isinstance(section, SymbolTableSection):
            found[section.name] = (section.data(), section["sh_flags"], section["sh_addralign"])
    kept = [each for each, bare in zip(symbols, unnamed, strict=True) if not bare]
    return found | {".symtab": [(each.name, each["st_value"], each["st_size"]) for each in kept]}


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"\x7fELF\x02\x01" + b"\xff" * 200, b"\x7fELF\x01\x01" + bytes(100)])
def test_what_is_no_object_cannot_be_stripped(data: bytes) -> None:
    with pytest.raises(SourceError, match="ELF"):
        strip_debug(data, "some.o")


@given(st.data())
def test_a_damaged_object_is_refused_or_stripped_but_nothing_worse(data: st.DataObject) -> None:
    good = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        strip_debug(bytes(good[: data.draw(st.integers(0, len(good)))]), "some.o")
    except SourceError as error:
        assert str(error).startswith("some.o: ELF")


def _sample() -> bytes:
    """A small object of an empty program; all that the mutations need are headers that lead somewhere."""
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    names = b"\0.shstrtab\0.debug_x\0"
    body = head + (1).to_bytes(2, "little") + (247).to_bytes(2, "little") + (1).to_bytes(4, "little") + bytes(16)
    at = 64 + len(names)
    body += at.to_bytes(8, "little") + bytes(4)
    body += b"".join(n.to_bytes(2, "little") for n in (64, 0, 0, 64, 3, 1))
    rows = [(0, 0, 0, 0), (1, 3, 64, len(names)), (11, 1, 64, 4)]
    table = b""
    for name, kind, offset, size in rows:
        table += name.to_bytes(4, "little") + kind.to_bytes(4, "little") + bytes(16)
        table += (
            offset.to_bytes(8, "little") + size.to_bytes(8, "little") + bytes(8) + (1).to_bytes(8, "little") + bytes(8)
        )
    return body + names + table


SAMPLE = _sample()


def test_the_sample_itself_is_stripped() -> None:
    assert [each.name for each in ELFFile(io.BytesIO(strip_debug(SAMPLE, "some.o"))).iter_sections()] == [
        "",
        ".shstrtab",
    ]


# ---- what the compiler says


def test_errors_are_in_clang_s_words_at_the_lines_of_the_source(compiler: Compiler, tmp_path: Path) -> None:
    write(tmp_path / "own.h", "#define TWICE(x) ((x) * two)\nint broken = nothing;\nint worse = nothing;\n")
    text = '#include <linux/bpf.h>\n#include "own.h"\nint f(void) { return TWICE(3); }\nint g(void) { return 1 }\n'
    source = write(tmp_path / "a.bpf.c", text)
    with pytest.raises(CompileError) as caught:
        compiler.compile(Source(source))
    error = caught.value
    assert (error.file, error.line) == (str(source), 2)
    assert [(each.file, each.line) for each in error.errors] == [(str(source), line) for line in (2, 2, 3, 4)]
    assert str(error).splitlines()[0].startswith(f"{source}:2: error: use of undeclared identifier 'nothing' (in ")
    assert f"{source}:4: error: expected ';' after return statement" in str(error).splitlines()
    assert "return 1 }" in error.output


def test_a_header_that_is_nowhere_is_told_with_the_folders(compiler: Compiler, tmp_path: Path) -> None:
    source = write(tmp_path / "a.bpf.c", "\n#include <gone/away.h>\n")
    with pytest.raises(
        CompileError, match=r"a\.bpf\.c:2: fatal error: 'gone/away.h' file not found; looked for .*include"
    ):
        compiler.compile(Source(source))
    with pytest.raises(SourceError, match="there is no such file"):
        compiler.compile(Source(tmp_path / "absent.bpf.c"))


def test_warnings_come_along_and_are_kept(compiler: Compiler, tmp_path: Path) -> None:
    source = write(tmp_path / "a.bpf.c", "int f(void)\n{\n\tint unused;\n\treturn 0;\n}\n")
    for cached in (False, True):
        made = compiler.compile(Source(source))
        assert made.cached is cached
        assert [str(warning) for warning in made.warnings] == [
            f"{source}:3: warning: unused variable 'unused' [-Wunused-variable]"
        ]
        assert "int unused;" in made.warnings[0].more


# What is printed, and each message as it is to be read.
SAID: list[tuple[str, list[str]]] = [
    ("", []),
    ("a.c:3:5: error: no\n", ["a.c:3: error: no"]),
    ("a.c:3: warning: gcc without column\n", ["a.c:3: warning: gcc without column"]),
    ("In file included from a.c:7:\nb.h:3:1: error: no\n", ["a.c:7: error: no (in b.h:3)"]),
    ("In file included from b.h:2,\n                 from a.c:9:\nc.h:1:1: error: no\n",
     ["a.c:9: error: no (in c.h:1)"]),
    ("In file included from a.c:7:\nb.h:3:1: error: x\nb.h:4:1: error: y\n",
     ["a.c:7: error: x (in b.h:3)", "a.c:7: error: y (in b.h:4)"]),
    ("<unknown>:0: error: too much stack\n", ["a.c: error: too much stack"]),
    ("clang: error: no such option\n", ["a.c: error: no such option"]),
    ("fatal error: too many errors, stopping\n", ["a.c: fatal error: too many errors, stopping"]),
    ("a.c:1:1: error: x\na.c:2:2: note: here\n1 error generated.\n", ["a.c:1: error: x"]),
]  # fmt: skip


@pytest.mark.parametrize(("output", "wanted"), SAID)
def test_what_compilers_print(output: str, wanted: list[str]) -> None:
    assert [str(message) for message in parse_messages(output, "a.c")] == wanted


def test_a_compiler_that_dies_without_a_word_still_gives_an_error() -> None:
    assert str(fail("", "a.c")) == "a.c: error: the compiler gave up without a word"
    assert str(fail("PLEASE submit a bug report", "a.c")) == "a.c: error: PLEASE submit a bug report"


# ---- what is kept


def test_nothing_runs_twice_and_any_change_runs_it_again(compiler: Compiler, tmp_path: Path) -> None:
    header = write(tmp_path / "own.h", "#define VALUE 1\n")
    source = Source(write(tmp_path / "a.bpf.c", '#include "own.h"\nint value = VALUE;\n'), include=(tmp_path / "inc",))
    (tmp_path / "inc").mkdir()
    first = compiler.compile(source)
    assert not first.cached
    assert compiler.compile(source).cached
    settle(write(header, "#define VALUE 2\n"))
    second = compiler.compile(source)
    assert (second.cached, second.data == first.data) == (False, False)
    settle(write(header, "#define VALUE 1\n"))
    assert compiler.compile(source) == replace(first, cached=True)  # both versions are known now
    assert not compiler.compile(replace(source, defines=("MORE",))).cached
    assert not compiler.compile(replace(source, cpu="v2")).cached


def settle(path: Path) -> None:
    """As if the file had been written a while ago: one that is saved while it is read is not relied on."""
    os.utime(path, ns=(1, path.stat().st_mtime_ns - 10**9))


def test_a_header_that_would_now_be_found_first_runs_it_again(compiler: Compiler, tmp_path: Path) -> None:
    for name in ("near", "far"):
        (tmp_path / name).mkdir()
    settle(write(tmp_path / "far/own.h", "int far;\n"))
    source = Source(write(tmp_path / "a.bpf.c", "#include <own.h>\n"), include=(tmp_path / "near", tmp_path / "far"))
    settle(source.path)
    compiler.compile(source)
    assert compiler.compile(source).cached
    settle(write(tmp_path / "near/own.h", "int near;\n"))
    made = compiler.compile(source)
    assert not made.cached
    assert tmp_path / "near/own.h" in made.dependencies


def test_damage_in_the_cache_is_noticed(compiler: Compiler) -> None:
    first = compiler.compile(Source(XDP))
    first.path.write_bytes(first.data[:-1])
    again = compiler.compile(Source(XDP))
    assert (again.cached, again.data) == (False, first.data)
    for record in (compiler._cache / "compile/made/records").rglob("*.json"):
        record.write_text('[{"files": 3}]')
    assert not compiler.compile(Source(XDP)).cached


def test_a_file_saved_while_it_was_compiled_is_not_relied_on(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "made")
    kept = shelf.keep(["x"], Made(b"object", "", [XDP], []), settled=False)
    assert kept.path.read_bytes() == b"object"
    assert shelf.find(["x"]) is None
    shelf.keep(["x"], Made(b"object", "said", [XDP], []))
    found = shelf.find(["x"])
    assert found is not None
    assert (found.data, found.said, found.files) == (b"object", "said", (XDP,))


def test_many_at_once_come_in_their_order_and_one_does_not_stop_the_others(compiler: Compiler, tmp_path: Path) -> None:
    texts = [f"int n{number};\n" if number != 2 else "int n2\n" for number in range(6)]
    sources = [Source(write(tmp_path / f"{number}.bpf.c", text)) for number, text in enumerate(texts)]
    made = compiler.compile_all(sources, jobs=3)
    assert [type(each) for each in made] == [CompileError if number == 2 else Compiled for number in range(6)]
    names = [
        btf.parse_file(each.data, each.path).find(f"n{n}") for n, each in enumerate(made) if isinstance(each, Compiled)
    ]
    assert all(names)


# A rule as compilers write it, and the files.
RULES: list[tuple[str, list[str]]] = [
    ("out: a.c b.h\n", ["a.c", "b.h"]),
    ("out: a.c \\\n  b.h \\\n  b.h\n", ["a.c", "b.h"]),
    ("out: with\\ space.c cash$$.h number\\#.h back\\slash.h\n",
     ["with space.c", "cash$.h", "number#.h", "back\\slash.h"]),
    ("out: a.c\n\nb.h:\n", ["a.c"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), RULES)
def test_rules_for_make(text: str, wanted: list[str]) -> None:
    assert parse_rule(text) == [Path(name) for name in wanted]


def test_a_name_with_everything_that_make_escapes(compiler: Compiler, tmp_path: Path) -> None:
    header = write(tmp_path / "an $odd #name.h", "int odd;\n")
    made = compiler.compile(Source(write(tmp_path / "a b.bpf.c", f'#include "{header.name}"\n')))
    assert header in made.dependencies


def test_shadows_are_looked_for_only_before_a_file_s_own_folder() -> None:
    own, others = [Path("/src"), Path("/inc")], [Path("/usr/include"), Path("/usr/include/x")]
    files = [Path("/src/a.c"), Path("/inc/b.h"), Path("/usr/include/x/c.h"), Path("/usr/include/d/e.h")]
    assert sorted(map(str, find_shadows(files, own, others))) == [
        "/inc/c.h", "/inc/d/e.h", "/src/b.h", "/src/c.h", "/src/d/e.h"
    ]  # fmt: skip


# ---- headers


def tree(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("#if defined(__TARGET_ARCH_x86)\n#elif defined(__TARGET_ARCH_arm64)\n#endif\n")
    return root


LIBBPF = ("usr/include/bpf/bpf_helpers.h", "usr/include/bpf/bpf_tracing.h")


def test_without_the_archive_this_machine_s_headers_serve(tmp_path: Path) -> None:
    system = tree(tmp_path / "s", *LIBBPF, "usr/include/linux/bpf.h", "usr/include/x86_64-linux-gnu/asm/types.h")
    found = Search(tmp_path / "cache", system, fetch=False).find("x86")
    assert found.folders[:2] == (system / "usr/include", system / "usr/include/x86_64-linux-gnu")
    assert (found.architectures, found.notes) == (("x86", "arm64"), ())


def test_the_headers_of_a_release_s_tree_and_what_stands_in(tmp_path: Path) -> None:
    new, old = "usr/src/linux-headers-6.12.1-common", "usr/src/linux-headers-6.1.0-9-common"
    system = tree(
        tmp_path / "s", *LIBBPF, f"{new}/include/uapi/linux/bpf.h", f"{old}/include/uapi/linux/bpf.h",
        f"{old}/arch/x86/include/uapi/asm/types.h",
    )  # fmt: skip
    search = Search(tmp_path / "cache", system, fetch=False)
    assert search.find("x86", "v6.1.0").folders[0] == system / old / "include/uapi"
    other = search.find("arm64", "v5.10")
    assert other.folders[:2] == (system / new / "include/uapi", system / old / "arch/x86/include/uapi")
    assert other.notes == (
        "no headers of v5.10 here: those of another release stand in",
        "no asm headers of arm64 here: those of x86 stand in",
    )


def test_what_is_missing_is_told_with_every_folder_tried(tmp_path: Path) -> None:
    with pytest.raises(
        MachineError, match=rf"bpf/bpf_helpers\.h is in none .*{tmp_path}/s/usr/local/include.*libbpf-dev"
    ):
        Search(tmp_path / "cache", tmp_path / "s", fetch=False).find("x86")
    system = tree(tmp_path / "t", *LIBBPF)
    with pytest.raises(MachineError, match=rf"linux/bpf\.h is in none .*{tmp_path}/t/usr/include\).*linux-libc-dev"):
        Search(tmp_path / "cache", system, fetch=False).find("x86")


VERSIONS = ["7.3.4-1~bpo13+1", "7.2.13-1", "7.2.9-1", "6.12.107-1", "6.12.94-1", "6.1.176-1"]


@pytest.mark.parametrize(
    ("release", "wanted"),
    [("v6.1", "6.1.176-1"), ("v6.12", "6.12.107-1"), ("v5.10", "6.1.176-1"), ("v6.18", "7.2.13-1"), ("v7.9", None)],
)
def test_the_package_of_a_release_or_of_the_next_newer(release: str, wanted: str | None) -> None:
    found = choose_version([PackageVersion(version, "sid") for version in VERSIONS], release)
    assert (found.version if found else None) == wanted


class Archive:
    """Stands in for Debian's: packages with one header."""

    asked: ClassVar[list[str]] = []

    def __init__(self, cache: Path):
        self.cache = cache

    def update(self) -> None:
        self.asked.append("update")

    def versions(self, package: str) -> list[PackageVersion]:
        assert package == "linux-libc-dev"
        return [PackageVersion(version, "sid") for version in VERSIONS]

    def fetch(self, package: str, version: str) -> Path:
        self.asked.append(version)
        return write(self.cache / f"{package}-{version}.deb", version)


def test_a_release_s_package_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bpfref.loader.compile.headers.Archive", Archive)
    monkeypatch.setattr(
        "bpfref.loader.compile.headers.run_extract_tree", lambda _, folder, __: tree(folder, "usr/include/linux/bpf.h")
    )
    develop = tree(tmp_path / "develop", *LIBBPF, "usr/include/linux/bpf.h", "usr/lib/linux/uapi/x86/asm/types.h")
    cache = tmp_path / "cache"
    for _ in range(2):
        search = Search(cache, tmp_path / "none")
        search.develop = Userland(develop, ())
        found = search.find("x86", "v6.1")
        assert found.folders[0] == cache / "compile/uapi/6.1.176-1/usr/include"
        assert (found.notes, Archive.asked) == ((), ["update", "6.1.176-1"])
    found = search.find("x86", "v5.10")
    assert found.notes == ("the archive has no headers of v5.10: those of 6.1.176-1 stand in",)
    assert search.find("x86", "v7.9").folders[0] == develop / "usr/include"
    assert Archive.asked == ["update", "6.1.176-1", "update", "update"]


def test_the_architectures_are_those_of_the_header(search: Search) -> None:
    assert search.develop is not None
    known = read_architectures(search.develop.root / "usr/include/bpf/bpf_tracing.h")
    assert {"x86", "arm64", "s390", "riscv", "loongarch"} <= set(known)
    assert "xxx" not in known  # only a comment speaks of it


# ---- user space


def test_a_program_for_guests_runs_here_through_their_loader(compiler: Compiler, tmp_path: Path) -> None:
    text = """#include <bpf/libbpf.h>
#include <math.h>
#include <stdio.h>
int main(int count, char **words)
{
	printf("%s %.0f\\n", libbpf_version_string(), floor(count + 0.5));
	return 3;
}
"""
    source = UserSource((write(tmp_path / "a.c", text),), ("m",))
    made = compiler.compile_user(source)
    path = tmp_path / "a"
    path.write_bytes(made.data)
    path.chmod(0o755)
    userland = compiler._user.userland
    loader = userland.command("usr/bin/python3")[:3]
    done = subprocess.run([*loader, str(path)], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()[1:]) == (3, ["1"])
    assert done.stdout.startswith("v1.")
    assert compiler.compile_user(source).cached


def test_what_is_wrong_with_a_program_for_guests(compiler: Compiler, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.c", "int main(void)\n{\n\treturn nothing;\n}\n")
    with pytest.raises(CompileError, match=r"bad\.c:3: error: .*nothing.* undeclared"):
        compiler.compile_user(UserSource((bad,)))
    lost = write(tmp_path / "lost.c", "int gone(void);\nint main(void)\n{\n\treturn gone();\n}\n")
    with pytest.raises(CompileError, match=r"undefined reference to .gone"):
        compiler.compile_user(UserSource((lost,)))
    with pytest.raises(MachineError, match="guests have no library nosuch"):
        compiler.compile_user(UserSource((lost,), ("nosuch",)))


def test_of_several_files_each_is_compiled(compiler: Compiler, tmp_path: Path) -> None:
    one = write(tmp_path / "one.c", "int two(void);\nint main(void) { return two(); }\n")
    two = write(tmp_path / "two.c", "int two(void) { return 2; }\n")
    made = compiler.compile_user(UserSource((one, two)))
    assert {one, two} <= set(made.dependencies)
