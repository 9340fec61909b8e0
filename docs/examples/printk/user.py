from pathlib import Path

from bpfref.loader import bpf

TRACE = Path("/sys/kernel/tracing/trace")

with bpf.open("printk.bpf.o") as obj, obj.load() as coll:
    # region read
    TRACE.write_text("")  # empties it
    for size in (64, 100):
        coll.programs["print"].test_run(bytes(size))
    for line in TRACE.read_text().splitlines():
        if "bpf_trace_printk: " in line:  # before it: process, CPU, flags and time
            print(line.partition("bpf_trace_printk: ")[2])
    # endregion
