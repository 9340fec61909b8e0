import ctypes
import errno
import os
import struct

from bpfref.loader import bpf

BPF = 321  # the system call's number on x86-64
MAGIC, VERSION, HEADER = 0xEB9F, 1, 24
INT = 1
libc = ctypes.CDLL(None, use_errno=True)


# region make
def integer(name: int, names: bytes) -> bytes:
    """BTF with one type, a signed int of 32 bits; `name` is where its name begins among `names`."""
    types = struct.pack("IIII", name, INT << 24, 4, 1 << 24 | 32)
    header = struct.pack("HBBIIIII", MAGIC, VERSION, 0, HEADER, 0, len(types), len(types), len(names))
    return header + types + names


# endregion
# region load
def load(types: bytes) -> int:
    """A descriptor of BTF in the kernel; OSError with the last line of the kernel's log."""
    data, log = ctypes.create_string_buffer(types, len(types)), ctypes.create_string_buffer(4096)
    places = ctypes.addressof(data), ctypes.addressof(log)
    attributes = struct.pack("QQIIII", *places, len(types), len(log), 1, 0)
    memory = ctypes.create_string_buffer(attributes, len(attributes))
    descriptor: int = libc.syscall(BPF, bpf.BPF_BTF_LOAD, memory, len(attributes))
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), log.value.decode().strip().splitlines()[-1])
    return descriptor


# endregion
names = b"\0int\0"
# region use
descriptor = load(integer(1, names))
info = ctypes.create_string_buffer(16)  # struct bpf_btf_info: where to, how much, id
arguments = struct.pack("IIQ", descriptor, len(info), ctypes.addressof(info))
libc.syscall(BPF, bpf.BPF_OBJ_GET_INFO_BY_FD, arguments, len(arguments))
_, size, number = struct.unpack("QII", info)
print(size == len(integer(1, names)), number > 0)
os.close(descriptor)
try:
    load(integer(100, names))
except OSError as error:
    print(errno.errorcode[error.errno], error.strerror)
# endregion
