"""Plain rectangles, laid onto a frame as they are: a progress bar is another one in every frame, and costs no picture of itself."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from aigc_cli.media.frames.planes import Planes, even_down, even_up, matrix
from aigc_cli.media.timeline import Box, Drawing, RectOp

if TYPE_CHECKING:
    from aigc_cli.media.frames.planes import Bytes, Floats


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
    import numpy as np

    digits = fill.lstrip("#")
    opacity = int(digits[6:8], 16) / 255 if len(digits) == 8 else 1.0
    m, offset = matrix()
    colour = m @ np.array([int(digits[k : k + 2], 16) for k in (0, 2, 4)], np.float64) + offset
    height, width = frame.y.shape
    left, top, right, bottom = edges
    across, down = _cover(left, right, width), _cover(top, bottom, height)
    if across is None or down is None:
        return
    (x0, columns), (y0, rows) = across, down
    for k, target in enumerate(frame):
        if k:
            # as `halve` does: 1 2 1 across even columns, 1 1 down
            wide, high = (columns[1:-2:2] + 2 * columns[2:-1:2] + columns[3::2]) / 4, (rows[2:-2:2] + rows[3:-1:2]) / 2
            _mix(target[y0 // 2 : y0 // 2 + len(high), x0 // 2 : x0 // 2 + len(wide)], high, wide, float(colour[k]), opacity)
        else:
            _mix(target[y0 : y0 + len(rows) - 4, x0 : x0 + len(columns) - 4], rows[2:-2], columns[2:-2], float(colour[k]), opacity)


@lru_cache(maxsize=64)
def _cover(start: float, end: float, size: int) -> tuple[int, Floats] | None:
    """How much of each pixel from an even one on lies between two edges, with two more on both sides; None when all is outside."""
    import numpy as np

    # one pixel beyond its edge a rectangle still colours the chroma sample there
    first, last = max(even_down(start - 1), 0), min(even_up(end + 1), size)
    if first >= last:
        return None
    # past the frame's edge its last pixel goes on, as for a filter that repeats the border
    pixels = np.clip(np.arange(first - 2, last + 2), 0, size - 1)
    return first, np.clip(np.minimum(end, pixels + 1) - np.maximum(start, pixels), 0.0, 1.0)


def _mix(part: Bytes, rows: Floats, columns: Floats, value: float, opacity: float) -> None:
    """Mixes a value into a plane by the coverage of its rows and columns, in as few pieces as they have different values."""
    import cv2

    for y0, y1, high in _runs(rows):
        for x0, x1, wide in _runs(columns):
            weight = opacity * high * wide
            piece = part[y0:y1, x0:x1]
            if weight >= 1:
                piece[...] = round(value)
            elif weight > 0:
                cv2.addWeighted(piece, 1 - weight, piece, 0.0, value * weight, dst=piece)


def _runs(values: Floats) -> list[tuple[int, int, float]]:
    """Ranges of equal values: (first, after the last, value)."""
    import numpy as np

    edges = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(values)]
    return [(a, b, float(values[a])) for a, b in pairwise(edges)]
