"""`scrape btf`: kernels made for the test are asked, and their answers told as one story."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from btf_writer import Builder
from test_elf import write_elf

from bpfref import store
from bpfref.errors import MachineError, SourceError
from bpfref.kernels import shelf
from bpfref.layout import Layout
from bpfref.model.btf import (
    Asked,
    BtfStructsFile,
    Earlier,
    FieldStory,
    HooksFile,
    IteratorsFile,
    StructOpsFile,
    TracepointsFile,
)
from bpfref.model.kernel import Kernel
from bpfref.scrape.btf import scrape_btf

INT = 1
SERIES = ("v6.1", "v6.12", "v7.2")
SETS = """
BTF_SET_START(sleepable_lsm_hooks)
BTF_ID(func, bpf_lsm_file_open)
BTF_SET_END(sleepable_lsm_hooks)
"""


def image(age: int) -> tuple[Builder, bytes]:
    """A kernel image and its BTF; what it has changes with its age, 0 to 2."""
    b = Builder()
    b.number()
    wide = b.number("long int", 8)
    flags = [("flags", wide if age else INT, 64)] if age != 1 else []
    b.struct("xdp_md", 16, [("data", INT, 0), *flags])
    b.typedef("bpf_user_pt_regs_t", b.struct("pt_regs", 8, [("ip", wide, 0)]))
    if age:
        ops = b.struct("my_ops", 8, [("run", b.ptr(b.proto(INT, [(None, INT)])), 0)])
        b.struct("bpf_struct_ops_my_ops", 64, [("common", INT, 0), ("data", ops, 64)])
        b.struct("bpf_iter__task", 8, [("task", b.ptr(0), 0)])
        b.func("bpf_iter_task", b.proto(INT))
    if age == 2:
        b.func("my_ops__run", b.proto(INT, [("argument", INT)]))
    for name in ("old", "both", "new")[age : age + 2]:
        b.typedef(f"btf_trace_{name}", INT)
    b.func("bpf_lsm_init", b.proto(INT))
    opened = b.func("bpf_lsm_file_open", b.proto(INT, [("file", b.ptr(0))]))
    freed = b.func("bpf_lsm_file_free", b.proto(0, [("file", b.ptr(0))]))
    sleepable = [1, opened] if age else []
    ids = b"".join(word.to_bytes(4, "little") for word in (2, opened, freed, 999_999, *sleepable))
    return b, bytes(write_elf({".BTF": b.data(), ".BTF_ids": ids}))


def module(base: Builder) -> bytes:
    upper = Builder(base=base)
    upper.typedef("btf_trace_of_module", INT)
    return bytes(write_elf({".BTF": upper.data()}))


def install(layout: Layout, series: str, age: int, *, modules: bool, source: bool) -> None:
    """Put a kernel into the cache, as `kernels fetch` would."""
    folder = shelf.shelf_of(layout.cache) / series / "1"
    folder.mkdir(parents=True)
    (folder / "vmlinuz").write_bytes(b"compressed")
    base, content = image(age)
    (folder / "vmlinux").write_bytes(content)
    if modules:
        (folder / "modules").mkdir()
        (folder / "modules" / "mine.ko").write_bytes(module(base))
    if source:
        core = folder / "source" / "kernel" / "bpf"
        core.mkdir(parents=True)
        (folder / "source.tar.xz").write_bytes(b"")
        (core / "bpf_lsm.c").write_text(SETS)
        registered = "register_bpf_struct_ops(&a, my_ops);\nregister_bpf_struct_ops(&b, other_ops);\n"
        (core / "ops.c").write_text(registered)
    package, digest = f"linux-image-{series}", shelf.read_digest(folder)
    shelf.write_record(
        Kernel(
            series,
            f"{series[1:]}-amd64",
            package,
            "1",
            "sid",
            digest,
            folder,
            False,
            modules,
            (),
            "src" if source else None,
        )
    )


@pytest.fixture
def lab(tmp_path: Path, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """Three kernels: an old one, one without modules and source, a new one whose source is there."""
    shutil.copytree(layout.root / "data", tmp_path / "data")
    here = Layout(tmp_path)
    monkeypatch.setenv("BPFREF_CACHE", str(tmp_path / "cache"))
    series = "".join(f"  - {{series: {s}, suites: [sid], release: 'x'}}\n" for s in SERIES)
    (here.authored / "kernels.yaml").write_text("kernels:\n" + series)
    context = "  BPF_PROG_TYPE_KPROBE: {type: bpf_user_pt_regs_t, source: 'x'}\n"
    (here.authored / "contexts.yaml").write_text("contexts:\n" + context)
    (here.authored / "struct-ops.yaml").write_text("types: {}\n")
    fields = "[{name: data, type: __u32, offset: 0, size: 4}, {name: flags, type: __u64, offset: 8, size: 8}]"
    source = "source: {file: linux/bpf.h, sha256: x}\n"
    structs = f"- {{name: xdp_md, kind: struct, size: 16, fields: {fields}}}\n"
    structs += "- {name: gone, kind: struct, size: 4, fields: []}\n"
    (here.scraped / "structs.yaml").write_text(f"{source}structs:\n{structs}")
    for age, name in enumerate(SERIES):
        install(here, name, age, modules=age != 1, source=age == 2)
    return here


@pytest.fixture
def written(lab: Layout) -> Layout:
    for result in scrape_btf(lab, lambda _: None):
        result.path.write_text(result.text)
    return lab


def test_the_same_kernels_give_the_same_bytes(written: Layout) -> None:
    assert all(result.path.read_text() == result.text for result in scrape_btf(written, lambda _: None))


def test_who_answered_is_told_and_modules_that_were_not_seen(written: Layout) -> None:
    kernels = store.read(written.scraped / "tracepoints.yaml", TracepointsFile).kernels
    assert [(k.series, k.modules) for k in kernels] == [("v6.1", 1), ("v6.12", None), ("v7.2", 1)]
    assert kernels[0] == Asked("v6.1", "linux-image-v6.1", "1", kernels[0].digest, 1)


def test_a_struct_that_nobody_has_is_not_a_field_that_is_missing(written: Layout) -> None:
    found = store.read(written.scraped / "btf-structs.yaml", BtfStructsFile)
    stories = {story.name: story for story in found.structs}
    assert stories["gone"].lacks == SERIES
    assert stories["gone"].fields == {}
    assert stories["xdp_md"].lacks == ()
    assert stories["xdp_md"].fields == {"flags": FieldStory(("v6.12",), (Earlier("int flags", ("v6.1",)),))}
    assert [(c.type, c.name, [m.declaration for m in c.members]) for c in found.contexts] == [
        ("bpf_user_pt_regs_t", "pt_regs", ["long ip"])
    ]


def test_struct_ops_types_and_what_only_sources_have(written: Layout) -> None:
    found = store.read(written.scraped / "struct-ops.yaml", StructOpsFile)
    assert [(t.name, t.lacks, t.unbuilt) for t in found.types] == [("my_ops", ("v6.1",), ())]
    assert found.types[0].members[0].declaration == "int (*run)(int argument)"
    assert found.types[0].members[0].earlier == ()
    assert found.unbuilt == {"other_ops": ("v7.2",)}


def test_iterators(written: Layout) -> None:
    found = store.read(written.scraped / "iterators.yaml", IteratorsFile)
    assert [(t.name, t.lacks, [m.name for m in t.members]) for t in found.targets] == [("task", ("v6.1",), ["task"])]


def test_hooks_are_those_of_the_set_and_lists_without_source_are_recognised(written: Layout) -> None:
    found = {hook.name: hook for hook in store.read(written.scraped / "lsm-hooks.yaml", HooksFile).hooks}
    assert set(found) == {"file_open", "file_free"}
    assert found["file_open"].declaration == "int file_open(void *file)"
    assert found["file_open"].sets == {"sleepable": ("v6.1",)}
    assert found["file_free"].sets == {}


def test_tracepoints_are_counted(written: Layout) -> None:
    counts = store.read(written.scraped / "tracepoints.yaml", TracepointsFile).counts
    told = [(c.series, c.image, c.modules, c.new, c.gone) for c in counts]
    assert told == [("v6.1", 2, 1, None, None), ("v6.12", 2, None, 1, 1), ("v7.2", 1, 1, 0, 1)]


def test_a_kernel_that_is_not_in_the_cache_is_asked_for(lab: Layout) -> None:
    shutil.rmtree(shelf.shelf_of(lab.cache) / "v6.12")
    with pytest.raises(MachineError, match=r"bring it with: bpfref kernels fetch v6\.12"):
        scrape_btf(lab, lambda _: None)


def test_a_source_that_is_not_in_the_cache_is_asked_for(lab: Layout) -> None:
    path = lab.authored / "kernels.yaml"
    path.write_text(path.read_text().replace("series: v6.12,", "series: v6.12, source: linux-source-6.12,"))
    with pytest.raises(MachineError, match=r"bring it with: bpfref kernels fetch --source v6\.12"):
        scrape_btf(lab, lambda _: None)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("bpf_lsm_file_open", "bpf_lsm_file_free", "is it the source of this image"),
        ("BTF_ID(func, bpf_lsm_file_open)", "BTF_KFUNC(bpf_lsm_file_open)", "is no BTF_ID"),
    ],
)
def test_a_source_that_contradicts_its_image_is_refused(lab: Layout, old: str, new: str, words: str) -> None:
    path = next(shelf.shelf_of(lab.cache).glob("v7.2/1/source/kernel/bpf/bpf_lsm.c"))
    path.write_text(SETS.replace(old, new))
    with pytest.raises(SourceError, match=words):
        scrape_btf(lab, lambda _: None)


def test_a_context_that_no_kernel_has_is_refused(lab: Layout) -> None:
    path = lab.authored / "contexts.yaml"
    path.write_text(path.read_text().replace("bpf_user_pt_regs_t", "struct nothing"))
    with pytest.raises(SourceError, match="no kernel's BTF has struct nothing"):
        scrape_btf(lab, lambda _: None)
