"""Extensions of Python-Markdown, the one thing that MkDocs and Zensical both run.

A site names `bpfref.markdown.kernel_text` and `bpfref.markdown.links_in_code` in its
`markdown_extensions`. Each engine makes a new `Markdown` for each page, so what is read from disk
is kept per process. Warnings go to the logger `mkdocs.bpfref`: `mkdocs build --strict` counts them.
"""

import logging

log = logging.getLogger("mkdocs.bpfref")
