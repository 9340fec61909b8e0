import errno
import os
import subprocess
from pathlib import Path

from bpfref.loader import bpf

group = Path("/sys/fs/cgroup/jobs")
group.mkdir()

with bpf.open("cgrp-storage.bpf.o") as obj, obj.load() as coll:
    moved = coll.maps["moved"]
    coll.attach()

    # region user
    folder = os.open(group, os.O_RDONLY)  # from user space a descriptor of its folder names the control group
    try:
        moved.lookup(folder)
    except bpf.MissingKeyError as error:
        print(errno.errorcode[error.errno])
    for _ in range(2):
        with subprocess.Popen(["/bin/sleep", "60"]) as process:
            (group / "cgroup.procs").write_text(str(process.pid))
            process.kill()
    print("moved:", moved[folder])
    moved[folder] = 0
    print("reset:", moved[folder])
    del moved[folder]
    print("removed:", moved.get(folder))
    # endregion
