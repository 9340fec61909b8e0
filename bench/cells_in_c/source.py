"""The C of a program that calls one helper or kernel function, with the right arguments as far as they are known. Pure.

A refusal needs no good arguments: for a cell that is to be refused the parameters get what every program has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bpfref.model.helper import Parameter, spell
from cells_in_c.maps import PLAIN_MAP, choose_map, define_map
from cells_in_c.sections import Way

_HEAD = '#include "program.h"'
_SIZES = ("size", "len", "sz")
_SCALARS = frozenset(
    {"u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "size_t", "ssize_t", "bool", "gfp_t", "int"}
)
_SCALARS |= {f"__{name}" for name in _SCALARS} | {"long", "unsigned int", "unsigned long", "char", "long long", "void"}
_SCALARS |= {"unsigned char", "unsigned short", "short", "unsigned long long"}
_SOCKET_OF = frozenset({"__sk_buff", "bpf_sock_ops", "bpf_sk_lookup", "bpf_sock_addr", "bpf_sockopt", "sk_msg_md"})
# What a program's own arguments are, by target: the type, and where it stands.
_GIVEN = {
    "tcp_v4_connect": ("sk", 0),
    "vfs_getattr": ("path", 0),
    "security_file_permission": ("file", 0),
    "file_open": ("file", 0),
    "task_free": ("task", 0),
    "bprm_committed_creds": ("linux_binprm", 0),
    "sched_switch": ("task", 1),
}


@dataclass(frozen=True)
class Subject:
    """What is called: a helper, or with `kernel_function` a kfunc. `maps` are types that it is known to take."""

    name: str
    returns: str
    parameters: tuple[Parameter, ...]
    maps: tuple[str, ...] = ()
    kernel_function: bool = False


class OutOfReachError(Exception):
    """No short program can make such an argument; says which."""


@dataclass
class Body:
    """A program on its way to text. `context` is the struct's name; `good` asks for good arguments."""

    context: str
    way: Way
    flags: Mapping[str, int]
    good: bool
    globals: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    uses: set[str] = field(default_factory=set)

    def need(self, part: str, *lines: str, also: str = "") -> None:
        """Put lines before the call, once."""
        if part not in self.uses:
            self.uses.add(part)
            self.before += lines
            if also:
                self.globals.append(also)


def write_program(subject: Subject, body: Body, known: Iterable[str], returns: int) -> str:
    """The text of a program; `known` are structs that the headers define. OutOfReachError if it cannot be written."""
    way = body.way
    arguments = [_argument(body, subject, place) for place in range(len(subject.parameters))]
    call = f"{subject.name}({', '.join(each for each in arguments if each)})"
    _pair(body, subject)
    by_value = subject.returns.startswith(("struct ", "union ")) and not subject.returns.endswith("*")
    result = "" if by_value or subject.returns == "void" else "__u64 result = (__u64)"
    # An extension has the parameter of the function that it replaces.
    parameter = f"struct {body.context} *ctx" if way.section.startswith("freplace/") else "__u64 *ctx"
    early = [line.replace("return 0;", f"return {returns};") for line in body.before]
    lines = [
        _HEAD,
        *(_declare(subject, set(known)) if subject.kernel_function else ()),
        *body.globals,
        f'SEC("{way.section}") int program({parameter})',
        "{",
        *(f"\t{line}" for line in early),
        f"\t{result}{call};",
        *(f"\t{line}" for line in body.after),
        f"\treturn {returns};",
        "}",
    ]
    if way.struct:
        lines.append(f"struct {way.struct} {{ int (*{way.member})(__u64 *); }};")
        lines.append(f'SEC(".struct_ops") struct {way.struct} ops = {{ .{way.member} = program }};')
    return "\n".join(lines) + "\n"


def write_extended(context: str, helper: str) -> str:
    """A program with the function that an extension replaces; it changes packets, as the extension may."""
    section = "xdp" if context == "xdp_md" else "tc"
    return (
        f"{_HEAD}\n__attribute__((noinline)) int replaced(struct {context} *ctx)\n"
        f"{{\n\tvolatile int result = 0;\n\t{helper}(ctx, 0);\n\treturn result;\n}}\n"
        f'SEC("{section}") int program(struct {context} *ctx)\n{{\n\treturn replaced(ctx);\n}}\n'
    )


def _declare(subject: Subject, known: set[str]) -> Iterable[str]:
    """The kernel function, and the structs of its prototype, which libbpf compares by kind."""
    types = [subject.returns, *(p.type for p in subject.parameters)]
    for kind, name in dict.fromkeys(re.findall(r"\b(struct|union|enum) (\w+)", " ".join(types))):
        if kind == "enum":
            yield f"enum {name} {{ {name}_0 }};"
        elif name not in known:
            yield f"{kind} {name} {{}};"
    for each in types:
        bare = re.sub(r"\b(const|volatile)\b|\*", "", each).strip()
        if bare not in _SCALARS and not bare.startswith(("struct ", "union ", "enum ")):
            raise OutOfReachError(f"the type {bare}")
    inside = ", ".join(spell(p.type, p.name) for p in subject.parameters) or "void"
    yield f'extern {spell(subject.returns, subject.name)}({inside}) __attribute__((section(".ksyms")));'


def _argument(body: Body, subject: Subject, place: int) -> str:
    """An expression for a parameter, with what it needs put before the call."""
    parameter = subject.parameters[place]
    name, ctype = parameter.name or "", parameter.type
    if ctype == "...":
        return ""
    if not ctype.endswith("*"):
        return _scalar(subject, name, ctype)
    bare = ctype.replace("const ", "").removesuffix("*").strip().removeprefix("struct ")
    if name in {"map", "ringbuf", "prog_array_map"} and not subject.kernel_function:
        return _map(body, subject)
    if name in {"callback_fn"}:
        body.need("callback", also="static int callback(void *a, void *b, void *c, void *d) { return 0; }")
        return "(void *)callback"
    if not body.good:
        return f"({ctype})ctx" if place == 0 else _memory(body, ctype)
    return _good_pointer(body, subject, place, bare)


def _scalar(subject: Subject, name: str, ctype: str) -> str:
    if ctype.startswith(("struct ", "union ")):
        raise OutOfReachError(f"a {ctype} by value")
    if subject.name == "bpf_dynptr_from_mem" and name == "size":
        return "8"
    return "8" if name.endswith(_SIZES) or name.startswith(_SIZES) or "__sz" in name else "0"


_OBJECTS = {
    "task_struct": "task",
    "seq_file": "seq",
    "file": "file",
    "path": "path",
    "linux_binprm": "linux_binprm",
    "inode": "inode",
    "sock": "sk",
}


def _good_pointer(body: Body, subject: Subject, place: int, bare: str) -> str:
    """A pointer that the kernel takes, by type, name and place."""
    parameter = subject.parameters[place]
    name, ctype = parameter.name or "", parameter.type
    special = _special(body, subject, name, bare)
    if special:
        return special
    socket = (name == "sock" and ctype == "void *") or subject.name in _TAKE_SOCKET
    if socket or bare in _OBJECTS or name in _OBJECTS.values():
        return _object(body, "sk" if socket else _OBJECTS.get(bare, name), ctype)
    if subject.name == "bpf_kptr_xchg" or name == "percpu_ptr" or bare in {"cgroup", "socket", "bpf_cpumask"}:
        raise OutOfReachError(f"{ctype}{name}")
    if place == 0 and (name in _CONTEXTS or bare == body.context != "void"):
        return f"({ctype})ctx"
    if subject.kernel_function and bare not in _PLAIN:
        raise OutOfReachError(f"{ctype}{name}")
    return "0" if name == "callback_ctx" else _memory(body, ctype)


_CONTEXTS = frozenset({"ctx", "ctx_ptr", "skb", "skops", "bpf_socket", "reuse", "msg", "xdp_md"})
_PLAIN = frozenset({"void", "char", "u64", "u32", "int", "__u64", "__u32"})
_TAKE_SOCKET = frozenset({"bpf_sk_fullsock", "bpf_tcp_sock", "bpf_get_listener_sock", "bpf_sk_release"})
_TEXTS = frozenset({("bpf_snprintf", "fmt"), ("bpf_strncmp", "s2")})


def _special(body: Body, subject: Subject, name: str, bare: str) -> str | None:
    """What is made for one parameter of a few helpers."""
    if bare in {"bpf_timer", "bpf_spin_lock"}:
        return _field(body, bare)
    if bare == "bpf_dynptr":
        return _dynptr(body, subject)
    if subject.name in {"bpf_ringbuf_submit", "bpf_ringbuf_discard"}:
        body.need("reserved", "void *reserved = bpf_ringbuf_reserve(&map, 8, 0);", "if (!reserved) return 0;")
        body.globals.append(define_map("map", "BPF_MAP_TYPE_RINGBUF", body.flags))
        return "reserved"
    if (subject.name, name) in _TEXTS:
        body.need("text", also='static const char text[] = "text";')
        return "text"
    return f"&{_value(body)}->first" if (subject.name, name) == ("bpf_dynptr_from_mem", "data") else None


def _memory(body: Body, ctype: str) -> str:
    body.need("memory", "__u64 memory[8] = {};", 'asm volatile("" : : "r"(&memory) : "memory");')
    return f"({ctype})memory"


def _object(body: Body, kind: str, ctype: str) -> str:
    """A kernel object: out of the program's own arguments, of its context, or of another helper."""
    given = next((g for name, g in _GIVEN.items() if body.way.section.split("/")[-1] == name), None)
    if given and given[0] == kind:
        return f"({ctype})ctx[{given[1]}]"
    if kind == "task":
        body.need("task", "void *task = (void *)bpf_get_current_task_btf();")
        return f"({ctype})task"
    if kind == "inode" and given and given[0] == "file":
        also = "struct file { void *f_inode; } __attribute__((preserve_access_index));"
        body.need(
            "inode", f"void *inode = ((struct file *)ctx[{given[1]}])->f_inode;", "if (!inode) return 0;", also=also
        )
        return f"({ctype})inode"
    if kind == "seq" and "iter" in body.way.section:
        body.need("seq", "void *seq = *(void **)ctx[0];")
        return f"({ctype})seq"
    if kind == "sk" and body.context in _SOCKET_OF:
        body.need(
            "sk",
            f"struct bpf_sock *sk = (struct bpf_sock *)((struct {body.context} *)ctx)->sk;",
            "if (!sk) return 0;",
            *(("sk = bpf_sk_fullsock(sk);", "if (!sk) return 0;") if body.context == "__sk_buff" else ()),
        )
        return f"({ctype})sk"
    if kind == "sk" and body.context == "bpf_sock":
        return f"({ctype})ctx"
    raise OutOfReachError(f"{ctype} ({kind})")


def _map(body: Body, subject: Subject) -> str:
    """A map, of a type that the call is known to take where that matters."""
    if body.good and subject.name == "bpf_timer_init":
        _field(body, "bpf_timer")
        return "&fields"
    best = choose_map(subject.maps) if body.good else PLAIN_MAP
    if best is None:
        raise OutOfReachError("a map of a type that it takes")
    body.need("map", also=define_map("map", best, body.flags))
    return "&map"


def _value(body: Body) -> str:
    """A map's value, looked up."""
    also = "struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); "
    also += '__type(value, struct value); } values SEC(".maps");'
    lookup = ("int zero = 0;", "struct value *value = bpf_map_lookup_elem(&values, &zero);", "if (!value) return 0;")
    body.need("value", *lookup, also=also)
    return "value"


def _field(body: Body, kind: str) -> str:
    """A special field in a map's value."""
    also = f"struct holder {{ struct {kind} field; __u64 rest; }};\n"
    also += "struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); "
    also += '__type(value, struct holder); } fields SEC(".maps");'
    lookup = ("int none = 0;", "struct holder *held = bpf_map_lookup_elem(&fields, &none);", "if (!held) return 0;")
    body.need("field", *lookup, also=also)
    return "&held->field"


def _dynptr(body: Body, subject: Subject) -> str:
    """A dynptr: empty where the call fills it, else one over a map's value."""
    if subject.name in {"bpf_dynptr_from_mem", "bpf_ringbuf_reserve_dynptr"} or "_from_" in subject.name:
        body.need("dynptr", "struct bpf_dynptr dynptr;")
    elif "ringbuf" in subject.name:
        body.globals.append(define_map("map", "BPF_MAP_TYPE_RINGBUF", body.flags))
        body.need("dynptr", "struct bpf_dynptr dynptr;", "bpf_ringbuf_reserve_dynptr(&map, 8, 0, &dynptr);")
    else:
        value = _value(body)
        body.need("dynptr", "struct bpf_dynptr dynptr;", f"bpf_dynptr_from_mem(&{value}->first, 8, 0, &dynptr);")
    return "&dynptr"


def _pair(body: Body, subject: Subject) -> None:
    """What has to follow a call, or to come before it."""
    if not body.good:
        return
    name = subject.name
    if name in {"bpf_sk_lookup_tcp", "bpf_sk_lookup_udp", "bpf_skc_lookup_tcp"}:
        body.after.append("if (result) bpf_sk_release((void *)result);")
    elif name == "bpf_sk_release":
        raise OutOfReachError("a socket with a reference")
    elif name == "bpf_ringbuf_reserve":
        body.after.append("if (result) bpf_ringbuf_discard((void *)result, 0);")
    elif name == "bpf_ringbuf_reserve_dynptr":
        body.after.append("bpf_ringbuf_discard_dynptr(&dynptr, 0);")
    elif name == "bpf_spin_lock":
        body.after.append("bpf_spin_unlock(&held->field);")
    elif name == "bpf_spin_unlock":
        body.before.append("bpf_spin_lock(&held->field);")
