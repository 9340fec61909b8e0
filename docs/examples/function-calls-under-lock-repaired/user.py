from bpfref.loader import bpf

with bpf.open("function-calls-under-lock-repaired.bpf.o") as obj, obj.load() as coll:
    accounts, times = coll.maps["accounts"], []
    for _ in range(2):
        coll.programs["count"].test_run(bytes(64))
        times.append(accounts.lookup(0, bpf.BPF_F_LOCK).last)
    print(accounts[0].packets, "packets, the last at", "a later time" if times[0] < times[1] else times)
