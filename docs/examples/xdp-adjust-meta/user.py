import socket
import subprocess
import time

from bpfref.loader import bpf


def ip(line: str) -> None:
    subprocess.run(["ip", *line.split()], check=True)


ip("link add out type veth peer name in")
for device in ("out", "in"):
    ip(f"link set {device} up")
with (
    bpf.open("xdp-adjust-meta.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["read_note"].attach_tc("in"),
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender,
):
    sender.bind(("out", 0))

    def send() -> int:
        sender.send(bytes.fromhex("ffffffffffff 020000000001 88b5").ljust(60))
        time.sleep(0.2)
        return coll.variables["received"]

    print("without a note:", send())
    with coll.programs["write_note"].attach_xdp("in"):
        print("with one:", send())
