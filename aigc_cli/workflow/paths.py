"""Paths that a file names: kept inside the folder that the file stands in, whoever wrote it."""

from __future__ import annotations

import re
from pathlib import Path

from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.problems import shorten

_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?\Z", re.IGNORECASE)
_BAD = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]')


def confine(folder: Path, text: str) -> Path:
    """The path that `text` names below `folder`; the file need not exist.

    Raises WorkflowError for absolute paths, `..`, links that lead out, Windows device names, control characters and
    characters that some systems give a meaning of their own.
    """
    shown = shorten(text)
    if not text.strip():
        raise WorkflowError("the path is empty", "name a file in the workflow's folder")
    bad = _BAD.search(text)
    if bad and not re.match(r"[A-Za-z]:", text):
        raise WorkflowError(f"`{shown}` holds a character that no path should: U+{ord(bad.group()):04X}", "rename the file")
    parts = re.split(r"[/\\]", text)
    if text[0] in "/\\~" or re.match(r"[A-Za-z]:", text):
        raise WorkflowError(f"`{shown}` is not inside the workflow's folder", "write a path relative to it, or give the file with `--set`")
    if ".." in parts:
        raise WorkflowError(f"`{shown}` leads out of the workflow's folder", "keep the file inside it, or give it with `--set`")
    if len(text) > 1024 or any(len(part.encode()) > 255 for part in parts):
        raise WorkflowError(f"`{shown}` is too long for a path", "use shorter names")
    for part in parts:
        if _DEVICE.match(part.strip()) or (part != "." and part != part.rstrip(" .")):
            raise WorkflowError(f"`{shown}` is not a name that every system allows", "rename the file")
    path = folder.joinpath(*parts)
    try:
        is_inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a loop of links
        is_inside = False
    if not is_inside:
        raise WorkflowError(
            f"`{shown}` leads out of the workflow's folder through a link", "keep the file inside it, or give it with `--set`"
        )
    return path
