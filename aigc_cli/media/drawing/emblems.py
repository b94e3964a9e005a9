"""What stands in place of a drawing that no word calls: a sign on glass, the same family for all, guessing nothing.

A text with a figure shows the figure. Every other shows one of six signs that say no more than "this is a point": a seal, a
spark, layers, a gem, a shield, steps. Everything is white and see-through, so that it takes the colour of what it stands on.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence

from aigc_cli.media.style import fonts
from aigc_cli.media.style.palettes import contrast, with_alpha
from aigc_cli.media.timeline import Box, Drawing, GradientFill, Op, PathOp, RectOp, Shadow, TextOp

_FIGURE = re.compile(r"(?<![\w.])[$€£¥]?\d[\d.,]*\d?\s?(?:%|x|×|°C?|km|kg|mm|cm|ml|min|GB|TB|W|h|g|m|s)?(?![\w])")
_LONGEST_FIGURE = 6
_FAMILY = "Manrope"
_SHADE = "#0B1020"


def emblem(size: float, seed: int, text: str = "", accent: str | None = None, *, centre: tuple[float, float] | None = None) -> Drawing:
    """An emblem on nothing, `size` pixels square, with its shadow inside.

    Args:
        size: of both sides.
        seed: chooses among the signs.
        text: what it stands for; its first short figure is shown.
        accent: the colour of what lies behind the glass, #RRGGBB; None leaves it white.
        centre: where its middle is; None puts it into a square of its own.
    """
    return tuple(_Emblem(size, random.Random(seed), accent, centre or (size / 2, size / 2)).drawn(figure_in(text)))


def figure_in(text: str) -> str:
    """The first figure of a text that is short enough to be a sign: `40%`, `3x`, `$9`; empty when it has none."""
    found = (match.group().strip().rstrip(".,") for match in _FIGURE.finditer(text))
    return next((figure for figure in found if len(figure) <= _LONGEST_FIGURE), "")


class _Emblem:
    """Collects the ops. `u` is a thousandth of the side; (cx, cy) is the middle."""

    def __init__(self, size: float, rng: random.Random, accent: str | None, centre: tuple[float, float]) -> None:
        self.u, (self.cx, self.cy) = size / 1000, centre
        self.rng, self.accent = rng, accent
        self.ops: list[Op] = []

    def drawn(self, figure: str) -> list[Op]:
        self._behind()
        self._glass()
        if figure:
            self._figure(figure)
        else:
            self.rng.choice((self._seal, self._spark, self._layers, self._gem, self._shield, self._steps))()
        return self.ops

    # -- pieces

    def _point(self, x: float, y: float) -> tuple[float, float]:
        return self.cx + x * self.u, self.cy + y * self.u

    def _ring(self, points: Sequence[tuple[float, float]]) -> tuple[float, ...]:
        return tuple(part for x, y in points for part in self._point(x, y))

    def _shape(
        self, points: Sequence[tuple[float, float]], fill: str | GradientFill | None, *, line: str | None = None, width: float = 0
    ) -> None:
        self.ops.append(PathOp(rings=(self._ring(points),), is_closed=True, fill=fill, stroke=line, stroke_width=width * self.u))

    def _line(self, points: Sequence[tuple[float, float]], width: float, colour: str = "#FFFFFF") -> None:
        self.ops.append(PathOp(rings=(self._ring(points),), stroke=colour, stroke_width=width * self.u))

    def _white(self, angle: float = 80) -> GradientFill:
        return GradientFill(colours=("#FFFFFF", "#E6ECF7"), angle=angle)

    def _behind(self) -> None:
        """A tile turned a little, in the accent: what the glass lies on."""
        turn = math.radians(self.rng.choice((-16, 16)))
        colour = self.accent or "#FFFFFF"
        alphas = (0.95, 0.62) if self.accent else (0.42, 0.16)
        points = _rounded(330, 130, turn)
        self._shape([(x, y - 10) for x, y in points], GradientFill(colours=tuple(with_alpha(colour, each) for each in alphas), angle=60))

    def _glass(self) -> None:
        """The pane: darker than what it lies on, so that white reads on it, with a lit rim."""
        u, half = self.u, 318
        box = Box(x=self.cx - half * u, y=self.cy - half * u, w=2 * half * u, h=2 * half * u)
        shade = GradientFill(colours=(with_alpha(_SHADE, 0.34), with_alpha(_SHADE, 0.56)), angle=70)
        self.ops.append(RectOp(box=box, radius=128 * u, fill=shade, shadow=Shadow(dy=34 * u, blur=44 * u, colour="#00000052")))
        glare = GradientFill(colours=("#FFFFFF3D", "#FFFFFF0A", "#FFFFFF00", "#FFFFFF14"), stops=(0, 0.42, 0.6, 1), angle=62)
        self.ops.append(RectOp(box=box, radius=128 * u, fill=glare))
        inner = Box(x=box.x + 3 * u, y=box.y + 3 * u, w=box.w - 6 * u, h=box.h - 6 * u)
        self.ops.append(RectOp(box=inner, radius=125 * u, stroke="#FFFFFF8A", stroke_width=5 * u))

    def _figure(self, figure: str) -> None:
        weight = 800
        wide = fonts.width(figure, family=_FAMILY, weight=weight, size=100, language="en")
        size = min(46000 / max(wide, 1), 300) * self.u
        width = wide * size / 100
        self.ops.append(
            TextOp(text=figure, x=self.cx - width / 2, y=self.cy + size * 0.36, family=_FAMILY, weight=weight, size=size, colour="#FFFFFF")
        )

    # -- signs

    def _seal(self) -> None:
        points = []
        for step in range(240):
            angle = 2 * math.pi * step / 240
            radius = 196 + 15 * math.cos(12 * angle)
            points.append((radius * math.cos(angle), radius * math.sin(angle)))
        self._shape(points, self._white())
        self._line([(-84, 4), (-24, 66), (92, -62)], 46, self._mark())

    def _mark(self) -> str:
        """What is drawn on white: the accent when it can be seen there."""
        return self.accent if self.accent is not None and contrast(self.accent, "#FFFFFF") > 3 else _SHADE

    def _spark(self) -> None:
        for x, y, size in ((-24, 24, 210), (136, -136, 92), (142, 132, 58)):
            points = []
            for step in range(160):
                angle = 2 * math.pi * step / 160
                # the astroid, pulled in: a star of four points with hollow sides
                points.append(
                    (
                        x + size * math.copysign(abs(math.cos(angle)) ** 3.4, math.cos(angle)),
                        y + size * math.copysign(abs(math.sin(angle)) ** 3.4, math.sin(angle)),
                    )
                )
            self._shape(points, self._white())

    def _layers(self) -> None:
        for order, alpha in ((2, 0.42), (1, 0.68), (0, 1.0)):
            y = -74 + order * 82
            points = _softened([(0, y - 112), (212, y), (0, y + 112), (-212, y)], 22)
            self._shape(points, GradientFill(colours=(with_alpha("#FFFFFF", alpha), with_alpha("#DDE5F3", alpha)), angle=75))

    def _gem(self) -> None:
        top, middle, foot = -150.0, -52.0, 196.0
        left, right = -206.0, 206.0
        upper = [(-118, top), (-40, top), (40, top), (118, top)]
        girdle = [(left, middle), (-78, middle), (78, middle), (right, middle)]
        faces = (
            ([upper[0], girdle[0], girdle[1]], 0.78),
            ([upper[0], (0, top), girdle[1]], 1.0),
            ([(0, top), girdle[1], girdle[2]], 0.9),
            ([(0, top), upper[3], girdle[2]], 0.74),
            ([upper[3], girdle[2], girdle[3]], 0.94),
            ([girdle[0], girdle[1], (0, foot)], 0.9),
            ([girdle[1], girdle[2], (0, foot)], 1.0),
            ([girdle[2], girdle[3], (0, foot)], 0.7),
        )
        for points, light in faces:
            self._shape(points, with_alpha("#FFFFFF", light), line=with_alpha(_SHADE, 0.16), width=4)

    def _shield(self) -> None:
        side = [(0, -214), (92, -172), (186, -152)]
        curve = [(186 * math.cos(t) ** 0.8, -40 + 252 * math.sin(t)) for t in (math.pi / 2 * step / 24 for step in range(24))]
        right = [*side, *curve, (0, 214)]
        points = [*right, *[(-x, y) for x, y in reversed(right[1:-1])]]
        self._shape(_softened(points, 4), self._white())
        half = [*right[:1], *right[1:], (0, -214)]
        self._shape(half, with_alpha(_SHADE, 0.1))
        self._line([(-76, -2), (-20, 56), (84, -58)], 42, self._mark())

    def _steps(self) -> None:
        for order, (height, alpha) in enumerate(((130, 0.6), (226, 0.8), (330, 1.0))):
            x = -196 + order * 140
            fill = GradientFill(colours=(with_alpha("#FFFFFF", alpha), with_alpha("#DDE5F3", alpha)), angle=85)
            self.ops.append(
                RectOp(
                    box=Box(x=self.cx + x * self.u, y=self.cy + (180 - height) * self.u, w=112 * self.u, h=height * self.u),
                    radius=34 * self.u,
                    fill=fill,
                )
            )


def _rounded(half: float, radius: float, turn: float) -> list[tuple[float, float]]:
    """A rounded square about the origin, turned."""
    points = []
    for corner in range(4):
        cx, cy = ((half - radius) * sign for sign in ((1, 1), (-1, 1), (-1, -1), (1, -1))[corner])
        for step in range(13):
            angle = math.pi / 2 * (corner + step / 12)
            points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    return [(x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)) for x, y in points]


def _softened(points: Sequence[tuple[float, float]], by: float) -> list[tuple[float, float]]:
    """A polygon with its corners rounded by a quadratic curve that begins `by` away from them."""
    found = []
    for index, (x, y) in enumerate(points):
        for (nx, ny), is_before in ((points[index - 1], True), (points[(index + 1) % len(points)], False)):
            length = math.hypot(nx - x, ny - y)
            share = min(by / length, 0.5) if length else 0.0
            end = (x + (nx - x) * share, y + (ny - y) * share)
            if is_before:
                begin = end
            else:
                for step in range(7):
                    t = step / 6
                    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
                    found.append((a * begin[0] + b * x + c * end[0], a * begin[1] + b * y + c * end[1]))
    return found
