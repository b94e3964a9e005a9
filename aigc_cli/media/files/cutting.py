"""A timeline as an editor's program sees it: clips on tracks, each a file, and the captions as markers.

A transition belongs to the head of the later shot and is part of its file, so that shots stand side by side without overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aigc_cli.artifacts import Artifact
from aigc_cli.errors import WorkflowError
from aigc_cli.media.files.segments import look_of
from aigc_cli.media.timeline import Timeline

Place = Callable[[Artifact, str], str]
"""Puts a file where the other program finds it, under a name, and says its address as a `file:` URL."""


@dataclass(frozen=True)
class CutClip:
    """A file on a track. `start` and `frames` count frames of the clip; the file is used from its beginning."""

    name: str
    url: str
    start: int
    frames: int
    is_enabled: bool = True
    channels: int = 2
    """Of a sound."""


@dataclass(frozen=True)
class CutTrack:
    """Clips one after another, with gaps between them."""

    name: str
    kind: str
    """`Video` or `Audio`."""
    clips: tuple[CutClip, ...]


@dataclass(frozen=True)
class Cut:
    """A whole clip for another program. `markers` are (start, frames, text)."""

    title: str
    width: int
    height: int
    fps: int
    frames: int
    tracks: tuple[CutTrack, ...]
    markers: tuple[tuple[int, int, str], ...]


def cut_of(timeline: Timeline, place: Place) -> Cut:
    """What another program is given of a timeline; `place` is called once for every file.

    The finished sound is on, so that it sounds as the clip does; narration and music lie beside it, off, for whoever mixes anew.
    Raises WorkflowError for a timeline that was never rendered.
    """
    shots = []
    for number, shot in enumerate(timeline.shots, 1):
        if shot.segment is None:
            raise WorkflowError(f"shot `{shot.id}` was not rendered yet", "`aigc render` renders a timeline; export what it gives")
        if shot.rendered_as != look_of(timeline, number - 1):
            raise WorkflowError(f"shot `{shot.id}` was changed since it was rendered", "`aigc render` the timeline; export what it gives")
        shots.append(CutClip(shot.id, place(shot.segment, f"{number:02d}-{shot.id}.mp4"), shot.start, shot.frames))
    tracks = [CutTrack("Shots", "Video", tuple(shots))]
    if timeline.mix is not None:
        tracks.append(CutTrack("Sound", "Audio", (CutClip("sound", place(timeline.mix, "sound.m4a"), 0, timeline.frames),)))
    for role, title in (("narration", "Narration"), ("music", "Music")):
        heard = [each for each in timeline.sounds if each.role == role]
        clips = []
        channels = 1 if role == "narration" else 2
        for each in heard:
            name = f"{role}-{each.name}.wav" if role == "narration" else f"{each.name}.wav"
            frames = min(each.frames, timeline.frames - each.start)
            if frames > 0:
                clips.append(CutClip(each.name, place(each.audio, name), each.start, frames, timeline.mix is None, channels))
        if clips:
            tracks.append(CutTrack(title, "Audio", tuple(clips)))
    markers = tuple((cue.start, cue.frames, " ".join(cue.text.split())) for cue in timeline.cues if cue.start < timeline.frames)
    return Cut(timeline.title, timeline.width, timeline.height, timeline.fps, timeline.frames, tuple(tracks), markers)
