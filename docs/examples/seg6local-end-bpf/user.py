import errno
import socket
import subprocess
from pathlib import Path

from bpfref.loader import bpf

PIN = "/sys/fs/bpf/end"
ETH_P_IPV6 = 0x86DD
ROUTING = 43
FIRST, SECOND = "fc00::1", "fc00:0:0:2::2"


def ip(words: str) -> None:
    subprocess.run(["ip", "-6", *words.split()], check=True)


def make_packet() -> bytes:
    """IPv6 with a list of segments, of which the second is still to come."""
    segments = [socket.inet_pton(socket.AF_INET6, one) for one in (SECOND, FIRST)]  # the last comes first
    route = bytes([59, 4, 4, 1, 1, 0]) + bytes(2) + b"".join(segments)  # nothing follows; tag 0
    source, target = (socket.inet_pton(socket.AF_INET6, one) for one in ("fc00:0:0:9::9", FIRST))
    return bytes.fromhex("60000000") + len(route).to_bytes(2, "big") + bytes([43, 64]) + source + target + route


with bpf.open("seg6local-end-bpf.bpf.o") as obj, obj.load() as coll:
    coll.programs["end"].pin(PIN)
    Path("/proc/sys/net/ipv6/conf/all/forwarding").write_text("1")
    for ends in (("sender", "in"), ("out", "receiver")):
        subprocess.run(["ip", "link", "add", ends[0], "type", "veth", "peer", "name", ends[1]], check=True)
        for device in ends:
            address = "02:00:00:00:00:02" if device == "in" else "02:00:00:00:00:03"
            ip(f"link set {device} address {address} up")
    ip(f"route add {FIRST}/128 encap seg6local action End.BPF endpoint pinned {PIN} dev in")
    ip(f"route add {SECOND}/128 dev out")
    ip(f"neigh add {SECOND} lladdr 02:00:00:00:00:04 dev out")
    with (
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender,
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_IPV6)) as receiver,
    ):
        sender.bind(("sender", ETH_P_IPV6))
        receiver.bind(("receiver", ETH_P_IPV6))
        receiver.settimeout(5)
        sender.send(bytes.fromhex("020000000002 020000000001 86dd") + make_packet())
        while (frame := receiver.recv(2000))[20] != ROUTING:  # the kernel sends packets of its own too
            pass
    print("on to", socket.inet_ntop(socket.AF_INET6, frame[38:54]), "with", frame[57], "to come and tag", frame[61])
    done, refused = coll.variables["results"]
    print("results:", done, errno.errorcode[-refused])
    ip(f"route del {FIRST}/128")
    coll.programs["end"].unpin(PIN)
