import ctypes
import errno
import os
import struct

from bpfref.loader import bpf

BPF = 321  # the system call's number on x86-64
libc = ctypes.CDLL(None, use_errno=True)


def call(command: int, attributes: bytes) -> tuple[int, bytes]:
    memory = ctypes.create_string_buffer(attributes, len(attributes))
    result = libc.syscall(BPF, command, memory, len(attributes))
    if result < 0:
        raise OSError(ctypes.get_errno(), f"bpf command {command}")
    return result, memory.raw


# region walk
def ids_of(command: int) -> list[int]:
    """All ids, whoever made the objects."""
    found, last = [], 0
    try:
        while True:
            _, after = call(command, struct.pack("III", last, 0, 0))  # start_id, next_id, open_flags
            last = struct.unpack("III", after)[1]
            found.append(last)
    except OSError as error:
        if error.errno != errno.ENOENT:  # the end
            raise
    return found


# endregion
# region open
def open_id(command: int, number: int) -> int:
    descriptor, _ = call(command, struct.pack("III", number, 0, 0))
    return descriptor


def first_words(descriptor: int) -> tuple[int, int]:
    """What the struct of a program, map or link begins with: the type and the id."""
    info = ctypes.create_string_buffer(256)
    call(bpf.BPF_OBJ_GET_INFO_BY_FD, struct.pack("IIQ", descriptor, len(info), ctypes.addressof(info)))
    kind, number = struct.unpack_from("II", info)
    return kind, number


# endregion
KINDS = ("PROG", "MAP", "LINK")
with bpf.open("by-id.bpf.o") as obj, obj.load() as coll:
    link = coll.programs["count"].attach_xdp("lo")
    btf = coll.programs["count"].info()["btf_id"]
    # region use
    for kind in KINDS:
        (newest, *_) = sorted(ids_of(getattr(bpf, f"BPF_{kind}_GET_NEXT_ID")), reverse=True)
        descriptor = open_id(getattr(bpf, f"BPF_{kind}_GET_FD_BY_ID"), newest)
        print(kind, first_words(descriptor)[1] == newest)
        os.close(descriptor)
    print("BTF", btf in ids_of(bpf.BPF_BTF_GET_NEXT_ID))
    os.close(open_id(bpf.BPF_BTF_GET_FD_BY_ID, btf))
    # endregion
    gone = link.info()["id"]
    link.close()
try:
    open_id(bpf.BPF_LINK_GET_FD_BY_ID, gone)
except OSError as error:
    print("closed:", errno.errorcode[error.errno])
