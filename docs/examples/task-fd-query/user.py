import ctypes
import errno
import os
import struct

from bpfref.loader import bpf

BPF = 321  # the system call's number on x86-64
libc = ctypes.CDLL(None, use_errno=True)


# region query
def what_is(process: int, descriptor: int, room: int = 64) -> None:
    """Print which program a process holds by a descriptor, and where it is attached."""
    name = ctypes.create_string_buffer(room)
    attributes = struct.pack("IIIIQIIQQ", process, descriptor, 0, room, ctypes.addressof(name), 0, 0, 0, 0)
    memory = ctypes.create_string_buffer(attributes, len(attributes))
    if libc.syscall(BPF, bpf.BPF_TASK_FD_QUERY, memory, len(attributes)):
        print(errno.errorcode.get(ctypes.get_errno(), ctypes.get_errno()), name.value.decode())
        return
    _, _, _, length, _, program, kind, _, _ = struct.unpack("IIIIQIIQQ", memory.raw)
    known = kind == bpf.BPF_FD_TYPE_RAW_TRACEPOINT
    print(name.value.decode(), length, "raw tracepoint:", known, "ours:", program == ours)


# endregion
with bpf.open("task-fd-query.bpf.o") as obj, obj.load() as coll:
    ours = coll.programs["count"].info()["id"]
    # region use
    with coll.programs["count"].attach() as link:  # BPF_RAW_TRACEPOINT_OPEN
        what_is(os.getpid(), link.fileno())
        what_is(os.getpid(), link.fileno(), room=5)  # it does not fit
    read, write = os.pipe()
    what_is(os.getpid(), read)  # neither a perf event nor a raw tracepoint
    os.close(read)
    what_is(os.getpid(), read)
    # endregion
    os.close(write)
