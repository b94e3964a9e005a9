"""Brings the user's files into the store: from there on they are artifacts, known by content."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from aigc_cli.artifacts import Artifact, Store
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.inputs import FileInput

MAX_BYTES = 4 << 30

# Own table: `mimetypes` reads files of the system, and a key must not depend on them.
_BY_ENDING = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/jsonl",
    ".geojson": "application/geo+json",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
}
_BY_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
_ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "application/json": ".json",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "video/mp4": ".mp4",
    "application/x-subrip": ".srt",
    "text/vtt": ".vtt",
}


def media_type(path: Path) -> str:
    """The media type of a file: by its first bytes where they are sure, else by its ending."""
    with path.open("rb") as file:
        head = file.read(16)
    for magic, name in _BY_MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "application/octet-stream")
    return _BY_ENDING.get(path.suffix.lower(), "application/octet-stream")


def ending(name: str) -> str:
    """The usual ending of a file of this media type, with its dot; empty when it is not known."""
    return _ENDINGS.get(name, "")


def import_file(given: FileInput, store: Store) -> Artifact:
    """Keeps the file's bytes in the store. Raises WorkflowError when it is not a readable file."""
    path = given.path
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise WorkflowError(f"{path} is not a file", "name a file, not a folder or a device")
        if facts.st_size > MAX_BYTES:
            raise WorkflowError(f"{path} is larger than 4 GiB", "use a smaller file")
        if not os.access(path, os.R_OK):
            raise WorkflowError(f"not allowed to read {path}", "change its permissions")
        return store.put_file(path, media_type(path), path.name.encode("utf-8", "replace").decode())
    except FileNotFoundError:
        raise WorkflowError(f"there is no file {path}", "check the path; it is relative to the folder you are in") from None
    except OSError as error:
        raise WorkflowError(f"cannot read {path}: {error.strerror or error}", "check the path and its permissions") from error


class Importer:
    """Turns the files in a value into artifacts; each file is read once, so that it is the same for a whole run."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[Path, Artifact] = {}

    def __call__(self, value: Any) -> Any:
        """A value in which every file has become an artifact. Raises WorkflowError for one that cannot be read."""
        if isinstance(value, FileInput):
            if value.path not in self._known:
                self._known[value.path] = import_file(value, self._store)
            return self._known[value.path]
        if isinstance(value, dict):
            return {name: self(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self(item) for item in value]
        return value
