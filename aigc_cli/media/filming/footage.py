"""The user's own videos: opened with suspicion, turned upright, trimmed, and made into a film that is easy to compose with.

Whatever a camera or phone made (10 bit, full range, BT.601, odd sizes, variable frame rate, rotated by a tag, pixels that are
not square) becomes H.264 in BT.709 with square pixels, one frame rate, and a key frame every half second. That happens once and
is cached; composing then reads plain frames, one at a time. Where the file has alpha, or a screen is keyed, the film is twice as
high: the pictures over black, and under them their alpha as luma, 0 to 255.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_cli.errors import AigcError, RenderError, StorageError, WorkflowError
from aigc_cli.media.audio.sound import RATE_HZ
from aigc_cli.media.files.encode import EncoderOptions, Progress, write_video
from aigc_cli.media.filming.keying import Keyer, Wish
from aigc_cli.media.filming.probe import open_media
from aigc_cli.media.filming.upright import CURE, Frame, Upright
from aigc_cli.media.frames.planes import Planes, copy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aigc_cli.media.frames.planes import Bytes

    Samples = NDArray[np.float32]

LONGEST_S = 120.0
"""No scene shows more of a file than this, in seconds of the finished clip."""

_OPTIONS = EncoderOptions(preset="ultrafast", crf=12, keyframe_s=0.5)
_SAMPLES = 5  # frames by which a screen is known
_HELD = 0.5  # alpha that belongs to the subject


@dataclass(frozen=True)
class Trim:
    """Which part of a file is used, and how.

    From `start_s` to `end_s` (None: to its end) of the file, `speed` times as fast, at `fps`, turned clockwise by `rotate` degrees.
    `key` takes a screen out; `keeps_alpha` keeps what is see-through, which else stands on black.
    """

    start_s: float = 0.0
    end_s: float | None = None
    speed: float = 1.0
    fps: int = 30
    rotate: int = 0
    key: Wish | None = None
    keeps_alpha: bool = False


@dataclass(frozen=True)
class Film:
    """What was made of a file: upright size, length in frames of its frame rate, and what had to be said of it.

    `has_matte`: the film is twice as high as its pictures, see above. `subject` is where they are not see-through in any frame:
    left, top, right and bottom in fractions. `is_endless`: the file says that it begins again at its end.
    """

    width: int
    height: int
    frames: int
    has_sound: bool
    notes: tuple[str, ...]
    has_matte: bool = False
    subject: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    is_endless: bool = False


def make_film(path: Path, target: Path, trim: Trim, *, name: str = "", progress: Progress | None = None) -> Film:
    """Makes a film of a part of a video file, or of a picture, at `target`.

    `name` is what errors call the file. Raises WorkflowError when it is no video, holds no frame that can be decoded, is too
    large, shows no screen of the colour to be keyed, or the part lies outside; StorageError when the disk refuses.
    """
    import av

    name = name or path.name
    try:
        with Upright(path, name, trim.start_s, rotate=trim.rotate) as reader:
            length = reader.length_s
            if trim.start_s >= length:
                raise WorkflowError(f"`{name}` lasts {length:.2f} s: there is nothing at {trim.start_s:g} s", "begin earlier")
            end = min(length, trim.end_s if trim.end_s is not None else length)
            wanted = (end - trim.start_s) / trim.speed
            notes = [*reader.notes]
            if wanted > LONGEST_S:
                notes.append(f"`{name}`: the first {LONGEST_S:g} s of the part are used")
            if trim.end_s is not None and trim.end_s > length + 0.05:
                notes.append(f"`{name}` ends at {length:.2f} s, not at {trim.end_s:g} s")
            frames = max(1, round(min(wanted, LONGEST_S) * trim.fps))
            see_through = _See.through(path, name, trim, end, reader)
            size = reader.size

            def draw(n: int, planes: Planes) -> None:
                frame = reader.at(trim.start_s + n * trim.speed / trim.fps)
                if see_through is None:
                    copy(frame.planes if frame.alpha is None else over_black(frame.planes, frame.alpha), planes)
                else:
                    see_through.draw(frame, planes)

            whole = (size[0], 2 * size[1]) if see_through else size
            write_video(target, draw, frames, size=whole, fps=trim.fps, options=_OPTIONS, progress=progress)
            film = Film(*size, frames, reader.has_sound, tuple(notes), is_endless=reader.is_endless)
            return replace(film, has_matte=True, subject=see_through.subject(name)) if see_through else film
    except (WorkflowError, StorageError):
        raise
    except (av.FFmpegError, AigcError, ValueError) as error:
        hint = error.hint if isinstance(error, AigcError) else CURE
        raise WorkflowError(f"`{name}` cannot be used as footage: {error}".replace(f"{path.name} ", ""), hint or CURE) from error


class _See:
    """The frames of a film whose pictures are see-through: keyed, or with the file's own alpha; and where their subject was."""

    def __init__(self, keyer: Keyer | None) -> None:
        self._keyer = keyer
        self._held: Any = None

    @classmethod
    def through(cls, path: Path, name: str, trim: Trim, end_s: float, reader: Upright) -> _See | None:
        """None for a film that is opaque."""
        if trim.key is None:
            return cls(None) if trim.keeps_alpha and reader.has_alpha else None
        samples = []
        for k in range(_SAMPLES):
            at = trim.start_s + (end_s - trim.start_s) * (k + 0.5) / _SAMPLES
            with Upright(path, name, at, rotate=trim.rotate) as sampler:
                samples.append(sampler.at(at).planes)
        return cls(Keyer(samples, trim.key, name))

    def draw(self, frame: Frame, into: Planes) -> None:
        """The pictures over black, and under them their alpha."""
        import cv2
        import numpy as np

        if self._keyer is None:
            alpha = frame.alpha if frame.alpha is not None else np.full(frame.planes.y.shape, 255, np.uint8)
            planes = over_black(frame.planes, alpha)
        else:
            planes, alpha = self._keyer(frame.planes)
            if frame.alpha is not None:
                alpha = cv2.multiply(alpha, frame.alpha, scale=1 / 255)
                planes = over_black(planes, frame.alpha)
        height = alpha.shape[0]
        for source, target in zip(planes, into, strict=True):
            target[: len(source)], target[len(source) :] = source, 128
        into.y[height:] = alpha
        small = cv2.resize(alpha, (max(1, alpha.shape[1] // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
        self._held = small if self._held is None else cv2.max(self._held, small)

    def subject(self, name: str) -> tuple[float, float, float, float]:
        """Where anything was seen. Raises WorkflowError when nothing was."""
        import cv2
        import numpy as np

        solid = cv2.medianBlur(self._held, 3) if min(self._held.shape) >= 3 else self._held
        mask = (solid > 255 * _HELD).astype(np.uint8)
        x, y, wide, high = cv2.boundingRect(mask)
        if not wide:
            raise WorkflowError(
                f"`{name}` has nothing in it that is not see-through", "check the file, and the colour and `tolerance` of `key`"
            )
        height, width = mask.shape
        return x / width, y / height, (x + wide) / width, (y + high) / height


def over_black(planes: Planes, alpha: Bytes) -> Planes:
    """Straight planes with alpha (0..255, full size) laid over black."""
    import cv2
    import numpy as np

    from aigc_cli.media.frames.planes import halve

    half = halve(alpha).astype(np.float32) / 255
    y = cv2.add(cv2.multiply(cv2.subtract(planes.y, 16), alpha, scale=1 / 255), 16)
    u, v = (np.rint((plane.astype(np.float32) - 128) * half + 128).astype(np.uint8) for plane in planes[1:])
    return Planes(y, u, v)


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
