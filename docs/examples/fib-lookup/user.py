import socket
import subprocess
from pathlib import Path

from bpfref.loader import bpf


def ip(line: str) -> None:
    subprocess.run(["ip", *line.split()], check=True)


def packet(address: str) -> bytes:
    header = bytes.fromhex("45000032 00000000 4011f6b8 c0000201")
    frame = bytes.fromhex("ffffffffffff 020000000001 0800") + header + socket.inet_aton(address)
    return frame.ljust(64, b"\0")


Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
ip("link add out address 02:00:00:00:00:07 type dummy")
ip("address add 192.0.2.1/24 dev out")
ip("link set out up")
ip("neighbour add 192.0.2.9 lladdr 02:aa:bb:cc:dd:ee dev out")

with bpf.open("fib-lookup.bpf.o") as obj, obj.load() as coll:
    for address in ("192.0.2.9", "192.0.2.10", "198.51.100.1"):
        result = coll.programs["route"].test_run(packet(address))
        verdict = {bpf.XDP_PASS: "XDP_PASS", bpf.XDP_REDIRECT: "XDP_REDIRECT"}[result.retval]
        head = f"{result.data[:6].hex()} {result.data[6:12].hex()}"
        print(f"{address}: {verdict}, {coll.variables['answer']}, {head}")
