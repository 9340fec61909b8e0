import ctypes
import errno
import os
import struct
from pathlib import Path

from bpfref.loader import bpf

BPF = 321  # the system call's number on x86-64
GROUP = Path("/sys/fs/cgroup/asked")
libc = ctypes.CDLL(None, use_errno=True)


# region query
def query(group: int, room: int) -> tuple[list[int], int]:
    """The ids of the programs that a control group runs on outgoing packets, and how many there are."""
    ids = (ctypes.c_uint32 * room)()
    egress = bpf.BPF_CGROUP_INET_EGRESS
    attributes = struct.pack("IIIIQII", group, egress, 0, 0, ctypes.addressof(ids), room, 0)
    memory = ctypes.create_string_buffer(attributes, len(attributes))
    if libc.syscall(BPF, bpf.BPF_PROG_QUERY, memory, len(attributes)):
        print(errno.errorcode[ctypes.get_errno()])
    return list(ids), struct.unpack_from("I", memory.raw, 24)[0]


# endregion
GROUP.mkdir()
group = os.open(GROUP, os.O_RDONLY | os.O_DIRECTORY)
with bpf.open("prog-query.bpf.o") as obj, obj.load() as coll:
    names = {program.info()["id"]: name for name, program in coll.programs.items()}
    # region attach
    first, second = (
        coll.programs[name].attach_fd(group, "BPF_CGROUP_INET_EGRESS", flags=bpf.BPF_F_ALLOW_MULTI)
        for name in ("first", "second")
    )
    ids, number = query(group, 4)
    print([names[found] for found in ids[:number]])
    print(*query(group, 1)[1:])  # too little room: as many as fit, and how many there are
    first.close()  # BPF_PROG_DETACH
    ids, number = query(group, 4)
    print([names[found] for found in ids[:number]])
    # endregion
    second.close()
os.close(group)
GROUP.rmdir()
