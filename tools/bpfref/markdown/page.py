"""The page that a Markdown instance renders, as MkDocs or Zensical tells it, and links between pages.

Python-Markdown knows text only. MkDocs registers the tree processor `relpath`, Zensical the
preprocessor `rendering_context`, each with the page and the site's configuration on it.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from markdown import Markdown


@dataclass(frozen=True)
class Page:
    """A page and its site.

    `source` is the Markdown file's path below the folder `docs`, `url` its address below the site's
    root (`linux/x/` or `linux/x.html`), `root` the folder of the site's configuration.
    `resolves_sources`: the engine itself turns links to Markdown files into addresses in the
    finished HTML (Zensical does, and shifts other relative links by a folder; MkDocs is past that).
    """

    source: str
    url: str
    root: Path
    docs: Path
    directory_urls: bool
    resolves_sources: bool = False

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return posixpath.splitext(posixpath.basename(self.source))[0]

    def link_to(self, source: str, anchor: str | None = None) -> str:
        """Give the relative address of another page of the site, or of a place on it."""
        if self.resolves_sources:
            return _relative(quote(source), quote(self.source), anchor)
        target = address(source, directory_urls=self.directory_urls)
        return _relative(target, self.url, anchor)


def _relative(target: str, base: str, anchor: str | None) -> str:
    """Give the way from the address `base` to `target`, both below the site's root."""
    link = posixpath.relpath(target or ".", posixpath.dirname(base) or ".")
    slash = "/" if not target or target.endswith("/") else ""
    return f"{link}{slash}#{quote(anchor)}" if anchor else link + slash


def address(source: str, *, directory_urls: bool) -> str:
    """Give the address, below the site's root, of the Markdown file `source`; the home page has ``."""
    path = quote(posixpath.splitext(source)[0])
    folder, name = posixpath.split(path)
    if not directory_urls:
        return f"{path}.html"
    if name == "index":
        return f"{folder}/" if folder else ""
    return f"{path}/"


def find_page(md: Markdown) -> Page | None:
    """Ask the engine behind `md`; None when it is neither MkDocs nor Zensical."""
    if "relpath" in md.treeprocessors:
        return _of_mkdocs(md.treeprocessors["relpath"])
    if "rendering_context" in md.preprocessors:
        return _of_zensical(md.preprocessors["rendering_context"])
    return None


def _of_mkdocs(processor: Any) -> Page | None:
    file, config = getattr(processor, "file", None), getattr(processor, "config", None)
    if file is None or config is None:
        return None
    return Page(
        source=file.src_uri,
        url="" if file.url == "./" else file.url,
        root=Path(config.config_file_path).resolve().parent,
        docs=Path(config.docs_dir),
        directory_urls=config.use_directory_urls,
    )


def _of_zensical(processor: Any) -> Page | None:
    page, config = getattr(processor, "page", None), getattr(processor, "config", None)
    if page is None or config is None:
        return None
    root = Path(config["root_dir"])
    return Page(
        source=page.path,
        url=page.url,
        root=root,
        docs=root / config["docs_dir"],
        directory_urls=config["use_directory_urls"],
        resolves_sources=True,
    )
