"""The built wheel works in an empty environment, from another folder, without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(*args: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(arg) for arg in args], capture_output=True, text=True, timeout=900, **options)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.mark.wheel
def test_it_carries_what_the_code_reads(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "templates/scenes/product.yaml",
        "templates/copy/",
        "workflows/product-clip.yaml",
        "data/fonts/",
        "data/voices/",
        "data/drawings/",
        "data/sight/",
    ):
        assert any(name.startswith(f"aigc_cli/{part}") for name in names), part
    assert {name.split("/")[0] for name in names} == {"aigc_cli", wheel.name.replace("-py3-none-any.whl", ".dist-info")}


@pytest.mark.wheel
@pytest.mark.slow
@pytest.mark.network
def test_it_runs_a_workflow_from_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    environment, elsewhere = tmp_path / "env", tmp_path / "else where 别处"
    elsewhere.mkdir()
    assert run(sys.executable, "-m", "venv", environment).returncode == 0
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    installed = run(scripts / "python", "-m", "pip", "install", "--disable-pip-version-check", "-q", wheel)
    assert installed.returncode == 0, installed.stderr[-2000:]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AIGC"))}
    done = run(
        scripts / "aigc", "run", "product-clip", "--set", "product=Aero Kettle", "--set", "points=Boils in two minutes",
        "--profile", "draft", "--json", "--out", "clips",
        cwd=elsewhere, env={**clean, "AIGC_CACHE_DIR": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout)
    assert result["status"] == "ok"
    assert Path(result["outputs"]["video"][0]).stat().st_size > 50_000
