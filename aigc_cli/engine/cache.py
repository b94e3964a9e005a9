"""The action store: what a step gave, filed under its key. Outputs are JSON; their bytes lie in the blob store.

A record counts only when every blob that it names is there. A damaged record is a miss and is removed. The time of a
record's file is the time of its last use.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_cli.artifacts import Artifact, Store, find_artifacts, from_json, write_atomic
from aigc_cli.engine.keys import SCHEMA

_KEY = re.compile(r"[0-9a-f]{64}\Z")
STALE_S = 3600.0
"""Temporaries, and blobs that no record names, are left alone for an hour: a run may be about to use them."""


@dataclass(frozen=True)
class Note:
    """Something a step told the user; told again whenever its result comes from the cache."""

    text: str
    is_downgrade: bool = False


@dataclass(frozen=True)
class Action:
    """One record: the outputs of a step, or of a part of one, and how they came about. `used` is seconds since 1970."""

    key: str
    kind: str
    provider: str
    outputs: Any
    seconds: float = 0.0
    created: float = 0.0
    used: float = 0.0
    notes: tuple[Note, ...] = ()

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """Every artifact of the outputs, each once."""
        return tuple({each.digest: each for each in find_artifacts(from_json(self.outputs))}.values())


@dataclass(frozen=True)
class Sweep:
    """What a clean-up removed, or would remove."""

    actions: int
    blobs: int
    freed_bytes: int
    left_bytes: int


class Cache:
    """Actions and blobs below one folder; safe for several processes at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = Store(root)

    def path(self, key: str) -> Path:
        """Where the record of a key stands, whether it is there or not."""
        return self.root / "actions" / key[:2] / f"{key[2:]}.json"

    def get(self, key: str) -> Action | None:
        """The record of a key when it is whole and all its blobs are there, else None."""
        action = self._read(self.path(key))
        if action is None or not all(self.store.has(each) for each in action.artifacts):
            return None
        with contextlib.suppress(OSError):  # a read-only cache still gives its hits
            os.utime(self.path(key))
        return action

    def put(self, action: Action) -> None:
        """Files a record. Its blobs must be in the store already. Raises StorageError when the disk refuses."""
        content = {
            "schema": SCHEMA,
            "key": action.key,
            "kind": action.kind,
            "provider": action.provider,
            "seconds": round(action.seconds, 3),
            "created": action.created,
            "outputs": action.outputs,
            "notes": [[note.text, note.is_downgrade] for note in action.notes],
        }
        write_atomic(self.path(action.key), json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass"))

    def _read(self, path: Path) -> Action | None:
        try:
            content = path.read_bytes()
            used = path.stat().st_mtime
        except OSError:
            return None
        try:
            data = json.loads(content.decode("utf-8", "surrogatepass"))
            key = path.parent.name + path.stem
            if data["key"] != key or not _KEY.match(key):
                raise ValueError("filed under another key")
            if data["schema"] != SCHEMA:
                return None
            notes = tuple(Note(str(text), bool(is_downgrade)) for text, is_downgrade in data["notes"])
            action = Action(
                key, str(data["kind"]), str(data["provider"]), data["outputs"], float(data["seconds"]), data["created"], used, notes
            )
            from_json(action.outputs)
        except (ValueError, TypeError, KeyError, RecursionError):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        return action

    def actions(self) -> Iterator[Action]:
        """All records that can be read, in no special order; damaged ones are removed on the way."""
        for path in _files(self.root / "actions"):
            if path.suffix == ".json" and not path.name.startswith("."):
                action = self._read(path)
                if action is not None:
                    yield action

    def blobs(self) -> Iterator[tuple[str, Path, os.stat_result]]:
        """All blobs: digest, path and facts."""
        for path in _files(self.root / "blobs"):
            if not path.name.startswith("."):
                with contextlib.suppress(OSError):
                    yield path.parent.name + path.name, path, path.stat()

    def verify(self, *, is_repairing: bool = True) -> tuple[int, list[str]]:
        """Reads every blob again. Returns how many were read, and the digests of those that are damaged.

        Damaged blobs are removed when `is_repairing`: what needs them is made again by the next run.
        """
        from aigc_cli.artifacts import digest_file

        count, damaged = 0, []
        for digest, path, _ in self.blobs():
            count += 1
            try:
                is_intact = digest_file(path) == digest
            except OSError:
                is_intact = False
            if not is_intact:
                damaged.append(digest)
                if is_repairing:
                    _remove(path)
        for _ in self.actions():  # reading removes damaged records
            pass
        return count, damaged

    def gc(self, max_bytes: int, *, keep: Collection[str] = (), is_dry: bool = False, now: float | None = None) -> Sweep:
        """Removes the records used longest ago until the blobs fit `max_bytes`, then all blobs that no record names.

        Args:
            max_bytes: size that the blobs may have afterwards.
            keep: keys of records that stay whatever their age: those of recent runs.
            is_dry: count only.
            now: seconds since 1970; blobs younger than an hour stay, they may belong to a run in progress.
        """
        now = time.time() if now is None else now
        blobs = {digest: (path, facts) for digest, path, facts in self.blobs()}
        actions = sorted(self.actions(), key=lambda each: each.used, reverse=True)
        kept: set[str] = set()
        size = 0
        dropped: list[Action] = []
        for action in sorted(actions, key=lambda each: each.key not in keep):
            digests = {each.digest for each in action.artifacts}
            if not digests <= blobs.keys():
                dropped.append(action)
                continue
            more = sum(blobs[digest][1].st_size for digest in digests - kept)
            if action.key not in keep and size + more > max_bytes:
                dropped.append(action)
                continue
            size += more
            kept |= digests
        loose = [digest for digest, (_, facts) in blobs.items() if digest not in kept and now - facts.st_mtime > STALE_S]
        if max_bytes == 0 and not keep:
            loose = [digest for digest in blobs if digest not in kept]
        freed = sum(blobs[digest][1].st_size for digest in loose)
        if not is_dry:
            for action in dropped:  # records first: a kill in between leaves loose blobs, never a hit without its blobs
                _remove(self.path(action.key))
            for digest in loose:
                _remove(blobs[digest][0])
        return Sweep(len(dropped), len(loose), freed, sum(facts.st_size for _, facts in blobs.values()) - freed)

    def sweep_temporaries(self, now: float | None = None) -> int:
        """Removes temporaries that a kill left behind, older than an hour. Returns how many."""
        now = time.time() if now is None else now
        count = 0
        for room in ("actions", "blobs"):
            for path in _files(self.root / room):
                with contextlib.suppress(OSError):
                    if path.name.startswith(".") and path.suffix == ".tmp" and now - path.stat().st_mtime > STALE_S:
                        path.unlink()
                        count += 1
        return count


def _files(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        for shelf in sorted(folder.iterdir()):
            if shelf.is_dir():
                with contextlib.suppress(OSError):
                    yield from [path for path in shelf.iterdir() if path.is_file()]


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if os.name == "nt":  # Windows removes no read-only file
            path.chmod(0o644)
        path.unlink()
