import threading
import time
from pathlib import Path

from bpfref.loader import bpf

STATE, NAME = Path("/sys/kernel/sched_ext/state"), Path("/sys/kernel/sched_ext/root/ops")


def state() -> str:
    return STATE.read_text().strip()


def work() -> None:
    for _ in range(20):
        time.sleep(0.001)


with bpf.open("scx-fifo.bpf.o") as obj, obj.load() as coll:
    print("before:", state())
    with coll.attach_struct_ops("fifo"):
        print(f"attached: {state()}, {NAME.read_text().strip()}")
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if coll.variables["enqueued"] > 0:
        print("it was asked where to put tasks")
    print("after:", state())
