"""Motifs: one layer in the frame, readable under words, at the side where no words begin."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_cli.assets import Templates
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.layout import motifs
from aigc_cli.media.style import brand
from aigc_cli.media.style.palettes import contrast
from aigc_cli.media.timeline import Box

NAMES = ("rings", "discs", "dots", "tiles", "bars", "fan")
FRAMES = [(1080, 1920), (1080, 1080), (1920, 1080)]


def look(name: str) -> brand.Brand:
    return brand.load(name, Templates.beside(None))


def alpha(layer, size) -> np.ndarray:
    canvas = np.zeros((size[1], size[0]), np.uint8)
    drawn = paint(layer.content.drawing, round(layer.box.w), round(layer.box.h), None)[..., 3]
    x, y = round(layer.box.x), round(layer.box.y)
    canvas[y : y + drawn.shape[0], x : x + drawn.shape[1]] = drawn
    return canvas


@pytest.mark.parametrize("size", FRAMES)
@pytest.mark.parametrize("name", NAMES)
def test_a_motif_stands_in_the_frame_at_the_right_and_mirrored_at_the_left(name: str, size: tuple[int, int]):
    frame = Box(x=0, y=0, w=size[0], h=size[1])
    weights = []
    for is_mirrored in (False, True):
        (layer,) = motifs.motif(name, frame, look("warm").tone("dark"), 90, is_mirrored=is_mirrored)
        assert layer.box.x >= 0 and layer.box.y >= 0 and layer.box.right <= size[0] + 1 and layer.box.bottom <= size[1] + 1
        ink = alpha(layer, size).astype(float)
        half = size[0] // 2
        weights.append(ink[:, half:].sum() / ink.sum())
    assert weights[0] > 0.6 > 0.4 > weights[1]


def test_no_motif_is_no_layer():
    assert motifs.motif("none", Box(x=0, y=0, w=10, h=10), look("warm").tone("dark"), 90) == ()


@pytest.mark.parametrize("tone", ["dark", "light", "accent"])
@pytest.mark.parametrize("name", ["plain", "warm", "newsroom", "fresh", "mono", "elegant"])
def test_every_text_colour_is_readable_where_a_motif_is_strongest(name: str, tone: str):
    plain = look(name).tone(tone)
    settled = motifs.readable(plain, look(name).motif)
    strength = motifs._strength(plain)
    for shade in motifs._shades(plain, strength):
        assert min(contrast(colour, shade) for colour in (settled.ink, settled.quiet, settled.accent)) >= 4.5
