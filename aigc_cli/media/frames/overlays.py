"""Overlays: pictures with alpha, drawn once, laid over frames where they stand, or moved and scaled by parts of a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aigc_cli.media.frames.planes import Planes, even_down, even_up, halve, matrix
from aigc_cli.media.frames.resampling import PAD, inverted, read, sampling

if TYPE_CHECKING:
    from aigc_cli.media.frames.planes import Bytes, Floats

    Patch = tuple[int, int, int, int]

_MARGIN = 6  # empty samples around what moves: its edge stays soft, and no reading leaves the plane
_REACH = 3  # samples that belong to what is seen, beyond the last with ink
_CELL = 64
_PATCHES_MAX = 8
_SPARSE = 0.7  # cut into patches only when they leave out this much
_SPARSE_FROM = 160_000  # pixels


@dataclass(frozen=True)
class Overlay:
    """A picture with alpha: premultiplied planes, alpha at full and at half size; `keep` is what is left of the ground, 255 for all.

    `(x, y)` is where its first sample's edge lies in the frame, `density` its samples per pixel there. `patches` are the
    windows (x0, y0, x1, y1) of its samples, even and apart, in which anything is seen. `colour` is set when it has one
    colour all over (Y, U, V, 0..255, not premultiplied): then its alpha says it all.
    """

    x: float
    y: float
    planes: Planes
    alpha: Bytes
    alpha_half: Bytes
    keep: Bytes
    keep_half: Bytes
    patches: tuple[Patch, ...]
    density: float = 1.0
    colour: tuple[float, float, float] | None = None


def overlay(rgba: Bytes, x: int, y: int, *, is_moved: bool = False, is_scaled: bool = False, density: float = 1.0) -> Overlay | None:
    """A premultiplied RGBA picture (h, w, 4) placed at `(x, y)`, trimmed to what is seen; None when nothing is.

    `is_moved` and `is_scaled` make it ready for `blend_moved`. With a `density` other than 1 the picture has that many
    samples per pixel of the frame, and only `blend_moved` can lay it.
    """
    import cv2
    import numpy as np

    alpha = rgba[..., 3]
    left, top, wide, high = cv2.boundingRect(alpha)
    if wide == 0 or high == 0:
        return None
    margin = _MARGIN if is_moved or is_scaled else 0
    before = margin + (PAD if is_scaled else 0)
    ox, oy = (x, y) if density == 1 else (0, 0)
    # across, a chroma sample reads one pixel to its left and right: those beyond the edge count too
    x0, y0 = even_down(ox + left - before - 1), even_down(oy + top - before)
    x1, y1 = even_up(ox + left + wide + margin + 1), even_up(oy + top + high + margin)
    placed = np.zeros((y1 - y0, x1 - x0, 4), np.uint8)
    ix, iy = ox + left - x0, oy + top - y0
    placed[iy : iy + high, ix : ix + wide] = rgba[top : top + high, left : left + wide]
    m, offset = matrix()
    # the offset is premultiplied, as the colours are; four channels to four are faster than to three
    to_yuva = np.vstack([np.hstack([m, offset[:, None] / 255]), [0, 0, 0, 1]])
    luma, u, v, full = cv2.split(cv2.transform(placed, to_yuva))
    half = halve(full)
    planes = Planes(luma, halve(u), halve(v))
    inked = (ix, iy, ix + wide, iy + high)
    return Overlay(
        x=x0 if density == 1 else x + x0 / density,
        y=y0 if density == 1 else y + y0 / density,
        planes=planes,
        alpha=full,
        alpha_half=half,
        keep=cv2.bitwise_not(full),
        keep_half=cv2.bitwise_not(half),
        patches=_patches(full, inked),
        density=density,
        colour=_colour(planes, full, half) if margin else None,
    )


def _colour(planes: Planes, alpha: Bytes, half: Bytes) -> tuple[float, float, float] | None:
    """The one colour of an overlay by least squares, when every sample is within one level of it."""
    import cv2
    import numpy as np

    found = []
    for plane, cover in zip(planes, (alpha, half, half), strict=True):
        weights = cover.astype(np.float32).ravel()
        value = 255 * float(weights @ plane.astype(np.float32).ravel()) / max(float(weights @ weights), 1.0)
        if cv2.norm(plane, cv2.multiply(cover, value / 255), cv2.NORM_INF) > 1:
            return None
        found.append(value)
    return (found[0], found[1], found[2])


def _patches(alpha: Bytes, inked: Patch) -> tuple[Patch, ...]:
    """Windows around all ink, with `_REACH` samples more on each side; several when most of the whole is empty."""
    import cv2
    import numpy as np

    high, wide = alpha.shape
    x0, y0 = max(even_down(inked[0] - _REACH), 0), max(even_down(inked[1] - _REACH), 0)
    x1, y1 = min(even_up(inked[2] + _REACH), wide), min(even_up(inked[3] + _REACH), high)
    whole = ((x0, y0, x1, y1),)
    size = (x1 - x0) * (y1 - y0)
    if size < _SPARSE_FROM or cv2.countNonZero(alpha[y0:y1, x0:x1]) >= _SPARSE * size:
        return whole
    near = cv2.dilate(alpha[y0:y1, x0:x1], np.ones((2 * _REACH + 1, 2 * _REACH + 1), np.uint8))
    ys, xs = np.arange(0, y1 - y0, _CELL), np.arange(0, x1 - x0, _CELL)
    cells = np.maximum.reduceat(np.maximum.reduceat(near, ys, axis=0), xs, axis=1) > 0
    found: list[Patch] = []
    for row, across in enumerate(cells):
        top, bottom = y0 + row * _CELL, min(y0 + (row + 1) * _CELL, y1)
        edges = np.flatnonzero(np.diff(across.astype(np.int8), prepend=0, append=0))
        for start, stop in edges.reshape(-1, 2).tolist():
            left, right = x0 + start * _CELL, min(x0 + stop * _CELL, x1)
            above = next((k for k, each in enumerate(found) if each[0] == left and each[2] == right and each[3] == top), None)
            if above is None:
                found.append((left, top, right, bottom))
            else:
                found[above] = (left, found[above][1], right, bottom)
    area = sum((right - left) * (bottom - top) for left, top, right, bottom in found)
    return tuple(found) if len(found) <= _PATCHES_MAX and area < _SPARSE * size else whole


def blend(frame: Planes, over: Overlay, opacity: float = 1.0, columns: tuple[int, int] | None = None) -> None:
    """Lays an overlay of density 1 where it stands onto the frame, in place; what lies outside it, or its `columns`, is left out."""
    import cv2

    if opacity <= 0:
        return
    height, width = frame.y.shape
    left, top = int(over.x), int(over.y)
    first, last = columns or (0, width)
    for patch in over.patches:
        x0, y0 = max(left + patch[0], 0, even_down(first)), max(top + patch[1], 0)
        x1, y1 = min(left + patch[2], width, even_down(last)), min(top + patch[3], height)
        if x0 >= x1 or y0 >= y1:
            continue
        for k, (target, colour) in enumerate(zip(frame, over.planes, strict=True)):
            d = 2 if k else 1
            part = target[y0 // d : y1 // d, x0 // d : x1 // d]
            window = (slice((y0 - top) // d, (y1 - top) // d), slice((x0 - left) // d, (x1 - left) // d))
            source = colour[window]
            if opacity < 1:
                alpha = cv2.multiply((over.alpha_half if k else over.alpha)[window], opacity)
                mix_in(part, cv2.multiply(source, opacity), cv2.bitwise_not(alpha))
            else:
                mix_in(part, source, (over.keep_half if k else over.keep)[window])


def mix_in(part: Bytes, source: Bytes, keep: Bytes) -> None:
    """Lays a premultiplied plane over another in place; `keep` is how much of the latter stays, 255 for all."""
    import cv2

    cv2.multiply(part, keep, dst=part, scale=1 / 255)
    cv2.add(part, source, dst=part)


def blend_moved(frame: Planes, over: Overlay, place: Floats, opacity: float, columns: tuple[int, int] | None = None) -> None:
    """Lays an overlay onto the frame after an affine map of its place at rest, sub-pixel, in place."""
    if opacity <= 0 or place[0, 0] <= 0:
        return
    back = inverted(place)
    height, width = frame.y.shape
    first, last = columns or (0, width)
    for patch in over.patches:
        # patches meet at even pixels of the frame, wherever they were moved to
        x0, x1 = (2 * round((place[0, 0] * (over.x + edge / over.density) + place[0, 2]) / 2) for edge in patch[::2])
        y0, y1 = (2 * round((place[1, 1] * (over.y + edge / over.density) + place[1, 2]) / 2) for edge in patch[1::2])
        x0, y0, x1, y1 = max(x0, 0, even_down(first)), max(y0, 0), min(x1, width, even_down(last)), min(y1, height)
        if x0 < x1 and y0 < y1:
            _lay_window(frame, over, back, (x0, y0, x1, y1), opacity)


def _lay_window(frame: Planes, over: Overlay, back: Floats, window: Patch, opacity: float) -> None:
    import cv2

    x0, y0, x1, y1 = window
    maps, alphas, keeps = {}, {}, {}
    for d, plane in ((1, over.alpha), (2, over.alpha_half)):
        origin = (over.x + 0.5 / over.density, over.y + d / 2 / over.density)
        step = (d / over.density, d / over.density)
        maps[d] = sampling(back, x0, y0, is_chroma=d == 2, origin=origin, step=step)
        alpha = read(plane, maps[d], ((x1 - x0) // d, (y1 - y0) // d))
        alphas[d] = cv2.multiply(alpha, opacity) if opacity < 1 else alpha
        keeps[d] = cv2.bitwise_not(alphas[d])
    for k, (target, plane) in enumerate(zip(frame, over.planes, strict=True)):
        d = 2 if k else 1
        if over.colour is not None:
            source = cv2.multiply(alphas[d], over.colour[k] / 255)
        else:
            source = read(plane, maps[d], ((x1 - x0) // d, (y1 - y0) // d))
            source = cv2.multiply(source, opacity) if opacity < 1 else source
        mix_in(target[y0 // d : y1 // d, x0 // d : x1 // d], source, keeps[d])
