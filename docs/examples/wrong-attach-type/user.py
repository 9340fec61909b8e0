import errno

from bpfref.loader import bpf

for attach_type in ("BPF_CGROUP_INET4_CONNECT", "BPF_CGROUP_INET_EGRESS"):
    with bpf.open("wrong-attach-type.bpf.o") as obj:
        obj.programs["decide"].expected_attach_type = attach_type
        try:
            with obj.load():
                print(f"{attach_type}: loaded")
        except bpf.LoadError as error:
            print(f"{attach_type}: {errno.errorcode[error.errno]}, and {len(error.log)} characters of log")
