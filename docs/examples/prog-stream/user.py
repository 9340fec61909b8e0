import ctypes
import errno
import struct

from bpfref.loader import bpf

BPF = 321  # the system call's number on x86-64
libc = ctypes.CDLL(None, use_errno=True)


# region read
def read(program: int, stream: int, room: int = 64) -> str:
    """What a program has written to a stream since it was last read; OSError for a stream that it has not."""
    text = ctypes.create_string_buffer(room)
    attributes = struct.pack("QIII", ctypes.addressof(text), room, stream, program)
    count = libc.syscall(BPF, bpf.BPF_PROG_STREAM_READ_BY_FD, attributes, len(attributes))
    if count < 0:
        raise OSError(ctypes.get_errno(), "stream")
    return text.raw[:count].decode()


# endregion
with bpf.open("prog-stream.bpf.o") as obj, obj.load() as coll:
    program = coll.programs["report"]
    program.test_run()
    # region use
    print(repr(read(program.fileno(), bpf.BPF_STREAM_STDOUT, room=4)))
    print(repr(read(program.fileno(), bpf.BPF_STREAM_STDOUT)))
    print(repr(read(program.fileno(), bpf.BPF_STREAM_STDOUT)))  # it is empty, and does not wait
    print(repr(read(program.fileno(), bpf.BPF_STREAM_STDERR)))
    try:
        read(program.fileno(), 3)
    except OSError as error:
        print(errno.errorcode[error.errno])
    # endregion
