"""`aigc run` with models that must not, or cannot, be loaded: one line each, with what to do about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aigc_cli.cli.app import call
from tests.models import tiny

WORKFLOW = """\
aigc: 1
name: w
steps:
  script: {{uses: text.write, provider: transformers, with: {{facts: {{product: Pikolo, points: [Ready]}}, {model}}}}}
outputs: {{script: "${{{{ steps.script }}}}"}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("AIGC_CACHE_DIR", "AIGC_CONFIG", "HF_HUB_CACHE", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    return tiny.save(tiny.llama(3), tiny.tokenizer(), tmp_path / "model")


def pickled(model: Path) -> str:
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    return f"model: {model}"


def coded(model: Path) -> str:
    config = json.loads((model / "config.json").read_text())
    config["auto_map"] = {"AutoModelForCausalLM": "modeling.Evil"}
    (model / "config.json").write_text(json.dumps(config))
    (model / "modeling.py").write_text(f"open({str(model / 'was-run')!r}, 'w')")
    return f"model: {model}"


def cut(model: Path) -> str:
    weights = (model / "model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    return f"model: {model}"


@pytest.mark.network
@pytest.mark.parametrize(
    ("given", "code", "message", "cure"),
    [
        (lambda model: f"model: {model}-gone", 3, "no model folder", "`revision`"),
        (lambda model: f"model: owner/none, revision: {'a' * 40}", 3, "owner/none", "aigc models pull"),
        (lambda model: "model: owner/none, revision: main", 2, "pinned: give `revision`, the 40 characters of a commit", ""),
        (pickled, 4, "pickle", "safetensors"),
        (coded, 4, "code of its own", "trusted_models"),
        (cut, 3, "cut off", "aigc models"),
    ],
    ids=["unknown folder", "unknown id", "a branch as revision", "pickle", "code", "half a download"],
)
def test_a_model_that_cannot_be_used_is_told_with_its_cure(
    folder: Path, given: Callable[[Path], str], code: int, message: str, cure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder.parent / "w.yaml").write_text(WORKFLOW.format(model=given(folder)))
    found = call(["run", "w.yaml", "--offline", "--json"])
    said = capsys.readouterr()
    error = json.loads(said.out)["error"]
    assert (found, error["code"]) == (code, code), error
    assert message in error["message"], error
    assert cure in error["hint"], error
    assert "\n" not in error["message"]
    assert not (folder / "was-run").exists()
