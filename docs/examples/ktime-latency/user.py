import os
import time

from bpfref.loader import bpf

SLEEP = 0.05

with bpf.open("ktime-latency.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        coll.attach()
        start = time.monotonic_ns()
        time.sleep(0.01)
        time.sleep(SLEEP)
        whole = time.monotonic_ns() - start  # the same clock as bpf_ktime_get_ns
        longest = coll.variables["longest"]
        if SLEEP * 1e9 <= longest <= whole:
            print("between 50 ms and what Python measured")
        else:
            print(f"{longest} ns, Python measured {whole}")
        print(coll.maps["began"].count(), "left in the hash")
