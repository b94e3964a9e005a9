"""The steps of `video`: what they hand over, what they refuse, and how the text step shares out videos and photos."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from aigc_cli.artifacts import Artifact
from aigc_cli.media.schedule import TRANSITION_S, schedule
from aigc_cli.shapes import FootageRequest, FootageTake
from aigc_cli.steps.text import Write
from aigc_cli.steps.video import Assemble, Footage, Preview
from aigc_cli.storyboard import ClipVisual, ImageVisual, Scene, Storyboard

FILE = Artifact(digest="0" * 64, media_type="video/mp4", size=1, name="a.mp4")


def board(*scenes: Scene) -> Storyboard:
    return Storyboard(title="t", language="en", scenes=scenes)


def scene(name: str, **more) -> Scene:
    return Scene(id=name, layout="title", show={"headline": "Words to read"}, **more)


class Echo:
    def footage(self, request, ctx):
        assert isinstance(request, FootageRequest)
        return FootageTake(video=FILE, poster=FILE, width=2, height=2, fps=request.fps, frames=1, fit=request.fit)


def test_footage_is_handed_over_field_by_field():
    value = Footage(file=FILE, fit="blur").run(Echo(), None)
    assert set(value) == set(Footage.outputs) == set(FootageTake.model_fields)
    assert value["fit"] == "blur"


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_s": -1},
        {"start_s": 3, "end_s": 2},
        {"start_s": 2, "end_s": 2},
        {"speed": 0},
        {"speed": 9},
        {"sound": "loud"},
        {"fit": "stretch"},
    ],
)
def test_a_wrong_part_is_refused(wrong):
    with pytest.raises(ValidationError):
        Footage(file=FILE, **wrong)


@pytest.mark.parametrize("wrong", [{"at_frames": [-1]}, {"at_s": [-0.5]}, {"formats": ["3:7"]}, {"transitions": "spin"}, {"codec": "divx"}])
def test_wrong_previews_are_refused(wrong):
    with pytest.raises(ValidationError):
        Preview.model_validate({"script": board(scene("a")).model_dump(mode="json"), **wrong})


def test_one_film_per_scene():
    take = FootageTake(video=FILE, poster=FILE, width=2, height=2, fps=30, frames=1)
    with pytest.raises(ValidationError, match="1 items for 2 scenes"):
        Assemble(script=board(scene("a"), scene("b")), footage=(take,))


@pytest.mark.parametrize(("footage", "wanted"), [(0, "ppp"), (1, "cpp"), (3, "ccc")])
def test_videos_go_before_photos(footage, wanted):
    class Writer:
        def write(self, request, ctx):
            assert request.photos == 3
            return board(
                *(scene(f"s{n}", visual=ImageVisual(prompt="x", photo=n)) for n in range(3)), scene("free", visual=ImageVisual(prompt="y"))
            )

    step = Write(facts={"product": "x", "points": ["y"]}, photos=3 - footage, footage=footage)
    scenes = Storyboard.model_validate(dict(step.run(Writer(), None))).scenes
    visuals = [each.visual for each in scenes]
    assert "".join("c" if isinstance(each, ClipVisual) else "p" for each in visuals[:3]) == wanted
    assert [each.file for each in visuals if isinstance(each, ClipVisual)] == list(range(footage))
    assert [each.photo for each in visuals[:3] if isinstance(each, ImageVisual)] == list(range(3 - footage))
    assert isinstance(visuals[3], ImageVisual)
    assert visuals[3].photo is None


def test_a_wish_for_all_transitions_leaves_a_scenes_own():
    scenes = (scene("a"), scene("b"), scene("c", transition="cut"), scene("d", transition="whip"), scene("e"))
    slots = schedule(board(*scenes), (None,) * 5, 30, transitions="push")
    assert [slot.transition for slot in slots] == ["cut", "push", "cut", "whip", "push"]
    assert [slot.fade_frames for slot in slots] == [0, *(round(30 * TRANSITION_S.get(kind, 0)) for kind in ("push", "cut", "whip", "push"))]
    usual = schedule(board(*scenes[:2], scene("c"), scene("d")), (None,) * 4, 30)
    assert [slot.transition for slot in usual] == ["cut", "fade", "cut", "fade"]


def test_a_silent_scene_lasts_as_long_as_its_film():
    films = (ClipVisual(file=0, start_s=2, end_s=10, speed=2), ClipVisual(file=0, end_s=500), ClipVisual(file=0))
    slots = schedule(board(*(scene(f"s{n}", visual=each) for n, each in enumerate(films)), scene("end")), (None,) * 4, 30)
    assert slots[0].frames == pytest.approx(120, abs=2)
    assert slots[1].frames == 60 * 30
    assert slots[2].frames < 120


def test_a_character_that_no_font_has_is_refused_with_its_scene_before_anything_is_drawn():
    bad = board(scene("hook"), Scene(id="offer", layout="bullets", show={"headline": "Fine", "items": ["ok", "one \ua66e two"]}))
    with pytest.raises(ValidationError, match=r"scene `offer`: its items\[1\] holds .*U\+A66E"):
        Assemble(script=bad)


@pytest.mark.parametrize("seconds", [-1, 61, 3600, float("inf")])
def test_a_scene_of_an_hour_or_of_less_than_nothing_is_refused(seconds):
    with pytest.raises(ValidationError, match="min_s"):
        scene("hook", min_s=seconds)


def test_a_scene_of_no_length_is_long_enough_to_be_read():
    (slot,) = schedule(board(scene("hook", min_s=0)), [None], 30)
    assert slot.frames >= 1.6 * 30
