import errno
import os
import struct

from bpfref.loader import bpf

PATH = "/sys/fs/bpf/limits"
KINDS = ("HASH", "LRU_HASH", "PERCPU_HASH", "LRU_PERCPU_HASH", "DEVMAP_HASH", "SOCKHASH")


def is_frozen(kind: str) -> bool:
    with bpf.create_map(f"BPF_MAP_TYPE_{kind}", key_size=4, value_size=4, max_entries=4) as table:
        table.freeze()
        try:
            table.update(bytes(4), [bytes(4)] * os.cpu_count() if "PERCPU" in kind else bytes(4))
        except bpf.MapError as error:
            return error.errno == errno.EPERM
    return False


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
    print("others:", all(is_frozen(kind) for kind in KINDS))
