"""Files that a workflow names where it uses them: `photo: pictures/kettle.jpg` in a step's `with:`, in `defaults`, in a profile.

Only what is written there as it stands counts as a path. What an expression gives never does: a text from a feed, from a model or
from whoever fills the inputs must not choose a file of this machine.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from aigc_cli.artifacts import Artifact
from aigc_cli.workflow.expressions import has_expression
from aigc_cli.workflow.model import Input
from aigc_cli.workflow.paths import confine
from aigc_cli.workflow.problems import Path
from aigc_cli.workflow.values import FileInput, check


def named(written: Mapping[str, Any], owners: Iterable[type[BaseModel]]) -> Iterator[tuple[Path, str]]:
    """Every path among parameters as they are written, with its place. `owners` are the step and the providers that take them."""
    fields = [kind.model_fields for kind in owners]
    for name, value in written.items():
        if any(name in each and _takes_file(each[name].annotation) for each in fields):
            for path, text in _texts(value, (name,)):
                if text.strip() and "://" not in text and not has_expression(text):
                    yield path, text


def find(folder: FilePath, text: str) -> FileInput:
    """The file that a path below a workflow's folder names. Raises WorkflowError when it is not there, or not inside."""
    found: FileInput = check(_FILE, text, lambda path: confine(folder, path))
    return found


def put(value: Any, place: Path, found: Any) -> Any:
    """The value with something else at a place."""
    if not place:
        return found
    if isinstance(value, Mapping):
        return {**value, place[0]: put(value[place[0]], place[1:], found)}
    return [put(item, place[1:], found) if index == place[0] else item for index, item in enumerate(value)]


def names_any(value: Any, folder: FilePath) -> bool:
    """True when some text in a value is the path of a file that is there, whatever it is meant to be."""
    return any(_is_file(folder / text) for _, text in _texts(value, ()))


def _is_file(path: FilePath) -> bool:
    try:
        return path.is_file()
    except OSError:  # a long text is no path
        return False


_FILE = Input("", types=("file",))


def _takes_file(annotation: Any) -> bool:
    """True for a field that holds a file, or a list of files."""
    if annotation is Artifact:
        return True
    if get_origin(annotation) in (Union, types.UnionType, Annotated, tuple, list):
        return any(_takes_file(each) for each in get_args(annotation))
    return False


def _texts(value: Any, place: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*place, index))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(item, (*place, name))
