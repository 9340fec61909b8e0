"""What an object takes from the kernel by name: functions, variables, configuration."""

from __future__ import annotations

from collections.abc import Iterator

from bpfref.formats.bpf_object.elf import WEAK, Elf
from bpfref.formats.bpf_object.maps import KCONFIG, KSYMS, variables
from bpfref.formats.bpf_object.model import Extern, Refers
from bpfref.formats.btf import Btf
from bpfref.formats.btf.types import Func, Var, Void


def read_externs(elf: Elf, btf: Btf | None) -> Iterator[Extern]:
    """Each undefined symbol, with what BTF says of it."""
    known = {each.name: (section, type_id, each) for section, type_id, each in _declared(btf)}
    for symbol in elf.symbols:
        if not symbol.undefined or not symbol.name:
            continue
        weak = symbol.binding == WEAK
        if btf is None or symbol.name not in known:
            yield Extern(symbol.name, Refers.UNKNOWN, weak)
            continue
        section, type_id, each = known[symbol.name]
        if isinstance(each, Func):
            kind, typed = Refers.KFUNC, True
        else:
            kind = Refers.KCONFIG if section == KCONFIG else Refers.KSYM
            typed = not isinstance(btf[btf.resolve(each.type)], Void)
        yield Extern(symbol.name, kind, weak, typed, type_id)


def _declared(btf: Btf | None) -> Iterator[tuple[str, int, Var | Func]]:
    for section in (KCONFIG, KSYMS):
        for type_id, each in variables(btf, section):
            yield section, type_id, each
