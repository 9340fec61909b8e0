import subprocess
from bisect import bisect
from pathlib import Path

from bpfref.loader import bpf

lines = (line.split() for line in Path("/proc/kallsyms").read_text().splitlines())
symbols = sorted((int(address, 16), name) for address, kind, name, *_ in lines if kind in "tT")


def name_of(address: int) -> str:
    return symbols[bisect(symbols, (address, "~")) - 1][1]


with bpf.open("stack-trace.bpf.o") as obj, obj.load() as coll:
    link = coll.programs["on_exec"].attach()
    for _ in range(3):
        subprocess.run(["/bin/true"], check=True)
    link.close()

    # region read
    stacks = coll.maps["stacks"]
    for stack, count in coll.maps["counts"].items():
        addresses = [address for address in stacks[stack] if address]
        names = [name_of(address) for address in addresses]
        print(count, "times through", "do_syscall_64" in names, "and", "bprm_execve" in " ".join(names))
    # endregion
    print("stacks and counts have the same keys:", set(stacks) == set(coll.maps["counts"]))
    for stack in list(stacks):
        del stacks[stack]
    print("left:", stacks.count())
