"""What a stranger's machine gets: locks, bootstrap, commands, workflows."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
IGNORED = re.compile(r"^(\.git|\.venv|\..*cache|site|\.hypothesis|build|node_modules)$|__pycache__|\.egg-info$")

# Joined here, so that this file does not name them either.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("snapshot", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
    )
]
MACHINE_PATH = re.compile(r"(?<![\w.{}$~-])/(?:root|work|Users|home/\w+)/\w")


def tracked() -> Iterator[tuple[str, str]]:
    """Path and text of each file that git tracks, or would if added."""
    git = ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(git, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
    else:  # an unpacked archive, or the container image
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
        names = [name for name in names if not any(IGNORED.search(part) for part in Path(name).parts)]
    assert names
    for name in names:
        try:
            yield name, (ROOT / name).read_text()
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture; or deleted and not yet committed


def parse_lock(path: Path) -> dict[str, list[str]]:
    """Each requirement of a lock (`name==version`), with its checksums."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if requirement := re.match(r"([\w.-]+==[\w.]+)", line):
            found[requirement[1]] = []
        elif checksum := re.match(r"    --hash=(sha256:[0-9a-f]{64})", line):
            found[list(found)[-1]].append(checksum[1])
        else:
            assert re.match(r"\s*#|$", line), f"{path}: {line!r} is neither requirement, checksum nor comment"
    return found


class TestLocks:
    def test_there_are_both(self) -> None:
        assert [path.name for path in LOCKS] == ["dev.txt", "site.txt"]

    @pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
    def test_each_requirement_has_checksums(self, path: Path) -> None:
        locked = parse_lock(path)
        assert len(locked) > 20
        assert [name for name, checksums in locked.items() if not checksums] == []

    @pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
    def test_no_host_and_no_path(self, path: Path) -> None:
        assert re.findall(r"https?://|file:|@ |index-url|find-links|(?<!\w)/\w+", path.read_text()) == []

    def test_dev_holds_all_of_site_in_the_same_versions(self) -> None:
        site, dev = (parse_lock(ROOT / "requirements" / name) for name in ("site.txt", "dev.txt"))
        assert site.items() <= dev.items()

    def test_they_lock_what_pyproject_names(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        extras = project["optional-dependencies"]
        for lock, wanted in (
            ("site.txt", project["dependencies"] + extras["site"]),
            ("dev.txt", project["dependencies"] + [each for extra in extras.values() for each in extra]),
        ):
            locked = {name.partition("==")[0] for name in parse_lock(ROOT / "requirements" / lock)}
            names = {normal(re.match(r"[\w.-]+", each)[0]) for each in wanted}  # type: ignore[index]
            assert names - locked == set(), f"requirements/{lock} is old: make lock"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_what_the_code_imports_is_declared() -> None:
    """A library that happens to be there because of another one would vanish with it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {normal(re.match(r"[\w.-]+", each)[0]) for each in project["dependencies"]}  # type: ignore[index]
    declared |= {"pydantic-core"}  # pydantic's own other half, of one version with it
    distributions = packages_distributions()
    missing = set()
    for path in (ROOT / "tools").rglob("*.py"):
        for name in imported(path) - set(sys.stdlib_module_names) - {"bpfref"}:
            if not declared & {normal(each) for each in distributions.get(name, [name])}:
                missing.add(f"{path.relative_to(ROOT)}: {name}")
    assert missing == set()


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports when it runs."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


class TestTree:
    def test_no_registry_is_named(self) -> None:
        named = [f"{name}: {host}" for name, text in tracked() for host in REGISTRIES if host in text]
        assert named == []

    def test_no_path_of_a_machine(self) -> None:
        found = [
            f"{name}:{number}: {line.strip()}"
            for name, text in tracked()
            for number, line in enumerate(text.splitlines(), 1)
            if MACHINE_PATH.search(line)
        ]
        assert found == []

    @pytest.mark.parametrize("text", ["see |root|x", '"|work|main"', "(|home|me|src)", "=|Users|me"])
    def test_the_pattern_of_paths_finds_them(self, text: str) -> None:
        assert MACHINE_PATH.search(text.replace("|", "/"))

    @pytest.mark.parametrize("text", ["drivers/root/x", "https://a.example/home/me/x", "$HOME/work/x", "./work/x"])
    def test_the_pattern_of_paths_finds_no_others(self, text: str) -> None:
        assert not MACHINE_PATH.search(text)


def load(path: Path) -> dict[str, object]:
    loaded = yaml.safe_load(path.read_text())
    assert isinstance(loaded, dict)
    return loaded


class TestWorkflows:
    def test_there_are_some(self) -> None:
        assert {path.name for path in WORKFLOWS} >= {"check.yml", "publish.yml"}

    @pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
    def test_actions_are_pinned_by_commit_with_the_release_beside(self, path: Path) -> None:
        uses = re.findall(r"uses: *(.*)", path.read_text())
        assert uses
        for each in uses:
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each), each

    def test_one_action_has_one_commit(self) -> None:
        pins = {each for path in WORKFLOWS for each in re.findall(r"uses: *(\S+)", path.read_text())}
        assert len(pins) == len({pin.partition("@")[0] for pin in pins})

    @pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
    def test_permissions_are_the_least(self, path: Path) -> None:
        workflow = load(path)
        assert workflow["permissions"] == {"contents": "read"}
        jobs = workflow["jobs"]
        assert isinstance(jobs, dict)
        for name, job in jobs.items():
            writes = {scope for scope, right in job.get("permissions", {}).items() if right == "write"}
            assert writes == ({"pages", "id-token"} if name == "deploy" else set())
            assert "timeout-minutes" in job
        assert "concurrency" in workflow

    def test_the_workflow_image_is_the_dockerfiles(self) -> None:
        images = {image for path in WORKFLOWS for image in re.findall(r"container: *(\S+)", path.read_text())}
        base = re.search(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
        assert base
        assert images == {base[1]}
        assert re.search(r"@sha256:[0-9a-f]{64}$", base[1])

    def test_check_runs_what_ci_runs(self) -> None:
        assert "run: .ci/run\n" in (ROOT / ".github/workflows/check.yml").read_text()


class TestCommands:
    @pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
    def test_help_lists_the_targets(self) -> None:
        done = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True)
        for target in ("site", "serve", "test", "check", "lint", "generate", "bench", "clean", "lock"):
            assert re.search(rf"^  make {target} +\S", done.stdout, re.MULTILINE), target

    def test_ci_runs_the_readmes_test_command(self) -> None:
        blocks = re.findall(r"^```\w*\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
        commands = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
        assert "make test" in commands
        assert re.search(r"^run make test\b", (ROOT / ".ci/run").read_text(), re.MULTILINE)

    def test_ci_fails_with_its_steps(self, tmp_path: Path) -> None:
        """Whatever step fails, the run does; and without one it passes."""
        shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
        steps = re.findall(r"^run make (\w+)", (ROOT / ".ci/run").read_text(), re.MULTILINE)
        assert set(steps) == {"test", "lint", "check", "site"}
        (fake := tmp_path / "bin/make").parent.mkdir()
        fake.write_text('#!/bin/sh\n[ "$1" != "$FAILING" ]\n')
        fake.chmod(0o755)
        for failing in ["", *steps]:
            environment = {"PATH": f"{fake.parent}:{os.environ['PATH']}", "HOME": "", "FAILING": failing}
            done = subprocess.run(["bash", ".ci/run"], cwd=tmp_path, env=environment, capture_output=True, check=False)
            assert (done.returncode == 0) is (failing == ""), failing


class TestBootstrap:
    """The step of system packages, on a machine made of links: nothing is installed."""

    TOOLS = ("bash", "sh", "dirname", "env", "id", "grep", "mkdir", "cat", "python3", "sed", "sort", "tail")

    def bootstrap(
        self, machine: Path, level: str, *, apt: bool, has: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        (tools := machine / "bin").mkdir()
        for name in (*self.TOOLS, *has):
            (tools / name).symlink_to(shutil.which(name) or "/bin/true")
        offers = "printf 'clang-%s - C compiler\\n' 9 101 22; echo 'clang-tools-200 - tools'"
        words = f'echo "${{0##*/}} $@" >> {machine}/asked'
        for name in ("apt-get", "sudo", "apt-cache") if apt else ():
            (tools / name).write_text(f"#!/bin/sh\n{offers if name == 'apt-cache' else words}\n")
            (tools / name).chmod(0o755)
        shutil.copytree(ROOT / "tools", machine / "tools", ignore=shutil.ignore_patterns("bpfref"))
        command = ["bash", "tools/bootstrap.sh", level, "packages"]
        environment = {"PATH": str(tools), "HOME": str(machine), "PYTHON": sys.executable}
        return subprocess.run(
            command, cwd=machine, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )

    @pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="needs Debian or Ubuntu")
    def test_it_asks_apt_for_what_is_missing(self, tmp_path: Path) -> None:
        done = self.bootstrap(tmp_path, "dev", apt=True, has=("git", "chromium"))
        assert done.returncode == 0, done.stderr
        asked = (tmp_path / "asked").read_text()
        assert "update" in asked
        installed = re.search(r"install -y --no-install-recommends (.*)", asked)
        assert installed
        assert {"gnupg", "gcc", "clang-101", "default-jre-headless"} <= set(installed[1].split())
        assert not {"git", "chromium", "python3-venv"} & set(installed[1].split())

    @pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="needs Debian or Ubuntu")
    @pytest.mark.parametrize(("there", "wanted"), [("clang-18", True), ("clang-19", False), ("clang-cpp-22", True)])
    def test_it_asks_for_a_clang_only_where_none_is_new_enough(self, there: str, wanted: bool, tmp_path: Path) -> None:
        self.bootstrap(tmp_path, "dev", apt=True, has=("git", "chromium", there))
        assert ("clang-101" in (tmp_path / "asked").read_text()) is wanted

    def test_it_asks_for_nothing_where_all_is_there(self, tmp_path: Path) -> None:
        (tmp_path / "machine").mkdir()
        done = self.bootstrap(tmp_path / "machine", "site", apt=True, has=("git",))
        if not Path("/etc/ssl/certs/ca-certificates.crt").exists():
            pytest.skip("this machine itself lacks ca-certificates")
        assert (done.returncode, done.stderr) == (0, "")
        assert not (tmp_path / "machine/asked").exists()

    def test_without_apt_it_names_the_packages_and_the_container(self, tmp_path: Path) -> None:
        done = self.bootstrap(tmp_path, "dev", apt=False, has=("git", "chromium"))
        assert done.returncode == 2
        assert re.search(r"gnupg gcc.*docker build", done.stderr, re.DOTALL)

    @pytest.mark.parametrize("arguments", [[], ["all"], ["site", "everything"]])
    def test_wrong_words_are_refused(self, arguments: list[str]) -> None:
        command = ["bash", str(ROOT / "tools/bootstrap.sh"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "site|dev" in done.stderr or "unknown step" in done.stderr
