import os
import struct

from bpfref.loader import bpf

with bpf.open("perf-event-array.bpf.o") as obj, obj.load() as coll:
    sample = coll.programs["sample"]
    # region read
    samples = coll.perf_buffer("samples", pages=1)  # for each CPU
    os.sched_setaffinity(0, {0})
    sample.test_run(bytes.fromhex("ffffffffffff 020000000001 0800").ljust(100, b"\0"))
    for event in samples.read(timeout=0.2):
        length, cpu = struct.unpack_from("=II", event)
        print(f"{length} bytes on CPU {cpu}:", event[8:22].hex(" "))
    # endregion

    # region lost
    sample.test_run(bytes(64), repeat=1000)
    read = len(list(samples.read(timeout=0.2)))
    sample.test_run(bytes(64))  # the kernel tells of losses when there is room again
    read += len(list(samples.read(timeout=0.2)))
    print(read + samples.lost, "events, some lost:", samples.lost > 0)
    # endregion
