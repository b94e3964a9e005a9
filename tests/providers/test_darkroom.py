import numpy as np
import pytest
from PIL import Image

from aigc_cli.errors import WorkflowError
from aigc_cli.providers.darkroom import Darkroom
from aigc_cli.providers.designer import Designer
from aigc_cli.shapes import CollageRequest, EditRequest, ImageRequest
from tests.desk import EXAMPLES, Desk
from tests.media.photography.test_retouching import OWN, studio


class Bench(Desk):
    """A desk that also keeps whether a note was a downgrade."""

    def note(self, text, *, is_downgrade=False):
        self.notes.append((text, is_downgrade))


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def put(bench, path, name=""):
    return bench.save(path, "image/png", name or path.name)


def shot(bench, tmp_path, name="alarm-clock"):
    path = tmp_path / f"{name}.png"
    Image.fromarray(studio(name, (40, 60, 120), (20, 30, 70))[0]).save(path)
    return put(bench, path)


def pixels(bench, picture):
    return np.asarray(Image.open(bench.open(picture.image)))


def test_a_product_is_cut_out_and_cropped_to_itself(bench, tmp_path):
    picture = Darkroom().edit(EditRequest(picture=shot(bench, tmp_path), background="remove"), bench)
    found = pixels(bench, picture)
    assert picture.is_cutout and picture.image.media_type == "image/png"
    assert picture.width < 400 and picture.height < 400
    assert found[0, 0, 3] == 0 and found[picture.height // 2, picture.width // 2, 3] == 255
    assert bench.notes == []


def test_a_studio_picture_has_the_brands_ground_and_a_shadow_under_the_product(bench, tmp_path):
    photo = shot(bench, tmp_path)
    made = {
        name: pixels(bench, Darkroom(brand=name).edit(EditRequest(picture=photo, background="studio"), bench)) for name in ("fresh", "warm")
    }
    assert made["fresh"].shape == (400, 480, 3)
    corner = {name: found[5, 5].astype(int) for name, found in made.items()}
    assert corner["fresh"][1] > corner["fresh"][0] and corner["warm"][0] > corner["warm"][1]
    floor = made["fresh"].astype(int).sum(axis=2)
    assert floor[332, 240] < floor[332, 40] - 25  # where it stands it is darker than beside it


def test_what_cannot_be_cut_out_keeps_its_ground_and_is_told_as_a_downgrade(bench):
    photo = put(bench, EXAMPLES / "pikolo" / "coffee.png")
    picture = Designer().draw(ImageRequest(photo=photo, background="remove"), bench)
    assert (picture.width, picture.height, picture.is_cutout) == (600, 400, False)
    ((note, is_downgrade),) = bench.notes
    assert is_downgrade and "coffee.png" in note and "plain" in note


def test_the_brand_colours_a_duotone_and_the_clip_keeps_the_photos_own_palette(bench):
    photo = put(bench, EXAMPLES / "pikolo" / "coffee.png")
    plain = Designer().draw(ImageRequest(photo=photo), bench)
    toned = Designer(brand="fresh").draw(ImageRequest(photo=photo, grade="duotone"), bench)
    other = Designer().draw(ImageRequest(photo=photo, grade="duotone", palette=OWN), bench)
    assert len({plain.image.digest, toned.image.digest, other.image.digest}) == 3
    assert plain.palette == toned.palette
    red, green, _ = pixels(bench, toned).reshape(-1, 3).mean(axis=0)
    assert green > red


def test_a_collage_shows_all_photos_in_its_shape(bench, tmp_path):
    photos = (put(bench, EXAMPLES / "pikolo" / "coffee.png"), put(bench, EXAMPLES / "people" / "astronaut.jpg"), shot(bench, tmp_path))
    picture = Darkroom(brand="newsroom").collage(CollageRequest(photos=photos, width=360, height=480, alt="three things"), bench)
    assert (picture.width, picture.height, picture.alt) == (360, 480, "three things")
    assert len(picture.faces) == 1
    again = Darkroom(brand="newsroom").collage(CollageRequest(photos=photos, width=360, height=480, alt="three things"), bench)
    assert again.image.digest == picture.image.digest
    wide = Darkroom(brand="newsroom").collage(CollageRequest(photos=photos, width=480, height=270), bench)
    assert (wide.width, wide.height) == (480, 270)


def test_a_small_photo_is_enlarged_with_a_word(bench):
    photo = put(bench, EXAMPLES / "pikolo" / "coffee.png")
    picture = Darkroom().edit(EditRequest(picture=photo, enlarge=2), bench)
    assert (picture.width, picture.height) == (1200, 800)
    assert "no detail is new" in bench.notes[0][0]


def test_what_is_no_picture_is_named(bench):
    with pytest.raises(WorkflowError, match=r"`menu\.png` is not a picture"):
        Darkroom().edit(EditRequest(picture=bench.save(b"no picture", "image/png", "menu.png")), bench)
