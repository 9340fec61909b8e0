import os
import time

from bpfref.loader import bpf


def is_between(clock: int, first: int, value: int) -> bool:
    return first < value < time.clock_gettime_ns(clock)


with bpf.open("boot-time.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["stamp"].attach():
        # region user
        boot, monotonic = (time.clock_gettime_ns(clock) for clock in (time.CLOCK_BOOTTIME, time.CLOCK_MONOTONIC))
        os.getpgid(0)
        variables = coll.variables
        print("a time of CLOCK_BOOTTIME:", is_between(time.CLOCK_BOOTTIME, boot, variables["since_boot"]))
        print("a time of CLOCK_MONOTONIC:", is_between(time.CLOCK_MONOTONIC, monotonic, variables["awake"]))
        print("one after the other:", variables["awake"] < variables["since_boot"])
        # endregion
