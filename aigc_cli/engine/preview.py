"""Shows what a workflow would make: the step that makes its clip gives way to the one that previews it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aigc_cli import registry
from aigc_cli.artifacts import storage_error
from aigc_cli.engine.job import Job
from aigc_cli.engine.result import RunResult
from aigc_cli.engine.run import Emit, run
from aigc_cli.errors import WorkflowError

_TIMELINE = ".timeline.json"


def focus_on_preview(job: Job, wanted: Mapping[str, Any], keep: tuple[str, ...]) -> str:
    """Narrows a job to the last of its steps that can be previewed, and says which.

    `wanted` are the previewing step's parameters, `keep` the parts of its value that are lists of files to be published.

    Raises WorkflowError when no step can be.
    """
    for name in reversed(job.order):
        by = registry.step(job.workflow.steps[name].uses).previewed_by
        if by:
            job.focus(name, by, wanted, keep)
            return name
    raise WorkflowError(f"{job.workflow.name} makes nothing that can be previewed", "a workflow with a step `video.assemble` can be")


def run_to_file(job: Job, target: Path, emit: Emit) -> RunResult:
    """Runs a job that makes one file, and puts it at `target`; more of its kind are numbered, others keep their ending.

    Errors come back in the result, as `run` has it.
    """
    folder = target.absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as room:
            result = run(job, Path(room), emit)
            files = []
            for number, path in enumerate(result.files, 1):
                place = target
                if number > 1 and path.name.endswith(_TIMELINE):
                    place = target.with_name(target.stem + _TIMELINE)
                elif number > 1:
                    place = target.with_name(f"{target.stem}-{number}{path.suffix}")
                os.replace(path, place)
                files.append(place)
            result.outputs = _moved(result.outputs, {str(old): str(new.absolute()) for old, new in zip(result.files, files, strict=True)})
            result.files = files
            return result
    except OSError as error:
        raise storage_error(error, target) from error


def _moved(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return places.get(value, value)
    if isinstance(value, dict):
        return {name: _moved(item, places) for name, item in value.items()}
    return [_moved(item, places) for item in value] if isinstance(value, list | tuple) else value
