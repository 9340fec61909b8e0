import struct

from bpfref.loader import bpf

PATH = "/sys/fs/bpf/totals"
PACKET = bytes.fromhex("ffffffffffff 020000000001 0800").ljust(64, b"\0")


def count(packets: int) -> None:
    """Load, run and unload: nothing but the pin holds the map afterwards."""
    with bpf.open("hash-pin.bpf.o") as obj, obj.load() as coll:
        coll.programs["count"].test_run(PACKET, repeat=packets)
        print(list(coll.maps["totals"].values()))


# region user
count(2)
count(3)  # uses the map that is pinned

with bpf.open_map(PATH) as totals:
    print("pinned:", {key.hex(): struct.unpack("=Q", total) for key, total in totals.items()})

with bpf.open("hash-pin.bpf.o") as obj:
    obj.maps["totals"].max_entries = 128  # no longer the map that is pinned
    try:
        obj.load()
    except bpf.IncompatibleMapError:
        print("refused")

with bpf.open_map(PATH) as totals:
    totals.unpin(PATH)
count(1)
# endregion
with bpf.open_map(PATH) as totals:
    totals.unpin(PATH)
