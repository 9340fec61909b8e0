"""The data as a product: every file keeps to its schema, says what the catalogue says, and is the same each time."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from bpfref.catalogue import Catalogue
from bpfref.generate.api import files
from bpfref.generate.api.files import FOLDER
from bpfref.generate.facts import Facts, read_page
from bpfref.layout import Layout
from bpfref.model.product import All, Feature, Kernel
from bpfref.pages import find_pages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def product(layout: Layout, facts: Catalogue) -> dict[str, str]:
    """Every file of the product by its path below the site."""
    docs = layout.docs
    pages = {path.relative_to(docs).as_posix(): read_page(path.read_text()) for path in find_pages(docs)}
    return dict(files.files(Facts(facts, pages)))


def load(product: dict[str, str], path: str) -> Any:
    return json.loads(product[f"{FOLDER}/{path}"])


def feature(product: dict[str, str], kind: str, name: str) -> Any:
    return load(product, f"feature/{kind}/{name}.json")


def test_every_entry_and_every_kernel_has_a_file_and_the_index_names_it(
    product: dict[str, str], facts: Catalogue
) -> None:
    index = load(product, "index.json")
    named = {f"{FOLDER}/{each['file']}" for each in (*index["features"], *index["kernels"])}
    assert named | {f"{FOLDER}/all.json", f"{FOLDER}/index.json"} == set(product)
    assert {each["name"] for each in index["features"]} == {entry.name for entry in facts.all_entries}
    assert sum(index["kinds"].values()) == len(facts.all_entries) > 1900
    assert [each["series"] for each in index["kernels"]] == list(facts.lab.series)
    assert index["digest"] == hashlib.sha256(product[f"{FOLDER}/all.json"].encode()).hexdigest()


def test_no_two_files_have_one_name_where_case_does_not_count(product: dict[str, str]) -> None:
    assert len({path.lower() for path in product}) == len(product)


def test_every_file_keeps_to_the_schema_that_it_names(product: dict[str, str], layout: Layout) -> None:
    schemas = {name: json.loads((layout.docs / f"{files.SCHEMAS}/{name}.json").read_text()) for name in files.SHAPES}
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for path, text in product.items():
        value = json.loads(text)
        named = os.path.normpath(Path(path).parent / value["$schema"])
        assert (layout.docs / named).is_file(), path
        if path.endswith(("/all.json", "v6.18.json")) and "kernel" not in path:
            continue  # it holds nothing but the others, which are looked at one by one
        found = list(Draft202012Validator(schemas[Path(named).stem]).iter_errors(value))
        assert found == [], path


@pytest.mark.parametrize(
    ("key", "value"), [("since", "v5.17"), ("value", "181"), ("kind", None), ("programs", []), ("name", None)]
)
def test_a_schema_finds_what_does_not_keep_to_it(product: dict[str, str], key: str, value: object) -> None:
    schema = TypeAdapter(Feature).json_schema()
    wrong = feature(product, "helper", "bpf_loop") | {key: value}
    assert list(Draft202012Validator(schema).iter_errors(wrong))


def test_all_holds_the_other_files(product: dict[str, str]) -> None:
    everything = TypeAdapter(All).validate_json(product[f"{FOLDER}/all.json"])
    one = TypeAdapter(Feature).validate_json(product[f"{FOLDER}/feature/kfunc/bpf_list_add.json"])
    assert one in everything.features
    kernel = TypeAdapter(Kernel).validate_json(product[f"{FOLDER}/kernel/v6.12.json"])
    assert kernel in everything.kernels
    assert len(gzip.compress(product[f"{FOLDER}/all.json"].encode())) < 500_000


def test_a_helper_says_what_its_page_says(product: dict[str, str]) -> None:
    loop = feature(product, "helper", "bpf_loop")
    assert (loop["value"], loop["since"]["release"], loop["returns"]) == (181, "v5.17", "long")
    assert loop["seen"]["v5.10"] == {"state": "absent"}
    assert loop["seen"]["v6.1"] == {"state": "present"}
    assert "v6.1" in loop["programs"]["BPF_PROG_TYPE_XDP"]["all"]
    assert "v5.10" not in json.dumps(loop["programs"])
    assert "claimed" not in loop["since"]


def test_a_command_says_since_when_it_has_each_attribute(product: dict[str, str]) -> None:
    made = {each.get("name"): each for each in feature(product, "syscall-command", "BPF_MAP_CREATE")["members"]}
    assert made["map_flags"]["since"]["release"] == "v4.6"
    assert made["map_token_fd"]["since"]["release"] == "v6.9"
    assert made["key_size"]["bounds"] == {"by": "v3.18"}
    assert "since" not in made["key_size"]
    loaded = {each.get("name"): each for each in feature(product, "syscall-command", "BPF_PROG_LOAD")["members"]}
    assert loaded["kern_version"]["bounds"] == {"by": "v4.1", "after": "v3.18"}


def test_every_attribute_has_a_release_or_bounds_and_no_field_of_a_struct_has(product: dict[str, str]) -> None:
    def leaves(members: list[Any]) -> list[Any]:
        return [leaf for one in members for leaf in (leaves(one["members"]) if "members" in one else [one])]

    dated = {True: 0, False: 0}
    for each in load(product, "all.json")["features"]:
        command = each["kind"] == "syscall-command"
        for leaf in leaves(each.get("members", [])):
            if leaf.get("name"):
                assert ("since" in leaf or "bounds" in leaf) is command, (each["name"], leaf)
                dated[command] += 1
    assert min(dated.values()) > 200


def test_a_name_of_libbpf_has_a_version_of_libbpf_and_no_release(product: dict[str, str]) -> None:
    own = feature(product, "libbpf-function", "bpf_map_lookup_elem")
    assert own["since"] is None
    assert own["libbpf"] == {"release": "v0.0.1"}
    assert (own["header"], own["commands"]) == ("bpf/bpf.h", ["BPF_MAP_LOOKUP_ELEM"])
    assert own["prototype"] == "int bpf_map_lookup_elem(int fd, const void *key, void *value)"
    assert own["page"] == "ebpf-library/libbpf/userspace/bpf_map_lookup_elem/"
    assert feature(product, "helper", "bpf_map_lookup_elem")["since"]["release"] == "v3.19"
    rows = {(each["kind"], each["name"]): each for each in load(product, "index.json")["features"]}
    assert rows["libbpf-function", "ring_buffer__new"]["libbpf"] == "v0.0.9"
    macros = [rows["libbpf-macro", name]["file"] for name in ("BPF_CORE_READ", "bpf_core_read")]
    assert sorted(path.removesuffix(".json").endswith("~") for path in macros) == [False, True]


def test_what_some_ways_may_call_names_the_ways(product: dict[str, str]) -> None:
    copy = feature(product, "helper", "bpf_copy_from_user")
    some = copy["programs"]["BPF_PROG_TYPE_LSM"]["some"]["v6.12"]
    assert some
    assert all("sleepable" in way for way in some)
    kernel = load(product, "kernel/v6.12.json")["program_types"]["BPF_PROG_TYPE_LSM"]
    assert kernel["helpers"]["some"]["bpf_copy_from_user"] == some
    assert set(some) < set(kernel["ways"])


def test_kernels_and_features_say_the_same(product: dict[str, str], facts: Catalogue) -> None:
    features = {each["name"]: each for each in reversed(load(product, "all.json")["features"])}  # helpers before libbpf
    for series in facts.lab.series:
        kernel = load(product, f"kernel/{series}.json")
        for program, found in kernel["program_types"].items():
            for kind in ("helpers", "kfuncs"):
                for name in found[kind].get("all", []):
                    assert series in features[name]["programs"][program]["all"]
                for name, ways in found[kind].get("some", {}).items():
                    assert features[name]["programs"][program]["some"][series] == ways
        for by in kernel["has"].values():
            for name, seen in by.items():
                assert features[name]["seen"][series] == seen


@pytest.mark.parametrize(
    ("kind", "name", "series", "state"),
    [
        ("program-type", "BPF_PROG_TYPE_LIRC_MODE2", "v7.3", "left out of the configuration"),
        ("map-type", "BPF_MAP_TYPE_RHASH", "v6.12", "absent"),
        ("map-type", "BPF_MAP_TYPE_HASH", "v5.10", "present"),
        ("kfunc", "bpf_list_add", "v7.2", "present"),
        ("kfunc", "bpf_list_add", "v6.12", "absent"),
        ("lsm-hook", "bpf_lsm_file_open", "v6.12", "present"),
    ],
)
def test_what_a_kernel_said_is_told(product: dict[str, str], kind: str, name: str, series: str, state: str) -> None:
    assert feature(product, kind, name)["seen"][series]["state"] == state


def test_a_first_release_that_is_not_known_is_null_and_a_claim_is_marked(
    product: dict[str, str], facts: Catalogue
) -> None:
    entries = {(str(entry.kind), entry.name): entry for entry in facts.all_entries}
    for each in load(product, "all.json")["features"]:
        since = entries[each["kind"], each["name"]].since
        assert (each["since"] is None) == (since is None)
        assert since is None or each["since"].get("claimed", False) == since.is_claim


def test_the_same_facts_give_the_same_bytes(product: dict[str, str], layout: Layout, facts: Catalogue) -> None:
    pages = {path.relative_to(layout.docs).as_posix(): read_page(path.read_text()) for path in find_pages(layout.docs)}
    assert dict(files.files(Facts(facts, pages))) == product


def test_nothing_of_a_machine_is_told(product: dict[str, str]) -> None:
    assert str(ROOT) not in "".join(product.values())


def test_the_wheel_is_built_without_a_network_and_can_be_imported_alone(tmp_path: Path) -> None:
    package = tmp_path / "bpfref-data"
    source = ROOT / "packaging" / "bpfref-data"
    for path in source.rglob("*"):
        if path.is_file() and not {"v1", "build"} & set(path.relative_to(source).parts):
            (package / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (package / path.relative_to(source)).write_bytes(path.read_bytes())
    data = package / "bpfref_data" / "v1"
    subprocess.run([sys.executable, "-m", "bpfref", "-C", ROOT, "finish", "--package", data], check=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    no_network = {**os.environ, "PIP_NO_INDEX": "1"}
    build = [
        *pip,
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        str(tmp_path),
        str(package),
    ]
    subprocess.run(build, check=True, env=no_network)
    (wheel,) = tmp_path.glob("bpfref_data-*.whl")
    venv.create(tmp_path / "fresh", with_pip=False)
    fresh = tmp_path / "fresh" / "bin" / "python"
    subprocess.run([*pip, "--python", str(fresh), "install", "--no-index", str(wheel)], check=True, env=no_network)
    code = (
        "import bpfref_data as d; assert d.feature('bpf_loop')['value'] == 181; assert d.contract() == '1.1';"
        "assert 'v6.12' in d.kernels() and d.kernel('v6.12')['map_types']; assert d.schema('feature')['title'];"
        "assert len(d.features('helper')) > 200\ntry: d.feature('bpf_lop')\nexcept KeyError: print('fine')"
    )
    done = subprocess.run([fresh, "-I", "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "fine"
