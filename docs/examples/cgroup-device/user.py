import errno
import os
import stat
from collections.abc import Callable

from bpfref.loader import bpf


def attempt(what: str, action: Callable[[], object]) -> None:
    try:
        action()
        print(f"{what}: allowed")
    except OSError as error:
        print(f"{what}: {errno.errorcode[error.errno]}")


with (
    bpf.open("cgroup-device.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["only_read_zero"].attach_cgroup("/sys/fs/cgroup"),
):
    attempt("read /dev/zero", lambda: os.close(os.open("/dev/zero", os.O_RDONLY)))
    attempt("write /dev/zero", lambda: os.close(os.open("/dev/zero", os.O_WRONLY)))
    attempt("write /dev/null", lambda: os.close(os.open("/dev/null", os.O_WRONLY)))
    attempt("make a device", lambda: os.mknod("full", stat.S_IFCHR, os.makedev(1, 7)))
