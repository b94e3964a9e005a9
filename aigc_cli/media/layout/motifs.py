"""A brand's motif: a large quiet shape that gives a scene without a picture its composition, and that breathes with the camera.

It stands where words do not: at the right in a landscape frame, else in the lower right corner. One shape a brand, so that
its scenes are known again; always below the contrast that words need.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from aigc_cli.media.layout import safe
from aigc_cli.media.layout.visuals import sprite
from aigc_cli.media.style.brand import MotifName, Tone
from aigc_cli.media.style.palettes import contrast, mix, with_alpha
from aigc_cli.media.timeline import Box, Drawing, GradientFill, Key, Layer, Motion, Op, PathOp, RectOp

_GROWS = 1.07
_STRONGEST = 0.6  # share of the motif's colour where it covers most
_INK_CONTRAST = 6.5
_STEPS = 28  # corners of a quarter of a circle


class _Pen:
    """Where a motif stands: its centre, its radius, its colours, and what of it the frame shows."""

    def __init__(self, frame: Box, tone: Tone, *, is_mirrored: bool) -> None:
        self.frame, self.tone = frame, tone
        self.k = safe.scale_of(round(frame.w), round(frame.h))
        shape = safe.shape_of(round(frame.w), round(frame.h))
        x, y, radius = {"portrait": (0.84, 0.92, 0.46), "square": (0.94, 0.86, 0.40), "landscape": (0.88, 0.52, 0.54)}[shape]
        self.x, self.y = frame.w * (1 - x if is_mirrored else x), frame.h * y
        self.radius = radius * min(frame.w, frame.h)
        self.main = _main(tone)
        self.fine = "#FFFFFF" if tone.is_dark else tone.accent
        self.strength = _strength(tone)

    def shade(self, colour: str, alpha: float) -> str:
        return with_alpha(colour, min(alpha * self.strength, 1.0))

    def ring(self, x: float, y: float, radius: float, colour: str, width: float) -> Op:
        return RectOp(box=_square(x, y, 2 * radius), radius=radius, stroke=colour, stroke_width=width)

    def disc(self, x: float, y: float, radius: float, strong: str, weak: str) -> Op:
        return RectOp(box=_square(x, y, 2 * radius), radius=radius, fill=GradientFill(colours=(strong, weak), angle=75))


def _main(tone: Tone) -> str:
    return "#FFFFFF" if tone.name == "accent" and tone.is_dark else tone.disc


def _shades(tone: Tone, strength: float) -> tuple[str, ...]:
    return tuple(mix(ground, _main(tone), _STRONGEST * strength) for ground in (tone.top, tone.bottom))


def _strength(tone: Tone) -> float:
    """How strong a motif may be: words must be readable on it, wherever they stand."""
    strength = 1.0
    while strength > 0.1 and min(contrast(tone.ink, shade) for shade in _shades(tone, strength)) < _INK_CONTRAST:
        strength -= 0.05
    return strength


def readable(tone: Tone, name: MotifName) -> Tone:
    """A tone whose text colours are readable on the motif as well as on the ground."""
    return tone if name == "none" else tone.over(_shades(tone, _strength(tone)))


def motif(name: MotifName, frame: Box, tone: Tone, frames: int, *, is_mirrored: bool = False) -> tuple[Layer, ...]:
    """The motif of a scene of so many frames, as one layer that grows slowly; none for `none`. Mirrored it stands at the left."""
    if name == "none":
        return ()
    pen = _Pen(frame, tone, is_mirrored=is_mirrored)
    ops = _DRAW[name](pen)
    reach = pen.radius * 1.4
    left, top = max(0.0, pen.x - reach), max(0.0, pen.y - reach)
    box = Box(x=left, y=top, w=min(frame.w, pen.x + reach) - left, h=min(frame.h, pen.y + reach) - top)
    grown = (Key(frame=0, value=1.0), Key(frame=max(1, frames), value=_GROWS))
    return (sprite("motif", box, ops, motion=Motion(scale=grown, pivot=(pen.x, pen.y))),)


def _rings(pen: _Pen) -> Drawing:
    """Rings that go out from a soft middle, like a signal."""
    middle = pen.disc(pen.x, pen.y, pen.radius * 0.30, pen.shade(pen.main, 0.55), pen.shade(pen.main, 0.12))
    shares = (0.30, 0.52, 0.74, 0.96, 1.18)
    rings = (
        pen.ring(pen.x, pen.y, pen.radius * share, pen.shade(pen.fine, 0.26 - 0.045 * order), 3 * pen.k)
        for order, share in enumerate(shares)
    )
    return (middle, *rings)


def _discs(pen: _Pen) -> Drawing:
    """Two discs, one over the other, like a low sun."""
    x, y, r = pen.x, pen.y, pen.radius
    return (
        pen.disc(x + 0.10 * r, y - 0.12 * r, r, pen.shade(pen.main, 0.50), pen.shade(pen.main, 0.08)),
        pen.disc(x - 0.62 * r, y + 0.50 * r, r * 0.58, pen.shade(pen.tone.patch, 0.18), pen.shade(pen.tone.patch, 0.05)),
        pen.ring(x - 0.62 * r, y + 0.50 * r, r * 0.58, pen.shade(pen.fine, 0.12), 2 * pen.k),
    )


def _dots(pen: _Pen) -> Drawing:
    """A field of dots that grow towards its middle."""
    pitch = 50 * pen.k
    ops: list[Op] = []
    reach = math.ceil(pen.radius * 1.25 / pitch)
    for row in range(-reach, reach + 1):
        for column in range(-reach, reach + 1):
            far = math.hypot(row, column) * pitch / (pen.radius * 1.25)
            if far < 1:
                near = (1 - far) ** 0.8
                radius = (3.0 + 11.0 * near) * pen.k
                x, y = pen.x + column * pitch, pen.y + row * pitch
                ops.append(RectOp(box=_square(x, y, 2 * radius), radius=radius, fill=pen.shade(pen.main, 0.10 + 0.38 * near)))
    return tuple(ops)


def _tiles(pen: _Pen) -> Drawing:
    """Tiles of quarter circles, turned one against the other, like leaves."""
    side = pen.radius * 0.62
    turns = ((0, 1, 3), (3, 0, 2), (1, 3, 0), (0, 2, 1))
    ops: list[Op] = []
    for row, line in enumerate(turns):
        for column, turn in enumerate(line):
            if row + column == 0:
                continue  # an open corner towards the words
            x, y = pen.x + (column - 1.6) * side, pen.y + (row - 2.0) * side
            colour = pen.tone.patch if (row * 2 + column) % 7 == 6 else pen.main
            alpha = 0.14 + 0.08 * ((row + 2 * column) % 4)
            ops.append(PathOp(rings=(_quarter(x, y, side - 8 * pen.k, turn),), is_closed=True, fill=pen.shade(colour, alpha)))
    return tuple(ops)


def _bars(pen: _Pen) -> Drawing:
    """Slanted bars of one width, paler towards the words."""
    wide, lean, r = pen.radius * 0.20, pen.radius * 0.72, pen.radius * 1.3
    ops: list[Op] = []
    for order in range(6):
        x = pen.x + 0.75 * r - order * wide * 1.62
        ring = (x, pen.y - r, x + wide, pen.y - r, x + wide - lean, pen.y + r, x - lean, pen.y + r)
        extent = Box(x=x - lean, y=pen.y - r, w=wide + lean, h=2 * r)
        shades = tuple(pen.shade(pen.fine, (0.22 - 0.034 * order) * share) for share in (0.0, 0.7, 1.0))
        fill = GradientFill(colours=shades, stops=(0.0, 0.45, 1.0), angle=90)
        ops.append(PathOp(rings=(ring,), is_closed=True, fill=fill, box=extent))
    return tuple(ops)


def _fan(pen: _Pen) -> Drawing:
    """Three fans of fine arcs, as in a theatre of the twenties."""
    ops: list[Op] = []
    for x, y, size in ((0.0, 0.0, 1.0), (-0.72, 0.72, 0.72), (0.78, 0.86, 0.8)):
        for order in range(8):
            radius = pen.radius * size * (0.16 + 0.12 * order)
            colour = pen.shade(pen.tone.patch if pen.tone.is_dark else pen.fine, 0.40 - 0.035 * order)
            ops.append(pen.ring(pen.x + x * pen.radius, pen.y + y * pen.radius, radius, colour, 2.6 * pen.k))
    return tuple(ops)


_DRAW: dict[str, Callable[[_Pen], Drawing]] = {
    "rings": _rings,
    "discs": _discs,
    "dots": _dots,
    "tiles": _tiles,
    "bars": _bars,
    "fan": _fan,
}


def _quarter(x: float, y: float, side: float, turn: int) -> tuple[float, ...]:
    """A quarter of a circle in the square from (x, y), its corner turned by so many right angles."""
    corners = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))
    cx, cy = corners[turn]
    start = turn * math.pi / 2
    points = [(cx, cy)]
    points += [
        (cx + side * math.cos(start + step * math.pi / 2 / _STEPS), cy + side * math.sin(start + step * math.pi / 2 / _STEPS))
        for step in range(_STEPS + 1)
    ]
    return tuple(value for point in points for value in point)


def _square(x: float, y: float, side: float) -> Box:
    return Box(x=x - side / 2, y=y - side / 2, w=side, h=side)
