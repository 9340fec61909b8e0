from pathlib import Path

from bpfref.loader import bpf

LEAST = 10

with bpf.open("spin-lock-in-tracing-repaired.bpf.o") as obj, obj.load() as coll:
    coll.attach()
    for _ in range(LEAST):
        Path("/nowhere").exists()  # a system call, which fails
    if sum(coll.maps["calls"][0]) >= LEAST:  # of all CPUs
        print("calls were counted")
