"""What a run would do, step by step, and why; runs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from aigc_cli.artifacts import from_json
from aigc_cli.engine.choose import Candidate
from aigc_cli.engine.job import Job, Keyed, Piece, Skip, why
from aigc_cli.engine.journal import Journal
from aigc_cli.engine.purse import price

CACHED = "same as in an earlier run"
NO_ITEMS = "no item needs it"

Status = Literal["run", "cached", "skip", "unknown"]


@dataclass(frozen=True)
class PlanStep:
    """What would happen to a step. `items` counts those of a `for_each`, `cached` those among them that are cached.

    `expected_s` is the mean time that such a step took lately, None when it never ran or need not run. `cost` is what its calls
    cost at most when each is right at the first try, net of the cache; None when no price list knows.
    """

    id: str
    kind: str
    provider: str | None
    status: Status
    reason: str
    items: int | None = None
    cached: int = 0
    expected_s: float | None = None
    cost: float | None = 0.0


def reason_to_run(job: Job, journal: Journal | None, piece: Piece, keyed: Keyed, candidate: Candidate) -> str:
    """Why a piece must run although there is a cache."""
    if job.is_forced(piece):
        return "forced"
    if not job.may_write(piece):
        return "caching is off"
    if not job.may_read(piece, candidate.step):
        return "what it asks may answer something new"
    before = journal.fields(job.file, piece.step, piece.item) if journal is not None else {}
    return why(before, keyed.fields, candidate.step)


def plan(job: Job, journal: Journal | None) -> list[PlanStep]:
    """Every step in order, as far as it can be told without running: what follows a step that must run waits for it.

    Raises WorkflowError or the refusal of a provider when a step cannot run as it stands.
    """
    values: dict[str, Any] = {}
    skipped: set[str] = set()
    found: list[PlanStep] = []
    for name in job.order:
        spec = job.workflow.steps[name]
        waiting = [feeder for feeder in job.feeders[name] if feeder not in values]
        if waiting:
            reason = f"waits for {', '.join(f'`{feeder}`' for feeder in waiting)}"
            found.append(PlanStep(name, spec.uses, None, "unknown", reason))
            continue
        pieces = job.expand(name, values, skipped)
        if isinstance(pieces, Skip):
            values[name] = None
            skipped.add(name)
            found.append(PlanStep(name, spec.uses, None, "skip", pieces.reason))
            continue
        found.append(_plan_step(job, journal, name, pieces, values))
    return found


def _plan_step(job: Job, journal: Journal | None, name: str, pieces: list[Piece | None], values: dict[str, Any]) -> PlanStep:
    spec = job.workflow.steps[name]
    is_list = spec.for_each is not None
    results: list[Any] = []
    reasons: list[str] = []
    provider: str | None = None
    costs: list[float | None] = []
    for piece in pieces:
        if piece is None:
            results.append(None)
            continue
        candidate = first_able(piece)
        provider = candidate.provider.name
        keyed = job.key(piece, candidate)
        action = job.cache.get(keyed.key) if job.may_read(piece, candidate.step) else None
        if action is None:
            reasons.append(reason_to_run(job, journal, piece, keyed, candidate))
            costs.append(price(job, candidate).amount)
        else:
            results.append(from_json(action.outputs))
    items = sum(piece is not None for piece in pieces) if is_list else None  # those that its `if` skips are no work
    cached = sum(each is not None for each in results) if is_list else 0
    if not reasons:
        values[name] = results if is_list else results[0]
        if provider is None:
            return PlanStep(name, spec.uses, None, "skip", NO_ITEMS, items)
        return PlanStep(name, spec.uses, provider, "cached", CACHED, items, cached)
    distinct = list(dict.fromkeys(reasons))
    reason = distinct[0] if len(distinct) == 1 else f"{distinct[0]}, and other reasons"
    expected = journal.expected_s(spec.uses, provider) if journal is not None and provider is not None else None
    known = [each for each in costs if each is not None]
    cost = sum(known) if len(known) == len(costs) else None
    return PlanStep(name, spec.uses, provider, "run", reason, items, cached, expected, cost)


def first_able(piece: Piece) -> Candidate:
    """The first candidate that can do the piece. Raises the last one's refusal when none can."""
    last: Candidate | None = None
    for candidate in piece.candidates:
        if candidate.refusal is None:
            return candidate
        last = candidate
    assert last is not None and last.refusal is not None
    raise last.refusal
