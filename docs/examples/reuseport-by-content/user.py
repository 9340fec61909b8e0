import socket

from bpfref.loader import bpf

PORT = 4000


def open_worker() -> socket.socket:
    worker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    worker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    worker.bind(("127.0.0.1", PORT))
    worker.settimeout(2)
    return worker


with bpf.open("reuseport-by-content.bpf.o") as obj, obj.load() as coll:
    workers = [open_worker(), open_worker()]
    for number, worker in enumerate(workers):
        coll.maps["workers"][number] = worker.fileno()
    coll.programs["choose"].attach_reuseport(workers[0])  # for the whole group
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for digit in "123456789":
            sender.sendto(digit.encode(), ("127.0.0.1", PORT))
    for number, expected in ((0, 4), (1, 5)):
        print(f"worker {number}:", *(workers[number].recv(10).decode() for _ in range(expected)))
    for worker in workers:
        worker.close()
