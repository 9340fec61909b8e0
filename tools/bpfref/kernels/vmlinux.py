"""The ELF image inside a compressed kernel for x86 (`bzImage`). Pure."""

from __future__ import annotations

import struct

from bpfref.errors import SourceError
from bpfref.kernels.decompress import MOST, decompress, find_streams

ELF = b"\x7fELF"

# Where the boot protocol for x86 puts things (Documentation/arch/x86/boot.rst of Linux).
_SETUP_SECTORS = 0x1F1
_MAGIC, _MAGIC_AT = b"HdrS", 0x202
_PROTOCOL = 0x206
_PAYLOAD = 0x248  # offset and length, from protocol 2.08
_HEADER_ENDS = 0x250
_HAS_PAYLOAD = 0x0208
_SECTOR = 512
_SIZE = 4  # bytes of the last word
_DEFAULT_SECTORS = 4  # what a zero stands for
_REPAIR = "fetch it again"


def parse_vmlinux(image: bytes) -> bytes:
    """Unpack the ELF image out of a `vmlinuz`; an image that is an ELF file already stays as it is.

    What the kernel's build puts behind the ELF file (relocations) stays behind it. SourceError
    for an image that is cut short, is compressed in an unknown way or holds no ELF file.
    """
    if image.startswith(ELF):
        return image
    found = find_payload(image)
    if found is None:
        return _scan(image)
    size = struct.unpack_from("<I", found, len(found) - _SIZE)[0]
    if size > MOST:
        raise SourceError(f"says that it unpacks to {size} bytes: it is damaged; {_REPAIR}")
    # The last word is the size of what comes out. In gzip it is part of the stream, else the
    # kernel's build has put it behind.
    stream = found if found.startswith(b"\x1f\x8b") else found[:-_SIZE]
    content = decompress(stream, size)
    if len(content) != size:
        raise SourceError(f"unpacks to {len(content)} bytes and says {size}: it is damaged; {_REPAIR}")
    if not content.startswith(ELF):
        raise SourceError("what it unpacks to is no ELF file: this is no kernel image that we know")
    return content


def unpacked_size(image: bytes) -> int | None:
    """How many bytes `parse_vmlinux` will give, as the image says itself; None when it does not say."""
    payload = None if image.startswith(ELF) else find_payload(image)
    return struct.unpack_from("<I", payload, len(payload) - _SIZE)[0] if payload else None


def find_payload(image: bytes) -> bytes | None:
    """The compressed part, by the setup header; None when the header is too old to tell.

    SourceError when there is no setup header, or it points out of the file.
    """
    if len(image) < _HEADER_ENDS or image[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] != _MAGIC:
        raise SourceError(f"no kernel image for x86: it has no setup header; {_REPAIR}")
    (protocol,) = struct.unpack_from("<H", image, _PROTOCOL)
    offset, length = struct.unpack_from("<II", image, _PAYLOAD)
    if protocol < _HAS_PAYLOAD or not length:
        return None
    start = ((image[_SETUP_SECTORS] or _DEFAULT_SECTORS) + 1) * _SECTOR + offset
    if start + length > len(image) or length <= _SIZE:
        raise SourceError(f"cut short: {len(image)} bytes, and its payload ends at {start + length}; {_REPAIR}")
    return image[start : start + length]


def _scan(image: bytes) -> bytes:
    """The first stream that unpacks to an ELF file; a magic number also turns up by chance."""
    for at in find_streams(image):
        try:
            content = decompress(image[at:])
        except SourceError:
            continue
        if content.startswith(ELF):
            return content
    raise SourceError("no compressed ELF file found in it: its compression is not known here, or it is damaged")
