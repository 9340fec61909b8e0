import errno
import struct

from bpfref.loader import bpf

ALICE, BOB = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
IPV4, IPV6 = bytes.fromhex("0800"), bytes.fromhex("86dd")

with bpf.open("hash-of-maps.bpf.o") as obj, obj.load() as coll:
    customers = coll.maps["customers"]

    def count(source: bytes, protocol: bytes) -> int:
        return coll.programs["count"].test_run((bytes(6) + source + protocol).ljust(64, b"\0")).retval

    # region user
    ipv4 = IPV4 + bytes(2)
    with bpf.create_map("BPF_MAP_TYPE_HASH", key_size=4, value_size=8, max_entries=16) as counters:
        counters[ipv4] = bytes(8)
        customers[ALICE] = counters  # the outer map holds it from now on
    print(count(ALICE, IPV4), count(ALICE, IPV4), count(ALICE, IPV6), count(BOB, IPV4))
    with customers.inner(ALICE) as counters:
        print(struct.unpack("=Q", counters[ipv4]), counters.count())

    with bpf.create_map("BPF_MAP_TYPE_ARRAY", key_size=4, value_size=8, max_entries=16) as other:
        try:
            customers[BOB] = other  # not what was declared
        except bpf.MapError as error:
            print(errno.errorcode[error.errno])
    del customers[ALICE]
    print(count(ALICE, IPV4), customers.count())
    # endregion
