import socket

from bpfref.loader import bpf

SO_MAX_PACING_RATE = 47


def show(which: str, one: socket.socket) -> None:
    rate = one.getsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE)
    print(f"{which}:", "no limit" if rate == -1 else f"{rate} bytes a second")


with (
    bpf.open("sock-ops-pacing.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["pace"].attach_cgroup("/sys/fs/cgroup"),
    socket.create_server(("127.0.0.1", 0)) as listener,
    socket.socket() as client,
):
    show("before connecting", client)
    client.connect(listener.getsockname())
    show("client", client)
    with listener.accept()[0] as server:
        show("server", server)
