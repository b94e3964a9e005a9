"""Artifacts: bytes known by their content, and the store that keeps them.

A value that flows between steps is JSON in which any leaf may be an `Artifact`. On disk and between processes an
artifact is written as `{"$artifact": {"digest": ..., "media_type": ..., "size": ..., "name": ...}}`.

The store keeps each blob once, as `blobs/ab/cdef...`, read-only, written to a temporary file in the same folder,
synced, then renamed: a kill at any moment leaves either the whole blob or none.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from aigc_cli.errors import StorageError

_CHUNK = 1 << 20


class _Blob(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="sha256 of the bytes, in hex.")
    media_type: str = Field(description="For example `video/mp4`.")
    size: int = Field(ge=0, description="Length in bytes.")
    name: str = Field("", description="A hint for the file's name, such as `9x16.mp4`; never part of a cache key.")


class Artifact(_Blob):
    """Bytes known by content. Equal bytes have an equal digest, whatever they are called."""

    def key(self) -> dict[str, str]:
        """The part that counts in a cache key: what the bytes are, never what they are called."""
        return {"$artifact": self.digest, "media_type": self.media_type}


def _unwrap(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(
            "must be a file, not text; write its path here as it is, or declare an input of type `file` and write `${{ inputs.NAME }}` here"
        )
    return value["$artifact"] if isinstance(value, dict) and set(value) == {"$artifact"} else value


def _wrap(value: Artifact) -> dict[str, Any]:
    return {"$artifact": value.model_dump(mode="json")}


ArtifactField = Annotated[Artifact, BeforeValidator(_unwrap), PlainSerializer(_wrap)]
"""The annotation for a pydantic field that holds an artifact: reads and writes the `$artifact` form."""


def to_json(value: Any) -> Any:
    """Writes a value with artifacts as plain JSON."""
    if isinstance(value, Artifact):
        return _wrap(value)
    if isinstance(value, BaseModel):
        return to_json(value.model_dump(mode="json"))
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value


def from_json(value: Any) -> Any:
    """Reads plain JSON back into a value with artifacts."""
    if isinstance(value, dict):
        if set(value) == {"$artifact"} and isinstance(value["$artifact"], dict):
            return Artifact.model_validate(value["$artifact"])
        return {key: from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_json(item) for item in value]
    return value


def find_artifacts(value: Any) -> Iterator[Artifact]:
    """Every artifact in a value, in order, repeats included."""
    if isinstance(value, Artifact):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from find_artifacts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from find_artifacts(item)


def storage_error(error: OSError, path: Path) -> StorageError:
    """The error of the family for what the file system said about `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageError(
            f"no space left to write {path}", "free some space, or choose another folder; `aigc cache gc` makes room in the cache"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(f"not allowed to write {path}", "choose another folder with `--out`, or change its permissions")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return StorageError(f"{path} cannot be a folder: a file stands in its way", "choose another folder with `--out`")
    return StorageError(f"cannot write {path}: {error.strerror or error}", "choose another folder with `--out`")


def write_atomic(path: Path, write: Callable[[Path], None] | bytes, *, mode: int = 0o644) -> None:
    """Writes a file so that `path` never holds half of it: temporary file beside it, fsync, rename, fsync of the folder.

    Raises StorageError when the disk is full or the folder cannot be written; the temporary file is removed.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        os.close(handle)
        temporary = Path(name)
        if isinstance(write, bytes):
            temporary.write_bytes(write)
        else:
            write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(mode)
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise storage_error(error, path) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder to sync it
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_file(path: Path) -> str:
    """sha256 of a file's bytes, in hex; reads in chunks, so that memory does not grow with the file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Store:
    """The content-addressed store of blobs below one folder; safe for several processes at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        """Where the blob with this digest stands, whether it is there or not."""
        return self.root / "blobs" / digest[:2] / digest[2:]

    def has(self, artifact: Artifact) -> bool:
        """True when the blob is there with its right length."""
        try:
            return self.path(artifact.digest).stat().st_size == artifact.size
        except OSError:
            return False

    def put_bytes(self, data: bytes, media_type: str, name: str = "") -> Artifact:
        """Keeps these bytes and returns their artifact."""
        artifact = Artifact(digest=hashlib.sha256(data).hexdigest(), media_type=media_type, size=len(data), name=name)
        if not self.has(artifact):
            write_atomic(self.path(artifact.digest), data, mode=0o444)
        return artifact

    def put_file(self, path: Path, media_type: str, name: str = "") -> Artifact:
        """Keeps a copy of this file and returns its artifact. The file is read twice: to know it and to copy it."""
        artifact = Artifact(digest=digest_file(path), media_type=media_type, size=path.stat().st_size, name=name)
        if not self.has(artifact):
            write_atomic(self.path(artifact.digest), lambda target: _copy(path, target), mode=0o444)
        return artifact

    def open(self, artifact: Artifact) -> Path:
        """The path of a blob, for reading only. Raises StorageError when it is gone."""
        path = self.path(artifact.digest)
        if not self.has(artifact):
            raise StorageError(
                f"a cached file is missing: {artifact.digest[:12]}", "run again; `aigc cache verify` finds what else is damaged"
            )
        return path

    def is_intact(self, artifact: Artifact) -> bool:
        """True when the bytes on disk still have the digest they are filed under."""
        return self.has(artifact) and digest_file(self.path(artifact.digest)) == artifact.digest

    def publish(self, artifact: Artifact, target: Path) -> Path:
        """Copies a blob to where the user wants it, atomically. Never a link: users edit what they get."""
        source = self.open(artifact)
        write_atomic(target, lambda temporary: _copy(source, temporary))
        return target


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as reader, target.open("wb") as writer:
        shutil.copyfileobj(reader, writer, _CHUNK)
