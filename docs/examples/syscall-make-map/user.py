import errno
import struct

from bpfref.loader import bpf

with bpf.open("syscall-make-map.bpf.o") as obj, obj.load() as coll:
    variables = coll.variables
    variables["closed"] = -1
    for entries in (10, 0):
        returned = coll.programs["make_map"].test_run(context=struct.pack("I", entries)).retval
        if variables["made"] > 0:
            done = f"made a map, closing it gave {variables['closed']}"
        else:
            done = f"made nothing, {errno.errorcode[-variables['made']]}"
        print(f"{entries} entries: returned {returned}, {done}")
