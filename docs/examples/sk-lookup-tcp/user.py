import socket
import struct

from bpfref.loader import bpf

MARK = 8  # where the mark is in struct __sk_buff

with (
    bpf.open("sk-lookup-tcp.bpf.o") as obj,
    obj.load() as coll,
    socket.create_server(("127.0.0.1", 0)) as listener,
    socket.create_server(("127.0.0.1", 0)) as other,
):
    ports = [one.getsockname()[1] for one in (listener, other)]
    other.close()
    for port in ports:
        context = bytearray(192)
        struct.pack_into("I", context, MARK, port)
        packet = bytes.fromhex("ffffffffffff 020000000001 0800 45").ljust(64, b"\0")
        print(coll.programs["is_served"].test_run(packet, context=bytes(context)).signed)
