"""What the loader is tried for inside a guest: one function a claim. Runs there, on the standard library.

Each is reported with what went wrong, if anything, and must leave no descriptor behind.
"""

from __future__ import annotations

import array as arrays
import ctypes
import errno
import gc
import os
import resource
import select
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bpfref.kernels.guest import report
from bpfref.loader import bpf

Check = Callable[[], None]
CHECKS: list[Check] = []
BPFFS = Path("/sys/fs/bpf")
FDS = Path("/proc/self/fd")
LIBC = "/usr/lib/x86_64-linux-gnu/libc.so.6"
PACKET = bytes(range(64))
NOBODY = 65534


def version() -> tuple[int, int]:
    words = os.uname().release.split("-")[0].split("+")[0].split(".")
    return int(words[0]), int(words[1])


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def since(major: int, minor: int) -> bool:
    return version() >= (major, minor)


@contextmanager
def refused(kind: type[Exception], *words: str, number: int | None = None) -> Iterator[None]:
    try:
        yield
    except kind as error:
        for word in words:
            assert word in str(error), f"{word!r} is not in {error}"
        if number is not None:
            assert getattr(error, "errno", None) == number, f"errno {getattr(error, 'errno', None)}: {error}"
    else:
        raise AssertionError(f"no {kind.__name__} came")


@contextmanager
def maps() -> Iterator[bpf.Collection]:
    with bpf.open("maps.bpf.o") as obj, obj.load() as coll:
        yield coll


@contextmanager
def hook(name: str) -> Iterator[bpf.Collection]:
    """One program of the hooks, alone: another that a kernel cannot have does not stop it."""
    with bpf.open("hooks.bpf.o") as obj, obj.load([name]) as coll:
        yield coll


def getpgid() -> None:
    os.getpgid(os.getpid())  # for 0 no security hook is asked


def say_hello() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"hello", ("127.0.0.1", 9))


def runs(coll: bpf.Collection, number: int, trigger: Check) -> bool:
    before: int = coll.variables["hits"][number]
    trigger()
    after: int = coll.variables["hits"][number]
    return after > before


# -- objects ----------------------------------------------------------------------------------------


@check
def an_object_says_what_it_declares() -> None:
    with bpf.open("maps.bpf.o") as obj:
        program = obj.programs["count"]
        assert (program.section, program.type, program.expected_attach_type) == ("xdp", "BPF_PROG_TYPE_XDP", "BPF_XDP")
        assert obj.maps["hash"].type == "BPF_MAP_TYPE_HASH"
        assert obj.maps["outer"].inner is not None
        assert obj.maps["hash"].inner is None
        assert obj.rodata["limit"] == 3
        assert obj.rodata["colour"].name == "RED"
        assert obj.data["counter"] == 5


@check
def what_is_changed_before_loading_is_so_in_the_kernel() -> None:
    with bpf.open("maps.bpf.o") as obj:
        obj.rodata["limit"] = 10
        obj.rodata["colour"] = "BLUE"
        obj.maps["hash"].max_entries = 64
        obj.maps["lru"].type = "BPF_MAP_TYPE_HASH"
        with obj.load(["count"]) as coll:
            assert list(coll.programs) == ["count"]
            assert coll.maps["hash"].max_entries == 64
            assert coll.maps["lru"].info().type == "BPF_MAP_TYPE_HASH"
            assert coll.programs["count"].test_run(PACKET).retval == 10
            assert coll.variables["counter"] == 15
            assert coll.variables["shown"].number == 7
            coll.variables["counter"] = 100
            coll.programs["count"].test_run(PACKET)
            assert coll.variables["counter"] == 110
            with refused(bpf.LoaderError, "only before loading"):
                coll.variables["limit"] = 4
        obj.rodata["limit"] = 11
        with obj.load(["count"]) as coll:
            assert coll.programs["count"].test_run(PACKET).retval == 11


@check
def the_attributes_of_a_map_are_changed_one_by_one() -> None:
    with bpf.open("maps.bpf.o") as obj:
        table, outer = obj.maps["counts"], obj.maps["outer"]
        table.flags = bpf.BPF_F_NO_PREALLOC | bpf.BPF_F_NUMA_NODE
        table.numa_node = 0
        obj.maps["perf"].autocreate = False
        obj.maps["queue"].value_size = 4
        with bpf.create_map("BPF_MAP_TYPE_HASH", key_size=8, value_size=8, max_entries=5) as example:
            outer.set_inner(example)
            with obj.load(["count"]) as coll:
                assert coll.maps["counts"].info().map_flags == table.flags
                assert "perf" not in coll.maps
                coll.maps["outer"][1] = example
                assert coll.maps["outer"][1] == example.info().id
        with refused(bpf.KernelError, "counts"):
            obj.maps["counts"].max_entries = 0
            obj.load(["count"])


@check
def a_name_that_is_not_there_and_one_that_nothing_refers_to_are_different() -> None:
    with bpf.open("maps.bpf.o") as obj:
        with refused(bpf.MissingSymbolError, "no variable limits", "limit"):
            obj.rodata["limits"] = 1
        with refused(bpf.UnreferencedSymbolError, "no program refers to variable unused"):
            obj.rodata["unused"] = 1
        with refused(bpf.MissingSymbolError, "no map hush", "hash"):
            obj.maps["hush"].max_entries = 1
        with refused(bpf.MissingSymbolError, "no program cuont"):
            obj.load(["cuont"])
        with refused(bpf.ConversionError, "does not fit"):
            obj.rodata["limit"] = 1 << 40


@check
def the_log_of_what_is_accepted_is_kept_at_each_level() -> None:
    with bpf.open("maps.bpf.o") as obj:
        lengths = []
        for level in (0, 4, 1, 2):
            with obj.load(["count"], log_level=level) as coll:
                lengths.append(len(coll.programs["count"].log))
        assert lengths[0] == 0, lengths
        assert min(lengths[1:]) > 0, lengths
        assert lengths[2] < lengths[3], lengths


# -- maps -------------------------------------------------------------------------------------------


@check
def values_are_converted_through_btf() -> None:
    with maps() as coll:
        table = coll.maps["hash"]
        given = {
            "number": 3,
            "below": -4,
            "name": "abc",
            "colour": "BLUE",
            "mac": b"\1\2\3\4\5\0",
            "whole": 0x01020304,
            "narrow": -3,
            "wide": 5,
            "pair": {"a": 1 << 63, "b": 2},
            "flag": True,
        }
        table[1] = given
        got = table[1]
        assert (got.number, got.below, got.name, got.mac) == (3, -4, b"abc", b"\1\2\3\4\5\0")
        assert (got.colour, got.colour.name, got.whole, got.part) == (7, "BLUE", 0x01020304, b"\4\3\2\1")
        assert (got.narrow, got.wide, got.pair, got.flag) == (-3, 5, {"a": 1 << 63, "b": 2}, True)
        table[2] = got
        assert table[2] == got
        for wrong in ({"numbers": 1}, {"number": -1}, {"narrow": 16}, {"name": "x" * 13}, {"colour": "GREEN"}, 5):
            with refused(bpf.ConversionError):
                table[1] = wrong


@check
def a_hash_does_what_a_dict_does_and_says_why_it_refuses() -> None:
    with maps() as coll:
        table = coll.maps["counts"]
        table[1] = 10
        assert (table[1], 1 in table, 2 in table, table.get(2), table.get(2, 5)) == (10, True, False, None, 5)
        table.update(1, 11, bpf.BPF_EXIST)
        with refused(bpf.KeyExistsError, "counts", number=errno.EEXIST):
            table.update(1, 12, bpf.BPF_NOEXIST)
        with refused(bpf.MissingKeyError, number=errno.ENOENT):
            table.update(2, 12, bpf.BPF_EXIST)
        with refused(KeyError):
            table[2]
        with refused(KeyError):
            del table[2]
        with refused(bpf.ConversionError):
            table["one"] = 1
        del table[1]
        assert 1 not in table
        small = coll.maps["hash"]
        for key in range(8):
            small[key] = {"number": key}
        with refused(bpf.MapFullError, "hash", number=errno.E2BIG):
            small[8] = {}
        small.clear()
        assert small.count() == 0
        with refused(bpf.MapFullError):
            coll.maps["array"][8] = 1
        if since(5, 14):
            table[3] = 30
            assert table.lookup_and_delete(3) == 30
            assert 3 not in table


@check
def walking_over_a_map_survives_changes_in_it() -> None:
    with maps() as coll:
        table = coll.maps["counts"]
        table.update_batch({key: key for key in range(300)})
        assert sorted(table) == list(range(300))
        assert dict(table.items()) == {key: key for key in range(300)}
        for key in table:
            table.delete(key)
        assert table.count() == 0
        stays = set(range(0, 300, 2))
        table.update_batch({key: key for key in range(300)})
        stop = threading.Event()

        def disturb() -> None:
            number = 1
            while not stop.is_set():
                number = (number + 2) % 300 | 1
                if number in table:
                    table.lookup_and_delete(number) if since(5, 14) else table.delete(number)
                else:
                    table[number] = 1

        other = threading.Thread(target=disturb)
        other.start()
        try:
            for _ in range(5):
                met = list(table)
                assert len(met) == len(set(met)), "a key was met twice"
                assert stays <= set(met), "a key that stayed was not met"
        finally:
            stop.set()
            other.join()
        trie = coll.maps["routes"]
        for last in range(20):
            trie[{"length": 32, "address": bytes([10, 0, 0, last])}] = last
        met = []
        for key in trie:  # no batches here on old kernels: key by key
            met.append(key.address[3])
            trie.delete(key)
        assert len(met) == len(set(met))


@check
def batches_take_everything_once() -> None:
    with maps() as coll:
        table = coll.maps["counts"]
        assert table.update_batch((key, key * 2) for key in range(600)) == 600
        pairs = [pair for step in table.lookup_batch(7) for pair in step]
        assert sorted(pairs) == [(key, key * 2) for key in range(600)]
        assert table.delete_batch(range(0, 600, 2)) == 300
        assert sorted(table) == list(range(1, 600, 2))
        with refused(bpf.MissingKeyError):
            table.delete_batch([0])
        taken = [pair for step in table.lookup_batch(delete=True) for pair in step]
        assert (len(taken), table.count()) == (300, 0)
        line = coll.maps["array"]
        line.update_batch({key: key + 5 for key in range(8)})
        assert [value for step in line.lookup_batch(3) for _, value in step] == list(range(5, 13))
        with refused(bpf.MapError):
            list(coll.maps["queue"].lookup_batch())


@check
def arrays_are_frozen_and_mapped() -> None:
    with maps() as coll:
        line = coll.maps["array"]
        with line.mmap() as memory:
            memory[8:16] = (77).to_bytes(8, "little")
            assert line[1] == 77
            line[2] = 78
            assert int.from_bytes(memory[16:24], "little") == 78
            with refused(bpf.MapError, number=errno.EBUSY):
                line.freeze()
        del memory
        line.freeze()
        with refused(bpf.MapError, number=errno.EPERM):
            line[1] = 1
        with line.mmap(writable=False) as memory:
            assert memory[8] == 77
        with refused(bpf.MapError, "cannot be mapped"), coll.maps["counts"].mmap():
            pass


@check
def each_cpu_has_its_value() -> None:
    with maps() as coll:
        cpus = bpf.library().libbpf_num_possible_cpus()
        for name in ("percpu_array", "percpu_hash"):
            table = coll.maps[name]
            table[1] = list(range(cpus))
            assert table[1] == list(range(cpus))
            with refused(bpf.ConversionError, "one for each CPU"):
                table[1] = 5
        coll.programs["touch_percpu"].test_run(PACKET)
        assert sum(coll.maps["percpu_array"][1]) == sum(range(cpus)) + 1
        assert dict(coll.maps["percpu_hash"].items()) == {1: list(range(cpus))}


@check
def maps_and_programs_in_maps() -> None:
    with maps() as coll:
        outer = coll.maps["outer"]
        with bpf.create_map(
            "BPF_MAP_TYPE_ARRAY", key_size=4, value_size=4, max_entries=2, name="an inner-map of mine"
        ) as inner:
            assert inner.name == "an_inner_map_of"
            inner[0] = 5
            outer[9] = inner
            assert outer[9] == inner.info().id
        with outer.inner(9) as again:
            assert again[0] == (5).to_bytes(4, "little")
        with (
            bpf.create_map("BPF_MAP_TYPE_HASH", key_size=4, value_size=4, max_entries=2) as wrong,
            refused(bpf.MapError, number=errno.EINVAL),
        ):
            outer[9] = wrong
        assert coll.programs["jump"].test_run(PACKET).retval == 100
        coll.maps["jumps"][1] = coll.programs["count"]
        assert coll.programs["jump"].test_run(PACKET).retval == 3
        assert list(coll.maps["jumps"].items()) == [(1, coll.programs["count"].info().id)]


@check
def queues_and_stacks() -> None:
    with maps() as coll:
        for name, order in (("queue", [1, 2, 3]), ("stack", [3, 2, 1])):
            line = coll.maps[name]
            for number in (1, 2, 3):
                line.push(number)
            with refused(bpf.MapFullError):
                line.push(4)
            assert line.peek() == order[0]
            assert [line.pop() for _ in range(3)] == order
            with refused(bpf.MapEmptyError, "is empty"):
                line.pop()
            for number in (1, 2, 3, 4):
                line.push(number, bpf.BPF_EXIST)
            assert sorted([line.pop() for _ in range(3)]) == [2, 3, 4]


@check
def bloom_filters_and_events_from_user_space() -> None:
    if not since(6, 1):
        with bpf.open("newer.bpf.o") as obj, refused(bpf.LoadError, "failed to create"):
            obj.load()
        return
    with bpf.open("newer.bpf.o") as obj, obj.load() as coll:
        bloom = coll.maps["bloom"]
        bloom.push(7)
        assert (7 in bloom, 8 in bloom) == (True, False)
        sender = coll.user_ring_buffer("commands", type="event")
        with coll.programs["drain"].attach():
            for number in range(10):
                sender.send({"pid": 1, "number": number})
            getpgid()
        assert coll.variables["sum"] == 45
        assert coll.variables["last"].number == 9
        with refused(bpf.MapFullError):
            for _ in range(1000):
                sender.send({"number": 1})
        with refused(bpf.MapFullError):
            sender.send(b"x" * 16, timeout=0.05)


@check
def what_is_pinned_stays_and_is_opened_again() -> None:
    with maps() as coll:
        table, program = coll.maps["counts"], coll.programs["count"]
        table[1] = 5
        table.pin(BPFFS / "table")
        program.pin(BPFFS / "program")
        with refused(bpf.PinError, "something is there already", number=errno.EEXIST):
            table.pin(BPFFS / "table")
    for wrong, number in (
        (Path("/proc/no"), None),
        (BPFFS / "a.b", errno.EPERM),
        (BPFFS / ("n" * 256), errno.ENAMETOOLONG),
    ):
        one = bpf.create_map("BPF_MAP_TYPE_ARRAY", key_size=4, value_size=4, max_entries=1)
        with one, refused(bpf.PinError, number=number):
            one.pin(wrong)
    with bpf.open_map(BPFFS / "table") as table, bpf.open_program(BPFFS / "program") as program:
        assert table[(1).to_bytes(4, "little")] == (5).to_bytes(8, "little")
        assert program.test_run(PACKET).retval == 3
        with refused(bpf.LoaderError, "without its object"):
            program.attach()
        table.unpin(BPFFS / "table")
        program.unpin(BPFFS / "program")
    with refused(bpf.PinError, number=errno.ENOENT):
        bpf.open_map(BPFFS / "table")


@check
def a_map_is_used_again_only_if_it_is_of_the_same_form() -> None:
    with maps() as coll, bpf.open("maps.bpf.o") as obj:
        table = coll.maps["counts"]
        table[1] = 5
        with refused(bpf.IncompatibleMapError, "max_entries 4096 where 64 is declared", "key size"):
            obj.maps["lru"].reuse(table)
        obj.maps["counts"].reuse(table)
        with obj.load(["count"]) as second:
            assert second.maps["counts"][1] == 5
            assert second.maps["counts"].info().id == table.info().id
    path = BPFFS / "shared"
    with bpf.open("refused.bpf.o") as obj:
        obj.maps["pinned"].pin_path = str(path)
        with obj.load(["fine"]) as coll:
            coll.maps["pinned"][1] = 2
        with obj.load(["fine"]) as coll:
            assert coll.maps["pinned"][1] == 2
            with bpf.open_map(path, like=obj.maps["pinned"]):
                pass
        obj.maps["pinned"].max_entries = 9
        with refused(bpf.IncompatibleMapError, str(path)):
            obj.load(["fine"])
        with refused(bpf.IncompatibleMapError, "max_entries 8 where 9 is declared"):
            bpf.open_map(path, like=obj.maps["pinned"])
    path.unlink()


# -- events -----------------------------------------------------------------------------------------


@check
def events_of_a_ring_buffer_come_in_order() -> None:
    with maps() as coll:
        events = coll.ring_buffer("ring", type="event")
        assert select.select([events], [], [], 0)[0] == []
        start = time.monotonic()
        assert list(events.read(timeout=0.2)) == []
        assert time.monotonic() - start >= 0.2
        coll.programs["to_ring"].test_run(PACKET, repeat=20)
        assert events.unread > 0
        assert select.select([events], [], [], 1)[0] == [events]
        got = list(events.read(timeout=0.1))
        assert [event.number for event in got] == list(range(5, 25))
        assert {event.pid for event in got} == {3}
        coll.programs["to_ring"].test_run(PACKET, repeat=3)
        assert len(list(events.read(timeout=5, limit=2))) == 2
        assert events.poll() == 1
        assert coll.programs["to_ring"].test_run(PACKET, repeat=1000).retval == 1, "the buffer is full"
        with refused(bpf.MissingSymbolError, "no type evnt", "event"):
            coll.ring_buffer("ring", type="evnt")
        raw = coll.ring_buffer("ring")
        assert isinstance(next(iter(raw.read(timeout=1))), bytes)
        with refused(bpf.MapError, "cannot be read as events"):
            coll.ring_buffer("hash")


@check
def events_of_a_perf_buffer_come_and_lost_ones_are_counted() -> None:
    with maps() as coll:
        events = coll.perf_buffer("perf", type="struct event", pages=1)
        coll.programs["to_perf"].test_run(PACKET, repeat=10)
        got = list(events.read(timeout=0.2))
        assert [event.number for event in got] == list(range(5, 15))
        assert events.lost == 0
        coll.programs["to_perf"].test_run(PACKET, repeat=1000)
        came = len(list(events.read(timeout=0.2)))
        coll.programs["to_perf"].test_run(PACKET)
        came += len(list(events.read(timeout=0.2)))
        assert events.lost > 0, "none lost"
        assert came + events.lost == 1001, (came, events.lost)
        assert sum(events.lost_by_cpu.values()) == events.lost


# -- programs ---------------------------------------------------------------------------------------


@check
def a_test_run_gives_result_packet_context_and_time() -> None:
    with maps() as coll:
        came = coll.programs["count"].test_run(PACKET, repeat=100)
        assert (came.retval, came.data) == (3, PACKET)
        context = bytearray(192)
        struct.pack_into("<I", context, 8, 41)  # __sk_buff.mark
        came = coll.programs["mark"].test_run(PACKET, context=bytes(context))
        assert (came.retval, struct.unpack_from("<I", came.context, 8)[0]) == (7, 42)
    with hook("at_kprobe") as coll, refused(bpf.RunError, "at_kprobe", number=524):
        coll.programs["at_kprobe"].test_run(PACKET)
    with maps() as coll, refused(bpf.RunError):
        coll.programs["count"].test_run(PACKET, context=b"x" * 3)


@check
def information_and_statistics() -> None:
    with maps() as coll:
        program = coll.programs["count"]
        info = program.info()
        assert (info.name, info.type) == ("count", "BPF_PROG_TYPE_XDP")
        assert len(info.tag) == 16
        ids = {table.info().id for table in coll.maps.values()}
        assert info.map_ids
        assert set(info.map_ids) <= ids
        with bpf.statistics():
            program.test_run(PACKET, repeat=50)
        # A test run counts from v5.12 on.
        assert program.info().run_cnt >= (50 if since(5, 12) else 0)
        assert ("verified_insns" in info) == since(5, 16)
        with bpf.open_map_by_id(coll.maps["hash"].info().id) as table:
            assert table.name == "hash"
        with bpf.open_program_by_id(info.id) as again:
            assert again.info().tag == info.tag
        program.bind_map(coll.maps["hash"])
        assert coll.maps["hash"].info().id in program.info().map_ids


# -- hooks ------------------------------------------------------------------------------------------


def attaches(name: str, number: int, trigger: Check) -> Check:
    def run() -> None:
        with hook(name) as coll:
            assert not runs(coll, number, trigger)
            with coll.programs[name].attach():
                assert runs(coll, number, trigger), "it did not run"
            assert not runs(coll, number, trigger), "it still runs"

    run.__name__ = f"the_section_of_{name}_says_where_it_attaches"
    return check(run)


attaches("at_kprobe", 1, getpgid)
attaches("at_kretprobe", 2, getpgid)
attaches("at_tracepoint", 3, getpgid)
attaches("at_raw_tracepoint", 4, getpgid)
attaches("at_tp_btf", 5, getpgid)
attaches("at_fentry", 6, getpgid)
attaches("at_fexit", 7, getpgid)
attaches("at_ksyscall", 18, getpgid)


def attaches_to(name: str, number: int, put: Callable[[bpf.Program], bpf.Link], trigger: Check) -> Check:
    def run() -> None:
        with hook(name) as coll:
            with put(coll.programs[name]):
                assert runs(coll, number, trigger), "it did not run"
            assert not runs(coll, number, trigger), "it still runs"

    run.__name__ = f"{name}_is_put_where_it_is_said"
    return check(run)


attaches_to("at_kprobe", 1, lambda p: p.attach_kprobe("__x64_sys_getpgid"), getpgid)
attaches_to("at_ksyscall", 18, lambda p: p.attach_ksyscall("getpgid"), getpgid)
attaches_to("at_tracepoint", 3, lambda p: p.attach_tracepoint("syscalls", "sys_enter_getpgid"), getpgid)
attaches_to("at_raw_tracepoint", 4, lambda p: p.attach_raw_tracepoint("sys_enter"), getpgid)
attaches_to("at_fentry", 6, lambda p: p.attach_trace(), getpgid)
attaches_to("at_uprobe", 9, lambda p: p.attach_uprobe(LIBC, "getpgid"), getpgid)
attaches_to("at_uretprobe", 10, lambda p: p.attach_uprobe(LIBC, "getpgid", retprobe=True), getpgid)
attaches_to("at_cgroup", 11, lambda p: p.attach_cgroup("/sys/fs/cgroup"), say_hello)
attaches_to("at_xdp", 12, lambda p: p.attach_xdp("lo"), say_hello)
attaches_to("at_tc", 13, lambda p: p.attach_tc("lo", egress=True), say_hello)


@check
def a_security_hook_refuses_what_it_is_told_to() -> None:
    with hook("at_lsm") as coll, coll.programs["at_lsm"].attach_lsm():
        assert runs(coll, 8, getpgid)
        coll.variables["deny"] = 1
        with refused(PermissionError):
            getpgid()
        coll.variables["deny"] = 0
        getpgid()


@check
def sockets_and_groups_of_them() -> None:
    with hook("at_socket") as coll, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 9))
        with coll.programs["at_socket"].attach_socket(receiver):
            assert runs(coll, 14, say_hello)
    with hook("at_reuseport") as coll, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        receiver.bind(("127.0.0.1", 9))
        with coll.programs["at_reuseport"].attach_reuseport(receiver):
            assert runs(coll, 21, say_hello)
    with hook("at_stream") as coll, coll.programs["at_stream"].attach_sockmap(coll.maps["sockets"]):
        pass


@check
def network_namespaces() -> None:
    for name in ("at_sk_lookup", "at_flow_dissector"):
        with hook(name) as coll, coll.programs[name].attach_netns() as link:
            assert link.info().type == "BPF_LINK_TYPE_NETNS"
    with hook("at_sk_lookup") as coll, coll.programs["at_sk_lookup"].attach_netns():
        assert runs(coll, 16, say_hello)


@check
def a_static_probe() -> None:
    def collect() -> None:
        gc.collect()

    with bpf.open("usdt.bpf.o") as obj, obj.load() as coll:
        with coll.programs["at_probe"].attach_usdt(sys.executable, "python", "gc__start", cookie=77):
            assert runs(coll, 1, collect)
            assert coll.variables["cookie"] == 77
        with refused(bpf.AttachError, "no_such_probe"):
            coll.programs["at_probe"].attach_usdt(sys.executable, "python", "no_such_probe")


@check
def the_way_before_links() -> None:
    group = os.open("/sys/fs/cgroup", os.O_RDONLY)
    with hook("at_cgroup") as coll:
        with coll.programs["at_cgroup"].attach_fd(group, "BPF_CGROUP_INET_EGRESS", flags=bpf.BPF_F_ALLOW_MULTI):
            assert runs(coll, 11, say_hello)
        assert not runs(coll, 11, say_hello)
        with refused(bpf.MissingSymbolError, "BPF_NO_SUCH_TYPE"):
            coll.programs["at_cgroup"].attach_fd(group, "BPF_NO_SUCH_TYPE")
    os.close(group)


@check
def perf_events() -> None:
    # struct perf_event_attr: type software, size, config cpu-clock, a sample each 100 µs
    attr = struct.pack("<IIQQ", 1, 64, 0, 100_000).ljust(64, b"\0")
    event = ctypes.CDLL(None, use_errno=True).syscall(298, attr, -1, 0, -1, 0)
    assert event >= 0, os.strerror(ctypes.get_errno())

    def spin() -> None:
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            pass

    try:
        with hook("at_perf_event") as coll, coll.programs["at_perf_event"].attach_perf_event(event):
            assert runs(coll, 15, spin)
        os.fstat(event)
    finally:
        os.close(event)


@check
def a_function_of_a_program_is_replaced() -> None:
    with hook("calls_replaced") as coll, bpf.open("extension.bpf.o") as obj:
        target = coll.programs["calls_replaced"]
        assert target.test_run(PACKET).retval == 2
        obj.programs["replacement"].set_attach_target("replaced", target)
        with obj.load() as extension:
            with extension.programs["replacement"].attach_freplace():
                assert target.test_run(PACKET).retval == 42
            assert target.test_run(PACKET).retval == 2


@check
def iterators_write_what_they_walk_over() -> None:
    with bpf.open("iterator.bpf.o") as obj, obj.load() as coll:
        with coll.programs["tasks"].attach_iter() as link:
            pids = arrays.array("i", link.read())
            assert os.getpid() in pids
            assert link.info().type == "BPF_LINK_TYPE_ITER"
        coll.maps["shown"].update_batch({1: 10, 2: 20})
        with coll.programs["elements"].attach_iter_map(coll.maps["shown"]) as link:
            assert sorted(arrays.array("Q", link.read())) == [10, 20]


@check
def a_struct_ops_map_is_registered_as_long_as_its_link_lives() -> None:
    offered = Path("/proc/sys/net/ipv4/tcp_available_congestion_control")
    with bpf.open("congestion.bpf.o") as obj:
        for name in ("first", "second"):
            obj.maps[name].autocreate = since(6, 4)
        with obj.load() as coll:
            registers(coll, offered)


def registers(coll: bpf.Collection, offered: Path) -> None:
    with coll.attach_struct_ops("bpfref_test"):
        assert "bpfref_test" in offered.read_text()
    assert "bpfref_test" not in offered.read_text()
    if since(6, 4):
        link = coll.attach_struct_ops("first")
        coll.replace_struct_ops(link, "second")
        assert link.info().type == "BPF_LINK_TYPE_STRUCT_OPS"
        assert link.info().map_id == coll.maps["second"].info().id


@check
def links_are_updated_pinned_opened_and_detached() -> None:
    with bpf.open("hooks.bpf.o") as obj, obj.load(["at_xdp", "at_xdp_too"]) as coll:
        first, second = coll.programs["at_xdp"], coll.programs["at_xdp_too"]
        with first.attach_xdp("lo") as link:
            info = link.info()
            assert (info.type, info.prog_id, info.ifindex) == ("BPF_LINK_TYPE_XDP", first.info().id, 1)
            with refused(bpf.AttachError, "lo", number=errno.EBUSY):
                second.attach_xdp("lo")
            link.update(second)
            assert runs(coll, 20, say_hello)
            with refused(bpf.AttachError, number=errno.EPERM):
                link.update(first, old=first)
            link.update(first, old=second)
            assert runs(coll, 12, say_hello)
            link.pin(BPFFS / "link")
            assert link.pin_path == str(BPFFS / "link")
        assert runs(coll, 12, say_hello), "a pinned link stays"
        with bpf.open_link(BPFFS / "link") as again:
            again.unpin()
            assert again.info().prog_id == first.info().id
            again.detach()
            assert not runs(coll, 12, say_hello)
        assert not runs(coll, 12, say_hello)


@check
def all_programs_attach_or_none() -> None:
    with bpf.open("hooks.bpf.o") as obj, obj.load(["at_kprobe", "at_tracepoint", "at_nothing"]) as coll:
        with refused(bpf.AttachError, "at_nothing"):
            coll.attach()
        assert not runs(coll, 1, getpgid)
    with bpf.open("hooks.bpf.o") as obj, obj.load(["at_kprobe", "at_tracepoint", "at_xdp", "at_uprobe"]) as coll:
        assert len(coll.attach()) == 2
        assert runs(coll, 1, getpgid)
        assert runs(coll, 3, getpgid)


@check
def a_target_that_is_not_there_is_an_error_that_names_it() -> None:
    for name, words in (
        ("at_nothing", "do_no_such_thing"),
        ("at_no_point", "no_such_point"),
    ):
        with hook(name) as coll, refused(bpf.AttachError, words, number=errno.ENOENT):
            coll.programs[name].attach()
    with hook("at_xdp") as coll:
        with refused(bpf.AttachError, "no network device eth99"):
            coll.programs["at_xdp"].attach_xdp("eth99")
        with refused(bpf.AttachError, "device 999"):
            coll.programs["at_xdp"].attach_xdp(999)
        with refused(bpf.AttachError, "/no/such/folder"):
            coll.programs["at_xdp"].attach_cgroup("/no/such/folder")
    with hook("at_uprobe") as coll:
        with refused(bpf.AttachError, "no_such_function"):
            coll.programs["at_uprobe"].attach_uprobe(LIBC, "no_such_function")
        with refused(bpf.AttachError, "does not say where", number=errno.EOPNOTSUPP):
            coll.programs["at_uprobe"].attach()


@check
def an_attach_type_that_the_kernel_does_not_know_is_an_error_at_load() -> None:
    begun = {
        "at_kprobe_multi": ((5, 18), "BPF_TRACE_KPROBE_MULTI"),
        "at_uprobe_multi": ((6, 6), "BPF_TRACE_UPROBE_MULTI"),
        "at_tcx": ((6, 6), "BPF_TCX_EGRESS"),
        "at_netkit": ((6, 7), "BPF_NETKIT_PRIMARY"),
        "at_netfilter": ((6, 4), "BPF_NETFILTER"),
    }
    with bpf.open("modern.bpf.o") as obj:
        for name, (first, kind) in begun.items():
            if since(*first):
                obj.load([name]).close()
            else:
                with refused(bpf.AttachTypeError, f"does not know {kind} of program {name}"):
                    obj.load([name])


@check
def hooks_that_came_later() -> None:
    if not since(6, 7):
        return
    puts: list[tuple[str, int, Callable[[bpf.Program], bpf.Link], Check]] = [
        ("at_tcx", 1, lambda p: p.attach_tcx("lo"), say_hello),
        ("at_netfilter", 3, lambda p: p.attach_netfilter(2, 3, priority=-128), say_hello),
        ("at_kprobe_multi", 4, lambda p: p.attach_kprobe_multi(functions=["__x64_sys_getpgid"]), getpgid),
        ("at_kprobe_multi", 4, lambda p: p.attach_kprobe_multi("__x64_sys_getpgi?"), getpgid),
        ("at_uprobe_multi", 5, lambda p: p.attach_uprobe_multi(LIBC, functions=["getpgid"]), getpgid),
        ("at_uprobe_multi", 5, lambda p: p.attach_uprobe_multi(LIBC, "getpgi?"), getpgid),
    ]
    for name, number, put, trigger in puts:
        with bpf.open("modern.bpf.o") as obj, obj.load([name]) as coll:
            with put(coll.programs[name]):
                assert runs(coll, number, trigger), f"{name} did not run"
            assert not runs(coll, number, trigger), f"{name} still runs"
    with bpf.open("modern.bpf.o") as obj, obj.load(["with_cookie"]) as coll:
        coll.programs["with_cookie"].attach_kprobe("__x64_sys_getpgid", cookie=123)
        getpgid()
        assert coll.variables["cookie"] == 123
    if since(6, 10):
        with bpf.open("modern.bpf.o") as obj, obj.load(["at_session"]) as coll:
            coll.programs["at_session"].attach()
            getpgid()
            assert coll.variables["hits"][7] == 2, "at the start and at the return"
    if since(6, 17):
        with bpf.open("hooks.bpf.o") as obj, obj.load(["at_cgroup", "at_cgroup_too"]) as coll:
            one, other = coll.programs["at_cgroup"], coll.programs["at_cgroup_too"]
            link = one.attach_cgroup("/sys/fs/cgroup")
            other.attach_cgroup("/sys/fs/cgroup", flags=bpf.BPF_F_BEFORE, relative=link)
            assert runs(coll, 11, say_hello)
            assert runs(coll, 24, say_hello)
    with bpf.open("modern.bpf.o") as obj, obj.load(["at_tcx", "at_tcx_too"]) as coll:
        one, other = coll.programs["at_tcx"], coll.programs["at_tcx_too"]
        with one.attach_tcx("lo"), other.attach_tcx("lo", flags=bpf.BPF_F_BEFORE, relative=one) as link:
            assert runs(coll, 6, say_hello)
            assert (link.info().type, link.info().attach_type) == ("BPF_LINK_TYPE_TCX", "BPF_TCX_EGRESS")
            with refused(bpf.LoaderError, "BPF_F_BEFORE or BPF_F_AFTER"):
                one.attach_tcx("lo", relative=other)
    subprocess.run(["ip", "link", "add", "nk0", "type", "netkit", "peer", "name", "nk1"], check=True)
    with bpf.open("modern.bpf.o") as obj, obj.load(["at_netkit"]) as coll:
        assert coll.programs["at_netkit"].attach_netkit("nk0").info().type == "BPF_LINK_TYPE_NETKIT"
    subprocess.run(["ip", "link", "del", "nk0"], check=True)


# -- refusals ---------------------------------------------------------------------------------------


@check
def a_program_that_is_rejected_tells_the_line_and_has_the_log() -> None:
    with bpf.open("refused.bpf.o") as obj:
        with refused(bpf.LoadError, "program beyond was refused", "invalid access to packet", number=errno.EACCES):
            obj.load(["fine", "beyond"])
        try:
            obj.load(["beyond"])
        except bpf.LoadError as error:
            assert error.program == "beyond"
            assert error.telling.startswith("invalid access to packet, off=0 size=4"), error.telling
            assert error.telling in error.log
            assert "processed" in error.log
        for level in (1, 2):
            with refused(bpf.LoadError, "invalid access to packet"):
                obj.load(["beyond"], log_level=level)
        with refused(bpf.LoadError, "program endless was refused"):
            obj.load(["endless"])
        try:
            obj.load(["endless"])
        except bpf.LoadError as error:
            assert "loop" in error.telling or "too large" in error.telling, error.telling
        with refused(bpf.LoadError, "no_field", "struct no_such_struct.no_such_member"):
            obj.load(["no_field"])


@check
def what_was_loaded_before_a_refusal_is_released() -> None:
    with bpf.open("refused.bpf.o") as obj:
        before = descriptors(), programs_in_kernel()
        for _ in range(20):
            with refused(bpf.LoadError):
                obj.load(["fine", "beyond"])
        assert descriptors() == before[0]
        assert programs_in_kernel() == before[1]


@check
def a_target_that_the_kernel_lacks_is_named_at_load() -> None:
    with bpf.open("refused.bpf.o") as obj:
        with refused(bpf.LoadError, "no_target", "do_no_such_thing"):
            obj.load(["no_target"])
        obj.programs["no_target"].set_attach_target("__x64_sys_getpgid")
        obj.load(["no_target"]).close()


@check
def names_are_cut_to_what_the_kernel_takes() -> None:
    name = "a_name_of_more_than_fifteen_characters"
    with bpf.open("refused.bpf.o", name="a file's name, much too long") as obj, obj.load([name]) as coll:
        info = coll.programs[name].info()
        assert len(info.name) >= 15
        assert name.startswith(info.name) or info.name == name  # long ones are found through BTF
        assert coll.maps[".bss"].info().name.endswith(".bss")


@check
def a_licence_that_a_helper_does_not_allow() -> None:
    with bpf.open("licence.bpf.o") as obj, refused(bpf.LoadError, "restricted", "GPL", number=errno.EINVAL):
        obj.load()


@check
def a_section_that_says_nothing() -> None:
    with bpf.open("section.bpf.o") as obj:
        assert obj.programs["program"].type == "BPF_PROG_TYPE_UNSPEC"
        with refused(bpf.LoadError, "no_such_section"):
            obj.load()
        obj.programs["program"].type = "BPF_PROG_TYPE_SOCKET_FILTER"
        with obj.load() as coll, refused(bpf.AttachError, "program"):
            coll.programs["program"].attach()


@check
def files_that_are_no_objects() -> None:
    whole = Path("maps.bpf.o").read_bytes()
    for data in (b"", b"\x7fELF", b"nothing like it" * 10, whole[:100], whole[: len(whole) // 2]):
        with refused(bpf.OpenError, "cannot be opened"):
            bpf.open(data, name="broken")
    with refused(bpf.OpenError, "no.bpf.o", number=errno.ENOENT):
        bpf.open("no.bpf.o")


def as_nobody(code: Callable[[], None]) -> int:
    """Run a function in a process without rights; 0 when it went as it says."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            code()
            status = 0
        except BaseException:  # noqa: BLE001 - the child ends here
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@check
def without_privilege_the_error_says_what_is_missing() -> None:
    def load() -> None:
        with bpf.open("refused.bpf.o") as obj, refused(bpf.LoadError, "as root", "CAP_BPF", number=errno.EPERM):
            obj.load(["fine"])
        with refused(bpf.MapError, "CAP_BPF", number=errno.EPERM):
            bpf.create_map("BPF_MAP_TYPE_HASH", key_size=4, value_size=4, max_entries=1)

    assert as_nobody(load) == 0


@check
def too_little_memory_is_an_error_that_says_so() -> None:
    with bpf.open("maps.bpf.o") as obj:
        obj.maps["counts"].max_entries = 1 << 30
        with refused(bpf.LoadError, "counts"):
            obj.load()
    with refused(bpf.MapError, "smaller"):
        bpf.create_map("BPF_MAP_TYPE_ARRAY", key_size=4, value_size=1 << 20, max_entries=1 << 11)
    if not since(5, 11):
        # Here memory of maps counts against the limit of its user, whom libbpf lifts unless told not to.
        code = (
            "import resource\n"
            "from bpfref.loader import bpf\n"
            "resource.setrlimit(resource.RLIMIT_MEMLOCK, (4096, 4096))\n"
            "try: bpf.create_map('BPF_MAP_TYPE_ARRAY', key_size=4, value_size=4096, max_entries=100)\n"
            "except bpf.MapError as error:\n"
            "    assert error.errno == 1 and 'ulimit -l' in str(error), error\n"
            "else: raise SystemExit('it was created')\n"
        )
        old = "import ctypes; from bpfref.loader import bpf; bpf.library().libbpf_set_memlock_rlim(0)\n"
        done = subprocess.run([sys.executable, "-c", old + code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY


@check
def without_the_kernels_btf_the_error_says_so() -> None:
    btf = "/sys/kernel/btf"
    subprocess.run(["mount", "-t", "tmpfs", "none", btf], check=True)
    try:
        code = (
            "from bpfref.loader import bpf\n"
            "with bpf.open('maps.bpf.o') as obj, obj.load(['count']) as coll:\n"
            "    assert coll.programs['count'].test_run(bytes(64)).retval == 3\n"
            "with bpf.open('hooks.bpf.o') as obj:\n"
            "    try: obj.load(['at_fentry'])\n"
            "    except bpf.LoadError as error: assert 'BTF' in str(error), error\n"
            "    else: raise SystemExit('it was loaded')\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    finally:
        subprocess.run(["umount", btf], check=True)


@check
def an_object_without_btf_has_bytes_and_no_variables() -> None:
    with bpf.open("stripped.bpf.o") as obj:
        assert obj.btf is None
        with refused(bpf.OpenError):
            raise bpf.OpenError("what comes before", 0)
        with refused(bpf.MissingSymbolError, "has the object BTF?"):
            obj.rodata["limit"] = 1
        with obj.load() as coll:
            assert coll.programs["plain"].test_run(PACKET).retval == 2


# -- the end ----------------------------------------------------------------------------------------


@check
def everything_is_released_at_the_end_also_after_an_exception() -> None:
    class StopError(Exception):
        pass

    before = programs_in_kernel()
    with refused(StopError), bpf.open("hooks.bpf.o") as obj, obj.load(["at_kprobe", "at_fentry", "at_cgroup"]) as coll:
        coll.programs["at_kprobe"].attach()
        coll.programs["at_fentry"].attach()
        coll.programs["at_cgroup"].attach_cgroup("/sys/fs/cgroup")
        raise StopError
    with refused(StopError), maps() as coll:
        coll.ring_buffer("ring")
        coll.perf_buffer("perf")
        assert coll.variables["counter"] == 5
        raise StopError
    with refused(bpf.ClosedError, "is closed"):
        coll.maps["hash"].lookup(1)
    with refused(bpf.ClosedError):
        coll.programs["count"].test_run(PACKET)
    with refused(bpf.ClosedError):
        obj.load()
    end = time.monotonic() + 10
    while programs_in_kernel() != before and time.monotonic() < end:
        time.sleep(0.05)  # the kernel frees what a hook held a moment later
    assert programs_in_kernel() == before


def programs_in_kernel() -> int:
    """How many programs the kernel has."""
    found, number, following = 0, 0, ctypes.c_uint32()
    libbpf = ctypes.CDLL("libbpf.so.1")
    while libbpf.bpf_prog_get_next_id(number, ctypes.byref(following)) == 0:
        number = following.value
        found += 1
    return found


@check
def the_tutorial_does_what_it_says() -> None:
    done = subprocess.run([sys.executable, "exec.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines[:3]] == ["true", "sh", "true"], lines
    assert lines[3:] == ["sh started 1 times", "true started 2 times"], lines


@check
def nothing_leaks_over_many_cycles() -> None:
    with bpf.open("hooks.bpf.o") as obj:
        for _ in range(30):
            with obj.load(["at_raw_tracepoint"]) as coll, coll.programs["at_raw_tracepoint"].attach():
                pass
            with refused(bpf.LoadError):
                bpf.open("section.bpf.o").load()


def descriptors() -> int:
    gc.collect()
    return len(list(FDS.iterdir()))


def run(function: Check) -> None:
    before, start = descriptors(), time.monotonic()
    why = ""
    try:
        function()
    except BaseException:  # noqa: BLE001 - it is reported
        why = traceback.format_exc()
    left = descriptors() - before
    if not why and left:
        why = f"{left} descriptors were left open: {[each.readlink() for each in FDS.iterdir() if each.exists()]}"
    report({"check": function.__name__, "why": why, "seconds": round(time.monotonic() - start, 2)})


def main() -> None:
    bpf.library()
    wanted = set(sys.argv[1:])
    for function in CHECKS:
        if not wanted or function.__name__ in wanted:
            run(function)


if __name__ == "__main__":
    main()
