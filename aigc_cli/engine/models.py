"""Models on this machine, for people: found below folders and in the hub's cache, read without loading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aigc_cli import weights
from aigc_cli.models import shelf

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


def find(folders: Sequence[Path]) -> list[Model]:
    """The models at or below these folders, by default those in the hub's cache, by name."""
    found = []
    for folder in folders or (shelf.cache(),):
        found += [_read(path, with_digest=False) for path in _below(folder, 0)]
    return sorted(found, key=lambda each: (each.name, each.revision))[:_MOST]


def look(path: Path) -> Model:
    """A model with its digest. Raises MissingModel when there is no such folder."""
    return _read(path, with_digest=True)


def place(model: str) -> Path:
    """The folder that is meant: a path, or an id of what was got, the newest of its commits. Raises MissingModel."""
    path = Path(model).expanduser().absolute()
    if path.is_dir() or weights.is_folder(model) or not weights.is_id(model) or not shelf.room(model).is_dir():
        return path
    return max((shelf.snapshot(model, each) for each in shelf.must_be_here(model)), key=lambda each: each.stat().st_mtime)


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
    name, revision, licence, problems = path.name, "", found.licence, found.problems
    if path.parent.name == "snapshots":  # models--owner--name/snapshots/COMMIT
        name, revision = path.parent.parent.name.removeprefix("models--").replace("--", "/"), path.name
        licence = shelf.licence(name, revision) or licence
        if with_digest:
            problems += tuple(f"`{file}` is not what was got" for file in shelf.changed(name, revision))
    digest = weights.digest(path) if with_digest else ""
    return Model(name, path, found.kind, found.size, found.files, licence, revision, problems, digest)
