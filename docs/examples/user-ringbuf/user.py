from bpfref.loader import bpf

with bpf.open("user-ringbuf.bpf.o") as obj, obj.load() as coll:
    process = coll.programs["process"]
    # region send
    orders = coll.user_ring_buffer("orders", type="order")
    for item in (3, 2, 1, 0, 5):
        orders.send({"item": item, "count": 10})
    # endregion
    for _ in range(3):
        print(process.test_run().retval, "drained,", coll.variables["items"], "items")

    orders.send(b"short")
    print(process.test_run().retval, "drained,", coll.variables["items"], "items")
    # region full
    sent = 0
    try:
        while True:
            orders.send({"item": 9, "count": 1})
            sent += 1
    except bpf.MapFullError:
        print(sent, "fit into 4096 bytes")
    # endregion
