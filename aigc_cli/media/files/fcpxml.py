"""Final Cut Pro's XML (FCPXML 1.9), which DaVinci Resolve reads as well."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # only written here, never read

from aigc_cli.media.files.cutting import Cut, CutClip

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


def fcpxml_text(cut: Cut) -> str:
    """A cut as FCPXML: shots in the spine, sounds connected to the shot in which they begin, captions as markers."""
    root = ET.Element("fcpxml", version="1.9")
    resources = ET.SubElement(root, "resources")
    ET.SubElement(
        resources,
        "format",
        id="r1",
        frameDuration=f"100/{cut.fps * 100}s",
        width=str(cut.width),
        height=str(cut.height),
        colorSpace="1-1-1 (Rec. 709)",
    )
    shots, *lanes = cut.tracks
    refs = {id(clip): f"r{n}" for n, clip in enumerate((clip for track in cut.tracks for clip in track.clips), 2)}
    for track in cut.tracks:
        for clip in track.clips:
            _asset(resources, clip, refs[id(clip)], cut.fps, is_video=track.kind == "Video")
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name=_plain(cut.title))
    project = ET.SubElement(event, "project", name=_plain(cut.title))
    sequence = ET.SubElement(
        project,
        "sequence",
        format="r1",
        duration=_time(cut.frames, cut.fps),
        tcStart="0s",
        tcFormat="NDF",
        audioLayout="stereo",
        audioRate="48k",
    )
    spine = ET.SubElement(sequence, "spine")
    for shot in shots.clips:
        item = _clip(spine, shot, refs[id(shot)], shot.start, cut.fps)
        item.set("format", "r1")
        for lane, track in enumerate(lanes, 1):
            for sound in track.clips:
                if shot.start <= sound.start < shot.start + shot.frames:
                    heard = _clip(item, sound, refs[id(sound)], sound.start - shot.start, cut.fps)
                    heard.set("lane", str(-lane))
                    heard.set("audioRole", "dialogue" if track.name == "Narration" else "music" if track.name == "Music" else "mix")
        for start, frames, text in cut.markers:
            if shot.start <= start < shot.start + shot.frames:
                ET.SubElement(item, "marker", start=_time(start - shot.start, cut.fps), duration=_time(frames, cut.fps), value=_plain(text))
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{ET.tostring(root, encoding="unicode")}\n'


def _asset(resources: ET.Element, clip: CutClip, ref: str, fps: int, *, is_video: bool) -> None:
    asset = ET.SubElement(resources, "asset", id=ref, name=_plain(clip.name), start="0s", duration=_time(clip.frames, fps))
    kind = {"hasVideo": "1", "videoSources": "1", "format": "r1"}
    if not is_video:
        kind = {"hasAudio": "1", "audioSources": "1", "audioChannels": str(clip.channels), "audioRate": "48000"}
    for name, value in kind.items():
        asset.set(name, value)
    ET.SubElement(asset, "media-rep", kind="original-media", src=clip.url)


def _clip(parent: ET.Element, clip: CutClip, ref: str, offset: int, fps: int) -> ET.Element:
    item = ET.SubElement(
        parent, "asset-clip", ref=ref, name=_plain(clip.name), offset=_time(offset, fps), start="0s", duration=_time(clip.frames, fps)
    )
    if not clip.is_enabled:
        item.set("enabled", "0")
    return item


def _time(frames: int, fps: int) -> str:
    """Frames as the rational seconds that FCPXML counts in."""
    return f"{frames * 100}/{fps * 100}s" if frames else "0s"


def _plain(text: str) -> str:
    return _NOT_XML.sub(" ", text)
