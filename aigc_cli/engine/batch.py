"""Runs a workflow once for each row, one after the other, with the same workers: weights are loaded once for all rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from aigc_cli import config
from aigc_cli.engine.executor import Report, Task
from aigc_cli.engine.job import Job
from aigc_cli.engine.local import LocalExecutor
from aigc_cli.engine.result import RunResult
from aigc_cli.engine.rows import Row
from aigc_cli.engine.run import Emit, default_jobs, run


class _Lent:
    """The workers as one row's run sees them: it may stop what it began, but not send them home."""

    def __init__(self, workers: LocalExecutor) -> None:
        self._workers = workers

    @property
    def free(self) -> int:
        return self._workers.free

    def can_take(self, task: Task) -> bool:
        return self._workers.can_take(task)

    def submit(self, task: Task) -> None:
        self._workers.submit(task)

    def wait(self, timeout_s: float | None) -> Report | None:
        return self._workers.wait(timeout_s)

    def retire(self, needed: Collection[str]) -> None:
        """Nothing: the next row needs the same."""

    def dismiss(self) -> None:
        """Nothing: the next row begins soon."""

    def close(self) -> None:
        self._workers.abandon()


def run_rows(
    rows: Sequence[tuple[Row, Job]], out: Path, begin: Callable[[int, Row], None], emit: Emit, *, fails_fast: bool = False
) -> Iterator[tuple[Row, RunResult]]:
    """Runs the rows in order, and gives each with how it ended. A row that fails does not stop the others.

    Args:
        rows: what to run; what their options allow to be spent holds for all of them together.
        out: each row's files go to a folder below it, by the row's name.
        begin: told of each row before it begins, with its number from 0.
        emit: takes every event of every row.
        fails_fast: end with the first row that fails. An interrupt always ends.
    """
    workers: LocalExecutor | None = None
    spent = 0.0

    def lend() -> _Lent:
        nonlocal workers
        workers = workers or LocalExecutor(config.cache_dir(), rows[0][1].options.jobs or default_jobs())
        return _Lent(workers)

    try:
        for number, (row, job) in enumerate(rows):
            begin(number, row)
            if job.options.max_cost is not None:
                job.options = replace(job.options, max_cost=max(0.0, job.options.max_cost - spent))
            result = run(job, out / row.name, emit, executor=lend)
            spent += result.cost
            yield row, result
            if result.status == "interrupted" or (fails_fast and result.error is not None):
                return
    finally:
        if workers is not None:
            workers.close()
