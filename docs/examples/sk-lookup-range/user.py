import socket

from bpfref.loader import bpf

with (
    bpf.open("sk-lookup-range.bpf.o") as obj,
    obj.load() as coll,
    socket.create_server(("127.0.0.1", 4000)) as server,
    coll.programs["steer"].attach_netns(),
):
    coll.maps["servers"][0] = server.fileno()
    for port in (6999, 7000, 7999, 8000):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2), server.accept()[0] as accepted:
                print(f"port {port}: accepted on port {accepted.getsockname()[1]}")
        except ConnectionRefusedError:
            print(f"port {port}: refused")
