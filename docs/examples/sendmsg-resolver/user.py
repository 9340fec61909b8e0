import socket

from bpfref.loader import bpf

GROUP = "/sys/fs/cgroup"

with (
    bpf.open("sendmsg-resolver.bpf.o") as obj,
    obj.load() as coll,
    socket.socket(type=socket.SOCK_DGRAM) as resolver,
    socket.socket(type=socket.SOCK_DGRAM) as client,
    coll.programs["to_actual"].attach_cgroup(GROUP),
    coll.programs["from_advertised"].attach_cgroup(GROUP),
):
    resolver.bind(("127.0.0.1", 5353))
    for one in (resolver, client):
        one.settimeout(2)
    client.sendto(b"question", ("192.0.2.53", 53))
    question, sender = resolver.recvfrom(100)
    print("the resolver got", question.decode())
    resolver.sendto(b"answer", sender)
    answer, (host, port) = client.recvfrom(100)
    print(answer.decode(), "from", host, "port", port)
