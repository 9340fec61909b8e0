import ctypes
import mmap
import os
import struct

from bpfref.loader import bpf

PERF_EVENT_OPEN = 298  # on x86-64
PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS = 1, 2
EACH = 1  # a sample for each event


def open_faults() -> int:
    """The page faults of this thread, on any CPU."""
    kind = struct.pack("=IIQQ", PERF_TYPE_SOFTWARE, 64, PERF_COUNT_SW_PAGE_FAULTS, EACH).ljust(64, b"\0")
    return ctypes.CDLL(None, use_errno=True).syscall(PERF_EVENT_OPEN, kind, 0, -1, -1, 0)


memory = mmap.mmap(-1, 64 * mmap.PAGESIZE)
start = ctypes.addressof(ctypes.c_char.from_buffer(memory))

with bpf.open("perf-event-faults.bpf.o") as obj:
    obj.rodata["begin"], obj.rodata["end"] = start, start + len(memory)
    with obj.load() as coll:
        event = open_faults()
        with coll.programs["fault"].attach_perf_event(event):
            print(coll.variables["inside"], "page faults before the pages are used")
            for page in range(16):
                memory[page * mmap.PAGESIZE] = 1
            print(coll.variables["inside"], "page faults in the first 16 pages")
        os.close(event)
