import ctypes
import errno
import struct

from bpfref.loader import bpf

BPF = 321  # the system call's number on x86-64
libc = ctypes.CDLL(None, use_errno=True)


# region associate
def associate(program: bpf.Program, scheduler: bpf.Map) -> None:
    """Tie a program to a struct_ops map; OSError if the kernel will not."""
    attributes = struct.pack("III", scheduler.fileno(), program.fileno(), 0)
    if libc.syscall(BPF, bpf.BPF_PROG_ASSOC_STRUCT_OPS, attributes, len(attributes)) < 0:
        raise OSError(ctypes.get_errno(), "associate")


# endregion
def ask(program: bpf.Program) -> str:
    program.test_run()
    waiting = coll.variables["waiting"]
    return errno.errorcode[-waiting] if waiting < 0 else f"{waiting} in the queue"


with bpf.open("assoc-struct-ops.bpf.o") as obj, obj.load() as coll:
    first, second = coll.programs["first"], coll.programs["second"]
    running, spare = coll.maps["running"], coll.maps["spare"]
    with coll.attach_struct_ops("running"):
        # region use
        print("not tied:", ask(first))  # the kernel takes the scheduler that runs
        associate(first, running)
        associate(second, spare)
        for program in (first, coll.programs["enqueue"]):  # tied already; of struct_ops itself
            try:
                associate(program, spare)
            except OSError as error:
                print(f"{program.name}: {errno.errorcode[error.errno]}")
        print("tied to the one that runs:", ask(first))
        print("tied to the spare one:", ask(second))
        # endregion
