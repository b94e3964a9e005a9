"""Reads the `inputs` of a workflow: the types, limits and defaults that values are later checked against."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.form import Reader
from aigc_cli.workflow.model import INPUT_TYPES, MEDIA, MISSING, Input
from aigc_cli.workflow.problems import Path, kind_of, nearest, shorten
from aigc_cli.workflow.values import check

INPUT_KEYS = ("type", "items", "media", "title", "description", "default", "min", "max", "pattern", "enum", "secret")
ITEM_TYPES = tuple(kind for kind in INPUT_TYPES if kind != "list")
MAX_PATTERN = 200

_GROUP_REPEATED = re.compile(r"(?<!\\)\)[*+{]")
_OPEN_REPEAT = re.compile(r"(?<!\\)(\*|\+|\{\d*,\d*\})")
_OPTIONAL = re.compile(r"(?<!\\)(?<!\()\?")


def read_inputs(reader: Reader, raw: Mapping[str, Any]) -> dict[str, Input]:
    """The declared inputs by name, as whole as they could be read."""
    return {name: _read_input(reader, ("inputs", name), name, value) for name, value in raw.items()}


def _read_input(reader: Reader, path: Path, name: str, value: Any) -> Input:
    if isinstance(value, str):  # the short form `product: string`
        value = {"type": value}
        types = _types(reader, path, value["type"])
    else:
        if not isinstance(value, dict):
            reader.note(
                path, f"an input is declared by a mapping, not {kind_of(value)}", "for instance `{type: string}`", of_key=value is None
            )
            return Input(name)
        reader.only(path, value, INPUT_KEYS, "an input")
        types = _types(reader, (*path, "type"), value.get("type", "string"))
    declared = Input(
        name=name,
        types=types,
        items=_items(reader, path, value, types),
        media=_media(reader, path, value),
        title=reader.text((*path, "title"), value.get("title")),
        description=reader.text((*path, "description"), value.get("description")),
        min=_limit(reader, (*path, "min"), value.get("min")),
        max=_limit(reader, (*path, "max"), value.get("max")),
        pattern=_pattern(reader, (*path, "pattern"), value.get("pattern")),
        enum=_enum(reader, (*path, "enum"), value.get("enum")),
        secret=reader.flag((*path, "secret"), value.get("secret"), False),
        default=value.get("default", MISSING),
    )
    if declared.min is not None and declared.max is not None and declared.min > declared.max:
        reader.note((*path, "max"), "is less than `min`")
    _check_default(reader, path, declared)
    return declared


def _types(reader: Reader, path: Path, value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list) else [value]
    known = []
    for index, kind in enumerate(given):
        at = (*path, index) if isinstance(value, list) else path
        if kind not in INPUT_TYPES or not isinstance(kind, str):
            reader.note(at, f"`{shorten(str(kind))}` is not a type of input", nearest(str(kind), INPUT_TYPES))
        elif kind in known:
            reader.note(at, f"`{kind}` is there twice")
        else:
            known.append(kind)
    if not given:
        reader.note(path, "the list of types is empty", f"use some of {', '.join(INPUT_TYPES)}")
    return tuple(known) or ("string",)


def _items(reader: Reader, path: Path, value: Mapping[str, Any], types: tuple[str, ...]) -> str | None:
    items = value.get("items")
    if items is None:
        return None
    if "list" not in types:
        reader.note((*path, "items"), "only a list has items", "set `type: list`", of_key=True)
        return None
    if items not in ITEM_TYPES or not isinstance(items, str):
        reader.note((*path, "items"), f"`{shorten(str(items))}` is not a type of item", nearest(str(items), ITEM_TYPES))
        return None
    return items


def _media(reader: Reader, path: Path, value: Mapping[str, Any]) -> str | None:
    media = value.get("media")
    if media is None:
        return None
    if media not in MEDIA or not isinstance(media, str):
        reader.note((*path, "media"), f"`{shorten(str(media))}` is not a kind of media", nearest(str(media), MEDIA))
        return None
    return media


def _limit(reader: Reader, path: Path, value: Any) -> float | None:
    return None if value is None else reader.number(path, value, -1e15, 1e15)


def _enum(reader: Reader, path: Path, value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not value or any(isinstance(item, list | dict) for item in value):
        reader.note(path, "must be a list of the values that are allowed")
        return ()
    return tuple(value)


def _pattern(reader: Reader, path: Path, value: Any) -> str | None:
    """A pattern that cannot take more than polynomial time of low degree: files may come from strangers."""
    if value is None:
        return None
    pattern = reader.text(path, value)
    try:
        compiled = re.compile(pattern) if len(pattern) <= MAX_PATTERN else None
    except (re.error, RecursionError, OverflowError) as error:
        reader.note(path, f"is not a pattern: {error}", "it is a regular expression as Python's `re` reads them")
        return None
    bare = re.sub(r"\[\^?\]?(\\.|[^\]\\])*\]", "x", pattern)  # what stands in a class repeats nothing
    is_costly = _GROUP_REPEATED.search(bare) or len(_OPEN_REPEAT.findall(bare)) > 3 or len(_OPTIONAL.findall(bare)) > 8
    if compiled is None or is_costly or re.search(r"\\[1-9]|\(\?P=", bare):
        reader.note(
            path,
            "is too complex a pattern",
            f"at most {MAX_PATTERN} characters, 3 of `*`, `+` or ranges, no repeated group, no back-reference",
        )
        return None
    return pattern


def _check_default(reader: Reader, path: Path, declared: Input) -> None:
    default = declared.default
    if declared.is_required or default is None:
        return
    if _has_expression(default):
        reader.note(
            (*path, "default"), "an expression cannot stand here", "write a plain value; use the filter `default` where the input is used"
        )
        return
    try:
        check(declared, default, lambda _: FilePath(__file__))  # whether the file is there is checked with the workflow's folder
    except WorkflowError as error:
        reader.note((*path, "default"), error.message, error.hint)


def _has_expression(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_expression, value.values()))
    if isinstance(value, list):
        return any(map(_has_expression, value))
    return isinstance(value, str) and "${{" in value
