"""Models that came from a hub, as they lie on this machine: in the cache of the hub's own library, a record of ours beside them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from aigc_cli import weights
from aigc_cli.errors import MissingModel


@dataclass(frozen=True)
class File:
    """A file of a model: its bytes, and the SHA-256 that the hub lists; for small files git's own SHA-1 of it instead."""

    name: str
    size: int
    sha256: str = ""
    git_sha1: str = ""


def cache() -> Path:
    """Where the hub's own library keeps what it has got."""
    named = os.environ.get("HF_HUB_CACHE")
    home = os.environ.get("HF_HOME")
    return Path(named) if named else Path(home) / "hub" if home else Path.home() / ".cache" / "huggingface" / "hub"


def room(model: str) -> Path:
    """The folder of a model in the cache, all its revisions; it may not exist. Raises MissingModel for what is no id."""
    if not weights.is_id(model):
        raise MissingModel(f"`{model[:80]}` is no id of a model", "give an id like `owner/name`; `aigc models list` tells which are here")
    return cache() / f"models--{model.replace('/', '--')}"


def snapshot(model: str, revision: str) -> Path:
    """The folder of a model at a commit. Raises MissingModel, with the command that gets it, when it is not here."""
    folder = room(model) / "snapshots" / revision
    if not folder.is_dir():
        raise MissingModel(f"the model `{model}` is not on this machine", f"`aigc models pull {model} --revision {revision}` gets it")
    return folder


def folder_of(model: str, revision: str) -> Path:
    """The folder that the options of a provider mean: their own, or that of an id which was got before.

    A run never gets a model by itself: nobody would have seen its size and its licence. Raises MissingModel, with the command.
    """
    return weights.folder_of(model) if weights.is_folder(model) else snapshot(model, revision)


def record(model: str, revision: str, licence: str, files: Sequence[File]) -> None:
    """Writes down what came, so that it can be checked later, and under which licence."""
    path = _record_path(model, revision)
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"model": model, "revision": revision, "licence": licence, "files": [asdict(each) for each in files]}
    rough = path.with_suffix(".part")
    rough.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    rough.replace(path)


def licence(model: str, revision: str) -> str:
    """The licence that the hub named when the model was got; empty without a record."""
    if not weights.is_id(model):
        return ""
    try:
        return str(json.loads(_record_path(model, revision).read_text("utf-8"))["licence"])
    except (OSError, ValueError, KeyError):
        return ""


def changed(model: str, revision: str) -> list[str]:
    """The files of a model that are no longer what was got, by checksum; those without a record are not looked at."""
    path = _record_path(model, revision)
    if not path.is_file():
        return []
    folder = room(model) / "snapshots" / revision
    files = [File(**each) for each in json.loads(path.read_text("utf-8"))["files"]]
    return [file.name for file in files if not (folder / file.name).is_file() or not is_same(file, folder / file.name)]


def must_be_here(model: str, revision: str = "") -> list[str]:
    """The commits of a model on this machine. Raises MissingModel when it is not here, or not at this commit."""
    snapshots = room(model) / "snapshots"
    here = sorted(each.name for each in snapshots.iterdir()) if snapshots.is_dir() else []
    if not here or (revision and revision not in here):
        cure = f"`{model}` is here at {', '.join(here)}" if here else "`aigc models list` tells which are here"
        raise MissingModel(f"the model `{model}`{f' at {revision}' if revision else ''} is not on this machine", cure)
    return here


def remove(model: str, revision: str = "") -> int:
    """Removes a model at a commit, or all of it. The bytes that became free. Raises what `must_be_here` raises."""
    here = must_be_here(model, revision)
    top = room(model)
    before = _bytes(top)
    if not revision or here == [revision]:
        shutil.rmtree(top)
        shutil.rmtree(cache() / ".locks" / top.name, ignore_errors=True)
        return before
    shutil.rmtree(top / "snapshots" / revision)
    _record_path(model, revision).unlink(missing_ok=True)
    used = {each.resolve() for each in (top / "snapshots").rglob("*") if each.is_symlink()}
    for blob in (top / "blobs").iterdir():
        if blob.resolve() not in used:
            blob.unlink()
    return before - _bytes(top)


def is_same(file: File, path: Path) -> bool:
    """True when a file on this machine is the one that the hub listed, by size and checksum."""
    if file.size and path.stat().st_size != file.size:
        return False
    if not file.sha256 and not file.git_sha1:
        return True
    digest = hashlib.sha256() if file.sha256 else hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as content:
        while piece := content.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest() == (file.sha256 or file.git_sha1)


def _record_path(model: str, revision: str) -> Path:
    return room(model) / "aigc" / f"{revision}.json"


def _bytes(folder: Path) -> int:
    return sum(each.lstat().st_size for each in folder.rglob("*") if each.is_file() and not each.is_symlink())
