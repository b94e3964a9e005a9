"""Decides what runs when: expands steps as soon as what feeds them has ended, and hands pieces to the executor.

One thread, no shared state: the executor's reports are the only thing that happens meanwhile.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from aigc_cli import events
from aigc_cli.artifacts import find_artifacts, from_json
from aigc_cli.engine.breaker import Breaker
from aigc_cli.engine.choose import Candidate, can_fall_back
from aigc_cli.engine.executor import Executor, Report, Task, unpack_error
from aigc_cli.engine.job import Job, Keyed, Piece, Skip
from aigc_cli.engine.journal import Journal, Payment
from aigc_cli.engine.plan import CACHED, NO_ITEMS, reason_to_run
from aigc_cli.engine.purse import Price, Purse, price
from aigc_cli.errors import AigcError, ProviderError, QualityError, RateLimited, StepFailed, StorageError
from aigc_cli.workflow.model import Retry

_BY_ITSELF = Retry(attempts=3, wait_s=1.0)
"""A provider on the network is tried again although the workflow does not say so: connections break."""
_JITTER = 0.25
_MOST_PATIENCE_S = 600.0
"""How long a server may ask to be left alone before the run gives it up; a step's own `timeout` goes before it."""


@dataclass
class Tally:
    """How far a step is. `status` is None until it has ended."""

    status: Literal["ran", "cached", "skipped", "failed"] | None = None
    provider: str | None = None
    seconds: float = 0.0
    reason: str = ""
    results: list[Any] = field(default_factory=list)
    left: int = 0
    ran: int = 0
    began: float | None = None


@dataclass
class _Try:
    """A piece on its way: which candidate does it, and for which time."""

    piece: Piece
    index: int
    candidate: Candidate
    keyed: Keyed
    reason: str
    cost: Price
    attempt: int = 1
    not_before: float = 0.0


class Scheduler:
    """Runs all steps of a job. Afterwards `values` holds what they gave, `failure` the first error or None, `purse` the cost."""

    def __init__(
        self,
        job: Job,
        journal: Journal,
        *,
        run: str,
        scratch: Path,
        emit: Callable[[events.Event], None],
        make_executor: Callable[[], Executor],
    ) -> None:
        self.values: dict[str, Any] = {}
        self.tallies: dict[str, Tally] = {name: Tally() for name in job.order}
        self.notes: list[tuple[str, str, bool]] = []
        self.failure: AigcError | None = None
        self._job = job
        self._journal = journal
        self._run = run
        self._scratch = scratch
        self._emit = emit
        self._make_executor = make_executor
        self._executor: Executor | None = None
        self._waiting = list(job.order)
        self._ready: deque[_Try] = deque()
        self._running: dict[int, _Try] = {}
        self._ids: Iterator[int] = itertools.count(1)
        self._skipped: set[str] = set()
        self.purse = Purse(job.options.max_cost)
        self._breaker = Breaker()
        self._quiet: dict[str, float] = {}

    def close(self) -> None:
        """Stops whatever still runs."""
        if self._executor is not None:
            self._executor.close()

    def run(self) -> None:
        """Runs until everything has ended, or a step has failed and those in progress have ended."""
        while True:
            if self.failure is None:
                self._expand()
            self._launch()
            if self.failure is not None and not self._running:
                return
            if not self._running and not self._ready:
                return
            self._handle(self._wait())

    def _wait(self) -> Report | None:
        pause = None
        if self._ready and self.failure is None:
            soonest = min(map(self._due, self._ready)) - time.monotonic()
            pause = max(soonest, 0.01) if soonest > 0 else None
        if self._executor is not None and self._running:
            if not self._waiting and not self._ready:  # the last steps are under way: memory is worth more than a quick retry
                self._executor.dismiss()
            return self._executor.wait(pause)
        time.sleep(min(pause or 0.0, 0.5))
        return None

    # ---- steps begin ---------------------------------------------------------------------------------------------

    def _expand(self) -> None:
        has_moved = True
        while has_moved and self.failure is None:
            has_moved = False
            for name in [each for each in self._waiting if all(feeder in self.values for feeder in self._job.feeders[each])]:
                self._waiting.remove(name)
                has_moved = True
                try:
                    self._begin(name)
                except AigcError as error:
                    self._fail(name, error)
                    return

    def _begin(self, name: str) -> None:
        tally = self.tallies[name]
        tally.began = time.monotonic()
        pieces = self._job.expand(name, self.values, self._skipped)
        if isinstance(pieces, Skip):
            tally.reason = pieces.reason
            self._skipped.add(name)
            self._settle(name, "skipped", None)
            return
        tally.results = [None] * len(pieces)
        tally.left = len(pieces)
        for index, piece in enumerate(pieces):
            if piece is None:
                tally.left -= 1
            else:
                self._offer(piece, index, None)
        if tally.left == 0 and tally.status is None:
            self._end_step(name)

    def _offer(self, piece: Piece, index: int, refused: tuple[str, AigcError] | None) -> None:
        """Gives a piece to its next candidate that can do it: from the cache, or in the queue. `refused` is who could not."""
        could_not = [] if refused is None else [refused]
        for candidate in piece.candidates:
            if candidate.refusal is not None:
                could_not.append((candidate.provider.name, candidate.refusal))
                continue
            if (given_up := self._breaker.given_up(_who(candidate))) is not None:
                could_not.append((candidate.provider.name, given_up))
                continue
            for name, error in could_not:
                self._note(piece.step, f"{candidate.provider.name} does this instead of {name}: {error.message}", is_downgrade=True)
            keyed = self._job.key(piece, candidate)
            action = self._job.cache.get(keyed.key) if self._job.may_read(piece, candidate.step) else None
            if action is not None:
                for note in action.notes:
                    self._note(piece.step, note.text, note.is_downgrade)
                self._keep(piece, index, candidate, keyed, action.outputs)
                return
            reason = reason_to_run(self._job, self._journal, piece, keyed, candidate)
            self._ready.append(_Try(piece, index, candidate, keyed, reason, price(self._job, candidate)))
            return
        raise could_not[-1][1]

    def _due(self, each: _Try) -> float:
        """When a piece may begin: after its own pause, and after the one that its provider has asked for."""
        return max(each.not_before, self._quiet.get(_who(each.candidate), 0.0))

    # ---- pieces run ----------------------------------------------------------------------------------------------

    def _launch(self) -> None:
        if self.failure is not None:
            self._ready.clear()
        now = time.monotonic()
        for each in list(self._ready):
            if self._due(each) > now:
                continue
            if self._executor is None:
                self._executor = self._make_executor()
            if self._executor.free <= 0:
                return
            task = self._task(each)
            if self._executor.can_take(task):
                try:
                    self._start(each, task)
                except AigcError as error:
                    self._ready.clear()
                    self._fail(each.piece.step, error, each.piece.label)
                    return

    def _start(self, each: _Try, task: Task) -> None:
        """Hands a task over, unless its provider has been given up, or the money that it may need is held by others."""
        assert self._executor is not None
        if (given_up := self._breaker.given_up(_who(each.candidate))) is not None:
            self._ready.remove(each)
            self._offer(each.piece, each.index, (each.candidate.provider.name, given_up))
            return
        allowance = self.purse.take(task.id, each.piece.step, each.piece.label, each.cost, each.piece.spec.max_cost)
        if allowance is None:
            return
        self._ready.remove(each)
        self._running[task.id] = each
        self._executor.submit(replace(task, allowance=None if allowance == float("inf") else allowance))

    def _task(self, each: _Try) -> Task:
        number = next(self._ids)
        piece, step, provider = each.piece, each.candidate.step, each.candidate.provider
        return Task(
            id=number,
            label=piece.label,
            step=_target(step),
            params=step.model_dump(mode="json"),
            provider=_target(provider),
            options=provider.model_dump(mode="json"),
            key=each.keyed.key,
            seed=self._job.seed(piece),
            is_offline=self._job.options.is_offline,
            template_roots=tuple(str(root) for root in self._job.templates.roots),
            scratch=str(self._scratch / str(number)),
            can_read=self._job.may_read(piece, step),
            can_write=self._job.may_write(piece),
            timeout_s=piece.spec.timeout_s,
            capability=step.provides,
            heavy=f"{step.provides}.{provider.name}" if provider.is_heavy else "",
        )

    def _handle(self, report: Report | None) -> None:
        each = self._running.get(report.task) if report is not None else None
        if report is None or each is None:
            return
        piece, provider = each.piece, each.candidate.provider.name
        if report.kind == "started":
            self._emit(events.StepStarted(piece.step, piece.spec.uses, provider, each.reason, piece.item, piece.items))
        elif report.kind == "progress":
            self._emit(events.StepProgress(piece.step, report.fraction, report.text, piece.item))
        elif report.kind == "note":
            self._note(piece.step, report.text, report.is_downgrade)
        elif report.kind == "spent":
            self._pay(report, piece, provider)
        else:
            del self._running[report.task]
            self.purse.release(report.task)
            try:
                if report.kind == "done":
                    self._done(each, report)
                else:
                    self._retry(each, unpack_error(report.error))
            except AigcError as error:
                self._fail(piece.step, error, piece.label)

    def _pay(self, report: Report, piece: Piece, provider: str) -> None:
        usage = report.usage
        self.purse.pay(report.task, piece.step, report.amount)
        if report.amount is None:
            self._note(
                piece.step, f"no price list names `{usage['model']}` at `{usage['server']}`: its cost is not counted", is_downgrade=False
            )
        if report.amount != 0:
            payment = Payment(
                piece.step,
                piece.item,
                provider,
                usage["server"],
                usage["model"],
                usage["units"],
                report.amount,
                self.purse.currency,
                time.time(),
            )
            self._journal.pay(self._run, payment)

    def _done(self, each: _Try, report: Report) -> None:
        try:
            value = from_json(report.outputs)
            missing = next((artifact for artifact in find_artifacts(value) if not self._job.cache.store.has(artifact)), None)
        except ValueError as error:
            raise ProviderError(f"{each.candidate.provider.name} gave a broken result: {error}") from error
        if missing is not None:
            raise StorageError(
                f"a result is not in the cache: {missing.digest[:12]}", "run again; another program may be cleaning the cache"
            )
        for text, is_downgrade in report.notes:
            self._note(each.piece.step, text, is_downgrade)
        self._breaker.worked(_who(each.candidate))
        tally = self.tallies[each.piece.step]
        if not report.is_cached:
            tally.ran += 1
            tally.reason = tally.reason or each.reason
        self._keep(each.piece, each.index, each.candidate, each.keyed, report.outputs)

    def _retry(self, each: _Try, error: AigcError) -> None:
        retry = each.piece.spec.retry or (_BY_ITSELF if _is_remote(each.candidate) else None)
        is_retryable = isinstance(error, ProviderError) and error.retryable
        wish_s = (error.after_s or 0.0) if isinstance(error, RateLimited) else 0.0
        most_s = each.piece.spec.timeout_s or _MOST_PATIENCE_S
        if wish_s > most_s:  # to ask before that is rude and useless, to wait for it is more than was agreed to
            error = RateLimited(f"{error.message}, for {wish_s:.0f} s", "run again after that; what is done is kept", after_s=wish_s)
        elif is_retryable and retry is not None and each.attempt < retry.attempts:
            wait_s = max(retry.wait_s * 2 ** (each.attempt - 1), wish_s) * (1 + _JITTER * _share(each))
            self._note(each.piece.step, f"{error.message}; trying again ({each.attempt + 1} of {retry.attempts})", is_downgrade=False)
            each.attempt += 1
            each.not_before = time.monotonic() + wait_s
            if wish_s:  # the whole server is meant, not this piece alone
                self._quiet[_who(each.candidate)] = each.not_before
            self._ready.append(each)
            return
        if can_fall_back(error):
            self._breaker.failed(_who(each.candidate), error)
            try:
                self._offer(each.piece, each.index, (each.candidate.provider.name, error))
            except AigcError as last:
                raise last from error
        else:
            raise error

    # ---- pieces and steps end ------------------------------------------------------------------------------------

    def _keep(self, piece: Piece, index: int, candidate: Candidate, keyed: Keyed, outputs: Any) -> None:
        tally = self.tallies[piece.step]
        tally.results[index] = from_json(outputs)
        tally.provider = candidate.provider.name
        tally.left -= 1
        if self._job.may_write(piece):
            self._journal.result(self._run, keyed.key, file=self._job.file, step=piece.step, item=piece.item, fields=keyed.fields)
        if tally.left == 0:
            self._end_step(piece.step)

    def _end_step(self, name: str) -> None:
        tally = self.tallies[name]
        is_list = self._job.workflow.steps[name].for_each is not None
        value = tally.results if is_list else tally.results[0]
        if all(each is None for each in tally.results):  # its value stays a list: there is one null per item
            tally.reason = NO_ITEMS
            self._settle(name, "skipped", value)
            return
        tally.reason = tally.reason if tally.ran else CACHED
        self._settle(name, "ran" if tally.ran else "cached", value)

    def _settle(self, name: str, status: Literal["ran", "cached", "skipped"], value: Any) -> None:
        tally = self.tallies[name]
        tally.status = status
        tally.seconds = time.monotonic() - (tally.began or time.monotonic())
        self.values[name] = value
        if self._executor is not None:
            self._executor.retire({self._job.capability(each) for each in self.tallies if each not in self.values})
        self._emit(events.StepDone(name, status, tally.provider, tally.seconds, tally.reason))

    def _fail(self, name: str, error: AigcError, label: str = "") -> None:
        tally = self.tallies[name]
        if tally.status is None:
            tally.status = "failed"
            tally.seconds = time.monotonic() - (tally.began or time.monotonic())
            tally.reason = error.message
            self._emit(events.StepFailed(name, tally.provider, tally.seconds, error.message))
        if self.failure is None:
            self.failure = (
                error if error.message.startswith("steps.") or isinstance(error, StepFailed) else StepFailed(label or name, error)
            )

    def _note(self, step: str, text: str, is_downgrade: bool) -> None:
        if (step, text, is_downgrade) in self.notes:
            return
        self.notes.append((step, text, is_downgrade))
        self._emit(events.StepNote(step, text, is_downgrade))
        if is_downgrade and self._job.options.is_strict:
            raise QualityError(text, "run without `--strict` to accept it, or cure the cause")


def _who(candidate: Candidate) -> str:
    return f"{candidate.step.provides}.{candidate.provider.name}"


def _is_remote(candidate: Candidate) -> bool:
    return any(need.kind == "network" for need in candidate.provider.requires())


def _share(each: _Try) -> float:
    """A number from 0 to 1 that differs between pieces and attempts: waits that are not all alike do not meet again."""
    return hashlib.sha256(f"{each.keyed.key}:{each.attempt}".encode()).digest()[0] / 255


def _target(value: Any) -> str:
    return f"{type(value).__module__}:{type(value).__qualname__}"
