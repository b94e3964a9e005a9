"""Where steps run: the executor's contract, and the messages that travel between coordinator and worker.

Everything travels as JSON, one message per line, so that a worker may be another process or another machine.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from aigc_cli import errors
from aigc_cli.errors import AigcError


@dataclass(frozen=True)
class Task:
    """One attempt at one step, or at one item of it. `step` and `provider` are `module:Class` targets.

    `can_read` and `can_write` say what the attempt may do with the cache. `heavy` names a heavy object's owner: tasks
    of the same name go to the same worker, so that weights are loaded once. `allowance` is what its calls may cost in the
    price lists' currency, None when nothing limits it.
    """

    id: int
    label: str
    step: str
    params: dict[str, Any]
    provider: str
    options: dict[str, Any]
    key: str
    seed: int
    is_offline: bool
    template_roots: tuple[str, ...]
    scratch: str
    can_read: bool = True
    can_write: bool = True
    timeout_s: float | None = None
    heavy: str = ""
    capability: str = ""
    allowance: float | None = None


@dataclass(frozen=True)
class Report:
    """What comes back for a task: it began, it moves, it says something, it has paid, it ended well, it ended badly.

    `done` carries `outputs` (JSON), `seconds`, `notes` as [text, is_downgrade] pairs, and `is_cached` when another run
    had finished the same work meanwhile. `has_loaded` says that the worker now holds heavy objects.
    """

    task: int
    kind: Literal["started", "progress", "note", "spent", "done", "failed"]
    fraction: float = 0.0
    text: str = ""
    is_downgrade: bool = False
    outputs: Any = None
    seconds: float = 0.0
    notes: tuple[tuple[str, bool], ...] = ()
    is_cached: bool = False
    has_loaded: bool = False
    error: dict[str, Any] = field(default_factory=dict)
    usage: dict[str, Any] = field(default_factory=dict)
    amount: float | None = None


class Executor(Protocol):
    """Runs tasks somewhere. The coordinator is one thread: it submits, waits for reports, and closes."""

    @property
    def free(self) -> int:
        """How many more tasks can begin at once."""

    def can_take(self, task: Task) -> bool:
        """True when this very task can begin at once."""

    def submit(self, task: Task) -> None:
        """Begins a task. Only when `can_take` said so."""

    def wait(self, timeout_s: float | None) -> Report | None:
        """The next report; None when none came in time. Timeouts and crashes of workers come as `failed` reports."""

    def retire(self, needed: Collection[str]) -> None:
        """Lets go of weights that nothing is left to need: `needed` are the capabilities of the steps that have not ended."""

    def dismiss(self) -> None:
        """Lets go of what is idle: nothing is left to begin."""

    def close(self) -> None:
        """Stops everything at once, tasks in progress included; allowed more than once."""


def pack_error(error: AigcError, detail: str = "") -> dict[str, Any]:
    """An error as JSON: what is not of the family itself goes as its nearest relative there, for that decides what stands in."""
    return {
        "class": next(each.__name__ for each in type(error).__mro__ if getattr(errors, each.__name__, None) is each),
        "message": error.message,
        "hint": error.hint,
        "retryable": bool(getattr(error, "retryable", False)),
        "after_s": getattr(error, "after_s", None),
        "detail": detail,
    }


def unpack_error(data: dict[str, Any]) -> AigcError:
    """The error that `pack_error` wrote; one of an unknown class becomes a plain AigcError."""
    found = getattr(errors, str(data.get("class")), None)
    kind = found if isinstance(found, type) and issubclass(found, AigcError) else AigcError
    error = kind.__new__(kind)
    Exception.__init__(error, data.get("message", ""))
    error.message = str(data.get("message", ""))
    error.hint = str(data.get("hint", ""))
    if isinstance(error, errors.ProviderError):
        error.retryable = bool(data.get("retryable"))
    if isinstance(error, errors.RateLimited):
        error.after_s = data.get("after_s")
    error.detail = str(data.get("detail", ""))  # type: ignore[attr-defined]  # the worker's traceback, for bug reports
    return error


def pack_task(task: Task) -> dict[str, Any]:
    """A task as JSON."""
    return dict(vars(task))  # not `asdict`: it would copy every record of a data file
