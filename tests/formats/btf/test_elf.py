"""`formats.btf.elf`: the sections of images, modules and objects, and headers that lie."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest
from btf_writer import Builder, every_kind
from hypothesis import given, settings
from hypothesis import strategies as st

from bpfref.errors import SourceError
from bpfref.formats.btf import declare, elf, parse, parse_file
from bpfref.formats.btf.wire import Order

HEADER, SECTION = "HHIQQQIHHHHHH", "IIQQQQIIQQ"
NOBITS, COMPRESSED = 8, 1 << 11


def write_elf(sections: dict[str, bytes], order: Order = "little", kind: int = 1, flags: int = 0) -> bytearray:
    """An ELF file for 64 bits with these sections, of one kind (1 is data) and with the same flags."""
    sign = "<" if order == "little" else ">"
    names = b"\0" + b"".join(name.encode() + b"\0" for name in [*sections, ".shstrtab"])
    body, headers = b"", [struct.pack(sign + SECTION, *[0] * 10)]
    for name, data in [*sections.items(), (".shstrtab", names)]:
        at = names.index(name.encode() + b"\0")
        text = name == ".shstrtab"
        place = (0, 64 + len(body), len(data), 0, 0, 1, 0)
        headers.append(struct.pack(sign + SECTION, at, 3 if text else kind, 0 if text else flags, *place))
        body += data
    start = b"\x7fELF" + bytes([2, 1 if order == "little" else 2, 1]) + bytes(9)
    rest = struct.pack(sign + HEADER, 1, 247, 1, 0, 0, 64 + len(body), 0, 64, 0, 0, 64, len(headers), len(headers) - 1)
    return bytearray(start + rest + body + b"".join(headers))


@pytest.mark.parametrize("order", ["little", "big"])
def test_sections_are_found(order: Order) -> None:
    raw = every_kind(order).data()
    data = bytes(write_elf({".text": b"x" * 9, ".BTF": raw, ".BTF_ids": b"12345678"}, order))
    assert elf.parse_elf(data, "object") == elf.ElfSections(order, raw, None, b"12345678")
    found = parse_file(data, "object")
    assert declare(found, found.find("do_it")[0]).startswith("int do_it(")
    assert len(parse_file(raw, "raw")) == len(found)


def test_a_distilled_base_comes_first() -> None:
    lower = Builder()
    lower.struct("task_struct", 10000)
    b = Builder(base=lower)
    b.func("module_func", b.proto(0, [("task", b.ptr(1))]))
    data = bytes(write_elf({".BTF": b.data(), ".BTF.base": lower.data()}))
    found = parse_file(data, "module.ko", parse(every_kind().data(), "vmlinux"))
    assert declare(found, found.find("module_func")[0]) == "void module_func(struct task_struct *task)"
    assert found.base is not None
    assert str(found.base.file) == "module.ko (.BTF.base)"


def lying(offset: int, form: str, value: int) -> bytes:
    """A header field with another value; offsets before 64 are the file's, after it its first section's."""
    data = write_elf({".BTF": every_kind().data()})
    table = struct.unpack_from("<Q", data, 40)[0]
    struct.pack_into(form, data, offset if offset < 64 else table + offset, value)
    return bytes(data)


FILES = {
    "nothing": (b"", "no ELF"),
    "magic alone": (b"\x7fELF", "cannot be read"),
    "half a header": (bytes(write_elf({}))[:40], "cannot be read"),
    "class": (lying(4, "B", 9), "cannot be read"),
    "table beyond": (lying(40, "<Q", 1 << 62), "cannot be read"),
    "table nowhere": (lying(40, "<Q", (1 << 64) - 1), "cannot be read"),
    "many sections": (bytes(write_elf({f".{i}": b"" for i in range(1100)})), "1102 sections are too many"),
    "no names": (lying(62, "<H", 0xFF), "cannot be read"),
    "section beyond": (lying(64 + 24, "<Q", 1 << 40), "beyond the file"),
    "large section": (lying(64 + 32, "<Q", 1 << 60), "beyond the file"),
    "bss": (bytes(write_elf({".BTF": b"abc"}, kind=NOBITS)), "empty or compressed"),
    "compressed": (bytes(write_elf({".BTF": b"abc"}, flags=COMPRESSED)), "empty or compressed"),
}


@pytest.mark.parametrize("name", FILES)
def test_headers_that_lie(name: str) -> None:
    data, message = FILES[name]
    with pytest.raises(SourceError, match=message) as caught:
        elf.parse_elf(data, "some/file")
    assert str(caught.value).startswith("some/file: ELF: ")


def test_elf_without_btf() -> None:
    with pytest.raises(SourceError, match=r"has no section \.BTF"):
        parse_file(bytes(write_elf({".text": b""})), "object")
    # The interpreter is a real program of this machine.
    with pytest.raises(SourceError, match=r"has no section \.BTF"):
        parse_file(Path(sys.executable).resolve().read_bytes(), "python")


@settings(deadline=None)
@given(st.data())
def test_damaged_files_give_nothing_but_source_errors(data: st.DataObject) -> None:
    whole = write_elf({".BTF": every_kind().data(), ".BTF_ids": b"1234"}, data.draw(st.sampled_from(["little", "big"])))
    headers = list(range(4, 64)) + list(range(len(whole) - 4 * 64, len(whole)))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.sampled_from(headers))] = data.draw(st.integers(0, 255))
    end = data.draw(st.just(len(whole)) | st.integers(4, len(whole)))
    try:
        elf.parse_elf(bytes(whole[:end]), "damaged")
    except SourceError:
        return
