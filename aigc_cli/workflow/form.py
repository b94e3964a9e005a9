"""Takes typed values out of a read document and notes what is wrong with them, in plain words and with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aigc_cli.workflow.problems import Path, Problem, kind_of, nearest
from aigc_cli.workflow.reading import Document

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")


class Reader:
    """Takes typed values out of a document and notes what is wrong with them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def note(self, path: Path, message: str, hint: str = "", *, of_key: bool = False) -> None:
        """Notes a problem at a value, or at its key."""
        self.problems.append(self.document.problem(path, message, hint, of_key=of_key))

    def mapping(self, path: Path, value: Any, what: str) -> Mapping[str, Any]:
        """The value as a mapping; an empty one, noted, when it is none. Null counts as empty."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.note(path, f"{what} must be a mapping, not {kind_of(value)}", "write `key: value` lines below it")
            return {}
        return value

    def only(self, path: Path, value: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
        """Notes every key that is not known here."""
        for key in value:
            if key not in known:
                self.note((*path, key), f"unknown key of {what}", nearest(key, known), of_key=True)

    def text(self, path: Path, value: Any, default: str = "") -> str:
        """The value as text; null is the default."""
        if value is None:
            return default
        if not isinstance(value, str):
            self.note(path, f"must be text, not {kind_of(value)}", "put it in quotes" if isinstance(value, int | float) else "")
            return default
        return value

    def number(self, path: Path, value: Any, low: float, high: float, *, whole: bool = False) -> float | None:
        """The value as a number within bounds; None, noted, when it is none."""
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            self.note(path, f"must be a {'whole ' if whole else ''}number, not {kind_of(value)}")
            return None
        if not low <= value <= high:
            self.note(path, f"must be from {low:g} to {high:g}")
            return None
        return value

    def flag(self, path: Path, value: Any, default: bool) -> bool:
        """The value as a boolean; null is the default."""
        if value is None:
            return default
        if not isinstance(value, bool):
            self.note(path, f"must be true or false, not {kind_of(value)}")
            return default
        return value

    def identifiers(self, path: Path, value: Mapping[str, Any], what: str) -> None:
        """Notes every key that cannot be a name in expressions."""
        for key in value:
            if not _ID.match(key):
                cure = re.sub(r"\W+", "_", key, flags=re.ASCII).strip("_").lower()
                self.note(
                    (*path, key),
                    f"{what} must be letters, digits and `_`, starting with a letter",
                    f"call it `{cure}`" if _ID.match(cure) else "",
                    of_key=True,
                )
