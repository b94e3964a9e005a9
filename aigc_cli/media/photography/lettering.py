"""Lettering in a picture, found without reading it: what image models draw when they dream of words.

Strokes are connected dark or light spots of a letter's size and fill (after Epshtein et al. 2010, without stroke widths); four or more
that stand on one line, side by side, are lettering.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Box = tuple[int, int, int, int]

_LEAST_PX, _TALLEST = 6, 0.12  # a letter's height: in pixels, and in parts of the picture's
_WIDEST = 1.6  # of its height
_FILL = (0.15, 0.85)
_WINDOW_PX, _STEP_LEVELS = 25, 18  # a spot differs from the mean around it by so many of 255 levels
_LINE = 4
_GAP = 1.0  # of a letter's height, to the next
_SKEW = 0.28  # of the taller one: how far feet may stand apart
_RATIO = (0.55, 1.8)


def lettering_of(grey: NDArray[np.uint8]) -> float:
    """The share of a grey picture (height, width; some 500 pixels a side) that letters in lines take, 0 to 1."""
    return sum(wide * high for each in (grey, 255 - grey) for line in _lines(_spots(each)) for _, _, wide, high in line) / grey.size


def _spots(grey: NDArray[np.uint8]) -> list[Box]:
    """Dark spots that may be letters, from left to right: left, top, width, height."""
    import cv2

    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _WINDOW_PX, _STEP_LEVELS)
    _, _, facts, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    found: list[Box] = []
    for left, top, wide, high, filled in (tuple(map(int, each)) for each in facts[1:]):
        is_sized = _LEAST_PX <= high <= grey.shape[0] * _TALLEST and 2 <= wide <= high * _WIDEST
        if is_sized and _FILL[0] <= filled / (wide * high) <= _FILL[1]:
            found.append((left, top, wide, high))
    return sorted(found)


def _lines(spots: Sequence[Box]) -> list[list[Box]]:
    """Runs of spots that stand side by side on one line, each spot in one of them."""
    lines: list[list[Box]] = []
    used: set[int] = set()
    for first in range(len(spots)):
        if first in used:
            continue
        line = [first]
        for number in range(first + 1, len(spots)):
            before = spots[line[-1]]
            if spots[number][0] > before[0] + before[2] + _GAP * before[3]:
                break
            if number not in used and _follows(before, spots[number]):
                line.append(number)
        if len(line) >= _LINE:
            used.update(line)
            lines.append([spots[each] for each in line])
    return lines


def _follows(before: Box, box: Box) -> bool:
    is_beside = box[0] >= before[0] + before[2] - 1
    is_level = abs(box[1] + box[3] - before[1] - before[3]) < _SKEW * max(box[3], before[3])
    return is_beside and is_level and _RATIO[0] < box[3] / before[3] < _RATIO[1]
