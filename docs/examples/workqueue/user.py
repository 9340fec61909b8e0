import time

from bpfref.loader import bpf

with bpf.open("workqueue.bpf.o") as obj, obj.load() as coll:
    jobs = coll.maps["jobs"]
    print("the program returned", coll.programs["start"].test_run(bytes(64)).retval)
    while not jobs[0].done:
        time.sleep(0.01)
    print("done", jobs[0].done)
