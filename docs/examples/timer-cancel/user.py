import time

from bpfref.loader import bpf

DELAY = 0.3

with bpf.open("timer-cancel.bpf.o") as obj:
    obj.rodata["delay"] = int(DELAY * 1e9)
    with obj.load() as coll:
        variables = coll.variables

        def run(name: str) -> None:
            coll.programs[name].test_run(bytes(64))

        run("begin")
        run("end")
        print("cancelled in time:", variables["result"])
        time.sleep(2 * DELAY)
        print("alarms:", variables["alarms"])
        run("begin")
        limit = time.monotonic() + 10
        while not variables["alarms"] and time.monotonic() < limit:
            time.sleep(0.02)
        run("end")
        print("cancelled too late:", variables["result"], "alarms:", variables["alarms"])
