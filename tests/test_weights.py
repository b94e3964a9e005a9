"""Model folders are looked at without loading them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aigc_cli import weights
from aigc_cli.engine.models import find, look
from aigc_cli.errors import MissingModel, Refused


def tensors(data: bytes = b"\0" * 16) -> bytes:
    head = json.dumps({"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    return len(head).to_bytes(8, "little") + head + data


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "hub" / "models--owner--name" / "snapshots" / ("a" * 40)
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "llama"}')
    (folder / "model.safetensors").write_bytes(tensors())
    (folder / "README.md").write_text("---\nlanguage: en\nlicense: apache-2.0\n---\n# Name\n")
    return folder


def test_a_whole_model_is_found_and_described(model: Path, tmp_path: Path) -> None:
    (found,) = find([tmp_path])
    assert (found.name, found.kind, found.licence, found.revision, found.problems) == ("owner/name", "llama", "apache-2.0", "a" * 40, ())
    assert len(look(model).digest) == 64
    weights.must_load(model)


@pytest.mark.parametrize(
    ("name", "content", "problem", "error"),
    [
        ("model.safetensors", tensors()[:-4], "cut off", MissingModel),
        ("model.safetensors", b"\xff" * 40, "damaged", MissingModel),
        ("model.safetensors", b"", "damaged", MissingModel),
        ("config.json", b"[", "config.json", MissingModel),
        ("config.json", b'{"auto_map": {"AutoModel": "x.Y"}}', "code of its own", Refused),
        ("model.safetensors.index.json", b'{"weight_map": {"w": "model-2.safetensors"}}', "not complete", MissingModel),
    ],
)
def test_what_is_wrong_is_named(model: Path, name: str, content: bytes, problem: str, error: type[Exception]) -> None:
    (model / name).write_bytes(content)
    assert problem in " ".join(look(model).problems)
    with pytest.raises(error):
        weights.must_load(model)


def test_pickles_are_refused(model: Path) -> None:
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    with pytest.raises(Refused, match="pickles"):
        weights.must_load(model)


def test_the_digest_follows_the_content_not_the_place(model: Path, tmp_path: Path) -> None:
    other = tmp_path / "copy"
    other.mkdir()
    for each in model.iterdir():
        (other / each.name).write_bytes(each.read_bytes())
    assert weights.digest(model) == weights.digest(other)
    (other / "model.safetensors").write_bytes(tensors(b"\1" * 16))
    assert weights.digest(model) != weights.digest(other)


@pytest.mark.parametrize(
    ("name", "revision", "is_right"),
    [
        ("owner/name", "a" * 40, True),
        ("owner/name", "main", False),
        ("../../etc", "", True),
        ("a/b/c", "a" * 40, False),
        ("/models/x", "", True),
    ],
)
def test_names_are_folders_or_pinned_ids(name: str, revision: str, is_right: bool) -> None:
    assert (weights.check_name(name, revision) is None) is is_right
