"""Archives whose bytes depend on their contents alone: names in order, no times, no owners."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a zip knows none before
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3
_LEVEL = 9


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """A zip archive of files by path, all below one folder."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for path, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{path}", _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr, entry.create_system = _PLAIN_FILE, _UNIX
            archive.writestr(entry, data, compresslevel=_LEVEL)
    return target.getvalue()


def tarred(files: Mapping[str, bytes], folder: str) -> bytes:
    """A compressed tar archive of files by path, all below one folder."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, data in sorted(files.items()):
            entry = tarfile.TarInfo(f"{folder}/{path}")
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(target.getvalue(), _LEVEL, mtime=0)
