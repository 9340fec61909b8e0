from bpfref.loader import bpf

with bpf.open("ringbuf-discard.bpf.o") as obj, obj.load() as coll:
    events = coll.ring_buffer("events", type="event")
    for size in (60, 15, 100):
        packet = bytes(14) + bytes([size]) * (size - 14)
        print(f"{size} bytes:", coll.programs["report"].test_run(packet).retval)
    for event in events.read(timeout=0):
        print(f"reported: {event.size} bytes, {event.kind:x}")
