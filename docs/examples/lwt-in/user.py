import socket
import subprocess
import time
from pathlib import Path

from bpfref.loader import bpf

PIN = "/sys/fs/bpf/count"
ETH_P_IP = 0x0800


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)


def make_packet(size: int) -> bytes:
    """IPv4 from 10.0.0.2 to 192.0.2.1, of a protocol that nobody listens to."""
    head = bytes.fromhex("4500") + size.to_bytes(2, "big") + bytes.fromhex("00000000 40fd 0000 0a000002 c0000201")
    total = sum(int.from_bytes(head[n : n + 2], "big") for n in range(0, 20, 2))
    check = ~(total + (total >> 16)) & 0xFFFF
    return (head[:10] + check.to_bytes(2, "big") + head[12:]).ljust(size, b"x")


with bpf.open("lwt-in.bpf.o") as obj, obj.load() as coll:
    coll.programs["count"].pin(PIN)
    ip("link add outside type veth peer name inside address 02:00:00:00:00:02")
    ip("addr add 10.0.0.1/24 dev inside")
    for device in ("outside", "inside"):
        ip(f"link set {device} up")
    ip(f"route add 192.0.2.0/24 via 10.0.0.9 dev inside encap bpf in pinned {PIN}")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind(("outside", ETH_P_IP))
        for size in (200, 60):
            sender.send(bytes.fromhex("020000000002 020000000001 0800") + make_packet(size))
    end = time.monotonic() + 2
    while not coll.variables["arrived"] and time.monotonic() < end:
        time.sleep(0.01)
    print(coll.variables["arrived"], "of 2 packets passed")
    ip("link del outside")
    coll.programs["count"].unpin(PIN)
