"""Footage in a scene: it is laid out as its still would be, and then takes the still's place."""

from __future__ import annotations

from collections.abc import Sequence

from aigc_cli.artifacts import Artifact
from aigc_cli.media.timeline import Box, Footage, GradientFill, ImageOp, Layer, Motion, RectOp, Sprite, Still
from aigc_cli.shapes import FootageTake, Picture

_BLUR = 0.055  # of the shorter side of its place
_CUT_OFF = 0.97  # a subject that reaches so far down its film is cut off there: it stands on its place's lower edge
_HEADROOM = 0.94
_SHOULDERS, _WHOLE_HEADROOM = 1.4, 0.86  # of the frame's width and height that somebody takes who stands in all of it
_ROOM = 0.86  # of its place that a subject takes which hangs free


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


def with_footage(layers: Sequence[Layer], take: FootageTake, ground: tuple[str, str] | None = None) -> list[Layer]:
    """The layers in which every picture has become the film, cropped around its subject or whole on a blurred ground.

    A film that is see-through stands in front: of the picture that is there, or, when its own still was laid out in its place,
    of a surface that goes from the first colour of `ground` to the second; over a whole frame, of the scene's own ground.
    """
    found: list[Layer] = []
    frame = max((layer.box for layer in layers if layer.role == "ground"), key=lambda box: box.w * box.h, default=None)
    for layer in layers:
        if layer.role != "picture" or not isinstance(layer.content, Still):
            found.append(layer)
            continue
        if take.has_matte:
            found += _in_front(layer, take, ground, is_whole=frame is not None and layer.box == frame)
            continue
        box, radius = layer.box, layer.content.radius
        filled = _content(take, _filling(take, box), radius)
        if take.fit == "fill":
            found.append(layer.model_copy(update={"content": filled}))
            continue
        blur = min(box.w, box.h) * _BLUR
        found.append(layer.model_copy(update={"id": f"{layer.id}-ground", "content": filled.model_copy(update={"blur": blur})}))
        whole = Box(x=0, y=0, w=take.width, h=take.height)
        place = _inside(take, box)
        inner = radius if place.w > box.w - 1 and place.h > box.h - 1 else 0.0
        motion = _with_pivot(layer.motion, box)
        found.append(layer.model_copy(update={"box": place, "content": _content(take, whole, inner), "motion": motion}))
    return found


def _in_front(layer: Layer, take: FootageTake, ground: tuple[str, str] | None, *, is_whole: bool) -> list[Layer]:
    """A see-through film before a picture, or before a surface of its own: as large as its subject may be there."""
    assert isinstance(layer.content, Still)
    box, radius, found = layer.box, layer.content.radius, []
    is_own = take.poster.digest in _shown(layer.content)
    if not is_own:
        found.append(layer.model_copy(update={"id": f"{layer.id}-ground"}))
    elif ground is not None and not is_whole:
        fill = GradientFill(colours=ground, angle=90)
        whole = RectOp(box=Box(x=0, y=0, w=box.w, h=box.h), radius=radius, fill=fill)
        motion = _with_pivot(layer.motion, box)
        update = {"id": f"{layer.id}-ground", "content": Sprite(drawing=(whole,)), "motion": motion}
        found.append(layer.model_copy(update=update))
    left, top, right, bottom = take.subject
    w, h = max((right - left) * take.width, 2.0), max((bottom - top) * take.height, 2.0)
    stands = bottom > _CUT_OFF
    room = 1.0 if stands else _ROOM
    if is_whole and stands:  # in a tall frame shoulders may leave it: a face in its middle would be under what is written there
        scale = min(box.w * _SHOULDERS / w, box.h * _WHOLE_HEADROOM / h)
    else:
        scale = min(box.w * room / w, box.h * (_HEADROOM if stands else room) / h)
    place_w, place_h = max(2, 2 * round(w * scale / 2)), max(2, 2 * round(h * scale / 2))
    y = box.bottom - place_h if stands else box.y + (box.h - place_h) / 2
    place = Box(x=2 * round((box.x + (box.w - place_w) / 2) / 2), y=2 * round(y / 2), w=place_w, h=place_h)
    crop = Box(x=2 * round(left * take.width / 2), y=2 * round(top * take.height / 2), w=w, h=h)
    inner = radius if place.w > box.w - 2 * radius else 0.0
    motion = _with_pivot(layer.motion, box)
    found.append(layer.model_copy(update={"box": place, "content": _content(take, crop, inner), "motion": motion}))
    return found


def _shown(content: Still) -> tuple[str, ...]:
    """Digests of the pictures that a still shows."""
    if isinstance(content.source, Artifact):
        return (content.source.digest,)
    return tuple(op.image.digest for op in content.source if isinstance(op, ImageOp))


def _with_pivot(motion: Motion, box: Box) -> Motion:
    """A motion that scales around the middle of a box, whatever is moved by it."""
    return motion if motion.pivot is not None else motion.model_copy(update={"pivot": (box.x + box.w / 2, box.y + box.h / 2)})


def _content(take: FootageTake, crop: Box, radius: float) -> Footage:
    return Footage(
        source=take.video,
        width=take.width,
        height=take.height,
        fps=take.fps,
        frames=take.frames,
        crop=crop,
        radius=radius,
        has_matte=take.has_matte,
        is_repeated=take.is_repeated,
    )


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
