import errno
import os
import socket

from bpfref.loader import bpf

IPV4 = socket.htons(0x0800)
HEAD = bytes.fromhex("ffffffffffff 020000000001 0800")

with bpf.open("percpu-hash.bpf.o") as obj, obj.load() as coll:
    count, table = coll.programs["count"], coll.maps["bytes"]

    for cpu in sorted(os.sched_getaffinity(0)):
        os.sched_setaffinity(0, {cpu})
        count.test_run(HEAD.ljust(100, b"\0"), repeat=2)
        count.test_run(HEAD.ljust(160, b"\0"))
    # region read
    copies = table[IPV4]  # one for each possible CPU
    print({copy for copy in copies if copy}, "on each CPU that saw packets")
    print("all of them:", sum(copies) == os.cpu_count() * 360)
    # endregion

    # region write
    table.update(IPV4, [7] * len(copies), bpf.BPF_EXIST)
    print("reset:", set(table[IPV4]))
    try:
        table.update(IPV4, [0] * len(copies), bpf.BPF_NOEXIST)
    except bpf.KeyExistsError as error:
        print(errno.errorcode[error.errno])
    taken = {key: sum(each) for step in table.lookup_batch(delete=True) for key, each in step}
    print("taken:", taken == {IPV4: 7 * len(copies)}, "left:", table.count())
    # endregion
