"""Stills: a picture seen through a slowly moving crop, resampled with sub-pixel geometry, Y, U and V apart.

The picture is scaled once, so that one of its pixels is about one pixel of the frame: whole pixels would shake, and a
picture read far from its own scale would shimmer or blur.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aigc_cli.errors import RenderError
from aigc_cli.media.planes import Planes, bounds, even_down, even_up, halve, inverted, matrix, mix_in, sampling, warp
from aigc_cli.media.timeline import Box, Still, ease

if TYPE_CHECKING:
    from pathlib import Path

    from aigc_cli.media.planes import Bytes, Floats

_OVERSAMPLE = 1.06  # picture pixels per frame pixel at the closest view: bilinear reading blurs less above one
_MINIFY_MAX = 1.5  # ... and at the widest view: above it a bilinear reading skips pixels and shimmers
_PAD = 96  # samples repeated before the first column and row: room for `_by_resize` to start early
_PHASE_ERROR_MAX = 0.016  # of a sample
_FORMATS = ("PNG", "JPEG", "WEBP")
_PIXELS_MAX = 100_000_000


@dataclass(frozen=True)
class Source:
    """A still's picture, ready to be read: centre-sited planes of its part from `(x, y)`, `sx` by `sy` samples a pixel.

    `alpha` and `alpha_half` are None for an opaque picture; with them the planes are premultiplied.
    """

    planes: Planes
    alpha: Bytes | None
    alpha_half: Bytes | None
    x: float
    y: float
    sx: float
    sy: float


@dataclass(frozen=True)
class Frame:
    """A still's place in the frame at rest: its box, and the mask of its edges and round corners from `(x, y)`.

    `parts` are the windows (x0, y0, x1, y1, is_whole) the box is cut into: whole ones need no mask.
    """

    box: Box
    x: int
    y: int
    mask: Bytes
    mask_half: Bytes
    parts: tuple[tuple[int, int, int, int, bool], ...]


def read_picture(path: Path) -> Bytes:
    """A PNG, JPEG or WebP file as (h, w, 3) RGB or (h, w, 4) premultiplied RGBA. Raises RenderError when it is none."""
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > _PIXELS_MAX:
                raise RenderError(f"a picture of {image.width}x{image.height} pixels is too large to render", "make it smaller first")
            has_alpha = image.has_transparency_data
            upright = ImageOps.exif_transpose(image)
            data = np.asarray(upright.convert("RGBA" if has_alpha else "RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise RenderError(f"a picture cannot be read: {error}", "save it as PNG or JPEG and try again") from error
    if not has_alpha:
        return data
    alpha = data[..., 3:].astype(np.uint16)
    if alpha.min() == 255:
        return np.ascontiguousarray(data[..., :3])
    return np.concatenate([(data[..., :3] * alpha + 127) // 255, alpha], axis=2).astype(np.uint8)


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
    is_smaller = width * height < (x1 - x0) * (y1 - y0)
    scaled = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA if is_smaller else cv2.INTER_CUBIC)
    if scaled.shape[2] == 4 and scaled[..., 3].min() == 255:
        scaled = np.ascontiguousarray(scaled[..., :3])
    scaled = cv2.copyMakeBorder(scaled, _PAD, 2, _PAD, 2, cv2.BORDER_REPLICATE)
    m, offset = matrix()
    half = (scaled.shape[1] // 2, scaled.shape[0] // 2)
    alpha = alpha_half = None
    if scaled.shape[2] == 4:
        alpha = scaled[..., 3].copy()
        np.minimum(scaled[..., :3], alpha[..., None], out=scaled[..., :3])  # the cubic's overshoot would break premultiplication
        alpha_half = cv2.resize(alpha, half, interpolation=cv2.INTER_AREA)
        yuv = cv2.transform(scaled, np.hstack([m, offset[:, None] / 255]))
    else:
        yuv = cv2.transform(scaled, np.hstack([m, offset[:, None]]))
    uv = cv2.resize(yuv[..., 1:], half, interpolation=cv2.INTER_AREA)
    planes = Planes(yuv[..., 0].copy(), uv[..., 0].copy(), uv[..., 1].copy())
    sx, sy = width * px / (x1 - x0), height * py / (y1 - y0)
    return Source(planes, alpha, alpha_half, x0 / px - _PAD / sx, y0 / py - _PAD / sy, sx, sy)


def framed(box: Box, radius: float, width: int, height: int) -> Frame:
    """The mask of a box with rounded corners, in a frame of `width` x `height`, and the windows it is drawn in."""
    import numpy as np

    # the part of the box that lies outside the frame needs no mask; one even step is kept for moving it in
    left, top = even_down(max(box.x, -2.0 * width)), even_down(max(box.y, -2.0 * height))
    right, bottom = even_up(min(box.right, 3.0 * width)), even_up(min(box.bottom, 3.0 * height))
    r = min(radius, box.w / 2, box.h / 2)
    # distance to a rounded rectangle (Quilez, 2D distance functions); coverage is a one-pixel ramp across its edge
    qx = np.abs(np.arange(left, right) + 0.5 - (box.x + box.w / 2)) - (box.w / 2 - r)
    qy = np.abs(np.arange(top, bottom) + 0.5 - (box.y + box.h / 2)) - (box.h / 2 - r)
    straight = np.rint(np.clip(0.5 - (qx - r), 0, 1) * 255).astype(np.uint8)
    mask = np.repeat(straight[None], bottom - top, axis=0)
    ends = np.nonzero(qy > -1)[0]  # the rows of the corners and of the upper and lower edge; all others are alike
    distance = np.hypot(np.maximum(qx, 0)[None], np.maximum(qy[ends], 0)[:, None])
    distance += np.minimum(np.maximum(qx[None], qy[ends, None]), 0) - r
    mask[ends] = np.rint(np.clip(0.5 - distance, 0, 1) * 255).astype(np.uint8)
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
            inside.append((*cut, is_whole))
    return Frame(box, left, top, mask, halve(mask), tuple(inside))


def draw(frame: Planes, source: Source, at: Frame, crop: Box, *, place: Floats | None = None, opacity: float = 1.0) -> None:
    """Draws a still into the frame, in place. `place` moves it from its place at rest; None leaves it there."""
    import numpy as np

    if opacity <= 0:
        return
    box = at.box
    zoom_x, zoom_y = crop.w / box.w, crop.h / box.h
    seen = np.array([[zoom_x, 0.0, crop.x - box.x * zoom_x], [0.0, zoom_y, crop.y - box.y * zoom_y]])  # frame at rest to picture
    if place is None:
        for x0, y0, x1, y1, is_whole in at.parts:
            is_plain = is_whole and opacity == 1 and source.alpha is None
            masks = None
            if not is_plain:
                ys, xs = slice(y0 - at.y, y1 - at.y), slice(x0 - at.x, x1 - at.x)
                half = (slice(ys.start // 2, ys.stop // 2), slice(xs.start // 2, xs.stop // 2))
                masks = (at.mask[ys, xs], at.mask_half[half])
            _draw_window(frame, source, seen, (x0, y0, x1, y1), masks, opacity=opacity)
        return
    found = bounds(place, (box.x, box.y, box.right, box.bottom), frame) if place[0, 0] > 0 else None
    if found is None:
        return
    x0, y0, x1, y1 = found
    back = inverted(place)
    moved = []
    for d, mask in ((1, at.mask), (2, at.mask_half)):
        map_ = sampling(back, x0, y0, is_chroma=d == 2, origin=(at.x + 0.5, at.y + d / 2), step=(d, d))
        moved.append(warp(mask, map_, ((x1 - x0) // d, (y1 - y0) // d)))
    total = np.array(
        [
            [seen[0, 0] * back[0, 0], 0.0, seen[0, 0] * back[0, 2] + seen[0, 2]],
            [0.0, seen[1, 1] * back[1, 1], seen[1, 1] * back[1, 2] + seen[1, 2]],
        ]
    )
    _draw_window(frame, source, total, found, (moved[0], moved[1]), opacity=opacity)


def _draw_window(
    frame: Planes,
    source: Source,
    seen: Floats,
    window: tuple[int, int, int, int],
    masks: tuple[Bytes, Bytes] | None,
    *,
    opacity: float,
) -> None:
    """Draws one window of the frame; without masks the picture replaces what was there."""
    import cv2

    x0, y0, x1, y1 = window
    keeps: dict[int, Bytes] = {}
    for k, (target, plane) in enumerate(zip(frame, source.planes, strict=True)):
        d = 2 if k else 1
        step = (d / source.sx, d / source.sy)
        at = sampling(seen, x0, y0, is_chroma=bool(k), origin=(source.x + step[0] / 2, source.y + step[1] / 2), step=step)
        part = target[y0 // d : y1 // d, x0 // d : x1 // d]
        size, pad = (part.shape[1], part.shape[0]), _PAD // d
        seen_part = _by_resize(plane, at, size, pad)
        if masks is None:
            if seen_part is None:
                warp(plane, at, size, into=part, is_held=True)
            else:
                part[...] = seen_part
            continue
        mask = masks[d - 1]
        if opacity < 1:
            mask = cv2.multiply(mask, opacity)
        if d not in keeps:
            alpha = source.alpha_half if k else source.alpha
            covered = mask if alpha is None else cv2.multiply(_read(alpha, at, size, pad), mask, scale=1 / 255)
            keeps[d] = cv2.bitwise_not(covered)
        colour = cv2.multiply(warp(plane, at, size, is_held=True) if seen_part is None else seen_part, mask, scale=1 / 255)
        mix_in(part, colour, keeps[d])


def _read(plane: Bytes, at: Floats, size: tuple[int, int], pad: int) -> Bytes:
    found = _by_resize(plane, at, size, pad)
    return warp(plane, at, size, is_held=True) if found is None else found


def _by_resize(plane: Bytes, at: Floats, size: tuple[int, int], pad: int) -> Bytes | None:
    """What `warp` gives, three times as fast by `cv2.resize`; None when that cannot meet the sub-pixel place.

    `resize` reads sample `i` at `a * (i + 0.5) - 0.5`, so its first column cannot be placed freely. But of the columns it
    would write before the first that is wanted, one more or less moves the phase by `a`, and one of them mostly fits.
    """
    import cv2

    columns = _phase(float(at[0, 0]), float(at[0, 2]), pad)
    rows = columns and _phase(float(at[1, 1]), float(at[1, 2]), pad)
    if columns is None or rows is None:
        return None
    (nx, cx), (ny, cy) = columns, rows
    wide, high = math.ceil((nx + size[0]) * at[0, 0]) + 1, math.ceil((ny + size[1]) * at[1, 1]) + 1
    if cx + wide > plane.shape[1] or cy + high > plane.shape[0]:
        return None
    part = plane[cy : cy + high, cx : cx + wide]
    read = cv2.resize(part, None, fx=1 / at[0, 0], fy=1 / at[1, 1], interpolation=cv2.INTER_LINEAR)
    return read[ny : ny + size[1], nx : nx + size[0]]  # type: ignore[no-any-return]


def _phase(a: float, b: float, pad: int) -> tuple[int, int] | None:
    """How many columns to begin early, and at which whole sample, for column `i` to be read at `a * i + b`; None if none fits."""
    import numpy as np

    early = np.arange(1, max(2, int(pad / a)))
    start = b - (a * (early + 0.5) - 0.5)
    error = np.abs(start - np.rint(start))
    fits = (error <= _PHASE_ERROR_MAX) & (start > -0.5)
    if not fits.any():
        return None
    best = int(np.argmin(np.where(fits, error + early * 1e-4, np.inf)))
    return int(early[best]), round(float(start[best]))
