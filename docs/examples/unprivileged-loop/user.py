import errno
import os
from pathlib import Path

from bpfref.loader import bpf

NOBODY = 65534
SETTING = Path("/proc/sys/kernel/unprivileged_bpf_disabled")


def load(obj: bpf.Object) -> str:
    try:
        with obj.load():
            return "loaded"
    except bpf.LoadError as error:
        return f"{errno.errorcode[error.errno]}: {error.telling}"


before = SETTING.read_text()
SETTING.write_text("0")
try:
    with bpf.open("unprivileged-loop.bpf.o") as obj:
        print("root:", load(obj))
        os.seteuid(NOBODY)  # which takes the effective capabilities away
        print("nobody:", load(obj))
finally:
    os.seteuid(0)
    SETTING.write_text(before)
