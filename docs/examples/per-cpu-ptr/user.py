from pathlib import Path

from bpfref.loader import bpf

with bpf.open("per-cpu-ptr.bpf.o") as obj, obj.load() as coll:
    coll.programs["look"].test_run()
    seen = coll.variables
    last = Path("/sys/devices/system/cpu/possible").read_text().strip().rpartition("-")[2]
    count = "as many as the kernel has CPUs" if seen["seen"] == int(last) + 1 else seen["seen"]
    print(f"{count}, {seen['odd']} odd, here {seen['here']}")
