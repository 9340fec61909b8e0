import socket
import subprocess

from bpfref.loader import bpf

KIND = 0x88B5  # an EtherType for experiments


def ip(line: str) -> None:
    subprocess.run(["ip", *line.split()], check=True)


ip("link add host type netkit mode l2 peer name container")
for device in ("host", "container"):
    ip(f"link set {device} up")
with (
    bpf.open("netkit.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["gate"].attach_netkit("host"),  # runs for what leaves the host's end
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender,
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(KIND)) as receiver,
):
    sender.bind(("host", 0))
    receiver.bind(("container", KIND))
    receiver.settimeout(2)
    for size in (200, 60):
        try:
            sender.send(bytes.fromhex("ffffffffffff 020000000001 88b5").ljust(size, b"x"))
        except OSError as error:
            print(f"{size} bytes:", error.strerror)
    print("received:", len(receiver.recv(2000)), "bytes")
