from pathlib import Path

from bpfref.loader import bpf

known = Path("/proc/sys/net/ipv4/tcp_available_congestion_control")

with bpf.open("struct-ops-rules-repaired.bpf.o") as obj, obj.load() as coll:
    with coll.attach_struct_ops("constant"):
        during = known.read_text().split()
    after = known.read_text().split()
    if "constant" in during and "constant" not in after:
        print("there while the map is attached")
