"""Footage in a scene: it is laid out as its still would be, and then takes the still's place."""

from __future__ import annotations

from collections.abc import Sequence

from aigc_cli.media.timeline import Box, Footage, Layer, Still
from aigc_cli.shapes import FootageTake, Picture

_BLUR = 0.055  # of the shorter side of its place


def stand_in(take: FootageTake) -> Picture:
    """The picture that a scene is laid out with in place of the film."""
    return Picture(
        image=take.poster,
        width=take.width,
        height=take.height,
        focus=take.focus,
        faces=take.faces,
        is_photo=True,
        palette=take.palette,
        alt="",
    )


def with_footage(layers: Sequence[Layer], take: FootageTake) -> list[Layer]:
    """The layers in which every picture has become the film, cropped around its subject or whole on a blurred ground."""
    found: list[Layer] = []
    for layer in layers:
        if layer.role != "picture" or not isinstance(layer.content, Still):
            found.append(layer)
            continue
        box, radius = layer.box, layer.content.radius
        filled = _content(take, _filling(take, box), radius)
        if take.fit == "fill":
            found.append(layer.model_copy(update={"content": filled}))
            continue
        blur = min(box.w, box.h) * _BLUR
        found.append(layer.model_copy(update={"id": f"{layer.id}-ground", "content": filled.model_copy(update={"blur": blur})}))
        motion = layer.motion
        if motion.pivot is None:
            motion = motion.model_copy(update={"pivot": (box.x + box.w / 2, box.y + box.h / 2)})
        whole = Box(x=0, y=0, w=take.width, h=take.height)
        place = _inside(take, box)
        inner = radius if place.w > box.w - 1 and place.h > box.h - 1 else 0.0
        found.append(layer.model_copy(update={"box": place, "content": _content(take, whole, inner), "motion": motion}))
    return found


def _content(take: FootageTake, crop: Box, radius: float) -> Footage:
    return Footage(source=take.video, width=take.width, height=take.height, fps=take.fps, frames=take.frames, crop=crop, radius=radius)


def _filling(take: FootageTake, box: Box) -> Box:
    """The largest part of the film in the shape of the box, around the subject."""
    scale = max(box.w / take.width, box.h / take.height)
    w, h = min(box.w / scale, take.width), min(box.h / scale, take.height)
    x = min(max(take.focus[0] * take.width - w / 2, 0.0), take.width - w)
    y = min(max(take.focus[1] * take.height - h / 2, 0.0), take.height - h)
    return Box(x=2 * round(x / 2), y=2 * round(y / 2), w=w, h=h)


def _inside(take: FootageTake, box: Box) -> Box:
    """The place of the whole film within the box, in the middle, on even pixels."""
    scale = min(box.w / take.width, box.h / take.height)
    w, h = max(2, 2 * round(take.width * scale / 2)), max(2, 2 * round(take.height * scale / 2))
    return Box(x=box.x + 2 * round((box.w - w) / 4), y=box.y + 2 * round((box.h - h) / 4), w=w, h=h)
