"""The whole error family: what can go wrong, for whom, and with which exit code.

AigcError                 shown to the user as `error: message` and `hint: cure`
|- WorkflowError   (2)    the YAML, its inputs or the command line are invalid
|- ConfigError     (3)    something is not set up
|  |- MissingKey, KeyRefused, MissingExtra, MissingTool, MissingModel
|- ProviderError   (4)    a provider failed; `retryable` says whether asking again can help
|  |- RateLimited, QuotaSpent, Refused, TimedOut
|- RenderError     (5)    pictures or sound could not be rendered or encoded
|  |- TextError    (2)    a text holds characters that no font has, or does not fit
|- StorageError    (5)    the disk refused: full, read-only, not a folder
|- BudgetError     (6)    the cost allowed would be passed
|- QualityError    (7)    the result fails the quality gate, or `--strict` met a downgrade
|- StepFailed             a step failed; carries the step's id and takes its cause's exit code

Messages are lower case, one line, without a full stop; what can be typed stands in backticks; the cure goes to `hint`.
"""

from __future__ import annotations

from typing import Any, ClassVar


class AigcError(Exception):
    """An error meant for people. `message` says what is wrong, `hint` what to do about it.

    `workflow` names the workflow that was being made ready, None elsewhere.
    """

    exit_code: ClassVar[int] = 1
    workflow: str | None = None

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions with their own constructor do not survive pickling to and from a worker otherwise.
        return (_rebuild, (type(self), self.message, dict(self.__dict__)))

    def __str__(self) -> str:
        return self.message


def _rebuild(kind: type[AigcError], message: str, state: dict[str, Any]) -> AigcError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


class WorkflowError(AigcError):
    """The workflow, an input or an option is invalid; nothing has run."""

    exit_code = 2


class ConfigError(AigcError):
    """Something that is needed is not set up on this machine."""

    exit_code = 3


class MissingKey(ConfigError):
    """A provider needs a key that no environment variable or configuration gives."""


class KeyRefused(ConfigError):
    """A provider does not take the key it was given: wrong, expired, or without the right for this."""


class MissingExtra(ConfigError):
    """An optional Python package is not installed."""


class MissingTool(ConfigError):
    """A system library or program is not installed."""


class MissingModel(ConfigError):
    """Model weights are missing or damaged."""


class ProviderError(AigcError):
    """A provider failed. `retryable` says whether the same call may succeed later."""

    exit_code = 4

    def __init__(self, message: str, hint: str = "", *, retryable: bool = False) -> None:
        super().__init__(message, hint)
        self.retryable = retryable


class RateLimited(ProviderError):
    """The provider asks to slow down. `after_s` is its own wish in seconds, when it gave one."""

    def __init__(self, message: str, hint: str = "", *, after_s: float | None = None) -> None:
        super().__init__(message, hint, retryable=True)
        self.after_s = after_s


class QuotaSpent(ProviderError):
    """The account at the provider has no credit left; asking again does not help."""


class Refused(ProviderError):
    """The provider will not do this: content, address or rights."""


class TimedOut(ProviderError):
    """No answer within the time allowed."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint, retryable=True)


class RenderError(AigcError):
    """Pictures or sound could not be drawn, decoded, mixed or encoded."""

    exit_code = 5


class TextError(RenderError):
    """A text cannot be set: no font has one of its characters, or it does not fit. The input is at fault, not the rendering."""

    exit_code = 2


class StorageError(AigcError):
    """The file system refused: full, read-only, not a folder, no permission."""

    exit_code = 5


class BudgetError(AigcError):
    """The call that comes next would pass the cost that is allowed."""

    exit_code = 6


class QualityError(AigcError):
    """The result fails the quality gate, or `--strict` met a downgrade."""

    exit_code = 7


class StepFailed(AigcError):
    """A step failed; `step` is its id, `cause` the error in it, whose exit code it takes."""

    def __init__(self, step: str, cause: AigcError) -> None:
        super().__init__(f"step `{step}`: {cause.message}", cause.hint)
        self.step = step
        self.cause = cause
        self.exit_code = cause.exit_code  # type: ignore[misc]  # an instance's own code shadows the class default
