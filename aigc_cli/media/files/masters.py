"""Files of a clip that are no film for viewers: composed as a whole from the timeline, so that nothing is encoded twice.

| codec  | file  | sound  | for                                             |
|--------|-------|--------|-------------------------------------------------|
| prores | mov   | PCM    | a master to go on with: 4:2:2, 10 bit           |
| gif    | gif   | none   | mail, documents: 480 wide, 15 frames a second   |
| webp   | webp  | none   | the same, smaller: 540 wide, 15 frames a second |
| png    | zip   | none   | every frame as a picture                        |
"""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from aigc_cli.errors import MissingTool
from aigc_cli.media.files.carried import CarriedSound
from aigc_cli.media.files.coding import slowness
from aigc_cli.media.files.encode import BT709, Progress, av_failure, discard, file_url
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.planes import Planes, to_rgb
from aigc_cli.media.timeline import Timeline

if TYPE_CHECKING:
    from aigc_cli.media.frames.planes import Bytes

Codec = Literal["prores", "gif", "webp", "png"]
VERSION = 1

_SMALL_FPS = 15
_GIF_WIDTH, _WEBP_WIDTH = 480, 540
_PALETTE_FRAMES = 12
_RASTER = 14.0  # levels from the lightest to the darkest dot


@dataclass(frozen=True)
class _Form:
    ending: str
    media_type: str
    encoder: str
    pixels: str
    sound: str


FORMS: dict[str, _Form] = {
    "prores": _Form(".mov", "video/quicktime", "prores_ks", "yuv422p10le", "pcm_s16le"),
    "gif": _Form(".gif", "image/gif", "gif", "pal8", ""),
    "webp": _Form(".webp", "image/webp", "libwebp_anim", "yuv420p", ""),
    "png": _Form(".zip", "application/zip", "", "", ""),
}


def write_master(
    composer: Composer,
    audio: Path | None,
    target: Path,
    codec: Codec,
    *,
    preset: str = "veryfast",
    crf: int = 20,
    progress: Progress | None = None,
) -> None:
    """Writes a whole clip at `target`; `audio` is its mix as AAC in an MP4.

    `preset` and `crf` are x264's; they are carried over to what looks alike.
    Raises MissingTool when this build of FFmpeg has not the encoder, RenderError and StorageError as `write_video`.
    """
    import av

    form = FORMS[codec]
    if form.encoder and form.encoder not in av.codecs_available:
        raise MissingTool(f"this FFmpeg has no {form.encoder}", "take another `codec`, or install another build of PyAV")
    try:
        if codec == "png":
            _write_pictures(composer, target, progress)
        elif codec == "gif":
            _write_gif(composer, target, progress)
        else:
            _write_film(composer, audio, target, codec, form, _options(codec, preset, crf), progress)
    except (av.FFmpegError, OSError) as error:
        discard(target)
        raise av_failure(error, target, f"encoding as {codec}") from error
    except BaseException:
        discard(target)
        raise


def _options(codec: Codec, preset: str, crf: int) -> dict[str, str]:
    if codec == "webp":
        return {"quality": str(max(40, 100 - crf)), "compression_level": str(min(slowness(preset), 6))}
    return {"profile": "3", "vendor": "apl0"}


def _write_film(  # noqa: PLR0917  # one caller, which has them in this order
    composer: Composer, audio: Path | None, target: Path, codec: Codec, form: _Form, options: dict[str, str], progress: Progress | None
) -> None:
    import av

    timeline = composer.timeline
    is_small = codec == "webp"
    fps = min(timeline.fps, _SMALL_FPS) if is_small else timeline.fps
    width, height = _scaled(timeline, _WEBP_WIDTH) if is_small else (timeline.width, timeline.height)
    movie = {".mov": {"movflags": "+faststart"}, ".webp": {"loop": "0"}}.get(form.ending, {})
    with av.open(file_url(target), "w", format=form.ending[1:], options=movie) as out, contextlib.ExitStack() as stack:
        out.metadata["title"] = timeline.title
        stream: Any = out.add_stream(form.encoder, rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, form.pixels
        context = stream.codec_context
        context.time_base = Fraction(1, fps)
        context.gop_size = fps * 4
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, BT709, BT709, BT709
        sound = None
        if audio is not None and form.sound:
            mix = stack.enter_context(av.open(file_url(audio), format="mp4", options={"protocol_whitelist": "file"}))
            sound = CarriedSound(out, mix, form.sound)
        for n, planes in _frames(timeline, composer, fps, progress):
            frame = _video_frame(planes).reformat(width=width, height=height, format=form.pixels, interpolation="AREA", threads=1)
            frame.pts, frame.time_base = n, Fraction(1, fps)
            frame.color_range, frame.colorspace = 1, BT709
            out.mux(stream.encode(frame))
            if sound is not None:
                sound.write(Fraction(n + 1, fps))
        out.mux(stream.encode(None))
        if sound is not None:
            sound.write(None)


def _frames(timeline: Timeline, composer: Composer, fps: int, progress: Progress | None) -> Iterator[tuple[int, Planes]]:
    """(number in the file, frame); the planes are valid until the next is asked for."""
    from aigc_cli.media.frames.planes import blank

    into = blank(timeline.width, timeline.height)
    count = max(1, timeline.frames * fps // timeline.fps)
    for n in range(count):
        yield n, composer.frame(n * timeline.fps // fps, into)
        if progress is not None:
            progress((n + 1) / count)


def _video_frame(planes: Planes) -> Any:
    import av
    import numpy as np

    frame = av.VideoFrame(planes.y.shape[1], planes.y.shape[0], "yuv420p")
    frame.color_range, frame.colorspace = 1, BT709
    for plane, target in zip(planes, frame.planes, strict=True):
        room = np.frombuffer(memoryview(target), np.uint8).reshape(target.height, target.line_size)
        room[:, : target.width] = plane
    return frame


def _scaled(timeline: Timeline, width: int) -> tuple[int, int]:
    zoom = min(1.0, width / min(timeline.width, timeline.height))
    return max(2, 2 * round(timeline.width * zoom / 2)), max(2, 2 * round(timeline.height * zoom / 2))


def _write_gif(composer: Composer, target: Path, progress: Progress | None) -> None:
    """A GIF with one palette, made from frames of the whole clip, under a raster that stands still: noise would not compress."""
    import av
    import cv2
    import numpy as np
    from PIL import Image

    timeline = composer.timeline
    fps = min(timeline.fps, _SMALL_FPS)
    size = _scaled(timeline, _GIF_WIDTH)
    places = sorted({int(timeline.frames * (k + 0.5) / _PALETTE_FRAMES) for k in range(_PALETTE_FRAMES)})
    seen = np.concatenate([_small(composer.frame(n), size)[::4, ::4] for n in places], axis=1)
    palette = Image.fromarray(np.ascontiguousarray(seen)).quantize(256, Image.Quantize.MEDIANCUT)
    colours = np.zeros((256, 4), np.uint8)
    given = np.frombuffer(bytes(palette.getpalette() or b""), np.uint8).reshape(-1, 3)[:256]
    colours[:, 0], colours[: len(given), 1:] = 255, given  # alpha first
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)  # Bayer 1973, 4 x 4
    tiles = np.tile((bayer - 7.5) / 16 * _RASTER, (size[1] // 4 + 1, size[0] // 4 + 1))[: size[1], : size[0]]
    raster = np.repeat(np.rint(tiles).astype(np.int16)[..., None], 3, axis=2)
    with av.open(file_url(target), "w", format="gif", options={"loop": "0"}) as out:
        stream: Any = out.add_stream("gif", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "pal8"
        for n, planes in _frames(timeline, composer, fps, progress):
            shaded = cv2.add(_small(planes, size), raster, dtype=cv2.CV_8U)
            picture = Image.fromarray(shaded).quantize(palette=palette, dither=Image.Dither.NONE)
            frame = av.VideoFrame.from_ndarray((np.asarray(picture), colours), "pal8")
            frame.pts, frame.time_base = n, Fraction(1, fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _small(planes: Planes, size: tuple[int, int]) -> Bytes:
    import cv2

    return cv2.resize(to_rgb(planes), size, interpolation=cv2.INTER_AREA)  # type: ignore[no-any-return]


def _write_pictures(composer: Composer, target: Path, progress: Progress | None) -> None:
    """Every frame as a PNG in one archive without compression of its own."""
    from PIL import Image

    timeline = composer.timeline
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for n, planes in _frames(timeline, composer, timeline.fps, progress):
            data = io.BytesIO()
            Image.fromarray(to_rgb(planes)).save(data, "PNG", compress_level=1)
            archive.writestr(zipfile.ZipInfo(f"frame-{n:06d}.png", (1980, 1, 1, 0, 0, 0)), data.getvalue())
