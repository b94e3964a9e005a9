"""Finds a workflow: a path, or the name of a shipped one."""

from __future__ import annotations

from pathlib import Path

from aigc_cli import assets
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.problems import nearest

_ENDINGS = (".yaml", ".yml")


def shipped() -> dict[str, Path]:
    """The shipped workflows by name, sorted."""
    return {path.stem: path for path in sorted(assets.shipped("workflows").glob("*.yaml"))}


def find(named: str) -> Path:
    """The file of a workflow. Raises WorkflowError when there is neither a file nor a shipped workflow of this name."""
    path = Path(named)
    is_path = named.endswith(_ENDINGS) or "/" in named or "\\" in named
    known = shipped()
    if not is_path and named in known:
        return known[named]
    try:
        if path.is_file():
            return path
        if path.is_dir():
            inside = sorted(each.name for ending in _ENDINGS for each in path.glob(f"*{ending}"))
            hint = f"name one of its files: {', '.join(inside[:8])}" if inside else "it holds no workflow; `aigc new` makes one"
            raise WorkflowError(f"{named} is a folder", hint)
    except (OSError, ValueError):
        pass
    if is_path:
        raise WorkflowError(f"there is no file {named}", "check the path, or `aigc list` for the names of shipped workflows")
    raise WorkflowError(f"`{named}` is neither a file nor a shipped workflow", nearest(named, known))
