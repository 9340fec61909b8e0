import errno
import socket

from bpfref.loader import bpf

with bpf.open("devmap.bpf.o") as obj, obj.load() as coll:
    ports, leave = coll.maps["ports"], coll.programs["leave"]

    def forward(port: int) -> int:
        packet = bytes([2, 0, 0, 0, 0, port]).ljust(64, b"\0")
        return coll.programs["forward"].test_run(packet).retval

    print("actions:", forward(1), forward(2), forward(200))
    # region user
    lo = socket.if_nametoindex("lo")
    ports[1] = {"ifindex": lo, "bpf_prog": {"fd": leave.fileno()}}
    print("actions:", forward(1), forward(2), forward(200))
    # What is written as a descriptor is read as an id.
    print("read back:", ports[1].ifindex == lo, ports[1].bpf_prog.id == leave.info().id)
    try:
        ports[2] = {"ifindex": 9999}  # no such device
    except bpf.MapError as error:
        print(errno.errorcode[error.errno])
    try:
        ports[2] = {"ifindex": lo, "bpf_prog": {"fd": coll.programs["forward"].fileno()}}  # not of this attach type
    except bpf.MapError as error:
        print(errno.errorcode[error.errno])
    print("slots:", list(ports), [port for port in ports if ports.get(port)])
    del ports[1]
    print("action:", forward(1), ports.get(1))
    # endregion
