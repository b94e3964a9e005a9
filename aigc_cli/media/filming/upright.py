"""The frames of a file in the order of time, upright, in BT.709, at one size; with their alpha where the file has one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aigc_cli.errors import WorkflowError
from aigc_cli.media.filming import animations, tone_mapping
from aigc_cli.media.filming.deinterlacing import progressive
from aigc_cli.media.filming.probe import open_media
from aigc_cli.media.frames.planes import Planes

if TYPE_CHECKING:
    import av

    from aigc_cli.media.frames.planes import Bytes

CURE = "export it again as MP4 (H.264), or use another file"

_CODECS = (
    "h264",
    "hevc",
    "vp8",
    "vp9",
    "av1",
    "libdav1d",
    "mpeg4",
    "mpeg2video",
    "mjpeg",
    "prores",
    "dnxhd",
    "ffv1",
    "rawvideo",
    "theora",
    "png",
    "qtrle",
)
_MOST_PIXELS = 8192 * 4352
_SHORT_MAX, _LONG_MAX = 1920, 3840  # what the tallest frame can show of a picture that is cropped to fill it
_SMALLEST = 16
_COVER = 0x400  # disposition of a song's cover


@dataclass(frozen=True)
class Frame:
    """One picture: its planes, and its alpha at full size where it has one; the planes are straight, not premultiplied."""

    planes: Planes
    alpha: Bytes | None


class Upright(AbstractContextManager["Upright"]):
    """A file's frames, read from a moment on. What is damaged is passed over.

    `length_s` is how long the file lasts, by its packets; `size` is that of every frame, upright, after it was turned clockwise by
    `rotate` degrees, a multiple of 90. Raises WorkflowError when the
    file is no video or picture, holds no frame that can be decoded, or is too large; RenderError when it is damaged.
    """

    def __init__(self, path: Path, name: str, start_s: float = 0.0, *, rotate: int = 0) -> None:
        self._name = name
        self._more = -rotate // 90
        self._container: av.container.InputContainer | None = None
        self._stream: Any = None
        self._first_s = 0.0
        self.notes: tuple[str, ...] = ()
        self.has_sound = self.is_endless = False
        if animations.is_picture(path):
            found = animations.read(path, name)
            self.length_s, self.is_endless = found.length_s, found.is_endless
            self._source = found.frames(name)
        else:
            self._open(path, start_s)
        self.start_s = start_s
        self._next: Any = None
        self._current: Any = None
        self._frame: Frame | None = None
        self._shown = (0, 0)
        self.size = (0, 0)
        if start_s < self.length_s:
            self._begin()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._container is not None:
            self._container.close()

    def __enter__(self) -> Self:
        return self

    def _open(self, path: Path, start_s: float) -> None:
        self._container = container = open_media(path)
        self._stream = stream = _stream(container, self._name)
        self._first_s, last = _extent(path, stream, self._name)
        self.length_s = last - self._first_s
        self.has_sound = bool(container.streams.audio)
        if int(stream.codec_context.color_trc) in (tone_mapping.PQ, tone_mapping.HLG):
            self.notes = (f"`{self._name}` is HDR: its brightest parts are shown as a standard screen shows them",)
        if start_s > 1:
            container.seek(int((self._first_s + start_s) / float(stream.time_base)), stream=stream)
        self._source = progressive(self._decoded(container))

    def _decoded(self, container: av.container.InputContainer) -> Iterator[Any]:
        import av

        stream, decoder = self._stream, None
        if _hides_alpha(stream):  # FFmpeg's own decoders of VP8 and VP9 do not read it, libvpx does
            decoder = av.CodecContext.create(f"libvpx{'-vp9' if stream.codec_context.name == 'vp9' else ''}", "r")
        try:
            for packet in container.demux(stream):
                try:
                    # the decoder is told the end by None: an empty packet is none to libvpx
                    frames = packet.decode() if decoder is None else decoder.decode(packet if packet.size else None)
                    yield from (frame for frame in frames if frame.time is not None)
                except av.error.InvalidDataError:
                    continue
        except av.FFmpegError:  # cut off: what came before it counts
            return

    def _begin(self) -> None:
        self._next = next(self._source, None)
        if self._next is None:
            raise WorkflowError(f"no frame of `{self._name}` can be decoded", CURE)
        self._shown = _shown_size(self._next, self._stream)
        width, height = self._shown
        self.size = (height, width) if (_turns(self._next) + self._more) % 2 else (width, height)

    @property
    def has_alpha(self) -> bool:
        """Whether the frames carry alpha; what it says is seen only when they are read."""
        return _has_alpha(self._next or self._current)

    def at(self, seconds: float) -> Frame:
        """The frame that is shown so many seconds after the file's first; the last one after the end. Times must not fall."""
        seconds += self._first_s
        while self._next is not None and (self._current is None or self._next.time <= seconds + 1e-4):
            self._current, self._frame = self._next, None
            self._next = next(self._source, None)
        if self._frame is None:
            self._frame = self._converted(self._current)
        return self._frame

    def _converted(self, frame: Any) -> Frame:
        import av
        import numpy as np

        width, height = self._shown
        turns = (_turns(frame) + self._more) % 4
        if tone_mapping.is_wide(frame):
            return Frame(Planes(*(np.ascontiguousarray(np.rot90(p, turns)) for p in tone_mapping.to_standard(frame, width, height))), None)
        plain = frame.reformat(
            width=width,
            height=height,
            format="yuva420p" if _has_alpha(frame) else "yuv420p",
            dst_colorspace=av.video.reformatter.Colorspace.ITU709,
            dst_color_range=av.video.reformatter.ColorRange.MPEG,
            interpolation=av.video.reformatter.Interpolation.BICUBIC,
            threads=1,
        )
        planes = [
            np.ascontiguousarray(np.rot90(np.frombuffer(memoryview(p), np.uint8).reshape(p.height, p.line_size)[:, : p.width], turns))
            for p in plain.planes
        ]
        return Frame(Planes(*planes[:3]), planes[3] if len(planes) > 3 else None)


def _has_alpha(frame: Any) -> bool:
    return frame.format.has_palette or any(each.is_alpha for each in frame.format.components)


def _hides_alpha(stream: Any) -> bool:
    """WebM keeps alpha beside the pictures and says so in a tag (webmproject.org, VP8 alpha channel)."""
    said = {key.lower(): value for key, value in stream.metadata.items()}
    return stream.codec_context.name in ("vp8", "vp9") and said.get("alpha_mode") == "1"


def _stream(container: av.container.InputContainer, name: str) -> Any:
    streams = [each for each in container.streams.video if not int(each.disposition) & _COVER]
    if not streams:
        raise WorkflowError(f"`{name}` holds no moving pictures", "use a video file")
    stream = streams[0]
    context = stream.codec_context
    if context.name not in _CODECS:
        raise WorkflowError(f"`{name}` is encoded as {context.name}, which is not read", CURE)
    width, height = context.width, context.height
    if min(width, height) < _SMALLEST:
        raise WorkflowError(f"`{name}` has pictures of {width}x{height} pixels", "use a file of at least 16x16 pixels")
    if width * height > _MOST_PIXELS:
        raise WorkflowError(
            f"`{name}` has pictures of {width}x{height} pixels, more than can be handled", "make it smaller: 8K is the most"
        )
    stream.thread_type = "AUTO"
    return stream


def _extent(path: Path, stream: Any, name: str) -> tuple[float, float]:
    """When the first frame begins and the last one ends, in seconds of the file's own clock; by its packets, nothing is decoded."""
    base = float(stream.time_base)
    first, last, step = math.inf, -math.inf, 0.0
    with open_media(path) as container:
        for packet in container.demux(container.streams[stream.index]):
            if packet.pts is not None and packet.size:
                first, last = min(first, packet.pts * base), max(last, packet.pts * base)
                step = (packet.duration or 0) * base or step
    if first is math.inf:
        raise WorkflowError(f"`{name}` holds no frames", CURE)
    if not step:
        step = 1 / float(stream.average_rate or 25)
    return first, last + step


def _turns(frame: Any) -> int:
    """Quarter turns, counterclockwise, that set a frame upright."""
    return round((frame.rotation or 0) / 90) % 4


def _shown_size(frame: Any, stream: Any) -> tuple[int, int]:
    """The size at which a frame is used, before it is turned: square pixels, even sides, no more than can be seen."""
    aspect = float((stream and stream.sample_aspect_ratio) or 1) or 1.0
    aspect = aspect if 0.1 <= aspect <= 10 else 1.0
    width, height = frame.width * max(aspect, 1.0), frame.height / min(aspect, 1.0)
    zoom = min(1.0, _SHORT_MAX / min(width, height), _LONG_MAX / max(width, height))
    return max(_SMALLEST, 2 * int(width * zoom / 2)), max(_SMALLEST, 2 * int(height * zoom / 2))
