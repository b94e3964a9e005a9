"""Checks parameters before anything runs: as far as their values are known, by the same pydantic fields that the run uses."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from aigc_cli.contracts import Provider, Step
from aigc_cli.engine.wording import Complaint, complaints, leaves
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.expressions import evaluate, has_expression, references
from aigc_cli.workflow.problems import Path


def takes_null(field: FieldInfo) -> bool:
    """True when null is a value of this field; elsewhere null stands for "not given"."""
    if field.annotation is Any or field.is_required():
        return True
    return get_origin(field.annotation) in (Union, types.UnionType) and type(None) in get_args(field.annotation)


def settle(value: Any, inputs: Mapping[str, Any], path: Path = ()) -> tuple[Any, list[tuple[Path, WorkflowError]]]:
    """The value with those expressions worked out that read nothing but known inputs; and what failed, with its place.

    What cannot be worked out yet stays as its text, and counts as open.
    """
    if isinstance(value, dict):
        pairs = {key: settle(item, inputs, (*path, key)) for key, item in value.items()}
        return {key: found for key, (found, _) in pairs.items()}, [each for _, failed in pairs.values() for each in failed]
    if isinstance(value, list | tuple):
        items = [settle(item, inputs, (*path, index)) for index, item in enumerate(value)]
        return [found for found, _ in items], [each for _, failed in items for each in failed]
    if not isinstance(value, str) or not has_expression(value):
        return value, []
    reads = references(value)
    if not reads or not all(each.root == "inputs" and each.keys and each.keys[0] in inputs for each in reads):
        return value, []
    try:
        return evaluate(value, {"inputs": inputs}), []
    except WorkflowError as error:
        return value, [(path, error)]


def is_open(value: Any) -> bool:
    """True when the value, or a part of it, is known only once something has run: an expression, a file."""
    return any("${{" in leaf if isinstance(leaf, str) else not isinstance(leaf, int | float | None) for leaf in leaves(value))


def wrong_values(kind: type[BaseModel], given: Mapping[str, Any]) -> list[Complaint]:
    """What is wrong with the values given to the fields of a step or a provider. Missing and unknown ones are not looked at."""
    fields = kind.model_fields
    values = {name: value for name, value in given.items() if name in fields and (value is not None or takes_null(fields[name]))}
    try:
        kind.model_validate(values)
    except ValidationError as error:
        return [each for each in complaints(error, values) if not (each.kind == "missing" and not each.path) and not is_open(each.value)]
    return []


def missing(kind: type[BaseModel], given: Iterable[str]) -> list[str]:
    """The required fields that are not given."""
    names = set(given)
    return [name for name, field in kind.model_fields.items() if field.is_required() and name not in names]


def misfits(
    step: type[Step], chain: Sequence[type[Provider]], given: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[str, tuple[str, ...]] | None:
    """Why no provider of a chain can serve the step, and the parameters that were looked at; None when one can, or nobody knows yet."""
    partial = _Partial(step, given)
    reason = None
    for kind in chain:
        known = {name: value for name, value in options.items() if name in kind.model_fields and value is not None}
        if is_open(known):
            return None
        try:
            reason = kind(**known).misfit(partial)  # type: ignore[arg-type]  # stands in for the step, as far as it is known
        except Exception:
            # A parameter that is not known yet was asked for, or an option is wrong, which is told elsewhere.
            return None
        if reason is None:
            return None
    return None if reason is None else (reason, tuple(partial.seen))


class _Partial:
    """A step of which only some parameters are known; asking for another raises."""

    def __init__(self, kind: type[Step], given: Mapping[str, Any]) -> None:
        fields = kind.model_fields
        values = {name: field.get_default(call_default_factory=True) for name, field in fields.items() if not field.is_required()}
        values.update({name: value for name, value in given.items() if name in fields and (value is not None or takes_null(fields[name]))})
        self._kind = kind
        self._known = {name: value for name, value in values.items() if not is_open(value) or name not in given}
        self.seen: dict[str, None] = {}

    def __getattr__(self, name: str) -> Any:
        if name in self._kind.model_fields:
            if name not in self._known:
                raise LookupError(name)
            self.seen[name] = None
            return self._known[name]
        return getattr(self._kind, name)
