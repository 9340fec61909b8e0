"""The law of imports: they point down. The layers are in pyproject.toml, import-linter reads them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bpfref.layout import Layout


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_imports_point_down(layout: Layout) -> None:
    result = _lint(layout.root)
    assert result.returncode == 0, result.stdout


def test_an_import_that_points_up_is_found(tmp_path: Path, layout: Layout) -> None:
    """The check can fail: the same contract refuses a formats module that imports the generator."""
    package = tmp_path / "bpfref"
    for name in ("generate", "formats"):
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "formats" / "bad.py").write_text("import bpfref.generate\n")
    text = (layout.root / "pyproject.toml").read_text()
    kept = (
        "scrape | probe | verify | generate | checks | markdown",
        "formats | lab | store | markers | layout | output",
    )
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_package = "bpfref"\n[[tool.importlinter.contracts]]\n'
        'name = "law"\ntype = "layers"\ncontainers = ["bpfref"]\nlayers = ["generate", "formats"]\n'
    )
    assert all(line in text for line in kept)
    code = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    command = [sys.executable, "-I", "-c", code, "--no-cache"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "bpfref.formats.bad -> bpfref.generate" in result.stdout
