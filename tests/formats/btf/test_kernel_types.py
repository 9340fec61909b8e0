"""`formats.kernel_types`: what a kernel offers is read from its BTF, and nothing else is taken for it."""

from __future__ import annotations

import pytest
from btf_writer import Builder

from bpfref.errors import SourceError
from bpfref.formats import kernel_types
from bpfref.formats.btf import Btf, Kind, parse
from bpfref.formats.kernel_types import Operation

INT = 1


def begin() -> Builder:
    b = Builder()
    b.number()
    return b


def read(builder: Builder) -> Btf:
    return parse(builder.data(), "image")


def offer(b: Builder, name: str, common: str = "common") -> int:
    """A struct_ops type as the kernel declares it: with one function pointer, one number, and the value's struct."""
    callback = b.ptr(b.proto(INT, [(None, b.ptr(0)), (None, INT)]))
    ops = b.struct(name, 16, [("run", callback, 0), ("flags", INT, 64)])
    b.struct(f"bpf_struct_ops_{name}", 64, [(common, INT, 0), ("data", ops, 128)])
    return ops


@pytest.mark.parametrize("common", ["refcnt", "common"])
def test_struct_ops_types_of_old_and_new_kernels_are_found(common: str) -> None:
    b = begin()
    ops = offer(b, "my_ops", common)
    assert kernel_types.struct_ops(read(b)) == {"my_ops": ops}


def test_the_kernels_own_structs_are_no_struct_ops_types() -> None:
    b = begin()
    other = b.struct("other", 4, [("x", INT, 0)])
    b.struct("bpf_struct_ops_value", 8, [("common", INT, 0), ("data", b.array(INT, 0), 64)])
    b.struct("bpf_struct_ops_link", 8, [("map", b.ptr(other), 0)])
    b.struct("bpf_struct_ops_strange", 8, [("data", other, 0)])
    assert kernel_types.struct_ops(read(b)) == {}


STUBS = {
    "its own prefix": ("my_ops__run", "context", INT, (), "int (*run)(void *context, int count)"),
    "another prefix": ("stub_run", "context", INT, ("stub_",), "int (*run)(void *context, int count)"),
    "another member's": ("my_ops__walk", "context", INT, (), "int (*run)(void *, int)"),
    "another type": ("my_ops__run", "context", 0, (), "int (*run)(void *, int)"),
    "a prefix that nobody names": ("stub_run", "context", INT, (), "int (*run)(void *, int)"),
    "an ending for the verifier": ("my_ops__run", "p__nullable", INT, (), "int (*run)(void *p__nullable, int count)"),
}


@pytest.mark.parametrize("case", STUBS)
def test_parameters_have_the_names_of_a_stub_of_the_same_type(case: str) -> None:
    stub, name, returns, prefixes, expected = STUBS[case]
    b = begin()
    ops = offer(b, "my_ops")
    b.func(stub, b.proto(returns, [(name, b.ptr(0)), ("count", INT)]))
    found = kernel_types.operations(read(b), "my_ops", ops, prefixes)
    assert found == {
        "run": Operation("int (*run)(void *, int)", expected),
        "flags": Operation("int flags", "int flags"),
    }


def test_an_iterator_has_both_context_and_function() -> None:
    b = begin()
    meta = b.struct(None, 8, [("meta", b.ptr(b.struct("bpf_iter_meta", 8)), 0)], union=True)
    b.struct("bpf_iter__task", 16, [(None, meta, 0), ("task", b.ptr(b.struct("task_struct", 8)), 64)])
    b.struct("bpf_iter__task__safe_trusted", 8, [("task", INT, 0)])
    b.func("bpf_iter_task", b.proto(INT, [("meta", INT)]))
    b.func("bpf_iter_run_prog", b.proto(INT))
    expected = {"task": {"meta": "struct bpf_iter_meta *meta", "task": "struct task_struct *task"}}
    assert kernel_types.iterators(read(b)) == expected


def test_tracepoints_and_hooks_are_known_by_their_names() -> None:
    b = begin()
    b.typedef("btf_trace_sched_switch", b.ptr(b.proto(0, [(None, INT)])))
    b.typedef("trace_t", INT)
    hook = b.func("bpf_lsm_file_open", b.proto(INT, [("file", b.ptr(b.struct("file", 8)))]))
    b.func("lsm_file_open", b.proto(INT))
    found = read(b)
    assert kernel_types.tracepoints(found) == {"sched_switch"}
    assert kernel_types.lsm_functions(found) == {hook: "file_open"}
    declared = {"file_open": "int file_open(struct file *file)"}
    assert kernel_types.hooks(found, kernel_types.lsm_functions(found)) == declared


def test_a_module_has_only_what_is_its_own() -> None:
    lower = begin()
    lower.typedef("btf_trace_of_image", INT)
    offer(lower, "image_ops")
    upper = Builder(base=lower)
    upper.typedef("btf_trace_of_module", INT)
    ops = offer(upper, "module_ops")
    found = parse(upper.data(), "module", read(lower))
    assert kernel_types.tracepoints(found) == {"of_module"}
    assert kernel_types.struct_ops(found) == {"module_ops": ops}


def test_members_of_anonymous_members_count_from_the_outermost_struct() -> None:
    b = begin()
    inner = b.struct(None, 8, [("low", INT, 0), ("high", INT, 32)])
    outer = b.struct("outer", 16, [("first", INT, 0), (None, inner, 64), ("named", inner, 128)])
    found = kernel_types.parts(read(b), outer)
    assert {name: part.bit for name, part in found.items()} == {"first": 0, "low": 64, "high": 96, "named": 128}


def test_bit_fields_are_declared_with_their_width() -> None:
    b = begin()
    outer = b.struct("outer", 4, [("few", INT, 3 << 24), ("more", INT, 5 << 24 | 3)], flag=True)
    declared = [part.declaration for part in kernel_types.parts(read(b), outer).values()]
    assert declared == ["int few:3", "int more:5"]


def test_two_structs_of_a_name_are_refused_and_a_declared_one_does_not_count() -> None:
    b = begin()
    b.add(Kind.FWD, "thing")
    one = b.struct("thing", 4, [("x", INT, 0)])
    assert kernel_types.find_struct(read(b), "thing") == one
    assert kernel_types.find_struct(read(b), "thing", union=True) is None
    b.struct("thing", 8, [("y", INT, 0)])
    with pytest.raises(SourceError, match="2 definitions of thing"):
        kernel_types.find_struct(read(b), "thing")
