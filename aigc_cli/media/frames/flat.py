"""Plain rectangles, laid onto a frame as they are: a progress bar is another one in every frame, and costs no picture of itself."""

from __future__ import annotations

import math
from functools import lru_cache

from aigc_cli.media.frames.planes import Planes, matrix
from aigc_cli.media.timeline import Box, Drawing, RectOp


def is_flat(drawing: Drawing) -> bool:
    """True for a drawing of nothing but rectangles of one colour each, with sharp corners, without outline and shadow."""
    return all(
        isinstance(op, RectOp) and isinstance(op.fill, str) and not (op.radius or op.shadow or (op.stroke and op.stroke_width))
        for op in drawing
    )


def lay(frame: Planes, drawing: Drawing, box: Box) -> None:
    """Lays a flat drawing onto the frame, in place, its first pixel at the whole pixel nearest to the box's corner, cut off by the box.

    What an edge covers in part is mixed in part, as an overlay of the painted drawing would be, within a level or two.
    """
    x, y = round(box.x), round(box.y)
    for op in drawing:
        assert isinstance(op, RectOp)
        assert isinstance(op.fill, str)
        left, right = max(op.box.x, 0.0) + x, min(op.box.right, math.ceil(box.w)) + x
        top, bottom = max(op.box.y, 0.0) + y, min(op.box.bottom, math.ceil(box.h)) + y
        if left < right and top < bottom:
            _lay(frame, (left, top, right, bottom), op.fill)


def _lay(frame: Planes, edges: tuple[float, float, float, float], fill: str) -> None:
    import cv2

    digits = fill.lstrip("#")
    opacity = int(digits[6:8], 16) / 255 if len(digits) == 8 else 1.0
    colour = _colour(digits[:6])
    height, width = frame.y.shape
    left, top, right, bottom = edges
    for k, plane in enumerate(frame):
        # as `halve` does: 1 2 1 across even columns, 1 1 down
        across, down = (_ACROSS, _DOWN) if k else (_WHOLE, _WHOLE)
        columns = _runs(left, right, width, across)
        for y0, y1, high in _runs(top, bottom, height, down):
            for x0, x1, wide in columns:
                weight, part = opacity * high * wide, plane[y0:y1, x0:x1]
                if weight == 1:
                    part[...] = round(colour[k])
                else:
                    cv2.addWeighted(part, 1 - weight, part, 0.0, colour[k] * weight, dst=part)


@lru_cache(maxsize=64)
def _colour(digits: str) -> tuple[float, float, float]:
    """RRGGBB as Y, U and V."""
    import numpy as np

    m, offset = matrix()
    y, u, v = (m @ np.array([int(digits[k : k + 2], 16) for k in (0, 2, 4)], np.float64) + offset).tolist()
    return y, u, v


_Taps = tuple[tuple[int, float], ...]
_WHOLE: _Taps = ((0, 1.0),)
_ACROSS: _Taps = ((-1, 0.25), (0, 0.5), (1, 0.25))
_DOWN: _Taps = ((0, 0.5), (1, 0.5))


@lru_cache(maxsize=64)
def _runs(start: float, end: float, size: int, taps: _Taps) -> list[tuple[int, int, float]]:
    """How much of each sample along one axis lies between two edges: ranges (first, after the last, share above 0) of equal shares.

    `size` counts pixels. A sample is read from the pixels at `taps`; past the frame's edge its last pixel goes on.
    """
    step = 1 if taps is _WHOLE else 2

    def share(sample: int) -> float:
        total = 0.0
        for tap, weight in taps:
            pixel = min(max(step * sample + tap, 0), size - 1)
            total += weight * min(max(min(end, pixel + 1) - max(start, pixel), 0.0), 1.0)
        return total

    first, last = max(math.floor((start - 1) / step), 0), min(math.ceil((end + 1) / step), size // step)
    # all samples but those near an edge are covered wholly
    inner, outer = math.ceil((start + 1) / step), math.floor((end - 1) / step)
    runs = [(k, k + 1, share(k)) for k in range(first, min(inner, last))]
    if max(inner, first) < min(outer, last):
        runs.append((max(inner, first), min(outer, last), 1.0))
    runs += [(k, k + 1, share(k)) for k in range(max(inner, outer, first), last)]
    joined: list[tuple[int, int, float]] = []
    for a, b, value in runs:
        if joined and joined[-1][2] == value:
            joined[-1] = (joined[-1][0], b, value)
        else:
            joined.append((a, b, value))
    return [run for run in joined if run[2] > 0]
