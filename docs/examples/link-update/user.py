import errno
import socket

from bpfref.loader import bpf


def say_hello() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender, socket.socket(type=socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        sender.sendto(b"hello", receiver.getsockname())
    print(coll.variables["old_version"], "and", coll.variables["new_version"])


with bpf.open("link-update.bpf.o") as obj, obj.load() as coll:
    first, second = coll.programs["first"], coll.programs["second"]
    # region update
    link = first.attach_xdp("lo")
    say_hello()
    link.update(second, old=first)  # no packet meets neither or both
    say_hello()
    try:
        link.update(first, old=first)
    except bpf.AttachError as error:
        print(errno.errorcode[error.errno])  # the link has another program by now
    # endregion
    # region detach
    link.detach()
    say_hello()
    try:
        link.update(first)
    except bpf.AttachError as error:
        print(errno.errorcode[error.errno])
    print(link.info()["type"], "at device", link.info()["ifindex"])  # the link is still there, without a device
    link.close()
    # endregion
