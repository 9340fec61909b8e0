from bpfref.loader import bpf

MARK = 8  # where mark stands in struct __sk_buff

with bpf.open("for-each-map-elem.bpf.o") as obj, obj.load() as coll:
    for key in range(10):
        coll.maps["last_seen"][key] = key * 100
    context = bytearray(192)
    context[MARK : MARK + 4] = (600).to_bytes(4, "little")
    result = coll.programs["clean"].test_run(bytes(64), context=bytes(context))
    print(result.retval, "looked at")
    print("left", sorted(coll.maps["last_seen"]))
