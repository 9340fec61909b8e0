"""The modules of a kernel in the cache: their names, their contents, and what each depends on.

Packages hold no `modules.dep`: dependencies come from each module's own `.modinfo`.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from bpfref.errors import MachineError, SourceError
from bpfref.kernels.decompress import decompress
from bpfref.model.kernel import Kernel

MODULE_FILE = re.compile(r"(?P<stem>[^/]+)\.ko(?:\.(?:xz|zst|gz|lz4))?")


@dataclass(frozen=True)
class Modinfo:
    """What a module says of itself: `name=`, `depends=`, and every field with its values."""

    name: str
    depends: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Modules:
    """A kernel's modules by name. Names are as `lsmod` prints them: `nf_conntrack`."""

    kernel: Kernel

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every module's file, sorted by name. MachineError when the kernel has no modules."""
        if self.kernel.modules is None:
            lost = ", ".join(self.kernel.lacks) or "the package with them"
            raise MachineError(
                f"{self.kernel.series} ({self.kernel.release}) has no modules: the archive no longer has {lost}; "
                "use another series"
            )
        paths = (path for path in self.kernel.modules.rglob("*.ko*") if MODULE_FILE.fullmatch(path.name))
        return dict(sorted((name_of(path), path) for path in paths))

    @cached_property
    def builtin(self) -> frozenset[str]:
        """Names of what is built into the image, and so needs no loading; empty if not known."""
        listed = self.kernel.folder / "modules.builtin"
        lines = listed.read_text(encoding="utf-8").split() if listed.is_file() else []
        return frozenset(name_of(Path(line)) for line in lines)

    def find(self, name: str) -> Path:
        """The file of a module, in either spelling (`nf-conntrack`); MachineError names near ones."""
        wanted = name.replace("-", "_")
        if wanted in self.files:
            return self.files[wanted]
        near = ", ".join(difflib.get_close_matches(wanted, self.files)) or "none is near it"
        why = "is built into" if wanted in self.builtin else "is no module of"
        raise MachineError(f"{name} {why} {self.kernel.series} ({self.kernel.release}); names like it: {near}")

    def read(self, name: str) -> bytes:
        """Read a module's ELF file, unpacked in memory; SourceError when it is damaged."""
        return read_module(self.find(name))

    def modinfo(self, name: str) -> Modinfo:
        """Read what a module says of itself."""
        path = self.find(name)
        return parse_modinfo(read_module(path), path)

    def load_order(self, names: Iterable[str]) -> list[str]:
        """The modules to load, each after those it depends on; what is built in needs no loading."""
        order: dict[str, None] = {}
        for name in names:
            self._visit(name.replace("-", "_"), (), order)
        return list(order)

    def _visit(self, name: str, way: tuple[str, ...], order: dict[str, None]) -> None:
        if name in order or name in self.builtin:
            return
        if name in way:
            raise SourceError(f"modules depend on each other in a circle: {' → '.join((*way, name))}")
        info = self.modinfo(name)
        hinted = [wanted for wanted in self._wanted_before(info) if wanted not in (*way, name)]
        for needed in (*info.depends, *hinted):
            self._visit(needed, (*way, name), order)
        order[name] = None

    def _wanted_before(self, info: Modinfo) -> list[str]:
        """The modules that one asks for by `softdep=pre:`; by name, or by alias.

        For an alias one whose name begins with it has to do, the plain one (`_generic`) before
        one for a CPU: to find any other, all modules would have to be read. What is not found is
        left out, as `modprobe` does.
        """
        found = []
        for wanted in parse_softdep(info):
            if wanted in self.files or wanted in self.builtin:
                found.append(wanted)
                continue
            near = sorted(
                (name for name in self.files if name.startswith(wanted)), key=lambda n: (n[-8:] != "_generic", n)
            )
            found += [name for name in near if wanted in self.modinfo(name).fields.get("alias", ())][:1]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def parse_softdep(info: Modinfo) -> list[str]:
    """What a module wants loaded before itself: `softdep=pre: a b post: c` gives a and b."""
    found = []
    for text in info.fields.get("softdep", ()):
        before = False
        for word in text.split():
            if word in {"pre:", "post:"}:
                before = word == "pre:"
            elif before:
                found.append(word.replace("-", "_"))
    return found


def name_of(path: Path) -> str:
    """A module's name by its file; SourceError for a file that is no module."""
    found = MODULE_FILE.fullmatch(path.name)
    if found is None:
        raise SourceError("is no kernel module: expected NAME.ko, perhaps compressed", path)
    return found["stem"].replace("-", "_")


def read_module(path: Path) -> bytes:
    """Read a module's file and unpack it in memory."""
    try:
        content = path.read_bytes()
        return content if path.suffix == ".ko" else decompress(content)
    except OSError as error:
        raise MachineError(f"cannot be read ({error.strerror}): fetch the kernel again", path) from error
    except SourceError as error:
        raise SourceError(error.message, path) from error


def parse_modinfo(content: bytes, file: Path | str | None = None) -> Modinfo:
    """Read the section `.modinfo` of a module's ELF file.

    SourceError when it is not there or not of its form. A module older than the field `name` has
    its name from the file.
    """
    fields: dict[str, list[str]] = {}
    for entry in filter(None, _section(content, file).split(b"\0")):
        key, sign, value = entry.decode("utf-8", "surrogateescape").partition("=")
        if not sign or not key:
            raise SourceError(f"an entry of .modinfo is not KEY=VALUE: {key!r}", file)
        fields.setdefault(key, []).append(value)
    if "depends" not in fields:
        raise SourceError(".modinfo has no field depends: is it a kernel module?", file)
    name = fields["name"][0] if "name" in fields else name_of(Path(file or ""))
    depends = tuple(each.replace("-", "_") for each in fields["depends"][0].split(",") if each)
    return Modinfo(name, depends, {key: tuple(values) for key, values in fields.items()})


def _section(content: bytes, file: Path | str | None) -> bytes:
    try:
        section = ELFFile(io.BytesIO(content)).get_section_by_name(".modinfo")
        data: bytes | None = section.data() if section is not None else None
    except (ELFError, ValueError, OverflowError, UnicodeDecodeError, AttributeError, TypeError) as error:
        raise SourceError(f"is no ELF file that can be read ({error}): fetch the kernel again", file) from error
    if data is None:
        raise SourceError("has no section .modinfo: is it a kernel module?", file)
    return data
