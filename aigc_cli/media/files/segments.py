"""Segments: each shot is encoded alone, known by its content, and joined with the others without encoding again.

A cross-fade belongs to the head of the later shot, so a segment depends on its own shot, on the shot before when it fades
in, and on how long it runs on under the next fade.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from aigc_cli.artifacts import Artifact
from aigc_cli.errors import RenderError
from aigc_cli.media.audio.sound import RATE_HZ
from aigc_cli.media.files.carried import CarriedSound
from aigc_cli.media.files.encode import EncoderOptions, Progress, av_failure, discard, file_url, write_video
from aigc_cli.media.frames.compose import Composer, tail
from aigc_cli.media.frames.planes import Planes
from aigc_cli.media.timeline import Shot, Timeline

VERSION = 5
"""Raised by hand when an equal timeline may give other pixels or bytes; the version of a cached segment."""

_BLOCK = 1024  # samples in an AAC frame


def segment_material(timeline: Timeline, index: int, options: EncoderOptions) -> JsonValue:
    """All that a segment's pixels depend on, as JSON: the material of its cache key. Neither its place nor any id.

    Pictures count by digest, so a scene that moves, or is called otherwise, keeps its pixels.
    """
    before = tail(timeline, index - 1) if index else 0
    return {
        "width": timeline.width,
        "height": timeline.height,
        "fps": timeline.fps,
        "shot": _content(timeline.shots[index]),
        "runs_on": tail(timeline, index),
        "fades_for": before,
        "before": _content(timeline.shots[index - 1]) if before else None,
        "transition": timeline.shots[index].transition if before else "cut",
        "encoder": options.model_dump(mode="json"),
    }


def look_of(timeline: Timeline, index: int) -> str:
    """A digest of all that decides how a shot looks, the encoder left out."""
    material = segment_material(timeline, index, EncoderOptions())
    return hashlib.sha256(json.dumps(material, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _content(shot: Shot) -> JsonValue:
    return {"frames": shot.frames, "layers": [_plain(layer.model_dump(mode="json", exclude={"id", "role"})) for layer in shot.layers]}


def _plain(value: Any) -> Any:
    """JSON with every artifact reduced to what it is, without what it is called."""
    if isinstance(value, dict):
        if set(value) == {"$artifact"}:
            return Artifact.model_validate(value["$artifact"]).key()
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def render_segment(
    composer: Composer,
    index: int,
    target: Path,
    options: EncoderOptions | None = None,
    progress: Progress | None = None,
    *,
    see: Callable[[int, Planes], None] | None = None,
    is_followed: bool = False,
) -> None:
    """Renders shot `index` to an MP4 without sound at `target`. Raises as `write_video` and `Composer.frame` do.

    `see` is shown every frame, counted from the shot's start, and must not keep it. `is_followed` says that the next shot will
    be rendered after this one: its pictures are made ready while the encoder finishes.
    """
    timeline = composer.timeline
    shot = timeline.shots[index]

    def draw(n: int, planes: Planes) -> None:
        composer.frame(shot.start + n, planes)
        if see is not None:
            see(n, planes)

    write_video(
        target,
        draw,
        shot.frames,
        size=(timeline.width, timeline.height),
        fps=timeline.fps,
        options=options or EncoderOptions(),
        progress=progress,
        meanwhile=(lambda: composer.prepare(index + 1)) if is_followed and index + 1 < len(timeline.shots) else None,
    )


def join(
    segments: Sequence[Path],
    audio: Path | None,
    target: Path,
    *,
    fps: int,
    title: str = "",
    comment: str = "",
    language: str = "",
) -> int:
    """Joins segments in order to one MP4 that can start while it loads, with AAC sound, or to a WebM with Opus; returns its frames.

    `title` and `comment` are what the file says of itself. `audio` is an MP4 of AAC as `aac.write` makes it, as long as the pictures.
    No picture is encoded again.
    Raises RenderError when the segments or the sound do not fit together, StorageError when the disk refuses;
    nothing is left then.
    """
    import av

    if not segments:
        raise RenderError("there is no segment to join", "a clip needs at least one scene")
    is_web = target.suffix == ".webm"
    form = {"format": "webm"} if is_web else {"format": "mp4", "options": {"movflags": "+faststart"}}
    try:
        orders = [_order(path) for path in segments]
        with contextlib.ExitStack() as stack:
            out: Any = stack.enter_context(av.open(file_url(target), "w", **form))
            sound = stack.enter_context(_opened(audio)) if audio is not None else None
            out.metadata.update({name: text for name, text in (("title", title), ("comment", comment)) if text})
            return _Joint(out, sound, fps, _iso_639_2(language), "libopus" if is_web else "copy").write(segments, orders)
    except (av.FFmpegError, OSError) as error:
        discard(target)
        raise av_failure(error, target, "joining the scenes") from error
    except BaseException:
        discard(target)
        raise


def _opened(path: Path) -> Any:
    import av

    return av.open(file_url(path), format="mp4", options={"protocol_whitelist": "file"})


def _packed(path: Path) -> Any:
    """A segment, opened for its packets alone: without decoders FFmpeg does not decode a first picture to know it better."""
    import av

    return av.open(file_url(path), format="mp4", options={"protocol_whitelist": "file", "codec_whitelist": "none"})


def _order(path: Path) -> tuple[int, ...]:
    """For each packet of a segment, in order of decoding, the number of the frame that it shows."""
    with _packed(path) as source:
        packets = [
            (int(packet.pts), bool(packet.is_keyframe)) for packet in source.demux(source.streams.video[0]) if packet.pts is not None
        ]
    if not packets or not packets[0][1]:
        raise RenderError("a scene's segment does not start with a key frame", "render again with `--no-cache`")
    place = {pts: k for k, pts in enumerate(sorted(pts for pts, _ in packets))}
    return tuple(place[pts] for pts, _ in packets)


class _Joint:
    def __init__(self, out: Any, audio: Any, fps: int, language: str, sound: str) -> None:
        self.out, self.audio, self.fps = out, audio, fps
        self.language, self.sound_codec = language, sound
        self.video: Any = None
        self.sound: CarriedSound | None = None
        self.extradata = b""

    def write(self, segments: Sequence[Path], orders: Sequence[Sequence[int]]) -> int:
        # frames from decoding to showing: as many as the encoder's B-frames need anywhere, the same in the whole file
        delay = max(k - shown for order in orders for k, shown in enumerate(order))
        frames = 0
        for path, order in zip(segments, orders, strict=True):
            self._append(path, order, frames, delay)
            frames += len(order)
        if self.sound is not None:
            self.sound.write(None)
            length = round(Fraction(frames * RATE_HZ, self.fps))
            if self.sound_codec == "copy" and not length <= self.sound.samples < length + _BLOCK:
                raise RenderError(
                    f"the sound has {self.sound.samples} samples for pictures that last {length}", "render again with `--no-cache`"
                )
        return frames

    def _append(self, path: Path, order: Sequence[int], start: int, delay: int) -> None:
        with _packed(path) as source:
            stream = source.streams.video[0]
            extradata = bytes(stream.codec_context.extradata or b"")
            if self.video is None:
                self._begin(stream, extradata)
            elif extradata != self.extradata:
                raise RenderError("two scenes were encoded with different settings", "render again with `--no-cache`")
            packets = (packet for packet in source.demux(stream) if packet.pts is not None)
            for k, (packet, shown) in enumerate(zip(packets, order, strict=True)):
                packet.stream = self.video
                packet.time_base = Fraction(1, self.fps)
                packet.pts = start + shown
                packet.dts = start + k - delay
                packet.duration = 1
                self.out.mux(packet)
                if self.sound is not None:
                    self.sound.write(Fraction(start + k + 1, self.fps))

    def _begin(self, template: Any, extradata: bytes) -> None:
        self.extradata = extradata
        is_foreign = template.codec_context.name == "libdav1d"  # AV1 is read by a library that does not write
        self.video = self.out.add_stream_from_template(template, opaque=True if is_foreign else None)
        if not is_foreign:
            self.video.codec_context.codec_tag = template.codec_context.codec_tag  # Apple's players ask for HEVC's
        self.video.time_base = Fraction(1, self.fps)
        self.video.metadata["language"] = self.language
        if self.audio is not None:
            self.sound = CarriedSound(self.out, self.audio, self.sound_codec, language=self.language)


def _iso_639_2(language: str) -> str:
    """The three-letter code that an MP4 track carries (ISO 639-2/T) for a BCP 47 tag; `und` when it is not known."""
    known = {
        "ar": "ara", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa", "fi": "fin", "fr": "fra",
        "he": "heb", "hi": "hin", "hu": "hun", "id": "ind", "it": "ita", "ja": "jpn", "ko": "kor", "ms": "msa", "nl": "nld",
        "no": "nor", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sv": "swe", "th": "tha", "tr": "tur", "uk": "ukr",
        "vi": "vie", "zh": "zho",
    }  # fmt: skip
    first = language.lower().partition("-")[0]
    return first if len(first) == 3 and first.isascii() and first.isalpha() else known.get(first, "und")
