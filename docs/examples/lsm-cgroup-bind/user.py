import errno
import socket
from pathlib import Path

from bpfref.loader import bpf

GROUPS = Path("/sys/fs/cgroup")


def bind(kind: socket.SocketKind) -> str:
    with socket.socket(type=kind) as one:
        try:
            one.bind(("127.0.0.1", 0))
        except OSError as error:
            return errno.errorcode[error.errno]
    return "bound"


def enter(group: Path) -> None:
    (group / "cgroup.procs").write_text("0")  # this process


for name in ("confined", "free"):
    (GROUPS / name).mkdir()
with (
    bpf.open("lsm-cgroup-bind.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["no_servers"].attach_cgroup(GROUPS / "confined"),
):
    enter(GROUPS / "confined")
    print("SOCK_DGRAM:", bind(socket.SOCK_DGRAM))
    print("SOCK_STREAM:", bind(socket.SOCK_STREAM))
    enter(GROUPS / "free")
    print("SOCK_STREAM in another group:", bind(socket.SOCK_STREAM))
