"""Load eBPF programs and use them: the names for the user of the loader. Standard library only.

```python
from bpfref.loader import bpf

with bpf.open("prog.bpf.o") as obj:
    obj.rodata["limit"] = 10
    with obj.load() as coll:
        coll.programs["count"].attach()
        for event in coll.ring_buffer("events", type="event").read(timeout=1):
            print(event.pid)
```

Every constant of `linux/bpf.h` is a name of this module too: `bpf.BPF_NOEXIST`.
"""

from __future__ import annotations

from bpfref.loader import uapi
from bpfref.loader.buffers import PerfBuffer, RingBuffer, UserRingBuffer
from bpfref.loader.collection import Collection
from bpfref.loader.errors import (
    AttachError,
    AttachTypeError,
    ClosedError,
    ConversionError,
    IncompatibleMapError,
    IterationError,
    KernelError,
    KeyExistsError,
    LoaderError,
    LoadError,
    MapEmptyError,
    MapError,
    MapFullError,
    MissingKeyError,
    MissingSymbolError,
    OpenError,
    PinError,
    RunError,
    SymbolError,
    UnreferencedSymbolError,
)
from bpfref.loader.libbpf import library, use
from bpfref.loader.links import Link, open_link
from bpfref.loader.making import create_map, open_map, open_map_by_id
from bpfref.loader.maps import Map
from bpfref.loader.names import make_valid_name
from bpfref.loader.object import Object
from bpfref.loader.object import open_object as open  # noqa: A004 - bpf.open reads well
from bpfref.loader.programs import Program, TestRun, open_program, open_program_by_id, statistics
from bpfref.loader.specs import MapSpec, ProgramSpec
from bpfref.loader.values import Chars, EnumValue, Record

__all__ = [
    "AttachError",
    "AttachTypeError",
    "Chars",
    "ClosedError",
    "Collection",
    "ConversionError",
    "EnumValue",
    "IncompatibleMapError",
    "IterationError",
    "KernelError",
    "KeyExistsError",
    "Link",
    "LoadError",
    "LoaderError",
    "Map",
    "MapEmptyError",
    "MapError",
    "MapFullError",
    "MapSpec",
    "MissingKeyError",
    "MissingSymbolError",
    "Object",
    "OpenError",
    "PerfBuffer",
    "PinError",
    "Program",
    "ProgramSpec",
    "Record",
    "RingBuffer",
    "RunError",
    "SymbolError",
    "TestRun",
    "UnreferencedSymbolError",
    "UserRingBuffer",
    "create_map",
    "library",
    "make_valid_name",
    "open",
    "open_link",
    "open_map",
    "open_map_by_id",
    "open_program",
    "open_program_by_id",
    "statistics",
    "use",
]


def __getattr__(name: str) -> int:
    if name.isupper() and uapi.has_constant(name):
        return uapi.constant(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
