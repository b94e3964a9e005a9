from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aigc_cli import events
from aigc_cli.engine.job import Job, Options
from aigc_cli.engine.result import RunResult
from aigc_cli.engine.run import open_cache, run
from aigc_cli.workflow.inputs import resolve
from aigc_cli.workflow.load import load
from tests.engine import bench


@pytest.fixture(autouse=True)
def _bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.register()
    monkeypatch.setenv("AIGC_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("AIGC_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("AIGC_PROVIDER", raising=False)


class Place:
    """A folder with a workflow, a cache and an output folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.out = root / "out"
        self.events: list[events.Event] = []
        self.workflow = root / "w.yaml"

    def write(self, steps: str, *, head: str = "", outputs: str = "{}") -> None:
        self.workflow.write_text(f"aigc: 1\nname: w\n{head}\nsteps:\n{steps}\noutputs: {outputs}\n")

    def job(self, *given: str, **options: Any) -> Job:
        workflow = load(self.workflow).checked()
        pairs = [(name, value) for name, _, value in (text.partition("=") for text in given)]
        return Job(workflow, resolve(workflow, pairs, here=self.root), Options(**options), open_cache(self.root / "cache"))

    def run(self, *given: str, **options: Any) -> RunResult:
        self.events.clear()
        return run(self.job(*given, **options), self.out, self.events.append)

    def count(self, name: str) -> int:
        folder = self.root / name
        return len(list(folder.iterdir())) if folder.is_dir() else 0


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def status(result: RunResult) -> dict[str, str]:
    return {step.id: step.status for step in result.steps}


Run = Callable[..., RunResult]
