import errno
import os
from pathlib import Path

from bpfref.loader import bpf

path = Path("secret")
path.write_text("for two readers")

with bpf.open("inode-storage.bpf.o") as obj, obj.load() as coll:
    opens_left = coll.maps["opens_left"]
    coll.attach()

    # region user
    file = os.open(path, os.O_RDONLY)
    opens_left[file] = 2  # from user space a descriptor names the inode
    for _ in range(3):
        try:
            print(path.read_text(), "-", opens_left[file], "left")
        except PermissionError as error:
            print(errno.errorcode[error.errno])
    del opens_left[file]
    print(path.read_text(), "-", opens_left.get(file), "left")
    # endregion
