from bpfref.loader import bpf

with bpf.open("extension-refused.bpf.o") as obj, obj.load() as coll:
    for name, function in (("of_static", "hidden"), ("of_two", "decide"), ("fitting", "decide")):
        with bpf.open("extension-refused.bpf.o") as again:
            again.programs[name].set_attach_target(function, coll.programs["firewall"])
            try:
                with again.load([name]):
                    print(f"{name} of {function}: loaded")
            except bpf.LoadError as error:
                print(f"{name} of {function}: {error.telling}")
