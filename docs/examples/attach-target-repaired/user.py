import errno
import socket

from bpfref.loader import bpf

# region choose
with bpf.open("attach-target-repaired.bpf.o") as obj:
    for name in ("note_old", "note_new"):
        try:
            coll = obj.load([name])
            break
        except bpf.LoadError as error:
            print(f"{name} cannot be loaded: {errno.errorcode[error.errno]}")
    # endregion
    with coll, coll.programs[name].attach(), socket.socket() as server:
        print(name, "is loaded")
        server.listen()
        print(f"calls of the old function: {coll.variables['old']}, of the new one: {coll.variables['new']}")
