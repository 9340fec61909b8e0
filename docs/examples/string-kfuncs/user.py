from bpfref.loader import bpf

with bpf.open("string-kfuncs.bpf.o") as obj, obj.load() as coll:
    for text in ("/etc/passwd", "/etc/hosts", ""):
        coll.variables["text"] = text
        coll.programs["look"].test_run(bytes(64))
        seen = coll.variables
        print(f"{text}: {seen['length']} {seen['same']} {seen['found']}")
