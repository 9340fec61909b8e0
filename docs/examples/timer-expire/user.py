import time

from bpfref.loader import bpf

LIFETIME = 0.5

with bpf.open("timer-expire.bpf.o") as obj:
    obj.rodata["lifetime"] = int(LIFETIME * 1e9)
    with obj.load() as coll:
        track, sessions = coll.programs["track"], coll.maps["sessions"]
        start = time.monotonic()
        track.test_run(bytes(60), repeat=3)
        track.test_run(bytes(100))
        for key, session in sorted(sessions.items()):
            print(f"{key}: {session.packets} packets")
        while sessions.count():
            time.sleep(0.02)
        took = time.monotonic() - start
        print("all gone, after half a second at the earliest" if took >= LIFETIME else took)
