"""Compressed bytes to plain bytes, in every form that kernels and modules come in. Pure."""

from __future__ import annotations

import bz2
import lzma
import re
import struct
import zlib
from collections.abc import Callable, Iterator

import lz4.block
import zstandard

from bpfref.errors import SourceError

MOST = 1 << 30  # bytes; no kernel image and no module comes near

_LZ4_BLOCK = 8 << 20  # what a block of a legacy frame holds at most, by the format
_LZ4_MAGIC = b"\x02\x21\x4c\x18"


def decompress(data: bytes, most: int = MOST) -> bytes:
    """Unpack one stream, whose first bytes tell its form; what follows the stream is ignored.

    SourceError when the form is unknown, the stream is damaged or cut short, or more than `most`
    bytes come out.
    """
    name, unpack = _form(data)
    try:
        return unpack(data, most)
    except (lzma.LZMAError, zlib.error, zstandard.ZstdError, lz4.block.LZ4BlockError, OSError, ValueError) as error:
        raise SourceError(f"its {name} data are damaged ({error}): fetch it again") from error


def find_streams(data: bytes) -> Iterator[int]:
    """Where something begins in `data` that looks like a stream of a known form, in order."""
    magics = b"|".join(re.escape(magic) for magic, _, _ in _FORMS)
    return (found.start() for found in re.finditer(magics, data))


def _form(data: bytes) -> tuple[str, Callable[[bytes, int], bytes]]:
    for magic, name, unpack in _FORMS:
        if data.startswith(magic):
            return name, unpack
    known = ", ".join(name for _, name, _ in _FORMS)
    raise SourceError(f"compressed in a way that is not known here (first bytes {data[:6].hex(' ')}); known: {known}")


def _finish(content: bytes, most: int, *, whole: bool) -> bytes:
    """The size first: who stops at the limit has not seen the end."""
    if len(content) > most:
        raise SourceError(f"unpacks to more than {most} bytes: this is not what it says it is")
    if not whole:
        raise ValueError("it ends too early")
    return content


def _gunzip(data: bytes, most: int) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    return _finish(stream.decompress(data, most + 1), most, whole=stream.eof)


def _unxz(data: bytes, most: int) -> bytes:
    stream = lzma.LZMADecompressor(lzma.FORMAT_AUTO)
    return _finish(stream.decompress(data, most + 1), most, whole=stream.eof)


def _bunzip2(data: bytes, most: int) -> bytes:
    stream = bz2.BZ2Decompressor()
    return _finish(stream.decompress(data, most + 1), most, whole=stream.eof)


def _unzstd(data: bytes, most: int) -> bytes:
    # Kernels use windows of up to 128 MB, for which the library wants permission.
    stream = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
    parts, size, step = [], 0, 1 << 18
    for at in range(0, len(data), step):
        parts.append(stream.decompress(data[at : at + step]))
        size += len(parts[-1])
        if stream.eof or size > most:
            break
    return _finish(b"".join(parts), most, whole=stream.eof)


def _unlz4(data: bytes, most: int) -> bytes:
    """A legacy frame: blocks, each with its compressed size before it, until the data end.

    A block that is not full is the last one.
    """
    parts, size, at = [], 0, len(_LZ4_MAGIC)
    while at < len(data) and size <= most:
        if at + 4 > len(data):
            raise ValueError("it ends within the size of a block")
        (length,) = struct.unpack_from("<I", data, at)
        block = data[at + 4 : at + 4 + length]
        if len(block) < length:
            raise ValueError("it ends within a block")
        parts.append(lz4.block.decompress(block, uncompressed_size=_LZ4_BLOCK))
        size += len(parts[-1])
        at += 4 + length
        if len(parts[-1]) < _LZ4_BLOCK:
            break
    return _finish(b"".join(parts), most, whole=True)


_FORMS: tuple[tuple[bytes, str, Callable[[bytes, int], bytes]], ...] = (
    (b"\x1f\x8b\x08", "gzip", _gunzip),
    (b"\xfd7zXZ\x00", "xz", _unxz),
    (b"\x28\xb5\x2f\xfd", "zstd", _unzstd),
    (_LZ4_MAGIC, "lz4", _unlz4),
    (b"\x5d\x00\x00", "lzma", _unxz),
    (b"BZh", "bzip2", _bunzip2),
)
