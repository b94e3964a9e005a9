"""Stills: a picture seen through a slowly moving crop, resampled with sub-pixel geometry, Y, U and V apart.

The picture is scaled once, so that one of its pixels is about one pixel of the frame: whole pixels would shake, and a
picture read far from its own scale would shimmer or blur.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from aigc_cli.errors import RenderError
from aigc_cli.media.frames.overlays import mix_in
from aigc_cli.media.frames.planes import Planes, even_down, even_up, halve, matrix
from aigc_cli.media.frames.resampling import PAD, read, read_pair, sampling
from aigc_cli.media.timeline import Box, Still, ease

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from aigc_cli.media.frames.planes import Bytes, Floats

_OVERSAMPLE = 1.06  # picture pixels per frame pixel at the closest view: bilinear reading blurs less above one
_MINIFY_MAX = 1.5  # ... and at the widest view: above it a bilinear reading skips pixels and shimmers
_AREA_FROM = 1.18  # times smaller: up to here the cubic is nearer to Lanczos than the area's mean, and takes a quarter of the time
_BEFORE = 2 * PAD  # samples repeated before the first: near round scales only a far column has the phase that is asked for
_AFTER = 6  # samples repeated after the last: `read` may look past the window by some
_BAND = 64  # rows
_FORMATS = ("PNG", "JPEG", "WEBP")
_PIXELS_MAX = 100_000_000
_ORIENTATION = 0x0112  # in Exif: 1 is upright
_END_OF_JPEG = b"\xff\xd9"


@dataclass(frozen=True)
class Source:
    """A still's picture, ready to be read: centre-sited planes of its part from `(x, y)`, `sx` by `sy` samples a pixel.

    `alpha` and `alpha_half` are None for an opaque picture; with them the planes are premultiplied. `pad` samples stand before
    the first that will be wanted. `pair` is U and V side by side, (h, w, 2), for those who read both at once.
    """

    planes: Planes
    alpha: Bytes | None
    alpha_half: Bytes | None
    x: float
    y: float
    sx: float
    sy: float
    pad: int = PAD
    pair: Bytes | None = None


class Window(NamedTuple):
    """A window of the frame, and the masks of an edge in it at full and at half size; None where the box covers all of it."""

    x0: int
    y0: int
    x1: int
    y1: int
    masks: tuple[Bytes, Bytes] | None


@dataclass(frozen=True)
class Frame:
    """A still's place in the frame at rest: its box, its round corners, and the windows it is drawn in."""

    box: Box
    radius: float
    windows: tuple[Window, ...]


def read_picture(path: Path) -> Bytes:
    """A PNG, JPEG or WebP file as (h, w, 3) RGB or (h, w, 4) premultiplied RGBA. Raises RenderError when it is none."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > _PIXELS_MAX:
                raise RenderError(f"a picture of {image.width}x{image.height} pixels is too large to render", "make it smaller first")
            found = _photo(path) if (image.format, image.mode, image.getexif().get(_ORIENTATION, 1)) == ("JPEG", "RGB", 1) else None
            if found is not None and found.shape == (image.height, image.width, 3):
                return found
            has_alpha = image.has_transparency_data
            ImageOps.exif_transpose(image, in_place=True)
            return _pixels(image, "RGBA" if has_alpha else "RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise RenderError(f"a picture cannot be read: {error}", "save it as PNG or JPEG and try again") from error


def _photo(path: Path) -> Bytes | None:
    """An upright colour JPEG as RGB: the bytes that Pillow gives, in 60 % of its time. None for what is better left to Pillow to judge."""
    import cv2
    import numpy as np

    data = np.fromfile(path, np.uint8)
    if data[-2:].tobytes() != _END_OF_JPEG:
        return None
    return cv2.imdecode(data, cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION)


def _pixels(image: Image.Image, mode: str) -> Bytes:
    """An image's pixels, with alpha premultiplied; band by band, because Pillow's own way to an array holds them three times."""
    import numpy as np

    image.load()
    out = np.empty((image.height, image.width, len(mode)), np.uint8)
    for top in range(0, image.height, _BAND):
        band = image.crop((0, top, image.width, min(top + _BAND, image.height)))
        pixels = np.asarray(band if band.mode == mode else band.convert(mode))  # `convert` copies what needs no conversion
        part = out[top : top + _BAND]
        part[...] = pixels
        if mode == "RGBA":
            part[..., :3] = (pixels[..., :3] * pixels[..., 3:].astype(np.uint16) + 127) // 255
    if mode == "RGBA" and out[..., 3].min() == 255:
        return np.ascontiguousarray(out[..., :3])
    return out


def crop_at(still: Still, progress: float) -> Box:
    """The crop at 0..1 of the way from start to end, in the picture's pixels."""
    a, b, t = still.start, still.end, ease(still.ease, progress)
    return Box(x=a.x + (b.x - a.x) * t, y=a.y + (b.y - a.y) * t, w=a.w + (b.w - a.w) * t, h=a.h + (b.h - a.h) * t)


def _density(along_box: float, start: float, end: float) -> float:
    """Samples per picture pixel, from the closest and the widest view along one axis."""
    closest, widest = min(start, end), max(start, end)
    return along_box / closest * min(_OVERSAMPLE, max(_MINIFY_MAX * closest / widest, 0.5))


def prepare(picture: Bytes, still: Still, box: Box) -> Source:
    """Scales what the crop will ever see of a picture (RGB, or premultiplied RGBA) to the box it will be seen in."""
    import cv2
    import numpy as np

    px, py = picture.shape[1] / still.width, picture.shape[0] / still.height
    a, b = still.start, still.end
    # one frame pixel more on all sides, for the linear reading at the edge
    pad_x, pad_y = 2 * max(a.w, b.w) / box.w, 2 * max(a.h, b.h) / box.h
    x0, x1 = (max(math.floor((min(a.x, b.x) - pad_x) * px), 0), min(math.ceil((max(a.right, b.right) + pad_x) * px), picture.shape[1]))
    y0, y1 = (max(math.floor((min(a.y, b.y) - pad_y) * py), 0), min(math.ceil((max(a.bottom, b.bottom) + pad_y) * py), picture.shape[0]))
    if x0 >= x1 or y0 >= y1:
        raise RenderError("a still's crop lies outside its picture", "this is a fault in the scene template")
    part = picture[y0:y1, x0:x1]
    width = max(2, even_up((x1 - x0) / px * _density(box.w, a.w, b.w)))
    height = max(2, even_up((y1 - y0) / py * _density(box.h, a.h, b.h)))
    is_much_smaller = width * height * _AREA_FROM**2 < (x1 - x0) * (y1 - y0)
    scaled = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA if is_much_smaller else cv2.INTER_CUBIC)
    del picture, part  # the caller needs it no more either: what is decoded goes before the planes are made
    if scaled.shape[2] == 4 and scaled[..., 3].min() == 255:
        scaled = cv2.cvtColor(scaled, cv2.COLOR_RGBA2RGB)
    m, offset = matrix()
    alpha = alpha_half = None
    if scaled.shape[2] == 4:
        alpha = cv2.extractChannel(scaled, 3)
        np.minimum(scaled[..., :3], alpha[..., None], out=scaled[..., :3])  # the cubic's overshoot would break premultiplication
        alpha, alpha_half = _bordered(alpha, 1), _bordered(_halved(alpha), 2)
        offset = offset / 255
    yuv = cv2.transform(scaled, np.hstack([m, offset[:, None]]))
    del scaled
    y, u, v = cv2.split(yuv)
    del yuv
    planes = Planes(_bordered(y, 1), _bordered(_halved(u), 2), _bordered(_halved(v), 2))
    pair = cv2.merge(planes[1:]) if alpha is None else None
    sx, sy = width * px / (x1 - x0), height * py / (y1 - y0)
    return Source(planes, alpha, alpha_half, x0 / px - _BEFORE / sx, y0 / py - _BEFORE / sy, sx, sy, _BEFORE, pair)


def _halved(plane: Bytes) -> Bytes:
    import cv2

    return cv2.resize(plane, (plane.shape[1] // 2, plane.shape[0] // 2), interpolation=cv2.INTER_AREA)  # type: ignore[no-any-return]


def _bordered(plane: Bytes, d: int) -> Bytes:
    import cv2

    before, after = _BEFORE // d, _AFTER // d
    return cv2.copyMakeBorder(plane, before, after, before, after, cv2.BORDER_REPLICATE)  # type: ignore[no-any-return]


def framed(box: Box, radius: float, width: int, height: int) -> Frame:
    """A box with rounded corners in a frame of `width` x `height`: the windows it is drawn in, and the masks of its edges."""
    left, top = even_down(max(box.x, -2.0 * width)), even_down(max(box.y, -2.0 * height))
    right, bottom = even_up(min(box.right, 3.0 * width)), even_up(min(box.bottom, 3.0 * height))
    r = min(radius, box.w / 2, box.h / 2)
    inner_x0, inner_x1 = even_up(box.x), even_down(box.right)
    inner_y0, inner_y1 = even_up(box.y + r + 1) if r else even_up(box.y), even_down(box.bottom - r - 1) if r else even_down(box.bottom)
    if inner_x0 >= inner_x1 or inner_y0 >= inner_y1:
        parts: tuple[tuple[int, int, int, int, bool], ...] = ((left, top, right, bottom, False),)
    else:
        parts = (
            (left, top, right, inner_y0, False),
            (left, inner_y0, inner_x0, inner_y1, False),
            (inner_x0, inner_y0, inner_x1, inner_y1, True),
            (inner_x1, inner_y0, right, inner_y1, False),
            (left, inner_y1, right, bottom, False),
        )
    inside = []
    for x0, y0, x1, y1, is_whole in parts:
        cut = (max(x0, 0), max(y0, 0), min(x1, width), min(y1, height))
        if cut[0] < cut[2] and cut[1] < cut[3]:
            inside.append(Window(*cut, None if is_whole else _masks(box, r, cut)))
    return Frame(box, radius, tuple(inside))


def _masks(box: Box, r: float, window: tuple[int, int, int, int]) -> tuple[Bytes, Bytes]:
    """How much of each pixel of a window lies in the box, at full and at half size: 255 for all."""
    import numpy as np

    x0, y0, x1, y1 = window
    x0 -= 2  # a chroma sample reads the pixel on its left
    # distance to a rounded rectangle (Quilez, 2D distance functions); coverage is a one-pixel ramp across its edge
    qx = np.abs(np.arange(x0, x1) + 0.5 - (box.x + box.w / 2)) - (box.w / 2 - r)
    qy = np.abs(np.arange(y0, y1) + 0.5 - (box.y + box.h / 2)) - (box.h / 2 - r)
    straight = np.rint(np.clip(0.5 - (qx - r), 0, 1) * 255).astype(np.uint8)
    mask = np.repeat(straight[None], y1 - y0, axis=0)
    ends = np.nonzero(qy > -1)[0]  # the rows of the corners and of the upper and lower edge; all others are alike
    # `hypot` guards against overflow, in six times the time
    distance = np.sqrt(np.square(np.maximum(qx, 0))[None] + np.square(np.maximum(qy[ends], 0))[:, None])
    distance += np.minimum(np.maximum(qx[None], qy[ends, None]), 0) - r
    mask[ends] = np.rint(np.clip(0.5 - distance, 0, 1) * 255).astype(np.uint8)
    return mask[:, 2:], halve(mask)[:, 1:]


def draw(frame: Planes, source: Source, at: Frame, crop: Box, *, place: Floats | None = None, opacity: float = 1.0) -> None:
    """Draws a still into the frame, in place. `place` moves it from its place at rest; None leaves it there."""
    import numpy as np

    if opacity <= 0 or (place is not None and place[0, 0] <= 0):
        return
    box = at.box
    if place is not None:
        x, y = place[0, 0] * box.x + place[0, 2], place[1, 1] * box.y + place[1, 2]
        box = Box(x=x, y=y, w=box.w * place[0, 0], h=box.h * place[1, 1])
        at = framed(box, at.radius * float(place[0, 0]), frame.y.shape[1], frame.y.shape[0])
    zoom_x, zoom_y = crop.w / box.w, crop.h / box.h
    seen = np.array([[zoom_x, 0.0, crop.x - box.x * zoom_x], [0.0, zoom_y, crop.y - box.y * zoom_y]])  # frame to picture
    for window in at.windows:
        _draw_window(frame, source, seen, window, opacity)


def _draw_window(frame: Planes, source: Source, seen: Floats, window: Window, opacity: float) -> None:
    """Draws one window of the frame; without masks an opaque picture replaces what was there."""
    import cv2

    x0, y0, x1, y1, masks = window
    keeps: dict[int, Bytes] = {}
    for k, (target, plane) in enumerate(zip(frame, source.planes, strict=True)):
        d = 2 if k else 1
        step = (d / source.sx, d / source.sy)
        at = sampling(seen, x0, y0, is_chroma=bool(k), origin=(source.x + step[0] / 2, source.y + step[1] / 2), step=step)
        part = target[y0 // d : y1 // d, x0 // d : x1 // d]
        size, pad = (part.shape[1], part.shape[0]), source.pad // d
        alpha = source.alpha_half if k else source.alpha
        if masks is None and alpha is None and opacity == 1:
            if k and source.pair is not None:
                read_pair(source.pair, at, (part, frame.v[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]), pad=pad)
                return
            read(plane, at, size, pad=pad, is_held=True, is_coarse=bool(k), into=part)
            continue
        colour = read(plane, at, size, pad=pad, is_held=True, is_coarse=bool(k))
        if masks is None and alpha is None:
            cv2.addWeighted(part, 1 - opacity, colour, opacity, 0, dst=part)
            continue
        mask = None if masks is None else masks[d - 1]
        if d not in keeps:
            cover = read(alpha, at, size, pad=pad, is_held=True, is_coarse=bool(k)) if alpha is not None else None
            covered = mask if cover is None else cover if mask is None else cv2.multiply(cover, mask, scale=1 / 255)
            assert covered is not None
            keeps[d] = cv2.bitwise_not(cv2.multiply(covered, opacity) if opacity < 1 else covered)
        if mask is not None:
            colour = cv2.multiply(colour, mask, scale=opacity / 255)
        elif opacity < 1:
            colour = cv2.multiply(colour, opacity)
        mix_in(part, colour, keeps[d])
