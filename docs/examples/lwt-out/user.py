import errno
import socket
import subprocess

from bpfref.loader import bpf

PIN = "/sys/fs/bpf/no_discard"


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)


def send(host: str, port: int) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        try:
            sender.sendto(b"hello", (host, port))
        except OSError as error:
            return errno.errorcode[error.errno]
    return "sent"


with bpf.open("lwt-out.bpf.o") as obj, obj.load() as coll:
    coll.programs["no_discard"].pin(PIN)
    # region route
    ip(f"route add 192.0.2.0/24 dev lo encap bpf out pinned {PIN}")
    ip("route add 198.51.100.0/24 dev lo")
    # endregion
    print("port 8:", send("192.0.2.1", 8))
    print("port 9:", send("192.0.2.1", 9))
    print("port 9 over another route:", send("198.51.100.1", 9))
    ip("route del 192.0.2.0/24")
    coll.programs["no_discard"].unpin(PIN)
