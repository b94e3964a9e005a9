"""Weights that a user brings: where they lie, and what they are, so that other weights give another cache key."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from aigc_cli.artifacts import digest_file
from aigc_cli.errors import MissingModel, WorkflowError


def place(written: str) -> Path:
    """The file or folder of a model. Raises WorkflowError for a relative path, MissingModel when nothing is there."""
    path = Path(written).expanduser()
    if not path.is_absolute():
        raise WorkflowError(f"the model's path `{written}` is not absolute", "begin it with `/` or `~/`, best in the user's settings")
    if not path.exists():
        raise MissingModel(f"there is no model at {path}", "check the path, or fetch the model")
    return path


def fingerprint(path: Path) -> str:
    """sha256 of a file's bytes; of a folder, of the names and bytes of its files. Raises MissingModel when it is not there.

    Counted once per process as long as size and time of change stay the same.
    """
    import hashlib

    try:
        if path.is_file():
            stamp = path.stat()
            return _digest(path, stamp.st_size, stamp.st_mtime_ns)
        whole = hashlib.sha256()
        for each in sorted(path.rglob("*")):
            if each.is_file():
                stamp = each.stat()
                whole.update(f"{each.relative_to(path).as_posix()}\0{_digest(each, stamp.st_size, stamp.st_mtime_ns)}\0".encode())
        return whole.hexdigest()
    except OSError as error:
        raise MissingModel(f"the model {path.name} cannot be read: {error.strerror}", "check the path and its permissions") from error


@cache
def _digest(path: Path, _size: int, _changed: int) -> str:
    return digest_file(path)
