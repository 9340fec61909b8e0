"""`formats.btf`: every kind in either byte order, what is refused, and that nothing but SourceError comes out."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest
from btf_writer import Builder, every_kind
from hypothesis import given, settings
from hypothesis import strategies as st

from bpfref.errors import SourceError
from bpfref.formats.btf import Btf, Kind, declare, define, parse, size_of, types
from bpfref.formats.btf.wire import Order

ORDERS: tuple[Order, ...] = ("little", "big")
RUNNING = Path("/sys/kernel/btf/vmlinux")


def read(builder: Builder, base: Btf | None = None) -> Btf:
    return parse(builder.data(), "test", base)


def probe(found: Btf) -> None:
    """Ask everything about every type: an answer or a SourceError."""
    for type_id in range(len(found)):
        for ask in (
            lambda i: found[i],
            found.name,
            found.resolve,
            found.tags,
            lambda i: size_of(found, i),
            lambda i: declare(found, i, "x"),
            lambda i: define(found, i, offsets=True),
        ):
            try:
                ask(type_id)
            except SourceError:
                continue
    try:
        found.find("record")
    except SourceError:
        return


@pytest.mark.parametrize("order", ORDERS)
def test_every_kind_is_decoded(order: Order) -> None:
    found = read(every_kind(order))
    assert found.order == order
    assert {found.kind(i) for i in found.own} | {Kind.VOID} == set(Kind)
    assert found[0] == types.Void()
    record = found[found.find("record")[0]]
    assert isinstance(record, types.Struct)
    assert [(m.name, m.offset, m.bits) for m in record.members] == [
        ("flags", 0, 3),
        ("kind", 3, 5),
        (None, 64, None),
        ("grid", 128, None),
        ("handler", 512, None),
    ]
    enums = {name: found[found.find(name)[0]] for name in ("mood", "mask", "large", "wide")}
    values = {name: [e.value for e in enum.enumerators] for name, enum in enums.items() if isinstance(enum, types.Enum)}
    assert values == {"mood": [1, -1], "mask": [1 << 31], "large": [1 << 40, 2**64 - 1], "wide": [-(1 << 40)]}
    func = found.find("do_it", Kind.FUNC)[0]
    assert (found.tags(func), found.tags(func, 0), found.tags(func, 1)) == (("bpf_kfunc",), ("nullable",), ())
    assert found.tags(found.find("record")[0]) == ()  # an attribute is no tag
    assert found.name(func) == "do_it"
    assert [found.kind(i) for i in found.find("int")] == [Kind.INT, Kind.INT]
    assert found.find("do_it", Kind.STRUCT) == found.find("absent") == ()
    assert list(found.ids(Kind.FLOAT, Kind.FUNC)) == [found.find("double")[0], func]


def test_byte_order_changes_nothing_else() -> None:
    little, big = (read(every_kind(order)) for order in ORDERS)
    assert [little[i] for i in range(len(little))] == [big[i] for i in range(len(big))]


def test_enumerations_without_signs_are_not_guessed() -> None:
    b = Builder()
    b.enum("old", {"NONE": -1, "ONE": 1})
    b.enum("small", {"TWO": 2})
    found = read(b)
    assert found[1] == types.Enum("old", 4, None, (types.Enumerator("NONE", -1), types.Enumerator("ONE", 1)))
    assert found[2] == types.Enum("small", 4, signed=False, enumerators=(types.Enumerator("TWO", 2),))
    assert "NONE = 0xffffffff," in define(found, 1)
    b.enum("new", {"MINUS": -1}, signed=True)
    found = read(b)
    assert found[1] == types.Enum(
        "old", 4, signed=False, enumerators=(types.Enumerator("NONE", 2**32 - 1), types.Enumerator("ONE", 1))
    )


@pytest.mark.parametrize("order", ORDERS)
def test_split_continues_its_base(order: Order) -> None:
    lower = every_kind(order)
    base = read(lower)
    b = Builder(order, lower)
    pointer = b.ptr(base.find("record")[0])
    func = b.func("module_func", b.proto(0, [("path", pointer)]))
    b.decl_tag("bpf_kfunc", func)
    b.decl_tag("late", base.find("do_it")[0])
    b.struct("record", 4)
    found = read(b, base)
    assert (len(base), len(found), found.own) == (pointer, pointer + 6, range(pointer, pointer + 6))
    assert declare(found, func) == "void module_func(struct record *path)"
    assert found.find("record") == (*base.find("record"), len(found) - 1)
    assert found.tags(base.find("do_it")[0]) == ("bpf_kfunc", "late")
    assert base.tags(base.find("do_it")[0]) == ("bpf_kfunc",)
    assert found[3] == base[3]
    assert found.name(3) == base.name(3)
    with pytest.raises(SourceError, match="which needs its base"):
        read(b)


def test_a_wrong_base_is_noticed() -> None:
    lower = every_kind()
    b = Builder(base=lower)
    b.typedef("late", 1)
    b.func("double", b.proto(1))  # a name of the base's
    wrong = Builder()
    while wrong.first + len(wrong.types) < lower.first + len(lower.types):
        wrong.number("a name that is somewhat longer")
    with pytest.raises(SourceError, match="the base it was made for"):
        read(b, read(wrong))
    with pytest.raises(SourceError, match="big-endian and its base"):
        read(Builder("big", lower), read(lower))


def test_an_enumeration_that_is_only_declared_has_no_size() -> None:
    """clang writes such ones so, pahole with the size of an int."""
    b = Builder()
    b.enum("later", {}, size=0)
    found = read(b)
    assert define(found, 1) == "enum later;\n"
    with pytest.raises(SourceError, match="has no size"):
        size_of(found, 1)


def test_split_and_base_may_be_empty() -> None:
    empty = read(Builder())
    assert (len(empty), list(empty.own)) == (1, [])
    assert len(read(Builder(base=Builder()), empty)) == 1


@pytest.mark.parametrize("extra", [b"", bytes(4), bytes(8), bytes(40)])
def test_longer_headers_are_read_if_nothing_is_in_them(extra: bytes) -> None:
    found = parse(every_kind().data(extra), "test")
    assert declare(found, found.find("record")[0]) == "struct record"


def test_the_section_of_layouts_is_passed_over() -> None:
    b = every_kind()
    types_, layout = b"".join(b.types), struct.pack("<BBH", 0, 0, 0) * 20
    at = len(types_)
    extra = b.words(at, len(layout))
    data = b.header(0, at, at + len(layout), len(b.strings), extra) + types_ + layout + b.strings
    assert len(parse(data, "test")) == len(read(b))
    with pytest.raises(SourceError, match="whole entries"):
        broken = b.header(0, at, at + 3, len(b.strings), b.words(at, 3)) + types_ + layout[:3] + b.strings
        parse(broken, "test")


HEADERS = {
    "nothing": (b"", "too few"),
    "cut": (every_kind().data()[:7], "too few"),
    "magic": (b"\x9e" + every_kind().data()[1:], "starts with 9e eb"),
    "version": (b"\x9f\xeb\x02" + every_kind().data()[3:], "version 2"),
    "flags": (b"\x9f\xeb\x01\x01" + every_kind().data()[4:], "flags 0x1"),
    "short header": (b"\x9f\xeb\x01\x00\x14\0\0\0" + bytes(30), "header of 20 bytes"),
    "huge header": (b"\x9f\xeb\x01\x00\xff\xff\xff\xff" + bytes(30), "header of 4294967295 bytes"),
    "unknown field": (every_kind().data(bytes(8) + b"\1"), "newer than bpfref"),
    "truncated": (every_kind().data()[:-1], "the sections need"),
    "trailing": (every_kind().data() + b"\0", "the sections need"),
    "overlap": (Builder().header(0, 4, 2, 4) + bytes(6), "overlap with the section at byte 2"),
    "gap": (Builder().header(0, 4, 6, 2) + bytes(8), "gap before the section at byte 6"),
    "far": (Builder().header(4000, 0, 0, 1) + bytes(1), "beyond the end"),
    "absurd": (Builder().header(0, 0xFFFFFFFF, 0, 1) + bytes(1), "overlap|need"),
    "unaligned": (Builder().header(1, 4, 0, 1) + bytes(5), "aligned"),
    "no strings": (Builder().header(0, 0, 0, 0), "does not end"),
    "open string": (Builder().header(0, 0, 0, 2) + b"\0a", "does not end"),
    "first string": (Builder().header(0, 0, 0, 2) + b"a\0", "first string is not empty"),
    "cut type": (Builder().header(0, 8, 8, 1) + bytes(9), "type 1 is cut off"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_bad_files_are_refused(name: str) -> None:
    data, message = HEADERS[name]
    with pytest.raises(SourceError, match=message) as caught:
        parse(data, "some/file")
    assert str(caught.value).startswith("some/file: BTF: ")


def raw(kind: int, third: int = 0, *rest: int, vlen: int = 0, flag: int = 0, name: str | None = None) -> Builder:
    b = Builder()
    b.add(kind, name, third, rest, vlen, flag)
    return b


def loop(*kinds: Kind) -> Builder:
    b = Builder()
    for at, kind in enumerate(kinds, 1):
        name = "t" if kind in {Kind.TYPEDEF, Kind.TYPE_TAG} else None
        target = at % len(kinds) + 1
        rest = [target, target, 1] if kind == Kind.ARRAY else []
        b.add(kind, name, 0 if kind == Kind.ARRAY else target, rest)
    return b


def chain(length: int) -> Builder:
    b = Builder()
    b.number()
    for target in range(1, length + 1):
        b.ptr(target)
    return b


def named(offset: int) -> Builder:
    b = Builder()
    b.types.append(b.words(offset, Kind.FLOAT << 24, 4))
    b.strings += b"abc\0"
    return b


SCANS = {
    "kind 0": (raw(0), "type 1 has the unknown kind 0"),
    "kind 20": (raw(20), "unknown kind 20"),
    "kind 127": (raw(127), "unknown kind 127"),
    "flag": (raw(Kind.PTR, flag=1), r"\(PTR\) has unknown bits"),
    "vlen": (raw(Kind.CONST, vlen=1), r"\(CONST\) has unknown bits"),
    "count": (raw(Kind.STRUCT, 4, vlen=0xFFFFFF), "ends 50331645 words beyond"),
    "members cut": (raw(Kind.STRUCT, 4, 0, 0, vlen=1), "ends 1 words beyond"),
    "reference": (raw(Kind.PTR, 2), "refers to a type that is not there"),
    "far reference": (raw(Kind.PTR, 0xFFFFFFFF), "refers to a type that is not there"),
    "member": (raw(Kind.STRUCT, 4, 0, 7, 0, vlen=1), "refers to a type that is not there"),
    "element": (raw(Kind.ARRAY, 0, 9, 0, 1), "refers to a type that is not there"),
    "index": (raw(Kind.ARRAY, 0, 0, 9, 1), "refers to a type that is not there"),
    "name": (named(9), "has its name at 9, where no string starts"),
    "tail": (named(2), "has its name at 2, where no string starts"),
    "member's name": (raw(Kind.ENUM, 4, 5, 0, vlen=1), "has a name within where no string starts"),
    "function of no type": (raw(Kind.FUNC, 0, name="f"), "cannot stand there"),
    "tag on nothing": (raw(Kind.DECL_TAG, 0, 0xFFFFFFFF, name="t"), "cannot stand there"),
    "section of void": (raw(Kind.DATASEC, 0, 0, 0, 0, vlen=1, name="s"), "cannot stand there"),
    "itself": (loop(Kind.PTR), "or to itself"),
    "typedef of itself": (loop(Kind.TYPEDEF, Kind.CONST), "or to itself"),
    "array of itself": (loop(Kind.ARRAY), "or to itself"),
    "function returning itself": (loop(Kind.FUNC_PROTO, Kind.PTR, Kind.TYPE_TAG), "or to itself"),
    "deep": (chain(65), "more than 64 others"),
}


@pytest.mark.parametrize("name", SCANS)
def test_bad_types_are_refused_at_once(name: str) -> None:
    builder, message = SCANS[name]
    with pytest.raises(SourceError, match=message):
        read(builder)


def test_the_longest_chain_is_read() -> None:
    assert declare(read(chain(64)), 65, "p") == "int " + "*" * 64 + "p"


VALUES = {
    "integer of no bits": (raw(Kind.INT, 4, 0, name="i"), "impossible layout"),
    "integer beyond its size": (raw(Kind.INT, 1, 9, name="i"), "impossible layout"),
    "integer's encoding": (raw(Kind.INT, 4, 0x08000020, name="i"), "impossible layout"),
    "integer's other bits": (raw(Kind.INT, 4, 0x10000020, name="i"), "impossible layout"),
    "nameless integer": (raw(Kind.INT, 4, 32), "lacks a name"),
    "named pointer": (raw(Kind.PTR, name="p"), "its kind has none"),
    "array with size": (raw(Kind.ARRAY, 1, 0, 0, 1), "size of its own"),
    "member beyond": (raw(Kind.STRUCT, 4, 0, 0, 33, vlen=1), "beyond its end"),
    "enumeration of none": (raw(Kind.ENUM, 0, 0, 0, vlen=1), "has 0 bytes|lacks a name"),
    "enumeration of 3": (raw(Kind.ENUM, 3, name="e"), "has 3 bytes"),
    "enumerator": (raw(Kind.ENUM, 4, 0, 0, vlen=1), "lacks a name"),
    "forward": (raw(Kind.FWD, 1, name="f"), "refers to a type"),
    "parameter": (raw(Kind.FUNC_PROTO, 0, 0, 0, 0, 0, vlen=2), "parameter of type void"),
    "linkage": (raw(Kind.VAR, 0, 3, name="v"), "unknown linkage 3"),
}


@pytest.mark.parametrize("name", VALUES)
def test_bad_values_are_refused_when_asked_for(name: str) -> None:
    builder, message = VALUES[name]
    found = read(builder)
    with pytest.raises(SourceError, match=rf"type 1 \([A-Z_]+\) .*{message}"):
        found[1]


@pytest.mark.parametrize("bad", [-1, 3, 1 << 40])
def test_ids_that_are_not_there(bad: int) -> None:
    found = read(chain(1))
    for ask in (found.__getitem__, found.kind, found.name, found.entries, found.resolve, found.tags):
        with pytest.raises(SourceError, match="the ids end at 2"):
            ask(bad)


@pytest.mark.parametrize(("text", "message"), [(b"\xff\0", "no UTF-8"), (b"a" * 5000 + b"\0", "more than 4096 bytes")])
def test_bad_strings(text: bytes, message: str) -> None:
    b = Builder()
    b.types.append(b.words(1, Kind.FLOAT << 24, 4))
    b.strings += text
    found = read(b)
    for ask in (lambda: found[1], lambda: found.name(1), lambda: found.find("a")):
        with pytest.raises(SourceError, match=message):
            ask()


def test_too_many_types() -> None:
    b = Builder()
    b.types = [b.words(0, Kind.PTR << 24, 0) * 0xFFFFF]
    assert len(read(b)) == 0x100000
    b.types.append(b.words(0, Kind.PTR << 24, 0))
    with pytest.raises(SourceError, match="one more than the 1048575"):
        read(b)


SIZES = {
    "int": 4,
    "long unsigned int": 8,
    "record": 72,
    "record_t": 72,
    "large": 8,
    "double": 8,
    "table": 48,
    ".data": 48,
}


def test_sizes() -> None:
    found = read(every_kind())
    assert {name: size_of(found, found.find(name)[0]) for name in SIZES} == SIZES
    for name in ("do_it", "later", "bpf_kfunc"):
        with pytest.raises(SourceError, match="has no size"):
            size_of(found, found.find(name)[0])
    with pytest.raises(SourceError, match="has no size"):
        size_of(found, 0)


def test_pointers_are_as_large_as_long() -> None:
    b = Builder()
    b.number("long int", 4)
    pointer = b.ptr(1)
    assert size_of(read(b), pointer) == 4


@pytest.mark.parametrize("count", [0xFFFFFFFF, 0x10000])
def test_arrays_do_not_overflow(count: int) -> None:
    b = Builder()
    array = b.number()
    for _ in range(20):
        array = b.array(array, count)
    with pytest.raises(SourceError, match="makes an array of"):
        size_of(read(b), array)


@settings(deadline=None)
@given(st.data())
def test_damaged_files_give_nothing_but_source_errors(data: st.DataObject) -> None:
    """Any bytes of a good file changed, cut out or doubled; read alone and on top of a base."""
    base = read(every_kind())
    whole = bytearray(every_kind(data.draw(st.sampled_from(ORDERS))).data())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        end = min(len(whole), at + data.draw(st.integers(0, 12)))
        whole[at:end] = data.draw(st.binary(max_size=12) | st.just(bytes(whole[at:end])))
    for below in (None, base):
        try:
            found = parse(bytes(whole), "damaged", below)
        except SourceError:
            continue
        probe(found)


@settings(deadline=None)
@given(st.data())
def test_damaged_types_give_nothing_but_source_errors(data: st.DataObject) -> None:
    """One word in the types is another: the file stays readable, its types may make no sense."""
    b = every_kind()
    words = bytearray(b"".join(b.types))
    for _ in range(data.draw(st.integers(1, 3))):
        at = 4 * data.draw(st.integers(0, len(words) // 4 - 1))
        small = st.integers(0, len(b.types) + 1)
        struct.pack_into("<I", words, at, data.draw(small | st.integers(0, 0xFFFFFFFF)))
    b.types = [bytes(words)]
    try:
        found = read(b)
    except SourceError:
        return
    probe(found)


NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, st.integers(0, 0xFFFFFFFF)), max_size=20), st.sampled_from(ORDERS), st.booleans())
def test_structs_survive(entries: list[tuple[str, int]], order: Order, flag: bool) -> None:
    b = Builder(order)
    number = b.number()
    record = b.struct("s", 0xFFFFFFFF, [(name, number, offset) for name, offset in entries], flag=flag)
    found = read(b)[record]
    assert isinstance(found, types.Struct)
    assert [(m.name, m.type, m.offset | (m.bits or 0) << 24) for m in found.members] == [
        (name, number, offset) for name, offset in entries
    ]
    assert not any(m.bits and not flag for m in found.members)


@settings(deadline=None)
@given(
    st.dictionaries(NAMES, st.integers(-(1 << 63), (1 << 63) - 1), min_size=1), st.sampled_from(ORDERS), st.booleans()
)
def test_enumerations_survive(values: dict[str, int], order: Order, signed: bool) -> None:
    b = Builder(order)
    small = {name: value >> 32 if signed else value >> 32 & 0xFFFFFFFF for name, value in values.items()}
    large = {name: value if signed else value & (1 << 64) - 1 for name, value in values.items()}
    b.enum("small", small, signed=signed)
    b.enum64("large", large, signed=signed)
    found = read(b)
    for type_id, expected in ((1, small), (2, large)):
        enum = found[type_id]
        assert isinstance(enum, types.Enum)
        assert enum.signed == signed
        assert {e.name: e.value for e in enum.enumerators} == expected


@pytest.mark.skipif(not RUNNING.exists(), reason="the running kernel has no BTF")
def test_the_running_kernel() -> None:
    """Every type is decoded, and functions, structs and enumerations can be written as C."""
    found = parse(RUNNING.read_bytes(), RUNNING)
    assert found.order == sys.byteorder
    for type_id in found.own:
        assert not isinstance(found[type_id], types.Void)
    kinds = (Kind.FUNC, Kind.STRUCT, Kind.UNION, Kind.ENUM, Kind.ENUM64, Kind.TYPEDEF)
    for type_id in list(found.ids(*kinds))[::7]:  # all of them take ten seconds
        assert define(found, type_id).endswith(";\n")
    task = found.find("task_struct", Kind.STRUCT)
    assert task
    assert size_of(found, task[0]) > 1000
