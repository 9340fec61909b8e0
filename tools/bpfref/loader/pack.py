"""The loader's modules as files for a guest, where only the standard library is. Pure but for reading them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bpfref

# What the package's own __init__ brings (an ELF library) is not in a guest, so there it is empty.
_EMPTY = ("formats/__init__.py", "formats/btf/__init__.py", "formats/verifier_log/__init__.py")
_TELLING = "formats/verifier_log/telling.py"
_NOT_PACKED = ("__init__", "elf")
_RUNTIME = (
    "__init__",
    "assembler",
    "binaries",
    "bpf",
    "buffers",
    "collection",
    "elements",
    "errors",
    "held",
    "hooks",
    "libbpf",
    "links",
    "loading",
    "making",
    "maps",
    "names",
    "object",
    "opts",
    "pins",
    "programs",
    "specs",
    "symbols",
    "uapi",
    "values",
    "variables",
)


def pack_runtime() -> dict[str, bytes]:
    """The files of the loader by their path below `/job`, where Python finds them: `import bpfref.loader.bpf`."""
    return dict(_files(Path(bpfref.__file__).parent))


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    yield from ((f"bpfref/{name}", b"") for name in _EMPTY)
    btf = (path for path in sorted((root / "formats/btf").glob("*.py")) if path.stem not in _NOT_PACKED)
    loader = (root / "loader" / f"{name}.py" for name in _RUNTIME)
    for path in (root / "errors.py", root / "loader/uapi.json", root / _TELLING, *btf, *loader):
        yield f"bpfref/{path.relative_to(root).as_posix()}", path.read_bytes()
