import errno
import socket
from pathlib import Path

from bpfref.loader import bpf

GROUPS = Path("/sys/fs/cgroup")


def send(group: Path, packets: int) -> None:
    (group / "cgroup.procs").write_text("0")  # this process
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        for _ in range(packets):
            one.sendto(b"hello", ("127.0.0.1", 9))


groups = [GROUPS / name for name in ("first", "second")]
for group in groups:
    group.mkdir()
with bpf.open("cgroup-storage.bpf.o") as obj, obj.load() as coll:
    shared, own = coll.maps["shared"], coll.maps["own"]
    with coll.programs["count"].attach_cgroup(groups[0]), coll.programs["count"].attach_cgroup(groups[1]):
        send(groups[0], 2)
        send(groups[1], 3)
        (GROUPS / "cgroup.procs").write_text("0")
        # region user
        for group in groups:
            key = {"cgroup_inode_id": group.stat().st_ino, "attach_type": bpf.BPF_CGROUP_INET_EGRESS}
            traffic = shared[key]
            print(f"{group.name}: {traffic.packets} packets, {traffic.bytes} bytes", end=", ")
            print("by CPU:", sum(copy.packets for copy in own[key]), sum(copy.bytes for copy in own[key]))
        shared[key] = {"packets": 10, "bytes": 0}
        try:
            del shared[key]  # it goes with its group
        except bpf.MapError as error:
            print(errno.errorcode[error.errno])
        # endregion
    with coll.programs["count"].attach_cgroup(groups[1]):  # finds the value of the attachment before
        send(groups[1], 1)
        (GROUPS / "cgroup.procs").write_text("0")
    print("and again:", shared[key].packets)
