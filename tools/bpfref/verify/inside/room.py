"""A room of its own for an example: namespaces, a BPF file system, a control group. Standard library only."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
_NAME = "example"
_MOUNTS = (("tmpfs", "/tmp"), ("bpf", "/sys/fs/bpf"), ("cgroup2", str(GROUPS)))  # noqa: S108 - it is made here
# linux/sched.h: CLONE_NEW…
_MOUNTS_NS, _GROUPS_NS, _HOSTNAME_NS, _IPC_NS, _NETWORK_NS = 1 << 17, 1 << 25, 1 << 26, 1 << 27, 1 << 30
# linux/mount.h, C's sys/mount.h, linux/sockios.h and linux/if.h
_MS_REC, _MS_PRIVATE, _MNT_DETACH = 1 << 14, 1 << 18, 2
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_IFREQ = "16sH22x"


def make_group() -> Path:
    """A control group for an example and all that it starts."""
    group = GROUPS / _NAME
    group.mkdir()
    return group


def shut_in(group: Path) -> None:
    """Put this process into its room: nothing it mounts, pins or configures in the network is seen outside.

    Process ids stay those of the machine, for programs see these.
    """
    os.setsid()
    (group / "cgroup.procs").write_text(str(os.getpid()))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_MOUNTS_NS | _NETWORK_NS | _GROUPS_NS | _HOSTNAME_NS | _IPC_NS):
        raise OSError(ctypes.get_errno(), "no namespaces")
    _mount(libc, "none", "/", None, _MS_REC | _MS_PRIVATE)
    # The kernel refuses a second mount of the same file system at a place, though it has another root now.
    if libc.umount2(str(GROUPS).encode(), _MNT_DETACH):
        raise OSError(ctypes.get_errno(), "cannot be unmounted", str(GROUPS))
    for kind, place in _MOUNTS:
        _mount(libc, kind, place, kind, 0)
    _bring_up("lo")


def _mount(libc: ctypes.CDLL, source: str, place: str, kind: str | None, flags: int) -> None:
    wanted = kind.encode() if kind else None
    if libc.mount(source.encode(), place.encode(), wanted, ctypes.c_ulong(flags), None):
        errno = ctypes.get_errno()
        raise OSError(errno, os.strerror(errno), place)


def _bring_up(device: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        asked = struct.pack(_IFREQ, device.encode(), 0)
        flags = struct.unpack(_IFREQ, fcntl.ioctl(control, _SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack(_IFREQ, device.encode(), flags | _IFF_UP))
