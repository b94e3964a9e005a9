"""Pixels as BT.709 limited-range YUV 4:2:0 planes: conversion, mixing, and grounds.

Geometry: a luma sample `i` covers the frame from `i` to `i + 1`, so its centre is `i + 0.5`. Chroma is left-sited, as
H.264 means it by default (ITU-T H.264, figure E-1, type 0): chroma sample `(i, j)` lies at `(2i + 0.5, 2j + 1)`.
Affine maps are 2x3 arrays over these frame coordinates.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.float64]

_KR, _KB = 0.2126, 0.0722  # ITU-R BT.709-6, table 4
_TILE = 256
_ROWS = 128


class Planes(NamedTuple):
    """One picture: `y` is (h, w), `u` and `v` are (h/2, w/2), all uint8; rows may be strided views."""

    y: Bytes
    u: Bytes
    v: Bytes


@cache
def matrix() -> tuple[Floats, Floats]:
    """RGB 0..255 to limited-range YUV: (3, 3) matrix and (3,) offset (ITU-R BT.709-6, items 3.2 to 3.5)."""
    import numpy as np

    luma = np.array([_KR, 1 - _KR - _KB, _KB])
    u = (np.array([0.0, 0.0, 1.0]) - luma) / (2 * (1 - _KB))
    v = (np.array([1.0, 0.0, 0.0]) - luma) / (2 * (1 - _KR))
    return np.stack([luma * 219 / 255, u * 224 / 255, v * 224 / 255]), np.array([16.0, 128.0, 128.0])


def blank(width: int, height: int) -> Planes:
    """New planes of black for even sizes."""
    import numpy as np

    half = (height // 2, width // 2)
    return Planes(np.full((height, width), 16, np.uint8), np.full(half, 128, np.uint8), np.full(half, 128, np.uint8))


def copy(source: Planes, into: Planes) -> None:
    """Copies all samples of `source` over those of `into`."""
    import numpy as np

    for a, b in zip(source, into, strict=True):
        np.copyto(b, a)


def halve(plane: NDArray[Any]) -> NDArray[Any]:
    """A full plane (h, w) of even size to left-sited half size: 1 2 1 across even columns, 1 1 down."""
    import cv2

    low = cv2.addWeighted(plane[::2], 0.5, plane[1::2], 0.5, 0)
    # the same filter as a blur of the row, read at even columns: those are where chroma samples sit
    across = cv2.filter2D(low, -1, _across(), borderType=cv2.BORDER_REPLICATE)
    return across[:, ::2].copy()  # type: ignore[no-any-return]


@cache
def _across() -> NDArray[np.float32]:
    import numpy as np

    return np.array([[0.25, 0.5, 0.25]], np.float32)


def from_rgb(rgb: Bytes) -> Planes:
    """An sRGB picture (h, w, 3) of even size as planes."""
    import cv2
    import numpy as np

    m, offset = matrix()
    y, u, v = cv2.split(cv2.transform(rgb, np.hstack([m, offset[:, None]])))
    return Planes(y, halve(u), halve(v))


def to_rgb(planes: Planes) -> Bytes:
    """Planes as an sRGB picture (h, w, 3) uint8, chroma interpolated linearly from where it sits."""
    import cv2
    import numpy as np

    height, width = planes.y.shape
    step = np.array([[0.5, 0, 0], [0, 0.5, -0.25]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    u, v = (cv2.warpAffine(p, step, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE) for p in planes[1:])
    m, offset = matrix()
    back = np.linalg.inv(m)
    return cv2.transform(cv2.merge([planes.y, u, v]), np.hstack([back, -(back @ offset)[:, None]]))  # type: ignore[no-any-return]


def even_down(value: float) -> int:
    """The largest even whole number that is not above `value`."""
    return 2 * math.floor(value / 2)


def even_up(value: float) -> int:
    """The smallest even whole number that is not below `value`."""
    return 2 * math.ceil(value / 2)


def mix(before: Planes, after: Planes, weight: float, into: Planes) -> None:
    """`before` and `after` mixed with `weight` of the latter; `into` may be either of them."""
    import cv2

    for a, b, target in zip(before, after, into, strict=True):
        cv2.addWeighted(a, 1 - weight, b, weight, 0, dst=target)


# ---- grounds -------------------------------------------------------------------------------------------------------


@cache
def _noise() -> NDArray[np.float32]:
    """A tile of soft noise, 0.58 levels rms, that keeps slow gradients free of steps, also after encoding.

    White noise of one level is the textbook's dither, but x264 at CRF 20 quantises it away and the steps come back. Blurred by
    0.8 pixels and twice as strong it survives, and the file is smaller (measured: local error 0.08 levels rms, not 0.18).
    """
    import cv2
    import numpy as np

    white = np.random.default_rng(709).random((_TILE, _TILE, 3), np.float32) - np.float32(0.5)
    around = np.tile(white, (3, 3, 1))  # so that the tile's edges meet after the blur
    soft = cv2.GaussianBlur(around, (0, 0), 0.8)[_TILE : 2 * _TILE, _TILE : 2 * _TILE]
    return soft * np.float32(0.58 / soft.std())  # type: ignore[no-any-return]


def lay(light: NDArray[np.float32], picture: NDArray[Any], x: int, y: int) -> None:
    """Lays a premultiplied RGBA picture (uint8, or float32 in 0..1) over (h, w, 4) float32 in 0..1, in place; in bands of rows."""
    import numpy as np

    height, width = light.shape[:2]
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + picture.shape[1], width), min(y + picture.shape[0], height)
    for top in range(y0, y1 if x0 < x1 else y0, _ROWS):
        bottom = min(top + _ROWS, y1)
        source = picture[top - y : bottom - y, x0 - x : x1 - x]
        if picture.dtype == np.uint8:
            source = source.astype(np.float32) / 255
        part = light[top:bottom, x0:x1]
        part *= 1 - source[..., 3:]
        part += source


def dithered(light: NDArray[np.float32]) -> Planes:
    """Premultiplied RGBA (h, w, 4) float32 in 0..1 over black as planes, with soft noise where it is rounded."""
    out = blank(light.shape[1], light.shape[0])
    dither(light, out, 0)
    return out


def dither(light: NDArray[np.float32], out: Planes, start: int) -> None:
    """As `dithered`, into the rows of `out` from `start` on, which is even; in bands of rows."""
    import cv2
    import numpy as np

    m, offset = matrix()
    to_yuv = np.hstack([m * 255, np.zeros((3, 1)), offset[:, None]]).astype(np.float32)
    for top in range(0, len(light), _ROWS):
        bottom = min(top + _ROWS, len(light))
        y, u, v = cv2.split(cv2.transform(light[top:bottom], to_yuv))
        first, last = start + top, start + bottom
        _round(y, out.y[first:last], first, 0)
        _round(halve(u), out.u[first // 2 : last // 2], first // 2, 1)
        _round(halve(v), out.v[first // 2 : last // 2], first // 2, 2)


def _round(values: NDArray[np.float32], into: Bytes, top: int, channel: int) -> None:
    import cv2
    import numpy as np

    rows, columns = into.shape
    first = top % _TILE  # bands begin at fractions of the tile and do not pass its end
    noise = _wide_noise(columns, channel)[first : first + rows]
    np.copyto(into, cv2.add(values, noise, dtype=cv2.CV_8U))  # rounds to nearest and saturates


@lru_cache(maxsize=6)
def _wide_noise(columns: int, channel: int) -> NDArray[np.float32]:
    import numpy as np

    return np.tile(_noise()[..., channel], (1, -(-columns // _TILE)))[:, :columns]
