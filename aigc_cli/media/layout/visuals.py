"""The layers of a scene's picture: a card that the camera moves in, a drawing on a disc, or the whole frame under a scrim."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aigc_cli.media.layout import clear, moves
from aigc_cli.media.layout.moves import Clock
from aigc_cli.media.layout.scene_template import Enter
from aigc_cli.media.layout.stack import shift
from aigc_cli.media.style.brand import Tone
from aigc_cli.media.style.palettes import with_alpha
from aigc_cli.media.timeline import Box, Drawing, GradientFill, ImageOp, Layer, Motion, RectOp, Shadow, Sprite, Still
from aigc_cli.shapes import Picture

_RADIUS = 52.0
MOST_BLOWN_UP = 2.8
"""A photo that reaches the frame's edges, or that is seen close, may be this much larger than its pixels."""
ROUND = 400.0
"""Greatest diameter of a round picture over words; beside them it may be larger."""
_ROUND_BESIDE = 620.0
_ROOM = 0.1  # around a cut-out of the user's own in a disc, of its sides
_DRIFT = 14.0  # of a cut-out and of its disc, each to its own side
_FAR, _NEAR = 0.3, 2.0  # how much the camera moves the farthest and the nearest plane, of what it would move the whole
_SCRIM_LEAST, _SCRIM_MOST = 0.1, 0.64
_SCRIM_FADE = 0.12  # of the frame's height, from words to where the scrim is at its least
_SCRIM_STOPS = 25
# Pictures are painted this much larger than they are seen, so that a sub-pixel crop of them stays sharp.
_OVERSAMPLE = 1.3


@dataclass(frozen=True)
class Camera:
    """How the camera moves in this scene."""

    way: str
    index: int
    amount: float


@dataclass(frozen=True)
class Setting:
    """What every layer of a scene's picture needs to know."""

    tone: Tone
    clock: Clock
    enter: Enter
    camera: Camera
    is_seen: bool
    """The picture is there from the scene's first frame: it opens the clip, or a fade brings it."""
    zoom: float = 1.0
    """How much closer a photo is seen than it would be to fill its place."""


def sprite(name: str, box: Box, drawing: Drawing, *, role: str = "decor", motion: Motion | None = None) -> Layer:
    """A layer of a display list given in frame pixels, its box grown to whole pixels."""
    left, top = math.floor(box.x), math.floor(box.y)
    whole = Box(x=left, y=top, w=max(1, math.ceil(box.right) - left), h=max(1, math.ceil(box.bottom) - top))
    return Layer.model_validate(
        {"id": name, "box": whole, "content": Sprite(drawing=shift(drawing, -left, -top)), "motion": motion or Motion(), "role": role}
    )


def card(picture: Picture, place: Box, setting: Setting) -> tuple[Layer, ...]:
    """A picture as a card: soft shadow, rounded corners, hairline; the camera moves inside it."""
    k = setting.clock.scale
    place = Box(x=round(place.x), y=round(place.y), w=2 * round(place.w / 2), h=2 * round(place.h / 2))
    pivot = (place.x + place.w / 2, place.y + place.h / 2)
    motion = moves.entrance(setting.enter, setting.clock, pivot=pivot, is_seen=setting.is_seen)
    radius = min(_RADIUS * k, place.w / 4, place.h / 4)
    margin = 130 * k
    around = Box(x=place.x - margin, y=place.y - margin + 26 * k, w=place.w + 2 * margin, h=place.h + 2 * margin)
    shade = "#00000061" if setting.tone.is_dark else with_alpha(setting.tone.ink, 0.26)
    shadow = RectOp(box=place, radius=radius, shadow=Shadow(dy=26 * k, blur=44 * k, colour=shade))
    line = RectOp(
        box=Box(x=place.x + 1, y=place.y + 1, w=place.w - 2, h=place.h - 2),
        radius=radius - 1,
        stroke="#FFFFFF24" if setting.tone.is_dark else "#FFFFFF66",
        stroke_width=2 * max(k, 0.5),
    )
    return (
        sprite("picture-shadow", around, (shadow,), motion=motion),
        *_stills(picture, place, setting, motion, radius),
        sprite("picture-line", place, (line,), motion=motion),
    )


def round_card(picture: Picture, region: Box, setting: Setting, *, is_over: bool) -> tuple[Layer, ...]:
    """A picture as a disc with a ring around it: at the region's foot over words, in its middle beside them."""
    k = setting.clock.scale
    most = (ROUND if is_over else _ROUND_BESIDE) * k
    side = 2 * round(min(region.w, region.h, most) / 2)
    left = round(region.x + (region.w - side) / 2)
    top = round(region.bottom - side if is_over else region.y + (region.h - side) / 2)
    place = Box(x=left, y=top, w=side, h=side)
    pivot = (place.x + side / 2, place.y + side / 2)
    motion = moves.entrance(setting.enter, setting.clock, pivot=pivot, is_seen=setting.is_seen)
    rim = 10 * k
    ring = RectOp(box=_square(*pivot, side), radius=side, stroke="#FFFFFF" if setting.tone.is_dark else "#FFFFFFE6", stroke_width=rim)
    shade = "#00000061" if setting.tone.is_dark else with_alpha(setting.tone.ink, 0.26)
    shadow = RectOp(box=place, radius=side / 2, shadow=Shadow(dy=20 * k, blur=36 * k, colour=shade))
    under: Drawing = (shadow,)
    if picture.is_cutout:
        under = (shadow, RectOp(box=place, radius=side / 2, fill=setting.tone.disc))
    return (
        sprite("picture-shadow", _square(*pivot, side + 200 * k), under, motion=motion),
        _still(picture, place, setting, motion, side / 2),
        sprite("picture-line", _square(*pivot, side + 2 * rim), (ring,), motion=motion),
    )


def bleed(
    picture: Picture,
    place: Box,
    setting: Setting,
    *,
    shade_from: float,
    shade_to: float = 0.0,
    taken: Sequence[Box] = (),
    is_whole: bool = False,
) -> tuple[Layer, ...]:
    """A picture that reaches the frame's edges, faces beside what is `taken`.

    Under `shade_from`, where captions stand, and over `shade_to`, where the row at the top stands, it is dimmed.
    One that is the `whole` frame goes on under captions in all its light: there the shade is deep where they begin.
    """
    # Even sides for the chroma; what is lost of them is lost inside the frame, not at its edge.
    right, bottom = round(place.right), round(place.bottom)
    w, h = 2 * ((right - round(place.x)) // 2), 2 * ((bottom - round(place.y)) // 2)
    place = Box(x=right - w if place.x > 0 else 0, y=bottom - h if place.y > 0 else 0, w=w, h=h)
    layers: tuple[Layer, ...] = _stills(picture, place, setting, Motion(), 0.0, taken)
    if shade_to > place.y:
        box = Box(x=place.x, y=place.y, w=place.w, h=min((shade_to - place.y) * 1.6, place.h))
        colours = tuple(with_alpha(setting.tone.bottom, alpha) for alpha in (0.36, 0.82, 0.82, 0.0))
        fill = GradientFill(colours=colours, stops=(0, 0.44, 0.62, 1))
        layers += (sprite("shade", box, (RectOp(box=box, fill=fill),), role="ground"),)
    if place.bottom > shade_from:
        top = shade_from - (0.22 if is_whole else 0.12) * place.h
        dark = setting.tone.bottom
        alphas: tuple[float, ...] = (0.0, 0.36, 0.78, 0.8)
        stops: tuple[float, ...] = (0.0, 0.13, 0.25, 1.0)
        if is_whole:
            begin = (shade_from - top) / (place.bottom - top)
            alphas, stops = (0.0, 0.12, 0.46, _SCRIM_MOST, 0.8), (0.0, begin * 0.35, begin * 0.75, begin * 1.1, 1.0)
        fill = GradientFill(colours=tuple(with_alpha(dark, alpha) for alpha in alphas), stops=stops)
        box = Box(x=place.x, y=top, w=place.w, h=place.bottom - top)
        layers += (sprite("scrim", box, (RectOp(box=box, fill=fill),), role="ground"),)
    return layers


def panel(name: str, box: Box, tone: Tone, clock: Clock, *, is_strong: bool, is_seen: bool) -> Layer:
    """A surface under words, a little deeper than its ground (lighter on a light one); a strong one is filled with the accent."""
    k = clock.scale
    fill = with_alpha(tone.bottom, 0.5) if tone.is_dark else "#FFFFFF8C"
    line, width = with_alpha(tone.ink, 0.14), 2 * max(k, 0.5)
    if is_strong:
        fill, line = tone.fill, tone.fill
    inner = Box(x=box.x + width / 2, y=box.y + width / 2, w=box.w - width, h=box.h - width)
    op = RectOp(box=inner, radius=40 * k, fill=fill, stroke=line, stroke_width=width)
    pivot = (box.x + box.w / 2, box.y + box.h / 2)
    motion = moves.entrance(Enter(name="card"), clock, pivot=pivot, is_seen=is_seen)
    return sprite(name, box, (op,), motion=motion)


def full(picture: Picture, frame: Box, setting: Setting, taken: Sequence[Box] = ()) -> tuple[Layer, ...]:
    """A picture over the whole frame, its faces beside what is `taken`, and a scrim that makes white words readable on anything."""
    scrim = RectOp(box=frame, fill=_scrim(frame, taken))
    return (
        *_stills(picture, frame, setting, Motion(), 0.0, taken),
        sprite("scrim", frame, (scrim,), role="ground"),
    )


def _scrim(frame: Box, taken: Sequence[Box]) -> GradientFill:
    """Dark where words are, so that white on white reads (4.5:1 needs 53 %), and light on the rest of the picture."""
    stops, fade = [at / (_SCRIM_STOPS - 1) for at in range(_SCRIM_STOPS)], _SCRIM_FADE * frame.h
    alphas = []
    for at in stops:
        y = at * frame.h
        away = min((max(box.y - y, y - box.bottom, 0.0) for box in taken), default=fade)
        near = max(1.0 - away / fade, 0.0)
        alphas.append(_SCRIM_LEAST + (_SCRIM_MOST - _SCRIM_LEAST) * near * near * (3 - 2 * near))
    return GradientFill(colours=tuple(with_alpha("#000000", alpha) for alpha in alphas), stops=tuple(stops))


def _still(  # noqa: PLR0917
    picture: Picture, place: Box, setting: Setting, motion: Motion, radius: float, taken: Sequence[Box] = ()
) -> Layer:
    width, height = (2 * round(side * _OVERSAMPLE / 2) for side in (place.w, place.h))
    aim, _ = clear.aim(picture, place, taken)
    closer = _closer(picture, place, setting.zoom)
    whole = Box(x=0, y=0, w=width, h=height)
    if closer > 1:
        focus = _inner_focus(picture, place, aim)
        whole = Box(x=width * (1 - closer) * focus[0], y=height * (1 - closer) * focus[1], w=width * closer, h=height * closer)
    painted = ImageOp(image=picture.image, box=whole, focus=aim)
    if picture.is_cutout and picture.is_photo:  # a thing of any shape is seen whole; a drawing is square and has room of its own
        inner = Box(x=width * _ROOM, y=height * _ROOM, w=width * (1 - 2 * _ROOM), h=height * (1 - 2 * _ROOM))
        painted = painted.model_copy(update={"box": inner, "fit": "inside"})
    camera = setting.camera
    focus = _inner_focus(picture, place, aim)
    start, end = moves.camera(width, height, focus, way=camera.way, index=camera.index, amount=camera.amount)
    return Layer(
        id="picture",
        box=place,
        content=Still(source=(painted,), width=width, height=height, start=start, end=end, radius=radius),
        motion=motion,
        role="picture",
    )


def _stills(  # noqa: PLR0917
    picture: Picture, place: Box, setting: Setting, motion: Motion, radius: float, taken: Sequence[Box] = ()
) -> tuple[Layer, ...]:
    """A picture under the camera: one still, or one for each of its depth planes, the nearer ones moving more."""
    if not picture.planes or setting.camera.way == "still":
        return (_still(picture, place, setting, motion, radius, taken),)
    layers = []
    for order, plane in enumerate(picture.planes):
        depth = _FAR + (_NEAR - _FAR) * order / max(len(picture.planes) - 1, 1)
        moved = replace(setting, camera=replace(setting.camera, amount=setting.camera.amount * depth))
        layer = _still(picture.model_copy(update={"image": plane}), place, moved, motion, radius, taken)
        layers.append(layer.model_copy(update={"id": f"picture-{order}"}))
    return tuple(layers)


def _closer(picture: Picture, place: Box, zoom: float) -> float:
    """How much closer a photo is seen, as far as its pixels bear it; things cut out and people's faces are seen whole."""
    if zoom <= 1 or picture.is_cutout or picture.faces:
        return 1.0
    filling = max(place.w / picture.width, place.h / picture.height)
    return max(1.0, min(zoom, MOST_BLOWN_UP / filling))


def _inner_focus(picture: Picture, place: Box, aim: tuple[float, float]) -> tuple[float, float]:
    """Where the subject is within the part of the picture that the place shows."""
    crop = clear.crop_of(picture, place, aim)
    x, y = (picture.focus[0] - crop.x) / crop.w, (picture.focus[1] - crop.y) / crop.h
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)


def disc(picture: Picture, region: Box, setting: Setting) -> tuple[Layer, ...]:
    """A cut-out on a disc with a fine ring around it; the drawing floats."""
    k, tone = setting.clock.scale, setting.tone
    plate = min(region.w * 0.76, region.h * 0.94, 720 * k)
    ring = plate * 1.24
    x, y = region.x + region.w / 2, region.y + region.h / 2
    centre = (x, y)
    drawing = plate * 0.9  # a cut-out carries a margin of its own
    grown = moves.entrance(setting.enter, setting.clock, pivot=centre, is_seen=setting.is_seen)
    inner = _square(x, y, plate)
    ops: Drawing = (
        RectOp(
            box=_square(x, y, ring - 4 * k),
            radius=ring,
            stroke=with_alpha(tone.disc if tone.name != "accent" else "#FFFFFF", 0.36),
            stroke_width=3 * k,
        ),
        RectOp(box=inner, radius=plate, fill=tone.disc),
        RectOp(box=inner, radius=plate, fill=GradientFill(colours=("#FFFFFF2E", "#FFFFFF00", "#00000024"), angle=70)),
    )
    place = _square(x, y, drawing)
    pop = moves.entrance(
        Enter(name="pop", delay_ms=setting.enter.delay_ms + (0 if setting.is_seen else 90)),
        setting.clock,
        pivot=centre,
        is_seen=setting.is_seen,
    )
    motion = moves.floating(setting.clock, setting.camera.index, pop, place)
    image = ImageOp(image=picture.image, box=place, fit="inside", shadow=Shadow(dy=drawing * 0.05, blur=drawing * 0.05, colour="#00000066"))
    margin = drawing * 0.2
    around = Box(x=place.x - margin, y=place.y - margin, w=place.w + 2 * margin, h=place.h + 2 * margin)
    if picture.is_photo:  # a thing of the user's own is before its disc: they drift apart
        grown = moves.drifting(setting.clock, setting.camera.index, grown, -_DRIFT)
        motion = moves.drifting(setting.clock, setting.camera.index, motion, _DRIFT)
    return (
        sprite("disc", _square(x, y, ring), ops, motion=grown),
        sprite("picture", around, (image,), role="picture", motion=motion),
    )


def _square(x: float, y: float, side: float) -> Box:
    return Box(x=x - side / 2, y=y - side / 2, w=side, h=side)
