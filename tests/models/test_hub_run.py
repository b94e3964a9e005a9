"""A run with a model by its id on a hub: never got by itself, got by `aigc models pull`, then used, offline too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.models.test_clip_rank import save_clip, scene
from tests.servers.hub_server import COMMIT, OLDER, HubServer, hub

pytestmark = pytest.mark.network
WORKFLOW = """
aigc: 1
name: chosen
inputs:
  red: {type: file, media: image}
  blue: {type: file, media: image}
steps:
  one: {uses: image.create, with: {photo: "${{ inputs.red }}"}}
  two: {uses: image.create, with: {photo: "${{ inputs.blue }}"}}
  best:
    uses: image.rank
    provider: clip
    with: {model: owner/name, revision: REVISION, prompt: blue, allow_faults: true, pictures: ["${{ steps.one }}", "${{ steps.two }}"]}
outputs:
  index: ${{ steps.best.index }}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubServer]:
    place = save_clip(tmp_path_factory.mktemp("clip"))
    with hub() as state:
        state.files = {each.name: each.read_bytes() for each in place.iterdir() if each.is_file()}
        yield state


def aigc(folder: Path, server: HubServer, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": "", "HOME": str(folder), "AIGC_CACHE_DIR": str(folder / "cache"), "AIGC_CONFIG": str(folder / "config"),
        "HF_ENDPOINT": server.url, "HF_HUB_CACHE": str(folder / "hub"), "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }  # fmt: skip
    command = [sys.executable, "-m", "aigc_cli", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, env=environment, check=False)


def run(folder: Path, server: HubServer, *words: str, revision: str = COMMIT) -> tuple[int, Any, str]:
    (folder / "chosen.yaml").write_text(WORKFLOW.replace("REVISION", revision))
    for colour in ("red", "blue"):
        scene(colour).save(folder / f"{colour}.png")
    done = aigc(folder, server, "run", "chosen.yaml", "--set", "red=red.png", "--set", "blue=blue.png", "--json", "--out", "out", *words)
    return done.returncode, json.loads(done.stdout), done.stderr


def test_a_run_names_the_command_that_gets_the_model_and_then_uses_it(tmp_path: Path, server: HubServer) -> None:
    code, found, told = run(tmp_path, server)
    assert code == 3
    assert "the model `owner/name` is not on this machine" in found["error"]["message"] + told
    assert f"aigc models pull owner/name --revision {COMMIT}" in found["error"]["hint"]
    assert server.asked == []  # nobody agreed to a download

    got = aigc(tmp_path, server, "models", "pull", "owner/name", "--revision", COMMIT, "--yes")
    assert got.returncode == 0, got.stderr
    asked = len(server.asked)
    code, found, told = run(tmp_path, server, "--offline")
    assert (code, found["outputs"]["index"]) == (0, 1), told
    assert {each["status"] for each in run(tmp_path, server)[1]["steps"]} == {"cached"}
    assert len(server.asked) == asked

    code, found, _ = run(tmp_path, server, revision=OLDER)
    assert code == 3
    assert OLDER in found["error"]["hint"]


def test_an_id_without_a_commit_is_refused_before_anything_runs(tmp_path: Path, server: HubServer) -> None:
    code, found, told = run(tmp_path, server, revision="main")
    assert code in (2, 3)
    assert "pinned" in found["error"]["message"] + told
    assert not (tmp_path / "hub").exists()
