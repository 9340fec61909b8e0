import errno
import os
import struct

from bpfref.loader import bpf

PATH = "/sys/fs/bpf/limits"

with bpf.open("freeze-map.bpf.o") as obj, obj.load() as coll:
    limits, is_short = coll.maps["limits"], coll.programs["is_short"]
    # region user
    limits[0] = 100
    limits.freeze()  # from now on nobody can change it, root neither
    try:
        limits[0] = 1000
    except bpf.MapError as error:
        print("here:", errno.errorcode[error.errno])
    limits.pin(PATH)
    # endregion
    print("programs:", is_short.test_run(bytes(100)).retval, is_short.test_run(bytes(101)).retval, flush=True)

    child = os.fork()
    if not child:
        # region other
        with bpf.open_map(PATH) as pinned:  # in another process
            print("there:", *struct.unpack("I", pinned[struct.pack("I", 0)]))
            try:
                pinned[struct.pack("I", 0)] = struct.pack("I", 1000)
            except bpf.MapError as error:
                print("there:", errno.errorcode[error.errno], flush=True)
        # endregion
        os._exit(0)
    os.waitpid(child, 0)
    limits.unpin(PATH)
