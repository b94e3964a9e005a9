"""Cut-outs, looks, blurred backgrounds, collages, enlarging: on photos made here, whose truth is known, and on real ones."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.photography.collage import Photo, cells
from aigc_cli.media.photography.cutting_out import subject_of
from aigc_cli.media.photography.enlarging import enlarged
from aigc_cli.media.photography.grading import blurred_behind, graded
from aigc_cli.media.style.palettes import from_oklab, oklab_of
from aigc_cli.media.timeline import Box, DrawingOp, Shadow
from aigc_cli.shapes import Palette

EXAMPLES = Path(__file__).parents[3] / "examples"
OWN = Palette(ground="#1B1340", ink="#FFFFFF", accent="#FFC145", quiet="#AAAACC")


def studio(name, top=(236, 236, 240), bottom=(205, 205, 212), noise=3.0, size=(480, 400)):
    """A thing photographed on a lit backdrop, with a shadow and grain; and how much of each pixel is the thing."""
    width, height = size
    share = np.linspace(0, 1, height)[:, None, None]
    ground = np.repeat(np.array(top) * (1 - share) + np.array(bottom) * share, width, axis=1)
    box = Box(x=width * 0.25, y=height * 0.15, w=height * 0.66, h=height * 0.66)
    shadow = Shadow(dy=8, blur=10, colour="#00000055")
    with_shadow, alone = (
        paint((DrawingOp(name=name, box=box, shadow=each),), width, height, None).astype(float) for each in (shadow, None)
    )
    photo = ground * (1 - with_shadow[..., 3:] / 255) + with_shadow[..., :3]
    photo += np.random.default_rng(1).normal(0, noise, photo.shape)
    return np.clip(photo, 0, 255).astype(np.uint8), alone[..., 3] / 255


def photo(name):
    return np.asarray(Image.open(EXAMPLES / name).convert("RGB"))


@pytest.mark.parametrize(
    ("name", "top", "bottom"),
    [
        ("green-apple", (236, 236, 240), (205, 205, 212)),
        ("potted-plant", (250, 250, 250), (250, 250, 250)),
        ("alarm-clock", (40, 60, 120), (20, 30, 70)),
        ("running-shoe", (230, 200, 150), (200, 170, 120)),
    ],
)
def test_a_thing_on_a_plain_ground_is_cut_out_along_its_outline_and_without_its_shadow(name, top, bottom):
    rgb, truth = studio(name, top, bottom)
    found = subject_of(rgb, has_faces=False)
    assert not isinstance(found, str), found
    inside, true = found.mask > 0.5, truth > 0.5
    assert (inside & true).sum() / (inside | true).sum() > 0.93
    edge = (found.mask > 0.05) & (found.mask < 0.95)
    assert 0 < edge.mean() < 0.06  # soft, and only at the outline


def test_the_ground_does_not_glow_on_a_cut_outs_edge():
    rgb, _truth = studio("alarm-clock", (30, 220, 60), (20, 200, 50))
    found = subject_of(rgb, has_faces=False)
    assert not isinstance(found, str)
    rim = (found.mask > 0.3) & (found.mask < 0.9)
    before = (rgb[rim].astype(int) @ [-1, 2, -1]).mean()
    after = (found.colours[rim].astype(int) @ [-1, 2, -1]).mean()
    assert rim.sum() > 50
    assert after < before - 20  # less green


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: photo("pikolo/coffee.png"), "not plain"),
        (lambda: studio("hot-beverage", noise=5)[0], "lost in its ground"),
        (lambda: np.full((200, 300, 3), 200, np.uint8), "nothing stands out"),
        (lambda: np.random.default_rng(1).integers(0, 255, (200, 300, 3), np.uint8), "not plain"),
    ],
)
def test_where_no_good_cut_out_can_be_made_it_says_why(make, why):
    found = subject_of(make(), has_faces=False)
    assert isinstance(found, str) and why in found


def test_a_person_is_cut_out_of_any_ground():
    found = subject_of(photo("people/astronaut.jpg"), has_faces=True)
    assert not isinstance(found, str)
    assert found.mask[118, 220] == 1.0
    assert found.mask[60, 360] < 0.05


def test_oklab_and_back_is_the_same_colour():
    colours = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [12, 200, 90], [130, 130, 131]], np.uint8)
    assert np.abs(from_oklab(oklab_of(colours)).astype(int) - colours).max() <= 1


@pytest.mark.parametrize("grade", ["natural", "brand", "duotone", "mono", "vivid", "soft", "warm", "cool"])
def test_a_grade_keeps_what_is_light_and_dark(grade):
    before = photo("pikolo/coffee.png")[::2, ::2]
    after = graded(before, grade, OWN)
    assert after.shape == before.shape and after.dtype == np.uint8
    light, dark = (oklab_of(each)[:, 0] for each in (before, after))
    assert np.corrcoef(light, dark)[0, 1] > 0.97
    assert (grade == "natural") == bool((before == after).all())


def test_grades_do_what_their_names_say():
    before = photo("pikolo/coffee.png")[::2, ::2]
    lab = {
        grade: oklab_of(graded(before, grade, OWN)) for grade in ("natural", "mono", "duotone", "vivid", "soft", "warm", "cool", "brand")
    }

    def colour(name):
        return np.hypot(lab[name][:, 1], lab[name][:, 2]).mean()

    assert colour("mono") < 0.002
    assert colour("soft") < colour("natural") < colour("vivid")
    assert lab["cool"][:, 2].mean() < lab["natural"][:, 2].mean() < lab["warm"][:, 2].mean()
    dark = lab["duotone"][lab["duotone"][:, 0] < 0.3]
    assert dark[:, 2].mean() < -0.03  # the ground's violet, whatever was brown there
    assert np.abs(lab["brand"][:, 0] - lab["natural"][:, 0]).mean() < 0.02


def test_a_blurred_background_leaves_the_person_sharp_and_does_not_glow():
    before = photo("people/astronaut.jpg")
    after = blurred_behind(before, 1.0, focus=(0.44, 0.24), has_faces=True).astype(float)
    steep = [np.abs(np.diff(each.astype(float).mean(axis=2), axis=1)) for each in (before, after)]
    face, behind = (slice(90, 150), slice(180, 260)), (slice(20, 200), slice(330, 440))
    assert steep[1][face].mean() > 0.9 * steep[0][face].mean()
    assert steep[1][behind].mean() < 0.25 * steep[0][behind].mean()
    suit = after[330:420, 8:20]  # left of the orange suit lies the flag: no orange has run into it
    assert np.abs(suit.mean(axis=(0, 1)) - before[330:420, 8:20].mean(axis=(0, 1))).max() < 60


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("size", [(900, 1600), (1600, 1600), (1600, 900), (600, 2000)])
def test_a_collage_fills_its_frame_without_overlap_and_crops_little(count, size):
    photos = [Photo(aspect) for aspect in (1.5, 1.0, 1.5, 0.75, 1.5, 1.2)[:count]]
    places = cells(photos, *size, 20)
    assert len(places) == count
    for a, b in itertools.combinations(places, 2):
        assert a.right <= b.x + 0.01 or b.right <= a.x + 0.01 or a.bottom <= b.y + 0.01 or b.bottom <= a.y + 0.01
    covered = sum(each.w * each.h for each in places) / (size[0] * size[1])
    assert 0.84 < covered < 1
    for each in places:
        assert each.x > 19 and each.y > 19 and each.right < size[0] - 19 and each.bottom < size[1] - 19
    cropped = [abs(math.log(each.w / each.h / one.aspect)) for one, each in zip(photos, places, strict=True)]
    assert sum(cropped) / count < 0.75
    assert max(each.w * each.h for each in places) / min(each.w * each.h for each in places) < 9


def test_a_photo_enlarged_is_sharper_than_plain_scaling_and_has_no_halo():
    rgb = np.full((40, 60, 3), 220, np.uint8)
    rgb[10:30, 20:40] = 60
    large = enlarged(rgb, 3)
    assert large.shape == (120, 180, 3)
    assert large.min() >= 60 and large.max() <= 220
    plain = np.asarray(Image.fromarray(rgb).resize((180, 120), Image.Resampling.BICUBIC)).astype(int)
    assert np.abs(np.diff(large[60, :, 0].astype(int))).max() > np.abs(np.diff(plain[60, :, 0])).max()
    assert max(enlarged(np.zeros((2000, 100, 3), np.uint8), 4).shape) == 4096
