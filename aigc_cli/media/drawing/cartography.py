"""The drawing of a map: sea, land, coasts, borders, quiet places; fading into the ground where words stand over it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aigc_cli.media.drawing import geography
from aigc_cli.media.drawing.geography import View
from aigc_cli.media.style.palettes import from_oklch, mix, oklch, with_alpha
from aigc_cli.media.timeline import Box, Drawing, GradientFill, Op, PathOp, RectOp
from aigc_cli.storyboard import Place, Shape

_FADE = 0.13  # share of the height in which a full-width map fades into the ground
_STEPS = 6  # alpha levels of a fading stroke
_SHADED = 0.94  # how much of the ground lies over the map where words stand
_FOOT, _FOOT_SHADED = 0.81, 0.55  # from this share of a phone's frame no words stand, and the map is seen again


class Inks(Shape):
    """The colours of a map."""

    land: str
    coast: str
    border: str
    quiet: str
    ink: str
    ground: str
    shade: str
    glow: str = ""
    alert: str


def tint(ground: str, lift: float, chroma: float) -> str:
    """The ground's own hue, lighter on a dark ground and darker on a light one: land looks lit, never grey."""
    light, own, hue = oklch(ground)
    return from_oklch(light + lift if light < 0.6 else light - lift, max(own, chroma) if own > 0.004 else own, hue)


class MapDrawing:
    """The drawing of a map; a full-width one is see-through towards its upper and lower edge."""

    def __init__(self, view: View, inks: Inks, k: float, ends: tuple[float, float], *, is_card: bool, hero: Box | None = None) -> None:
        """`ends`: top and bottom of the closest view, in fractions of the height. `hero`: the part of a map that fills the
        whole frame which must stay clear, in pixels of the drawing; the ground lies over the rest.
        """
        self.view, self.inks, self.k, self.is_card, self.hero = view, inks, k, is_card, hero
        self.is_whole = is_card or hero is not None
        top, bottom = ends
        # Nothing is left at the edges of the closest view, so no edge shows at any time.
        self.stops = (top, top + _FADE, bottom - _FADE * 1.4, bottom)
        self.ops: list[Op] = []

    def draw(self, quiet: Sequence[Place]) -> Drawing:
        view, inks, k = self.view, self.inks, self.k
        if self.is_whole:
            shares = (0.10, 0.0) if self.hero else (0.45, 0.15)
            sea = GradientFill(colours=tuple(mix(inks.ground, inks.land, share) for share in shares), angle=80)
            self.ops.append(RectOp(box=Box(x=0, y=0, w=view.width, h=view.height), fill=sea))
            if self.hero and inks.glow:
                self._light(self.hero, inks.glow)
        self._graticule()
        extent = Box(x=0, y=0, w=view.width, h=view.height)
        tolerance = 1.1 * k
        for rings in geography.land(view, tolerance):
            self.ops.append(PathOp(rings=rings, is_closed=True, fill=self._fading(inks.land), box=extent))
        self._strokes(geography.borders(view, tolerance), inks.border, 2.2 * k)
        self._strokes(geography.coasts(view, tolerance), inks.coast, 2.6 * k)
        for place in sorted(quiet, key=lambda each: -each.weight):
            self._quiet(place)
        if self.hero:
            self._shades(self.hero)
        elif self.is_card:
            inset = k
            hairline = Box(x=inset, y=inset, w=view.width - 2 * inset, h=view.height - 2 * inset)
            self.ops.append(RectOp(box=hairline, radius=48 * k, stroke=with_alpha(inks.ink, 0.10), stroke_width=2 * k))
        return tuple(self.ops)

    def alpha(self, y: float) -> float:
        """How much is left of the map at a height."""
        if self.is_whole:
            return 1.0
        share, (a, b, c, d) = y / self.view.height, self.stops
        return min(max((share - a) / (b - a), 0.0), max((d - share) / (d - c), 0.0), 1.0)

    def _fading(self, colour: str, alpha: float = 1.0) -> str | GradientFill:
        if self.is_whole:
            return with_alpha(colour, alpha)
        none, full = with_alpha(colour, 0), with_alpha(colour, alpha)
        return GradientFill(colours=(none, full, full, none), stops=self.stops, angle=90)

    def _light(self, hero: Box, colour: str) -> None:
        """A soft light on the sea beside the news."""
        side = 1.5 * max(hero.w, hero.h)
        x, y = hero.x + 0.74 * hero.w, hero.y + 0.38 * hero.h
        falloff = (1.0, 0.854, 0.5, 0.146, 0.0)
        fill = GradientFill(form="radial", colours=tuple(with_alpha(colour, 0.4 * share) for share in falloff))
        self.ops.append(RectOp(box=Box(x=x - side / 2, y=y - side / 2, w=side, h=side), fill=fill))

    def _shades(self, hero: Box) -> None:
        """The ground over the map, from nothing inside the hero's place to nearly all where words stand."""
        w, h = self.view.width, self.view.height
        dark = self.inks.shade
        soft = 0.2 * min(hero.w, hero.h)

        def shade(box: Box, angle: float, solid: float, most: float = _SHADED, foot: float | None = None) -> None:
            # An eased ramp: a straight one shows a line where it begins.
            steps = (0.0, 0.16, 0.5, 0.84, 1.0)
            colours = tuple(with_alpha(dark, most * share) for share in steps)
            ramp = tuple(index / (len(steps) - 1) * (1 - solid) for index in range(len(steps)))
            ends: tuple[tuple[float, str], ...] = ((1.0, colours[-1]),)
            if foot is not None and foot > ramp[-1]:
                ends = (foot, colours[-1]), (1.0, with_alpha(dark, _FOOT_SHADED))
            fill = GradientFill(colours=(*colours, *(each for _, each in ends)), stops=(*ramp, *(at for at, _ in ends)), angle=angle)
            self.ops.append(RectOp(box=box, fill=fill))

        if hero.bottom < h - 1:
            top = hero.bottom - soft
            foot = (_FOOT * h - top) / (h - top) if h >= 1.5 * w else None
            shade(Box(x=0, y=top, w=w, h=h - top), 90, 1 - 2 * soft / (h - top), foot=foot)
        if hero.x > 0.2 * w:
            shade(Box(x=0, y=0, w=hero.x + soft, h=h), 180, 0.3, 0.86)
        if hero.y > 1:
            shade(Box(x=0, y=0, w=w, h=hero.y + 0.5 * soft), 270, 0.1, 0.8)

    def _graticule(self) -> None:
        view, k = self.view, self.k
        step = 10 if view.span <= 120 else 30
        line = self._fading(self.inks.ink, 0.05)
        west = math.floor((view.longitude - view.span / 2) / step) * step
        for index in range(int(view.span / step) + 2):
            x, _ = view.fixed(west + index * step, 0)
            if 0 <= x <= view.width:
                self.ops.append(RectOp(box=Box(x=x, y=0, w=1.5 * k, h=view.height), fill=line))
        for latitude in range(-90 + step, 90, step):
            _, y = view.fixed(view.longitude, latitude)
            if 0 <= y <= view.height:
                faint = with_alpha(self.inks.ink, 0.05 * self.alpha(y))
                self.ops.append(RectOp(box=Box(x=0, y=y, w=view.width, h=1.5 * k), fill=faint))

    def _strokes(self, lines: Sequence[list[tuple[float, float]]], colour: str, width: float) -> None:
        """Lines in one op for each level of alpha: a stroke has one colour, so a fading one is cut where it changes."""
        levels: dict[int, list[tuple[float, ...]]] = {}
        for line in lines:
            runs: list[tuple[int, list[tuple[float, float]]]] = []
            for point in line:
                level = round(self.alpha(point[1]) * _STEPS)
                if not runs or runs[-1][0] != level:
                    runs.append((level, [runs[-1][1][-1]] if runs else []))
                runs[-1][1].append(point)
            for level, points in runs:
                if level and len(points) > 1:
                    levels.setdefault(level, []).append(tuple(round(part, 1) for point in points for part in point))
        for level in sorted(levels):
            pen = with_alpha(colour, level / _STEPS)
            self.ops.append(PathOp(rings=tuple(levels[level]), stroke=pen, stroke_width=width))

    def _quiet(self, place: Place) -> None:
        x, y = self.view.at(place.longitude, place.latitude)
        alpha = self.alpha(y)
        if 0 <= x <= self.view.width and 0 <= y <= self.view.height and alpha > 0.05:
            radius = (5 + 15 * min(place.weight, 1.0)) * self.k
            box = Box(x=x - radius, y=y - radius, w=2 * radius, h=2 * radius)
            self.ops.append(RectOp(box=box, radius=radius, fill=with_alpha(self.inks.quiet, 0.45 * alpha)))
