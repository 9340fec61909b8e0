"""Kernel images and modules made for a test: the right form, with nothing in them that could run."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import struct
from collections.abc import Callable

import lz4.block
import zstandard

ELF_IMAGE = b"\x7fELF" + os.urandom(3000) + bytes(20_000)
CONFIG = b'# made for a test\nCONFIG_BPF=y\nCONFIG_9P_FS=m\n# CONFIG_KCOV is not set\nCONFIG_HZ=250\nCONFIG_LSM="bpf"\n'

_LZ4_BLOCK = 8 << 20


def lz4_legacy(content: bytes) -> bytes:
    blocks = [content[at : at + _LZ4_BLOCK] for at in range(0, len(content), _LZ4_BLOCK)]
    packed = [lz4.block.compress(block, store_size=False) for block in blocks]
    return b"\x02\x21\x4c\x18" + b"".join(struct.pack("<I", len(each)) + each for each in packed)


def xz_for_kernels(content: bytes) -> bytes:
    filters = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "dict_size": 32 << 20}]
    return lzma.compress(content, lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=filters)


def zstd_with_long_window(content: bytes) -> bytes:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return stream.compress(content) + stream.flush()


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda content: gzip.compress(content, mtime=0),
    "xz": xz_for_kernels,
    "zstd": zstd_with_long_window,
    "lz4": lz4_legacy,
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
    "bzip2": bz2.compress,
}


def vmlinuz(content: bytes = ELF_IMAGE, how: str = "zstd", protocol: int = 0x20F, sectors: int = 4) -> bytes:
    """A bzImage as Linux's build makes it: the payload's last word is the size of what comes out."""
    payload = COMPRESSIONS[how](content)
    if how != "gzip":
        payload += struct.pack("<I", len(content))
    head = bytearray((sectors or 4) * 512 + 512)
    head[0x1F1] = sectors
    head[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", head, 0x206, protocol)
    if protocol >= 0x208:
        struct.pack_into("<II", head, 0x248, 700, len(payload))
    return bytes(head) + os.urandom(700) + payload + bytes(333)


def elf(sections: dict[str, bytes]) -> bytes:
    """A relocatable ELF file for x86-64 with these sections."""
    names = b"\0" + b"".join(name.encode() + b"\0" for name in (*sections, ".shstrtab"))
    contents = {**sections, ".shstrtab": names}
    body, headers = b"", bytes(64)
    for name, content in contents.items():
        kind = 3 if name == ".shstrtab" else 1
        at = names.index(b"\0" + name.encode() + b"\0") + 1
        headers += struct.pack("<IIQQQQIIQQ", at, kind, 0, 0, 64 + len(body), len(content), 0, 0, 1, 0)
        body += content
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    start, count = 64 + len(body), len(contents) + 1
    return (
        ident + struct.pack("<HHIQQQIHHHHHH", 1, 62, 1, 0, 0, start, 0, 64, 0, 0, 64, count, count - 1) + body + headers
    )


def module(name: str, depends: str = "") -> bytes:
    fields = ["license=GPL", f"depends={depends}", "alias=a", "alias=b", f"name={name}", "vermagic=6.1 SMP"]
    return elf({".text": bytes(16), ".modinfo": b"\0".join(field.encode() for field in fields) + b"\0"})
