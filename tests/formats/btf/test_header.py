"""All types of a file as one C header: what clang wrote comes back as C that clang lays out alike."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from btf_writer import Builder

from bpfref.errors import MachineError, SourceError
from bpfref.formats.btf import Btf, Kind, parse, parse_file, size_of
from bpfref.formats.btf.header import write_header
from bpfref.formats.btf.types import Enum, Struct
from bpfref.loader.compile.clang import find_candidates, read_clang
from required import require

# Each is here because a writer of headers can get it wrong.
SOURCE = """\
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
typedef _Bool flag;
enum { NAMELESS = 3, OTHER };
enum small { TINY = 1, LARGEST = 255 } __attribute__((packed));
enum below { MINUS = -1, PLUS = 1 };
enum wide { TOP = 1ULL << 63, ONE = 1 };
enum deep { BOTTOM = -(1LL << 62), FLOOR = 1 };
enum forced : unsigned long long { LOW = 1, HIGH = 2 };
enum negative : signed char { DOWN = -5 };
enum bits { TOPBIT = 0x80000000u, NEXT = 1 };
struct later; union also;
typedef struct { int a; struct later *to; } unnamed_t;
typedef int (*callback)(struct later *, const char *name, ...);
typedef void handler(int);
struct inner { u8 a; u32 b; };
struct over { u32 a; u32 b __attribute__((aligned(64))); u8 end; } __attribute__((aligned(128)));
struct tight { u8 a; u32 b; u16 c:3; u16 d:9; u32 e; } __attribute__((packed));
struct half { u8 a; u32 b __attribute__((packed)); u8 tail[3]; };
struct fields { u32 a:1, b:7; u32 :8; u32 c:20; u64 d:40; u8 e:3, f:6; signed int g:5; flag h:1; enum below i:2; };
struct gap { u8 a; u64 :0; u8 b:4; int :0; u8 c:4; u32 d; };
struct flexible { u32 count; struct inner items[]; };
struct nothing {};
struct holder {
	struct over first; struct nothing none; struct { u8 x; union { u32 y; u8 z[7]; }; } named[2];
	struct { u64 p; u32 q:4, r:28; }; union { struct inner one; struct tight two; };
	callback call; handler *handle; const volatile u8 *restrict pointer; int (*table[3])(int (*)[4], struct later *);
	struct flexible *rest; unnamed_t plain; union also *another; enum { INSIDE = 9 } kind; __int128 large;
};
union padded { u8 a; u32 b; } __attribute__((aligned(32)));
struct later { struct holder *up; struct later *next; union padded p; enum small s; enum forced f; enum negative n; };
union also { struct later l; u64 words[2]; };
"""
NAMED = ("inner", "over", "tight", "half", "fields", "gap", "flexible", "holder", "later")
ENUMS = ("small", "below", "wide", "deep", "forced", "negative", "bits")


def clangs() -> list[str]:
    try:
        return [os.environ["CLANG"]] if "CLANG" in os.environ else [str(read_clang(p).path) for p in find_candidates()]
    except MachineError:
        return []


CLANGS = clangs()
NEWEST = CLANGS[0] if CLANGS else "clang"


@pytest.fixture(autouse=True)
def _compilers() -> None:
    if not CLANGS:
        require("BPFREF_REQUIRE_TOOLS", "there is no clang that compiles for BPF")


def compile_c(compiler: str, folder: Path, text: str, *options: str) -> Btf:
    """BTF of a C text, which must compile without a warning."""
    source, result = folder / "source.c", folder / "source.o"
    source.write_text(text)
    words = [compiler, "-g", "-O2", "--target=bpfel", "-nostdlibinc", "-Werror", "-Wall", *options]
    done = subprocess.run([*words, "-c", source, "-o", result], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return parse_file(result.read_bytes(), result)


def variables() -> str:
    tags = [f"struct {name}" for name in NAMED] + ["union padded", "union also"]
    tags += [f"enum {name}" for name in ENUMS]
    return "".join(f"{tag} v{number};\n" for number, tag in enumerate((*tags, "unnamed_t", "callback")))


def layout_of(types: Btf, type_id: int) -> Iterator[tuple[str, int, int | None, int]]:
    """Every member of a struct by name, those of anonymous ones too: bit, width of a bit field, size."""
    found = types[type_id]
    assert isinstance(found, Struct)
    for member in found.members:
        place, width = types.bits(member)
        inner = types.resolve(member.type)
        if member.name is None and isinstance(types[inner], Struct):
            yield from ((name, place + at, *rest) for name, at, *rest in layout_of(types, inner))  # type: ignore[misc]
        elif member.name and not member.name.startswith("__padding"):
            yield (member.name, place, width, size_of(types, member.type))


def shapes(types: Btf) -> dict[str, object]:
    """What must survive, by name."""
    found: dict[str, object] = {}
    for type_id in types.ids(Kind.STRUCT, Kind.UNION, Kind.ENUM, Kind.ENUM64):
        each, name = types[type_id], types.name(type_id)
        if name and isinstance(each, Struct):
            found[name] = (each.union, each.size, list(layout_of(types, type_id)))
        elif name and isinstance(each, Enum):
            found[name] = (each.size, each.signed, [(e.name, e.value) for e in each.enumerators])
    return found


@pytest.mark.parametrize("compiler", CLANGS)
@pytest.mark.parametrize("standard", ["gnu11", "gnu17", "gnu2x"])
def test_what_clang_laid_out_is_laid_out_alike_again(compiler: str, standard: str, tmp_path: Path) -> None:
    before = compile_c(NEWEST, tmp_path, SOURCE + variables())
    header = write_header(before)
    after = compile_c(compiler, tmp_path, header + variables(), f"-std={standard}")
    wanted, found = shapes(before), shapes(after)
    if Path(compiler).parent.parent.name == "llvm-14":  # the BTF that it writes knows no sign and no 64 bits
        wanted |= {name: found[name] for name in ENUMS}
    assert {name: found[name] for name in wanted} == wanted
    assert set(NAMED) <= wanted.keys()


def test_it_is_written_the_same_once_more(tmp_path: Path) -> None:
    """The header of the header's own BTF: nothing creeps in."""
    first = compile_c(NEWEST, tmp_path, SOURCE + variables())
    second = compile_c(NEWEST, tmp_path, write_header(first) + variables())
    third = compile_c(NEWEST, tmp_path, write_header(second) + variables())
    assert shapes(second) == shapes(third)
    assert write_header(first) == write_header(first)


def test_enumerators_without_a_name_around_them_are_there(tmp_path: Path) -> None:
    types = compile_c(NEWEST, tmp_path, "enum { A = 7, B } used; struct s { enum { C = 8 } c; } v;")
    compile_c(NEWEST, tmp_path, write_header(types) + "int values[] = { A, B, C };\n")


def test_access_is_preserved_unless_it_is_not_wanted(tmp_path: Path) -> None:
    types = compile_c(NEWEST, tmp_path, "struct s { int a, b; } v;")
    use = "int get(struct s *s) { return s->b; }\n"
    relocated = compile_c(NEWEST, tmp_path, write_header(types) + use)
    source = tmp_path / "source.o"
    assert b"0:1" in source.read_bytes()  # the access string of a relocation
    compile_c(NEWEST, tmp_path, write_header(types) + use, "-DBPF_NO_PRESERVE_ACCESS_INDEX")
    assert b"0:1" not in source.read_bytes()
    assert relocated.find("s", Kind.STRUCT)


def test_prototypes_of_kfuncs_are_weak_and_can_be_left_out(tmp_path: Path) -> None:
    types = compile_c(NEWEST, tmp_path, "struct s; int bpf_one(struct s *s, unsigned long n) { return n; }")
    header = write_header(types, types.find("bpf_one", Kind.FUNC))
    assert 'extern int bpf_one(struct s *s, unsigned long n) __attribute__((section(".ksyms")))' in header
    use = "int f(struct s *s) { return bpf_one ? bpf_one(s, 2) : 0; }\n"
    used = compile_c(NEWEST, tmp_path, "struct s;\n" + header + use)
    assert used.find(".ksyms", Kind.DATASEC)
    compile_c(NEWEST, tmp_path, header + "int bpf_one;\n", "-DBPF_NO_KFUNC_PROTOTYPES")


def made(build: Callable[[Builder], object]) -> Btf:
    """BTF that no compiler writes: `build` adds to a file whose type 1 is `int`."""
    builder = Builder()
    builder.number()
    build(builder)
    return parse(builder.data(), "made")


def test_types_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    def build(builder: Builder) -> None:
        builder.struct("twin", 4, [("a", 1, 0)])
        builder.struct("twin", 8, [("a", 1, 0), ("b", 1, 32)])
        builder.struct("twin", 4, [("c", 1, 0)], union=True)
        builder.add(Kind.TYPEDEF, "twin", 1)
        builder.add(Kind.TYPEDEF, "twin", 2)
        builder.enum("one", {"twin": 1, "FIRST": 2})
        builder.enum("two", {"FIRST": 3})

    uses = """
_Static_assert(sizeof(struct twin) == 4 && sizeof(struct twin___2) == 8 && sizeof(union twin___3) == 4, "");
twin a; twin___2 b; int values[] = { twin___3, FIRST, FIRST___2 };
"""
    compile_c(NEWEST, tmp_path, write_header(made(build)) + uses)


def test_what_is_only_declared_has_the_name_of_what_is_defined(tmp_path: Path) -> None:
    def build(builder: Builder) -> None:
        declared = builder.add(Kind.FWD, "thing")
        builder.struct("user", 8, [("it", builder.ptr(declared), 0)])
        builder.struct("thing", 4, [("a", 1, 0)])
        builder.struct("lost", 8, [("it", builder.ptr(builder.add(Kind.FWD, "nowhere", 0, flag=True)), 0)])

    text = "int get(struct user *u) { return u->it->a; }\nvoid *lost(struct lost *l) { return l->it; }\n"
    compile_c(NEWEST, tmp_path, write_header(made(build)) + text)


def test_a_member_that_only_its_type_names_is_written_out(tmp_path: Path) -> None:
    """The kernel's dialect of C, which compilers know only with an option."""

    def build(builder: Builder) -> None:
        inner = builder.struct("inner", 8, [("a", 1, 0), ("b", 1, 32)])
        builder.struct("outer", 12, [("first", 1, 0), (None, inner, 32)])

    text = write_header(made(build))
    compile_c(NEWEST, tmp_path, text + "int get(struct outer *o) { return o->b; }\n")
    found = compile_c(NEWEST, tmp_path, text + "struct outer v;\n")
    assert shapes(found)["outer"] == (False, 12, [("first", 0, None, 4), ("a", 32, None, 4), ("b", 64, None, 4)])


def test_words_of_a_later_c(tmp_path: Path) -> None:
    def build(builder: Builder) -> None:
        builder.add(Kind.TYPEDEF, "bool", builder.number("_Bool", 1, 4))
        builder.enum(None, {"false": 0, "true": 1})
        builder.struct("some", 4, [("a", 1, 0)])

    for standard in ("gnu11", "gnu2x"):
        compile_c(NEWEST, tmp_path, write_header(made(build)) + "bool yes = true;\n", f"-std={standard}")


def itself(builder: Builder) -> None:
    builder.struct("loop", 8, [("a", 1, 0), ("again", 2, 32)])


def overlap(builder: Builder) -> None:
    builder.struct("overlap", 8, [("a", 1, 16), ("b", 1, 32)])


def too_big(builder: Builder) -> None:
    builder.struct("small", 2, [("a", 1, 0)])


def odd(builder: Builder) -> None:
    builder.enum("odd", {"A": 1}, size=16)


def no_name(builder: Builder) -> None:
    builder.struct("a; int b", 4, [("a", 1, 0)])


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (itself, "lies within|contains itself"),
        (overlap, r"\(overlap\) has members that overlap"),
        (too_big, r"\(small\) has members that overlap or do not fit"),
        (odd, "is no size|16 bytes"),
        (no_name, "is no name in C"),
    ],
)
def test_what_c_cannot_say_is_refused(build: Callable[[Builder], object], words: str) -> None:
    with pytest.raises(SourceError, match=words):
        write_header(made(build))
