import os
from pathlib import Path

from bpfref.loader import bpf

folder = Path("/tmp/folder")  # noqa: S108 - of this example alone
folder.mkdir()
(folder / "file").write_text("text")
(folder / "other").symlink_to("file")
with bpf.open("d-path.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["truncated"].attach():
        os.chdir(folder)
        os.truncate("other", 0)
        print(coll.variables["name"].text, coll.variables["length"])
