from bpfref.loader import bpf

with bpf.open("global-variables.bpf.o") as obj:
    # region user
    obj.rodata["limit"] = 64
    with obj.load() as coll:
        police, variables = coll.programs["police"], coll.variables
        police.test_run(bytes(65))
        print(variables["dropped"], "too long")
        police.test_run(bytes(64), repeat=28)
        print(f"{variables['dropped']} dropped, {variables['bytes']} bytes passed")
        variables["passed_most"] = 2000
        police.test_run(bytes(64))
        print(f"{variables['dropped']} dropped, {variables['bytes']} bytes passed")
    # endregion
