"""Timelines by themselves: rendered again from the cache, or handed to an editor's program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aigc_cli import config
from aigc_cli.artifacts import Artifact, Store, write_atomic
from aigc_cli.engine.job import Job, Options
from aigc_cli.engine.publish import check_folder, safe_name
from aigc_cli.engine.run import open_cache
from aigc_cli.errors import StorageError, WorkflowError
from aigc_cli.media.files.cutting import cut_of
from aigc_cli.media.files.fcpxml import fcpxml_text
from aigc_cli.media.files.otio import otio_text
from aigc_cli.media.timeline_file import read_timeline
from aigc_cli.workflow.model import Input, StepSpec, Workflow
from aigc_cli.workflow.values import FileInput

FORMS = {"otio": (".otio", otio_text), "fcpxml": (".fcpxml", fcpxml_text)}
"""What a timeline can be exported to: the ending, and the function that writes it."""


def stem_of(path: Path) -> str:
    """What a timeline's file is about: `clip-9x16` for `clip-9x16.timeline.json`."""
    return safe_name(path.name.removesuffix(".json").removesuffix(".timeline")) or "clip"


def render_job(path: Path, params: Mapping[str, Any], options: Options) -> Job:
    """A job that renders the timeline in a file. Raises WorkflowError when there is none in it."""
    read_timeline(path)  # every mistake is told before anything begins
    spec = StepSpec(id="clip", uses="video.render", params={"timeline": "${{ inputs.timeline }}", **params})
    workflow = Workflow(
        name=stem_of(path),
        path=path,
        inputs={"timeline": Input("timeline", types=("file",))},
        steps={"clip": spec},
        outputs={"video": "${{ steps.clip.files }}", "timeline": "${{ steps.clip.timelines }}"},
    )
    return Job(workflow, {"timeline": FileInput(path)}, options, open_cache(config.cache_dir()))


def export(path: Path, form: str, target: Path) -> list[Path]:
    """Writes the timeline in a file for another program, and the media it names into a folder beside it.

    Returns the paths that were written, the project first. Raises WorkflowError when it is no timeline or was never rendered,
    StorageError when what it is made of is no longer in the cache.
    """
    timeline = read_timeline(path)
    if form not in FORMS:
        raise WorkflowError(f"`{form}` is not a form of export", f"use one of {', '.join(FORMS)}")
    store = Store(config.cache_dir())
    target = target.absolute()
    media = target.with_name(f"{target.stem}-media")
    wanted: dict[Path, Artifact] = {}

    def place(artifact: Artifact, name: str) -> str:
        spot = media / safe_name(name)
        number = 2
        while wanted.setdefault(spot, artifact) != artifact:
            spot = media / f"{Path(safe_name(name)).stem}-{number}{spot.suffix}"
            number += 1
        return spot.as_uri()

    text = FORMS[form][1](cut_of(timeline, place))
    for artifact in wanted.values():
        try:
            store.open(artifact)
        except StorageError as error:
            raise StorageError(error.message, "make the clip again with `aigc run`: its files were cleaned from the cache") from error
    check_folder(media)
    for spot, artifact in wanted.items():
        store.publish(artifact, spot)
    write_atomic(target, text.encode())
    return [target, *wanted]
