import os

from bpfref.loader import bpf

with bpf.open("struct-ops-unsupported.bpf.o") as obj:
    obj.maps["operations"].autocreate = True
    try:
        with obj.load(["threshold", "undo", "avoid", "info"]):
            print("loaded")
    except bpf.LoadError as error:
        print(f"{error.errno}: {os.strerror(error.errno)}")
        print(error.telling)
