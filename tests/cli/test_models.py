"""`aigc models`, and what the other commands say about money."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aigc_cli.cli.app import call
from tests.test_weights import model

__all__ = ["model"]


def test_models_are_listed_shown_and_checked(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["models", "list", str(tmp_path), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["models"]
    assert (found["name"], found["licence"], found["problems"]) == ("owner/name", "apache-2.0", [])
    assert call(["models", "show", str(model)]) == 0
    assert "licence: apache-2.0" in capsys.readouterr().out
    assert call(["models", "check", str(model)]) == 0
    assert "whole" in capsys.readouterr().out
    (model / "model.safetensors").write_bytes(b"half")
    assert call(["models", "check", str(model)]) == 3
    said = capsys.readouterr()
    assert "cut off" in said.out
    assert "hint:" in said.err


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["models", "show", str(tmp_path / "none")]) == 3
    assert "no model folder" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["-1", "much", "nan"])
def test_a_wrong_limit_is_a_mistake_of_usage(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["run", "product-clip", "--max-cost", value, "--set", "product=x", "--set", "points=y"]) == 2
    assert "error:" in capsys.readouterr().err
