from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aigc_cli.cli.app import call


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out.count("\n") == 1, "exactly one object on one line"
        return json.loads(self.out)


Aigc = Callable[..., Answer]


@pytest.fixture
def aigc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Aigc:
    """Calls the command line in an empty folder, with an empty cache and the fake providers."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("AIGC_CACHE_DIR", tmp_path / "cache"), ("AIGC_CONFIG", tmp_path / "config"), ("AIGC_PROVIDER", "fake")):
        monkeypatch.setenv(name, str(value))

    def run(*args: str) -> Answer:
        capsys.readouterr()
        code = call(list(args))
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run
