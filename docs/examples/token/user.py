import ctypes
import errno
import os
import socket
from pathlib import Path

from bpfref.loader import bpf

FSOPEN, FSCONFIG, FSMOUNT, MOVE_MOUNT = 430, 431, 432, 429
SET_STRING, CREATE, FROM_PATH = 1, 6, 4
AT_FDCWD = -100
NEW_USER, NEW_MOUNTS = 0x10000000, 0x20000
libc = ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: object) -> int:
    result: int = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"system call {number}")
    return result


def load() -> None:
    try:
        with bpf.open("token.bpf.o") as obj, obj.load() as coll:
            sender, receiver = socket.socketpair(type=socket.SOCK_DGRAM)
            coll.programs["count"].attach_socket(receiver)
            sender.send(b"hello")
            print("loaded, packets seen:", coll.maps["seen"][0])
    except bpf.LoadError as error:
        print("refused:", errno.errorcode[error.errno])


def live_inside(channel: socket.socket) -> None:
    """A process of a container: root in its own user namespace, nobody outside."""
    if libc.unshare(NEW_USER | NEW_MOUNTS):
        raise OSError(ctypes.get_errno(), "no user namespace")
    channel.send(b"here")
    channel.recv(1)
    load()
    context = call(FSOPEN, b"bpf", 0)  # belongs to this user namespace
    socket.send_fds(channel, [b"x"], [context])
    channel.recv(1)
    # region inside
    mount = call(FSMOUNT, context, 0, 0)
    call(MOVE_MOUNT, mount, b"", AT_FDCWD, b"/sys/fs/bpf", FROM_PATH)
    load()  # libbpf makes a token from what is mounted there
    # endregion


outside, inside = socket.socketpair()
child = os.fork()
if not child:
    live_inside(inside)
    raise SystemExit
outside.recv(4)
for name in ("uid_map", "gid_map"):
    Path(f"/proc/{child}/{name}").write_text("0 0 1")
outside.send(b"x")
# region delegate
_, (context,), _, _ = socket.recv_fds(outside, 1, 1)
for option, allowed in (
    (b"delegate_cmds", b"map_create:prog_load:btf_load"),
    (b"delegate_maps", b"array"),
    (b"delegate_progs", b"socket_filter"),
    (b"delegate_attachs", b"any"),
):
    call(FSCONFIG, context, SET_STRING, option, allowed, 0)  # only root outside may
call(FSCONFIG, context, CREATE, None, None, 0)
outside.send(b"x")
# endregion
os.waitpid(child, 0)
