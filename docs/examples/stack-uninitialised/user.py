import ctypes

from bpfref.loader import bpf

CAP_SYS_ADMIN, CAP_PERFMON = 21, 38
VERSION_3 = 0x20080522


def drop(*capabilities):
    """Gives them up; all others stay."""
    libc = ctypes.CDLL(None)
    header, sets = (ctypes.c_uint32 * 2)(VERSION_3, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, sets)
    for each in capabilities:
        half = each // 32 * 3  # effective, permitted and inheritable of 32 capabilities each
        for which in range(half, half + 3):
            sets[which] &= ~(1 << each % 32)
    if libc.capset(header, sets):
        raise OSError("the capabilities stay")


def load():
    try:
        with bpf.open("stack-uninitialised.bpf.o") as obj, obj.load():
            return "accepted"
    except bpf.LoadError as error:
        return str(error).rpartition("; ")[2]


print("as root:", load())
drop(CAP_SYS_ADMIN, CAP_PERFMON)
print("without CAP_PERFMON:", load())
