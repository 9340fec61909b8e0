from bpfref.loader import bpf

with bpf.open("dynptr-ringbuf.bpf.o") as obj, obj.load() as coll:
    packets = coll.ring_buffer("packets")
    sent = [bytes(range(20)).ljust(size, b".") for size in (20, 61, 500)]
    for packet in sent:
        coll.programs["copy"].test_run(packet)
    for packet, record in zip(sent, packets.read(timeout=1, limit=3), strict=True):
        print(len(record), "bytes", "as sent" if packet.startswith(record) else record)
