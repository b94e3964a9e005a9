"""Runs a job: ready steps and items side by side, results kept as they come, outputs published at the end."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from aigc_cli import events
from aigc_cli.artifacts import from_json, storage_error
from aigc_cli.engine import locks
from aigc_cli.engine.cache import STALE_S, Cache
from aigc_cli.engine.executor import Executor
from aigc_cli.engine.job import Job
from aigc_cli.engine.journal import Journal, StepRecord
from aigc_cli.engine.local import LocalExecutor
from aigc_cli.engine.publish import Publisher, check_folder, remove_if_empty
from aigc_cli.engine.schedule import Scheduler, Tally
from aigc_cli.errors import AigcError, StorageError

Emit = Callable[[events.Event], None]
ExitStatus = Literal["ok", "degraded", "failed", "interrupted"]


@dataclass(frozen=True)
class StepResult:
    """How a step of a run ended. `provider` is None when it did not come so far."""

    id: str
    kind: str
    status: Literal["ran", "cached", "skipped", "failed"]
    provider: str | None
    seconds: float
    reason: str


@dataclass
class RunResult:
    """How a run ended. `outputs` holds paths in place of artifacts; `files` are all that was written, in order."""

    run: str
    workflow: str
    status: ExitStatus
    seconds: float = 0.0
    outputs: dict[str, Any] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    steps: list[StepResult] = field(default_factory=list)
    notes: list[tuple[str, str, bool]] = field(default_factory=list)
    error: AigcError | None = None

    @property
    def exit_code(self) -> int:
        """The process's exit code for this end."""
        if self.status == "interrupted":
            return 130
        return self.error.exit_code if self.error is not None else 0


def default_jobs() -> int:
    """How many workers there are when nobody says: the cores this process may use."""
    with contextlib.suppress(AttributeError):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def open_cache(root: Path) -> Cache:
    """The cache below a folder, which is made. Raises StorageError, with the cure, when it cannot be used."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        if not os.access(root, os.W_OK | os.X_OK):
            raise PermissionError(13, "permission denied", str(root))
    except OSError as error:
        cause = storage_error(error, root)
        raise StorageError(f"the cache cannot be used: {cause.message}", "name a folder of your own with AIGC_CACHE_DIR") from error
    return Cache(root)


def run(job: Job, out: Path, emit: Emit, *, executor: Callable[[], Executor] | None = None) -> RunResult:
    """Runs a job to its end. Errors come back in the result; only a bug raises.

    Args:
        job: what to run.
        out: the folder for the outputs; made when it is not there.
        emit: takes every event as it happens.
        executor: makes the executor when the first piece must run; the local one by default.
    """
    started = time.monotonic()
    result = RunResult(_new_id(), job.workflow.name, "failed")
    emit = _redacted(emit, job.secrets)
    is_new_folder = False
    journal: Journal | None = None
    try:
        is_new_folder = check_folder(out)
        journal = Journal(job.cache.root)
        journal.begin(result.run, job.workflow.name, job.file, str(out.absolute()))
        with _scratch(job.cache, result.run) as scratch:
            make = executor or (lambda: LocalExecutor(job.cache.root, job.options.jobs or default_jobs()))
            scheduler = Scheduler(job, journal, run=result.run, scratch=scratch, emit=emit, make_executor=make)
            _run(job, scheduler, journal, result)
            _publish(job, out, scheduler, result)
    except AigcError as error:
        result.status, result.error = "failed", _without_secrets(error, job.secrets)
    except KeyboardInterrupt:
        result.status = "interrupted"
        result.error = AigcError("interrupted", "run it again: it goes on where it stopped")
    finally:
        result.seconds = time.monotonic() - started
        if is_new_folder and not result.files:
            remove_if_empty(out)
        if journal is not None:
            _close(journal, result)
    emit(events.RunDone(result.run, result.status, result.seconds))
    return result


def _run(job: Job, scheduler: Scheduler, journal: Journal, result: RunResult) -> None:
    try:
        scheduler.run()
    finally:
        scheduler.close()
        result.steps = [_step_result(job, name, tally) for name, tally in scheduler.tallies.items() if tally.status is not None]
        result.notes = scheduler.notes
        for step in result.steps:
            journal.step(result.run, StepRecord(step.id, step.kind, step.provider, step.status, step.seconds, step.reason))
    if scheduler.failure is not None:
        raise scheduler.failure


def _publish(job: Job, out: Path, scheduler: Scheduler, result: RunResult) -> None:
    publisher = Publisher(job.workflow.name, job.cache.store, out)
    try:
        result.outputs = publisher.publish(from_json(job.outputs(scheduler.values)))
    finally:
        result.files = publisher.files
    result.status = "degraded" if any(is_downgrade for _, _, is_downgrade in result.notes) else "ok"


def _step_result(job: Job, name: str, tally: Tally) -> StepResult:
    assert tally.status is not None
    return StepResult(name, job.workflow.steps[name].uses, tally.status, tally.provider, round(tally.seconds, 3), tally.reason)


def _new_id() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"


def _close(journal: Journal, result: RunResult) -> None:
    error = None if result.error is None else (result.error.message, result.error.hint, result.exit_code)
    with contextlib.suppress(StorageError, sqlite3.Error):  # the result is told all the same
        journal.end(result.run, result.status, result.seconds, result.outputs, error)
    journal.close()


@contextlib.contextmanager
def _scratch(cache: Cache, run_id: str) -> Any:
    """A folder for this run's temporaries, locked while the run lives. What dead runs left behind is removed first."""
    room = cache.root / "tmp"
    use = locks.acquire(cache.root / "use.lock", is_shared=True, wait_s=60)
    if use is None:
        raise StorageError("the cache is being cleaned up", "run again when `aigc cache gc` is done")
    _sweep(cache, room)
    folder = room / run_id
    alive: IO[bytes] | None = locks.acquire(room / f"{run_id}.alive")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for lock, path in ((alive, room / f"{run_id}.alive"), (use, None)):
            if path is not None:
                with contextlib.suppress(OSError):
                    path.unlink()
            if lock is not None:
                lock.close()


def _sweep(cache: Cache, room: Path) -> None:
    stamp = room / ".swept"
    with contextlib.suppress(OSError):
        room.mkdir(parents=True, exist_ok=True)
        if stamp.exists() and time.time() - stamp.stat().st_mtime < STALE_S:
            return
        stamp.touch()
        for alive in room.glob("*.alive"):
            lock = locks.acquire(alive, wait_s=0)
            if lock is not None:
                shutil.rmtree(alive.with_suffix(""), ignore_errors=True)
                alive.unlink(missing_ok=True)
                lock.close()
        cache.sweep_temporaries()


def _redacted(emit: Emit, secret_texts: Iterable[str]) -> Emit:
    hidden = tuple(secret_texts)
    if not hidden:
        return emit

    def cleaned(event: events.Event) -> None:
        import dataclasses

        texts: dict[str, Any] = {name: hide(value, hidden) for name, value in vars(event).items() if isinstance(value, str)}
        emit(dataclasses.replace(event, **texts))

    return cleaned


def hide(text: str, secret_texts: Iterable[str]) -> str:
    """The text with every secret in it replaced by `***`."""
    for secret in secret_texts:
        text = text.replace(secret, "***")
    return text


def _without_secrets(error: AigcError, secret_texts: Iterable[str]) -> AigcError:
    error.message, error.hint = hide(error.message, secret_texts), hide(error.hint, secret_texts)
    return error


def json_object(result: RunResult) -> Mapping[str, Any]:
    """The one object that `--json` prints."""
    error = result.error
    return {
        "status": "failed" if result.status == "interrupted" else result.status,
        "run": result.run,
        "workflow": result.workflow,
        "seconds": round(result.seconds, 3),
        "outputs": result.outputs,
        "cost": {"amount": 0.0, "currency": "USD"},
        "steps": [
            {"id": step.id, "status": step.status, "provider": step.provider, "seconds": step.seconds, "reason": step.reason}
            for step in result.steps
        ],
        "error": None if error is None else {"message": error.message, "hint": error.hint, "code": result.exit_code},
    }
