"""Python values to the bytes of C types and back."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.loader import bpf, libbpf
from bpfref.loader.symbols import find_references
from bpfref.loader.values import BtfCodec, NumberCodec, RawCodec


@pytest.fixture(scope="module")
def codec(library: libbpf.Library, objects: Mapping[str, bytes]) -> BtfCodec:  # noqa: ARG001
    """Of `struct value` in maps.bpf.c."""
    with bpf.open(objects["maps.bpf.o"], name="maps") as obj:
        assert obj.btf is not None
        return BtfCodec(obj.btf, obj.btf.find("value")[0])


class Pair(ctypes.Structure):
    _fields_ = (("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


class Value(ctypes.Structure):
    """The same struct, as C lays it out by the rules that ctypes knows."""

    _fields_ = (
        ("number", ctypes.c_uint32),
        ("below", ctypes.c_int16),
        ("name", ctypes.c_char * 12),
        ("colour", ctypes.c_uint32),
        ("mac", ctypes.c_uint8 * 6),
        ("whole", ctypes.c_uint32),
        ("narrow", ctypes.c_int, 5),
        ("wide", ctypes.c_uint, 3),
        ("pair", Pair),
        ("flag", ctypes.c_bool),
    )


VALUES = st.fixed_dictionaries(
    {
        "number": st.integers(0, 2**32 - 1),
        "below": st.integers(-(2**15), 2**15 - 1),
        "name": st.binary(max_size=12).map(lambda raw: raw.rstrip(b"\0")),
        "colour": st.sampled_from([1, 7, 5]),
        "mac": st.binary(min_size=6, max_size=6),
        "whole": st.integers(0, 2**32 - 1),
        "narrow": st.integers(-16, 15),
        "wide": st.integers(0, 7),
        "pair": st.fixed_dictionaries({"a": st.integers(0, 2**64 - 1), "b": st.integers(0, 2**64 - 1)}),
        "flag": st.booleans(),
    }
)


@given(value=VALUES)
def test_what_is_encoded_is_decoded(codec: BtfCodec, value: dict[str, Any]) -> None:
    data = codec.encode(value)
    assert len(data) == codec.size == ctypes.sizeof(Value)
    got = codec.decode(data)
    assert got == {**value, "part": value["whole"].to_bytes(4, "little")}
    assert codec.encode(got) == data


@given(value=VALUES)
def test_a_value_lies_as_c_lays_it_out(codec: BtfCodec, value: dict[str, Any]) -> None:
    by_c = Value.from_buffer_copy(codec.encode(value))
    for name in ("number", "below", "colour", "whole", "narrow", "wide", "flag"):
        assert getattr(by_c, name) == value[name], name
    assert bytes(by_c.mac) == value["mac"]
    assert (by_c.pair.a, by_c.pair.b) == (value["pair"]["a"], value["pair"]["b"])


@given(data=st.binary(min_size=ctypes.sizeof(Value), max_size=ctypes.sizeof(Value)))
def test_any_bytes_are_decoded(codec: BtfCodec, data: bytes) -> None:
    assert codec.decode(data).number == int.from_bytes(data[:4], "little")


WRONG: list[tuple[object, str]] = [
    ({"numbers": 1}, "has no member numbers"),
    ({"number": 1 << 32}, r"number: 4294967296 does not fit a unsigned number of 32 bits"),
    ({"number": -1}, "does not fit"),
    ({"number": "1"}, "is no whole number"),
    ({"number": 1.0}, "is no whole number"),
    ({"below": 1 << 15}, "below: 32768 does not fit a signed number of 16 bits"),
    ({"narrow": 16}, "narrow: 16 does not fit a signed number of 5 bits"),
    ({"wide": 8}, "wide: 8 does not fit"),
    ({"name": "thirteen chars"}, "14 bytes do not fit 12 elements of 1"),
    ({"colour": "GREEN"}, "GREEN is none of RED, BLUE"),
    ({"mac": [1] * 7}, "wanted a list of up to 6"),
    ({"pair": {"c": 1}}, r"pair has no member c"),
    ({"pair": 5}, "wanted a dict of members"),
    (5, "wanted a dict of members"),
    (b"short", "wanted a dict of members"),
]


@pytest.mark.parametrize(("value", "words"), WRONG)
def test_a_value_that_does_not_fit_names_the_member(codec: BtfCodec, value: object, words: str) -> None:
    with pytest.raises(bpf.ConversionError, match=words):
        codec.encode(value)


def test_what_is_not_given_is_zero(codec: BtfCodec) -> None:
    assert codec.encode({}) == bytes(codec.size)
    assert codec.encode({"part": b"\1\2"}) == codec.encode({"whole": 0x0201})
    assert codec.encode({"colour": "BLUE"}) == codec.encode({"colour": 7})
    assert repr(codec.decode(codec.encode({"colour": 7})).colour) == "BLUE"


def test_characters_are_a_c_string_too(codec: BtfCodec) -> None:
    name = codec.decode(codec.encode({"name": b"abc\0left"})).name
    assert (name, name.text) == (b"abc\0left", "abc")


def test_too_few_bytes(codec: BtfCodec) -> None:
    with pytest.raises(bpf.ConversionError, match="only 3 came"):
        codec.decode(b"abc")


class HasDescriptor:
    def fileno(self) -> int:
        return 7


def test_bytes_and_numbers_without_btf() -> None:
    assert RawCodec(4).encode(1) == b"\1\0\0\0"
    assert RawCodec(4).encode(-1) == b"\xff" * 4
    assert RawCodec(4).encode(b"abcd") == RawCodec(4).decode(b"abcd") == b"abcd"
    assert NumberCodec(4).encode(HasDescriptor()) == b"\7\0\0\0"
    assert NumberCodec(4).decode(b"\1\0\0\0") == 1
    for codec, value in ((RawCodec(4), b"abc"), (RawCodec(2), 1 << 16), (NumberCodec(4), -1), (NumberCodec(4), "x")):
        with pytest.raises(bpf.ConversionError):
            codec.encode(value)


def test_references_of_code_to_data(objects: Mapping[str, bytes]) -> None:
    found = find_references(objects["maps.bpf.o"])
    assert found is not None
    assert {".rodata", ".data", ".bss", ".maps"} <= set(found)
    assert find_references(b"") is None
    assert find_references(b"\x7fELF\x01") is None


@given(data=st.binary(max_size=400).map(lambda raw: b"\x7fELF\x02\x01" + raw))
def test_references_of_a_broken_object_are_not_known(data: bytes) -> None:
    assert find_references(data) in (None, {})


def test_references_of_a_cut_object_are_not_known_or_fewer(objects: Mapping[str, bytes]) -> None:
    whole = objects["maps.bpf.o"]
    for size in range(0, len(whole), 97):
        find_references(whole[:size])
