import errno
import os
import socket

from bpfref.loader import bpf


def listen() -> str:
    with socket.socket() as server:
        try:
            server.listen()
        except OSError as error:
            return errno.errorcode[error.errno or 0]
        return "0"


with bpf.open("fmod-ret-target-repaired.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        with coll.programs["refuse"].attach():
            print("listen:", listen())
        print("listen:", listen())
