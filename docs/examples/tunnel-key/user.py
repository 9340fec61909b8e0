import socket
import subprocess
import time

from bpfref.loader import bpf


def ip(line: str) -> None:
    subprocess.run(["ip", *line.split()], check=True)


ip("link add vxlan0 type vxlan external dstport 4789")
ip("link set vxlan0 up")
with (
    bpf.open("tunnel-key.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["send"].attach_tc("vxlan0", egress=True),
    coll.programs["receive"].attach_tc("vxlan0"),
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender,
):
    sender.bind(("vxlan0", 0))
    sender.send(bytes.fromhex("ffffffffffff 020000000001 88b5").ljust(60))
    end = time.monotonic() + 2
    while not coll.variables["seen"].tunnel_id and time.monotonic() < end:
        time.sleep(0.01)
    seen = coll.variables["seen"]
    print("setting it gave", coll.variables["result"])
    print(f"came in tunnel {seen.tunnel_id} from {socket.inet_ntoa(seen.remote_ipv4.to_bytes(4, 'big'))}")
