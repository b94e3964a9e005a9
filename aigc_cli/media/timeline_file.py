"""Timelines as files: JSON that people may change by hand, read back with every mistake told."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

from pydantic import ValidationError

from aigc_cli.artifacts import to_json
from aigc_cli.errors import WorkflowError
from aigc_cli.media.timeline import Timeline

_MOST_BYTES = 64 << 20
_MOST_TOLD = 3


def timeline_bytes(timeline: Timeline) -> bytes:
    """A timeline as JSON in UTF-8: equal timelines give equal bytes."""
    value = to_json(timeline.model_dump(mode="json"))
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


def read_timeline(path: Path) -> Timeline:
    """The timeline in a JSON file. Raises WorkflowError with what is wrong and where."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise WorkflowError(f"{path.name} is too large for a timeline", "name the `timeline.json` that `video.assemble` gave")
        data = path.read_bytes()
    except OSError as error:
        raise WorkflowError(f"cannot read {path}: {error.strerror or error}", "check the path and its permissions") from error
    try:
        return Timeline.model_validate_json(data.removeprefix(codecs.BOM_UTF8))  # shot by shot: no tree of Python's objects
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        if faults[0]["type"] == "json_invalid":
            why = faults[0]["ctx"]["error"]
            raise WorkflowError(f"{path.name} is not JSON: {why}", "name the `timeline.json` that `video.assemble` gave") from None
        told = [f"{'.'.join(str(part) for part in each['loc']) or 'the file'}: {each['msg']}" for each in faults[:_MOST_TOLD]]
        more = len(faults) - len(told)
        rest = f" and {more} more" if more > 0 else ""
        raise WorkflowError(f"{path.name} is not a timeline: {'; '.join(told)}{rest}", "change it back, or make it again") from None
