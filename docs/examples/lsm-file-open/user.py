import errno
import os
from pathlib import Path

from bpfref.loader import bpf

MINOR_BITS = 20  # of a device's number inside the kernel


def try_open(path: Path) -> str:
    try:
        path.open().close()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "opened"


secret, link, other = Path("secret"), Path("link"), Path("other")
secret.touch()
other.touch()
link.hardlink_to(secret)
found = secret.stat()

with bpf.open("lsm-file-open.bpf.o") as obj:
    obj.rodata["guarded_inode"] = found.st_ino
    obj.rodata["guarded_device"] = os.major(found.st_dev) << MINOR_BITS | os.minor(found.st_dev)
    with obj.load() as coll:
        with coll.programs["guard"].attach_lsm():
            print("secret:", try_open(secret))
            print("hard link to it:", try_open(link))
            print("another file:", try_open(other))
        print(coll.variables["refused"], "attempts were refused")
