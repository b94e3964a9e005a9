"""Lays two to six photos out as one picture: rows, columns, or one large with the others beside it, whichever crops least."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aigc_cli.media.timeline import Box

_UNEVEN = 0.35  # what a layout pays whose photos differ much in size
_HERO = 0.12  # what a layout gains whose first photo is the largest
_LARGEST = 0.4  # what it pays for a first photo more than three times as large as the others
_HERO_SHARES = (0.5, 0.56, 0.62, 0.67)


class Photo(NamedTuple):
    """What a layout has to know of a photo."""

    aspect: float
    """Width over height."""


def cells(photos: Sequence[Photo], width: float, height: float, gutter: float) -> tuple[Box, ...]:
    """The place of each photo, in their order, in a picture of `width` x `height` with `gutter` between and around them.

    All ways to fill rows or columns in the photos' order are tried, and those with the first photo large; the best is the one
    that crops least (by the logarithm of the aspects' ratio), with photos of about equal size or the first one large. Ties go to
    the first. Raises ValueError for fewer than one photo.
    """
    if not photos:
        raise ValueError("a collage needs photos")
    inner = Box(x=gutter, y=gutter, w=width - 2 * gutter, h=height - 2 * gutter)
    return min(_layouts(photos, inner, gutter), key=lambda layout: round(_cost(photos, layout), 6))


def _layouts(photos: Sequence[Photo], inner: Box, gutter: float) -> Iterator[tuple[Box, ...]]:
    yield from _lines(photos, inner, gutter)
    if len(photos) >= 3:
        for share in _HERO_SHARES:
            for is_column in (False, True):
                first, rest = _split(inner, share, gutter, is_column=is_column)
                for others in _lines(photos[1:], rest, gutter):
                    yield (first, *others)


def _lines(photos: Sequence[Photo], inner: Box, gutter: float) -> Iterator[tuple[Box, ...]]:
    """Every way to cut the photos into rows, and into columns, each as high or wide as its photos would have it."""
    for counts in _compositions(len(photos)):
        for is_column in (False, True):
            yield _fill(photos, counts, inner, gutter, is_column=is_column)


def _compositions(count: int) -> Iterator[tuple[int, ...]]:
    if count == 0:
        yield ()
    for first in range(1, count + 1):
        for rest in _compositions(count - first):
            yield (first, *rest)


def _split(inner: Box, share: float, gutter: float, *, is_column: bool) -> tuple[Box, Box]:
    if is_column:
        large = (inner.w - gutter) * share
        return inner.model_copy(update={"w": large}), Box(x=inner.x + large + gutter, y=inner.y, w=inner.w - large - gutter, h=inner.h)
    large = (inner.h - gutter) * share
    return inner.model_copy(update={"h": large}), Box(x=inner.x, y=inner.y + large + gutter, w=inner.w, h=inner.h - large - gutter)


def _fill(photos: Sequence[Photo], counts: Sequence[int], inner: Box, gutter: float, *, is_column: bool) -> tuple[Box, ...]:
    """Lines of photos: within a line each photo is as long as its aspect asks, and lines share the other side by need."""
    along, across = (inner.h, inner.w) if is_column else (inner.w, inner.h)
    lines, at = [], 0
    for count in counts:
        lines.append([1 / photo.aspect if is_column else photo.aspect for photo in photos[at : at + count]])
        at += count
    wanted = [(along - gutter * (len(line) - 1)) / sum(line) for line in lines]
    room = across - gutter * (len(lines) - 1)
    thick = [each * room / sum(wanted) for each in wanted]
    boxes, second = [], 0.0
    for line, depth in zip(lines, thick, strict=True):
        first, unit = 0.0, (along - gutter * (len(line) - 1)) / sum(line)
        for part in line:
            length = part * unit
            x, y, w, h = (second, first, depth, length) if is_column else (first, second, length, depth)
            boxes.append(Box(x=inner.x + x, y=inner.y + y, w=max(w, 1.0), h=max(h, 1.0)))
            first += length + gutter
        second += depth + gutter
    return tuple(boxes)


def _cost(photos: Sequence[Photo], boxes: Sequence[Box]) -> float:
    areas = [box.w * box.h for box in boxes]
    crop = sum(abs(math.log(photo.aspect * box.h / box.w)) for photo, box in zip(photos, boxes, strict=True)) / len(boxes)
    mean = sum(areas[1:]) / max(len(areas) - 1, 1) if len(areas) > 2 else sum(areas) / len(areas)
    uneven = max(abs(math.log(area / mean)) for area in (areas[1:] if len(areas) > 2 else areas))
    lead = math.log(areas[0] / mean)
    return crop + _UNEVEN * uneven + 0.5 * max(-lead, 0.0) - _HERO * min(max(lead, 0.0), 1.0) + _LARGEST * max(lead - 1.2, 0.0)
