import numpy as np
import pytest
from PIL import Image

from aigc_cli.assets import Templates
from aigc_cli.media import film
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.planes import to_rgb
from aigc_cli.media.schedule import schedule
from aigc_cli.media.style import brand as brands
from aigc_cli.media.timeline import Still
from aigc_cli.providers.designer import Designer
from aigc_cli.shapes import ImageRequest
from aigc_cli.storyboard import ImageVisual, Scene, Storyboard
from tests.desk import EXAMPLES, Desk


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def portrait(desk, **how):
    photo = desk.save(EXAMPLES / "people" / "astronaut.jpg", "image/jpeg", "astronaut.jpg")
    return Designer().draw(ImageRequest(photo=photo, **how), desk)


def filmed(desk, picture, layout="product", motion="in"):
    board = Storyboard(
        title="t",
        language="en",
        scenes=(Scene(id="one", layout=layout, show={"headline": "Hi"}, visual=ImageVisual(), min_s=3, motion=motion),),
    )
    templates = Templates.beside(None)
    look = film.Look(brand=brands.load("plain", templates), templates=templates)
    return film.film(board, schedule(board, [None], 30), look, size=(360, 640), fps=30, pictures=[picture], takes=[None])


def test_a_photo_is_taken_apart_into_what_is_behind_and_the_subject(desk):
    picture = portrait(desk, parallax=True)
    plate, subject = (np.asarray(Image.open(desk.open(each))) for each in picture.planes)
    assert plate.shape == (512, 512, 3) and subject.shape == (512, 512, 4)
    assert subject[118, 220, 3] == 255 and subject[60, 360, 3] < 20
    whole = np.asarray(Image.open(EXAMPLES / "people" / "astronaut.jpg").convert("RGB")).astype(int)
    assert np.abs(plate[20:60, 420:500].astype(int) - whole[20:60, 420:500]).mean() < 8  # what was seen stays
    hole = plate[90:150, 180:260].astype(int)
    assert np.abs(hole - whole[90:150, 180:260]).mean() > 25  # and nobody stands there any more


def test_the_nearer_plane_moves_more(desk):
    timeline = filmed(desk, portrait(desk, parallax=True))
    back, front = (layer.content for layer in timeline.shots[0].layers if layer.role == "picture")
    assert isinstance(back, Still) and isinstance(front, Still)
    zooms = [content.start.w / content.end.w for content in (back, front)]
    assert 1.005 < zooms[0] < 1.03 < zooms[1] < 1.15
    composer = Composer(timeline, desk.open)
    first, last = (to_rgb(composer.frame(n)).astype(int) for n in (0, timeline.frames - 1))
    assert np.abs(first - last).mean() > 1


def test_a_still_camera_and_a_photo_of_one_plane_stay_one(desk):
    for picture, motion in ((portrait(desk, parallax=True), "still"), (portrait(desk), "in")):
        layers = [layer for layer in filmed(desk, picture, motion=motion).shots[0].layers if layer.role == "picture"]
        assert [layer.id for layer in layers] == ["picture"]


def test_what_cannot_be_taken_apart_moves_as_one_and_is_told(desk):
    photo = desk.save(EXAMPLES / "pikolo" / "coffee.png", "image/png", "coffee.png")
    picture = Designer().draw(ImageRequest(photo=photo, parallax=True), desk)
    assert picture.planes == ()
    assert "“coffee.png” moves as one" in desk.notes[0]


def test_a_cut_out_of_the_user_s_own_and_its_disc_drift_apart_and_a_drawing_stays_on_its(desk):
    def drifts(picture):
        layers = {layer.id: layer for layer in filmed(desk, picture, "feature").shots[0].layers}
        return [layers[name].motion.dx for name in ("disc", "picture")]

    disc, subject = drifts(portrait(desk, background="remove"))
    assert disc[-1].value == -subject[-1].value != 0
    assert drifts(Designer().draw(ImageRequest(prompt="clock", style="drawing"), desk)) == [(), ()]


def test_a_cut_out_of_any_shape_is_seen_whole_in_a_round_picture(desk):
    picture = portrait(desk, background="remove")
    (layer,) = [layer for layer in filmed(desk, picture, "end-card").shots[0].layers if layer.role == "picture"]
    (op,) = layer.content.source
    assert op.fit == "inside"
    assert op.box.x > 0 and op.box.right < layer.content.width
