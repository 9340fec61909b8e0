"""The scripts that the search reads: each calls `bpfrefSearch(name, data)`, so that they load from a disk too."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bpfref.generate.facts import Facts
from bpfref.generate.search import kernels, names, requires, units, words

FOLDER = "assets/search"
CHUNK = 256  # units whose snippets share a file


def files(facts: Facts, texts: dict[str, str]) -> dict[str, str]:
    """Path below the documentation folder to text, for all scripts."""
    found = units.units(facts, texts)
    titles = [entry.name for entry in names.listed(facts)]
    shards = words.index(found, titles)
    parts = [unit for unit in found if unit.entry is None]
    pages = sorted({unit.page for unit in parts})
    numbers = {page: number for number, page in enumerate(pages)}
    meta = {
        "shards": " ".join(shard.first for shard in shards),
        "pages": " ".join(page.removesuffix(".md") for page in pages),
        "parts": "\n".join(f"{numbers[u.page]}\t{u.anchor}\t{u.title}" for u in parts),
        "lessons": sum(unit.lesson for unit in parts),
        "returns": " ".join(str(u.entry) for u in found if u.entry is not None and u.returns),
        "chunk": CHUNK,
    }
    scripts: dict[str, Any] = {
        "units": meta,
        "kernels": kernels.table(facts),
        "requires": requires.table(facts.catalogue),
    }
    chunks = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)]
    scripts |= {f"texts-{number}": "\n".join(u.snippet for u in chunk) for number, chunk in enumerate(chunks)}
    scripts |= {f"words-{number}": shard.text for number, shard in enumerate(shards)}
    texts_of = {name: script(name, data) for name, data in scripts.items()}
    errors = sorted({error.lower() for unit in found for error in words.ERROR.findall(unit.returns)})
    version = hashlib.sha256("".join(texts_of.values()).encode()).hexdigest()[:8]
    first = {"version": version, "errors": " ".join(errors)} | names.table(facts)
    return {f"{FOLDER}/{name}.js": text for name, text in {"names": script("names", first), **texts_of}.items()}


def script(name: str, data: Any) -> str:
    """A script that hands its data over by name."""
    return f"bpfrefSearch({json.dumps(name)},{json.dumps(data, ensure_ascii=False, separators=(',', ':'))});\n"
