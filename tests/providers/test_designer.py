from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigc_cli.errors import WorkflowError
from aigc_cli.media.drawing.scenery import SCHEMES, compose
from aigc_cli.media.style.palettes import contrast
from aigc_cli.media.timeline import DrawingOp
from aigc_cli.providers.designer import Designer
from aigc_cli.shapes import ImageRequest, Palette
from tests.desk import Desk

COFFEE = Path(__file__).parents[2] / "examples" / "pikolo" / "coffee.png"


class Bench(Desk):
    """A desk that also keeps whether a note was a downgrade."""

    def note(self, text, *, is_downgrade=False):
        self.notes.append((text, is_downgrade))


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def draw(bench, **request):
    request = {"width": 320, "height": 320} | request
    return Designer().draw(ImageRequest(**request), bench)


def pixels(bench, picture):
    return np.asarray(Image.open(bench.open(picture.image)))


def put(bench, path, image, **options):
    image.save(path, **options)
    return bench.store.put_file(path, "image/png", path.name)


def test_a_photo_is_kept_whole_and_known(bench):
    photo = bench.store.put_file(COFFEE, "image/png", "coffee.png")
    picture = draw(bench, photo=photo, prompt="An espresso on a wooden table")
    assert (picture.width, picture.height, picture.is_photo, picture.is_cutout) == (600, 400, True, False)
    assert picture.alt == "An espresso on a wooden table"
    assert picture.palette is not None
    assert contrast(picture.palette.accent, picture.palette.ground) >= 4.5
    assert 0.3 < picture.focus[0] < 0.7
    before = np.asarray(Image.open(COFFEE).convert("RGB")).astype(int)
    assert np.abs(pixels(bench, picture)[..., :3].astype(int) - before).mean() < 12


def test_a_large_photo_is_limited_and_a_dull_one_gains_a_little(bench, tmp_path):
    x = np.linspace(60, 190, 4000)[None, :, None] * np.ones((3000, 1, 3))
    photo = put(bench, tmp_path / "dull.jpg", Image.fromarray(x.astype(np.uint8)), quality=95)
    picture = draw(bench, photo=photo)
    assert (picture.width, picture.height) == (2600, 1950)
    assert picture.image.media_type == "image/jpeg"
    found = pixels(bench, picture)
    assert 45 <= found.min() < 60
    assert 190 < found.max() <= 205


def test_a_subject_on_nothing_is_a_cutout(bench, tmp_path):
    image = Image.new("RGBA", (200, 200))
    image.paste((200, 40, 40, 255), (60, 60, 140, 140))
    picture = draw(bench, photo=put(bench, tmp_path / "cut.png", image))
    assert picture.is_cutout
    assert picture.image.media_type == "image/png"
    assert pixels(bench, picture)[0, 0, 3] == 0


def test_a_photo_that_is_no_picture_is_named(bench, tmp_path):
    path = tmp_path / "blob"
    path.write_bytes(b"no picture at all")
    photo = bench.store.put_file(path, "image/png", "menu.png")
    with pytest.raises(WorkflowError, match=r"`menu\.png` is not a picture"):
        draw(bench, photo=photo)


def test_the_same_words_and_seed_give_the_same_bytes_and_another_seed_another_picture(tmp_path):
    def digest(folder, seed, prompt="Free delivery"):
        return draw(Bench(tmp_path / folder, seed=seed), prompt=prompt).image.digest

    assert digest("a", 1) == digest("b", 1)
    assert digest("a", 1) != digest("a", 2)
    assert digest("a", 1) != digest("a", 1, "Free coffee")


@pytest.mark.parametrize("prompt", ["Espresso, roasted this week", "NASA launches rocket to the Moon", "绿茶 健康", "zork blimf", ""])
def test_a_scene_fills_its_frame_and_comes_with_a_palette_that_can_be_read(bench, prompt):
    picture = draw(bench, prompt=prompt, width=360, height=240)
    assert (picture.width, picture.height, picture.is_cutout, picture.is_photo) == (360, 240, False, False)
    found = pixels(bench, picture)
    assert found.shape == (240, 360, 3)
    assert found.std() > 15
    assert picture.palette is not None
    assert contrast(picture.palette.ink, picture.palette.ground) >= 7
    assert contrast(picture.palette.accent, picture.palette.ground) >= 4.5


def test_words_without_a_drawing_are_told_and_never_guessed(bench):
    draw(bench, prompt="zork blimf", style="drawing")
    assert bench.notes == [("no drawing fits “zork blimf”: a sign stands in its place", False)]
    for seed in range(6):
        ops, *_ = compose((), (), width=300, height=300, seed=seed)
        assert not any(isinstance(op, DrawingOp) for op in ops)


def test_a_drawing_stands_on_nothing_with_its_shadow_inside(bench):
    picture = draw(bench, prompt="Ready in 30 seconds", style="drawing", width=256, height=256)
    found = pixels(bench, picture)
    assert picture.is_cutout
    assert (picture.width, picture.height) == (256, 256)
    assert found[..., 3].max() == 255
    edges = np.concatenate([found[0, :, 3], found[-1, :, 3], found[:, 0, 3], found[:, -1, 3]])
    assert edges.max() < 12
    assert ((found[..., 3] > 20) & (found[..., 3] < 90)).any()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("names", [(), ("rocket",), ("headphone", "battery", "alarm-clock")])
def test_every_staging_keeps_its_drawings_apart_and_inside(seed, names):
    ops, *_ = compose(names, ["#888888"] if names else [], width=1600, height=1600, seed=seed)
    boxes = [op.box for op in ops if isinstance(op, DrawingOp)]
    assert {op.name for op in ops if isinstance(op, DrawingOp)} == set(names)
    for box in boxes:
        assert box.x >= 0
        assert box.right <= 1600
        assert box.y >= 0
        assert box.bottom <= 1600


def test_a_brand_s_palette_is_kept():
    own = Palette(ground="#0E1A2B", ink="#FFFFFF", accent="#FF9F1C", quiet="#6E93C4")
    _, palette, _ = compose(("rocket",), ["#CC2244"], width=400, height=400, seed=1, palette=own)
    assert palette == own
    assert len(SCHEMES) == 10


def test_an_abstract_picture_shows_no_thing_and_follows_the_words(bench):
    fire, same, rain = (draw(bench, prompt=prompt, style="abstract", width=320, height=180) for prompt in ("Fire", "Fire", "Rain"))
    assert fire.image.digest == same.image.digest != rain.image.digest
    assert fire.alt == "" and fire.palette is not None and not fire.is_cutout
    assert bench.notes == []
