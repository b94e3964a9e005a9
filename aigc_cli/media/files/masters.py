"""Files of a clip that are no film for viewers: composed as a whole from the timeline, so that nothing is encoded twice.

| codec  | file  | sound  | for                                             |
|--------|-------|--------|-------------------------------------------------|
| prores | mov   | PCM    | a master to go on with: 4:2:2, 10 bit           |
| gif    | gif   | none   | mail, documents: 480 wide, 15 frames a second   |
| webp   | webp  | none   | the same, smaller: 540 wide, 15 frames a second |
| png    | zip   | none   | every frame as a picture                        |
| vp9    | webm  | Opus   | what is transparent, for the web                |

A timeline that is transparent keeps its alpha: VP9 beside the pictures, as WebM has it, ProRes 4444 in 16 bit, WebP and PNG in 8, all
straight, not premultiplied; a GIF's pixels are seen or not.
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
from aigc_cli.media.frames.cutout import Cutout
from aigc_cli.media.frames.planes import Planes, to_rgb
from aigc_cli.media.timeline import Timeline

if TYPE_CHECKING:
    from aigc_cli.media.frames.planes import Bytes

Codec = Literal["prores", "gif", "webp", "png", "vp9"]
VERSION = 1
TRANSPARENT = ("vp9", "prores", "webp", "gif", "png")
"""The codecs that can carry alpha."""

_SMALL_FPS = 15
_GIF_WIDTH, _WEBP_WIDTH = 480, 540
_PALETTE_FRAMES = 12
_UNSEEN = 255  # of the palette
_HALF = 127  # of alpha
_RASTER = 14.0  # levels from the lightest to the darkest dot


@dataclass(frozen=True)
class _Form:
    ending: str
    media_type: str
    encoder: str
    pixels: str
    sound: str
    see_through: str = ""
    """The pixels with alpha, where the encoder has them."""


FORMS: dict[str, _Form] = {
    "prores": _Form(".mov", "video/quicktime", "prores_ks", "yuv422p10le", "pcm_s16le", "yuva444p10le"),
    "gif": _Form(".gif", "image/gif", "gif", "pal8", ""),
    "webp": _Form(".webp", "image/webp", "libwebp_anim", "yuv420p", "", "yuva420p"),
    "png": _Form(".zip", "application/zip", "", "", ""),
    "vp9": _Form(".webm", "video/webm", "libvpx-vp9", "yuv420p", "libopus", "yuva420p"),
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
    """Writes a whole clip at `target`; `audio` is its mix as AAC in an MP4. A transparent timeline keeps its alpha.

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
            options = _options(codec, preset, crf, has_alpha=composer.timeline.is_transparent)
            _write_film(composer, audio, target, codec, form, options, progress)
    except (av.FFmpegError, OSError) as error:
        discard(target)
        raise av_failure(error, target, f"encoding as {codec}") from error
    except BaseException:
        discard(target)
        raise


def _options(codec: Codec, preset: str, crf: int, *, has_alpha: bool) -> dict[str, str]:
    if codec == "webp":
        return {"quality": str(max(40, 100 - crf)), "compression_level": str(min(slowness(preset), 6))}
    if codec == "vp9":  # libvpx codes no alpha with frames that are not shown
        speed = str(max(1, 8 - slowness(preset)))
        return {"crf": str(min(crf + 11, 63)), "b:v": "0", "deadline": "good", "cpu-used": speed, "row-mt": "1", "auto-alt-ref": "0"}
    return {"profile": "4", "vendor": "apl0", "alpha_bits": "16"} if has_alpha else {"profile": "3", "vendor": "apl0"}


def _write_film(  # noqa: PLR0917  # one caller, which has them in this order
    composer: Composer, audio: Path | None, target: Path, codec: Codec, form: _Form, options: dict[str, str], progress: Progress | None
) -> None:
    import av

    timeline = composer.timeline
    is_small, has_alpha = codec == "webp", timeline.is_transparent
    pixels = form.see_through if has_alpha else form.pixels
    fps = min(timeline.fps, _SMALL_FPS) if is_small else timeline.fps
    width, height = _scaled(timeline, _WEBP_WIDTH) if is_small else (timeline.width, timeline.height)
    movie = {".mov": {"movflags": "+faststart"}, ".webp": {"loop": "0"}}.get(form.ending, {})
    with av.open(file_url(target), "w", format=form.ending[1:], options=movie) as out, contextlib.ExitStack() as stack:
        out.metadata.update({name: text for name, text in (("title", timeline.title), ("comment", timeline.comment)) if text})
        stream: Any = out.add_stream(form.encoder, rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        if has_alpha and codec == "vp9":
            stream.metadata["alpha_mode"] = "1"
        context = stream.codec_context
        context.time_base = Fraction(1, fps)
        context.gop_size = fps * 4
        if not is_small:
            context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, BT709, BT709, BT709
        sound = None
        if audio is not None and form.sound:
            mix = stack.enter_context(av.open(file_url(audio), format="mp4", options={"protocol_whitelist": "file"}))
            sound = CarriedSound(out, mix, form.sound)
        for n, drawn in _video_frames(composer, fps, progress):
            frame = _fitted(drawn, (width, height), pixels, is_bt601=is_small)
            frame.pts, frame.time_base = n, Fraction(1, fps)
            if not is_small:
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


def _cut_frames(composer: Composer, fps: int, progress: Progress | None) -> Iterator[tuple[int, Bytes]]:
    """(number in the file, straight RGBA) of a transparent timeline."""
    timeline, cutout = composer.timeline, Cutout(composer.timeline, composer.open)
    count = max(1, timeline.frames * fps // timeline.fps)
    for n in range(count):
        yield n, cutout.frame(n * timeline.fps // fps)
        if progress is not None:
            progress((n + 1) / count)


def _video_frames(composer: Composer, fps: int, progress: Progress | None) -> Iterator[tuple[int, Any]]:
    """(number in the file, frame) in full size, with alpha where the timeline is transparent."""
    import av

    if composer.timeline.is_transparent:
        for n, rgba in _cut_frames(composer, fps, progress):
            yield n, av.VideoFrame.from_ndarray(rgba, "rgba")
    else:
        for n, planes in _frames(composer.timeline, composer, fps, progress):
            yield n, _video_frame(planes)


def _fitted(frame: Any, size: tuple[int, int], pixels: str, *, is_bt601: bool) -> Any:
    """A frame in the encoder's size and pixels, in limited range: BT.709, or BT.601, the only matrix that WebP has."""
    import av

    return frame.reformat(
        width=size[0],
        height=size[1],
        format=pixels,
        dst_colorspace=av.video.reformatter.Colorspace.ITU601 if is_bt601 else av.video.reformatter.Colorspace.ITU709,
        dst_color_range=av.video.reformatter.ColorRange.MPEG,
        interpolation="AREA",
        threads=1,
    )


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
    """A GIF with one palette, made from frames of the whole clip, under a raster that stands still: noise would not compress.

    Of a transparent clip the palette's last colour is the one that is not seen.
    """
    import av
    import cv2
    import numpy as np
    from PIL import Image

    timeline = composer.timeline
    has_alpha = timeline.is_transparent
    fps = min(timeline.fps, _SMALL_FPS)
    size = _scaled(timeline, _GIF_WIDTH)
    places = sorted({int(timeline.frames * (k + 0.5) / _PALETTE_FRAMES) for k in range(_PALETTE_FRAMES)})
    if has_alpha:
        cutout = Cutout(timeline, composer.open)
        looked = [_shrunk(cutout.frame(n), size) for n in places]
        inked = np.concatenate([each[..., :3][each[..., 3] > _HALF][::4] for each in looked])
        seen = (inked if len(inked) else np.zeros((1, 3), np.uint8))[None]
    else:
        seen = np.concatenate([_shrunk(to_rgb(composer.frame(n)), size)[::4, ::4] for n in places], axis=1)
    palette = Image.fromarray(np.ascontiguousarray(seen)).quantize(_UNSEEN if has_alpha else 256, Image.Quantize.MEDIANCUT)
    colours = np.zeros((256, 4), np.uint8)
    given = np.frombuffer(bytes(palette.getpalette() or b""), np.uint8).reshape(-1, 3)[:256]
    colours[:, 0], colours[: len(given), 1:] = 255, given  # alpha first
    if has_alpha:
        colours[_UNSEEN] = 0
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)  # Bayer 1973, 4 x 4
    tiles = np.tile((bayer - 7.5) / 16 * _RASTER, (size[1] // 4 + 1, size[0] // 4 + 1))[: size[1], : size[0]]
    raster = np.repeat(np.rint(tiles).astype(np.int16)[..., None], 3, axis=2)
    with av.open(file_url(target), "w", format="gif", options={"loop": "0"}) as out:
        stream: Any = out.add_stream("gif", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "pal8"
        whole = _cut_frames(composer, fps, progress) if has_alpha else _rgb_frames(composer, fps, progress)
        for n, pixels in whole:
            small = _shrunk(pixels, size)
            shaded = cv2.add(np.ascontiguousarray(small[..., :3]), raster, dtype=cv2.CV_8U)
            picture = np.array(Image.fromarray(shaded).quantize(palette=palette, dither=Image.Dither.NONE))
            if has_alpha:
                picture[small[..., 3] <= _HALF] = _UNSEEN
            frame = av.VideoFrame.from_ndarray((picture, colours), "pal8")
            frame.pts, frame.time_base = n, Fraction(1, fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _rgb_frames(composer: Composer, fps: int, progress: Progress | None) -> Iterator[tuple[int, Bytes]]:
    for n, planes in _frames(composer.timeline, composer, fps, progress):
        yield n, to_rgb(planes)


def _shrunk(pixels: Bytes, size: tuple[int, int]) -> Bytes:
    """RGB, or straight RGBA, at another size."""
    import cv2

    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)  # type: ignore[no-any-return]


def _write_pictures(composer: Composer, target: Path, progress: Progress | None) -> None:
    """Every frame as a PNG in one archive without compression of its own."""
    fps = composer.timeline.fps
    whole = _cut_frames(composer, fps, progress) if composer.timeline.is_transparent else _rgb_frames(composer, fps, progress)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for n, pixels in whole:
            archive.writestr(zipfile.ZipInfo(f"frame-{n:06d}.png", (1980, 1, 1, 0, 0, 0)), png_of(pixels))


def png_of(pixels: Bytes) -> bytes:
    """RGB or straight RGBA pixels as a PNG, compressed quickly."""
    from PIL import Image

    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", compress_level=1)
    return data.getvalue()
