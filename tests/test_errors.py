"""Errors keep everything on their way from a worker, and each has the exit code that the README lists."""

import pickle

import pytest

from aigc_cli import errors
from aigc_cli.errors import AigcError, ProviderError, RateLimited, StepFailed, TimedOut

CODES = {
    "WorkflowError": 2, "ConfigError": 3, "MissingKey": 3, "KeyRefused": 3, "MissingExtra": 3, "MissingTool": 3, "MissingModel": 3,
    "ProviderError": 4, "RateLimited": 4, "QuotaSpent": 4, "Refused": 4, "TimedOut": 4, "RenderError": 5,
    "TextError": 2, "StorageError": 5, "BudgetError": 6, "QualityError": 7,
}  # fmt: skip


def test_every_error_is_listed_here() -> None:
    family = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, AigcError)}
    assert family == {*CODES, "AigcError", "StepFailed"}


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_errors_survive_pickling(name: str, code: int) -> None:
    error = pickle.loads(pickle.dumps(getattr(errors, name)("what is wrong", "what to do")))
    assert (type(error).__name__, error.exit_code, error.message, error.hint, str(error)) == (
        name, code, "what is wrong", "what to do", "what is wrong",
    )  # fmt: skip


def test_their_own_fields_survive_too() -> None:
    assert pickle.loads(pickle.dumps(RateLimited("slow down", after_s=3.5))).after_s == 3.5
    assert pickle.loads(pickle.dumps(TimedOut("late"))).retryable
    assert not pickle.loads(pickle.dumps(ProviderError("no"))).retryable


def test_a_failed_step_takes_its_causes_code_and_cure() -> None:
    error = pickle.loads(pickle.dumps(StepFailed("voice", errors.MissingModel("gone", "install it"))))
    assert (error.exit_code, error.hint, error.step) == (3, "install it", "voice")
    assert error.message == "step `voice`: gone"
    assert StepFailed("a", errors.RenderError("x")).exit_code == 5
