import os
import signal
import threading
from pathlib import Path

from bpfref.loader import bpf

SIGNALS = {signal.SIGUSR1, signal.SIGUSR2}


def work() -> None:
    os.getpgid(0)
    status = Path(f"/proc/self/task/{threading.get_native_id()}/status").read_text()
    masks = {line.split()[0]: int(line.split()[1], 16) for line in status.splitlines() if "Pnd" in line}
    for where, mask in (("thread", masks["SigPnd:"]), ("process", masks["ShdPnd:"])):
        waiting = [one.name for one in sorted(SIGNALS) if mask >> (one - 1) & 1]
        print(f"for the {where}:", *waiting)
    signal.sigtimedwait(SIGNALS, 0)
    signal.sigtimedwait(SIGNALS, 0)


signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # so that they wait, and can be seen
with bpf.open("signal-thread.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["notify"].attach():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
