import errno
import socket
from pathlib import Path

from bpfref.loader import bpf

OUTER = Path("/sys/fs/cgroup")
INNER = OUTER / "confined"


def enter(group: Path) -> None:
    (group / "cgroup.procs").write_text("0")  # this process


def place(port: int) -> dict[str, int]:
    address = int.from_bytes(socket.inet_aton("127.0.0.1"), "little")
    return {"address": address, "port": socket.htons(port), "zero": 0}


def try_connect(port: int) -> str:
    with socket.socket() as client:
        client.settimeout(2)
        try:
            client.connect(("127.0.0.1", port))
        except OSError as error:
            return errno.errorcode[error.errno]
        return "connected"


INNER.mkdir()
with (
    socket.create_server(("127.0.0.1", 8000)),
    socket.create_server(("127.0.0.1", 9000)),
    bpf.open("cgroup-connect.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["check"].attach_cgroup(INNER),
):
    allowed = coll.maps["allowed"]
    allowed[place(8000)] = 1
    for port in (8000, 9000):
        print(f"outside, port {port}:", try_connect(port))
    enter(INNER)
    for port in (8000, 9000):
        print(f"inside, port {port}:", try_connect(port))
    allowed[place(9000)] = 1
    print("inside, port 9000 added:", try_connect(9000))
    print(coll.variables["refused"], "refused")
    enter(OUTER)
INNER.rmdir()
