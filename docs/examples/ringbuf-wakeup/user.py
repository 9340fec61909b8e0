import select

from bpfref.loader import bpf

with bpf.open("ringbuf-wakeup.bpf.o") as obj:
    obj.rodata["batch"] = 160  # ten events of 16 bytes
    with obj.load() as coll:
        record, lengths = coll.programs["record"], coll.ring_buffer("lengths")

        # region sleep
        def woken() -> bool:
            return bool(select.select([lengths], [], [], 0.2)[0])

        record.test_run(bytes(100), repeat=10)
        print(lengths.unread, "bytes, woken:", woken())
        record.test_run(bytes(200))
        print(lengths.unread, "bytes, woken:", woken())
        # endregion
        read = [int.from_bytes(event, "little") for event in lengths.read(timeout=0)]
        print(len(read), "events, from", read[0], "to", read[-1])
