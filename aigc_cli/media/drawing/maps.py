"""Maps drawn natively: land and borders, quiet places, and the news with rings that open over it and a name beside it.

The map is one drawing under a slow push towards the news; rings, dots and names are layers of their own that ride on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from aigc_cli.media.drawing import geography
from aigc_cli.media.drawing.cartography import Inks, MapDrawing, tint
from aigc_cli.media.drawing.geography import View
from aigc_cli.media.drawing.manner import Manner
from aigc_cli.media.style import fonts
from aigc_cli.media.style.palettes import oklch, with_alpha
from aigc_cli.media.timeline import Box, Drawing, Key, Layer, Motion, RectOp, Sprite, Still, TextOp
from aigc_cli.storyboard import MapVisual, Place

_PUSH = 0.92  # width of the last view over the first
_OVERSAMPLE = 1.2
_MOST_NEWS = 5
_RIDE_KEYS = 8
_STILL_S = 0.4  # nothing moves at the end of a scene but the camera
_RINGS = ((150.0, 0.10), (100.0, 0.18), (58.0, 0.30))


def map_layers(visual: MapVisual, box: Box, manner: Manner, *, frame: Box | None = None, glow: str = "") -> tuple[Layer, ...]:
    """A map as layers of a scene.

    Args:
        visual: places; those with `is_news` are centred on, marked in the alert colour with rings, and named.
        box: its place in the frame. A box that starts at the frame's left edge fades out above and below; any other is a
            rounded card.
        manner: how.
        frame: a map that fills all of this, with the news in the middle of `box` and the ground over what is not `box`; where
            it would reach beyond the pole, it stays in its box.
        glow: colour of a soft light on the sea of such a map.

    Returns:
        The map itself, then rings, dots and names, from the back to the front.
    """
    colours, scale = manner.colours, manner.scale
    news = sorted((place for place in visual.places if place.is_news), key=lambda place: -place.weight)
    shown = news or sorted(visual.places, key=lambda place: -place.weight)[:1]
    view = geography.view_of([(place.longitude, place.latitude) for place in shown], visual.span_degrees, box.w, box.h)
    whole = _extended(view, box, frame) if frame else None
    inks = Inks(
        land=tint(colours.ground, 0.125, 0.055),
        coast=tint(colours.ground, 0.33, 0.08),
        border=tint(colours.ground, 0.25, 0.065),
        quiet=colours.accent,
        ink=colours.ink,
        ground=colours.ground,
        shade=tint(colours.ground, -0.09, 0.02) if oklch(colours.ground)[0] < 0.6 else colours.ground,
        glow=glow,
        alert=manner.alert,
    )
    room = box
    hero = None
    if whole and frame:
        hero = Box(x=box.x - frame.x, y=box.y - frame.y, w=box.w, h=box.h)
        view, box = whole, frame
    is_card = whole is None and box.x > 8 * scale
    marked = news[:_MOST_NEWS]
    quiet = [place for place in visual.places if place not in marked]
    camera = _Camera(box, view, shown, manner.frames)
    still = _still(view, quiet, inks, camera, is_card=is_card, scale=scale, hero=hero)
    fade = (Key(frame=0, value=0.0), Key(frame=max(round(0.3 * manner.fps), 1), value=1.0, ease="out"))
    enter = Motion(opacity=() if manner.is_seen else fade)
    layers = [Layer(id="map", box=box, content=still, motion=enter, role="picture")]
    marks = _Marks(camera, room, inks, manner)
    # The first of the news is the largest: it is drawn last, above the others.
    for number, place in reversed(list(enumerate(marked))):
        layers += marks.rings(place, number)
    return (*layers, *marks.names(marked))


def _extended(view: View, box: Box, frame: Box) -> View | None:
    """The view of a box grown to the frame around it, the places staying where they are; None beyond the north pole."""
    right, down = frame.x + frame.w / 2 - (box.x + box.w / 2), frame.y + frame.h / 2 - (box.y + box.h / 2)
    north = box.y + box.h / 2 - frame.y
    # Where a degree of latitude is as high as in the box, whatever the middle of the frame is.
    latitude = view.latitude - down / (view.scale * view.stretch)
    grown = view.model_copy(
        update={
            "longitude": view.longitude + right / view.scale,
            "latitude": latitude,
            "width": frame.w,
            "height": frame.h,
            "fixed_stretch": view.stretch,
        }
    )
    is_inside = view.latitude + north / (view.scale * view.stretch) < 86 and grown.span < 300
    return grown if is_inside else None


class _Camera:
    """The push: which part of the map is seen at a share of the shot, and where a place is then in the frame."""

    def __init__(self, box: Box, view: View, places: Sequence[Place], frames: int) -> None:
        self.box, self.view, self.frames = box, view, frames
        spots = [view.at(place.longitude, place.latitude) for place in places] or [(box.w / 2, box.h / 2)]
        fx, fy = sum(x for x, _ in spots) / len(spots), sum(y for _, y in spots) / len(spots)
        self.start = Box(x=0, y=0, w=box.w, h=box.h)
        # The news keeps its place in the frame while the map grows around it.
        self.end = Box(x=fx * (1 - _PUSH), y=fy * (1 - _PUSH), w=box.w * _PUSH, h=box.h * _PUSH)

    def place(self, x: float, y: float, share: float) -> tuple[float, float]:
        """A point of the map, in frame pixels, at a share of the shot."""
        a, b = self.start, self.end
        left, top, width = (p + (q - p) * share for p, q in ((a.x, b.x), (a.y, b.y), (a.w, b.w)))
        grow = self.box.w / width
        return self.box.x + (x - left) * grow, self.box.y + (y - top) * grow

    def ride(self, x: float, y: float) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
        """Curves of dx and dy for a layer that rides on the map at a point."""
        x0, y0 = self.place(x, y, 0)
        spots = [(round(self.frames * step / _RIDE_KEYS), self.place(x, y, step / _RIDE_KEYS)) for step in range(_RIDE_KEYS + 1)]
        unique = dict(spots)
        across = tuple(Key(frame=frame, value=round(spot[0] - x0, 4)) for frame, spot in unique.items())
        down = tuple(Key(frame=frame, value=round(spot[1] - y0, 4)) for frame, spot in unique.items())
        return across, down


def _still(
    view: View, quiet: Sequence[Place], inks: Inks, camera: _Camera, *, is_card: bool, scale: float, hero: Box | None = None
) -> Still:
    big = view.model_copy(
        update={"width": view.width * _OVERSAMPLE, "height": view.height * _OVERSAMPLE, "scale": view.scale * _OVERSAMPLE}
    )
    ends = camera.end.y / camera.box.h, (camera.end.y + camera.end.h) / camera.box.h
    clear = hero and Box(x=hero.x * _OVERSAMPLE, y=hero.y * _OVERSAMPLE, w=hero.w * _OVERSAMPLE, h=hero.h * _OVERSAMPLE)
    drawing = MapDrawing(big, inks, scale * _OVERSAMPLE, ends, is_card=is_card, hero=clear).draw(quiet)
    boxes = [Box(x=b.x * _OVERSAMPLE, y=b.y * _OVERSAMPLE, w=b.w * _OVERSAMPLE, h=b.h * _OVERSAMPLE) for b in (camera.start, camera.end)]
    return Still(
        source=drawing,
        width=max(round(big.width), 1),
        height=max(round(big.height), 1),
        start=boxes[0],
        end=boxes[1],
        radius=48 * scale if is_card else 0,
    )


class _Marks:
    """Rings, dots and names of the news."""

    def __init__(self, camera: _Camera, room: Box, inks: Inks, manner: Manner) -> None:
        self.camera, self.room, self.inks, self.body, self.language = camera, room, inks, manner.body, manner.language
        self.k = manner.scale * min(1.0, room.w / (700 * manner.scale), room.h / (560 * manner.scale))
        self.frames, self.fps = manner.frames, manner.fps

    def _frames(self, seconds: float) -> int:
        return round(seconds * self.fps)

    def _spot(self, place: Place) -> tuple[float, float]:
        return self.camera.view.at(place.longitude, place.latitude)

    def rings(self, place: Place, number: int) -> list[Layer]:
        """Three discs that open one after the other, one ring that goes on spreading, and the dot."""
        size = self.k * (1.0 if number == 0 else 0.34 + 0.3 * min(place.weight, 1.0))
        start = self._frames(0.35 + 0.18 * number)
        layers = []
        for order, (radius, alpha) in enumerate(_RINGS):
            begin = start + self._frames(0.12 * (len(_RINGS) - 1 - order))
            curve = (Key(frame=begin, value=0.05), Key(frame=begin + self._frames(0.5), value=1.0, ease="out-expo"))
            disc = _disc(radius * size, with_alpha(self.inks.alert, alpha))
            layers.append(self._layer(f"ring-{number}-{order}", place, radius * size, disc, scale=curve, start=begin))
        if number == 0:
            layers += self._pulse(place, size, start + self._frames(0.9))
        radius = 20 * max(size, 0.6 * self.k)
        dot = _disc(radius, self.inks.alert, stroke="#FFFFFF", width=radius / 4)
        curve = (Key(frame=start, value=0.2), Key(frame=start + self._frames(0.4), value=1.0, ease="out-back"))
        layers.append(self._layer(f"dot-{number}", place, radius * 1.2, dot, scale=curve, start=start))
        return layers

    def _pulse(self, place: Place, size: float, start: int) -> list[Layer]:
        period, end = self._frames(1.5), self.frames - self._frames(_STILL_S)
        layers, radius = [], 190 * size
        for turn, begin in enumerate(range(start, end - period + 1, period)):
            ring = _disc(radius, None, stroke=with_alpha(self.inks.alert, 0.7), width=4 * size)
            scale = (Key(frame=begin, value=0.3), Key(frame=begin + period, value=1.0, ease="out"))
            fade = (Key(frame=begin, value=0.9), Key(frame=begin + period, value=0.0))
            layer = self._layer(f"pulse-{turn}", place, radius + 4 * size, ring, scale=scale, start=begin, opacity=fade)
            layers.append(layer.model_copy(update={"frames": period}))
        return layers

    def _layer(
        self,
        name: str,
        place: Place,
        radius: float,
        draw: Callable[[float], Drawing],
        *,
        scale: tuple[Key, ...],
        start: int,
        opacity: tuple[Key, ...] = (),
    ) -> Layer:
        x, y = self._spot(place)
        left, top = self.camera.place(x, y, 0)
        half = math.ceil(radius + 3)
        box = Box(x=round(left) - half, y=round(top) - half, w=2 * half, h=2 * half)
        across, down = self.camera.ride(x, y)
        dx, dy = left - round(left), top - round(top)
        motion = Motion(
            dx=tuple(key.model_copy(update={"value": key.value + dx}) for key in across),
            dy=tuple(key.model_copy(update={"value": key.value + dy}) for key in down),
            scale=scale,
            opacity=opacity or (Key(frame=start, value=0.0), Key(frame=start + 3, value=1.0)),
        )
        return Layer(id=f"map-{name}", box=box, content=Sprite(drawing=draw(half)), start=start, motion=motion, role="mark")

    def names(self, places: Sequence[Place]) -> list[Layer]:
        """A name beside each dot, where it meets neither another name, nor a dot, nor the edge; left out when there is no room."""
        layers: list[Layer] = []
        taken: list[Box] = []
        spots = [self.camera.place(*self._spot(place), 0) for place in places]
        for number, place in enumerate(places):
            if not place.label:
                continue
            size = (40 if number == 0 else 32) * self.k
            width = fonts.width(place.label, family=self.body, weight=700, size=size, language=self.language)
            free = self._free(spots, number, width, size, taken)
            if free is not None:
                taken.append(free)
                layers.append(self._name(place, number, free, size))
        return layers

    def _free(self, spots: Sequence[tuple[float, float]], number: int, width: float, size: float, taken: Sequence[Box]) -> Box | None:
        x, y = spots[number]
        gap, frame, height = (78 if number == 0 else 34) * self.k, self.room, size * 1.2
        edge = 40 * self.k
        for left, top in (
            (x + gap, y - height / 2),
            (x - gap - width, y - height / 2),
            (x - width / 2, y + gap),
            (x - width / 2, y - gap - height),
        ):
            slid = min(max(left, frame.x + edge), frame.right - edge - width) if abs(left - (x - width / 2)) < 1 else left
            box = Box(x=slid, y=top, w=width, h=height)
            is_inside = (
                box.x >= frame.x + edge
                and box.right <= frame.right - edge
                and box.y >= frame.y + edge
                and box.bottom <= frame.bottom - edge
            )
            dots = (Box(x=a - 24 * self.k, y=b - 24 * self.k, w=48 * self.k, h=48 * self.k) for a, b in spots)
            apart = 4 * self.k
            wide = Box(x=box.x - apart, y=box.y - apart, w=box.w + 2 * apart, h=box.h + 2 * apart)
            if is_inside and not any(_meet(wide, other) for other in taken) and not any(_meet(box, dot) for dot in dots):
                return box
        return None

    def _name(self, place: Place, number: int, free: Box, size: float) -> Layer:
        pad = math.ceil(8 * self.k)
        box = Box(
            x=math.floor(free.x) - pad, y=math.floor(free.y) - pad, w=math.ceil(free.w) + 2 * pad + 1, h=math.ceil(free.h) + 2 * pad + 1
        )
        text = TextOp(
            text=place.label,
            x=free.x - box.x,
            y=free.y - box.y + size * 0.95,
            family=self.body,
            weight=700,
            size=size,
            language=self.language,
            colour=self.inks.ink,
            edge=with_alpha(self.inks.ground, 0.75),
            edge_width=10 * self.k,
        )
        across, down = self.camera.ride(*self._spot(place))
        start = self._frames(0.7 + 0.18 * number)
        opacity = (Key(frame=start, value=0.0), Key(frame=start + self._frames(0.3), value=1.0, ease="out"))
        motion = Motion(dx=across, dy=down, opacity=opacity)
        return Layer(id=f"map-name-{number}", box=box, content=Sprite(drawing=(text,)), start=start, motion=motion, role="words")


def _disc(radius: float, fill: str | None, *, stroke: str | None = None, width: float = 0.0) -> Callable[[float], Drawing]:
    """A disc in the middle of a square of twice `half`."""

    def draw(half: float) -> Drawing:
        box = Box(x=half - radius, y=half - radius, w=2 * radius, h=2 * radius)
        return (RectOp(box=box, radius=radius, fill=fill, stroke=stroke, stroke_width=width),)

    return draw


def _meet(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom
