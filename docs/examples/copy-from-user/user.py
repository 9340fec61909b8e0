import ctypes
import errno
import mmap
import struct
from pathlib import Path

from bpfref.loader import bpf

FILE = Path("text")
FILE.write_text("from a page that nobody touched")

with bpf.open("copy-from-user.bpf.o") as obj, obj.load() as coll, FILE.open("r+b") as file:
    memory = mmap.mmap(file.fileno(), 0)  # read when it is first touched
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    for place in (address, 8):
        coll.programs["read_text"].test_run(context=struct.pack("=QIxxxx", place, len(memory)))
        result = coll.variables["result"]
        print(coll.variables["text"].text if not result else errno.errorcode[-result])
