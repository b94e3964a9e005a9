import numpy as np
import pytest

from aigc_cli.media.drawing.emblems import emblem, figure_in
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.drawing.patterns import pattern
from aigc_cli.media.style.palettes import contrast
from aigc_cli.media.timeline import TextOp
from aigc_cli.shapes import Palette

OWN = Palette(ground="#0E2A22", ink="#FFFFFF", accent="#BDF25B", quiet="#8FB8A4")


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("Up to 40% lighter", "40%"),
        ("3x faster", "3x"),
        ("Only $9 a month", "$9"),
        ("Over 1,200 reviews.", "1,200"),
        ("Since 1998.", "1998"),
        ("Runs 30 h", "30 h"),
        ("Made to last", ""),
        ("Model X200 is here", ""),
        ("12,345,678 served", ""),
    ],
)
def test_a_figure_is_shown_only_when_the_text_has_a_short_one(text, figure):
    assert figure_in(text) == figure
    shown = [op.text for op in emblem(200, 1, text) if isinstance(op, TextOp)]
    assert shown == ([figure] if figure else [])


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("text", ["", "Over 1,200 reviews", "40%"])
def test_an_emblem_stays_inside_its_square_with_its_shadow(seed, text):
    found = paint(emblem(160, seed, text, "#FFC145"), 160, 160, None)
    edges = np.concatenate([found[0, :, 3], found[-1, :, 3], found[:, 0, 3], found[:, -1, 3]])
    assert edges.max() < 14
    assert found[80, 80, 3] > 120


def test_signs_differ_by_seed_and_one_seed_gives_one_sign():
    drawn = {paint(emblem(64, seed), 64, 64, None).tobytes() for seed in range(40)}
    assert len(drawn) == 12  # six signs, and what is behind turned either way
    assert emblem(64, 3) == emblem(64, 3)


@pytest.mark.parametrize("ground", [(245, 244, 240), (110, 80, 220), (20, 20, 30)])
def test_a_sign_can_be_seen_on_any_ground(ground):
    found = paint(emblem(100, 5, "40%"), 100, 100, None).astype(float)
    shown = np.array(ground) * (1 - found[..., 3:] / 255) + found[..., :3]
    tile = shown[32:68, 32:68].reshape(-1, 3)
    light, dark = (tile[np.argsort(tile.sum(axis=1))[at]] for at in (-20, 200))
    assert contrast("#{:02X}{:02X}{:02X}".format(*light.astype(int)), "#{:02X}{:02X}{:02X}".format(*dark.astype(int))) >= 3


@pytest.mark.parametrize("seed", range(10))
def test_a_pattern_covers_its_frame_in_the_brands_tones_and_stays_calm(seed):
    found = paint(pattern(width=240, height=160, seed=seed, palette=OWN), 240, 160, None)
    assert found[..., 3].min() == 255
    red, green, blue = found[..., :3].reshape(-1, 3).mean(axis=0)
    assert green > red and green > blue
    assert 4 < found[..., :3].astype(float).std() < 60
