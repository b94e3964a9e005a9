"""Runs a job: ready steps and items side by side, results kept as they come, outputs published at the end."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

from aigc_cli import events
from aigc_cli.artifacts import from_json, storage_error
from aigc_cli.engine import locks
from aigc_cli.engine.cache import STALE_S, Cache
from aigc_cli.engine.executor import Executor
from aigc_cli.engine.job import Job
from aigc_cli.engine.journal import Journal, StepRecord
from aigc_cli.engine.local import LocalExecutor
from aigc_cli.engine.publish import Publisher, check_folder, remove_if_empty
from aigc_cli.engine.result import RunResult, StepResult
from aigc_cli.engine.schedule import Scheduler, Tally
from aigc_cli.errors import AigcError, StorageError

Emit = Callable[[events.Event], None]


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
    run_id = _new_id()
    result = RunResult(run_id, job.workflow.name)
    emit = _redacted(emit, job.secrets)
    is_new_folder = False
    journal: Journal | None = None
    try:
        is_new_folder = check_folder(out)
        journal = Journal(job.cache.root)
        journal.begin(run_id, job.workflow.name, job.file, str(out.absolute()))
        with _scratch(job.cache, run_id) as scratch:
            make = executor or (lambda: LocalExecutor(job.cache.root, job.options.jobs or default_jobs()))
            scheduler = Scheduler(job, journal, run=run_id, scratch=scratch, emit=emit, make_executor=make)
            _run(job, scheduler, journal, run_id, result)
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
            _close(journal, run_id, result)
    emit(events.RunDone(run_id, result.status, result.seconds))
    return result


def _run(job: Job, scheduler: Scheduler, journal: Journal, run_id: str, result: RunResult) -> None:
    try:
        scheduler.run()
    finally:
        scheduler.close()
        ended = {name: tally for name, tally in scheduler.tallies.items() if tally.status is not None}
        result.steps = [_step_result(job, name, tally) for name, tally in ended.items()]
        result.notes = [(step, hide(text, job.secrets), is_downgrade) for step, text, is_downgrade in scheduler.notes]
        result.cost, result.currency = scheduler.purse.spent, scheduler.purse.currency
        for step in result.steps:
            journal.step(run_id, StepRecord(step.id, step.kind, step.provider, step.status, step.seconds, step.reason))
        journal.note(run_id, result.notes)
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
    return StepResult(
        name, job.workflow.steps[name].uses, tally.status, tally.provider, round(tally.seconds, 3), hide(tally.reason, job.secrets)
    )


def _new_id() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"


def _close(journal: Journal, run_id: str, result: RunResult) -> None:
    error = None if result.error is None else (result.error.message, result.error.hint, result.exit_code)
    with contextlib.suppress(StorageError, sqlite3.Error):  # the result is told all the same
        journal.end(run_id, result.status, result.seconds, result.outputs, error)
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
