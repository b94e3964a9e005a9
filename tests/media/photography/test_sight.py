from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigc_cli.media.photography.focus import focus_of, gaze_of
from aigc_cli.media.photography.sight import faces_of, people_in

EXAMPLES = Path(__file__).parents[3] / "examples"
COFFEE = EXAMPLES / "pikolo" / "coffee.png"
PORTRAIT = EXAMPLES / "people" / "astronaut.jpg"
FACE = (220, 118)  # between the eyes and the mouth, in pixels of 512


@pytest.fixture(scope="module")
def portrait():
    return Image.open(PORTRAIT).convert("RGB")


def pixels(image):
    return np.asarray(image)


def on_a_ground(portrait, side, at, size=(1280, 720)):
    scene = Image.open(COFFEE).convert("RGB").resize(size)
    scene.paste(portrait.resize((side, side)), at)
    return scene


def test_a_face_is_found_where_it_is(portrait):
    (face,) = faces_of(pixels(portrait))
    assert face.x * 512 < FACE[0] < (face.x + face.w) * 512
    assert face.y * 512 < FACE[1] < (face.y + face.h) * 512
    assert 80 < face.w * 512 < 140


@pytest.mark.parametrize(("side", "at"), [(420, (30, 200)), (200, (900, 60)), (140, (40, 500))])
def test_a_small_face_in_a_wide_photo_is_found(portrait, side, at):
    (face,) = faces_of(pixels(on_a_ground(portrait, side, at)))
    x, y = at[0] + FACE[0] * side / 512, at[1] + FACE[1] * side / 512
    assert face.x * 1280 < x < (face.x + face.w) * 1280
    assert face.y * 720 < y < (face.y + face.h) * 720


def test_two_faces_come_largest_first(portrait):
    scene = on_a_ground(portrait, 460, (700, 130))
    scene.paste(portrait.resize((230, 230)), (60, 300))
    large, small = faces_of(pixels(scene))
    assert large.w > small.w
    assert large.x > 0.5 > small.x


@pytest.mark.parametrize("make", ["cup", "noise", "flat", "upside down"])
def test_what_has_no_face_gives_none(portrait, make):
    image = {
        "cup": lambda: Image.open(COFFEE).convert("RGB"),
        "noise": lambda: Image.fromarray(np.random.default_rng(2).integers(0, 255, (300, 500, 3), np.uint8)),
        "flat": lambda: Image.new("RGB", (64, 900), (200, 180, 170)),
        "upside down": lambda: portrait.crop((0, 200, 512, 512)),
    }[make]()
    assert faces_of(pixels(image)) == ()


def test_the_eye_goes_to_the_face_and_without_one_to_what_stands_out(portrait):
    focus, faces = gaze_of(portrait)
    assert len(faces) == 1
    assert abs(focus[0] * 512 - FACE[0]) < 30 and abs(focus[1] * 512 - FACE[1]) < 30
    cup, none = gaze_of(Image.open(COFFEE))
    assert none == ()
    assert 0.35 < cup[0] < 0.62 and 0.3 < cup[1] < 0.65


def test_of_two_things_one_is_looked_at_not_the_gap_between_them():
    image = Image.new("RGB", (400, 300), (210, 210, 205))
    image.paste((200, 30, 30), (60, 100, 140, 190))
    image.paste((40, 60, 180), (280, 110, 320, 150))
    x, _ = focus_of(image)
    assert abs(x * 400 - 200) > 40


def test_a_person_is_told_from_what_is_behind(portrait):
    mask = people_in(pixels(portrait))
    assert mask.shape == (512, 512) and mask.dtype == np.float32
    assert mask[FACE[1], FACE[0]] > 0.95
    assert mask[400, 150] > 0.9  # the suit
    assert mask[60, 360] < 0.1  # the model of the Shuttle
    assert people_in(pixels(Image.open(COFFEE).convert("RGB"))).mean() < 0.2
