import errno
from pathlib import Path

from bpfref.loader import bpf

TTL = Path("/proc/sys/net/ipv4/ip_default_ttl")

with bpf.open("strtoul.bpf.o") as obj, obj.load() as coll:
    coll.programs["limit"].attach_cgroup("/sys/fs/cgroup")
    for text in ("100", "0x40", "200", "much"):
        try:
            TTL.write_text(text)
            result = "written"
        except OSError as error:
            result = errno.errorcode[error.errno]
        print(f"{text}: {result}, {TTL.read_text().strip()}")
