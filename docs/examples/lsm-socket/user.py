import errno
import os
import socket

from bpfref.loader import bpf


def try_socket(family: socket.AddressFamily) -> str:
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "allowed"


with bpf.open("lsm-socket.bpf.o") as obj:
    obj.rodata["confined"] = os.getpid()
    with obj.load() as coll, coll.programs["no_packet_sockets"].attach_lsm():
        print("AF_INET:", try_socket(socket.AF_INET))
        print("AF_PACKET:", try_socket(socket.AF_PACKET))
    print("AF_PACKET, without the program:", try_socket(socket.AF_PACKET))
