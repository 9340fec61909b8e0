"""Every message that the verifier and the loading of programs print, from the sources of the series that have one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bpfref import store
from bpfref.errors import SourceError
from bpfref.files import Result
from bpfref.formats.ctokens import Unit, parse_unit
from bpfref.formats.verifier_source import HEADER, WRITER, Found, Printed, Reader
from bpfref.kernels.source import extract_source
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel
from bpfref.model.verifier import MessagesFile, OpenCall, Place, Source, Wording, plain

MESSAGES = "verifier-messages.yaml"
_COMMENT = "Written by `bpfref scrape verifier-messages`: do not edit."
_LEFT_OUT = ("tools/", "samples/", "Documentation/")
# What a file of the kernel takes from the folder that libbpf is in.
_TAKEN = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"(?:\.\./)+(tools/[\w/.-]+\.c)"', re.M)


def scrape_messages(layout: Layout, kernels: Sequence[Kernel], note: Callable[[str], None]) -> Result:
    """The messages of these kernels' sources, oldest first; kernels without source are passed over, and named."""
    sources, found = [], {}
    for kernel in kernels:
        if kernel.source is None:
            note(f"{kernel.series}: no source in the cache, left out")
            continue
        found[kernel.series] = read_tree(extract_source(kernel))
        sources.append(Source(kernel.series, kernel.source_package or kernel.package, kernel.version))
        note(f"{kernel.series}: {len({plain(each.text) for each in found[kernel.series].printed})} messages")
    return Result(layout.scraped / MESSAGES, store.dump(join(sources, found), _COMMENT))


def read_tree(root: Path) -> Found:
    """What the files of a kernel's tree print; SourceError when nothing is found where much must be."""
    texts = dict(_files(root))
    chosen = {file for file, text in texts.items() if re.search(rf"\b(?:{WRITER[0]}|{HEADER})\b", text)}
    units: dict[str, Unit] = {}
    while True:
        units |= {file: parse_unit(texts[file], file) for file in sorted(chosen - units.keys())}
        reader = Reader([units[file] for file in sorted(units)])
        calling = re.compile(rf"\b(?:{'|'.join(sorted(reader.names))})\b")
        more = {file for file, text in texts.items() if file not in chosen and calling.search(text)}
        if not more:
            break
        chosen |= more
    found = reader.read()
    if not found.printed:
        raise SourceError(f"no call that leads to {WRITER[0]}: read how this kernel writes its log", root)
    return found


def _files(root: Path) -> Iterator[tuple[str, str]]:
    """C files of the kernel itself, and those that it takes from the tools, by path below the tree."""
    taken: set[str] = set()
    for path in sorted(root.rglob("*.[ch]")):
        file = path.relative_to(root).as_posix()
        if not file.startswith(_LEFT_OUT):
            text = path.read_text(encoding="utf-8", errors="replace")
            taken.update(_TAKEN.findall(text))
            yield file, text
    for file in sorted(taken):
        if (root / file).is_file():
            yield file, (root / file).read_text(encoding="utf-8", errors="replace")


def join(sources: Sequence[Source], found: Mapping[str, Found]) -> MessagesFile:
    """What all series print, by format string: the newest tells the places."""
    order = [source.series for source in sources]
    said: dict[str, dict[str, list[Printed]]] = defaultdict(lambda: defaultdict(list))
    unread: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for series in order:
        for each in found[series].printed:
            said[plain(each.text)][series].append(each)
        for call in dict.fromkeys(found[series].unread):
            unread[call.file, call.function, call.call].append(series)
    return MessagesFile(
        tuple(sources),
        {text: _wording(said[text]) for text in sorted(said)},
        tuple(OpenCall(*call, tuple(series)) for call, series in sorted(unread.items())),
        {series: found[series].explanations for series in order if found[series].explanations},
    )


def _wording(by_series: Mapping[str, Sequence[Printed]]) -> Wording:
    newest = list(by_series.values())[-1]
    texts: dict[str, tuple[str, ...]] = {}
    for at in sorted({at for each in newest for at in each.texts}):
        if all(at in each.texts for each in newest):
            texts[str(at)] = tuple(dict.fromkeys(said for each in newest for said in each.texts[at]))
    return Wording(
        series=tuple(by_series),
        places=tuple(dict.fromkeys(Place(each.file, each.function) for each in newest)),
        by=tuple(dict.fromkeys(each.by for each in newest)),
        partial=any(not each.text.endswith("\n") for each in newest),
        internal=all(each.internal for each in newest),
        heading=all(each.heading for each in newest),
        texts=texts,
    )
