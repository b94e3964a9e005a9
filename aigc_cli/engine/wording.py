"""What pydantic says about a parameter, in plain words, with the place it is about and a cure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from aigc_cli.workflow.problems import Path, kind_of, nearest, shorten

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong: `path` below the parameters, and whether it is about the key rather than the value."""

    path: Path
    message: str
    hint: str = ""
    kind: str = ""
    value: Any = None
    is_about_key: bool = False


def complaints(error: ValidationError, given: Mapping[str, Any]) -> list[Complaint]:
    """What the error says, one complaint per place: of the alternatives of a union the most telling one."""
    by_place: dict[Path, list[Complaint]] = {}
    for detail in error.errors(include_url=False, include_context=True):
        path, is_alternative = _path(detail["loc"], given)
        complaint = _complaint(path, detail, given)
        by_place.setdefault(path[:1] if is_alternative else complaint.path, []).append(complaint)
    return [_best(each) for each in by_place.values()]


def _best(same: Sequence[Complaint]) -> Complaint:
    """Alternatives complain one by one; a rule that was broken tells more than a type that did not fit."""
    order = {"value_error": 0, "literal_error": 1, "string_pattern_mismatch": 2}
    chosen = min(
        same,
        key=lambda each: (order.get(each.kind, 9 if each.kind in ("model_type", "extra_forbidden", "missing") else 5), -len(each.path)),
    )
    if len({each.kind for each in same}) > 1 and chosen.kind.endswith("_type"):
        wanted = list(dict.fromkeys(_WANTED[each.kind] for each in same if each.kind in _WANTED))
        if len(wanted) > 1:
            message = f"must be {', '.join(wanted[:-1])} or {wanted[-1]}, not {kind_of(chosen.value)}"
            return Complaint(chosen.path, message, kind=chosen.kind, value=chosen.value)
    return chosen


def _path(loc: Sequence[str | int], given: Any) -> tuple[Path, bool]:
    """The place in the value that was given; names of a union's alternatives, which stand in `loc` too, are passed over."""
    path: list[str | int] = []
    value = given
    is_alternative = False
    for index, part in enumerate(loc):
        is_key = isinstance(value, dict) and part in value
        if is_key or (isinstance(value, list | tuple) and isinstance(part, int) and part < len(value)):
            value = value[part]
        elif isinstance(value, dict) and index == len(loc) - 1:
            path.append(part)  # a key that is missing
            continue
        else:
            is_alternative = True
            continue
        path.append(part)
    return tuple(path), is_alternative


_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "none_required": "null",
}


def _wrong_type(wanted: str) -> Callable[[Any, Mapping[str, Any]], tuple[str, str]]:
    def say(value: Any, ctx: Mapping[str, Any]) -> tuple[str, str]:
        shown = f'"{shorten(value)}"' if isinstance(value, str) and wanted != "text" else kind_of(value)
        cure = "put it in quotes" if wanted == "text" and isinstance(value, int | float) and not isinstance(value, bool) else ""
        return f"must be {wanted}, not {shown}", cure

    return say


def _limit(words: str, key: str) -> Callable[[Any, Mapping[str, Any]], tuple[str, str]]:
    def say(value: Any, ctx: Mapping[str, Any]) -> tuple[str, str]:
        limit = ctx.get(key)
        shown = f"{limit:g}" if isinstance(limit, int | float) else str(limit)
        return f"must be {words} {shown}" + (f", not {value:g}" if isinstance(value, int | float) else ""), ""

    return say


def _size(words: str, key: str, unit: str) -> Callable[[Any, Mapping[str, Any]], tuple[str, str]]:
    def say(value: Any, ctx: Mapping[str, Any]) -> tuple[str, str]:
        limit = ctx.get(key)
        return f"must have {words} {limit} {unit}{'' if limit == 1 else 's'}, not {ctx.get('actual_length', len(value))}", ""

    return say


def _choice(value: Any, ctx: Mapping[str, Any]) -> tuple[str, str]:
    expected = str(ctx.get("expected", ""))
    names = [name.replace("\\'", "'") for name in _QUOTED.findall(expected)] or re.split(r", | or ", expected)
    shown = f'"{shorten(value)}"' if isinstance(value, str) else shorten(str(value))
    return f"{shown} is not one of its values", nearest(str(value), names)


_SAY: dict[str, Callable[[Any, Mapping[str, Any]], tuple[str, str]]] = {
    **{kind: _wrong_type(wanted) for kind, wanted in _WANTED.items()},
    "int_parsing": _wrong_type("a whole number"),
    "int_from_float": _wrong_type("a whole number"),
    "float_parsing": _wrong_type("a number"),
    "bool_parsing": _wrong_type("true or false"),
    "finite_number": lambda value, ctx: ("must be a finite number", ""),
    "greater_than_equal": _limit("at least", "ge"),
    "greater_than": _limit("more than", "gt"),
    "less_than_equal": _limit("at most", "le"),
    "less_than": _limit("less than", "lt"),
    "multiple_of": _limit("a multiple of", "multiple_of"),
    "too_short": _size("at least", "min_length", "item"),
    "too_long": _size("at most", "max_length", "item"),
    "string_too_short": _size("at least", "min_length", "character"),
    "string_too_long": _size("at most", "max_length", "character"),
    "string_pattern_mismatch": lambda value, ctx: (
        f'"{shorten(str(value))}" does not have the right form',
        f"it must match `{ctx.get('pattern')}`",
    ),
    "literal_error": _choice,
    "enum": _choice,
}


def _complaint(path: Path, detail: Any, given: Mapping[str, Any]) -> Complaint:
    kind, value, ctx = str(detail["type"]), detail.get("input"), detail.get("ctx") or {}
    if kind == "missing":
        return Complaint(
            path[:-1], f"`{path[-1]}` is missing" if path else "something is missing", kind=kind, value=value, is_about_key=True
        )
    if kind == "extra_forbidden":
        return Complaint(path, "unknown key", kind=kind, value=value, is_about_key=True)
    if kind in _SAY:
        message, hint = _SAY[kind](value, ctx)
        return Complaint(path, message, hint, kind, value)
    message = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    message, _, cure = " ".join(message.split()).partition("; ")
    if isinstance(value, list | tuple):  # a rule about a list names the item in quotes: the problem stands there
        path = next(((*path, index) for index, item in enumerate(value) if isinstance(item, str) and f'"{item}"' in message), path)
    return Complaint(path, shorten(message[:1].lower() + message[1:], 300), shorten(cure, 300), kind, value)


def leaves(value: Any) -> Iterator[Any]:
    """Every leaf of a value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value
