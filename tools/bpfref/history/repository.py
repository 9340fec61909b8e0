"""Reading a git repository through GitPython: releases, blobs, trees, histories; nothing is written.

Objects that a partial clone lacks are brought into a folder of ours when one is given, never into
the repository; without one they are an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import git

from bpfref.errors import MachineError, SourceError
from bpfref.model.history import RELEASE
from bpfref.model.version import Version


@dataclass(frozen=True)
class Release:
    """A point in a repository's history: its version, its spelling there, its commit."""

    version: Version
    label: str
    commit: str


@dataclass(frozen=True)
class Commit:
    """A commit that touches what is looked for, and its parents."""

    id: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Repository:
    """An open repository."""

    path: Path
    git: git.Git = field(repr=False)
    folder: Path

    def close(self) -> None:
        """End the processes that answer questions."""
        self.git.clear_cache()

    @cached_property
    def shallow(self) -> frozenset[str]:
        """The commits whose parents were cut off."""
        file = Path(self._run("rev-parse", "--git-path", "shallow").strip())
        file = file if file.is_absolute() else self.folder / file
        return frozenset(file.read_text(encoding="ascii").split()) if file.is_file() else frozenset()

    @property
    def has_commits(self) -> bool:
        """Whether HEAD leads to a commit."""
        return self._header("HEAD^{commit}") is not None

    def head(self) -> str:
        """The commit that HEAD leads to; SourceError when there is none."""
        found = self._header("HEAD^{commit}")
        if found is None:
            raise SourceError("HEAD leads to no commit: fetch the repository again", self.path)
        return found[0]

    def tags(self, pattern: str) -> list[Release]:
        """The tags that `pattern` matches as a whole, by version; of two spellings the first.

        Tags that do not lead to a commit here are left out: `broken_tags` names them.
        """
        found = ((label, self._commit_of(label)) for label, _ in self._labels(pattern))
        commits = {label: commit for label, commit in found if commit}
        releases: dict[Version, Release] = {}
        for label, version in self._labels(pattern):
            if label in commits:
                releases.setdefault(version, Release(version, label, commits[label]))
        return [releases[version] for version in sorted(releases)]

    def broken_tags(self, pattern: str) -> dict[str, Version]:
        """The tags that match but lead to no commit that is here: a damaged or cut repository."""
        return {label: version for label, version in self._labels(pattern) if not self._commit_of(label)}

    def subjects(self, pattern: str, paths: Sequence[str]) -> list[Release]:
        """The newest commit of `paths` for each release that subjects of commits name."""
        releases: dict[Version, Release] = {}
        log = self._run("log", "--format=%H %s", "HEAD", "--", *paths)
        for line in log.splitlines():
            commit, _, subject = line.partition(" ")
            found = re.match(pattern, subject)
            version = _version(found[RELEASE]) if found else None
            if version:
                releases.setdefault(version, Release(version, f"{version} ({commit[:12]})", commit))
        return [releases[version] for version in sorted(releases)]

    def blob(self, commit: str, paths: Sequence[str]) -> str | None:
        """The id of the first of `paths` in a commit; None when the commit has none of them.

        SourceError when the repository cannot tell, because an object is missing or damaged.
        """
        for path in paths:
            found = self._header(f"{commit}:{path}")
            if found and found[1] == "blob":
                return found[0]
        self._check_tree(commit, paths)
        return None

    def read(self, blob: str) -> bytes:
        """A blob's bytes; SourceError when it is missing or damaged."""
        try:
            _, kind, _, data = self.git.get_object_data(blob)
        except (ValueError, OSError, git.GitCommandError) as error:
            self.git.clear_cache()
            raise self._damaged(blob) from error
        if _plain(kind) != "blob":
            raise self._damaged(blob)
        return bytes(data)

    def commits(self, older: str, newer: str, paths: Sequence[str]) -> list[Commit]:
        """The commits between two releases that touch `paths`, parents first, with side branches."""
        log = self._run(
            *("log", "--format=%H %P", "--topo-order", "--reverse", "--full-history"),
            *(f"{older}..{newer}", "--", *paths),
        )
        return [Commit(ids[0], tuple(ids[1:])) for ids in map(str.split, log.splitlines())]

    def files(self, commit: str, folders: Sequence[str]) -> Iterator[str]:
        """The ids of the files below `folders`, one for each path."""
        for entry in self._run("ls-tree", "-r", "-z", commit, "--", *folders).split("\0"):
            mode, _, rest = entry.partition(" ")
            if mode.startswith("100"):  # a file: no link, no submodule
                yield rest.split()[1]

    def changes(self, older: str, newer: str, folders: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
        """The ids before and after of each file that differs; None for a file that is not there."""
        raw = self._run("diff-tree", "-r", "-z", "--no-renames", older, newer, "--", *folders)
        for entry in raw.split("\0")[::2]:
            if entry:
                before, after, old, new, _ = entry.removeprefix(":").split()
                yield (old if before.startswith("100") else None), (new if after.startswith("100") else None)

    def _labels(self, pattern: str) -> list[tuple[str, Version]]:
        names = self._names
        found = ((name, re.fullmatch(pattern, name)) for name in names)
        versions = ((name, _version(match[RELEASE])) for name, match in found if match)
        return [(name, version) for name, version in versions if version]

    @cached_property
    def _names(self) -> list[str]:
        return self._run("for-each-ref", "--format=%(refname:strip=2)", "refs/tags").splitlines()

    def _commit_of(self, label: str) -> str | None:
        found = self._header(f"refs/tags/{label}^{{commit}}")
        return found[0] if found and found[1] == "commit" else None

    def _header(self, name: str) -> tuple[str, str] | None:
        """Id and type of an object; None when git cannot resolve the name."""
        try:
            found, kind, _ = self.git.get_object_header(name)
        except (ValueError, OSError, git.GitCommandError):
            self.git.clear_cache()  # a damaged object ends the process that was asked
            return None
        return _plain(found), _plain(kind)

    def _check_tree(self, commit: str, paths: Sequence[str]) -> None:
        """An absent path and an unreadable tree look alike to `cat-file`; `ls-tree` tells them apart."""
        listed = self._run("ls-tree", commit, "--", *paths)
        if any(line.split()[1] == "blob" for line in listed.splitlines()):
            raise self._damaged(f"{commit[:12]}:{paths[0]}")

    def _damaged(self, name: str) -> SourceError:
        advice = "mend it with `git fsck`, bring the objects with `git fetch`, or name another clone"
        return SourceError(f"the repository cannot give {name}: an object is missing or damaged; {advice}", self.path)

    def _run(self, *arguments: str) -> str:
        command, *rest = arguments
        try:
            return str(self.git.execute(["git", command, *rest], strip_newline_in_stdout=False))
        except git.GitCommandError as error:
            raise SourceError(_explain(error), self.path) from error


def open_repository(path: Path, objects: Path | None = None) -> Repository:
    """Open a repository: with or without a work tree, bare, shallow, partial, or a linked work tree.

    `objects` is a folder for what a partial clone has to fetch; None forbids to fetch. MachineError
    for anything that is no repository.
    """
    folder, common = _folders(path)
    runner = git.Git(folder if folder.is_dir() else None)
    runner.update_environment(**_environment(folder, common, objects))
    try:
        runner.execute(["git", "rev-parse", "--git-dir"])
    except (git.GitCommandError, git.GitCommandNotFound, OSError) as error:
        raise _no_repository(path, str(getattr(error, "stderr", error))) from error
    return Repository(path, runner, folder)


def _folders(path: Path) -> tuple[Path, Path]:
    """The git directory, and the one it shares objects and references with (that of a linked work tree).

    Neither git nor `git.Repo` is asked: both believe the caller's environment, which in a git hook
    names another repository.
    """
    inside = path / ".git"
    folder = (inside if inside.exists() else path).resolve()
    if folder.is_file():
        folder = (folder.parent / _first_line(folder).removeprefix("gitdir: ")).resolve()
    shared = folder / "commondir"
    return folder, (folder / _first_line(shared)).resolve() if shared.is_file() else folder


def _first_line(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace").partition("\n")[0]


def _no_repository(path: Path, said: str) -> MachineError:
    if "dubious ownership" in said:
        advice = "run as its owner, or add it to git's safe.directory"
        return MachineError(f"git refuses a repository of another user: {advice}", path)
    return MachineError("no git repository: name the folder of a clone, or a bare git directory", path)


def _environment(folder: Path, common: Path, objects: Path | None) -> dict[str, str]:
    """What keeps git from writing into the repository, and a caller's own git from interfering."""
    store = common / "objects"
    surroundings = {
        "GIT_DIR": str(folder),
        "GIT_COMMON_DIR": str(common),
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    if objects is None:
        return surroundings | {
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OBJECT_DIRECTORY": str(store),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        }
    objects.mkdir(parents=True, exist_ok=True)
    return surroundings | {
        "GIT_OBJECT_DIRECTORY": str(objects.resolve()),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{store}"' if os.pathsep in str(store) else str(store),
    }


def _plain(word: str | bytes) -> str:
    """Ids and types are text or bytes, depending on GitPython's version."""
    return word.decode("ascii") if isinstance(word, bytes) else word


def _version(text: str) -> Version | None:
    try:
        return Version.parse(text if text.startswith("v") else f"v{text}")
    except ValueError:
        return None


def _explain(error: git.GitCommandError) -> str:
    """Git's own complaint on one line, with the repair it does not name."""
    said = " ".join(str(error.stderr).removeprefix("\n  stderr: ").strip().strip("'").split())
    return f"git cannot read this repository ({said or 'no reason given'}): mend it with `git fsck`, or clone it anew"
