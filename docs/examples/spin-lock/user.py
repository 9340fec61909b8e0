from threading import Thread

from bpfref.loader import bpf

RUNS = 1000

with bpf.open("spin-lock.bpf.o") as obj, obj.load() as coll:
    program, accounts = coll.programs["account"], coll.maps["accounts"]

    def send() -> None:
        program.test_run(bytes(100), repeat=RUNS)

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # region read
    found = accounts.lookup(0, bpf.BPF_F_LOCK)  # a copy that was made with the lock held
    # endregion
    print(found.packets, "packets,", found.bytes, "bytes")
