"""Finds what ships beside the code: templates, workflows, fonts, voices, drawings, maps.

In a wheel they lie inside the package; in a checkout `templates/` and `workflows/` stand at the top. A workflow's own
folder may carry a `templates/` folder, whose files win over the shipped ones of the same name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from aigc_cli.errors import WorkflowError

PACKAGE = Path(__file__).resolve().parent
_NAME = re.compile(r"[\w][\w.\-]*(/[\w][\w.\-]*)*\Z")


def shipped(folder: str) -> Path:
    """The shipped folder `templates` or `workflows`: inside the wheel, or at the top of the checkout."""
    inside = PACKAGE / folder
    return inside if inside.is_dir() else PACKAGE.parent / folder


def data(*parts: str) -> Path:
    """A file of the package's own data: fonts, voices, drawings, maps."""
    return PACKAGE.joinpath("data", *parts)


@dataclass(frozen=True)
class Templates:
    """Templates by kind and name, looked up in `roots`, first match wins.

    A kind is a folder: `copy`, `scenes`, `brands`, `captions`. A name is a file name with its ending.
    """

    roots: tuple[Path, ...]

    @classmethod
    def beside(cls, workflow_folder: Path | None) -> Templates:
        """Those of the workflow's folder, then the shipped ones."""
        own = () if workflow_folder is None else (workflow_folder / "templates",)
        return cls((*own, shipped("templates")))

    def find(self, kind: str, name: str) -> Path:
        """The path of a template. Raises WorkflowError with the names there are when it is not there."""
        if not _NAME.match(name):
            raise WorkflowError(f"`{name}` is not the name of a template", f"use one of {', '.join(self.names(kind))}")
        for root in self.roots:
            path = root / kind / name
            if path.is_file() and path.resolve().is_relative_to(root.resolve()):
                return path
        raise WorkflowError(f"there is no template `{kind}/{name}`", f"use one of {', '.join(self.names(kind))}")

    def has(self, kind: str, name: str) -> bool:
        """True when `find` would succeed."""
        try:
            self.find(kind, name)
        except WorkflowError:
            return False
        return True

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of all templates of a kind, sorted, each once."""
        return _names(kind, self.roots)

    def own(self, kind: str) -> tuple[str, ...]:
        """The names of those that do not ship, sorted."""
        return _names(kind, tuple(root for root in self.roots if root != shipped("templates")))

    def digest(self, kind: str, name: str) -> str:
        """sha256 of a template's bytes: what a cache key carries instead of its path."""
        return hashlib.sha256(self.find(kind, name).read_bytes()).hexdigest()


def _names(kind: str, roots: tuple[Path, ...]) -> tuple[str, ...]:
    found = {path.name for root in roots if (root / kind).is_dir() for path in (root / kind).iterdir() if path.is_file()}
    return tuple(sorted(found))
