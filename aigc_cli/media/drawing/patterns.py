"""Patterns: a surface of one shape repeated, in a brand's tones, lit from a corner: for grounds, end cards and behind cut-outs."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from aigc_cli.media.drawing.scenery import Scheme, scheme_from
from aigc_cli.media.style.palettes import mix, with_alpha
from aigc_cli.media.timeline import Box, Drawing, GradientFill, Op, PathOp, RectOp
from aigc_cli.shapes import Palette

_CELL = 0.118  # of the shorter side


def pattern(*, width: int, height: int, seed: int, palette: Palette) -> Drawing:
    """A pattern of `width` x `height` pixels in a palette's colours; `seed` chooses waves, dots, tiles, arcs or rays, and the accents."""
    rng = random.Random(seed)
    scheme = scheme_from(palette)
    area = Box(x=0, y=0, w=width, h=height)
    angle = rng.choice((60.0, 75.0, 105.0, 120.0))
    ops: list[Op] = [RectOp(box=area, fill=GradientFill(colours=(scheme.top, scheme.bottom), angle=angle))]
    ops += rng.choice((_waves, _dots, _tiles, _arcs, _rays))(area, scheme, rng)
    # One light over all of it: an even surface looks printed, a lit one looks made.
    radius = max(width, height) * 0.75
    x, y = width * rng.choice((0.15, 0.85)), height * 0.1
    lit = GradientFill(
        form="radial", colours=(with_alpha(scheme.glow, 0.3), with_alpha(scheme.glow, 0.1), with_alpha(scheme.glow, 0)), stops=(0, 0.5, 1)
    )
    ops.append(RectOp(box=Box(x=x - radius, y=y - radius, w=2 * radius, h=2 * radius), fill=lit))
    return tuple(ops)


Make = Callable[[Box, Scheme, random.Random], list[Op]]


def _grid(area: Box, cell: float) -> list[tuple[int, int, float, float]]:
    """Row, column and middle of every cell that touches the area, in rows from the top."""
    columns, rows = math.ceil(area.w / cell) + 1, math.ceil(area.h / cell) + 1
    return [(row, column, (column + 0.5) * cell, (row + 0.5) * cell) for row in range(rows) for column in range(columns)]


def _disc(x: float, y: float, radius: float, fill: str | GradientFill) -> RectOp:
    return RectOp(box=Box(x=x - radius, y=y - radius, w=2 * radius, h=2 * radius), radius=radius, fill=fill)


def _dots(area: Box, scheme: Scheme, rng: random.Random) -> list[Op]:
    """Dots that grow from one corner to the other; a few in the accent."""
    cell = min(area.w, area.h) * _CELL * 0.62
    ops: list[Op] = []
    for row, _column, x, y in _grid(area, cell):
        share = (x / area.w + y / area.h) / 2
        radius = cell * (0.08 + 0.3 * share)
        colour = scheme.accent if rng.random() < 0.03 else with_alpha(mix(scheme.shape, scheme.glow, 0.35), 0.28 + 0.5 * share)
        ops.append(_disc(x + (cell / 2 if row % 2 else 0), y, radius, colour))
    return ops


def _waves(area: Box, scheme: Scheme, rng: random.Random) -> list[Op]:
    """Bands that run across, one behind the other, each a little deeper in tone."""
    count = 11
    phase, swing = rng.uniform(0, 6.28), min(area.w, area.h) * 0.05
    marked = rng.randrange(3, count - 2)
    ops: list[Op] = []
    for band in range(count):
        base = area.h * (band + 0.4) / count
        line = []
        for step in range(97):
            x = area.w * step / 96
            y = base + swing * math.sin(phase + band * 0.55 + 7 * step / 96) + swing * 0.5 * math.sin(band + 3.1 * step / 96)
            line.append((x, y))
        ring = [*line, (area.w, area.h), (0.0, area.h)]
        tone = mix(scheme.shape, scheme.bottom, band / count)
        fill = GradientFill(colours=(mix(tone, scheme.glow, 0.16), tone), angle=90)
        points = tuple(part for point in ring for part in point)
        ops.append(PathOp(rings=(points,), is_closed=True, fill=fill))
        if band == marked:
            stroke = tuple(part for point in line for part in point)
            ops.append(PathOp(rings=(stroke,), stroke=scheme.accent, stroke_width=min(area.w, area.h) * 0.006))
    return ops


def _tiles(area: Box, scheme: Scheme, rng: random.Random) -> list[Op]:
    """Quarter circles on tiles, each turned its own way: the tiles of a modernist wall."""
    cell = min(area.w, area.h) * _CELL * 1.35
    ops: list[Op] = []
    for _, _, x, y in _grid(area, cell):
        left, top = x - cell / 2, y - cell / 2
        tone = rng.choice((scheme.shape, mix(scheme.shape, scheme.top, 0.5), mix(scheme.shape, scheme.glow, 0.18)))
        ops.append(RectOp(box=Box(x=left, y=top, w=cell, h=cell), fill=with_alpha(tone, 0.55)))
        if rng.random() < 0.14:
            continue
        turn = rng.randrange(4)
        corner = ((left, top), (left + cell, top), (left + cell, top + cell), (left, top + cell))[turn]
        points = [corner]
        for step in range(25):
            angle = math.pi / 2 * (turn + step / 24)
            points.append((corner[0] + cell * math.cos(angle), corner[1] + cell * math.sin(angle)))
        colour = scheme.accent if rng.random() < 0.08 else mix(tone, scheme.glow, rng.choice((0.16, 0.3, 0.44)))
        ops.append(PathOp(rings=(tuple(part for point in points for part in point),), is_closed=True, fill=colour))
    return ops


def _arcs(area: Box, scheme: Scheme, rng: random.Random) -> list[Op]:
    """Scales of rings, row over row, as on Japanese cloth (seigaiha)."""
    cell = min(area.w, area.h) * _CELL * 1.5
    ops: list[Op] = []
    rows = math.ceil(area.h / (cell / 4)) + 4
    for row in range(-2, rows):
        for column in range(-1, math.ceil(area.w / cell) + 1):
            x, y = (column + (0.5 if row % 2 else 0)) * cell + cell / 2, row * cell / 4 + cell / 4
            is_marked = rng.random() < 0.02
            for order, share in enumerate((0.5, 0.37, 0.24, 0.11)):
                light = mix(scheme.shape, scheme.glow, 0.12 + 0.14 * (order % 2))
                ops.append(_disc(x, y, cell * share, scheme.accent if is_marked and order == 2 else light))
                if order < 3:
                    ops.append(_disc(x, y, cell * share - cell * 0.028, mix(scheme.bottom, scheme.shape, 0.55)))
    return ops


def _rays(area: Box, scheme: Scheme, rng: random.Random) -> list[Op]:
    """Rays from a low corner, wide and soft, as of a sun that rises."""
    x, y = area.w * rng.choice((0.12, 0.5, 0.88)), area.h * 1.02
    reach = math.hypot(area.w, area.h) * 1.1
    ops: list[Op] = []
    count = 15
    for ray in range(count):
        begin = math.pi + math.pi * (ray + 0.16) / count
        end = math.pi + math.pi * (ray + 0.84) / count
        ring = (x, y, x + reach * math.cos(begin), y + reach * math.sin(begin), x + reach * math.cos(end), y + reach * math.sin(end))
        box = Box(x=x - reach, y=y - reach, w=2 * reach, h=2 * reach)
        tone = mix(scheme.shape, scheme.glow, 0.3)
        fill = GradientFill(form="radial", colours=(with_alpha(tone, 0.85), with_alpha(tone, 0.12)), stops=(0.1, 0.8))
        ops.append(PathOp(rings=(ring,), is_closed=True, fill=fill, box=box))
    radius = min(area.w, area.h) * 0.2
    ops.append(_disc(x, y, radius, GradientFill(colours=(mix(scheme.accent, "#FFFFFF", 0.25), scheme.accent), angle=90)))
    return ops
