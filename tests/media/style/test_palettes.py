from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from aigc_cli.media.photography.focus import focus_of
from aigc_cli.media.photography.photos import open_photo
from aigc_cli.media.style.palettes import contrast, distance, from_oklch, ink_for, luminance, mix, oklch, palette_of, reach, with_alpha

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")
COFFEE = Path(__file__).parents[3] / "examples" / "pikolo" / "coffee.png"


def blotch(ground, spot, box, size=(300, 200)):
    image = Image.new("RGB", size, ground)
    image.paste(spot, box)
    return image


@given(colours)
def test_oklch_goes_there_and_back(colour):
    back = from_oklch(*oklch(colour))
    assert all(abs(int(colour[i : i + 2], 16) - int(back[i : i + 2], 16)) <= 1 for i in (1, 3, 5))


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@given(colours, colours)
def test_reach_keeps_its_word_where_a_colour_can(colour, ground):
    best = max(contrast("#FFFFFF", ground), contrast("#000000", ground))
    towards = contrast("#FFFFFF" if luminance(ground) < 0.18 else "#000000", ground)
    found = reach(colour, ground, 4.5)
    assert contrast(found, ground) >= min(4.5, towards - 0.05)
    assert contrast(ink_for(ground, "#000000"), ground) == pytest.approx(best)


@given(st.lists(st.integers(0, 0xFFFFFF), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_any_picture_gives_a_palette_that_can_be_read(numbers, rng):
    pixels = np.array([[(number >> shift) & 255 for shift in (16, 8, 0)] for number in numbers], np.uint8)
    image = Image.fromarray(pixels[np.array([rng.randrange(len(numbers)) for _ in range(900)])].reshape(30, 30, 3))
    palette = palette_of(image)
    assert contrast(palette.ink, palette.ground) >= 7
    assert contrast(palette.accent, palette.ground) >= 4.5
    assert contrast(palette.quiet, palette.ground) >= 4.5
    assert palette == palette_of(image)


def test_the_vivid_part_becomes_the_accent_and_the_dark_part_the_ground():
    palette = palette_of(blotch((20, 30, 80), (30, 200, 60), (100, 50, 200, 150)))
    assert 120 < oklch(palette.accent)[2] < 165
    assert 230 < oklch(palette.ground)[2] < 300
    assert luminance(palette.ground) < 0.03


def test_a_grey_picture_still_has_an_accent():
    assert palette_of(blotch((90, 90, 90), (200, 200, 200), (0, 0, 90, 90))).accent == "#F2B705"


def test_the_photo_of_a_coffee_gives_dark_brown_and_gold():
    palette = palette_of(open_photo(COFFEE))
    light, chroma, hue = oklch(palette.ground)
    assert light < 0.3
    assert chroma > 0.01
    assert 15 < hue < 90
    assert 30 < oklch(palette.accent)[2] < 95


def test_the_eye_goes_to_the_cup():
    x, y = focus_of(open_photo(COFFEE))
    assert 0.3 < x < 0.68
    assert 0.1 < y < 0.72


def test_the_eye_goes_to_what_stands_out():
    left = focus_of(blotch((40, 60, 90), (250, 200, 20), (40, 60, 90, 110)))
    right = focus_of(blotch((40, 60, 90), (250, 200, 20), (210, 60, 260, 110)))
    assert left[0] < 0.4 < 0.6 < right[0]
    assert focus_of(Image.new("RGB", (50, 50), (9, 9, 9))) == (0.5, 0.5)


def test_mixing_and_alpha():
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"
    assert with_alpha("#112233", 0.5) == "#11223380"
    assert distance("#000000", "#FFFFFF") == pytest.approx(1, abs=0.01)
    assert distance("#F2B705", "#F0E4D4") > 0.15 > distance("#F2B705", "#E78B34")
