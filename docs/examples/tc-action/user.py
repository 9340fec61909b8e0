import socket
import subprocess

from bpfref.loader import bpf

PIN = "/sys/fs/bpf/short_only"


def tc(words: str) -> None:
    subprocess.run(["tc", *words.split()], check=True)


with (
    bpf.open("tc-action.bpf.o") as obj,
    obj.load() as coll,
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
):
    coll.programs["short_only"].pin(PIN)
    # region tc
    tc("qdisc add dev lo clsact")
    tc(f"filter add dev lo ingress matchall action bpf object-pinned {PIN}")
    # endregion
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(0.5)
    for size in (10, 200):
        sender.sendto(bytes(size), receiver.getsockname())
        try:
            print(len(receiver.recv(1000)), "bytes arrived")
        except TimeoutError:
            print(size, "bytes did not")
    tc("qdisc del dev lo clsact")
    coll.programs["short_only"].unpin(PIN)
