"""Composed pictures: a ground, light, depth, and one to three vector drawings, as a display list.

Four stagings (podium, arch, orbit, hills) and ten colour schemes; drawings, staging and scheme follow from the names and
the seed alone. Without drawings the same stagings hold an emblem.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from typing import NamedTuple

from aigc_cli.media.drawing.emblems import emblem
from aigc_cli.media.style.palettes import contrast, distance, from_oklch, mix, oklch, reach, with_alpha
from aigc_cli.media.timeline import Box, Drawing, DrawingOp, GradientFill, Op, PathOp, RectOp, Shadow
from aigc_cli.shapes import Palette
from aigc_cli.storyboard import Shape


class Composed(NamedTuple):
    """A composed picture: its display list, its palette, and where its subject stands, in pixels."""

    ops: Drawing
    palette: Palette
    subject: Box


class Scheme(Shape):
    """Colours of a composed picture: ground from top to bottom, light, what stands in it, and one strong colour."""

    top: str
    bottom: str
    glow: str
    shape: str
    accent: str


SCHEMES = tuple(
    Scheme(top=top, bottom=bottom, glow=glow, shape=shape, accent=accent)
    for top, bottom, glow, shape, accent in (
        ("#5B3420", "#1E100A", "#E0893B", "#84502E", "#F2B705"),
        ("#12615D", "#05221F", "#3FD0B6", "#1D7F77", "#FFD166"),
        ("#37358A", "#121040", "#7C74FF", "#4C49AE", "#FFB4A2"),
        ("#F39A78", "#C4503F", "#FFE0B8", "#F8B897", "#FFF1D6"),
        ("#FAF3E8", "#E3CDB0", "#FFFFFF", "#E7C79F", "#C8763A"),
        ("#CBE9F8", "#78B8DC", "#FFFFFF", "#9FD3EE", "#FFC857"),
        ("#E2F6EA", "#9AD2B2", "#FFFFFF", "#B5E2C6", "#2E8B6A"),
        ("#6E2C62", "#2A0F2B", "#EE73AC", "#8F4180", "#FFC2D9"),
        ("#2C6338", "#0D2716", "#93D67A", "#3F8250", "#F4D35E"),
        ("#2E4160", "#0D1622", "#5A97FF", "#42597C", "#FF9F1C"),
    )
)
_SOBER = SCHEMES[-1]


def scheme_from(palette: Palette) -> Scheme:
    """A scheme that keeps to a brand's palette: tones of its ground, and the accent for one thing, never mixed with each other."""
    light, chroma, hue = oklch(palette.ground)
    lift = 0.12 if light < 0.6 else -0.06
    # Nearly black grounds hardly show their hue; lighter tones of them may.
    richer = min(chroma * 1.5, 0.13) if chroma > 0.012 else chroma
    return Scheme(
        top=from_oklch(light + lift, richer, hue),
        bottom=from_oklch(max(light - 0.04, 0.1), chroma, hue),
        glow=from_oklch(min(light + 0.5, 0.9), min(richer * 1.2, 0.12), hue),
        shape=from_oklch(light + 2 * lift, richer, hue),
        accent=palette.accent,
    )


def _choose(hues: Sequence[str], rng: random.Random) -> Scheme:
    """One of the schemes in which the drawings stand out: whose shape colour is far from theirs."""
    order = list(SCHEMES)
    rng.shuffle(order)
    if not hues:
        return order[0]
    order.sort(key=lambda scheme: -min(min(distance(scheme.shape, hue), 0.17) for hue in hues))
    return order[0]


def palette_of_scheme(scheme: Scheme) -> Palette:
    """The scheme as a clip's palette, checked for contrast."""
    _, chroma, hue = oklch(scheme.bottom)
    ground = from_oklch(0.22, min(max(chroma * 0.6, 0.012), 0.05), hue)
    quiet = reach(from_oklch(0.7, min(chroma * 0.5, 0.04), hue), ground, 4.5)
    return Palette(ground=ground, ink=from_oklch(0.985, 0.008, hue), accent=reach(scheme.accent, ground, 4.5), quiet=quiet)


def compose(
    names: Sequence[str], hues: Sequence[str], *, width: int, height: int, seed: int, palette: Palette | None = None, text: str = ""
) -> Composed:
    """A picture of `width` x `height` pixels.

    Args:
        names: up to three drawings, the first is the subject; none puts an emblem in its place.
        hues: main colours of the subject as #RRGGBB, so that it stands out.
        width: in pixels.
        height: in pixels.
        seed: chooses among stagings and schemes.
        palette: colours to keep to.
        text: what the picture stands for; without a drawing, its first figure is shown.
    """
    material = f"{seed}|{'|'.join(names)}".encode()
    rng = random.Random(int.from_bytes(hashlib.sha256(material).digest()[:8], "big"))
    scheme = scheme_from(palette) if palette else _choose(hues, rng)
    stage = _Stage(width, height, scheme, rng, text)
    stage.ground()
    staging = rng.choice((stage.podium, stage.arch, stage.orbit, stage.hills))
    staging(tuple(names[:3]))
    return Composed(tuple(stage.ops), palette or palette_of_scheme(scheme), stage.kept)


def abstract(*, width: int, height: int, seed: int, palette: Palette | None = None) -> tuple[Drawing, Palette]:
    """Light and lines alone, in slate blue: stands beside news without saying anything about them.

    `width` and `height` in pixels; `seed` chooses the course of the lines; `palette` holds colours to keep to.
    """
    rng = random.Random(seed)
    scheme = scheme_from(palette) if palette else _SOBER
    stage = _Stage(width, height, scheme, rng)
    stage.ground()
    stage.strands()
    return tuple(stage.ops), palette or palette_of_scheme(scheme)


class _Stage:
    """Collects the ops of one picture. `u` is a thousandth of the shorter side; (cx, cy) is the middle."""

    def __init__(self, width: int, height: int, scheme: Scheme, rng: random.Random, text: str = "") -> None:
        self.w, self.h = float(width), float(height)
        self.u = min(width, height) / 1000
        self.cx, self.cy = width / 2, height / 2
        self.scheme, self.rng, self.text = scheme, rng, text
        self.ops: list[Op] = []
        self.kept = Box(x=0, y=0, w=width, h=height)
        self.is_dark = contrast(scheme.bottom, "#FFFFFF") > 4.5

    # -- pieces

    def ground(self) -> None:
        s = self.scheme
        fill = GradientFill(colours=(s.top, s.bottom), angle=self.rng.choice((72.0, 84.0, 96.0, 108.0)))
        self.ops.append(RectOp(box=Box(x=0, y=0, w=self.w, h=self.h), fill=fill))
        side = self.rng.choice((-1, 1))
        self.glow(self.cx + side * 0.3 * self.w, self.h * 0.2, 760 * self.u, s.glow, 0.42 if self.is_dark else 0.8)
        self.glow(self.cx - side * 0.4 * self.w, self.h * 0.85, 620 * self.u, s.accent, 0.22)

    def glow(self, x: float, y: float, radius: float, colour: str, alpha: float, *, squeeze: float = 1.0) -> None:
        colours = (with_alpha(colour, alpha), with_alpha(colour, alpha * 0.42), with_alpha(colour, 0))
        fill = GradientFill(form="radial", colours=colours, stops=(0.0, 0.45, 1.0))
        self.ops.append(RectOp(box=Box(x=x - radius, y=y - radius * squeeze, w=2 * radius, h=2 * radius * squeeze), fill=fill))

    def disc(self, x: float, y: float, radius: float, fill: str | GradientFill, shadow: Shadow | None = None) -> None:
        box = Box(x=x - radius, y=y - radius, w=2 * radius, h=2 * radius)
        self.ops.append(RectOp(box=box, radius=radius, fill=fill, shadow=shadow))

    def ring(self, x: float, y: float, radius: float, alpha: float, width: float = 2.5) -> None:
        box = Box(x=x - radius, y=y - radius, w=2 * radius, h=2 * radius)
        stroke = with_alpha("#FFFFFF" if self.is_dark else self.scheme.accent, alpha)
        self.ops.append(RectOp(box=box, radius=radius, stroke=stroke, stroke_width=width * self.u))

    def sphere(self, x: float, y: float, radius: float, colour: str) -> None:
        """A ball lit from above."""
        fill = GradientFill(colours=(mix(colour, "#FFFFFF", 0.35), colour, mix(colour, "#000000", 0.28)), stops=(0.0, 0.45, 1.0), angle=70)
        self.disc(x, y, radius, fill, Shadow(dy=radius * 0.35, blur=radius * 0.4, colour="#00000040"))

    def shade(self, x: float, y: float, radius: float, alpha: float = 0.42) -> None:
        """Where something touches the ground."""
        self.glow(x, y, radius, "#000000", alpha, squeeze=0.2)

    def drawing(self, name: str, x: float, y: float, size: float) -> None:
        box = Box(x=x - size / 2, y=y - size / 2, w=size, h=size)
        self.ops.append(DrawingOp(name=name, box=box, shadow=Shadow(dy=size * 0.05, blur=size * 0.06, colour="#00000059")))

    def subject(self, names: Sequence[str], x: float, y: float, size: float) -> None:
        """The first drawing, or an emblem when there is none."""
        self.kept = Box(x=x - size / 2, y=y - size / 2, w=size, h=size)
        if names:
            self.drawing(names[0], x, y, size)
        else:
            self.ops += emblem(size * 1.2, self.rng.randrange(1 << 30), self.text, self.scheme.accent, centre=(x, y))

    def motes(self, count: int, top: float = 0.08, bottom: float = 0.7) -> None:
        """Small lights in the air, away from the middle."""
        for _ in range(count):
            angle, reach_ = self.rng.uniform(0, 2 * math.pi), self.rng.uniform(0.33, 0.48)
            x, y = self.cx + math.cos(angle) * reach_ * self.w, self.cy + math.sin(angle) * reach_ * self.h
            if top * self.h <= y <= bottom * self.h:
                colour = self.rng.choice((self.scheme.accent, self.scheme.glow, "#FFFFFF"))
                self.disc(x, y, self.rng.uniform(4, 13) * self.u, with_alpha(colour, self.rng.uniform(0.35, 0.85)))

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str | GradientFill) -> None:
        points = [
            coordinate
            for step in range(96)
            for coordinate in (x + rx * math.cos(2 * math.pi * step / 96), y + ry * math.sin(2 * math.pi * step / 96))
        ]
        self.ops.append(PathOp(rings=(tuple(points),), is_closed=True, fill=fill))

    def drum(self, x: float, y: float, rx: float, depth: float, colour: str) -> None:
        """A round plinth seen a little from above; (x, y) is the middle of its top."""
        ry = rx * 0.2
        side = GradientFill(
            colours=(mix(colour, "#000000", 0.36), mix(colour, "#FFFFFF", 0.1), mix(colour, "#000000", 0.46)),
            stops=(0.0, 0.4, 1.0),
            angle=0,
        )
        self.shade(x, y + depth + ry * 0.5, rx * 1.35, 0.5)
        arc = [(x + rx * math.cos(math.pi * step / 48), y + depth + ry * math.sin(math.pi * step / 48)) for step in range(49)]
        ring = [(x + rx, y), *arc, (x - rx, y)]
        self.ops.append(PathOp(rings=(tuple(part for point in ring for part in point),), is_closed=True, fill=side))
        self.ellipse(x, y, rx, ry, GradientFill(colours=(mix(colour, "#FFFFFF", 0.2), mix(colour, "#FFFFFF", 0.42)), angle=90))

    # -- stagings

    def podium(self, names: Sequence[str]) -> None:
        s, u = self.scheme, self.u
        floor = self.cy + 240 * u
        self.disc(
            self.cx, self.cy - 40 * u, 370 * u, GradientFill(colours=(mix(s.shape, s.glow, 0.3), with_alpha(s.shape, 0.25)), angle=90)
        )
        self.ring(self.cx, self.cy - 40 * u, 425 * u, 0.2)
        table = GradientFill(colours=(mix(s.bottom, s.glow, 0.16), s.bottom), angle=90)
        self.ops.append(RectOp(box=Box(x=0, y=floor + 30 * u, w=self.w, h=max(self.h - floor - 30 * u, 1)), fill=table))
        self.motes(14)
        for side, name in zip((-1, 1), names[1:], strict=False):
            self.drum(self.cx + side * 370 * u, floor + 40 * u, 120 * u, 70 * u, s.shape)
            self.shade(self.cx + side * 370 * u, floor + 40 * u, 90 * u)
            self.drawing(name, self.cx + side * 370 * u, floor - 46 * u, 190 * u)
        self.drum(self.cx, floor + 96 * u, 330 * u, 76 * u, s.shape)
        self.drum(self.cx, floor + 36 * u, 250 * u, 60 * u, mix(s.shape, s.accent, 0.22))
        self.shade(self.cx, floor + 36 * u, 190 * u)
        self.subject(names, self.cx, floor - 205 * u, 500 * u)

    def arch(self, names: Sequence[str]) -> None:
        s, u = self.scheme, self.u
        half, top, floor = 340 * u, self.cy - 410 * u, self.cy + 330 * u
        fill = GradientFill(colours=(mix(s.shape, s.glow, 0.45), mix(s.shape, s.bottom, 0.35)), angle=90)
        points = [
            (self.cx + half * math.cos(math.pi * (1 + step / 64)), top + half + half * math.sin(math.pi * (1 + step / 64)))
            for step in range(65)
        ]
        ring = [*points, (self.cx + half, floor), (self.cx - half, floor)]
        flat = tuple(part for point in ring for part in point)
        self.glow(self.cx, self.cy, 620 * u, "#000000", 0.25)
        self.ops.append(PathOp(rings=(flat,), is_closed=True, fill=fill))
        edge = with_alpha("#FFFFFF", 0.28)
        self.ops.append(PathOp(rings=(flat,), is_closed=True, stroke=edge, stroke_width=3 * u))
        self.glow(self.cx, self.cy - 90 * u, 330 * u, s.glow, 0.55)
        floor_fill = GradientFill(colours=(mix(s.bottom, s.glow, 0.2), s.bottom), angle=90)
        self.ops.append(RectOp(box=Box(x=0, y=floor, w=self.w, h=max(self.h - floor, 1)), fill=floor_fill))
        self.motes(10)
        for side, name in zip((1, -1), names[1:], strict=False):
            self.shade(self.cx + side * 330 * u, floor + 34 * u, 120 * u)
            self.drawing(name, self.cx + side * 330 * u, floor - 60 * u, 200 * u)
        self.drum(self.cx, floor - 8 * u, 270 * u, 60 * u, mix(s.shape, s.accent, 0.3))
        self.shade(self.cx, floor - 8 * u, 200 * u)
        self.subject(names, self.cx, floor - 250 * u, 510 * u)

    def orbit(self, names: Sequence[str]) -> None:
        s, u = self.scheme, self.u
        for radius, alpha in ((300, 0.30), (395, 0.20), (480, 0.12)):
            self.ring(self.cx, self.cy, radius * u, alpha)
        disc = GradientFill(colours=(mix(s.shape, s.glow, 0.45), mix(s.shape, s.bottom, 0.2)), angle=80)
        self.disc(self.cx, self.cy, 300 * u, disc, Shadow(dy=30 * u, blur=50 * u, colour="#00000055"))
        start = self.rng.uniform(0, 2 * math.pi)
        for index, (radius, size) in enumerate(((300, 22), (395, 34), (395, 15), (480, 26), (480, 12))):
            angle = start + index * 2.4  # about the golden angle: never two beside each other
            x, y = self.cx + math.cos(angle) * radius * u, self.cy + math.sin(angle) * radius * u
            self.sphere(x, y, size * u, s.accent if index % 2 == 0 else mix(s.shape, "#FFFFFF", 0.25))
        for angle, name in zip((-0.62, math.pi - 0.62), names[1:], strict=False):
            x, y = self.cx + math.cos(angle) * 395 * u, self.cy + math.sin(angle) * 395 * u
            self.disc(x, y, 105 * u, mix(s.bottom, s.shape, 0.55), Shadow(dy=14 * u, blur=24 * u, colour="#00000055"))
            self.drawing(name, x, y, 130 * u)
        self.subject(names, self.cx, self.cy, 400 * u)

    def hills(self, names: Sequence[str]) -> None:
        s, u = self.scheme, self.u
        self.disc(self.cx + 210 * u, self.cy - 230 * u, 150 * u, GradientFill(colours=(s.accent, mix(s.accent, s.top, 0.35)), angle=90))
        self.glow(self.cx + 210 * u, self.cy - 230 * u, 360 * u, s.accent, 0.35)
        for layer in range(4):
            base = self.cy + (20 + 110 * layer) * u
            phase, swing = self.rng.uniform(0, 6.28), (70 - 10 * layer) * u
            line = [
                (self.w * step / 64, base + swing * math.sin(phase + 4.4 * step / 64) * math.cos(phase + 1.7 * step / 64))
                for step in range(65)
            ]
            ring = [*line, (self.w, self.h), (0, self.h)]
            colour = mix(mix(s.shape, s.glow, 0.35), s.bottom, layer / 3.6)
            fill = GradientFill(colours=(mix(colour, "#FFFFFF", 0.12), colour), angle=90)
            self.ops.append(PathOp(rings=(tuple(part for point in ring for part in point),), is_closed=True, fill=fill))
        self.motes(8, bottom=0.5)
        floor = self.cy + 330 * u
        for side, name in zip((-1, 1), names[1:], strict=False):
            self.shade(self.cx + side * 330 * u, floor + 20 * u, 120 * u)
            self.drawing(name, self.cx + side * 330 * u, floor - 70 * u, 200 * u)
        self.shade(self.cx, floor + 14 * u, 240 * u)
        self.subject(names, self.cx, floor - 235 * u, 530 * u)

    def strands(self) -> None:
        """Thirty-two lines that run side by side and cross once, over a soft light where they are closest."""
        s, u = self.scheme, self.u
        lean, phase = self.rng.uniform(-0.35, 0.35), self.rng.uniform(0, 2 * math.pi)
        knot, turn = self.rng.uniform(0.25, 0.75), self.rng.choice((-1, 1))
        self.glow(self.w * knot, self.cy + lean * self.h * (knot - 0.5), 520 * u, s.glow, 0.5)
        for index in range(32):
            share = index / 31 - 0.5
            line = []
            for step in range(97):
                x = step / 96
                spread = share * (0.16 + 1.5 * (x - knot) * turn)
                y = self.cy + self.h * (lean * (x - 0.5) + spread + 0.07 * math.sin(phase + 5.2 * x + 2.2 * share))
                line += [x * self.w, y]
            colour = mix(s.glow, s.accent if index % 8 == 0 else "#FFFFFF", abs(share) + 0.1)
            stroke = with_alpha(colour, 0.16 + 0.3 * (1 - 2 * abs(share)))
            self.ops.append(PathOp(rings=(tuple(line),), stroke=stroke, stroke_width=(4.5 if index % 8 == 0 else 2.2) * u))
