"""The problems of a workflow file, remembered when there are none.

To check parameters the classes of steps and providers are imported, which takes longer than the checking itself. A file
that was found valid need not be checked again while nothing that it was checked against has changed: its own bytes, the
templates beside it, this package, what is installed. As linters do, only "no problems" is remembered.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli import __version__, assets, config
from aigc_cli.errors import AigcError
from aigc_cli.workflow.problems import Problem

if TYPE_CHECKING:
    from aigc_cli.workflow.model import Workflow

_FOLDER = "valid"
_KEPT = 1000


def problems_of(path: Path) -> tuple[Problem, ...]:
    """Every problem of a workflow, sorted by place, or the first of a template. Raises WorkflowError when it cannot be read."""
    if path.resolve().parent.parent.name == "templates":
        from aigc_cli.media import proofs

        if proofs.is_template(path):
            return proofs.of_file(path)
    mark = _mark(path)
    if mark is not None and mark.exists():
        return ()
    from aigc_cli.engine.check import check
    from aigc_cli.workflow.load import load

    loaded = load(path)
    problems = check(loaded)
    if mark is not None and not problems and _stands_alone(loaded.workflow):
        _remember(mark)
    return problems


def _mark(path: Path) -> Path | None:
    """The file whose being there says that this workflow is valid; None when that cannot be told."""
    try:
        digest = hashlib.sha256()
        digest.update(f"{__version__}\n{sys.version}\n{path.resolve()}\n".encode())
        digest.update(path.read_bytes() if path.stat().st_size <= 1 << 20 else b"")
        roots = (assets.PACKAGE, assets.shipped("templates"), path.resolve().parent / "templates")
        for root in roots:
            for name, stamp in _stamps(root):
                digest.update(f"{name}\0{stamp}\n".encode())
        for entry in filter(None, sys.path):  # installing or removing a package changes the folder it stands in
            with contextlib.suppress(OSError):
                digest.update(f"{entry}\0{Path(entry).stat().st_mtime_ns}\n".encode())
        return config.cache_dir() / _FOLDER / digest.hexdigest()
    except (OSError, ValueError, AigcError):
        return None


def _stamps(root: Path) -> Iterator[tuple[str, str]]:
    """Name, time and size of every file of code and every template below a folder; data are as old as the version."""
    waiting = [str(root)]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in ("__pycache__", "data"):
                    waiting.append(entry.path)
            elif entry.name.endswith((".py", ".yaml", ".yml")):
                facts = entry.stat()
                yield entry.path, f"{facts.st_mtime_ns} {facts.st_size}"


def _stands_alone(workflow: Workflow) -> bool:
    """True when nothing but what `_mark` covers decides: no other workflow, no file beside it, no plug-in."""
    from importlib.metadata import entry_points

    from aigc_cli.engine import files

    has_files = any(
        "file" in (*declared.types, declared.items) and not declared.is_required and declared.default not in (None, [])
        for declared in workflow.inputs.values()
    )
    written = (workflow.defaults, workflow.profiles, *(dict(spec.params) for spec in workflow.steps.values()))
    names_files = any(files.names_any(each, workflow.folder) for each in written)
    has_plugins = any(entry_points(group=group) for group in ("aigc.steps", "aigc.providers"))
    return not has_files and not names_files and not has_plugins and not any(spec.is_include for spec in workflow.steps.values())


def _remember(mark: Path) -> None:
    with contextlib.suppress(OSError):  # a cache that cannot be written costs time, nothing else
        mark.parent.mkdir(parents=True, exist_ok=True)
        marks = sorted(mark.parent.iterdir(), key=lambda each: each.stat().st_mtime_ns)
        for old in marks[: max(0, len(marks) + 1 - _KEPT)]:
            old.unlink(missing_ok=True)
        mark.touch()
