"""Torch takes seconds to import, so nothing does that before a model is really wanted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.models import tiny_pictures

WORKFLOW = """
aigc: 1
name: drawn
steps:
  one:
    uses: image.create
    provider: diffusers
    with: {{model: {model}, steps: 1, width: 64, height: 64, prompt: a cup}}
outputs:
  picture: ${{{{ steps.one.image }}}}
"""
LOADS = """
import sys
from aigc_cli import registry
import aigc_cli.cli.app
for kind in registry.steps(): registry.step(kind)
for capability in registry.capabilities():
    for name in registry.providers(capability): registry.provider(capability, name)
print(sorted({"torch", "transformers", "diffusers", "accelerate", "TTS"} & set(sys.modules)))
"""


def test_every_class_is_there_without_torch() -> None:
    done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.network
def test_a_cached_run_never_loads_torch(tmp_path: Path) -> None:
    """In the second and third run another `torch` stands first, which leaves a mark when it is imported."""
    model = tiny_pictures.save(tiny_pictures.pipeline(tmp_path / "a"), tmp_path / "a" / "model")
    (tmp_path / "drawn.yaml").write_text(WORKFLOW.format(model=model))
    mark = tmp_path / "imported"
    trap = tmp_path / "trap" / "torch"
    trap.mkdir(parents=True)
    (trap / "__init__.py").write_text(f"open({str(mark)!r}, 'w').close()\nraise ImportError('a trap')\n")

    def run(*words: str, is_trapped: bool) -> Any:
        environment = {
            "AIGC_CACHE_DIR": str(tmp_path / "cache"),
            "AIGC_CONFIG": str(tmp_path / "config"),
            "PATH": "",
            "HOME": str(tmp_path),
        }
        if is_trapped:
            environment["PYTHONPATH"] = os.fspath(trap.parent)
        command = [sys.executable, "-m", "aigc_cli", *words, "--json"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, env=environment, check=False)
        return json.loads(done.stdout)

    assert run("run", "drawn.yaml", "--out", "out", is_trapped=False)["status"] in ("ok", "degraded")
    again = run("run", "drawn.yaml", "--out", "again", is_trapped=True)
    assert [each["status"] for each in again["steps"]] == ["cached"]
    assert run("plan", "drawn.yaml", is_trapped=True)["steps"]
    assert not mark.exists()
    assert run("run", "drawn.yaml", "--force", "one", "--out", "new", is_trapped=True)["status"] == "failed"
    assert mark.exists()  # the trap works
