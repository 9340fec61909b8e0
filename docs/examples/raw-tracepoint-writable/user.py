import errno

from bpfref.loader import bpf


def try_run(program: bpf.Program) -> str:
    try:
        program.test_run(bytes(64))
    except bpf.RunError as error:
        return errno.errorcode[error.errno]
    return "fine"


with bpf.open("raw-tracepoint-writable.bpf.o") as obj, obj.load() as coll:
    print("a test run without it:", try_run(coll.programs["any"]))
    with coll.programs["change_result"].attach():
        print("a test run with it:", try_run(coll.programs["any"]))
    if coll.variables["seen"] == 1:
        print("it ran once")
