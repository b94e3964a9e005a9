"""Puts a run's outputs where the user wants them: whole files or none, named by the workflow."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aigc_cli.artifacts import Artifact, Store, find_artifacts, storage_error, write_atomic
from aigc_cli.engine.imports import ending
from aigc_cli.errors import StorageError

_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\Z", re.IGNORECASE)


def check_folder(out: Path) -> bool:
    """Makes the output folder and proves that it can be written. Returns True when it was not there before.

    Raises StorageError when it cannot be made or written.
    """
    if not is_unicode(str(out)):
        raise StorageError(f"the name of the folder {out} is not valid Unicode", "choose another folder with `--out`")
    try:
        is_new = not out.exists()
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out, prefix=".") as file:
            file.write(b"x")
    except OSError as error:
        raise storage_error(error, out) from error
    return is_new


def is_unicode(text: str) -> bool:
    """False for a name whose bytes are not UTF-8: it can be used, but neither written down nor printed."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def remove_if_empty(out: Path) -> None:
    """Removes a folder that `check_folder` made and nothing was written to."""
    with contextlib.suppress(OSError):
        out.rmdir()


def file_name(workflow: str, hint: str) -> str:
    """`product-clip` and `9x16.mp4` give `product-clip-9x16.mp4`; a hint that is but an ending, `.srt`, joins without a dash."""
    return f"{safe_name(workflow)}{hint if hint.startswith('.') else '-' + hint}"


def safe_name(text: str) -> str:
    """The text as part of a file name on every system: no separators, control characters, leading dots or device names."""
    kept = "".join(char if unicodedata.category(char)[0] in "LNM" or char in "._-+ " else "-" for char in text)
    kept = re.sub(r"\s+", "-", kept).strip("-. ")
    kept = kept.encode()[:120].decode("utf-8", "ignore")
    return f"_{kept}" if not kept or _DEVICES.match(kept.partition(".")[0]) else kept


def _hint(artifact: Artifact, output: str) -> str:
    name = artifact.name
    if re.fullmatch(r"\.[A-Za-z0-9][A-Za-z0-9.]{0,30}", name):
        return name
    return safe_name(name) if name else f"{safe_name(output)}{ending(artifact.media_type)}"


_ROOM = ".aigc-"


def _sweep(out: Path) -> None:
    """Removes what runs that were killed while they published left in a folder. A living run's files are not touched."""
    with contextlib.suppress(OSError):
        for room in out.glob(f"{_ROOM}*-*"):
            owner = room.name.removeprefix(_ROOM).partition("-")[0]
            if owner.isdecimal() and room.is_dir() and not room.is_symlink() and not _is_alive(int(owner)):
                shutil.rmtree(room, ignore_errors=True)


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # there, signal 0 would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


class Publisher:
    """Copies artifacts of one run into one folder; two results never share a name. All files appear together, or none."""

    def __init__(self, workflow: str, store: Store, out: Path) -> None:
        self._workflow = workflow
        self._store = store
        self._out = out
        self._taken: dict[str, str] = {}
        self._staged: dict[Path, Artifact | bytes] = {}
        self.files: list[Path] = []

    def publish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Writes all outputs. Returns them with paths in place of artifacts.

        A list or an object that holds no artifact stays a value, and is written as JSON as well. Raises StorageError
        when the disk refuses; the folder is then as it was.
        """
        published = {}
        for name, value in outputs.items():
            before = len(self._staged)
            published[name] = self._value(name, value)
            if isinstance(value, dict | list | tuple) and value and not any(find_artifacts(value)) and len(self._staged) == before:
                content = json.dumps(published[name], ensure_ascii=False, indent=2, allow_nan=False).encode("utf-8", "replace")
                self._staged[self._out / self._name(f"{safe_name(name)}.json", name)] = content + b"\n"
        self._write_all()
        return published

    def _value(self, output: str, value: Any) -> Any:
        if isinstance(value, Artifact):
            path = self._out / self._name(_hint(value, output), value.digest)
            self._staged[path] = value
            return str(path)
        if isinstance(value, dict):
            return {key: self._value(output, item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(output, item) for item in value]
        return value

    def _write_all(self) -> None:
        """Writes all files to a hidden folder beside their places, then moves them there, which cannot run out of space."""
        _sweep(self._out)
        room = self._out / f"{_ROOM}{os.getpid()}-{secrets.token_hex(4)}"
        try:
            waiting = {path: room / path.name for path in self._staged}
            for path, content in self._staged.items():
                try:
                    if isinstance(content, bytes):
                        write_atomic(waiting[path], content)
                    else:
                        self._store.publish(content, waiting[path])
                except StorageError as error:  # people know the file by its own name
                    raise StorageError(error.message.replace(str(waiting[path]), str(path)), error.hint) from error
            for path, file in waiting.items():
                os.replace(file, path)
                self.files.append(path)
        except OSError as error:
            raise storage_error(error, self._out) from error
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def _name(self, hint: str, owner: str) -> str:
        name = file_name(self._workflow, hint)
        stem, dot, suffix = name.partition(".")
        number = 2
        # Compared without case: macOS and Windows keep one file for both spellings.
        while self._taken.setdefault(name.casefold(), owner) != owner:
            name = f"{stem}-{number}{dot}{suffix}"
            number += 1
        return name
