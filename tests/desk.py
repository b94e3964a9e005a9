"""A step's surroundings for tests: the real store and the real templates, in a temporary folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from aigc_cli.artifacts import Artifact, Store
from aigc_cli.assets import Templates
from aigc_cli.contracts import Usage
from aigc_cli.errors import MissingKey

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"


@dataclass
class Desk:
    root: Path
    seed: int = 0
    is_offline: bool = True
    templates: Templates = field(default_factory=lambda: Templates.beside(None))
    notes: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    trusted: tuple[str, ...] = ()
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    allowed: list[Usage] = field(default_factory=list)
    bills: list[Usage] = field(default_factory=list)
    keeps: bool = False
    """Whether what is loaded stays, as it does in a worker."""
    loaded: dict[str, Any] = field(default_factory=dict)

    @property
    def scratch(self) -> Path:
        folder = self.root / "scratch"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def store(self) -> Store:
        return Store(self.root / "store")

    def open(self, artifact: Artifact) -> Path:
        return self.store.open(artifact)

    def save(self, content: bytes | Path, media_type: str, name: str = "") -> Artifact:
        put = self.store.put_bytes if isinstance(content, bytes) else self.store.put_file
        return put(content, media_type, name)  # type: ignore[arg-type]

    def progress(self, fraction: float, text: str = "") -> None:
        assert 0 <= fraction <= 1

    def note(self, text: str, *, is_downgrade: bool = False) -> None:
        self.notes.append(text)

    def load(self, name: str, make: Callable[[], Any]) -> Any:
        if not self.keeps:
            return make()
        if name not in self.loaded:
            self.loaded[name] = make()
        return self.loaded[name]

    def release(self, keep: str = "") -> int:
        return 0

    @contextlib.contextmanager
    def alone(self, thing: str) -> Iterator[None]:
        yield

    def key(self, name: str) -> str:
        if name not in self.keys:
            raise MissingKey(f"no key for {name}")
        return self.keys[name]

    def is_trusted(self, host: str) -> bool:
        return host in self.trusted

    def command(self, name: str) -> tuple[str, ...]:
        return self.commands[name]

    def allow(self, usage: Usage) -> None:
        self.allowed.append(usage)

    def spent(self, usage: Usage) -> None:
        self.bills.append(usage)

    def memo(self, kind: str, version: int, material: JsonValue, make: Callable[[], Any]) -> Any:
        return make()
