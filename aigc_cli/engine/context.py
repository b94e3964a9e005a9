"""What a running step may use, as a worker gives it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from pydantic import JsonValue

from aigc_cli import config, credentials, prices
from aigc_cli.artifacts import Artifact, from_json, to_json
from aigc_cli.assets import Templates
from aigc_cli.contracts import Usage
from aigc_cli.engine import keys, locks
from aigc_cli.engine.cache import Action, Cache, Note
from aigc_cli.errors import BudgetError

T = TypeVar("T")
_PROGRESS_EVERY_S = 0.1


class _Send(Protocol):
    def __call__(self, kind: Any, **what: Any) -> None: ...


class WorkerContext:
    """The `Context` of one attempt. `objects` outlives it: heavy objects stay loaded as long as the worker."""

    def __init__(
        self,
        *,
        cache: Cache,
        scratch: Path,
        seed: int,
        is_offline: bool,
        templates: Templates,
        objects: dict[str, Any],
        can_read: bool,
        can_write: bool,
        allowance: float | None = None,
        send: _Send,
    ) -> None:
        self.scratch = scratch
        self.seed = seed
        self.is_offline = is_offline
        self.templates = templates
        self.notes: list[Note] = []
        self._cache = cache
        self._objects = objects
        self._can_read = can_read
        self._can_write = can_write
        self._send = send
        self._allowance = allowance
        self._spent = 0.0
        self._next_progress = 0.0
        self._held: set[str] = set()

    def open(self, artifact: Artifact) -> Path:
        """The path of an artifact's bytes, for reading only."""
        return self._cache.store.open(artifact)

    def save(self, content: bytes | Path, media_type: str, name: str = "") -> Artifact:
        """Keeps bytes, or the file at a path, and returns the artifact."""
        if isinstance(content, Path):
            return self._cache.store.put_file(content, media_type, name)
        return self._cache.store.put_bytes(bytes(content), media_type, name)

    def progress(self, fraction: float, text: str = "") -> None:
        """Reports how far the step is, at most ten times a second."""
        now = time.monotonic()
        if now >= self._next_progress or fraction >= 1:
            self._next_progress = now + _PROGRESS_EVERY_S
            self._send("progress", fraction=min(max(float(fraction), 0.0), 1.0), text=text)

    def note(self, text: str, *, is_downgrade: bool = False) -> None:
        """Keeps a note with the result; the coordinator tells it when the step is done."""
        note = Note(text, is_downgrade)
        if note not in self.notes:
            self.notes.append(note)

    def load(self, name: str, make: Callable[[], T]) -> T:
        """A heavy object, made once per worker."""
        if name not in self._objects:
            self._objects[name] = make()
        return cast(T, self._objects[name])

    def release(self, keep: str = "") -> int:
        """Drops what `load` has made, but for one."""
        gone = [name for name in self._objects if name != keep]
        for name in gone:
            del self._objects[name]
        return len(gone)

    @contextlib.contextmanager
    def alone(self, thing: str) -> Iterator[None]:
        """Holds a device or another single thing, by a lock file of the cache; whoever holds it already holds it again."""
        if thing in self._held:
            yield
            return
        path = self._cache.root / "locks" / "things" / f"{thing}.lock"
        lock = locks.acquire(path, wait_s=0)
        while lock is None:
            self.progress(0.0, f"waiting for {thing}, which another step uses")
            lock = locks.acquire(path, wait_s=0.5)
        self._held.add(thing)
        try:
            yield
        finally:
            self._held.discard(thing)
            lock.close()

    def key(self, name: str) -> str:
        """A secret by name. Raises MissingKey with the variable's name and the cure."""
        return credentials.key(name)

    def is_trusted(self, host: str) -> bool:
        """True when the user's own settings allow this host although it is on the local network."""
        return host.lower() in config.trusted_servers()

    def command(self, name: str) -> tuple[str, ...]:
        """A program and its arguments, as the user's own settings list them."""
        return config.command(name)

    def allow(self, usage: Usage) -> None:
        """Asks whether a call may use at most this. Raises BudgetError when that passes what is allowed."""
        if self._allowance is None:
            return
        found = prices.load()
        cost = found.cost(usage)
        if cost is None:
            raise BudgetError(
                f"what a call will cost is not known: no price list names `{usage.model}` at `{usage.server}`",
                "add its price to your `prices.yaml` (docs/models.md), or run without a limit",
            )
        if self._spent + cost > self._allowance + 1e-9:
            raise BudgetError(
                f"one more call to `{usage.model}` may cost {prices.amount_text(cost, found.currency)}, more than is left",
                "raise `--max-cost`, or the step's `max_cost`",
            )

    def spent(self, usage: Usage) -> None:
        """Says what a call has really used."""
        cost = prices.load().cost(usage)
        self._spent += cost or 0.0
        self._send("spent", usage={"server": usage.server, "model": usage.model, "units": dict(usage.units)}, amount=cost)

    def memo(self, kind: str, version: int, material: JsonValue, make: Callable[[], Any]) -> Any:
        """A part of the result, from the cache when its material is the same, else made and kept."""
        key = keys.memo_key(kind, version, material)
        action = self._cache.get(key) if self._can_read else None
        if action is None:
            outer, self.notes = self.notes, []
            started = time.monotonic()
            try:
                outputs = to_json(make())
                notes = tuple(self.notes)
            finally:
                outer.extend(note for note in self.notes if note not in outer)
                self.notes = outer
            action = Action(key, kind, "", outputs, time.monotonic() - started, time.time(), notes=notes)
            if self._can_write:
                self._cache.put(action)
            # A part just made and one that was cached must look alike: both have been through JSON.
            return from_json(json.loads(json.dumps(outputs, allow_nan=False)))
        for note in action.notes:
            self.note(note.text, is_downgrade=note.is_downgrade)
        return from_json(action.outputs)
