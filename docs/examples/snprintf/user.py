from bpfref.loader import bpf

with bpf.open("snprintf.bpf.o") as obj, obj.load() as coll:
    coll.programs["format"].test_run(bytes(64))
    seen = coll.variables
    print(f"{seen['line'].text}: {seen['length']}")
    print(f"{seen['small'].text}: {seen['wanted']}")
