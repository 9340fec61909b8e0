"""`formats.btf.idsets`: sets of flagged functions are found between lists of other kinds, and nothing else is."""

from __future__ import annotations

import struct

import pytest
from btf_writer import Builder
from hypothesis import given
from hypothesis import strategies as st

from bpfref.formats.btf import Btf, parse
from bpfref.formats.btf.idsets import IdSet, parse_id_sets
from bpfref.formats.btf.wire import Order

FUNCTIONS = 20


def functions(order: Order = "little") -> tuple[Btf, list[int]]:
    """BTF with a number, a prototype and functions; the functions' ids."""
    builder = Builder(order)
    proto = builder.proto(builder.number())
    ids = [builder.func(f"bpf_f{n}", proto) for n in range(FUNCTIONS)]
    return parse(builder.data(), "test"), ids


BTF, IDS = functions()


def words(*values: int, order: str = "<") -> bytes:
    return struct.pack(f"{order}{len(values)}I", *values)


def test_sets_are_found_between_lists_of_ids() -> None:
    data = words(IDS[4], IDS[2], 2, 1, IDS[0], 5, IDS[3], 0, IDS[7], 1, 0, IDS[1], 32)
    assert parse_id_sets(data, "little", BTF) == (
        IdSet(kfuncs=True, members=((IDS[0], 5), (IDS[3], 0))),
        IdSet(kfuncs=False, members=((IDS[1], 32),)),
    )


def test_the_other_byte_order() -> None:
    found, ids = functions("big")
    assert parse_id_sets(words(1, 1, ids[0], 2, order=">"), "big", found)[0].members == ((ids[0], 2),)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "nothing"),
        (words(1, 1), "a head alone"),
        (words(2, 1, IDS[0], 0), "too short for its count"),
        (words(2, 1, IDS[3], 0, IDS[0], 0), "not sorted"),
        (words(2, 1, IDS[3], 0, IDS[3], 0), "one id twice"),
        (words(1, 2, IDS[0], 0), "flags that no set has"),
        (words(1, 1, 1, 0), "an id that is no function"),
        (words(1, 1, len(BTF), 0), "an id beyond the end"),
        (words(1, 1, IDS[0], 1 << 24), "flags of a member that none has"),
        (words(0xFFFFFFFF, 1, IDS[0], 0), "an absurd count"),
    ],
)
def test_what_is_no_set(data: bytes, why: str) -> None:
    assert parse_id_sets(data, "little", BTF) == (), why


MEMBERS = st.dictionaries(st.sampled_from(IDS), st.integers(0, (1 << 20) - 1), min_size=1, max_size=8)


@given(st.lists(st.tuples(st.booleans(), MEMBERS), max_size=6))
def test_what_is_written_is_read(wanted: list[tuple[bool, dict[int, int]]]) -> None:
    sets = tuple(IdSet(kfuncs, tuple(sorted(members.items()))) for kfuncs, members in wanted)
    data = b"".join(words(len(s.members), int(s.kfuncs), *(w for pair in s.members for w in pair)) for s in sets)
    assert parse_id_sets(data, "little", BTF) == sets


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    for found in parse_id_sets(data, "little", BTF):
        assert all(BTF.name(type_id) for type_id, _ in found.members)
