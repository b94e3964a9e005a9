"""A worker process: reads tasks as lines of JSON, runs them one after the other, writes reports as lines of JSON.

It lives for a whole run, so that weights are loaded once. It ends when its input ends, which is also what happens when
the coordinator dies. Whatever libraries print goes to stderr and cannot disturb the reports.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import shutil
import signal
import threading
import time
import traceback
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from aigc_cli.artifacts import from_json, storage_error, to_json
from aigc_cli.assets import Templates
from aigc_cli.contracts import Step
from aigc_cli.engine import keys, locks
from aigc_cli.engine.cache import Action, Cache, Note
from aigc_cli.engine.context import WorkerContext
from aigc_cli.engine.executor import Report, Task, pack_error
from aigc_cli.errors import AigcError, MissingExtra, MissingTool, ProviderError


def target_class(target: str) -> Any:
    """The class that a `module:Class` target names."""
    module, _, name = target.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


class Worker:
    """Runs tasks against one cache; `send` takes its reports."""

    def __init__(self, root: Path, send: Any) -> None:
        self._cache = Cache(root)
        self._send = send
        self._objects: dict[str, Any] = {}

    def run(self, task: Task) -> None:
        """Runs one task to its end; every outcome becomes a report."""
        with contextlib.ExitStack() as stack:
            try:
                if task.can_write:  # another run may be busy with the same work: wait for it, then take its result
                    stack.enter_context(locks.held(self._cache.root / "locks" / task.key[:2] / f"{task.key[2:]}.lock"))
                self._send(Report(task.id, "started"))
                action = self._cache.get(task.key) if task.can_read else None
                if action is None:
                    self._send(self._work(task))
                else:
                    notes = tuple((note.text, note.is_downgrade) for note in action.notes)
                    self._send(Report(task.id, "done", outputs=action.outputs, notes=notes, is_cached=True))
            except BaseException as error:  # whatever happens, the coordinator is told
                self._send(Report(task.id, "failed", error=describe(error, task)))

    def _work(self, task: Task) -> Report:
        started = time.monotonic()
        scratch = Path(task.scratch)
        try:
            scratch.mkdir(parents=True)
        except OSError as error:
            raise storage_error(error, scratch) from error
        context = WorkerContext(
            cache=self._cache,
            scratch=scratch,
            seed=task.seed,
            is_offline=task.is_offline,
            templates=Templates(tuple(Path(root) for root in task.template_roots)),
            objects=self._objects,
            can_read=task.can_read,
            can_write=task.can_write,
            allowance=task.allowance,
            send=lambda kind, **what: self._send(Report(task.id, kind, **what)),
        )
        try:
            step: Step = target_class(task.step).model_validate(task.params)
            provider = target_class(task.provider).model_validate(task.options)
            outputs = _checked(step, step.run(provider, context))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        seconds = time.monotonic() - started
        notes = tuple((note.text, note.is_downgrade) for note in context.notes)
        if task.can_write:
            self._cache.put(
                Action(task.key, step.kind, provider.name, outputs, seconds, time.time(), notes=tuple(Note(*note) for note in notes))
            )
        return Report(task.id, "done", outputs=outputs, seconds=seconds, notes=notes, has_loaded=bool(self._objects))


def _checked(step: Step, outputs: Any) -> dict[str, Any]:
    missing = [name for name in step.outputs if name not in outputs]
    if missing:
        raise ProviderError(f"{step.kind} gave no `{missing[0]}`", "this is a mistake in the step or its provider")
    plain = to_json(dict(outputs))
    try:
        keys.canonical(plain)
        from_json(plain)
    except (ValueError, TypeError, RecursionError) as error:
        raise ProviderError(f"{step.kind} gave something that is not plain data: {error}", "this is a mistake in the provider") from error
    result: dict[str, Any] = plain
    return result


def describe(error: BaseException, task: Task) -> dict[str, Any]:
    """The packed error of the family for anything that was raised."""
    detail = "".join(traceback.format_exception(error))[-8000:]
    if isinstance(error, AigcError):
        return pack_error(error, detail)
    if isinstance(error, ModuleNotFoundError):
        return pack_error(MissingExtra(f"the Python package `{error.name}` is not installed", "`aigc doctor` says how to get it"), detail)
    if isinstance(error, ImportError) and ".so" in str(error):
        return pack_error(MissingTool(f"a system library is missing: {error}", "`aigc doctor` says how to get it"), detail)
    if isinstance(error, OSError) and error.filename is not None:
        return pack_error(storage_error(error, Path(str(error.filename))), detail)
    if isinstance(error, OSError) and error.errno is not None:
        return pack_error(storage_error(error, Path(task.scratch)), detail)
    if isinstance(error, MemoryError):
        return pack_error(AigcError("out of memory", "run fewer steps side by side with `--jobs 1`, or make a smaller format"), detail)
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return pack_error(ProviderError(f"`{where}`: {first['msg']}", "this is a mistake in the step or its provider"), detail)
    message = f"unexpected {type(error).__name__}: {error}".replace("\n", " ")[:500]
    return pack_error(AigcError(message, "this is a bug; set AIGC_DEBUG=1 to see where, and report it"), detail)


def _read(source: IO[bytes], tasks: queue.SimpleQueue[dict[str, Any]]) -> None:
    with contextlib.suppress(OSError, ValueError):
        for line in source:
            tasks.put(json.loads(line))
    os._exit(0)  # the coordinator is gone: stop at once, even in the middle of a task


def main() -> None:
    """Runs a worker on this process's standard input and output."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator decides what an interrupt means
    lock = threading.Lock()

    def send(report: Report) -> None:
        line = json.dumps(vars(report), separators=(",", ":"), allow_nan=False).encode() + b"\n"
        with lock:
            target.write(line)
            target.flush()

    tasks: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(source, tasks), daemon=True).start()
    worker = Worker(Path(tasks.get()["cache"]), send)
    while True:
        message = tasks.get()
        message["template_roots"] = tuple(message["template_roots"])
        with contextlib.suppress(BrokenPipeError):
            worker.run(Task(**message))


if __name__ == "__main__":
    main()
