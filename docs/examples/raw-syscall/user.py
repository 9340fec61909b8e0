import ctypes
import errno
import os
import struct
from pathlib import Path

BPF = 321  # the system call's number on x86-64
MAP_CREATE, MAP_LOOKUP, MAP_UPDATE, MAP_NEXT_KEY, PROG_LOAD, PROG_TEST_RUN = 0, 1, 2, 4, 5, 10
MAP_TYPE_HASH, PROG_TYPE_XDP, BPF_NOEXIST = 1, 6, 1

libc = ctypes.CDLL(None, use_errno=True)


# region syscall
def bpf(command: int, attributes: bytes) -> tuple[int, bytes]:
    """Call bpf(2); its attributes are a union, in which each command has its own fields."""
    memory = ctypes.create_string_buffer(attributes, len(attributes))
    result = libc.syscall(BPF, command, memory, len(attributes))
    if result < 0:
        raise OSError(ctypes.get_errno(), f"bpf command {command}")
    return result, memory.raw


# endregion
def address(memory: ctypes.Array[ctypes.c_char]) -> int:
    return ctypes.addressof(memory)


def read_section(path: str, wanted: bytes) -> bytes:
    """What a section of an ELF file holds: of a program, its instructions."""
    data = Path(path).read_bytes()
    (start,), (size, count, names) = struct.unpack_from("Q", data, 40), struct.unpack_from("3H", data, 58)
    headers = [struct.unpack_from("IIQQQQ", data, start + number * size) for number in range(count)]
    for header in headers:
        name = headers[names][4] + header[0]
        if data[name : data.index(b"\0", name)] == wanted:
            return data[header[4] : header[4] + header[5]]
    raise LookupError(wanted)


# region map
table, _ = bpf(MAP_CREATE, struct.pack("IIII", MAP_TYPE_HASH, 4, 8, 16))  # type, sizes of key and value, entries
key, value = ctypes.create_string_buffer(4), ctypes.create_string_buffer(8)
for number in (7, 8):
    key.raw, value.raw = struct.pack("I", number), struct.pack("Q", number * number)
    bpf(MAP_UPDATE, struct.pack("IxxxxQQQ", table, address(key), address(value), BPF_NOEXIST))
bpf(MAP_LOOKUP, struct.pack("IxxxxQQQ", table, address(key), address(value), 0))
print("8 has", *struct.unpack("Q", value.raw))
keys, last = [], 0  # NULL: the first
try:
    while True:
        bpf(MAP_NEXT_KEY, struct.pack("IxxxxQQ", table, last, address(key)))
        keys += struct.unpack("I", key.raw)
        last = address(key)
except OSError as error:
    print("keys:", sorted(keys), "and then", errno.errorcode[error.errno])
# endregion

# region program
instructions = read_section("raw-syscall.bpf.o", b"xdp")
code, licence = (ctypes.create_string_buffer(data) for data in (instructions, b"GPL"))
program, _ = bpf(PROG_LOAD, struct.pack("IIQQ", PROG_TYPE_XDP, len(instructions) // 8, address(code), address(licence)))
packet = ctypes.create_string_buffer(64)
_, after = bpf(PROG_TEST_RUN, struct.pack("IIIIQQII", program, 0, 64, 0, address(packet), 0, 1, 0))
print(len(instructions) // 8, "instructions, which returned", struct.unpack_from("I", after, 4)[0])
# endregion
os.close(program)
os.close(table)
