"""The user's own videos: opened with suspicion, turned upright, trimmed, and made into a film that is easy to compose with.

Whatever a camera or phone made (10 bit, full range, BT.601, odd sizes, variable frame rate, rotated by a tag, pixels that are
not square) becomes H.264 in BT.709 with square pixels, one frame rate, and a key frame every half second. That happens once and
is cached; composing then reads plain frames, one at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_cli.errors import AigcError, RenderError, StorageError, WorkflowError
from aigc_cli.media.audio.sound import RATE_HZ
from aigc_cli.media.files.encode import EncoderOptions, Progress, write_video
from aigc_cli.media.filming.probe import open_media
from aigc_cli.media.frames.planes import Planes, copy

if TYPE_CHECKING:
    import av
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

LONGEST_S = 120.0
"""No scene shows more of a file than this, in seconds of the finished clip."""

_CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "mpeg2video", "mjpeg", "prores", "dnxhd", "ffv1", "rawvideo", "theora")
_MOST_PIXELS = 8192 * 4352
_SHORT_MAX, _LONG_MAX = 1920, 3840  # what the tallest frame can show of a picture that is cropped to fill it
_SMALLEST = 16
_OPTIONS = EncoderOptions(preset="ultrafast", crf=12, keyframe_s=0.5)
_CURE = "export it again as MP4 (H.264), or use another file"
_HDR = (16, 18)  # transfer characteristics of PQ and HLG (ITU-T H.273, table 3)


@dataclass(frozen=True)
class Trim:
    """Which part of a file is used: from `start_s` to `end_s` (None: to its end) of the file, `speed` times as fast, at `fps`."""

    start_s: float = 0.0
    end_s: float | None = None
    speed: float = 1.0
    fps: int = 30


@dataclass(frozen=True)
class Film:
    """What was made of a file: upright size, length in frames of its frame rate, and what had to be said of it."""

    width: int
    height: int
    frames: int
    has_sound: bool
    notes: tuple[str, ...]


def make_film(path: Path, target: Path, trim: Trim, *, name: str = "", progress: Progress | None = None) -> Film:
    """Makes a film of a part of a video file at `target`.

    `name` is what errors call the file. Raises WorkflowError when it is no video, holds no frame that can be decoded, is too
    large, or the part lies outside; StorageError when the disk refuses.
    """
    import av

    name = name or path.name
    try:
        with open_media(path) as container:
            stream = _stream(container, name)
            first, last = _extent(path, stream, name)
            length = last - first
            if trim.start_s >= length:
                raise WorkflowError(f"`{name}` lasts {length:.2f} s: there is nothing at {trim.start_s:g} s", "begin earlier")
            end = min(length, trim.end_s if trim.end_s is not None else length)
            wanted = (end - trim.start_s) / trim.speed
            notes = []
            if wanted > LONGEST_S:
                notes.append(f"`{name}`: the first {LONGEST_S:g} s of the part are used")
            if trim.end_s is not None and trim.end_s > length + 0.05:
                notes.append(f"`{name}` ends at {length:.2f} s, not at {trim.end_s:g} s")
            if int(stream.codec_context.color_trc) in _HDR:
                notes.append(f"`{name}` is HDR: its brightest parts are shown as a standard screen shows them")
            frames = max(1, round(min(wanted, LONGEST_S) * trim.fps))
            reader = _Upright(container, stream, first + trim.start_s, name)
            size = reader.begin()

            def draw(n: int, planes: Planes) -> None:
                copy(reader.at(first + trim.start_s + n * trim.speed / trim.fps), planes)

            write_video(target, draw, frames, size=size, fps=trim.fps, options=_OPTIONS, progress=progress)
            return Film(*size, frames, bool(container.streams.audio), tuple(notes))
    except (WorkflowError, StorageError):
        raise
    except (av.FFmpegError, AigcError, ValueError) as error:
        hint = error.hint if isinstance(error, AigcError) else _CURE
        raise WorkflowError(f"`{name}` cannot be used as footage: {error}".replace(f"{path.name} ", ""), hint or _CURE) from error


def _stream(container: av.container.InputContainer, name: str) -> Any:
    streams = [each for each in container.streams.video if not int(each.disposition) & 0x400]  # 0x400: the cover of a song
    if not streams:
        raise WorkflowError(f"`{name}` holds no moving pictures", "use a video file")
    stream = streams[0]
    context = stream.codec_context
    if context.name not in _CODECS:
        raise WorkflowError(f"`{name}` is encoded as {context.name}, which is not read", _CURE)
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
        raise WorkflowError(f"`{name}` holds no frames", _CURE)
    if not step:
        step = 1 / float(stream.average_rate or 25)
    return first, last + step


class _Upright:
    """The frames of a stream in the order of time, as upright planes of one size; what is damaged is passed over."""

    def __init__(self, container: av.container.InputContainer, stream: Any, start_s: float, name: str) -> None:
        self._name = name
        self._stream = stream
        if start_s > 1:
            container.seek(int(start_s / float(stream.time_base)), stream=stream)
        self._source = self._decoded(container)
        self._next: Any = None
        self._current: Any = None
        self._planes: Planes | None = None
        self._size = (0, 0)

    def _decoded(self, container: av.container.InputContainer) -> Iterator[Any]:
        import av

        try:
            for packet in container.demux(self._stream):
                try:
                    yield from (frame for frame in packet.decode() if frame.time is not None)
                except av.error.InvalidDataError:
                    continue
        except av.FFmpegError:  # cut off: what came before it counts
            return

    def begin(self) -> tuple[int, int]:
        """Reads the first frame; the size of all that follow."""
        self._next = next(self._source, None)
        if self._next is None:
            raise WorkflowError(f"no frame of `{self._name}` can be decoded", _CURE)
        self._size = _shown_size(self._next, self._stream)
        width, height = self._size
        return (height, width) if _turns(self._next) % 2 else (width, height)

    def at(self, seconds: float) -> Planes:
        """The frame that is shown at a time of the file's clock; the last one after the end. Times must not fall."""
        while self._next is not None and (self._current is None or self._next.time <= seconds + 1e-4):
            self._current, self._planes = self._next, None
            self._next = next(self._source, None)
        if self._planes is None:
            self._planes = self._converted(self._current)
        return self._planes

    def _converted(self, frame: Any) -> Planes:
        import av
        import numpy as np

        width, height = self._size
        plain = frame.reformat(
            width=width,
            height=height,
            format="yuv420p",
            dst_colorspace=av.video.reformatter.Colorspace.ITU709,
            dst_color_range=av.video.reformatter.ColorRange.MPEG,
            interpolation=av.video.reformatter.Interpolation.BICUBIC,
            threads=1,
        )
        planes = [np.frombuffer(memoryview(p), np.uint8).reshape(p.height, p.line_size)[:, : p.width] for p in plain.planes]
        turns = _turns(frame)
        return Planes(*(np.ascontiguousarray(np.rot90(plane, turns)) for plane in planes))


def _turns(frame: Any) -> int:
    """Quarter turns, counterclockwise, that set a frame upright."""
    return round((frame.rotation or 0) / 90) % 4


def _shown_size(frame: Any, stream: Any) -> tuple[int, int]:
    """The size at which a frame is used, before it is turned: square pixels, even sides, no more than can be seen."""
    aspect = float(stream.sample_aspect_ratio or 1) or 1.0
    aspect = aspect if 0.1 <= aspect <= 10 else 1.0
    width, height = frame.width * max(aspect, 1.0), frame.height / min(aspect, 1.0)
    zoom = min(1.0, _SHORT_MAX / min(width, height), _LONG_MAX / max(width, height))
    return max(_SMALLEST, 2 * int(width * zoom / 2)), max(_SMALLEST, 2 * int(height * zoom / 2))


def sound_of(path: Path, trim: Trim, frames: int, *, name: str = "") -> Samples:
    """The part's own sound as stereo float32 at 48 kHz, as long as its frames; a changed speed keeps the pitch.

    Raises RenderError when it cannot be decoded.
    """
    import av
    import numpy as np

    length = round(frames / trim.fps * RATE_HZ)
    pieces: list[Any] = []
    have = 0
    try:
        with open_media(path) as container:
            stream = container.streams.audio[0]
            origin = float(container.start_time or 0) / 1_000_000 if container.start_time else 0.0
            if trim.start_s > 1:
                container.seek(int((origin + trim.start_s) * 1_000_000))
            layout = "mono" if stream.codec_context.channels == 1 else "stereo"
            resampler = av.AudioResampler("fltp", layout, RATE_HZ)
            begin = None
            for frame in container.decode(stream):
                begin = frame.time if begin is None and frame.time is not None else begin
                for made in resampler.resample(frame):
                    pieces.append(made.to_ndarray())
                    have += made.samples
                if have > ((length / RATE_HZ) * trim.speed + 3) * RATE_HZ + max(0.0, origin + trim.start_s - (begin or 0)) * RATE_HZ:
                    break
    except (av.FFmpegError, IndexError) as error:
        if not pieces:
            raise RenderError(f"the sound of `{name or path.name}` cannot be decoded: {error}", "use `sound: drop`") from error
        begin = begin or 0.0
    if not pieces:
        return np.zeros((length, 2), np.float32)
    whole = np.concatenate(pieces, axis=1)
    whole = np.repeat(whole, 2, axis=0) if len(whole) == 1 else whole
    skip = round((origin + trim.start_s - (begin or 0.0)) * RATE_HZ)
    whole = whole[:, skip:] if skip >= 0 else np.pad(whole, ((0, 0), (-skip, 0)))
    if trim.speed != 1:
        whole = _stretched(np.ascontiguousarray(whole[:, : math.ceil(length * trim.speed) + RATE_HZ]), trim.speed)
    part = whole[:, :length].T
    made_whole: Samples = np.zeros((length, 2), np.float32)
    made_whole[: len(part)] = part
    edge = min(len(part), RATE_HZ // 50)
    if edge:
        made_whole[:edge] *= np.linspace(0, 1, edge, dtype=np.float32)[:, None]
        made_whole[len(part) - edge : len(part)] *= np.linspace(1, 0, edge, dtype=np.float32)[:, None]
    return made_whole


def _stretched(sound: Samples, speed: float) -> Samples:
    """Sound (2, samples) at another speed with its own pitch, by FFmpeg's `atempo`."""
    import av
    import numpy as np

    graph = av.filter.Graph()
    source = graph.add_abuffer(format="fltp", sample_rate=RATE_HZ, layout="stereo", time_base=f"1/{RATE_HZ}")
    tempo = graph.add("atempo", f"{speed:.6f}")
    sink = graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(sound, "fltp", "stereo")
    frame.sample_rate, frame.pts = RATE_HZ, 0
    source.push(frame)
    source.push(None)
    resampler = av.AudioResampler("fltp", "stereo", RATE_HZ)  # `atempo` gives interleaved samples
    pieces = []
    while True:
        try:
            pieces += [made.to_ndarray() for made in resampler.resample(sink.pull())]
        except (av.error.EOFError, av.error.BlockingIOError):
            break
    return np.concatenate(pieces, axis=1) if pieces else sound[:, :0]
