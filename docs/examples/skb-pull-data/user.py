import socket
import time

from bpfref.loader import bpf

with bpf.open("skb-pull-data.bpf.o") as obj, socket.create_server(("127.0.0.1", 0)) as listener:
    obj.rodata["port"] = listener.getsockname()[1]
    with obj.load() as coll, coll.programs["look"].attach_tc("lo"), socket.socket() as client:
        client.connect(listener.getsockname())
        client.send(b"hello".ljust(1000))
        found = coll.variables
        end = time.monotonic() + 2
        while not found["first"] and time.monotonic() < end:
            time.sleep(0.01)
        print("in reach at first:", found["reachable"][0])
        print("in reach then:", found["reachable"][1])
        print("the first byte:", chr(found["first"]))
