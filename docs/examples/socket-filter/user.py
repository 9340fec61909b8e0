import socket

from bpfref.loader import bpf

with bpf.open("socket-filter.bpf.o") as obj, obj.load() as coll:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(2)
    with receiver, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        coll.programs["filter"].attach_socket(receiver)
        for message in (b"data and a tail", b"# a comment", b"more"):
            sender.sendto(message, receiver.getsockname())
        for _ in range(2):
            print("got", receiver.recv(100).decode())
