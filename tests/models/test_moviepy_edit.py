"""MoviePy's effects by name: what they do to a card of four colours, and which values are refused."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from aigc_cli.media.filming.effects_moviepy import EFFECTS
from aigc_cli.media.filming.footage import Trim, make_film
from aigc_cli.media.filming.reels import Reel
from aigc_cli.media.frames.planes import to_rgb
from aigc_cli.providers.moviepy_edit import MoviePy
from aigc_cli.steps.editing import Edit
from tests.media.filming.test_concat import Ctx
from tests.media.filming.test_footage import corners, film, number


@pytest.fixture
def ctx(tmp_path):
    return Ctx(tmp_path)


def edited(ctx, tmp_path, *effects, tone=None):
    file = ctx.store.put_file(film(tmp_path / "a.mp4", frames=20, tone=tone), "video/mp4", "a.mp4")
    made = MoviePy().edit(Edit(file=file, effects=effects), ctx)
    again = tmp_path / "again.mp4"
    facts = make_film(ctx.open(made.file), again, Trim())
    reel = Reel(again)
    return facts, [to_rgb(reel.frame(n)) for n in range(facts.frames)]


def test_speed_and_reverse(ctx, tmp_path):
    facts, frames = edited(ctx, tmp_path, {"name": "speed", "factor": 2}, {"name": "reverse"}, tone=440)
    assert facts.frames == 10
    assert number(frames[0]) > number(frames[-1]) + 10
    assert not facts.has_sound
    assert any("sound" in note for note in ctx.notes)


def test_mirror_keeps_the_sound(ctx, tmp_path):
    facts, frames = edited(ctx, tmp_path, {"name": "mirror-x"}, tone=440)
    assert facts.has_sound
    assert np.abs(corners(frames[5])[0] - (40, 160, 60)).max() < 12


def test_crop_and_resize(ctx, tmp_path):
    facts, _ = edited(ctx, tmp_path, {"name": "crop", "width": 80, "height": 60}, {"name": "resize", "factor": 2})
    assert (facts.width, facts.height) == (160, 120)


def test_black_and_white(ctx, tmp_path):
    _, frames = edited(ctx, tmp_path, {"name": "black-and-white"})
    assert np.ptp(frames[3].astype(int), axis=2).max() <= 6


@pytest.mark.parametrize("name", EFFECTS)
def test_every_effect_runs_with_its_defaults(ctx, tmp_path, name):
    facts, _ = edited(ctx, tmp_path, *([{"name": "crop", "width": 64, "height": 64}] if name == "crop" else [{"name": name}]))
    assert facts.frames >= 10


@pytest.mark.parametrize(
    "effect, word",
    [
        ({"name": "__class__"}, "not an effect"),
        ({}, "not an effect"),
        ({"name": "speed", "factor": 0}, "0.1 to 10"),
        ({"name": "speed", "factor": "2; rm -rf /"}, "0.1 to 10"),
        ({"name": "speed", "factor": True}, "0.1 to 10"),
        ({"name": "gamma", "gama": 2}, "`gama` is not a parameter"),
        ({"name": "reverse", "x": 1}, "takes nothing"),
    ],
)
def test_wrong_effects_are_refused_before_anything_runs(ctx, effect, word):
    file = ctx.store.put_bytes(b"x", "video/mp4")
    with pytest.raises(ValidationError) as told:
        Edit(file=file, effects=(effect,))
    assert word in str(told.value)
