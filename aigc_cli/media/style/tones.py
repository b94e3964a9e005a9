"""The three tones of a brand, `dark`, `light` and `accent`: a ground, and inks that are measured against it.

Every text colour keeps 4.5:1 on its ground, the lights on it included (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from aigc_cli.media.style.palettes import contrast, from_oklch, ink_for, mix, oklch, reach, with_alpha
from aigc_cli.media.timeline import Box, GradientFill, Op, RectOp
from aigc_cli.shapes import Palette

if TYPE_CHECKING:
    from aigc_cli.media.style.brand import Brand

ToneName = Literal["dark", "light", "accent"]
READABLE = 4.5
"""The least contrast of a text on its ground (WCAG 2.2, success criterion 1.4.3)."""
AIM = 4.85
"""What a text colour is brought up to: film has fewer levels than a palette, and half as many samples of colour."""

LIGHTEST_DARK = 0.34
"""Lightness in OKLCH that no ground of a dark scene passes."""
_LEAST_GLOW = 0.26
_LEAST_INK = 4.7
"""The contrast of the ink itself: a little over `READABLE`, for what film loses."""


@dataclass(frozen=True)
class Glow:
    """A large soft light on a ground: centre and diameter in fractions of the frame's width and longer side."""

    x: float
    y: float
    size: float
    colour: str
    opacity: float
    met: float = 1.0
    """The share of its light that a text can stand in: less for one in a corner, where no template puts words."""


@dataclass(frozen=True)
class Tone:
    """The colours of one scene. Every text colour keeps 4.5:1 on the ground, its glows included."""

    name: ToneName
    top: str
    bottom: str
    glows: tuple[Glow, ...]
    ink: str
    quiet: str
    accent: str
    fill: str
    """Discs, buttons, patches."""
    on_fill: str
    disc: str
    """A large quiet-bright surface under a drawing."""
    hairline: str
    is_dark: bool
    patch: str
    """The brand's own accent, for a surface that words stand on in an ink of its own: the patch of a caption."""

    @property
    def palette(self) -> Palette:
        """The four colours that charts, maps and captions take."""
        return Palette(ground=self.bottom, ink=self.ink, accent=self.accent, quiet=self.quiet)

    @property
    def captions(self) -> Palette:
        """The four colours for captions: their patch has the brand's own accent in every scene, `quiet` the scene's."""
        return Palette(ground=self.bottom, ink=self.ink, accent=self.patch, quiet=self.accent)

    def dimmed(self) -> Tone:
        """The same with its corner lights dimmed, for scenes whose words have the whole stage."""
        return replace(self, glows=tuple(replace(glow, opacity=glow.opacity * min(1.0, glow.met * 1.5)) for glow in self.glows))

    def over(self, shades: Sequence[str]) -> Tone:
        """The same with text colours that are readable on these shades too."""
        hardest = min((*shades, *_worst(self)), key=lambda ground: contrast(self.ink, ground))
        return replace(self, quiet=reach(self.quiet, hardest, AIM), accent=reach(self.accent, hardest, AIM))

    def ground(self, width: int, height: int) -> tuple[Op, ...]:
        """The display list of the ground for a whole frame."""
        box = Box(x=0, y=0, w=width, h=height)
        ops: list[Op] = [RectOp(box=box, fill=GradientFill(colours=(self.top, self.bottom), angle=80))]
        for glow in self.glows:
            side = glow.size * max(width, height)
            lights = tuple(with_alpha(glow.colour, glow.opacity * share) for share in _FALLOFF)
            ops.append(
                RectOp(
                    box=Box(x=glow.x * width - side / 2, y=glow.y * height - side / 2, w=side, h=side),
                    fill=GradientFill(form="radial", colours=lights, stops=tuple(i / (len(_FALLOFF) - 1) for i in range(len(_FALLOFF)))),
                )
            )
        return tuple(ops)


# A cosine falloff: a straight one shows a ring where the light ends.
_FALLOFF = (1.0, 0.962, 0.854, 0.691, 0.5, 0.309, 0.146, 0.038, 0.0)


def _worst(tone: Tone) -> tuple[str, ...]:
    """The colours that a text may stand on: both ends of the ground, alone and in the middle of each glow."""
    ends = (tone.top, tone.bottom)
    return (*ends, *(mix(end, glow.colour, glow.opacity * glow.met) for end in ends for glow in tone.glows))


def _least(colour: str, tone: Tone) -> float:
    return min(contrast(colour, ground) for ground in _worst(tone))


def _finished(tone: Tone) -> Tone:
    """Dims the glows until the ink reads everywhere, then brings the other text colours up to 4.5:1."""
    while _least(tone.ink, tone) < _LEAST_INK and any(glow.opacity > 0.02 for glow in tone.glows):
        tone = _dim(tone)
    # An accent keeps its own hue as long as the light is not lost for it.
    while _least(tone.accent, tone) < READABLE and any(glow.opacity > _LEAST_GLOW for glow in tone.glows):
        tone = _dim(tone)
    return replace(tone, quiet=_reach_all(tone.quiet, tone), accent=_reach_all(tone.accent, tone))


def _dim(tone: Tone) -> Tone:
    return replace(tone, glows=tuple(replace(glow, opacity=glow.opacity * 0.85) for glow in tone.glows))


def _reach_all(colour: str, tone: Tone) -> str:
    hardest = min(_worst(tone), key=lambda ground: contrast(colour, ground))
    best = reach(colour, hardest, AIM)
    return best if _least(best, tone) >= READABLE - 0.01 else mix(best, tone.ink, 0.75)


def dark(brand: Brand) -> Tone:
    """The colours of a dark scene: the brand's own ground, lit by its second colour."""
    light, chroma, hue = oklch(brand.palette.ground)
    high = min(max(light + 0.035, 0.19), LIGHTEST_DARK)  # never pure black
    top, bottom = from_oklch(high, chroma * 1.1, hue), from_oklch(max(high - 0.11, 0.105), chroma * 0.75, hue)
    glow_light, glow_chroma, glow_hue = oklch(brand.secondary)
    deep = from_oklch(min(glow_light, 0.4), glow_chroma * 0.85, glow_hue - 8)
    fill = brand.palette.accent
    return _finished(
        Tone(
            name="dark",
            top=top,
            bottom=bottom,
            glows=(Glow(0.82, 0.22, 0.84, brand.secondary, 0.42, 0.6), Glow(0.08, 0.80, 0.72, deep, 0.5, 0.7)),
            ink=brand.palette.ink,
            quiet=brand.palette.quiet,
            accent=brand.palette.accent,
            fill=fill,
            on_fill=_on(fill, from_oklch(0.17, min(chroma, 0.03), hue)),
            disc=_surface(brand.secondary),
            hairline="#FFFFFF24",
            is_dark=True,
            patch=brand.palette.accent,
        )
    )


def darkened(ground: str) -> str:
    """A colour deep enough to be the ground of dark scenes."""
    light, chroma, hue = oklch(ground)
    return ground if light <= LIGHTEST_DARK else from_oklch(LIGHTEST_DARK, chroma, hue)


def _on(fill: str, dark: str) -> str:
    """The ink on a surface: white or a deep tone of the brand, or black where the deep tone is not deep enough."""
    best = ink_for(fill, dark, "#FFFFFF")
    return best if contrast(best, fill) >= READABLE else ink_for(fill, "#000000", "#FFFFFF")


def _surface(colour: str) -> str:
    """A colour as a large surface: never so bright or so dark that a drawing on it is lost."""
    light, chroma, hue = oklch(colour)
    return from_oklch(min(max(light, 0.45), 0.72), chroma, hue)


def light(brand: Brand) -> Tone:
    """The colours of a light scene."""
    _, chroma, hue = oklch(brand.light_ground or brand.secondary)
    # Warm colours make cream, not pink.
    cream = 78.0 if 20 <= hue <= 78 else hue
    base = brand.light_ground or from_oklch(0.957, min(chroma * 0.12, 0.018), cream)
    base_light, base_chroma, _ = oklch(base)
    bottom = from_oklch(base_light - 0.06, min(base_chroma * 1.9 + 0.006, 0.05), hue if brand.light_ground else cream)
    ground_light, ground_chroma, ground_hue = oklch(brand.palette.ground)
    ink = brand.dark_ink or from_oklch(min(ground_light, 0.22), min(ground_chroma, 0.05), ground_hue)
    return _finished(
        Tone(
            name="light",
            top=base,
            bottom=bottom,
            glows=(Glow(0.5, 0.34, 0.74, "#FFFFFF", 0.9), Glow(0.96, 0.96, 0.7, brand.secondary, 0.14)),
            ink=reach(ink, bottom, 7.0),
            quiet=mix(ink, bottom, 0.36),
            accent=_deep(brand.secondary),
            fill=ink,
            on_fill=_on(ink, "#111418"),
            disc=_surface(brand.secondary),
            hairline=with_alpha(ink, 0.10),
            is_dark=False,
            patch=brand.palette.accent,
        )
    )


def _deep(colour: str) -> str:
    light, chroma, hue = oklch(colour)
    return from_oklch(min(light, 0.58), max(chroma, 0.02), hue)


def accent(brand: Brand) -> Tone:
    """The colours of a scene on the brand's second colour."""
    light, chroma, hue = oklch(brand.secondary)
    is_bright = light > 0.78 or 88 <= hue <= 125  # yellows turn to mud when they are darkened
    top = from_oklch(light if is_bright else min(max(light, 0.42), 0.56), chroma, hue)
    top_light = oklch(top)[0]
    bottom = from_oklch(top_light - (0.07 if is_bright else 0.15), chroma * 0.95, hue - 6)
    deep = from_oklch(0.2, min(oklch(brand.palette.ground)[1], 0.05), oklch(brand.palette.ground)[2])
    ink = ink_for(mix(top, bottom, 0.5), deep, "#FFFFFF")
    is_dark = ink == "#FFFFFF"
    while is_dark and contrast(ink, top) < 6.2:  # room for the glow
        top_light -= 0.01
        top, bottom = from_oklch(top_light, chroma, hue), from_oklch(top_light - 0.15, chroma * 0.95, hue - 6)
    while not is_dark and contrast(ink, bottom) < _LEAST_INK and top_light < 1.0:  # a deep yellow bears neither ink as it is
        top_light += 0.01
        drop = 0.07 if is_bright else 0.15
        top, bottom = from_oklch(top_light, chroma, hue), from_oklch(top_light - drop, chroma * 0.95, hue - 6)
    fill = deep if contrast(deep, top) > 2 else "#FFFFFF"
    return _finished(
        Tone(
            name="accent",
            top=top,
            bottom=bottom,
            glows=(
                Glow(0.1, 0.03, 0.5, from_oklch(min(top_light + 0.24, 0.86), chroma * 1.05, hue + 12), 0.62, 0.3),
                Glow(0.98, 0.98, 0.7, deep, 0.22 if is_dark else 0.0, 0.5),
            ),
            ink=ink,
            quiet=mix(ink, bottom, 0.14),
            accent=ink,
            fill=fill,
            on_fill=_on(fill, deep),
            disc="#FFFFFF",
            hairline="#FFFFFF30",
            is_dark=is_dark,
            patch=ink,
        )
    )
