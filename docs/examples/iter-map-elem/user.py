import struct

from bpfref.loader import bpf

PAIR = struct.Struct("=QI4x")

with bpf.open("iter-map-elem.bpf.o") as obj:
    obj.rodata["least"] = 990
    with obj.load() as coll:
        totals = coll.maps["totals"]
        totals.update_batch({key: key * 10 for key in range(102)})
        # region user
        with coll.programs["large"].attach_iter_map(totals) as link:
            pairs = sorted(PAIR.iter_unpack(link.read()))
        # endregion
        print(pairs)
