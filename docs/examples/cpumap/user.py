import errno
import time

from bpfref.loader import bpf

PACKETS = 100

with bpf.open("cpumap.bpf.o") as obj, obj.load() as coll:
    cpus, spread, work = coll.maps["cpus"], coll.programs["spread"], coll.programs["work"]

    def packet(sender: int) -> bytes:
        return bytes([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, sender]).ljust(64, b"\0")

    # region user
    cpus[0] = {"qsize": 192, "bpf_prog": {"fd": work.fileno()}}  # starts a kernel thread on that CPU
    print("actions:", spread.test_run(packet(2)).retval, spread.test_run(packet(3)).retval)
    for sender in (2, 3):
        spread.test_run(packet(sender), repeat=PACKETS, flags=bpf.BPF_F_TEST_XDP_LIVE_FRAMES)
    end = time.monotonic() + 5
    while coll.variables["arrived"] < PACKETS:
        if time.monotonic() > end:
            raise SystemExit(f"{coll.variables['arrived']} of {PACKETS} packets arrived")
        time.sleep(0.01)
    print("arrived:", coll.variables["arrived"])

    try:
        cpus[1] = {"qsize": 1 << 20}
    except bpf.MapError as error:
        print(errno.errorcode[error.errno])
    cpus[0] = {"qsize": 0}  # no room: removed, as by a deletion
    print("slots:", list(cpus), cpus.get(0))
    del cpus[0]  # which nobody minds where nothing is
    print("action:", spread.test_run(packet(2)).retval)
    # endregion
