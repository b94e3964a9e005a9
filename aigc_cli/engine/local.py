"""The local executor: worker processes on this machine, started when needed, kept for the whole run."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

from aigc_cli.engine.executor import Report, Task, pack_error, pack_task
from aigc_cli.errors import AigcError, ProviderError, TimedOut

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from aigc_cli.engine.worker import main; main()"
_TAIL_BYTES = 4000
# glibc raises its threshold for what it maps apart with every large block that is freed, and so keeps the buffers of pictures
# and encoders that nobody uses any more: 200 MB at the end of a clip. Held at its start, they go back.
ALLOCATION = {"MALLOC_MMAP_THRESHOLD_": "1048576", "MALLOC_TRIM_THRESHOLD_": "8388608", "MALLOC_ARENA_MAX": "2"}


class _Process:
    """One worker process, and the task that it is busy with."""

    def __init__(self, root: Path, reports: queue.SimpleQueue[tuple[_Process, dict[str, Any] | None]]) -> None:
        # Equal input must give equal bytes even where a library iterates over a set of strings.
        environment = {**ALLOCATION, **os.environ, "PYTHONHASHSEED": "0"}
        paths = json.dumps([path for path in sys.path if path])
        self._stderr: IO[bytes] = tempfile.TemporaryFile(dir=root / "tmp")  # noqa: SIM115  # lives as long as the process
        self.popen = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=environment,
        )
        self.task: Task | None = None
        self.deadline: float | None = None
        self.owned: set[str] = set()
        self.served: set[str] = set()
        self.has_loaded = False
        self._reports = reports
        self.send({"cache": str(root)})
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, message: dict[str, Any]) -> None:
        assert self.popen.stdin is not None
        with contextlib.suppress(OSError):  # a worker that died says so by the end of its output
            self.popen.stdin.write(json.dumps(message, allow_nan=False).encode() + b"\n")
            self.popen.stdin.flush()

    def _listen(self) -> None:
        assert self.popen.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            for line in self.popen.stdout:
                self._reports.put((self, json.loads(line)))
        self._reports.put((self, None))

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self.popen.kill()
        self.popen.wait()
        for stream in (self.popen.stdin, self._stderr):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()

    def last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            size = self._stderr.seek(0, os.SEEK_END)
            self._stderr.seek(max(0, size - _TAIL_BYTES))
            return self._stderr.read().decode("utf-8", "replace").strip()
        return ""


class LocalExecutor:
    """Runs tasks in at most `jobs` worker processes, one task at a time in each."""

    def __init__(self, root: Path, jobs: int) -> None:
        self._root = root
        self._jobs = max(1, jobs)
        self._processes: list[_Process] = []
        self._reports: queue.SimpleQueue[tuple[_Process, dict[str, Any] | None]] = queue.SimpleQueue()

    @property
    def free(self) -> int:
        """How many more tasks can begin at once."""
        return self._jobs - sum(process.task is not None for process in self._processes)

    def can_take(self, task: Task) -> bool:
        """True when a worker is free, for a heavy task the one that has loaded its weights."""
        owner = self._owner(task)
        return owner.task is None if owner is not None else self.free > 0

    def _owner(self, task: Task) -> _Process | None:
        return next((process for process in self._processes if task.heavy and task.heavy in process.owned), None)

    def submit(self, task: Task) -> None:
        """Begins a task in the worker that fits it best; starts one when all are busy."""
        idle = sorted((process for process in self._processes if process.task is None), key=lambda process: len(process.owned))
        process = self._owner(task) or (idle[0] if idle else None)
        if process is None:
            process = _Process(self._root, self._reports)
            self._processes.append(process)
        process.task = task
        process.deadline = None
        process.served.add(task.capability)
        if task.heavy:
            process.owned.add(task.heavy)
        process.send(pack_task(task))

    def wait(self, timeout_s: float | None) -> Report | None:
        """The next report; None when none came in time. Stops workers whose task is over its time."""
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            late = next((each for each in self._processes if each.deadline is not None and time.monotonic() >= each.deadline), None)
            if late is not None:
                return self._stop_late(late)
            limits = [each.deadline for each in self._processes if each.deadline is not None] + ([end] if end is not None else [])
            # Waiting in short spells lets an interrupt through on every platform.
            pause = min([0.5, *(max(0.0, limit - time.monotonic()) for limit in limits)])
            try:
                process, message = self._reports.get(timeout=pause)
            except queue.Empty:
                if end is not None and time.monotonic() >= end:
                    return None
                continue
            report = self._take(process, message)
            if report is not None:
                return report

    def _take(self, process: _Process, message: dict[str, Any] | None) -> Report | None:
        if process not in self._processes:
            return None
        task = process.task
        if message is None:
            self._processes.remove(process)
            code = process.popen.wait()
            words = process.last_words()
            process.kill()
            return None if task is None else Report(task.id, "failed", error=_crash(code, words))
        if task is None or message["task"] != task.id:
            return None
        report = Report(**{**message, "notes": tuple((text, bool(flag)) for text, flag in message["notes"])})
        if report.kind == "started" and task.timeout_s is not None:
            process.deadline = time.monotonic() + task.timeout_s
        if report.kind in ("done", "failed"):
            process.task = process.deadline = None
            process.has_loaded = process.has_loaded or report.has_loaded
        return report

    def _stop_late(self, process: _Process) -> Report:
        task = process.task
        assert task is not None
        self._processes.remove(process)
        process.kill()
        late = TimedOut(f"no result within {task.timeout_s:g} s", "raise the step's `timeout_s`")
        return Report(task.id, "failed", error=pack_error(late))

    def retire(self, needed: Collection[str]) -> None:
        """Ends idle workers that hold weights of which nothing more is wanted: memory is scarcer than the time of a start."""
        for process in [each for each in self._processes if each.task is None and each.has_loaded and not each.served & set(needed)]:
            self._processes.remove(process)
            process.kill()

    def dismiss(self) -> None:
        """Ends idle workers."""
        for process in [each for each in self._processes if each.task is None]:
            self._processes.remove(process)
            process.kill()

    def abandon(self) -> None:
        """Kills the workers whose tasks are in progress, and keeps the others."""
        for process in [each for each in self._processes if each.task is not None]:
            self._processes.remove(process)
            process.kill()

    def close(self) -> None:
        """Kills all workers, tasks in progress included."""
        processes, self._processes = self._processes, []
        for process in processes:
            with contextlib.suppress(OSError):
                process.popen.kill()
        for process in processes:
            process.kill()


def _crash(code: int, words: str) -> dict[str, Any]:
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        cure = (
            "free some memory, or run fewer steps side by side with `--jobs 1`"
            if name == "SIGKILL"
            else "run again; if it stays, report it"
        )
        return pack_error(ProviderError(f"the worker was stopped by {name}", cure, retryable=True), words)
    return pack_error(AigcError(f"the worker ended with code {code}", "set AIGC_DEBUG=1 to see its last words, and report it"), words)
