"""Reads a YAML template that an editor wrote: bounded, without aliases, every mistake with its place and a cure."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from aigc_cli.errors import WorkflowError

T = TypeVar("T", bound=BaseModel)
_MOST_BYTES = 64 * 1024
_DEEPEST = 20
_PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_pattern_mismatch": "has the wrong form",
}
_PAGES = {"captions": "captions"}


def read(path: Path, model: type[T]) -> T:
    """A template as its model. Raises WorkflowError with file, line and column of the first mistake."""
    name = f"{path.parent.name}/{path.name}"
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WorkflowError(f"template `{name}` cannot be read: {error.strerror}", "check the file and its permissions") from error
    if len(raw) > _MOST_BYTES:
        raise WorkflowError(f"template `{name}` is larger than {_MOST_BYTES // 1024} KiB", "make it smaller")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorkflowError(f"template `{name}` is not UTF-8 text", "save it as UTF-8") from error
    return parse(text, path, model)


def place(path: Path, keys: tuple[int | str, ...]) -> tuple[int, int]:
    """Line and column, from 1, of a value in a template that can be read."""
    return _position(_load(path.read_text(encoding="utf-8-sig"), path.name), list(keys))


def parse(text: str, path: Path, model: type[T]) -> T:
    """The text of a template as its model; `path` names it in errors."""
    content = _load(text, f"{path.parent.name}/{path.name}")
    try:
        return model.model_validate(_plain(content))
    except ValidationError as error:
        raise _explain(path, content, error, model) from error


def _load(text: str, name: str) -> Any:
    """The YAML value with positions (ruamel.yaml's round-trip nodes)."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

    try:
        depth = 0
        # reading takes as long as this look ahead: it is spared where no sign of an alias or of depth stands in the text
        for event in YAML(typ="rt").parse(text) if _may_be_refused(text) else ():
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            if isinstance(event, AliasEvent) or depth > _DEEPEST:
                line = event.start_mark.line + 1
                raise WorkflowError(f"{name}:{line}: aliases and more than {_DEEPEST} levels are refused", "write the value out")
        value = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise WorkflowError(f"{name}{where}: {error.problem or 'not YAML'}", "check the indentation and the quotes there") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise WorkflowError(f"template `{name}` is not YAML that can be read", "check its indentation and quotes") from error
    if not isinstance(value, dict):
        raise WorkflowError(f"template `{name}` is not a mapping of keys to values", "begin it with `about: ...`")
    return value


def _may_be_refused(text: str) -> bool:
    """False when a text certainly has no alias and no more than the levels allowed: each costs a bracket, or a place before a line."""
    deepest = level = 0
    for char in text:
        level += (char in "[{") - (char in "]}")
        deepest = max(deepest, level)
    before = max((len(line) - len(line.lstrip(" -?:\t")) for line in text.splitlines()), default=0)
    return "*" in text or deepest + before >= _DEEPEST


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    return float(value) if isinstance(value, float) else value


def _explain(path: Path, content: Any, error: ValidationError, model: type[BaseModel]) -> WorkflowError:
    first = error.errors(include_url=False)[0]
    # The name of a union's member stands in the location, but not in the file.
    keys = _real_keys(content, first["loc"])
    line, column = _position(content, keys)
    dotted = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".")
    said, hint = _PLAIN.get(first["type"], first["msg"][:1].lower() + first["msg"][1:]), ""
    if first["type"] == "value_error":  # a rule of ours: what is wrong; what to do
        said, _, hint = first["msg"].removeprefix("Value error, ").partition("; ")
    hint = hint or f"see docs/{_PAGES.get(path.parent.name, 'scene-templates')}.md for the form"
    if first["type"] == "extra_forbidden" and keys:
        known = sorted(_fields(model))
        # Of names that are as near, one that begins alike: `exti` is rather `exit` than `text`.
        near = sorted(difflib.get_close_matches(str(keys[-1]), known, 3), key=lambda name: name[:1] != str(keys[-1])[:1])
        hint = f"did you mean `{near[0]}`?" if near else hint
    where = f"{path.parent.name}/{path.name}:{line}:{column}: "
    if first["type"] == "value_error":
        return WorkflowError(f"{where}`{dotted}`: {said}" if dotted else f"{where}{said}", hint)
    return WorkflowError(f"{where}`{dotted}` {said}", hint)


def _real_keys(content: Any, loc: tuple[int | str, ...]) -> list[int | str]:
    keys: list[int | str] = []
    value: Any = content
    for index, key in enumerate(loc):
        if _holds(value, key):
            value = value[key]
        elif index < len(loc) - 1:
            continue
        elif not isinstance(value, dict):
            break
        keys.append(key)
    return keys


def _holds(value: Any, key: int | str) -> bool:
    return key in value if isinstance(value, dict) else isinstance(value, list) and isinstance(key, int) and key < len(value)


def _position(content: Any, keys: list[int | str]) -> tuple[int, int]:
    line, column = 0, 0
    value: Any = content
    for key in keys:
        marks = getattr(value, "lc", None)
        place = marks.data.get(key) if marks is not None and isinstance(marks.data, dict) else None
        if place is None:
            break
        line, column = place[0], place[1]
        value = value[key]
    return line + 1, column + 1


def _fields(model: type[BaseModel]) -> set[str]:
    """The names of all fields of a model and of the models in it."""
    found: set[str] = set()
    todo: list[Any] = [model]
    seen: set[Any] = set()
    while todo:
        each = todo.pop()
        if each in seen:
            continue
        seen.add(each)
        if isinstance(each, type) and issubclass(each, BaseModel):
            for name, field in each.model_fields.items():
                found.add(field.alias or name)
                todo.append(field.annotation)
        else:
            todo += getattr(each, "__args__", ())
    return found
