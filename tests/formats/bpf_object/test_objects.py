"""`formats.bpf_object`: what is found in an object, in either byte order, and objects that lie."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from btf_writer import Builder
from hypothesis import given, settings
from hypothesis import strategies as st
from object_writer import ALLOC, CALL, EXEC, EXIT, GLOBAL, LOCAL, SECTION, ZERO, ObjectWriter, typical, uint

from bpfref.errors import SourceError
from bpfref.formats.bpf_object import BpfObject, Refers, parse_object
from bpfref.formats.bpf_object.features import Features
from bpfref.formats.bpf_object.names import spell
from bpfref.formats.btf.wire import Order


def parse(writer: ObjectWriter) -> BpfObject:
    return parse_object(writer.data(), "test.o")


@pytest.mark.parametrize("order", ["little", "big"])
def test_a_bit_of_everything(order: Order) -> None:
    found = parse(typical(order))
    assert (found.order, found.licence, found.version) == (order, "Dual MIT/GPL", None)
    assert (list(found.programs), list(found.subprograms)) == (["run"], ["inner"])
    run = found.programs["run"]
    assert (run.section, run.linkage, run.slots) == ("tc", "global", 11)
    assert [(r.slot, r.kind, r.name) for r in run.references] == [
        (0, Refers.MAP, "values"),
        (2, Refers.HELPER, "1"),
        (3, Refers.FUNCTION, "inner"),
        (4, Refers.KFUNC, "bpf_do_it"),
        (5, Refers.DATA, ".bss"),
        (7, Refers.KCONFIG, "CONFIG_HZ"),
    ]
    assert [f.name for f in found.closure(run)] == ["run", "inner"]
    assert {use.feature for use in Features(found).find(run)} == {
        "jmp32",
        "function-call",
        "kernel-function-call",
        "global-data",
    }


@pytest.mark.parametrize("order", ["little", "big"])
def test_maps_of_each_kind(order: Order) -> None:
    maps = parse(typical(order)).maps
    assert list(maps) == ["values", ".bss", "old_map", ".kconfig"]
    values, old = maps["values"], maps["old_map"]
    assert (values.type, values.key_size, values.value_size, values.max_entries) == (2, 4, 24, 8)
    assert values.fields == ("bpf_timer",)
    found = parse(typical(order))
    assert found.btf is not None
    assert [spell(found.btf, each or 0) for each in (values.key, values.value)] == ["int", "struct value"]
    assert (old.type, old.key_size, old.value_size, old.max_entries, old.flags, old.legacy) == (1, 4, 8, 16, 1, True)
    assert (maps[".bss"].role, maps[".bss"].value_size, maps[".kconfig"].role) == ("data", 4, "kconfig")


def test_externs() -> None:
    externs = parse(typical()).externs
    assert [(e.name, e.kind, e.weak, e.typed) for e in externs.values()] == [
        ("bpf_do_it", Refers.KFUNC, False, True),
        ("CONFIG_HZ", Refers.KCONFIG, False, True),
    ]


def ext(writer: ObjectWriter, builder: Builder, section: str, relocations: list[tuple[int, int, str, int]]) -> bytes:
    """A `.BTF.ext` with CO-RE relocations of one section and no other record."""
    name = builder.string(section)
    rows = [(offset, kind_of, builder.string(access), kind) for offset, kind_of, access, kind in relocations]
    table = builder.words(16, name, len(rows), *(word for row in rows for word in row))
    header = struct.pack(f"{writer.sign}HBBI", 0xEB9F, 1, 0, 32)
    return bytes(header + builder.words(0, 0, 0, 0, 0, len(table)) + table)


def with_relocation(access: str, kind: int, order: Order = "little") -> ObjectWriter:
    w, b = ObjectWriter(order), Builder(order)
    number = b.number()
    inner = b.struct(None, 8, [("low", number, 0), ("high", number, 32)])
    outer = b.struct("outer", 24, [("first", number, 0), (None, inner, 64), ("many", b.array(number, 2, number), 128)])
    b.enum("mood", {"GOOD": 1, "BAD": 2})
    w.program("tc", "f")
    data = ext(w, b, "tc", [(0, outer if kind < 6 else outer + 3, access, kind)])
    if kind >= 10:
        data = ext(w, b, "tc", [(0, b.first + len(b.types) - 1, access, kind)])
    w.btf(b)
    w.section(".BTF.ext", data, 0)
    return w


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize(
    ("access", "kind", "spelled"),
    [
        ("0:0", 0, "struct outer.first"),
        ("0:1:1", 2, "struct outer.high"),
        ("0:2:1", 0, "struct outer.many[1]"),
        ("2:0", 0, "struct outer[2].first"),
        ("1", 11, "enum mood.BAD"),
    ],
)
def test_access_strings_become_names(access: str, kind: int, spelled: str, order: Order) -> None:
    (found,) = parse(with_relocation(access, kind, order)).relocations
    assert (found.spelled, found.function, found.slot, found.access) == (spelled, "f", 0, access)


@pytest.mark.parametrize("access", ["0:7", "0:0:1", "", "x", "0:" * 100 + "0", "99999999999", "0:2:9999999", "0::1"])
def test_access_strings_that_lead_nowhere(access: str) -> None:
    with pytest.raises(SourceError, match="CO-RE"):
        parse(with_relocation(access, 0))


def test_a_symbol_of_a_section_leads_to_the_function_at_its_place() -> None:
    w = ObjectWriter()
    two = w.code(ZERO, EXIT, ZERO, EXIT)
    text = w.section(".text", two, ALLOC | EXEC)
    w.symbol("one", text, 0, 16, 2, LOCAL)
    w.symbol("two", text, 16, 16, 2, LOCAL)
    run = w.program("tc", "run", (0x85, 0, 1, 0, 1), (0x18, 2, 0, 0, 16), (0, 0, 0, 0, 0), EXIT)
    section = w.symbol("", text, kind=SECTION, binding=LOCAL)
    w.relocate(run, 0, section, CALL)
    w.relocate(run, 8, section)
    references = parse(w).programs["run"].references
    assert [(r.kind, r.name) for r in references] == [(Refers.FUNCTION, "two"), (Refers.CALLBACK, "two")]


def test_functions_of_a_name_are_told_apart() -> None:
    w = ObjectWriter()
    text = w.section(".text", w.code(ZERO, EXIT, ZERO, EXIT), ALLOC | EXEC)
    for place in (0, 16):
        w.symbol("same", text, place, 16, 2, LOCAL)
    w.program("tc", "run", (0x85, 0, 1, 0, -1), EXIT)
    assert list(parse_object(_pointing(w, text), "x").subprograms) == ["same", "same (.text+0x10)"]


def _pointing(w: ObjectWriter, text: int) -> bytes:
    w.relocate(text + 1, 0, w.symbol("", text, kind=SECTION, binding=LOCAL), CALL)
    return w.data()


INSTRUCTIONS = {
    "none": [(0xB7, 0, 0, 0, 1), (0x61, 1, 1, 0, 0), (0xDC, 1, 0, 0, 16), (0xDB, 1, 2, 0, 0), (0x37, 1, 0, 0, 3)],
    "jump-less-than": [(0xA5, 1, 0, 0, 1), (0xCD, 1, 2, 0, 0)],
    "jmp32": [(0x16, 1, 0, 0, 1), (0xA6, 1, 0, 0, 1)],
    "gotol": [(0x06, 0, 0, 0, 0)],
    "may-goto": [(0xE5, 0, 0, 0, 0)],
    "signed-division": [(0x37, 1, 0, 1, 3), (0x9C, 1, 2, 1, 0)],
    "signed-move": [(0xBF, 1, 2, 8, 0), (0xBC, 1, 2, 16, 0)],
    "signed-load": [(0x81, 1, 2, 0, 0), (0x91, 1, 2, 0, 0)],
    "byte-swap": [(0xD7, 1, 0, 0, 32)],
    "address-space-cast": [(0xBF, 1, 2, 1, 1)],
    "atomic-fetch": [(0xDB, 1, 2, 0, 1), (0xC3, 1, 2, 0, 0x40), (0xDB, 1, 2, 0, 0xE1)],
    "acquire-release": [(0xDB, 1, 2, 0, 0x100), (0xD3, 1, 2, 0, 0x110)],
    "packet-load": [(0x30, 0, 0, 0, 12), (0x40, 0, 1, 0, 0)],
    "unknown-instruction": [(0xF7, 1, 0, 0, 0), (0x86, 0, 0, 0, 1), (0x60, 0, 0, 0, 0), (0xE1, 1, 2, 0, 0)],
}


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize(("feature", "words"), INSTRUCTIONS.items())
def test_parts_of_the_instruction_set(feature: str, words: list[tuple[int, ...]], order: Order) -> None:
    for word in words:
        w = ObjectWriter(order)
        w.program("tc", "f", word, EXIT)  # type: ignore[arg-type]
        found = parse(w)
        uses = [use.feature for use in Features(found).find(found.programs["f"])]
        assert uses == ([] if feature == "none" else [feature]), word


def test_a_loop_is_a_way_back_and_not_a_jump_back() -> None:
    w = ObjectWriter()
    w.program("tc", "loop", ZERO, (0x07, 0, 0, 0, 1), (0xA5, 0, 0, -2, 10), EXIT)
    w.program("xdp", "backwards", (0x05, 0, 0, 2, 0), ZERO, EXIT, (0x05, 0, 0, -3, 0))
    found = parse(w)
    assert (found.programs["loop"].loop, found.programs["backwards"].loop) == (2, None)


def broken(change: Callable[[ObjectWriter], object]) -> ObjectWriter:
    w = typical()
    change(w)
    return w


def _map_with(member: str, kind: Callable[[Builder, int], int]) -> ObjectWriter:
    w, b = ObjectWriter(), Builder()
    number = b.number()
    shape = b.struct(None, 16, [("type", uint(b, number, 1), 0), (member, kind(b, number), 64)])
    b.datasec(".maps", 16, [(b.var("m", shape), 0, 16)])
    w.symbol("m", w.section(".maps", bytes(16)), 0, 16)
    w.btf(b)
    return w


LIES: dict[str, tuple[ObjectWriter, str]] = {
    "another machine": (broken(lambda w: setattr(w, "machine", 62)), "another machine"),
    "a program": (broken(lambda w: setattr(w, "type", 2)), "no relocatable file"),
    "no function": (broken(lambda w: w.section("xdp", bytes(8), ALLOC | EXEC)), "instructions and no function"),
    "a function beyond": (broken(lambda w: w.symbol("x", 2, 8, 800, 2)), "within another|does not lie"),
    "functions that overlap": (broken(lambda w: w.symbol("x", 2, 8, 16, 2)), "begins within another"),
    "a relocation beyond": (broken(lambda w: w.relocate(2, 8000, 1)), "leads nowhere"),
    "a relocation of no symbol": (broken(lambda w: w.relocate(2, 0, 500)), "leads nowhere"),
    "a relocation off its slot": (broken(lambda w: w.relocate(2, 4, 5)), "off its slot"),
    "a relocation of an exit": (broken(lambda w: w.relocate(2, 80, 5)), "takes no symbol"),
    "a call of data": (broken(lambda w: w.relocate(2, 16, 4, CALL)), "is no function"),
    "a symbol in no section": (broken(lambda w: w.symbol("x", 99)), "which is not there"),
    "old maps without names": (broken(lambda w: w.symbols.__setitem__(3, ("", 5, 0, 20, 1, 1))), "no map's name"),
    "an old map too small": (broken(lambda w: w.symbols.__setitem__(3, ("m", 5, 8, 4, 1, 1))), "too few"),
    "a static map": (broken(lambda w: w.symbols.__setitem__(4, ("values", 3, 0, 32, 1, LOCAL))), "take `static` away"),
    "maps without BTF": (broken(lambda w: w.rows.pop()), "has no BTF"),
    "a map of which BTF says nothing": (broken(lambda w: w.symbol("m", 3, 0, 8)), "BTF says nothing"),
    "a figure that is none": (_map_with("max_entries", lambda _, n: n), "no number"),
    "a member that nobody knows": (_map_with("colour", lambda b, n: uint(b, n, 2)), "'colour'"),
    "a key that is no type": (_map_with("key", lambda _, n: n), "no pointer to a type"),
    "values that are no array": (_map_with("values", lambda _, n: n), "no array of pointers"),
    "a huge section": (broken(lambda w: w.section("big", b"x", ALLOC, 1, 1 << 60)), "ends beyond the file"),
    "huge data": (broken(lambda w: w.section(".bss.x", b"", ALLOC, 8, 1 << 40)), "at most"),
    "two tables of symbols": (broken(lambda w: w.section("s", b"", 0, 2)), "tables of symbols"),
}


@pytest.mark.parametrize(("writer", "words"), LIES.values(), ids=LIES)
def test_objects_that_lie(writer: ObjectWriter, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        parse(writer)
    assert str(caught.value).startswith("test.o")


CODE: dict[str, tuple[list[tuple[int, int, int, int, int]], str]] = {
    "a jump beyond": ([(0x05, 0, 0, 100, 0), EXIT], "where none begins"),
    "a jump before": ([(0x05, 0, 0, -2, 0), EXIT], "where none begins"),
    "a jump into a load": ([(0x05, 0, 0, 1, 0), (0x18, 1, 0, 0, 0), (0, 0, 0, 0, 0), EXIT], "where none begins"),
    "no end": ([ZERO, ZERO], "where none begins"),
    "half a load": ([ZERO, (0x18, 1, 0, 0, 0)], "half a 64-bit load"),
    "a load with a second half of another kind": ([(0x18, 1, 0, 0, 0), EXIT], "half a 64-bit load"),
    "a call into the middle": ([(0x85, 0, 1, 0, 0), EXIT], "where no function begins"),
}


@pytest.mark.parametrize(("words", "said"), CODE.values(), ids=CODE)
def test_code_that_cannot_be(words: list[tuple[int, int, int, int, int]], said: str) -> None:
    w = ObjectWriter()
    w.program("tc", "f", *words)
    with pytest.raises(SourceError, match=f"function f.*{said}"):
        parse(w)


def test_sections_that_overlap() -> None:
    data = bytearray(typical().data())
    table = struct.unpack_from("<Q", data, 40)[0]
    first = struct.unpack_from("<Q", data, table + 64 + 24)[0]
    struct.pack_into("<Q", data, table + 2 * 64 + 24, first + 8)
    with pytest.raises(SourceError, match="sections 1 and 2 overlap"):
        parse_object(bytes(data), "x")


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "no ELF"), (b"\x7fELF", "cannot be read"), (b"\x7fELF" + bytes(33 << 20), "more than any BPF object")],
)
def test_no_objects(data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        parse_object(data, "x")


def test_every_object_cut_off_is_refused() -> None:
    data = typical().data()
    for end in range(0, len(data), 7):
        with pytest.raises(SourceError):
            parse_object(data[:end], "x")


def _opens_or_says_why(data: bytes) -> None:
    try:
        found = parse_object(data, "x")
    except SourceError:
        return
    for program in found.programs.values():
        Features(found).find(program)


@settings(max_examples=400)
@given(st.data())
def test_an_object_with_some_bytes_changed_opens_or_is_refused(data: st.DataObject) -> None:
    order: Order = data.draw(st.sampled_from(["little", "big"]))
    spoilt = bytearray(typical(order).data())
    for _ in range(data.draw(st.integers(1, 4))):
        spoilt[data.draw(st.integers(16, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    _opens_or_says_why(bytes(spoilt))


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_a_damaged_extension_opens_or_is_refused(data: bytes) -> None:
    w, b = ObjectWriter(), Builder()
    b.number()
    w.program("tc", "f")
    w.btf(b)
    w.section(".BTF.ext", struct.pack("<HBBI", 0xEB9F, 1, 0, 32) + data, 0)
    _opens_or_says_why(w.data())


def test_weak_calls_and_globals() -> None:
    w, b = ObjectWriter(), Builder()
    func = b.func("bpf_maybe", b.proto(0), 2)
    b.datasec(".ksyms", 0, [(func, 0, 0)])
    run = w.program("tc", "run", (0x85, 0, 2, 0, -1), ZERO, EXIT)
    w.relocate(run, 0, w.symbol("bpf_maybe", binding=2), CALL)
    w.btf(b)
    found = parse(w)
    (reference,) = found.programs["run"].references
    assert (reference.kind, reference.weak) == (Refers.KFUNC, True)
    assert Features(found).find(found.programs["run"]) == []


def test_static_functions_elsewhere_are_no_programs() -> None:
    w = ObjectWriter()
    w.program("tc", "helper", binding=LOCAL)
    w.program("xdp", "main", binding=GLOBAL)
    found = parse(w)
    assert (list(found.programs), list(found.subprograms)) == (["main"], ["helper"])
