import ctypes
import socket
import struct
import threading
import time

from bpfref.loader import bpf

SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
UNACKED, SND_SSTHRESH, SND_CWND = 24, 76, 80  # where they are in struct tcp_info
NO_THRESHOLD = 0x7FFFFFFF
SIZE = 4_000_000


def read_info(one: socket.socket, place: int) -> int:
    return struct.unpack_from("I", one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), place)[0]


def drop_all(one: socket.socket) -> None:
    """A classic filter of a single instruction, which returns 0: no packet gets through."""
    code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
    one.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HxxxxxxP", 1, ctypes.addressof(code)))


def receive_all(server: socket.socket) -> None:
    while server.recv(1 << 20):
        pass


with (
    bpf.open("congestion-aimd.bpf.o") as obj,
    obj.load() as coll,
    coll.attach_struct_ops("aimd"),
    socket.create_server(("127.0.0.1", 0)) as listener,
    socket.socket() as client,
):
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"aimd")
    client.connect(listener.getsockname())
    with listener.accept()[0] as server:
        reader = threading.Thread(target=receive_all, args=[server])
        reader.start()
        used = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(b"\0").decode()
        first = read_info(client, SND_CWND)
        print(f"the socket uses {used}, its window is", first)

        client.sendall(bytes(SIZE))
        while read_info(client, UNACKED):
            time.sleep(0.01)
        window = read_info(client, SND_CWND)
        if window > first and read_info(client, SND_SSTHRESH) == NO_THRESHOLD:
            print("slow start: the window grew, and there is no threshold yet")

        drop_all(server)
        client.sendall(b"lost")
        while read_info(client, SND_SSTHRESH) == NO_THRESHOLD:  # the kernel waits for an acknowledgement first
            time.sleep(0.01)
        if read_info(client, SND_SSTHRESH) <= window // 2:
            print("a loss: the threshold is half of the window, or less")
        server.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
        client.close()
        reader.join()
