"""Looks at frames by code: what is read stands in the safe zone, apart from everything else read, in colours that can be read.

python -m docs.gallery.checks     every template in three shapes, in every brand, in English and Chinese
"""

# ruff: noqa: TID253  # a tool of its own loads what it needs at once

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence, Set

import cv2
import numpy as np
from numpy.typing import NDArray

from aigc_cli.media.drawing.animate import drawing_at
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.layout import safe
from aigc_cli.media.timeline import Animated, Box, Drawing, Layer, Shot, Sprite, TextOp, Timeline, value_at
from docs.gallery import samples
from docs.gallery.studio import Rgb, Studio

LEAST_CONTRAST = 4.5
_SHARE = 10  # per cent of the pixels around letters that may be closer to their colour: glints of a photo, the soft edge's rim
_INK = 128  # alpha from which a pixel is seen
_LAPS = 2  # pixels by which neighbours may touch: lines of one text share their line's height


def faults(studio: Studio, timeline: Timeline, shot: Shot, at: float = 0.6) -> list[str]:
    """What is wrong with one frame of a shot: each fault as one line, none for a good frame."""
    number = int(shot.frames * at)
    seen = [layer for layer in shot.layers if layer.role in ("words", "caption") and is_at_rest(layer, number)]
    boxes = {layer.id: box for layer in seen if (box := ink_box(studio, layer, number)) is not None}
    (frame,) = studio.frames(timeline, [shot.start + number])
    return [
        *_outside(boxes, timeline),
        *_overlaps(boxes, seen),
        *(
            f"`{layer.id}`: contrast of {found:.2f}"
            for layer in seen
            for found in contrasts(studio, layer, number, frame, hidden=_said(shot.layers[shot.layers.index(layer) + 1 :], layer, number))
            if found < LEAST_CONTRAST
        ),
    ]


def is_at_rest(layer: Layer, number: int) -> bool:
    """Whether a layer is seen at a frame of its shot, wholly and where it belongs."""
    if not _is_seen(layer, number):
        return False
    motion = layer.motion
    rest = ((motion.opacity, 1.0), (motion.dx, 0.0), (motion.dy, 0.0), (motion.scale, 1.0), (motion.reveal, 1.0))
    # A name on a map rides on it: it is read all the same.
    return layer.id.startswith("map-name") or all(abs(value_at(curve, number, at)) == at for curve, at in rest)


def _is_seen(layer: Layer, number: int) -> bool:
    return layer.start <= number < (layer.start + layer.frames if layer.frames else number + 1)


def drawing_of(layer: Layer, number: int) -> Drawing:
    """What a layer of words draws at a frame."""
    content = layer.content
    if isinstance(content, Sprite):
        return content.drawing
    assert isinstance(content, Animated)
    return drawing_at(content.form, content.spec, value_at(content.progress, number, 1.0), layer.box.w, layer.box.h)


def ink_box(studio: Studio, layer: Layer, number: int) -> Box | None:
    """What of the frame a layer's drawing covers, its soft edges and shadows left out."""
    ops = tuple(op.model_copy(update={"edge": None}) if isinstance(op, TextOp) else op for op in drawing_of(layer, number))
    left, top, wide, high = cv2.boundingRect((_alpha(studio, ops, layer) > _INK).astype(np.uint8))
    return Box(x=layer.box.x + left, y=layer.box.y + top, w=wide, h=high) if wide and high else None


def _alpha(studio: Studio, ops: Drawing, layer: Layer) -> NDArray[np.uint8]:
    return paint(ops, round(layer.box.w), round(layer.box.h), studio.desk.open)[..., 3]


def _outside(boxes: dict[str, Box], timeline: Timeline) -> Iterator[str]:
    room = safe.safe_area(timeline.width, timeline.height)
    for name, box in boxes.items():
        if not name.startswith("map-") and (
            box.x < room.x - 1 or box.right > room.right + 1 or box.y < room.y - 1 or box.bottom > room.bottom + 1
        ):
            yield f"`{name}` leaves the safe zone"


def _overlaps(boxes: dict[str, Box], seen: Sequence[Layer]) -> Iterator[str]:
    captions = {layer.id for layer in seen if layer.role == "caption"}
    for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
        # Lines of one text stand in each other's line height; a word that is said lies on its page.
        is_one_text = one.split(".")[0] == other.split(".")[0] or {one, other} <= captions
        wide, high = min(a.right, b.right) - max(a.x, b.x), min(a.bottom, b.bottom) - max(a.y, b.y)
        if not is_one_text and wide > _LAPS and high > _LAPS:
            yield f"`{one}` and `{other}` overlap"


def _said(above: Sequence[Layer], page: Layer, number: int) -> set[tuple[int, int]]:
    """Where words of a page of captions are drawn once more, over the page: the word being said."""
    if page.role != "caption":
        return set()
    words = [layer for layer in above if layer.role == "caption" and _is_seen(layer, number)]
    return {_spot(layer, op) for layer in words for op in drawing_of(layer, 0) if isinstance(op, TextOp)}


def _spot(layer: Layer, op: TextOp) -> tuple[int, int]:
    return round(layer.box.x + op.x), round(layer.box.y + op.y)


def contrasts(studio: Studio, layer: Layer, number: int, frame: Rgb, hidden: Set[tuple[int, int]] = frozenset()) -> Iterator[float]:
    """The contrast of each text of a layer with the pixels right beside its letters (WCAG 2.2), measured in the frame.

    Texts that begin at a place that is `hidden` are left out.
    """
    drawing = drawing_of(layer, number)
    height, width = frame.shape[:2]
    left, top = round(layer.box.x), round(layer.box.y)
    every = _alpha(studio, tuple(_bare(op) for op in drawing if isinstance(op, TextOp)), layer)
    for op in drawing:
        if not isinstance(op, TextOp) or _spot(layer, op) in hidden:
            continue
        alpha = _alpha(studio, (_bare(op),), layer)
        reach = max(2, round(op.size * 0.09))
        near = cv2.dilate(alpha, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
        y0, x0, y1, x1 = max(-top, 0), max(-left, 0), min(alpha.shape[0], height - top), min(alpha.shape[1], width - left)
        part = frame[top + y0 : top + y1, left + x0 : left + x1]
        # Half covered pixels, and the row beside them that shares their colour sample, belong to neither.
        touched = cv2.dilate(every, np.ones((3, 3), np.uint8))[y0:y1, x0:x1]
        core, ground = alpha[y0:y1, x0:x1] >= 250, (near[y0:y1, x0:x1] > _INK) & (touched == 0)
        if core.sum() < 12 or ground.sum() < 12:
            continue
        light = _luminance(part)
        ink = float(np.median(light[core]))
        beside = light[ground]
        ratios = (np.maximum(beside, ink) + 0.05) / (np.minimum(beside, ink) + 0.05)
        yield float(np.percentile(ratios, _SHARE))


def _bare(op: TextOp) -> TextOp:
    return op.model_copy(update={"edge": None, "colour": op.colour[:7]})


def _luminance(rgb: Rgb) -> NDArray[np.float64]:
    share = rgb.astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    light: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return light


def main() -> int:
    """Looks at every template in three shapes, every brand, two languages; prints what is wrong."""
    from docs.gallery.make import BRANDS, LANGUAGES, SHAPES

    studio, count, wrong = Studio(), 0, 0
    for layout, form, brand, language in itertools.product(samples.SCENES, SHAPES, BRANDS, LANGUAGES):
        timeline = studio.film(samples.board(layout, language), form, brand=brand)
        found = faults(studio, timeline, timeline.shots[1])
        count, wrong = count + 1, wrong + bool(found)
        for fault in found:
            print(f"{layout}, {form}, {brand}, {language}: {fault}")
    print(f"{count} frames, {wrong} with a fault")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
