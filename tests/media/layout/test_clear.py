from dataclasses import replace

import pytest

from aigc_cli.assets import Templates
from aigc_cli.media import film
from aigc_cli.media.captioning import captions
from aigc_cli.media.layout import clear, safe
from aigc_cli.media.layout.scenes import load
from aigc_cli.media.schedule import schedule
from aigc_cli.media.style import brand as brands
from aigc_cli.media.style.signatures import LowerThird
from aigc_cli.media.timeline import Box, ImageOp, Still
from aigc_cli.providers.fake import FakeSpeech
from aigc_cli.shapes import Line, Picture, Region
from aigc_cli.storyboard import ImageVisual, Scene, Storyboard
from tests.desk import Desk

SIZES = {"9:16": (1080, 1920), "1:1": (1080, 1080), "16:9": (1920, 1080)}
WORDS = {
    "title": {"headline": "Keep faces clear of words", "kicker": "New"},
    "photo": {"headline": "Eileen Collins", "body": "Houston"},
    "split": {"headline": "First to command"},
}
NAME = {"name": "Eileen Collins", "title": "Commander, STS-93"}
# Where a face is in a photo, and the photo's size.
FACES = {
    "in the middle": ((2000, 2000), (0.34, 0.13, 0.21, 0.21)),
    "low": ((1200, 2000), (0.38, 0.58, 0.16, 0.10)),
    "very low": ((1100, 2400), (0.30, 0.74, 0.30, 0.14)),
    "at the right": ((2400, 1400), (0.74, 0.41, 0.07, 0.12)),
    "at the foot": ((2400, 1400), (0.42, 0.70, 0.12, 0.20)),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("desk"))


def filmed(desk, layout, form, face, *, knows=True, style=""):
    size, (x, y, w, h) = face
    region = Region(x=x, y=y, w=w, h=h)
    picture = Picture(
        image=desk.save(b"never opened here", "image/png"),
        width=size[0],
        height=size[1],
        faces=(region,) if knows else (),
        focus=(x + w / 2, y + h / 2),
        is_photo=True,
    )
    say = "She was the first woman to command the Space Shuttle, in nineteen ninety-nine."
    scenes = [
        Scene(id=each, layout=layout, say=say, show=WORDS.get(layout, NAME), visual=ImageVisual(photo=0), motion=way)
        for each, way in (("one", "in"), ("two", "left"), ("end", "out"))
    ]
    board = Storyboard(title="t", language="en", scenes=tuple(scenes))
    takes = [FakeSpeech().speak(Line(text=say, language="en"), desk)] * len(scenes)
    templates = Templates.beside(None)
    brand = brands.load("warm", templates)
    brand = replace(brand, lower_third=LowerThird(style=style)) if style else brand
    look = film.Look(brand=brand, templates=templates, captions=captions.load_style(templates, "highlight"))
    whole = film.film(board, schedule(board, takes, 30), look, size=SIZES[form], fps=30, pictures=[picture] * len(scenes), takes=takes)
    return whole, picture.model_copy(update={"faces": (region,)})


def overlaps(a, b):
    return max(min(a.right, b.right) - max(a.x, b.x), 0) * max(min(a.bottom, b.bottom) - max(a.y, b.y), 0)


def hidden(timeline, picture, roles):
    """The largest share of a head that a layer of these roles lies over, in any scene."""
    worst = 0.0
    for shot in timeline.shots:
        for head in clear.heads_in(shot.layers, picture):
            worst = max([worst, *(overlaps(head, layer.box) / (head.w * head.h) for layer in shot.layers if layer.role in roles)])
    return worst


@pytest.mark.parametrize("form", SIZES)
@pytest.mark.parametrize("layout", WORDS)
@pytest.mark.parametrize("face", FACES)
def test_no_caption_and_no_word_stands_on_a_face(desk, layout, form, face):
    timeline, picture = filmed(desk, layout, form, FACES[face])
    assert hidden(timeline, picture, ("words",)) < 0.05  # of a head, hair and all; line boxes reach over their letters
    assert hidden(timeline, picture, ("caption",)) < 0.05  # of a head, hair and all; line boxes reach over their letters
    for shot in timeline.shots:
        for layer in shot.layers:
            if layer.role == "caption":
                area = safe.safe_area(*SIZES[form])
                assert area.y - 20 <= layer.box.y and layer.box.bottom <= area.bottom + 20  # a soft edge reaches out of the zone


@pytest.mark.parametrize("style", ["solid", "line", "split"])
@pytest.mark.parametrize("form", SIZES)
@pytest.mark.parametrize("face", FACES)
def test_a_name_over_a_picture_gives_way_to_the_face(desk, face, form, style):
    timeline, picture = filmed(desk, "film", form, FACES[face], style=style)
    assert hidden(timeline, picture, ("words",)) < 0.04  # the shade of `line` runs out far to the side
    assert hidden(timeline, picture, ("caption",)) < 0.06  # a head that fills the frame leaves no place that is quite free
    area = safe.safe_area(*SIZES[form])
    for shot in timeline.shots:
        (name,) = (layer.box for layer in shot.layers if layer.id == "lower-third-words")
        (strip,) = (layer for layer in shot.layers if layer.id == "lower-third")
        assert area.x - 1 <= strip.box.x and strip.box.y >= area.y - 1 and strip.box.bottom <= area.bottom + 1
        inner = name.model_copy(update={"y": name.y + 20, "h": name.h - 40})  # soft edges of captions may meet it
        assert not any(overlaps(inner, layer.box) > 0 for layer in shot.layers if layer.role == "caption")


@pytest.mark.parametrize(
    ("layout", "form", "face"), [("photo", "9:16", "very low"), ("title", "1:1", "at the foot"), ("film", "16:9", "at the foot")]
)
def test_without_knowing_of_the_face_they_would(desk, layout, form, face):
    timeline, picture = filmed(desk, layout, form, FACES[face], knows=False)
    assert hidden(timeline, picture, ("caption", "words")) > 0.2


def test_captions_that_move_stand_on_a_veil_and_others_do_not(desk):
    def veils(face, layout="photo"):
        timeline, _ = filmed(desk, layout, "9:16", FACES[face])
        return [layer.id for shot in timeline.shots for layer in shot.layers if layer.id == "caption-veil"]

    assert len(veils("very low")) >= 2
    assert veils("in the middle", "title") == []


def test_a_crop_is_aimed_beside_what_is_taken_and_stays_where_nothing_is():
    picture = Picture.model_construct(width=2000, height=1000, focus=(0.5, 0.5), faces=(Region(x=0.45, y=0.4, w=0.1, h=0.2),))
    frame = Box(x=0, y=0, w=500, h=1000)
    assert clear.aim(picture, frame, ()) == ((0.5, 0.5), 0.0)
    focus, lost = clear.aim(picture, frame, (Box(x=300, y=0, w=200, h=1000),))
    assert lost < 0.02
    assert focus[0] > 0.5  # the crop goes right, the face left
    _, lost = clear.aim(picture, frame, (frame,))
    assert lost == 1.0


def test_heads_are_followed_through_the_camera(desk):
    timeline, picture = filmed(desk, "photo", "9:16", FACES["in the middle"])
    shot = timeline.shots[0]
    still = next(layer.content for layer in shot.layers if isinstance(layer.content, Still))
    op = still.source[0]
    assert isinstance(op, ImageOp)
    (head,) = clear.heads_in(shot.layers, picture)
    crop = clear.crop_of(picture, op.box, op.focus)
    for view in (still.start, still.end):
        x = ((0.34 + 0.105 - crop.x) / crop.w * still.width - view.x) / view.w * 1080
        assert head.x < x < head.right
    assert head.w > 0.21 / crop.w * 1080  # a head is wider than its face


def test_where_nothing_is_free_the_least_is_hidden():
    zone, within = Box(x=0, y=800, w=1000, h=100), Box(x=0, y=0, w=1000, h=1000)
    head = Box(x=300, y=750, w=300, h=200)
    assert clear.free_zone(zone, (), (), within) == zone
    moved = clear.free_zone(zone, (head,), (), within)
    assert moved.bottom <= 750 or moved.y >= 950
    everywhere = Box(x=0, y=0, w=1000, h=1000)
    assert clear.free_zone(zone, (everywhere,), (), within) == zone


@pytest.mark.parametrize("form", SIZES)
@pytest.mark.parametrize("face", [None, "very low", "at the foot"])
def test_no_caption_stands_on_the_logo(desk, face, form):
    """Neither at its usual place nor where it goes for a face."""
    layouts = ("title", "photo", "product", "end-card")
    words = {"headline": "Keep the mark clear", "cta": "Go", "url": "https://example.com"}
    size, (x, y, w, h) = FACES[face or "low"]
    picture = Picture(
        image=desk.save(b"never opened here", "image/png"),
        width=size[0],
        height=size[1],
        faces=(Region(x=x, y=y, w=w, h=h),) if face else (),
        is_photo=True,
    )
    say = "Every word of it is said aloud, and stands below."
    templates = Templates.beside(None)
    board = Storyboard(
        title="t",
        language="en",
        scenes=tuple(
            Scene(id=each, layout=each, say=say, show=shown(each, words, templates), visual=ImageVisual(photo=0)) for each in layouts
        ),
    )
    takes = [FakeSpeech().speak(Line(text=say, language="en"), desk)] * len(layouts)
    look = film.Look(
        brand=brands.load("warm", templates),
        templates=templates,
        captions=captions.load_style(templates, "highlight"),
        logo=desk.save(b"nor this", "image/png"),
    )
    pictures = [picture] * len(layouts)
    whole = film.film(board, schedule(board, takes, 30), look, size=SIZES[form], fps=30, pictures=pictures, takes=takes)
    seen = 0
    for shot in whole.shots:
        marks = [layer.box for layer in shot.layers if layer.id in ("brand", "mark")]
        seen += len(marks)
        said = [layer.box for layer in shot.layers if layer.role == "caption"]
        met = [(shot.id, mark, box) for mark in marks for box in said if overlaps(mark, box)]
        assert met == []
    assert seen >= 2


def shown(layout, words, templates):
    return {name: words[name] for name in load(layout, templates).slots if name in words}
