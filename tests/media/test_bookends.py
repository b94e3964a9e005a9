"""What a brand signs its clips with: cards and films before and after, their sounds, names over pictures, what is keyed in front."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.media.audio.effects import OVER_SPEECH_LU, effect_sound
from aigc_cli.media.audio.sound import write_wav
from aigc_cli.media.bookends import Cast, bound, with_films
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.planes import to_rgb
from aigc_cli.media.layout import safe
from aigc_cli.media.style import brand as brands
from aigc_cli.media.style.palettes import contrast
from aigc_cli.media.timeline import Footage, Sprite, TextOp
from aigc_cli.providers.renderer import Renderer
from aigc_cli.shapes import ClipRequest, FootageRequest
from aigc_cli.steps.video import Schedule
from aigc_cli.storyboard import ClipVisual, Scene, Storyboard
from tests.desk import Desk
from tests.media.filming.test_footage import film
from tests.media.filming.test_keying import SCREENS, file_of

FORM = """
meta: {{name: Acme}}
color: {{background: "#0C1726", foreground: "#FFFFFF", primary: "#FF9F1C", secondary: "#1F5FBF"}}
aigc: {{wordmark: ACME, mark: rocket, {more}}}
"""


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "templates" / "brands").mkdir(parents=True)
    return Desk(tmp_path, templates=Templates.beside(tmp_path))


def brand(desk, more):
    (desk.root / "templates" / "brands" / "acme.yaml").write_text(FORM.format(more=more))
    return brands.load("acme", desk.templates)


def board(*scenes):
    found = scenes or (Scene(id="one", layout="title", show={"headline": "One"}, min_s=2),)
    return Storyboard(title="T", language="en", scenes=found)


def timeline_of(request, desk):
    plan = Renderer()._plan(request, desk)
    return next(iter(plan.timelines.values())), plan


def test_cards_open_and_close_a_clip(desk):
    brand(desk, "intro: card, outro: {show: card, line: acme.example, sound: pulse}")
    whole, plan = timeline_of(ClipRequest(script=board(), brand="acme", formats=("270x480",)), desk)
    assert [shot.id for shot in whole.shots] == ["brand-intro", "one", "brand-outro"]
    words = [
        op.text
        for layer in whole.shots[2].layers
        if isinstance(layer.content, Sprite)
        for op in layer.content.drawing
        if isinstance(op, TextOp)
    ]
    assert words == ["ACME", "acme.example"]
    assert plan.sound is not None
    assert [(each.kind, each.frame) for each in plan.sound.effects if each.kind in ("chime", "pulse")] == [
        ("chime", 0),
        ("pulse", whole.shots[2].start + whole.shots[2].transition_frames // 2),
    ]
    # the music is composed to the length that `video.schedule` finds: it counts them too, and lists the storyboard's scenes only
    timed = Schedule(script=board(), brand="acme").run(None, desk)
    assert timed["frames"] == whole.frames
    assert [each["scene"] for each in timed["scenes"]] == ["one"]


def test_a_brand_without_them_changes_nothing(desk):
    look = brand(desk, "captions: plain")
    given = Cast(board(), (None,))
    assert bound(given, look) is given


def test_own_films_and_sounds_open_and_close(desk):
    folder = desk.root / "templates" / "brands"
    film(folder / "in.mp4", size=(64, 48), frames=20, tone=300)
    write_wav(folder / "bell.wav", np.full((4800, 2), 0.2, np.float32))
    look = brand(desk, "intro: in.mp4, outro: {show: card, sound: bell.wav}")
    cast = with_films(bound(Cast(board(), (None,), (None,), (None,)), look), look, 30, desk)
    first = cast.films[0]
    assert first is not None
    assert (first.frames, first.fit, first.sound is not None) == (20, "blur", True)
    whole, plan = timeline_of(ClipRequest(script=board(), brand="acme", formats=("270x480",)), desk)
    assert whole.shots[0].frames == 20
    assert any(isinstance(layer.content, Footage) for layer in whole.shots[0].layers)
    assert plan.sound is not None
    assert [frame for frame, _ in plan.sound.logos] == [whole.shots[2].start + whole.shots[2].transition_frames // 2]


@pytest.mark.parametrize(
    "more, said", [("intro: gone.mp4", "is not there"), ("intro: ../../../secret.mp4", "is not there"), ("outro: {seconds: 90}", "seconds")]
)
def test_mistakes_are_named(desk, more, said):
    with pytest.raises(WorkflowError, match=said):
        brand(desk, more)


def test_no_film_at_all_is_said_by_its_name(desk):
    (desk.root / "templates" / "brands" / "in.mp4").write_text("no film")
    look = brand(desk, "intro: in.mp4")
    with pytest.raises(WorkflowError, match=r"the brand's `in\.mp4` cannot be used"):
        bound(Cast(board(), (None,)), look)


@pytest.mark.parametrize("style", ["solid", "line", "split"])
@pytest.mark.parametrize("form", ["1080x1920", "1080x1080", "1920x1080"])
def test_a_name_stands_in_the_safe_area_and_can_be_read(desk, style, form):
    brand(desk, f"lower_third: {style}")
    show = {"name": "Ada Okafor", "title": "Head of roasting, Acme Coffee"}
    whole, _ = timeline_of(
        ClipRequest(script=board(Scene(id="who", layout="film", show=show, min_s=8)), brand="acme", formats=(form,)), desk
    )
    layers = {layer.id: layer for layer in whole.shots[0].layers}
    strip, words = layers["lower-third"], layers["lower-third-words"]
    area = safe.safe_area(*(int(side) for side in form.split("x")))
    assert area.x - 1 <= strip.box.x
    assert strip.box.bottom <= area.bottom
    composer = Composer(whole, desk.open)
    shown, before, after = (to_rgb(composer.frame(n)).astype(int) for n in (90, 2, whole.frames - 2))
    y, x = slice(int(strip.box.y), int(strip.box.bottom)), slice(int(strip.box.x), int(strip.box.right))
    assert np.abs(shown[y, x] - before[y, x]).max() > 60
    assert np.abs(after[y, x] - before[y, x]).mean() < 8
    assert isinstance(words.content, Sprite)
    for op in words.content.drawing:
        assert isinstance(op, TextOp)
        ink = np.array([int(op.colour[n : n + 2], 16) for n in (1, 3, 5)])
        at = shown[int(words.box.y + op.y) - 4, int(words.box.x + op.x) - 6]  # just before the first letter
        assert contrast("#" + "".join(f"{value:02X}" for value in ink), "#" + "".join(f"{value:02X}" for value in at)) >= 4.5


def test_what_is_keyed_stands_before_its_picture_or_the_brand(desk):
    path = file_of(desk.root / "who.mp4", SCREENS["green"], 3)
    take = Renderer().footage(FootageRequest(file=desk.save(path, "video/mp4", "who.mp4"), key="green"), desk)
    assert take.has_matte
    scene = Scene(id="who", layout="photo", show={"headline": "Who"}, visual=ClipVisual(file=0), min_s=2)
    request = ClipRequest(script=board(scene), footage=(take,), formats=("540x960",), captions="none", brand="warm")
    whole, _ = timeline_of(request, desk)
    ground, person = (layer for layer in whole.shots[0].layers if layer.role == "picture")
    assert isinstance(person.content, Footage)
    assert person.content.has_matte
    rgb = to_rgb(Composer(whole, desk.open).frame(30)).astype(int)
    green = (rgb[..., 1] - np.maximum(rgb[..., 0], rgb[..., 2])).max()
    assert green < 30  # nothing of the screen is left
    corner = rgb[int(ground.box.y + 40), int(ground.box.x + 40)]
    assert np.ptp(corner) > 20  # the brand's colour behind
    assert person.box.bottom == pytest.approx(ground.box.bottom, abs=2)  # cut off below in the film: it stands on the edge


@pytest.mark.parametrize("kind", sorted(OVER_SPEECH_LU))
def test_small_sounds_are_clean(kind):
    made, mark = effect_sound(kind)
    assert made.shape[1] == 2
    assert np.abs(made).max() == pytest.approx(1)
    assert 0 <= mark < len(made)
    assert np.abs(made[[0, -1]]).max() < 0.02  # no click at either end
