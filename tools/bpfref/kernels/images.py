"""Kernel images: from Debian's archive into the cache, and from there to whoever needs one.

`fetch` brings them; `installed` and `find` say what is there; `use` keeps one while it is needed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bpfref.errors import MachineError, SourceError
from bpfref.files import TEMPORARY
from bpfref.kernels import shelf
from bpfref.kernels.archive import Archive
from bpfref.kernels.choose import Choice, find_choice
from bpfref.kernels.lock import hold_lock
from bpfref.kernels.machine import Sources, find_keyring, find_mirror
from bpfref.kernels.packages import Offer
from bpfref.kernels.shelf import use
from bpfref.kernels.unpack import run_unpack
from bpfref.kernels.vmlinux import find_payload, parse_vmlinux
from bpfref.model.kernel import Kernel, Series

__all__ = ["BUDGET", "Listener", "Wanted", "extract_vmlinux", "fetch", "find", "installed", "open_archive", "use"]

BUDGET = 8 << 30  # bytes
_VMLINUX_ROOM = 128 << 20  # bytes for an unpacked image, before we can know


@dataclass(frozen=True)
class Wanted:
    """What to fetch: with the source or without, the named versions or the newest, within how many bytes."""

    source: bool = False
    newest: bool = False
    budget: int = BUDGET


@dataclass(frozen=True)
class Listener:
    """Who hears of the progress: a note in words; a package, and how many bytes of it have come."""

    note: Callable[[str], None] = lambda _: None
    progress: Callable[[str, int, int], None] = lambda *_: None


def installed(cache: Path) -> list[Kernel]:
    """List the kernels of the cache, oldest series first; asks nobody."""
    return shelf.read_installed(cache)


def find(cache: Path, name: str) -> Kernel:
    """Find a kernel of the cache by its series (`v6.1`, `6.1`) or release; MachineError if it has none."""
    there = installed(cache)
    for kernel in there:
        if name in {kernel.series, kernel.series.removeprefix("v"), kernel.release}:
            return kernel
    has = ", ".join(kernel.series for kernel in there) or "none"
    raise MachineError(f"no kernel {name} in the cache (it has: {has}); bring it with: bpfref kernels fetch {name}")


def extract_vmlinux(kernel: Kernel) -> Path:
    """The ELF image of a kernel, unpacked beside the compressed one when first asked for.

    SourceError, with the file, for an image that cannot be unpacked.
    """
    if kernel.vmlinux.exists():
        return kernel.vmlinux
    with hold_lock(kernel.folder / "unpacking"):
        if not kernel.vmlinux.exists():
            try:
                content = parse_vmlinux(kernel.vmlinuz.read_bytes())
            except SourceError as error:
                raise SourceError(error.message, kernel.vmlinuz) from error
            _write(kernel.vmlinux, content)
    return kernel.vmlinux


def open_archive(cache: Path, kernels: Iterable[Series]) -> Archive:
    """Debian's archive with the suites of these series.

    The root is not the one of the headers: a suite that the mirror drops one day must not keep
    them from coming.
    """
    suites = dict.fromkeys(suite for series in kernels for suite in series.suites)
    return Archive(shelf.shelf_of(cache), Sources(find_mirror(), tuple(suites), find_keyring()))


def fetch(
    cache: Path,
    kernels: Sequence[Series],
    wanted: Wanted | None = None,
    listener: Listener | None = None,
    archive: Archive | None = None,
) -> list[Kernel]:
    """Bring these kernels into the cache, in this order; those that are there stay untouched.

    The archive is asked only for what is not there in the named version. A run that was stopped
    goes on where it was. MachineError for what cannot be had, and when the budget is too small.
    """
    wanted, listener = wanted or Wanted(), listener or Listener()
    with hold_lock(shelf.shelf_of(cache)):
        shelf.sweep(cache)
        there = {series.series: _there(cache, series, series.version, wanted) for series in kernels}
        missing = [series for series in kernels if wanted.newest or there[series.series] is None]
        if missing:
            archive = archive or open_archive(cache, missing)
            archive.update()
            choices = [find_choice(s, archive, source=wanted.source, newest=wanted.newest) for s in missing]
            keep = {kernel.folder for kernel in there.values() if kernel} | {_folder(cache, c) for c in choices}
            run = _Run(cache, archive, frozenset(keep), wanted, listener)
            for choice in choices:
                there[choice.series.series] = _obtain(run, choice)
    return [kernel for kernel in there.values() if kernel]


@dataclass(frozen=True)
class _Run:
    """What the steps of one fetch share."""

    cache: Path
    archive: Archive
    keep: frozenset[Path]  # the folders that it is for
    wanted: Wanted
    listener: Listener


def _there(cache: Path, series: Series, version: str | None, wanted: Wanted) -> Kernel | None:
    """The kernel, if the cache has it whole and with what is wanted of it."""
    for kernel in installed(cache):
        if (kernel.series, kernel.version) == (series.series, version):
            complete = not (wanted.source and series.source) or kernel.source is not None
            return kernel if complete and shelf.is_sound(kernel) else None
    return None


def _obtain(run: _Run, choice: Choice) -> Kernel:
    """Bring one kernel, or only its source when the rest is there; older builds of it go."""
    for note in choice.notes:
        run.listener.note(note)
    bare = _there(run.cache, choice.series, choice.version, Wanted())
    if bare is None:
        kernel = _bring(run, choice, (*choice.parts, *((choice.source,) if choice.source else ())))
    elif choice.source and bare.source is None:
        kernel = _add_source(run, bare, choice.source)
    else:
        kernel = bare
    for old in installed(run.cache):
        if old.series == kernel.series and old.folder != kernel.folder and shelf.discard(old):
            run.listener.note(f"{old.series}: {old.version} has been replaced, and removed from the cache")
    return kernel


def _bring(run: _Run, choice: Choice, parts: Sequence[Offer]) -> Kernel:
    """Fetch and unpack a kernel under a temporary name, check it and put it in its place."""
    _make_room(run, choice.series.series, parts, _VMLINUX_ROOM)
    folder = _folder(run.cache, choice)
    temporary = folder.with_name(f".{folder.name}{TEMPORARY}")
    temporary.mkdir(parents=True)
    try:
        _unpack(run, choice.series.series, parts, choice.release, temporary)
        kernel = _describe(choice, temporary)
        shelf.write_record(kernel)
        shutil.rmtree(folder, ignore_errors=True)  # one that was not sound
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    if choice.lacks:
        lost = ", ".join(choice.lacks)
        run.listener.note(f"{kernel.series}: the archive no longer has {lost}")
    size = shelf.measure(placed := replace(kernel, folder=folder)) >> 20
    run.listener.note(f"{kernel.series}: {kernel.release} ({kernel.package} {kernel.version}), {size} MiB")
    return placed


def _add_source(run: _Run, kernel: Kernel, source: Offer) -> Kernel:
    _make_room(run, kernel.series, [source], 0)
    temporary = kernel.folder.with_name(f".{kernel.folder.name}{TEMPORARY}")
    temporary.mkdir()
    try:
        _unpack(run, kernel.series, [source], kernel.release, temporary)
        (temporary / "source.tar.xz").rename(kernel.folder / "source.tar.xz")
    except FileNotFoundError as error:
        raise MachineError(f"{source.package} {source.version} holds no source that we know") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    extended = replace(kernel, source_package=source.package)
    shelf.write_record(extended)
    return extended


def _make_room(run: _Run, series: str, parts: Sequence[Offer], more: int) -> None:
    """See that packages and what they unpack to fit into budget and disk."""
    need = sum(part.size + part.installed for part in parts) + more
    budget = run.wanted.budget
    if need > budget:
        raise MachineError(
            f"{series} alone needs {need >> 20} MiB while it is unpacked, more than the budget of {budget >> 20} MiB: "
            f"give --budget {(need >> 20) + 1}M or more"
        )
    for gone in shelf.make_room(run.cache, need, budget, run.keep):
        run.listener.note(f"{gone.series}: {gone.version} removed from the cache, to keep to the budget")
    free = shutil.disk_usage(shelf.shelf_of(run.cache)).free
    if need > free:
        raise MachineError(
            f"{series} needs {need >> 20} MiB and the disk has {free >> 20} MiB: make room, or name another place in "
            "BPFREF_CACHE"
        )


def _unpack(run: _Run, series: str, parts: Sequence[Offer], release: str, folder: Path) -> None:
    """Fetch each package and unpack it; the packages themselves go once all is there."""
    debs = []
    for part in parts:
        listen = _Download(run.listener, f"{series} {part.package}", part.size)
        listen(0)
        debs.append(run.archive.fetch(part.package, part.version, listen))
        listen(part.size)
        run_unpack(debs[-1], release, folder)
    for deb in debs:
        deb.unlink()


@dataclass(frozen=True)
class _Download:
    """Tells the listener of one package."""

    listener: Listener
    label: str
    size: int

    def __call__(self, done: int) -> None:
        self.listener.progress(self.label, done, self.size)


def _describe(choice: Choice, folder: Path) -> Kernel:
    """What the unpacked packages really hold; MachineError without an image that can be one."""
    image, first = folder / "vmlinuz", choice.parts[0]
    if not image.is_file():
        raise MachineError(f"{first.package} {first.version} holds no vmlinuz of {choice.release}: packaged anew?")
    try:
        find_payload(image.read_bytes())
    except SourceError as error:
        raise SourceError(f"the image in {first.package} {first.version} is {error.message}") from error
    return Kernel(
        series=choice.series.series,
        release=choice.release,
        package=first.package,
        version=choice.version,
        suite=choice.suite,
        digest=shelf.read_digest(folder),
        folder=folder,
        has_config=(folder / "config").is_file(),
        has_modules=(folder / "modules").is_dir(),
        lacks=choice.lacks,
        source_package=choice.source.package if choice.source and (folder / "source.tar.xz").is_file() else None,
    )


def _folder(cache: Path, choice: Choice) -> Path:
    return shelf.shelf_of(cache) / choice.series.series / choice.version


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise MachineError(f"cannot be written ({error.strerror}): see to disk space and rights", path) from error
    finally:
        temporary.unlink(missing_ok=True)
