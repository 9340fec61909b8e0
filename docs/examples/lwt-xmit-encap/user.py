import socket
import subprocess

from bpfref.loader import bpf

PIN = "/sys/fs/bpf/encapsulate"
IP, UDP = 20, 8  # bytes of the headers


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)


def show(header: bytes) -> str:
    return f"{socket.inet_ntoa(header[12:16])} to {socket.inet_ntoa(header[16:20])}"


with (
    bpf.open("lwt-xmit-encap.bpf.o") as obj,
    obj.load() as coll,
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IPIP) as receiver,
    socket.socket(type=socket.SOCK_DGRAM) as sender,
):
    receiver.settimeout(2)
    coll.programs["encapsulate"].pin(PIN)
    ip(f"route add 192.0.2.0/24 dev lo src 127.0.0.1 encap bpf xmit pinned {PIN} headroom 20")
    sender.sendto(b"hello", ("192.0.2.1", 4000))
    packet = receiver.recv(1000)
    print("outer:", show(packet))
    print(f"inner: {show(packet[IP:])}, {packet[IP + IP + UDP :].decode()}")
    ip("route del 192.0.2.0/24")
    coll.programs["encapsulate"].unpin(PIN)
