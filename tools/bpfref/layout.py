"""Where things are: the only module that knows the names of the root's folders."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bpfref.errors import MachineError
from bpfref.model.entry import Kind

ROOT_MARK = "mkdocs.yml"

FOLDERS = {
    Kind.HELPER: "linux/helper-function",
    Kind.KFUNC: "linux/kfuncs",
    Kind.PROGRAM_TYPE: "linux/program-type",
    Kind.MAP_TYPE: "linux/map-type",
    Kind.COMMAND: "linux/syscall",
    Kind.ATTACH_TYPE: "linux/attach-type",
    Kind.LINK_TYPE: "linux/link-type",
    Kind.CONSTANT: "linux/flags",
    Kind.CONTEXT: "linux/program-context",
    Kind.STRUCT: "linux/struct",
    Kind.KFUNC_FLAG: "linux/kfunc-flags",
    Kind.STRUCT_OPS: "linux/program-type/BPF_PROG_TYPE_STRUCT_OPS",
    Kind.ITERATOR: "linux/iterator",
    Kind.LSM_HOOK: "linux/lsm-hook",
    Kind.LIBBPF_FUNCTION: "ebpf-library/libbpf/userspace",
    Kind.LIBBPF_MACRO: "ebpf-library/libbpf/ebpf",
}
# An index that is a page of another kind: its address and that of the folder's index.md are the same.
_INDEXES = {Kind.STRUCT_OPS: f"{FOLDERS[Kind.STRUCT_OPS]}.md"}
LAB = "lab.md"
EXAMPLES = "examples"
TRACEPOINTS = "linux/tracepoint/index.md"
CALLS = "linux/calls/index.md"
TIMELINE = "linux/timeline"
VERIFIER = "verifier"
CONCEPTS = "concepts"
CONCEPT_INDEX = f"{CONCEPTS}/index.md"
VERIFIER_INDEX = f"{VERIFIER}/index.md"
MESSAGE_INDEX = f"{VERIFIER}/messages.md"
LIBRARY = "ebpf-library"
APART = "~"
LIBBPF_INDEX = f"{LIBRARY}/libbpf/index.md"
OWN_PAGE = frozenset(
    {
        *(Kind.HELPER, Kind.KFUNC, Kind.PROGRAM_TYPE, Kind.MAP_TYPE, Kind.COMMAND, Kind.CONTEXT, Kind.STRUCT_OPS),
        *(Kind.LIBBPF_FUNCTION, Kind.LIBBPF_MACRO),
    },
)


@dataclass(frozen=True)
class Layout:
    """The folders of one checkout."""

    root: Path

    @property
    def docs(self) -> Path:
        """Pages, and what the site shows beside them."""
        return self.root / "docs"

    @property
    def scraped(self) -> Path:
        """What `scrape` writes."""
        return self.root / "data" / "scraped"

    @property
    def authored(self) -> Path:
        """What people write."""
        return self.root / "data" / "authored"

    @property
    def families(self) -> Path:
        """What people write on messages of the verifier, a file for each family."""
        return self.authored / "verifier"

    @property
    def probes(self) -> Path:
        """What `probe` writes: the answers of kernels."""
        return self.root / "data" / "verified" / "probes"

    def probe(self, series: str) -> Path:
        """Where the answers of a series are kept."""
        return self.probes / f"{series}.yaml"

    @property
    def examples(self) -> Path:
        """A folder for each example; pages show parts of them."""
        return self.docs / EXAMPLES

    @property
    def verified_examples(self) -> Path:
        """What `verify` writes: what kernels made of the examples."""
        return self.root / "data" / "verified" / "examples"

    def verified(self, series: str) -> Path:
        """Where the verdicts of a series are kept."""
        return self.verified_examples / f"{series}.yaml"

    def verified_logs(self, series: str) -> Path:
        """The folder of a series' logs of the examples that it refuses, `<example>.txt` each: `verify` writes them."""
        return self.root / "data" / "verified" / "logs" / series

    @property
    def cache(self) -> Path:
        """Downloads and intermediate results; `BPFREF_CACHE` moves it elsewhere."""
        return Path(os.environ.get("BPFREF_CACHE") or self.root / ".bpfref-cache")


def find_root(start: Path) -> Layout:
    """The checkout that `start` is in; MachineError when it is in none."""
    for folder in (start, *start.parents):
        if (folder / ROOT_MARK).is_file() and (folder / "data").is_dir():
            return Layout(folder)
    raise MachineError(f"no {ROOT_MARK} with a data folder beside it: run this in a bpfref checkout", start)


def verifier_page(slug: str) -> str:
    """The page, below the documentation folder, that explains a complaint of the verifier."""
    return f"{VERIFIER}/{slug}.md"


def concept_page(slug: str) -> str:
    """The page, below the documentation folder, of a concept."""
    return f"{CONCEPTS}/{slug}.md"


def index_of(kind: Kind) -> str:
    """The page, below the documentation folder, that lists all entries of a kind."""
    return _INDEXES.get(kind, f"{FOLDERS[kind]}/index.md")


def page_of(kind: Kind, name: str) -> str:
    """The page, below the documentation folder, that explains an entry."""
    return f"{FOLDERS[kind]}/{name}.md" if kind in OWN_PAGE else index_of(kind)


def is_of_library(page: str) -> bool:
    """Whether a page is about libbpf, where a name means what libbpf has by it."""
    return page.startswith(f"{LIBRARY}/")


def apart(page: str) -> str:
    """A page beside another whose name differs by case alone: some disks keep but one of the two."""
    return f"{page.removesuffix('.md')}{APART}.md"


def anchor_of(kind: Kind, name: str) -> str | None:
    """The anchor within `page_of`, None when the page is the entry's own."""
    return None if kind in OWN_PAGE else name


def address_of(page: str) -> str:
    """The address of a page below the site's own, as both engines make it; empty for the home page."""
    folder = page.removesuffix(".md")
    if folder == "index" or folder.endswith("/index"):
        folder = folder.removesuffix("index").rstrip("/")
    return f"{folder}/" if folder else ""
