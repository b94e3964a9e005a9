"""Plain rectangles: as an overlay of the painted drawing looks, wherever their edges fall."""

import math

import numpy as np
import pytest

from aigc_cli.media.drawing.animate import drawing_at
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.frames import flat, overlays
from aigc_cli.media.frames import planes as px
from aigc_cli.media.timeline import Box, RectOp, Shadow, TextOp

WIDTH, HEIGHT = 200, 120


def busy(seed):
    random = np.random.default_rng(seed)
    half = (HEIGHT // 2, WIDTH // 2)
    return px.Planes(*(random.integers(20, 230, size, np.uint8) for size in ((HEIGHT, WIDTH), half, half)))


@pytest.mark.parametrize("fill", ["#FF4040", "#2070C380", "#FFFFFF29"])
@pytest.mark.parametrize(
    ("box", "rectangle"),
    [
        (Box(x=0, y=108, w=200, h=12), Box(x=0, y=0, w=81.37, h=12)),
        (Box(x=0, y=108, w=200, h=12), Box(x=0, y=0, w=200, h=12)),
        (Box(x=21, y=33, w=60, h=41), Box(x=3.4, y=2.7, w=33.3, h=30.9)),
        (Box(x=-7.6, y=-3.2, w=90, h=60), Box(x=-2, y=1.5, w=70.2, h=80)),
        (Box(x=150, y=90, w=90, h=60), Box(x=11.5, y=0.2, w=200, h=80)),
        (Box(x=50, y=50, w=40, h=40), Box(x=5.2, y=6.3, w=0.4, h=0.5)),
    ],
)
def test_it_looks_as_if_it_were_painted(fill, box, rectangle):
    drawing = (RectOp(box=rectangle, fill=fill),)
    ours, painted = busy(3), busy(3)
    flat.lay(ours, drawing, box)
    over = overlays.overlay(paint(drawing, math.ceil(box.w), math.ceil(box.h), None), round(box.x), round(box.y))
    overlays.blend(painted, over)
    # at the frame's left edge an overlay's first chroma sample counts what would lie outside as empty
    first = 1 if box.x <= 0 else 0
    for a, b in zip((plane[:, first:] for plane in ours), (plane[:, first:] for plane in painted), strict=True):
        assert np.abs(a.astype(int) - b).max() <= 4  # the overlay rounds four times, this once
        assert np.abs(a.astype(float) - b).mean() < 0.2
    assert not np.array_equal(ours.y, busy(3).y)


def test_what_lies_outside_the_frame_or_the_box_is_left_out():
    frame = busy(4)
    flat.lay(frame, (RectOp(box=Box(x=50, y=0, w=10, h=10), fill="#FFFFFF"),), Box(x=0, y=0, w=40, h=40))
    flat.lay(frame, (RectOp(box=Box(x=0, y=0, w=10, h=10), fill="#FFFFFF"),), Box(x=400, y=-90, w=40, h=40))
    assert all(np.array_equal(a, b) for a, b in zip(frame, busy(4), strict=True))


def test_a_progress_bar_is_flat_and_what_has_more_to_it_is_not():
    spec = {"colour": "#FF4040", "track": "#FFFFFF29", "radius": 0}
    assert flat.is_flat(drawing_at("bar", spec, 0.4, 200, 12))
    assert not flat.is_flat(drawing_at("bar", spec | {"radius": 6}, 0.4, 200, 12))
    box = Box(x=0, y=0, w=10, h=10)
    assert not flat.is_flat((RectOp(box=box, fill="#FFFFFF", shadow=Shadow(colour="#00000080", blur=4, dy=2)),))
    assert not flat.is_flat((RectOp(box=box, fill="#FFFFFF", stroke="#000000", stroke_width=2),))
    assert not flat.is_flat((TextOp(text="a", x=0, y=9, family="Manrope", weight=800, size=9, colour="#FFFFFF"),))
