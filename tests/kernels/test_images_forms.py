"""Images, configurations and modules: what can be read is read right, the rest is refused in words."""

from __future__ import annotations

import gzip
import lzma
import struct
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from bpfref.errors import MachineError, SourceError
from bpfref.kernels.config import Configuration, Tristate, parse_config, read_config
from bpfref.kernels.decompress import decompress
from bpfref.kernels.modules import Modinfo, Modules, name_of, parse_modinfo, parse_softdep
from bpfref.kernels.unpack import place_of
from bpfref.kernels.vmlinux import find_payload, parse_vmlinux, unpacked_size
from bpfref.model.kernel import Kernel, KernelsFile, Series

from .made import COMPRESSIONS, CONFIG, ELF_IMAGE, elf, lz4_legacy, module, vmlinuz


class TestDecompress:
    @pytest.mark.parametrize("how", COMPRESSIONS)
    @pytest.mark.parametrize("content", [b"", b"x", bytes(9 << 20), ELF_IMAGE], ids=["none", "one", "9M", "elf"])
    def test_what_went_in_comes_out(self, how: str, content: bytes) -> None:
        assert decompress(COMPRESSIONS[how](content), len(content)) == content

    @pytest.mark.parametrize("how", COMPRESSIONS)
    def test_the_limit_holds(self, how: str) -> None:
        with pytest.raises(SourceError, match="more than 22999 bytes"):
            decompress(COMPRESSIONS[how](ELF_IMAGE[:23_000]), 22_999)

    @pytest.mark.parametrize("how", COMPRESSIONS)
    def test_a_stream_cut_short(self, how: str) -> None:
        stream = COMPRESSIONS[how](ELF_IMAGE)
        with pytest.raises(SourceError, match=f"{how} data are damaged"):
            decompress(stream[: len(stream) // 2])

    @pytest.mark.parametrize("how", sorted(set(COMPRESSIONS) - {"lz4", "lzma"}))
    def test_what_follows_is_ignored(self, how: str) -> None:
        assert decompress(COMPRESSIONS[how](b"all") + b"\1\2\3\4\5\6\7\x08") == b"all"

    @pytest.mark.parametrize("data", [b"", b"\x89LZO\0\r\n\x1a\n", b"plain text"])
    def test_an_unknown_form_names_the_known(self, data: bytes) -> None:
        with pytest.raises(SourceError, match=r"not known here.*known: gzip, xz, zstd, lz4"):
            decompress(data)

    def test_an_lz4_block_that_would_grow_beyond_its_size(self) -> None:
        bomb = lz4_legacy(bytes(8 << 20))
        with pytest.raises(SourceError, match="damaged"):
            decompress(bomb[:4] + struct.pack("<I", 3) + b"\xff\xff\xff")

    @given(
        st.sampled_from([b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"\x02\x21\x4c\x18", b"BZh", b""]),
        st.binary(),
    )
    def test_noise_is_refused_in_words_or_unpacks(self, magic: bytes, noise: bytes) -> None:
        with suppress(SourceError):
            assert len(decompress(magic + noise, 1 << 20)) <= 1 << 20


class TestVmlinux:
    @pytest.mark.parametrize("how", COMPRESSIONS)
    @pytest.mark.parametrize("sectors", [0, 4, 39])
    def test_by_the_setup_header(self, how: str, sectors: int) -> None:
        image = vmlinuz(how=how, sectors=sectors)
        assert parse_vmlinux(image) == ELF_IMAGE
        assert unpacked_size(image) == len(ELF_IMAGE)

    @pytest.mark.parametrize("how", sorted(set(COMPRESSIONS) - {"lzma"}))
    def test_a_header_too_old_to_tell_is_scanned(self, how: str) -> None:
        decoy = b"\x1f\x8b\x08\x00 by chance \xfd7zXZ\x00\x00"
        image = bytearray(vmlinuz(how=how, protocol=0x207))
        image[0x300 : 0x300 + len(decoy)] = decoy
        assert find_payload(bytes(image)) is None
        assert unpacked_size(bytes(image)) is None
        assert parse_vmlinux(bytes(image)) == ELF_IMAGE

    def test_a_payload_that_ends_with_another_stream(self) -> None:
        # A scan would find the wrong one: the header counts.
        image = vmlinuz(how="xz")
        first = lzma.compress(b"\x7fELF another file")
        assert parse_vmlinux(image[:0x400] + first + image[0x400 + len(first) :]) == ELF_IMAGE

    def test_an_elf_file_stays_as_it_is(self) -> None:
        assert parse_vmlinux(ELF_IMAGE) == ELF_IMAGE
        assert unpacked_size(ELF_IMAGE) is None

    @pytest.mark.parametrize(
        ("image", "words"),
        [
            (b"", "no setup header"),
            (b"MZ" + bytes(4000), "no setup header"),
            (vmlinuz()[:-400], "cut short"),
            (vmlinuz()[:0x260], "cut short"),
            (vmlinuz(b"no ELF file at all"), "no ELF file"),
            (vmlinuz(protocol=0x207)[:-1500], "no compressed ELF file found"),
            (vmlinuz(b"not ELF", protocol=0x207), "no compressed ELF file found"),
        ],
    )
    def test_refused(self, image: bytes, words: str) -> None:
        with pytest.raises(SourceError, match=words):
            parse_vmlinux(image)

    def test_an_unknown_compression(self) -> None:
        image = bytearray(vmlinuz(how="xz"))
        at = image.index(b"\xfd7zXZ\0")
        image[at : at + 6] = b"\x89LZO\0\r"
        with pytest.raises(SourceError, match=r"not known here \(first bytes 89 4c 5a 4f"):
            parse_vmlinux(bytes(image))

    @pytest.mark.parametrize(
        ("said", "words"), [(len(ELF_IMAGE) + 1, "says"), (5, "more than 5"), (2**32 - 1, "damaged")]
    )
    def test_a_size_that_is_wrong(self, said: int, words: str) -> None:
        image = bytearray(vmlinuz(how="xz"))
        payload = find_payload(bytes(image))
        assert payload
        at = image.index(payload) + len(payload) - 4
        struct.pack_into("<I", image, at, said)
        with pytest.raises(SourceError, match=words):
            parse_vmlinux(bytes(image))

    @given(st.data())
    def test_cut_or_changed_anywhere_it_is_refused_in_words_or_read(self, data: st.DataObject) -> None:
        whole = vmlinuz(ELF_IMAGE[:500], how=data.draw(st.sampled_from(sorted(COMPRESSIONS))))
        at = data.draw(st.integers(0, len(whole) - 1))
        changed = bytearray(whole[:at] if data.draw(st.booleans()) else whole)
        if at < len(changed):
            changed[at] ^= data.draw(st.integers(1, 255))
        try:
            assert parse_vmlinux(bytes(changed)).startswith(b"\x7fELF")
        except SourceError as error:
            assert error.message


class TestConfig:
    def test_every_kind_of_value(self) -> None:
        config = parse_config(
            'CONFIG_A=y\nCONFIG_B=m\n\n# CONFIG_C is not set\n#\n# CONFIG_ is a word\nCONFIG_D=-12\nCONFIG_E=0xfFf\n'
            'CONFIG_F="a \\"b\\" \\\\c"\nCONFIG_G=""\nCONFIG_H="y"\nCONFIG_4=n\n'
        )  # fmt: skip
        assert dict(config) == {
            "CONFIG_A": "y", "CONFIG_B": "m", "CONFIG_C": "n", "CONFIG_D": -12, "CONFIG_E": 0xFFF,
            "CONFIG_F": 'a "b" \\c', "CONFIG_G": "", "CONFIG_H": "y", "CONFIG_4": "n",
        }  # fmt: skip
        assert config["A"] is config["CONFIG_A"] is Tristate.YES
        assert not isinstance(config["H"], Tristate)

    def test_look_ups(self) -> None:
        config = parse_config(CONFIG.decode())
        assert [config.state(name) for name in ("BPF", "9P_FS", "KCOV", "NOT_THERE")] == ["y", "m", "n", "n"]
        assert [config.enabled(name) for name in ("BPF", "CONFIG_9P_FS", "KCOV", "NOT_THERE")] == [
            True,
            True,
            False,
            False,
        ]
        assert ("KCOV" in config, "NOT_THERE" in config, config.get("NOT_THERE")) == (True, False, None)
        with pytest.raises(ValueError, match="no switch"):
            config.state("HZ")

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("CONFIG_A=y\nwhat is this\n", 2),
            ("CONFIG_A=yes\n", 1),
            ('CONFIG_A="open\n', 1),
            ("CONFIG_A=\n", 1),
            ("CONFIG_A=y\n# CONFIG_A is not set\n", 2),
            (" CONFIG_A=y\n", 1),
            ("", None),
            ("# only words\n", None),
        ],
    )
    def test_refused_with_its_line(self, text: str, line: int | None) -> None:
        with pytest.raises(SourceError) as caught:
            parse_config(text, "config")
        assert (caught.value.file, caught.value.line) == ("config", line)

    @given(
        st.dictionaries(
            st.from_regex(r"CONFIG_[A-Z0-9_]{1,20}", fullmatch=True),
            st.one_of(
                st.sampled_from(Tristate),
                st.integers(),
                st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])),
            ),
            min_size=1,
        )
    )
    def test_what_was_written_is_read(self, values: dict[str, Tristate | int | str]) -> None:
        def line(name: str, value: Tristate | int | str) -> str:
            if value is Tristate.NO:
                return f"# {name} is not set\n"
            if isinstance(value, Tristate | int):
                return f"{name}={value}\n"
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'{name}="{escaped}"\n'

        config = parse_config("".join(line(*item) for item in values.items()))
        assert config == Configuration(values)

    def test_a_kernel_without(self, tmp_path: Path) -> None:
        with pytest.raises(MachineError, match=r"v7\.1 \(7\.1\.13\) has no configuration.*linux-base-7\.1\.13"):
            read_config(replace(kernel(tmp_path), has_config=False, lacks=("linux-base-7.1.13",)))
        with pytest.raises(MachineError, match=r"bpfref kernels fetch v7\.1"):
            read_config(kernel(tmp_path))


def kernel(folder: Path) -> Kernel:
    return Kernel("v7.1", "7.1.13", "linux-image-7.1.13", "7.1.13-1", "sid", "0" * 64, folder)


@pytest.fixture
def shipped(tmp_path: Path) -> Modules:
    files = {
        "net/a-b.ko": module("a_b", "core,c"),
        "net/c.ko.xz": lzma.compress(module("c", "core")),
        "lib/core.ko.zst": zstandard.compress(module("core")),
        "lib/old.ko.gz": gzip.compress(elf({".modinfo": b"depends=\0\0\0author=x=y\0"})),
        "lib/uses-builtin.ko": module("uses_builtin", "inside"),
        "loop/x.ko": module("x", "y"),
        "loop/y.ko": module("y", "x"),
        "bad/lost.ko": module("lost", "not_there"),
        "bad/cut.ko.xz": lzma.compress(module("cut"))[:-40],
        "bad/plain.ko": elf({".text": b""}),
    }
    for name, content in files.items():
        path = tmp_path / "modules/kernel" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "modules.builtin").write_text("kernel/lib/inside.ko\nkernel/lib/in-side2.ko\n")
    return Modules(kernel(tmp_path))


class TestModules:
    def test_names_in_order(self, shipped: Modules) -> None:
        assert list(shipped) == ["a_b", "c", "core", "cut", "lost", "old", "plain", "uses_builtin", "x", "y"]
        assert shipped.builtin == {"inside", "in_side2"}

    @pytest.mark.parametrize(("name", "real"), [("a-b", "a_b"), ("a_b", "a_b"), ("c", "c"), ("core", "core")])
    def test_contents_in_every_compression(self, shipped: Modules, name: str, real: str) -> None:
        assert shipped.read(name).startswith(b"\x7fELF")
        info = shipped.modinfo(name)
        assert info.name == real
        assert (info.fields["license"], info.fields["alias"]) == (("GPL",), ("a", "b"))

    def test_a_module_without_name_has_its_files(self, shipped: Modules) -> None:
        info = shipped.modinfo("old")
        assert (info.name, info.depends, info.fields["author"]) == ("old", (), ("x=y",))

    def test_load_order(self, shipped: Modules) -> None:
        assert shipped.load_order(["a-b", "core", "inside"]) == ["core", "c", "a_b"]
        assert shipped.load_order(["uses_builtin"]) == ["uses_builtin"]
        assert shipped.load_order([]) == []

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("x", "circle: x → y → x"),
            ("lost", "not_there is no module of"),
            ("a_c", "names like it: a_b"),
            ("inside2", "none is near|names like it"),
            ("cut", r"cut\.ko\.xz.*damaged"),
            ("plain", r"plain\.ko.*no section \.modinfo"),
        ],
    )
    def test_refused(self, shipped: Modules, name: str, words: str) -> None:
        with pytest.raises((SourceError, MachineError)) as caught:
            shipped.load_order([name])
        assert caught.match(words)

    def test_what_is_built_in_has_no_file(self, shipped: Modules) -> None:
        with pytest.raises(MachineError, match="inside is built into"):
            shipped.find("inside")

    def test_a_kernel_without_modules(self, tmp_path: Path) -> None:
        bare = Modules(replace(kernel(tmp_path), has_modules=False, lacks=("linux-modules-7.1.13",)))
        with pytest.raises(MachineError, match=r"no modules: the archive no longer has linux-modules-7\.1\.13"):
            len(bare)

    @pytest.mark.parametrize("name", ["a.o", ".ko", "a.ko.part", "modules.dep"])
    def test_no_module(self, name: str) -> None:
        with pytest.raises(SourceError, match="no kernel module"):
            name_of(Path(name))

    @pytest.mark.parametrize("text", [b"depends", b"=x\0depends=\0", b"license=GPL\0", b""])
    def test_modinfo_of_another_form(self, text: bytes) -> None:
        with pytest.raises(SourceError):
            parse_modinfo(elf({".modinfo": text}), "x.ko")

    @given(st.data())
    def test_modinfo_of_a_changed_file_is_refused_in_words_or_read(self, data: st.DataObject) -> None:
        content = bytearray(module("m", "a,b"))
        for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
            content[at] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(0, len(content)))
        for variant in (bytes(content), bytes(content[:cut])):
            try:
                parse_modinfo(variant, "m.ko")
            except SourceError as error:
                assert error.message


class TestPlaces:
    @pytest.mark.parametrize(
        ("member", "place"),
        [
            ("boot/vmlinuz-6.1", "vmlinuz"),
            ("boot/config-6.1", "config"),
            ("boot/System.map-6.1", None),
            ("boot/vmlinuz-6.12", None),
            ("boot/vmlinuz", None),
            ("usr/lib/modules/6.1/vmlinuz", "vmlinuz"),
            ("usr/lib/modules/6.1/config", "config"),
            ("lib/modules/6.1/modules.builtin", "modules.builtin"),
            ("usr/lib/modules/6.1/modules.builtin.modinfo", "modules.builtin.modinfo"),
            ("lib/modules/6.1/kernel/net/a.ko.xz", "modules/kernel/net/a.ko.xz"),
            ("usr/lib/modules/6.1/kernel/net/a.ko", "modules/kernel/net/a.ko"),
            ("usr/lib/modules/6.2/kernel/net/a.ko", None),
            ("usr/share/doc/linux/copyright", None),
            ("usr/src/linux-source-6.1.tar.xz", "source.tar.xz"),
            ("usr/src/linux-patch-6.1-rt.patch.xz", None),
        ],
    )
    def test_place(self, member: str, place: str | None) -> None:
        assert place_of(member, "6.1") == place

    def test_a_way_out(self) -> None:
        with pytest.raises(MachineError, match="leads out"):
            place_of("lib/modules/6.1/kernel/../../../../etc/passwd", "6.1")


class TestSchema:
    @pytest.mark.parametrize(
        ("entry", "words"),
        [
            ({"series": "6.1"}, "not a kernel release"),
            ({"suites": ()}, "names no suite"),
            ({"release": "6.1("}, "no regular expression"),
        ],
    )
    def test_a_bad_series(self, entry: dict[str, str], words: str) -> None:
        good = {"series": "v6.1", "suites": ("sid",), "release": "6.1"}
        Series(**good)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=words):
            Series(**(good | entry))  # type: ignore[arg-type]

    @pytest.mark.parametrize("names", [[], ["v6.1", "v5.10"], ["v6.1", "v6.1"], ["v6.12", "v6.2"]])
    def test_order(self, names: list[str]) -> None:
        with pytest.raises(ValueError, match=r"oldest first|no kernel"):
            KernelsFile(tuple(Series(name, ("sid",), "x") for name in names))


class TestSoftDependencies:
    @pytest.mark.parametrize(
        ("texts", "names"),
        [
            ((), []),
            (("pre: crc32c",), ["crc32c"]),
            (("pre: a-b c post: d", "post: e pre: f"), ["a_b", "c", "f"]),
        ],
    )
    def test_those_wanted_before(self, texts: tuple[str, ...], names: list[str]) -> None:
        assert parse_softdep(Modinfo("x", (), {"softdep": texts} if texts else {})) == names

    def test_a_name_an_alias_and_what_is_not_found(self, tmp_path: Path) -> None:
        made = {
            "user": ["softdep=pre: crc32c plain nowhere user"],
            "plain": [],
            "crc32c_cpu": ["alias=crc32c"],
            "crc32c_generic": ["alias=crypto-crc32c", "alias=crc32c"],
            "crc32c_other": [],
        }
        here = kernel(tmp_path)
        assert here.modules
        (here.modules / "kernel").mkdir(parents=True)
        for name, fields in made.items():
            section = b"\0".join(field.encode() for field in [f"name={name}", "depends=", *fields]) + b"\0"
            (here.modules / "kernel" / f"{name}.ko").write_bytes(elf({".modinfo": section}))
        assert Modules(here).load_order(["user"]) == ["crc32c_generic", "plain", "user"]
