"""What happens during a run, as data. The engine emits events; only `cli` draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class StepStarted:
    """A step, or one item of a `for_each` step, begins. `item` counts from 0; `items` is None for a plain step."""

    step: str
    kind: str
    provider: str | None
    reason: str
    item: int | None = None
    items: int | None = None


@dataclass(frozen=True)
class StepProgress:
    """How far a step is: `fraction` from 0 to 1, `text` in a few words."""

    step: str
    fraction: float
    text: str = ""
    item: int | None = None


@dataclass(frozen=True)
class StepNote:
    """Something the user should know. `is_downgrade` marks a result that is less than what was asked for."""

    step: str
    text: str
    is_downgrade: bool = False


@dataclass(frozen=True)
class StepDone:
    """A step, with all its items, has ended well."""

    step: str
    status: Literal["ran", "cached", "skipped"]
    provider: str | None
    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class StepFailed:
    """A step has ended badly; what only it fed will not run."""

    step: str
    provider: str | None
    seconds: float
    message: str


@dataclass(frozen=True)
class RunDone:
    """The run has ended."""

    run: str
    status: Literal["ok", "degraded", "failed", "interrupted"]
    seconds: float


Event = StepStarted | StepProgress | StepNote | StepDone | StepFailed | RunDone
