"""Models on this machine, for people: found below folders and in the hub's cache, read without loading them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aigc_cli import weights

_DEEPEST = 4
_MOST = 1000


@dataclass(frozen=True)
class Model:
    """A model's folder. `revision` is the commit it was got at, when the hub's cache says so; `digest` is made on request."""

    name: str
    path: Path
    kind: str
    size: int
    files: int
    licence: str
    revision: str
    problems: tuple[str, ...]
    digest: str = ""


def hub_cache() -> Path:
    """Where the hub's own library keeps what it has got."""
    named = os.environ.get("HF_HUB_CACHE")
    home = os.environ.get("HF_HOME")
    return Path(named) if named else Path(home) / "hub" if home else Path.home() / ".cache" / "huggingface" / "hub"


def find(folders: Sequence[Path]) -> list[Model]:
    """The models at or below these folders, by default those in the hub's cache, by name."""
    found = []
    for folder in folders or (hub_cache(),):
        found += [_read(path, with_digest=False) for path in _below(folder, 0)]
    return sorted(found, key=lambda each: (each.name, each.revision))[:_MOST]


def look(path: Path) -> Model:
    """A model with its digest. Raises MissingModel when there is no such folder."""
    return _read(path, with_digest=True)


def _below(folder: Path, depth: int) -> list[Path]:
    if not folder.is_dir():
        return []
    if (folder / "config.json").is_file() or (folder / "model_index.json").is_file():
        return [folder]
    if depth >= _DEEPEST:
        return []
    try:
        inner = sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".") and each.name != "blobs")
    except OSError:
        return []
    return [path for each in inner for path in _below(each, depth + 1)]


def _read(path: Path, *, with_digest: bool) -> Model:
    found = weights.inspect(path)
    name, revision = path.name, ""
    if path.parent.name == "snapshots":  # models--owner--name/snapshots/COMMIT
        name, revision = path.parent.parent.name.removeprefix("models--").replace("--", "/"), path.name
    digest = weights.digest(path) if with_digest else ""
    return Model(name, path, found.kind, found.size, found.files, found.licence, revision, found.problems, digest)
