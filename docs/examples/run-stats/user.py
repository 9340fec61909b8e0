from bpfref.loader import bpf

with bpf.open("run-stats.bpf.o") as obj, obj.load() as coll:
    program = coll.programs["pass"]
    # region statistics
    program.test_run(bytes(64), repeat=10)
    print("counted:", program.info()["run_cnt"])
    with bpf.statistics():  # BPF_ENABLE_STATS, until the descriptor is closed
        program.test_run(bytes(64), repeat=10)
    print("counted:", program.info()["run_cnt"], "with time:", program.info()["run_time_ns"] > 0)
    program.test_run(bytes(64), repeat=10)
    print("counted:", program.info()["run_cnt"])
    # endregion
    # region bind
    print("maps:", len(program.info()["map_ids"]))
    program.bind_map(coll.maps["version"])
    program.bind_map(coll.maps["version"])  # once is enough
    print("maps:", program.info()["map_ids"] == [coll.maps["version"].info()["id"]])
    # endregion
