"""Facts from libbpf's and the kernel's header: which file becomes which YAML."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bpfref import store
from bpfref.files import Result, read_text
from bpfref.formats import helper_defs, uapi
from bpfref.layout import Layout
from bpfref.model.files import AttributesFile, ConstantsFile, HelpersFile, Source, StructsFile

_WRITER = "Written by `bpfref scrape {}`: do not edit; corrections go to data/authored/corrections.yaml."


@dataclass(frozen=True)
class Input:
    """A header to read: `package` and `version` when it comes from a package."""

    path: Path
    package: str | None = None
    version: str | None = None

    def source(self, text: str, name: str) -> Source:
        """How data files name this input: no path of the machine, but a digest of the text."""
        return Source(name, hashlib.sha256(text.encode()).hexdigest(), self.package, self.version)


def scrape_helpers(layout: Layout, header: Input, reference: Input | None) -> tuple[list[Result], list[str]]:
    """Facts of `bpf_helper_defs.h`, checked against the ids of `reference` (a `linux/bpf.h`).

    Also names the helpers that the UAPI header numbers and libbpf's does not have yet. SourceError
    for anything that is not understood, and for an id that the two headers give differently.
    """
    text = read_text(header.path)
    defs = helper_defs.parse(text, header.path)
    missing: list[str] = []
    if reference:
        missing = helper_defs.check_ids(defs, uapi.parse(read_text(reference.path), reference.path))
    facts = HelpersFile(header.source(text, "bpf_helper_defs.h"), defs.helpers)
    return [_result(layout, "helpers.yaml", facts, "helpers")], missing


def scrape_uapi(layout: Layout, header: Input) -> list[Result]:
    """Facts of `linux/bpf.h`: constants, structs, attributes of commands."""
    text = read_text(header.path)
    found = uapi.parse(text, header.path)
    source = header.source(text, "linux/bpf.h")
    files: Iterator[tuple[str, object]] = iter(
        (
            ("constants.yaml", ConstantsFile(source, found.groups)),
            ("structs.yaml", StructsFile(source, found.structs)),
            ("attributes.yaml", AttributesFile(source, found.attributes)),
        )
    )
    return [_result(layout, name, facts, "uapi") for name, facts in files]


def _result(layout: Layout, name: str, facts: object, command: str) -> Result:
    return Result(layout.scraped / name, store.dump(facts, _WRITER.format(command)))
