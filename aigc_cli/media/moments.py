"""Which frames of a clip are meant: by number, by time, by scene."""

from __future__ import annotations

from aigc_cli.errors import WorkflowError
from aigc_cli.media.timeline import Timeline
from aigc_cli.shapes import PreviewRequest

SETTLED = 0.62
"""The part of a shot at which everything has come in and nothing has left."""


def frames_asked(timeline: Timeline, request: PreviewRequest) -> tuple[int, ...]:
    """The frames that a preview asks for, each once, rising. Raises WorkflowError for one that the clip does not have."""
    found = []
    for n in request.at_frames:
        if n >= timeline.frames:
            raise WorkflowError(f"there is no frame {n}: the clip has {timeline.frames}", f"the frames are 0 to {timeline.frames - 1}")
        found.append(n)
    for seconds in request.at_s:
        n = int(seconds * timeline.fps + 1e-6)
        if n >= timeline.frames:
            raise WorkflowError(
                f"there is nothing at {seconds:g} s: the clip lasts {float(timeline.duration):.2f} s", "ask for an earlier moment"
            )
        found.append(n)
    places = {shot.id: shot.start + int(shot.frames * SETTLED) for shot in timeline.shots}
    for name in request.at_scenes:
        if name not in places:
            raise WorkflowError(f"there is no scene `{name}`", f"the scenes are {', '.join(places)}")
        found.append(places[name])
    return tuple(sorted(set(found)))
