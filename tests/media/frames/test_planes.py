"""Colour conversion, overlays and blending, against the formulas and against plain RGB arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.media.frames import planes as px
from aigc_cli.media.frames.overlays import blend, blend_moved, overlay
from aigc_cli.media.frames.resampling import placing

CARD = [
    (255, 255, 255),
    (0, 0, 0),
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (0, 255, 255),
    (255, 0, 255),
    (255, 255, 0),
    (128, 128, 128),
    (32, 48, 64),
]


def flat(colour, width=32, height=32):
    return np.full((height, width, 3), colour, np.uint8)


@pytest.mark.parametrize(
    ("colour", "expected"),
    # ITU-R BT.709 100 % bars in 8 bits, as in SMPTE RP 219
    [
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 0), (16, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_primaries_have_the_values_of_the_standard(colour, expected):
    planes = px.from_rgb(flat(colour))
    assert tuple(int(plane[7, 7]) for plane in planes) == expected


@given(st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=60, deadline=None)
def test_a_flat_colour_comes_back(colour):
    back = px.to_rgb(px.from_rgb(flat(colour)))
    assert np.abs(back.astype(int) - np.array(colour)).max() <= 3


def test_chroma_is_left_sited():
    # A ramp in blue: the chroma sample i must have the value at luma column 2i, not at 2i + 0.5.
    width = 64
    rgb = np.zeros((4, width, 3), np.uint8)
    rgb[..., 2] = np.arange(width) * 4
    m, offset = px.matrix()
    expected = np.arange(0, width, 2)[4:-4] * 4 * m[1, 2] + offset[1]
    assert np.abs(px.from_rgb(rgb).u[0, 4:-4] - expected).max() <= 0.75


def over_rgb(background, rgba, x, y, opacity=1.0):
    """What a blend means, in float RGB."""
    out = background.astype(float)
    h, w = rgba.shape[:2]
    area = out[y : y + h, x : x + w]
    area *= 1 - rgba[..., 3:] / 255 * opacity
    area += rgba[..., :3] * opacity
    return out


def soft_disc(size=33, colour=(200, 40, 90)):
    grid = np.arange(size) - size // 2
    alpha = np.clip(size / 2.4 - np.hypot(grid[None], grid[:, None]), 0, 1) * 0.8
    rgba = np.zeros((size, size, 4))
    rgba[..., :3] = np.array(colour) * alpha[..., None]
    rgba[..., 3] = 255 * alpha
    return np.rint(rgba).astype(np.uint8)


@pytest.mark.parametrize("at", [(10, 10), (11, 10), (10, 13), (11, 13)])
@pytest.mark.parametrize("opacity", [1.0, 0.4])
def test_an_overlay_blends_as_rgb_does(at, opacity):
    background = flat((30, 90, 160), 64, 64)
    frame = px.from_rgb(background)
    disc = soft_disc()
    blend(frame, overlay(disc, *at), opacity)
    expected = px.from_rgb(np.rint(over_rgb(background, disc, *at, opacity)).astype(np.uint8))
    for got, want in zip(frame, expected, strict=True):
        assert np.abs(got.astype(int) - want).max() <= 2


def test_an_opaque_overlay_replaces():
    frame = px.blank(32, 32)
    blend(frame, overlay(np.dstack([flat((255, 0, 0), 8, 8), np.full((8, 8), 255, np.uint8)]), 4, 6))
    assert frame.y[6:14, 4:12].min() == frame.y[6:14, 4:12].max() == 63
    assert (frame.y[:6] == 16).all()
    assert (frame.y[14:] == 16).all()


def test_nothing_seen_is_no_overlay():
    assert overlay(np.zeros((10, 10, 4), np.uint8), 3, 3) is None


@given(st.integers(-60, 80), st.integers(-60, 80), st.floats(0, 1), st.floats(-40.5, 40.5), st.floats(0.3, 2.0))
@settings(max_examples=80, deadline=None)
def test_blending_never_leaves_the_frame_or_the_range(x, y, opacity, shift, scale):
    frame = px.from_rgb(flat((250, 250, 250), 48, 40))
    disc = overlay(soft_disc(), x, y, is_moved=True, is_scaled=True)
    blend(frame, disc, opacity)
    blend_moved(frame, disc, placing(scale, (20.0, 20.0), shift, -shift), opacity)
    assert frame.y.shape == (40, 48)
    assert frame.y.min() >= 16 - 1
    assert frame.y.max() <= 235 + 1


def test_moving_by_whole_even_pixels_equals_placing_there():
    a, b = px.from_rgb(flat((30, 90, 160), 64, 64)), px.from_rgb(flat((30, 90, 160), 64, 64))
    blend(a, overlay(soft_disc(), 14, 8))
    blend_moved(b, overlay(soft_disc(), 10, 10, is_moved=True, is_scaled=True), placing(1.0, (0, 0), 4, -2), 1.0)
    for one, other in zip(a, b, strict=True):
        assert np.abs(one.astype(int) - other).max() <= 1


@pytest.mark.parametrize("part", [0.25, 0.5, 0.75, 1.0])
def test_moving_by_a_part_of_a_pixel_moves_the_centre_by_it(part):
    def centre(planes):
        out = []
        for plane, base, d in ((planes.y, 16, 1), (planes.u, 128, 2)):
            weight = np.abs(plane.astype(float) - base)
            out.append(d * (weight.sum(0) * np.arange(plane.shape[1])).sum() / weight.sum())
        return np.array(out)

    still, moved = px.blank(64, 64), px.blank(64, 64)
    disc = overlay(soft_disc(colour=(40, 60, 250)), 12, 12, is_moved=True, is_scaled=True)
    blend_moved(still, disc, placing(1.0, (0, 0), 0, 0), 1.0)
    blend_moved(moved, disc, placing(1.0, (0, 0), part, 0), 1.0)
    assert centre(moved) - centre(still) == pytest.approx([part, part], abs=0.05)


def test_flattening_keeps_slow_gradients_free_of_steps():
    width, height = 256, 256
    ramp = np.ones((height, width, 4), np.float32)
    ramp[..., :3] = (np.linspace(20, 28, width) / 255)[None, :, None]  # eight levels over 256 pixels
    planes = px.dithered(ramp)
    ideal = np.linspace(20, 28, width) * 219 / 255 + 16
    columns = planes.y.astype(float).mean(0)
    assert np.abs(np.convolve(columns - ideal, np.ones(8) / 8, "valid")).max() < 0.2


def test_a_picture_is_laid_over_what_is_there():
    light = np.zeros((300, 64, 4), np.float32)
    px.lay(light, np.full((400, 60, 4), 128, np.uint8), 10, -50)  # premultiplied white at one half
    px.lay(light, np.full((40, 60, 4), (0.25, 0, 0, 0.5), np.float32), 3, 5)
    half = 128 / 255
    assert light[2, 9].tolist() == [0, 0, 0, 0]
    assert light[299, 40] == pytest.approx([half] * 4)
    assert light[10, 40] == pytest.approx([0.25 + half / 2, half / 2, half / 2, 0.5 + half / 2])
    assert light[10, 4] == pytest.approx([0.25, 0, 0, 0.5])
    px.lay(light, np.ones((4, 4, 4), np.float32), 64, 0)  # outside: nothing happens
    assert light[0, 63] == pytest.approx([half] * 4)


def test_mixing_is_linear():
    a, b, out = px.from_rgb(flat((0, 0, 0))), px.from_rgb(flat((255, 255, 255))), px.blank(32, 32)
    px.mix(a, b, 0.25, out)
    assert int(out.y[5, 5]) == round(16 + 0.25 * 219)
