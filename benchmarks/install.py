"""How much a default installation takes: every file of `aigc` and of what it depends on, without extras."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from benchmarks.measuring import Figure

GOAL_MB = 900


def measure(*, is_short: bool = False) -> list[Figure]:
    sizes = {name: _size_mb(name) for name in sorted(_closure("aigc"))}
    largest = sorted(sizes, key=lambda name: -sizes[name])[:5]
    detail = ", ".join(f"{name} {sizes[name]:.0f}" for name in largest)
    return [Figure("default installation", sum(sizes.values()), "MB", GOAL_MB, f"{len(sizes)} packages: {detail}", margin=1.0)]


def _closure(root: str) -> set[str]:
    from packaging.requirements import Requirement

    found: set[str] = set()
    waiting = [(root, frozenset[str]())]
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        name = re.sub(r"[-_.]+", "-", name).lower()
        if (name, extras) in done:
            continue
        done.add((name, extras))
        try:
            requires = metadata.distribution(name).requires or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        for line in requires:
            need = Requirement(line)
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append((need.name, frozenset(need.extras)))
    return found


def _size_mb(name: str) -> float:
    """What a package's own files take. An editable installation counts the package's folder in the checkout."""
    distribution = metadata.distribution(name)
    total = 0
    for file in distribution.files or []:
        path = Path(str(distribution.locate_file(file)))
        total += path.stat().st_size if path.is_file() else 0
    if name == "aigc":
        top = Path(__file__).resolve().parent.parent
        own = sum(
            path.stat().st_size
            for folder in ("aigc_cli", "templates", "workflows")
            for path in (top / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        )
        total = max(total, own)
    return total / 1e6
