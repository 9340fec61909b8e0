import subprocess
from pathlib import Path

from bpfref.loader import bpf

OUTER = Path("/sys/fs/cgroup")
INNER = OUTER / "inner"


def run_in(group: Path) -> None:
    enter = f"echo 0 > {group}/cgroup.procs; exec true"
    subprocess.run(["sh", "-c", enter], check=True)


INNER.mkdir()
with bpf.open("cgroup-id.bpf.o") as obj, obj.load() as coll:
    coll.attach()
    run_in(INNER)
    run_in(INNER)
    starts = coll.maps["starts"]
    print("outer:", starts[OUTER.stat().st_ino])  # the shells: they moved after their start
    print("inner:", starts[INNER.stat().st_ino])
INNER.rmdir()
