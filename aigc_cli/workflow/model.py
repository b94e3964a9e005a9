"""The workflow as frozen data: what the YAML says once it is read and its form is checked. Nothing here is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

LANGUAGE_VERSION: Final = 1

INPUT_TYPES: Final = ("string", "integer", "number", "boolean", "list", "object", "file", "url", "date")
"""What `type` of an input may be; a list of them lets the value be any of these."""

MEDIA: Final = ("image", "video", "audio", "text", "data")
"""What `media` of a file input may be."""


class Missing:
    """Stands for no default at all, where null is a value."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


@dataclass(frozen=True)
class Input:
    """A typed input. `default` is MISSING for one that must be given; `items` is the type of a list's items."""

    name: str
    types: tuple[str, ...] = ("string",)
    items: str | None = None
    media: str | None = None
    title: str = ""
    description: str = ""
    default: Any = MISSING
    min: float | None = None
    max: float | None = None
    pattern: str | None = None
    enum: tuple[Any, ...] = ()
    secret: bool = False

    @property
    def is_required(self) -> bool:
        return isinstance(self.default, Missing)


@dataclass(frozen=True)
class Retry:
    """How often a step is tried in all, and the seconds to wait before the second try; each later wait doubles."""

    attempts: int = 1
    wait_s: float = 1.0


@dataclass(frozen=True)
class StepSpec:
    """One step as written. `params` is `with`, `condition` is `if`; both, and `for_each`, may hold expressions."""

    id: str
    uses: str
    provider: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    for_each: Any = None
    condition: Any = None
    needs: tuple[str, ...] = ()
    retry: Retry | None = None
    timeout_s: float | None = None
    max_cost: float | None = None
    seed: int | None = None
    cache: bool = True

    @property
    def is_include(self) -> bool:
        """True when the step runs another workflow file."""
        return is_include(self.uses)


def is_include(uses: str) -> bool:
    """True for a path rather than a kind of step: `./other.yaml`."""
    return uses.startswith(("./", "../", "/", ".\\", "..\\")) or uses.endswith((".yaml", ".yml"))


@dataclass(frozen=True)
class Workflow:
    """A whole workflow. `folder` is where its file stands: templates beside it win, and its paths stay inside."""

    name: str
    path: Path
    title: str = ""
    description: str = ""
    inputs: Mapping[str, Input] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    brand: Any = None
    profiles: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    steps: Mapping[str, StepSpec] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.path.parent

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the inputs that must not reach logs, keys and manifests."""
        return tuple(name for name, declared in self.inputs.items() if declared.secret)
