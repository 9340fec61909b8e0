from bpfref.loader import bpf

with bpf.open("bloom-filter.bpf.o") as obj, obj.load() as coll:
    blocked = coll.maps["blocked"]

    def check(length: int) -> int:
        return coll.programs["check"].test_run(bytes(length)).retval

    length = 100
    print("empty:", check(length), length in blocked)
    coll.programs["block"].test_run(bytes(length))
    print("pushed by a program:", check(length), length in blocked)

    # region user
    pushed = range(10_000, 10_500)
    for number in pushed:
        blocked.push(number)
    print("missed:", sum(number not in blocked for number in pushed))
    others = range(100_000, 101_000)
    wrong = sum(number in blocked for number in others)
    print("less than a quarter found wrongly:", wrong < len(others) // 4)
    # endregion
