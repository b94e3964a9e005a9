"""OpenTimelineIO's own JSON: what DaVinci Resolve, Premiere (25.2 on), Hiero and others read.

Written from its schemas (Timeline.1, Stack.1, Track.1, Clip.2, Gap.1, ExternalReference.1, Marker.2, TimeRange.1, RationalTime.1),
so that no package is needed; the tests read it back with the project's own library.
"""

from __future__ import annotations

import json
from typing import Any

from aigc_cli.media.files.cutting import Cut, CutClip, CutTrack


def otio_text(cut: Cut) -> str:
    """A cut as OpenTimelineIO JSON."""
    tracks = [_track(track, cut) for track in cut.tracks]
    tracks[0]["markers"] = [_marker(marker, cut.fps) for marker in cut.markers]
    about = {"aigc": {"width": cut.width, "height": cut.height, "fps": cut.fps}}
    whole = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": cut.title,
        "metadata": about,
        "global_start_time": _time(0, cut.fps),
        "tracks": {**_item("Stack.1", "tracks"), "children": tracks},
    }
    return json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _item(schema: str, name: str) -> dict[str, Any]:
    return {"OTIO_SCHEMA": schema, "name": name, "metadata": {}, "source_range": None, "effects": [], "markers": [], "enabled": True}


def _time(frames: int, fps: int) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(fps), "value": float(frames)}


def _range(start: int, frames: int, fps: int) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(start, fps), "duration": _time(frames, fps)}


def _track(track: CutTrack, cut: Cut) -> dict[str, Any]:
    children = []
    end = 0
    for clip in track.clips:
        if clip.start > end:
            children.append({**_item("Gap.1", ""), "source_range": _range(0, clip.start - end, cut.fps)})
        children.append(_clip(clip, cut.fps))
        end = clip.start + clip.frames
    return {**_item("Track.1", track.name), "kind": track.kind, "children": children}


def _clip(clip: CutClip, fps: int) -> dict[str, Any]:
    reference = {
        "OTIO_SCHEMA": "ExternalReference.1",
        "name": clip.name,
        "metadata": {},
        "available_range": _range(0, clip.frames, fps),
        "available_image_bounds": None,
        "target_url": clip.url,
    }
    return {
        **_item("Clip.2", clip.name),
        "source_range": _range(0, clip.frames, fps),
        "enabled": clip.is_enabled,
        "media_references": {"DEFAULT_MEDIA": reference},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def _marker(marker: tuple[int, int, str], fps: int) -> dict[str, Any]:
    start, frames, text = marker
    return {
        "OTIO_SCHEMA": "Marker.2",
        "name": text,
        "metadata": {},
        "color": "GREEN",
        "comment": "",
        "marked_range": _range(start, frames, fps),
    }
