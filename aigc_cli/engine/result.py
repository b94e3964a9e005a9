"""How a run ended: for the caller, and as the one object that `--json` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from aigc_cli.errors import AigcError

if TYPE_CHECKING:
    from aigc_cli.engine.rows import Row


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
    """How a run ended. `outputs` holds paths in place of artifacts; `files` are all that was written, in order.

    `cost` is what the run's calls have cost, as far as the price lists know it.
    """

    run: str | None = None
    workflow: str | None = None
    status: Literal["ok", "degraded", "failed", "interrupted"] = "failed"
    seconds: float = 0.0
    outputs: dict[str, Any] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    steps: list[StepResult] = field(default_factory=list)
    notes: list[tuple[str, str, bool]] = field(default_factory=list)
    cost: float = 0.0
    currency: str = "USD"
    error: AigcError | None = None

    @property
    def exit_code(self) -> int:
        """The process's exit code for this end."""
        if self.status == "interrupted":
            return 130
        return self.error.exit_code if self.error is not None else 0


def json_object(result: RunResult) -> Mapping[str, Any]:
    """The one object that `--json` prints."""
    error = result.error
    return {
        "status": "failed" if result.status == "interrupted" else result.status,
        "run": result.run,
        "workflow": result.workflow,
        "seconds": round(result.seconds, 3),
        "outputs": result.outputs,
        "cost": {"amount": round(result.cost, 6), "currency": result.currency},
        "steps": [
            {"id": step.id, "status": step.status, "provider": step.provider, "seconds": step.seconds, "reason": step.reason}
            for step in result.steps
        ],
        "error": None if error is None else {"message": error.message, "hint": error.hint, "code": result.exit_code},
    }


def json_rows(workflow: str, ended: Sequence[tuple[Row, RunResult]], count: int) -> Mapping[str, Any]:
    """The one object that `--json` prints for `count` rows, of which some may not have begun. The error is the first row's."""
    failed = [result for _, result in ended if result.error is not None]
    is_degraded = any(result.status == "degraded" for _, result in ended)
    first = json_object(failed[0])["error"] if failed else None
    return {
        "status": "failed" if failed or len(ended) < count else "degraded" if is_degraded else "ok",
        "workflow": workflow,
        "seconds": round(sum(result.seconds for _, result in ended), 3),
        "cost": {"amount": round(sum(result.cost for _, result in ended), 6), "currency": ended[0][1].currency if ended else "USD"},
        "rows": [{"name": row.name, **json_object(result)} for row, result in ended],
        "not_begun": count - len(ended),
        "error": first,
    }
