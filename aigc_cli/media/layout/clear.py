"""Keeps words off faces: where faces are seen through a scene's camera, how a crop is aimed, where captions find room.

A face's box reaches from brow to chin; what is kept clear is the head around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aigc_cli.media.style.palettes import with_alpha
from aigc_cli.media.timeline import Box, Footage, GradientFill, ImageOp, Layer, RectOp, Sprite, Still
from aigc_cli.shapes import Picture, Region

_HAIR, _SIDES, _CHIN = 0.4, 0.14, 0.14  # of a face's box: what of the head lies outside it
_AIMS = 13  # places that a crop is tried at along each side
_PULL = 0.15  # what moving the subject across the whole frame costs, where hiding a face costs 1
_STEPS = 6  # positions per height of the captions
_VEIL = 0.62
_EDGE = 0.13


def head(face: Region) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the head around a face, in fractions of the picture."""
    return face.x - _SIDES * face.w, face.y - _HAIR * face.h, face.x + (1 + _SIDES) * face.w, face.y + (1 + _CHIN) * face.h


def kept(picture: Picture) -> tuple[tuple[float, float, float, float], ...]:
    """What words keep off in a picture, as `head` has it: its faces, else its subject where that is known exactly."""
    if picture.faces:
        return tuple(head(face) for face in picture.faces)
    return (
        ((picture.subject.x, picture.subject.y, picture.subject.x + picture.subject.w, picture.subject.y + picture.subject.h),)
        if picture.subject
        else ()
    )


def crop_of(picture: Picture, place: Box, focus: tuple[float, float]) -> Box:
    """The part of a picture that fills a place around a focus, in fractions of the picture, as `ImageOp` crops it."""
    scale = max(place.w / picture.width, place.h / picture.height)
    w, h = min(place.w / scale / picture.width, 1.0), min(place.h / scale / picture.height, 1.0)
    return Box(x=min(max(focus[0] - w / 2, 0.0), 1.0 - w), y=min(max(focus[1] - h / 2, 0.0), 1.0 - h), w=w, h=h)


def aim(picture: Picture, place: Box, taken: Sequence[Box]) -> tuple[tuple[float, float], float]:
    """The focus that shows a picture's faces, or its subject, beside what is taken in a place, and the share of them still hidden.

    The picture's own focus is kept as far as it can be.
    """
    if not kept(picture):
        return picture.focus, 0.0
    own = crop_of(picture, place, picture.focus)
    tried = [((own.x + own.w / 2, own.y + own.h / 2), 0.0)]
    across, down = ([(share + (1 - 2 * share) * at / (_AIMS - 1)) for at in range(_AIMS)] for share in (own.w / 2, own.h / 2))
    for x in dict.fromkeys(across):
        for y in dict.fromkeys(down):
            tried.append(((x, y), abs(x - tried[0][0][0]) + abs(y - tried[0][0][1])))
    costs = [(_hidden(picture, place, focus, taken), pull, focus) for focus, pull in tried]
    best = min(costs, key=lambda cost: (cost[0] + _PULL * cost[1], cost[1]))
    return best[2], best[0]


def _hidden(picture: Picture, place: Box, focus: tuple[float, float], taken: Sequence[Box]) -> float:
    """The share of the area of what is kept, 0 to 1, that a crop cuts off or that lies under what is taken."""
    crop = crop_of(picture, place, focus)
    whole = lost = 0.0
    for part in kept(picture):
        box = _placed(part, crop, place)
        area = box.w * box.h
        inside = _shared(box, place)
        whole += area
        lost += area - max(inside - sum(_shared(box, other) for other in taken), 0.0)
    return lost / whole


def _placed(part: tuple[float, float, float, float], crop: Box, place: Box) -> Box:
    """A part of a picture (left, top, right, bottom in fractions) as seen in a place through a crop."""
    left, top, right, bottom = part
    return Box(
        x=place.x + (left - crop.x) / crop.w * place.w,
        y=place.y + (top - crop.y) / crop.h * place.h,
        w=max((right - left) / crop.w * place.w, 1e-6),
        h=max((bottom - top) / crop.h * place.h, 1e-6),
    )


def _shared(a: Box, b: Box) -> float:
    return max(min(a.right, b.right) - max(a.x, b.x), 0.0) * max(min(a.bottom, b.bottom) - max(a.y, b.y), 0.0)


def heads_in(layers: Iterable[Layer], picture: Picture | None) -> tuple[Box, ...]:
    """Where the heads of a scene's picture are seen, in frame pixels: what each covers from the camera's first view to its last.

    An edge of a part under a crop that moves evenly only ever moves one way, so that both ends hold all between them.
    """
    if picture is None or not picture.faces:
        return ()
    found: list[Box] = []
    for layer in layers:
        if layer.role == "picture":
            for face in picture.faces:
                found += filter(None, (_seen(head(face), layer, picture),))
    return tuple(found)


def _seen(part: tuple[float, float, float, float], layer: Layer, picture: Picture) -> Box | None:
    content, box = layer.content, layer.box
    if isinstance(content, Footage):
        if content.blur:
            return None
        views = [
            Box(
                x=content.crop.x / content.width,
                y=content.crop.y / content.height,
                w=content.crop.w / content.width,
                h=content.crop.h / content.height,
            )
        ]
    elif isinstance(content, Still) and not hasattr(content.source, "digest"):
        op = next((each for each in content.source if isinstance(each, ImageOp)), None)
        if op is None:
            return None
        whole = crop_of(picture, op.box, op.focus)
        views = [
            Box(
                x=whole.x + view.x / content.width * whole.w,
                y=whole.y + view.y / content.height * whole.h,
                w=view.w / content.width * whole.w,
                h=view.h / content.height * whole.h,
            )
            for view in (content.start, content.end)
        ]
    elif isinstance(content, Sprite):
        op = next((each for each in content.drawing if isinstance(each, ImageOp)), None)
        if op is None:
            return None
        scale = min(op.box.w / picture.width, op.box.h / picture.height)
        w, h = picture.width * scale, picture.height * scale
        inner = Box(x=box.x + op.box.x + (op.box.w - w) / 2, y=box.y + op.box.y + (op.box.h - h) / 2, w=w, h=h)
        return _placed(part, Box(x=0, y=0, w=1, h=1), inner)
    else:
        return None
    boxes = [_placed(part, view, box) for view in views]
    left, top = max(min(each.x for each in boxes), box.x), max(min(each.y for each in boxes), box.y)
    right, bottom = min(max(each.right for each in boxes), box.right), min(max(each.bottom for each in boxes), box.bottom)
    return Box(x=left, y=top, w=right - left, h=bottom - top) if right > left and bottom > top else None


def free_zone(zone: Box, heads: Sequence[Box], layers: Iterable[Layer], within: Box) -> Box:
    """Where captions stand: in their zone, or, where a head is seen there, at the nearest height that is free of heads, words and marks.

    `within` is the part of the frame that no platform covers. Where nothing is free, the place that hides least of the heads.
    """
    if not any(_shared(zone, each) for each in heads):
        return zone
    edge = _EDGE * zone.h  # the soft edge of letters reaches out of their zone
    others = [_wider(layer.box, edge) for layer in layers if layer.role in ("words", "mark")]
    places = [zone]
    step = zone.h / _STEPS
    for number in range(1, round(within.h / step) + 1):
        for way in (-1, 1):
            y = zone.y + way * number * step
            if within.y <= y and y + zone.h <= within.bottom:
                places.append(zone.model_copy(update={"y": y}))

    return freest(places, heads, others)


def _wider(box: Box, by: float) -> Box:
    return Box(x=box.x - by, y=box.y - by, w=box.w + 2 * by, h=box.h + 2 * by)


def freest(places: Sequence[Box], heads: Sequence[Box], others: Sequence[Box] = ()) -> Box:
    """Of some places the one that hides least of heads, and above all of words and marks; of equals the first."""

    def cost(place: Box) -> int:
        return round(sum(_shared(place, each) for each in heads) + 4 * sum(_shared(place, each) for each in others))

    return min(places, key=cost)


def veil(zone: Box, frame: Box, colour: str) -> Layer:
    """A soft band of the ground's colour under captions that stand on a picture."""
    reach = zone.h * 0.45
    top, bottom = max(zone.y - reach, 0.0), min(zone.bottom + reach, frame.h)
    box = Box(x=0, y=round(top), w=frame.w, h=round(bottom) - round(top))
    fill = GradientFill(colours=tuple(with_alpha(colour, alpha) for alpha in (0.0, _VEIL, _VEIL, 0.0)), stops=(0, 0.32, 0.68, 1))
    inner = Box(x=0, y=0, w=box.w, h=box.h)
    return Layer(id="caption-veil", box=box, content=Sprite(drawing=(RectOp(box=inner, fill=fill),)), role="ground")
