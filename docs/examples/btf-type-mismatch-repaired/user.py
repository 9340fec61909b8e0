import os
from pathlib import Path

from bpfref.loader import bpf

path = Path("file")
path.write_text("")
names = [Path("one"), Path("two")]
for name in names:
    name.hardlink_to(path)

with bpf.open("btf-type-mismatch-repaired.bpf.o") as obj, obj.load() as coll:
    coll.attach()
    for name in names:
        name.unlink()
    file = os.open(path, os.O_RDONLY)
    print(coll.maps["names_lost"][file], "names lost")
