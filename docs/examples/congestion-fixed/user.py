import errno
import socket
import struct
import threading

from bpfref.loader import bpf

SIZE = 1_000_000
SND_CWND = 80  # where tcpi_snd_cwnd is in struct tcp_info


def choose(one: socket.socket) -> None:
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"fixed_window")


def receive_all(listener: socket.socket) -> None:
    with listener.accept()[0] as server:
        while server.recv(65536):
            pass


with (
    bpf.open("congestion-fixed.bpf.o") as obj,
    obj.load() as coll,
    socket.create_server(("127.0.0.1", 0)) as listener,
    socket.socket() as client,
):
    try:
        choose(client)
    except OSError as error:
        print("before:", errno.errorcode[error.errno])
    with coll.attach_struct_ops("fixed"):
        choose(client)
        used = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
        print("the socket uses", used.rstrip(b"\0").decode())
        reader = threading.Thread(target=receive_all, args=[listener])
        reader.start()
        client.connect(listener.getsockname())
        client.sendall(bytes(SIZE))
        info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        print(f"sent {SIZE} bytes, the window is", struct.unpack_from("I", info, SND_CWND)[0])
        client.close()
        reader.join()
