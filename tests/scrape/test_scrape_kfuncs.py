"""`scrape kfuncs` on real kernels, and what many kernels' testimonies are made into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bpfref.catalogue import Catalogue
from bpfref.errors import DataError
from bpfref.kernels.source import extract_source
from bpfref.model.helper import Parameter
from bpfref.model.kernel import Kernel
from bpfref.model.kfunc import Form, Kfunc, KfuncsFile, Looked, Origin, Registration, witness
from bpfref.scrape.kfunc_image import Seen, read_image
from bpfref.scrape.kfunc_source import read_source
from bpfref.scrape.kfuncs import Statement, join


@pytest.mark.parametrize("series", ["v6.1", "v7.2"])
def test_image_and_source_of_a_real_kernel_agree_with_the_data(
    series: str, kernel_of: Callable[[str], Kernel], facts: Catalogue
) -> None:
    """The data were written from these kernels: each form is what is read now, and the source has no other."""
    kernel = kernel_of(series)
    looked = next(k for k in facts.kfuncs_file.kernels if k.series == series)
    image = read_image(kernel)
    if kernel.digest != looked.digest:  # the archive has a successor: our data are of the one before
        assert set(image.seen) <= set(facts.kfuncs)
        return
    assert (image.modules, image.tags) == (looked.modules, looked.tags)
    forms = {n: f for n, k in facts.kfuncs.items() for f in k.forms if series in f.series and f.origin is Origin.IMAGE}
    assert {n: (s.returns, s.parameters, s.module) for n, s in image.seen.items()} == {
        n: (f.returns, f.parameters, f.module) for n, f in forms.items()
    }
    assert {n for n, s in image.seen.items() if s.tagged} <= set(facts.kfuncs)
    if kernel.source:
        tree = read_source(extract_source(kernel), series, image.seen)
        assert set(image.seen) <= set(tree.declared)
        assert {n for n, k in facts.kfuncs.items() if series in k.series} == set(tree.declared)
        for name, seen in image.seen.items():
            bits = {tree.flags[flag] for flag in tree.declared[name].flags}
            assert {b for b in range(32) if seen.bits >> b & 1} == bits, name


def test_every_form_has_a_prototype_and_known_flags(facts: Catalogue) -> None:
    for name, kfunc in facts.kfuncs.items():
        assert kfunc.forms, name
        for form in kfunc.forms:
            assert form.prototype(name).endswith(")")
            assert set(form.flags) <= set(facts.kfuncs_file.flags), name


def looked(series: str, *, source: bool) -> Looked:
    return Looked(series, "image", "1-1", "0" * 64, "source" if source else None)


PLACE = Registration(("v6.1",), "s", "a.c", ("BPF_PROG_TYPE_XDP",))


@pytest.mark.parametrize(
    ("sources", "first", "sibling", "after"),
    [
        ((True, True, True), "v6.12", None, "v6.1"),
        ((True, False, True), "v6.18", None, "v6.1"),
        ((True, False, True), "v6.18", "v6.12", "v6.12"),
        ((False, False, True), "v6.18", None, None),
        ((True, True, True), "v6.1", None, None),
    ],
)
def test_a_series_lacks_a_kfunc_only_where_that_is_sure(
    sources: tuple[bool, ...], first: str, sibling: str | None, after: str | None
) -> None:
    """Without source an image counts only if it was built with the same file: it has a sibling."""
    order = ("v6.1", "v6.12", "v6.18")
    kernels = tuple(looked(s, source=has) for s, has in zip(order, sources, strict=True))
    kfuncs = {"bpf_new": Kfunc((Form((first,), "int"),), (PLACE,))}
    if sibling:
        kfuncs["bpf_old"] = Kfunc((Form((sibling,), "int"),), (PLACE,))
    sighting = witness(KfuncsFile(kernels, {}, kfuncs)).features["bpf_new"]
    assert (sighting.since, sighting.after) == (first, after)


def test_a_sibling_in_a_module_proves_nothing_of_the_image() -> None:
    kernels = (looked("v6.1", source=False), looked("v6.12", source=False))
    module = Form(("v6.1",), "int", (), (), "nf_nat")
    kfuncs = {"bpf_new": Kfunc((Form(("v6.12",), "int"),), (PLACE,)), "bpf_old": Kfunc((module,), (PLACE,))}
    assert witness(KfuncsFile(kernels, {}, kfuncs)).features["bpf_new"].after is None


def test_kernels_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="oldest first"):
        KfuncsFile((looked("v6.12", source=True), looked("v6.1", source=True)), {}, {})


def heard(series: str, bits: int = 0) -> Statement:
    """A kernel that has `bpf_f` with these flags."""
    seen = {"bpf_f": Seen("int", (Parameter("n", "int"),), bits, None, tagged=True)}
    return Statement(replace(looked(series, source=False), tags=True), seen)


def test_neighbours_that_say_the_same_are_one_form() -> None:
    found = join("bpf_f", [heard("v6.1"), heard("v6.12"), heard("v6.18", bits=1)], {0: "KF_ACQUIRE"})
    assert [(f.series, f.flags) for f in found.forms] == [(("v6.1", "v6.12"), ()), (("v6.18",), ("KF_ACQUIRE",))]


def test_a_form_that_comes_back_is_another_form() -> None:
    gap = Statement(looked("v6.12", source=False))
    found = join("bpf_f", [heard("v6.1"), gap, heard("v6.18")], {})
    assert [f.series for f in found.forms] == [("v6.1",), ("v6.18",)]


def test_a_flag_that_no_source_names_stops_it() -> None:
    with pytest.raises(DataError, match=r"bpf_f of v6\.1 has the flag bit 3, which no source names"):
        join("bpf_f", [heard("v6.1", bits=8)], {0: "KF_ACQUIRE"})
