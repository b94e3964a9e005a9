"""Checks a value against an input's declaration, and reads one from the text of a command line."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.model import Input
from aigc_cli.workflow.problems import kind_of, nearest, shorten

MAX_TEXT = 1 << 20
MAX_PATTERNED = 300

_URL = re.compile(r"https?://[^\s/?#]+[^\s]*\Z", re.IGNORECASE)
_JSON_LIST = re.compile(r"""\s*\[\s*["'{\[]""")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")


@dataclass(frozen=True)
class FileInput:
    """A file given as an input: an existing file that the engine imports as an artifact. `media` is what it should be."""

    path: Path
    media: str | None = None


Find = Callable[[str], Path]
"""Turns the text of a `file` value into a path. Raises WorkflowError when it is not allowed."""


def from_text(declared: Input, texts: list[str], find: Find) -> Any:
    """The value that one or several `--set` texts give. Raises WorkflowError when they do not fit."""
    if "list" in declared.types and not (len(texts) == 1 and len(declared.types) > 1 and not _looks_json(texts[0], "[")):
        items: list[Any] = []
        for text in texts:
            if _looks_json(text, "[") or _JSON_LIST.match(text):  # the second: a list whose end the shell, or a slip, cut off
                items.extend(_json(text, list, "a list"))
            elif not text.strip():  # most often a shell variable that is not set
                raise WorkflowError(f"[{len(items)}] is empty", "leave it out, or put something in it")
            else:
                items.append(_item_from_text(declared, text))
        return check(declared, items, find)
    if len(texts) > 1:
        raise WorkflowError("is given more than once, and is not a list", "give it once")
    return check(declared, _scalar_from_text(declared.types, texts[0]), find)


def _looks_json(text: str, start: str) -> bool:
    return text.lstrip().startswith(start) and text.rstrip().endswith({"[": "]", "{": "}"}[start])


def _json(text: str, kind: type, what: str) -> Any:
    def refuse_constant(name: str) -> Any:
        raise ValueError(f"{name} is not a number")

    try:
        value = json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise WorkflowError(
            f"is not valid JSON: {shorten(str(error))}", 'for instance \'["one", "two"]\', in single quotes for the shell'
        ) from None
    if not isinstance(value, kind):
        raise WorkflowError(f"must be {what} in JSON, not {kind_of(value)}")
    return value


def _item_from_text(declared: Input, text: str) -> Any:
    return _scalar_from_text((declared.items or "string",), text)


def _scalar_from_text(types: tuple[str, ...], text: str) -> Any:
    """The typed value of a text for the first type that it can be read as; the text itself when none fits."""
    for kind in types:
        if kind == "integer" and re.fullmatch(r"\s*[-+]?[0-9]{1,18}\s*", text):
            return int(text)
        if kind == "number":
            number = _number(text)
            if number is not None:
                return number
        if kind == "boolean" and text.strip().lower() in (*_TRUE, *_FALSE):
            return text.strip().lower() in _TRUE
        if kind == "object" and (len(types) == 1 or _looks_json(text, "{")):
            return _json(text, dict, "an object")
        if kind == "list" and _looks_json(text, "["):
            return _json(text, list, "a list")
    return text


def _number(text: str) -> int | float | None:
    if re.fullmatch(r"\s*[-+]?[0-9]{1,18}\s*", text):
        return int(text)
    if not re.fullmatch(r"\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?\s*", text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def check(declared: Input, value: Any, find: Find) -> Any:
    """The value in the form that steps get it. Raises WorkflowError, whose message goes on after the input's name."""
    if value is None:
        if declared.is_required or declared.default is not None:
            raise WorkflowError("must not be null", "leave it out to take its default" if not declared.is_required else "")
        return None
    if "list" in declared.types and not isinstance(value, list | tuple) and len(declared.types) == 1:
        value = [value]
    errors: list[WorkflowError] = []
    for kind in declared.types:
        try:
            found = _list(declared, value, find) if kind == "list" else _one(declared, kind, value, find)
        except WorkflowError as error:
            errors.append(error)
            continue
        if declared.enum:
            _check_enum(declared, found if isinstance(found, list) else [found])
        return found
    raise errors[_best(declared.types, value)]


def _best(types: tuple[str, ...], value: Any) -> int:
    """Which type the value was most likely meant to be, for the error."""
    if isinstance(value, str) and _SCHEME.match(value) and "url" in types:
        return types.index("url")
    if isinstance(value, str) and "file" in types:
        return types.index("file")
    return 0


def _list(declared: Input, value: Any, find: Find) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise WorkflowError(f"must be a list, not {kind_of(value)}")
    count = len(value)
    if declared.min is not None and count < declared.min:
        raise WorkflowError(f"must have at least {_count(declared.min, 'item')}, not {count}", "repeat `--set`, or give a JSON list")
    if declared.max is not None and count > declared.max:
        raise WorkflowError(f"must have at most {_count(declared.max, 'item')}, not {count}", f"leave out {count - declared.max:g}")
    if declared.items is None:
        return list(value)
    inner = replace(declared, types=(declared.items,), items=None, min=None, max=None, enum=())
    items = []
    for index, item in enumerate(value):
        try:
            items.append(_one(inner, declared.items, item, find))
        except WorkflowError as error:
            joint = " " if error.message.startswith(("must ", "is ")) else ": "
            raise WorkflowError(f"[{index}]{joint}{error.message}", error.hint) from None
    return items


def _check_enum(declared: Input, values: list[Any]) -> None:
    for value in values:
        if not any(value == allowed and isinstance(value, bool) == isinstance(allowed, bool) for allowed in declared.enum):
            raise WorkflowError(f'"{shorten(str(value))}" is not one of its values', nearest(str(value), map(str, declared.enum)))


def _one(declared: Input, kind: str, value: Any, find: Find) -> Any:
    if kind in ("string", "file", "url", "date"):
        if not isinstance(value, str):
            cure = "put it in quotes" if isinstance(value, int | float) and not isinstance(value, bool) else ""
            raise WorkflowError(f"must be {_WORDS[kind]}, not {kind_of(value)}", cure)
        return _TEXTS[kind](declared, value, find)
    if kind == "boolean":
        if not isinstance(value, bool):
            raise WorkflowError(f"must be true or false, not {_shown(value)}", "use true or false")
        return value
    if kind in ("integer", "number"):
        if isinstance(value, float) and kind == "integer" and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int if kind == "integer" else int | float):
            raise WorkflowError(f"must be {_WORDS[kind]}, not {_shown(value)}", _number_cure(declared, kind, value))
        if isinstance(value, float) and not math.isfinite(value):
            raise WorkflowError("must be a finite number")
        _bounds(declared, value)
        return value
    if not isinstance(value, dict):
        raise WorkflowError(f"must be an object, not {kind_of(value)}")
    return value


def _count(number: float, what: str) -> str:
    return f"{number:g} {what}{'' if number == 1 else 's'}"


def _shown(value: Any) -> str:
    return f'"{shorten(value)}"' if isinstance(value, str) else kind_of(value)


def _number_cure(declared: Input, kind: str, value: Any) -> str:
    number = _number(value) if isinstance(value, str) else None
    if number is not None and (kind == "number" or isinstance(number, int)):
        return "write it without quotes"
    return f"give {_WORDS[kind]}{_range(declared)}"


def _range(declared: Input) -> str:
    low, high = declared.min, declared.max
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    return f" of at least {low:g}" if low is not None else f" of at most {high:g}" if high is not None else ""


_WORDS = {
    "string": "text",
    "file": "the path of a file",
    "url": "an address",
    "date": "a date",
    "integer": "a whole number",
    "number": "a number",
}


def _bounds(declared: Input, value: float) -> None:
    cure = f"give {_WORDS['number']}{_range(declared)}"
    if declared.min is not None and value < declared.min:
        raise WorkflowError(f"must be at least {declared.min:g}, not {value:g}", cure)
    if declared.max is not None and value > declared.max:
        raise WorkflowError(f"must be at most {declared.max:g}, not {value:g}", cure)


def _length(declared: Input, value: str) -> None:
    if declared.min is not None and declared.min > 0 and not value.strip():
        raise WorkflowError("is empty", shorten(declared.description) or "give some text")
    if declared.min is not None and len(value) < declared.min:
        raise WorkflowError(f"must be at least {_count(declared.min, 'character')} long, not {len(value)}", "say more")
    if declared.max is not None and len(value) > declared.max:
        raise WorkflowError(
            f"must be at most {_count(declared.max, 'character')} long, not {len(value)}", f"shorten it by {len(value) - declared.max:g}"
        )


def _string(declared: Input, value: str, find: Find) -> str:
    if len(value) > MAX_TEXT:
        raise WorkflowError(f"is longer than {MAX_TEXT:,} characters", "keep long text in a file")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise WorkflowError("is not valid Unicode text", "give it in UTF-8")
    _length(declared, value)
    if declared.pattern is not None:
        if len(value) > MAX_PATTERNED:
            raise WorkflowError(f"is longer than {MAX_PATTERNED} characters")
        if not re.fullmatch(declared.pattern, value):
            raise WorkflowError(f'"{shorten(value)}" does not match its pattern `{shorten(declared.pattern)}`')
    return value


def _file(declared: Input, value: str, find: Find) -> FileInput:
    if not value.strip():
        raise WorkflowError("is empty", "give the path of a file")
    if _SCHEME.match(value):
        raise WorkflowError(f"must be a file, not the address `{shorten(value)}`", "save it to a file first")
    path = find(value)
    try:
        if path.is_dir():
            raise WorkflowError(f"`{shorten(value, 200)}` is a folder, not a file", "name a file in it")
        if not path.exists():
            raise WorkflowError(f"there is no file `{shorten(value, 200)}`", _near_file(path, can_be_url="url" in declared.types))
        if not path.is_file():
            raise WorkflowError(f"`{shorten(value, 200)}` is not a regular file", "copy it to a file first")
    except (OSError, ValueError) as error:
        raise WorkflowError(f"cannot read `{shorten(value, 200)}`: {getattr(error, 'strerror', None) or error}") from None
    return FileInput(path, declared.media)


def _near_file(path: Path, *, can_be_url: bool) -> str:
    try:
        names = sorted(each.name for each in path.parent.iterdir())[:1000]
    except OSError:
        missing = f"there is no folder `{shorten(str(path.parent), 200)}` either"
        return f"{missing}; an address starts with `https://`" if can_be_url else missing
    return nearest(path.name, names, otherwise="check the path")


def _url(declared: Input, value: str, find: Find) -> str:
    if len(value) > 2048:
        raise WorkflowError(f"is an address of {len(value)} characters", "use one of at most 2048")
    if not _URL.match(value) or any(ord(char) < 33 for char in value):
        raise WorkflowError(f'"{shorten(value)}" is not an address', "use one that starts with `https://`")
    return value


def _date(declared: Input, value: str, find: Find) -> str:
    try:
        if len(value) <= 10:
            return date.fromisoformat(value).isoformat()
        return datetime.fromisoformat(value).isoformat()
    except ValueError:
        raise WorkflowError(f'"{shorten(value)}" is not a date', "write it as YYYY-MM-DD") from None


_TEXTS: dict[str, Callable[[Input, str, Find], Any]] = {"string": _string, "file": _file, "url": _url, "date": _date}
