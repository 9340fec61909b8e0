"""What libbpf's headers declare, as `data/scraped/libbpf-api.yaml`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bpfref import store
from bpfref.files import Result, read_text
from bpfref.formats import libbpf_api
from bpfref.layout import Layout
from bpfref.model.files import Source
from bpfref.model.libbpf_api import LibbpfApiFile
from bpfref.scrape.headers import Input

FILE = "libbpf-api.yaml"
_WRITER = "Written by `bpfref scrape libbpf-api`: do not edit; corrections go to data/authored/corrections.yaml."


def scrape_libbpf_api(layout: Layout, headers: Input, uapi: Path) -> Result:
    """Facts of all headers in the folder of `headers`; `uapi` is a `linux/bpf.h`, which they include.

    SourceError for anything that is not understood.
    """
    texts = {path.name: read_text(path) for path in sorted(headers.path.glob("*.h"))}
    user, program = libbpf_api.parse(texts | {libbpf_api.UAPI: read_text(uapi)}, headers.path)
    read = [name for name in (*libbpf_api.USER, *libbpf_api.PROGRAM) if name in texts]
    digest = hashlib.sha256("".join(texts[name] for name in read).encode()).hexdigest()
    source = Source(" ".join(f"bpf/{name}" for name in read), digest, headers.package, headers.version)
    return Result(layout.scraped / FILE, store.dump(LibbpfApiFile(source, user, program), _WRITER))
