import os
import subprocess
from pathlib import Path

from bpfref.loader import bpf

group = Path("/sys/fs/cgroup/jobs/deep")
group.mkdir(parents=True)

with bpf.open("cgroup-array.bpf.o") as obj, obj.load() as coll:
    groups = coll.maps["groups"]
    coll.attach()

    def run_in(folder: Path) -> None:
        subprocess.run(["/bin/sh", "-c", f"echo $$ > {folder}/cgroup.procs && exec true"], check=True)
        print({name: coll.variables[name] for name in ("inside", "outside", "unset")})

    # region user
    run_in(group)
    folder = os.open(group.parent, os.O_RDONLY)
    groups[0] = folder
    os.close(folder)  # the map holds the control group
    # endregion
    run_in(group)
    print("slots:", list(groups))
    del groups[0]
    run_in(group)
