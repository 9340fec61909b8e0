import errno
import struct

from bpfref.loader import bpf

with bpf.open("insn-array.bpf.o") as obj, obj.load() as coll:
    classify = coll.programs["classify"]
    print([classify.test_run(bytes(length)).retval for length in (64, 71, 79, 80)])

    # region user
    for number in classify.info().map_ids:
        with bpf.open_map_by_id(number) as table:
            if table.type == "BPF_MAP_TYPE_INSN_ARRAY":
                places = {struct.unpack("=III4x", value)[2] for value in table.values()}
                print(table.max_entries, "entries,", len(places), "places in machine code")
                try:
                    table.update(0, bytes(table.value_size))
                except bpf.MapError as error:
                    print("frozen:", errno.errorcode[error.errno])
    # endregion
