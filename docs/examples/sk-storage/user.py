import errno
import socket

from bpfref.loader import bpf

HEADS = 20 + 8  # bytes, of IPv4 and UDP

with bpf.open("sk-storage.bpf.o") as obj, obj.load() as coll:
    sent = coll.maps["sent"]
    coll.programs["count"].attach_cgroup("/sys/fs/cgroup")

    receiver, first, second = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(3))
    receiver.bind(("127.0.0.1", 0))
    for sender, lengths in ((first, (10, 20)), (second, (5,))):
        for length in lengths:
            sender.sendto(bytes(length), receiver.getsockname())
    # region user
    print(sent[first.fileno()] - 2 * HEADS)  # from user space a descriptor names the socket
    print(sent[second.fileno()] - HEADS)
    try:
        sent.lookup(receiver.fileno())
    except bpf.MissingKeyError as error:
        print(errno.errorcode[error.errno])
    sent[first.fileno()] = 0
    del sent[second.fileno()]
    print(sent[first.fileno()], sent.get(second.fileno()))
    # endregion
