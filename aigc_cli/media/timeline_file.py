"""Timelines as files: JSON that people may change by hand, read back with every mistake told."""

from __future__ import annotations

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
        value = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise WorkflowError(f"{path.name} is not JSON: {error}", "name the `timeline.json` that `video.assemble` gave") from None
    try:
        return Timeline.model_validate(value)
    except ValidationError as error:
        told = [f"{'.'.join(str(part) for part in each['loc']) or 'the file'}: {each['msg']}" for each in error.errors()[:_MOST_TOLD]]
        more = error.error_count() - len(told)
        rest = f" and {more} more" if more > 0 else ""
        raise WorkflowError(f"{path.name} is not a timeline: {'; '.join(told)}{rest}", "change it back, or make it again") from None
