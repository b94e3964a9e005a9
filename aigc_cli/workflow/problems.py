"""A mistake in a workflow file: where it is, what it is, how to cure it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aigc_cli.errors import WorkflowError

Path = tuple[str | int, ...]
"""Where a value stands in a file: keys and list indexes from the top."""

_PLAIN = re.compile(r"[A-Za-z_$][\w.$-]*\Z")


def dotted(path: Sequence[str | int]) -> str:
    """A path as people read it: `steps.clip.with.formats[1]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.match(part):
            text += f".{part}" if text else part
        else:
            text += f"[{shorten(part)!r}]"
    return text


def shorten(text: str, limit: int = 60) -> str:
    """The text, cut to `limit` characters for a message, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def nearest(name: str, known: Iterable[str], *, otherwise: str = "use one of {}") -> str:
    """A hint: the known name that was likely meant, else all of them."""
    names = list(dict.fromkeys(known))
    close = difflib.get_close_matches(name[:100], names, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return otherwise.format(", ".join(names)) if names else ""


@dataclass(frozen=True)
class Problem:
    """One mistake. Lines and columns count from 1; `path` is dotted and may be empty. Without a file: one in a value given to a run."""

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.file else ""
        where = " ".join(filter(None, (place, self.path)))
        head = f"{where}: {self.message}" if where else self.message
        return f"{head}\n  hint: {self.hint}" if self.hint else head


def by_place(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems sorted by file and place, each once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda each: (each.file, each.line, each.column, each.path, each.message)))


def refuse(problems: Sequence[Problem]) -> WorkflowError:
    """The error that tells all of these problems at once, one after the other."""
    if len(problems) == 1:
        only = problems[0]
        return WorkflowError(str(Problem(only.file, only.line, only.column, only.path, only.message)), only.hint)
    lines = "\n".join(str(problem) for problem in problems)
    return WorkflowError(f"{len(problems)} mistakes\n{lines}")


def kind_of(value: Any) -> str:
    """What a value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list | tuple):
        return "a list"
    return "a mapping" if isinstance(value, Mapping) else "a file"
