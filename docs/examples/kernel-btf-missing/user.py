import ctypes
import shutil

from bpfref.loader import bpf

KERNEL_BTF = "/sys/kernel/btf"


def load(**options: str) -> str:
    try:
        with bpf.open("kernel-btf-missing.bpf.o", **options) as obj, obj.load():
            return "loaded"
    except bpf.LoaderError as error:
        return str(error)


shutil.copy(f"{KERNEL_BTF}/vmlinux", "copy.btf")
if ctypes.CDLL(None).mount(b"none", KERNEL_BTF.encode(), b"tmpfs", 0, None):  # hide it
    raise OSError("nothing can be mounted")
print("without it:", load())
print("with a copy of it:", load(btf="copy.btf"))
