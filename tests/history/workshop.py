"""Small repositories with the history that a test needs, and headers that the real parser reads."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bpfref.history.repository import open_repository
from bpfref.history.survey import Survey
from bpfref.model.history import Source, Witness
from bpfref.scrape.since import uapi_reader

PATH = "include/uapi/linux/bpf.h"
OLD_PATH = "include/linux/bpf.h"
KERNEL = Source("https://example.org/linux", tags=r"(?P<release>v\d+\.\d+(?:-rc\d+)?)", headers=(PATH,), origin=True)
COPY = Source("https://example.org/copy", tags=r"(?P<release>v\d+\.\d+)\.0", headers=(PATH, OLD_PATH))


def header(*commands: str, more: str = "") -> str:
    """A `linux/bpf.h` with these members in `enum bpf_cmd`, and more declarations."""
    members = "".join(f"\t{command},\n" for command in ("BPF_MAP_CREATE", *commands))
    return f"""#ifndef _UAPI__LINUX_BPF_H__
#define _UAPI__LINUX_BPF_H__
#include <linux/types.h>
enum bpf_cmd {{
{members}}};
enum bpf_func_id {{
\tBPF_FUNC_unspec,
}};
union bpf_attr {{
\t__u32 map_type;
}};
{more}
#endif
"""


@dataclass(frozen=True)
class Workshop:
    """A repository in the making."""

    path: Path

    def git(self, *arguments: str, **environment: str) -> str:
        """Run git in it, away from the configuration of whoever runs the tests."""
        surroundings = {
            "PATH": "/usr/bin:/bin:/usr/local/bin",
            "HOME": str(self.path),
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_NAME": "A" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "a@example.org" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_DATE": "2020-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")},
        }
        result = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env=surroundings | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return result.stdout.strip()

    def commit(self, subject: str, files: Mapping[str, str | None]) -> str:
        """Commit files (None removes one) on the current branch; the commit's id."""
        for name, text in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                file.unlink()
            else:
                file.write_text(text)
        self.git("add", "-A", ":/", ":!.*")
        self.git("commit", "-q", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def release(self, tag: str, text: str | None, path: str = PATH) -> str:
        """A commit that has this header (None: keeps what is there), tagged."""
        commit = self.commit(tag, {} if text is None else {path: text})
        self.git("tag", "-a", "-m", tag, tag)
        return commit


def make(folder: Path) -> Workshop:
    """An empty repository in a folder."""
    path = folder / "repository"
    path.mkdir()
    made = Workshop(path)
    made.git("init", "-q", "-b", "main")
    made.git("config", "gc.auto", "0")
    return made


def ask(path: Path, cache: Path, source: Source = KERNEL, objects: Path | None = None) -> Witness:
    """A repository's testimony."""
    repository = open_repository(path, objects)
    try:
        return Survey(repository, source, uapi_reader(), cache).witness()
    finally:
        repository.close()


def contents(path: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of a repository, with its modification time."""
    files = [file for file in sorted(path.rglob("*")) if file.is_file()]
    return {str(file): (file.stat().st_mtime_ns, file.read_bytes()) for file in files}
