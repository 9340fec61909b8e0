import errno
from pathlib import Path

from bpfref.loader import bpf

SETTINGS = Path("/proc/sys")


def write(name: str, value: str) -> None:
    try:
        (SETTINGS / name).write_text(value)
        print(name, "is written")
    except OSError as error:
        print(f"{name} is not written, {errno.errorcode[error.errno]}")


with (
    bpf.open("cgroup-sysctl.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["guard"].attach_cgroup("/sys/fs/cgroup"),
):
    print("net/ipv4/ip_forward reads", (SETTINGS / "net/ipv4/ip_forward").read_text().strip())
    write("net/ipv4/ip_forward", "1")
    write("kernel/panic", (SETTINGS / "kernel/panic").read_text())
