"""What stands before the items of a list: a short bar, its number, a tick or a cross. Lengths in frame pixels, from (0, 0)."""

from __future__ import annotations

from aigc_cli.media.layout.scene_template import Marker
from aigc_cli.media.style import fonts
from aigc_cli.media.style.brand import Brand, Tone
from aigc_cli.media.style.palettes import with_alpha
from aigc_cli.media.timeline import Box, Drawing, PathOp, RectOp, TextOp

_DISC = 1.22  # diameter over the size of the words
_BAR = 22.0
_TICK = ((-0.24, 0.02), (-0.07, 0.19), (0.25, -0.17))
_CROSS = (((-0.18, -0.18), (0.18, 0.18)), ((-0.18, 0.18), (0.18, -0.18)))


def width(name: Marker, size: float, scale: float) -> float:
    """How wide a marker is beside words of a size."""
    return _BAR * scale if name == "bar" else _DISC * size


def height(name: Marker, size: float, scale: float) -> float:
    """How high it is."""
    return 8 * scale if name == "bar" else _DISC * size


def indent(name: Marker, size: float, scale: float) -> float:
    """Where the words begin."""
    return width(name, size, scale) + (22 * scale if name == "bar" else 0.46 * size)


def marker(name: Marker, number: int, middle: float, size: float, scale: float, tone: Tone, *, fonts_of: Brand) -> Drawing:  # noqa: PLR0917
    """A marker with its middle at the height `middle`."""
    if name == "bar":
        bar = Box(x=0, y=middle - 4 * scale, w=_BAR * scale, h=8 * scale)
        return (RectOp(box=bar, radius=4 * scale, fill=tone.accent),)
    side = _DISC * size
    x = side / 2
    disc = Box(x=0, y=middle - side / 2, w=side, h=side)
    if name == "number":
        style = fonts_of.style("index")
        large = size * 0.66
        about = {"family": style.family, "weight": style.weight, "size": large}
        text = str(number)
        left = x - fonts.width(text, **about) / 2  # type: ignore[arg-type]  # one dictionary for mixed types
        baseline = middle + large * fonts.cap_height(style.family, style.weight) / 2
        ink = tone.accent
        ring = RectOp(box=disc, radius=x, fill=with_alpha(ink, 0.16), stroke=with_alpha(ink, 0.55), stroke_width=3 * scale)
        return (ring, TextOp(text=text, x=left, y=baseline, colour=tone.ink, **about))
    pen = max(4 * scale, size * 0.1)
    if name == "check":
        tick = tuple(value for dx, dy in _TICK for value in (x + dx * side, middle + dy * side))
        return (
            RectOp(box=disc, radius=x, fill=with_alpha(tone.accent, 0.18)),
            PathOp(rings=(tick,), stroke=tone.accent, stroke_width=pen),
        )
    strokes = tuple(tuple(value for dx, dy in line for value in (x + dx * side, middle + dy * side)) for line in _CROSS)
    return (
        RectOp(box=disc, radius=x, fill=with_alpha(tone.ink, 0.08)),
        *(PathOp(rings=(line,), stroke=with_alpha(tone.ink, 0.6), stroke_width=pen) for line in strokes),
    )
