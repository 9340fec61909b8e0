import errno
import socket

from bpfref.loader import bpf

CUSTOMERS = (70_000, 4_000_000_000)

with bpf.open("devmap-hash.bpf.o") as obj, obj.load() as coll:
    table = coll.maps["customers"]

    def forward(customer: int) -> int:
        packet = bytes(14) + customer.to_bytes(4, "big") + bytes(46)
        return coll.programs["forward"].test_run(packet).retval

    # region user
    lo = socket.if_nametoindex("lo")
    for customer in CUSTOMERS:
        table.update(customer, lo, bpf.BPF_NOEXIST)
    print("keys:", sorted(table.keys()), "all of lo:", set(table.values()) == {lo})
    print("actions:", forward(70_000), forward(4_000_000_000), forward(1))
    try:
        table.update(70_000, lo, bpf.BPF_NOEXIST)
    except bpf.KeyExistsError as error:
        print(errno.errorcode[error.errno])
    del table[70_000]
    print("actions:", forward(70_000), forward(4_000_000_000))
    # endregion
