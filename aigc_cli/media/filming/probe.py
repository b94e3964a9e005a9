"""Facts of a media file, read by FFmpeg's demuxers without decoding and without letting the file choose the demuxer.

The first bytes decide what a file is, from a short list of containers; a playlist or script that calls itself `.mp4` is
refused, and no protocol but `file` is open, so a file cannot name another file or an address.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_cli.artifacts import storage_error
from aigc_cli.errors import RenderError
from aigc_cli.media.files.encode import file_url
from aigc_cli.storyboard import Shape

if TYPE_CHECKING:
    import av

CONTAINERS = ("MP4", "MOV", "WebM", "Matroska", "WAV", "MP3", "Ogg", "FLAC")
"""What can be opened."""

_HEAD = 16
_POINTS = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 13: "srgb"}  # ITU-T H.273, what is met in practice


class VideoFacts(Shape):
    """The first picture stream. `frames` counts packets; `is_constant` says that all last equally long."""

    codec: str
    width: int
    height: int
    fps: float
    frames: int
    duration_s: float
    start_s: float
    is_constant: bool
    key_frames: tuple[int, ...]
    pixels: str
    colour_range: str
    primaries: str
    transfer: str
    matrix: str
    language: str


class AudioFacts(Shape):
    """The first sound stream."""

    codec: str
    rate_hz: int
    channels: int
    duration_s: float
    start_s: float
    language: str


class MediaFacts(Shape):
    """A media file. `is_fast_start` says that an MP4 can start to play while it loads."""

    container: str
    duration_s: float
    title: str
    is_fast_start: bool
    video: VideoFacts | None
    audio: AudioFacts | None


def sniff(path: Path) -> str:
    """The demuxer for a file, by its first bytes. Raises RenderError for anything that is not in `CONTAINERS`."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise RenderError(f"{path.name} cannot be read: {error.strerror or error}", "check the path and its permissions") from error
    if head[4:8] in {b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip"}:
        return "mp4"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    for magic, name in ((b"\x1a\x45\xdf\xa3", "matroska"), (b"OggS", "ogg"), (b"fLaC", "flac"), (b"ID3", "mp3")):
        if head.startswith(magic):
            return name
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # an MPEG audio frame, layer III
        return "mp3"
    raise RenderError(f"{path.name} is no video or sound that can be read", f"use one of {', '.join(CONTAINERS)}")


def open_media(path: Path) -> av.container.InputContainer:
    """Opens a media file for reading, by what it is and with no way to anything beside it. Raises RenderError."""
    import av

    kind = sniff(path)
    try:
        return av.open(file_url(path), format=kind, options={"protocol_whitelist": "file"})
    except av.FFmpegError as error:
        raise RenderError(f"{path.name} is damaged: {error.strerror or error}", "export it again, or use another file") from error


def probe(path: Path) -> MediaFacts:
    """Reads the facts of a media file. Raises RenderError when it is none, or damaged."""
    import av

    try:
        with open_media(path) as container:
            return _facts(container, path)
    except (av.FFmpegError, ValueError) as error:
        raise RenderError(f"{path.name} is damaged: {error}", "export it again, or use another file") from error
    except OSError as error:
        raise storage_error(error, path) from error


def _facts(container: av.container.InputContainer, path: Path) -> MediaFacts:
    video = container.streams.video[0] if container.streams.video else None
    audio = container.streams.audio[0] if container.streams.audio else None
    if video is None and audio is None:
        raise RenderError(f"{path.name} holds neither pictures nor sound", "use another file")
    packets = container.demux(video) if video else ()
    shown = sorted((int(p.pts), int(p.duration or 0), bool(p.is_keyframe)) for p in packets if p.pts is not None)
    return MediaFacts(
        container=container.format.name.partition(",")[0],
        duration_s=container.duration / 1_000_000 if container.duration else 0.0,
        title=container.metadata.get("title", ""),
        is_fast_start=_is_fast_start(path),
        video=_video(video, shown) if video else None,
        audio=_audio(audio) if audio else None,
    )


def _video(stream: Any, shown: list[tuple[int, int, bool]]) -> VideoFacts:
    context = stream.codec_context
    base = Fraction(stream.time_base)
    steps = {after[0] - before[0] for before, after in pairwise(shown)}
    rate = stream.average_rate or stream.guessed_rate or 0
    return VideoFacts(
        codec=context.name,
        width=context.width,
        height=context.height,
        fps=float(rate),
        frames=len(shown),
        duration_s=float((shown[-1][0] + shown[-1][1] - shown[0][0]) * base) if shown else 0.0,
        start_s=float(shown[0][0] * base) if shown else 0.0,
        is_constant=len(steps | {duration for _, duration, _ in shown}) <= 1,
        key_frames=tuple(k for k, (_, _, is_key) in enumerate(shown) if is_key),
        pixels=context.pix_fmt or "",
        colour_range={1: "tv", 2: "pc"}.get(int(context.color_range), ""),
        primaries=_POINTS.get(int(context.color_primaries), ""),
        transfer=_POINTS.get(int(context.color_trc), ""),
        matrix=_POINTS.get(int(context.colorspace), ""),
        language=stream.metadata.get("language", ""),
    )


def _audio(stream: Any) -> AudioFacts:
    base = Fraction(stream.time_base)
    return AudioFacts(
        codec=stream.codec_context.name,
        rate_hz=stream.codec_context.sample_rate,
        channels=stream.codec_context.channels,
        duration_s=float((stream.duration or 0) * base),
        start_s=float((stream.start_time or 0) * base),
        language=stream.metadata.get("language", ""),
    )


def _is_fast_start(path: Path) -> bool:
    """True when an MP4's index stands before its data; read from the top-level boxes (ISO/IEC 14496-12, 4.2)."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        place = 0
        while place + 8 <= end:
            file.seek(place)
            size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
            if kind in {b"moov", b"mdat"}:
                return kind == b"moov"
            if size == 1:
                size = int.from_bytes(file.read(8), "big")
            if size < 8:
                return False
            place += size
    return False
