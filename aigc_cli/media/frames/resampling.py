"""Reading a plane where a picture was moved or scaled to: affine maps without rotation, with sub-pixel geometry.

`cv2.warpAffine` reads anything anywhere; a scaling by `cv2.resize` costs a third of it, and a move by a part of a pixel along
one axis, as a mix of two neighbours, a tenth. `read` takes the cheapest that meets the place.
"""

from __future__ import annotations

import math
import threading
from functools import cache
from typing import TYPE_CHECKING

from aigc_cli.media.frames.planes import Planes, even_down, even_up

if TYPE_CHECKING:
    from aigc_cli.media.frames.planes import Bytes, Floats

PAD = 96
"""Samples that a plane should have before its first that is wanted: room for `read` to start early."""

_MOVE_ERROR_MAX = 0.016  # of a sample: what a plain move may be off
_PHASE_ERROR_MAX = 0.05  # ... and a scaled reading, which hardly ever uses it: 0.006 rms
_COARSE_ERROR_MAX = 0.04


def placing(scale: float, pivot: tuple[float, float], dx: float, dy: float) -> Floats:
    """The affine map that scales around a pivot, then moves: from the place at rest to the place in the frame."""
    import numpy as np

    return np.array([[scale, 0.0, pivot[0] * (1 - scale) + dx], [0.0, scale, pivot[1] * (1 - scale) + dy]])


def inverted(place: Floats) -> Floats:
    """The inverse of an affine map without rotation."""
    import numpy as np

    sx, sy = place[0, 0], place[1, 1]
    return np.array([[1 / sx, 0.0, -place[0, 2] / sx], [0.0, 1 / sy, -place[1, 2] / sy]])


def bounds(place: Floats, box: tuple[float, float, float, float], frame: Planes) -> tuple[int, int, int, int] | None:
    """Where a rectangle (left, top, right, bottom) comes to lie in the frame, on even pixels, clipped; None when it is outside."""
    left, top, right, bottom = box
    height, width = frame.y.shape
    # a part of a pixel beyond a whole one does not count: it would add an empty column of two pixels
    x0 = max(even_down(place[0, 0] * left + place[0, 2] + 1e-6), 0)
    y0 = max(even_down(place[1, 1] * top + place[1, 2] + 1e-6), 0)
    x1 = min(even_up(place[0, 0] * right + place[0, 2] - 1e-6), width)
    y1 = min(even_up(place[1, 1] * bottom + place[1, 2] - 1e-6), height)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def sampling(inverse: Floats, x0: int, y0: int, *, is_chroma: bool, origin: tuple[float, float], step: tuple[float, float]) -> Floats:
    """The map from sample indices of a target window at `(x0, y0)` to sample indices of a source plane.

    `inverse` maps frame coordinates to the source's own; the source's sample `i` lies at `origin + i * step` there.
    """
    import numpy as np

    d, cx, cy = (2.0, 0.5, 1.0) if is_chroma else (1.0, 0.5, 0.5)
    at_x = inverse[0, 0] * (x0 + cx) + inverse[0, 2]
    at_y = inverse[1, 1] * (y0 + cy) + inverse[1, 2]
    return np.array(
        [
            [inverse[0, 0] * d / step[0], 0.0, (at_x - origin[0]) / step[0]],
            [0.0, inverse[1, 1] * d / step[1], (at_y - origin[1]) / step[1]],
        ]
    )


def read(
    plane: Bytes,
    at: Floats,
    size: tuple[int, int],
    *,
    pad: int = PAD,
    is_held: bool = False,
    is_coarse: bool = False,
    into: Bytes | None = None,
) -> Bytes:
    """Samples a plane linearly at `at` (target index to source index), within 0.05 samples; may be a view of the plane.

    Outside the plane is 0, or its edge when `is_held`. `pad` is how many samples before the window may be read as well. `is_coarse`
    allows 0.04: chroma's are twice as wide, and eyes follow them less. What was read is written to `into` when it is given.
    """
    import numpy as np

    found = _read(plane, at, size, pad, _COARSE_ERROR_MAX if is_coarse else _PHASE_ERROR_MAX, is_held=is_held, into=into)
    if into is None:
        return found
    if found is not into:
        np.copyto(into, found)
    return into


def read_pair(pair: Bytes, at: Floats, into: tuple[Bytes, Bytes], *, pad: int) -> None:
    """Samples U and V side by side, (h, w, 2), as `read` does when `is_held` and `is_coarse`: in two thirds of the time."""
    import numpy as np

    high, wide = into[0].shape
    found = _read(pair, at, (wide, high), pad, _COARSE_ERROR_MAX, is_held=True, is_kept=False)
    # the low byte of a pair is U, and V that of a pair begun one byte later: numpy drops high bytes in a fifth of `cv2.split`'s time
    rows = found.reshape(high, 2 * wide)
    u, v = into
    np.copyto(u, rows.view("<u2"), casting="unsafe")
    np.copyto(v[:, :-1], rows[:, 1:-1].view("<u2"), casting="unsafe")
    v[:, -1] = rows[:, -1]


def _read(
    plane: Bytes,
    at: Floats,
    size: tuple[int, int],
    pad: int,
    most: float,
    *,
    is_held: bool,
    into: Bytes | None = None,
    is_kept: bool = True,
) -> Bytes:
    import cv2

    if at[0, 0] == 1 and at[1, 1] == 1:
        found = _shifted(plane, float(at[0, 2]), float(at[1, 2]), size, into)
    else:
        found = _by_resize(plane, at, size, pad, most, is_kept=is_kept and into is None)
    if found is None:
        border = cv2.BORDER_REPLICATE if is_held else cv2.BORDER_CONSTANT
        found = cv2.warpAffine(plane, at, size, dst=into, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=border)
    return found


def _shifted(plane: Bytes, x: float, y: float, size: tuple[int, int], into: Bytes | None) -> Bytes | None:
    """A window at a place between samples along at most one axis; None when it is between on both, or outside."""
    import cv2

    left, top = math.floor(x + _MOVE_ERROR_MAX), math.floor(y + _MOVE_ERROR_MAX)
    dx, dy = x - left, y - top
    is_between_x, is_between_y = dx > _MOVE_ERROR_MAX, dy > _MOVE_ERROR_MAX
    right, bottom = left + size[0] + is_between_x, top + size[1] + is_between_y
    if (is_between_x and is_between_y) or left < 0 or top < 0 or right > plane.shape[1] or bottom > plane.shape[0]:
        return None
    first = plane[top : top + size[1], left : left + size[0]]
    if not is_between_x and not is_between_y:
        return first
    second = plane[top + is_between_y : bottom, left + is_between_x : right]
    part = dx if is_between_x else dy
    return cv2.addWeighted(first, 1 - part, second, part, 0, dst=into)  # type: ignore[no-any-return]


def _by_resize(plane: Bytes, at: Floats, size: tuple[int, int], pad: int, most: float, *, is_kept: bool) -> Bytes | None:
    """What `warpAffine` gives, three times as fast by `cv2.resize`; None when that cannot meet the sub-pixel place.

    `resize` reads sample `i` at `a * (i + 0.5) - 0.5`, so its first column cannot be placed freely. But of the columns it
    would write before the first that is wanted, one more or less moves the phase by `a`, and one of them mostly fits.
    Unless it `is_kept`, the result is valid until the next reading.
    """
    import cv2

    columns = _phase(float(at[0, 0]), float(at[0, 2]), pad, most)
    rows = columns and _phase(float(at[1, 1]), float(at[1, 2]), pad, most)
    if columns is None or rows is None:
        return None
    (nx, cx), (ny, cy) = columns, rows
    wide, high = math.ceil((nx + size[0]) * at[0, 0]) + 1, math.ceil((ny + size[1]) * at[1, 1]) + 1
    if cx + wide > plane.shape[1] or cy + high > plane.shape[0]:
        return None
    part = plane[cy : cy + high, cx : cx + wide]
    fx, fy = float(1 / at[0, 0]), float(1 / at[1, 1])
    place = None if is_kept else _scratch((round(high * fy), round(wide * fx), *plane.shape[2:]))  # as `resize` rounds
    found = cv2.resize(part, None, dst=place, fx=fx, fy=fy, interpolation=cv2.INTER_LINEAR)
    return found[ny : ny + size[1], nx : nx + size[0]]  # type: ignore[no-any-return]


_own = threading.local()


def _scratch(shape: tuple[int, ...]) -> Bytes:
    """Samples that this thread uses again and again: fresh memory of this size costs half as much as reading into it."""
    import numpy as np

    held: Bytes | None = getattr(_own, "samples", None)
    count = math.prod(shape)
    if held is None or held.size < count:
        held = _own.samples = np.empty(count, np.uint8)
    return held[:count].reshape(shape)


def _phase(a: float, b: float, pad: int, most: float) -> tuple[int, int] | None:
    """How many columns to begin early, and at which whole sample, for column `i` to be read at `a * i + b`; None if none fits."""
    import numpy as np

    first = b - 0.5 * a + 0.5  # where the reading would begin with no column early
    count = min(int(pad / a) - 1, math.ceil((first + 0.5) / a) - 1)
    if count < 1:
        return None
    early = _counting(count)
    start = first - a * early
    error = np.abs(start - np.rint(start))
    cost = error + early * 1e-4  # a column more costs time
    best = int(cost.argmin())
    if error[best] > most:
        cost[error > most] = math.inf
        best = int(cost.argmin())
        if error[best] > most:
            return None
    return best + 1, round(float(start[best]))


@cache
def _counting(count: int) -> Floats:
    import numpy as np

    return np.arange(1.0, count + 1)
