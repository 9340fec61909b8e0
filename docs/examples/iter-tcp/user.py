import socket
import struct
import subprocess

from bpfref.loader import bpf


def make_request(port: int) -> bytes:
    """The first packet of a connection, from an address that answers nobody."""
    source, target = socket.inet_aton("192.0.2.1"), socket.inet_aton("127.0.0.1")
    head = struct.pack("!HHIIBBHHH", port, port, 1, 0, 5 << 4, 2, 1024, 0, 0)  # 2: SYN
    words = struct.unpack("!16H", source + target + struct.pack("!HH", socket.IPPROTO_TCP, len(head)) + head)
    total = sum(words)
    check = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, socket.IPPROTO_TCP, 0, source, target)
    return ip + head[:16] + struct.pack("!H", check) + head[18:]


with socket.create_server(("127.0.0.1", 0)) as listener, bpf.open("iter-tcp.bpf.o") as obj:
    obj.rodata["port"] = listener.getsockname()[1]
    with obj.load() as coll, coll.programs["show"].attach_iter() as link:
        # region user
        client = socket.create_connection(listener.getsockname())
        server = listener.accept()[0]
        client.sendall(bytes(1000))
        server.recv(2000)
        print(link.read().decode(), end="")
        client.close()  # who closes first has to wait
        server.recv(1)
        server.close()
        print(link.read().decode(), end="")
        # endregion
        subprocess.run(["ip", "route", "add", "192.0.2.0/24", "dev", "lo"], check=True)
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sender:
            sender.sendto(make_request(listener.getsockname()[1]), ("127.0.0.1", 0))
        for line in sorted(link.read().decode().splitlines()):
            print("at last:", line)
