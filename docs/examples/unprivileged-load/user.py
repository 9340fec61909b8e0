import errno
import os
from pathlib import Path

from bpfref.loader import bpf

NOBODY = 65534
SETTING = Path("/proc/sys/kernel/unprivileged_bpf_disabled")


# region load
def load(obj: bpf.Object, name: str) -> str:
    os.seteuid(NOBODY)  # which takes the effective capabilities away
    try:
        with obj.load([name]):
            return "loaded"
    except bpf.LoadError as error:
        return errno.errorcode[error.errno]
    finally:
        os.seteuid(0)


# endregion


before = SETTING.read_text()
try:
    with bpf.open("unprivileged-load.bpf.o") as obj:
        for value in ("2", "0"):
            SETTING.write_text(value)
            for name in ("filter", "pass"):
                print(f"{name}, unprivileged_bpf_disabled {value}: {load(obj, name)}")
finally:
    SETTING.write_text(before)
