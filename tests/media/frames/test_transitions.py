"""Transitions: where they begin and end, that nothing jumps, and what each looks like on its way."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest

from aigc_cli.media.audio.foley import effects_of
from aigc_cli.media.files.encode import EncoderOptions
from aigc_cli.media.files.segments import segment_material
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.planes import Planes, blank
from aigc_cli.media.frames.transitions import take_over
from aigc_cli.media.timeline import Animated, Box, Key, Layer
from aigc_cli.storyboard import Transition
from tests.media import clips

KINDS = [kind for kind in get_args(Transition) if kind != "cut"]
WIDTH, HEIGHT = 120, 160


def flat(y, u=128, v=128):
    out = blank(WIDTH, HEIGHT)
    for plane, value in zip(out, (y, u, v), strict=True):
        plane[...] = value
    return out


def wavy(seed):
    import cv2

    random = np.random.default_rng(seed)
    small = random.integers(30, 220, (12, 10), dtype=np.uint8)
    y = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    half = (WIDTH // 2, HEIGHT // 2)
    return Planes(y, cv2.resize(255 - small, half), cv2.resize(small, half))


def at(kind, before, after, t):
    out = blank(WIDTH, HEIGHT)
    take_over(kind, before, after, t, out)
    return out


@pytest.mark.parametrize("kind", KINDS)
def test_it_begins_with_one_shot_and_ends_with_the_other(kind):
    before, after = wavy(1), wavy(2)
    for t, whole in ((0.0, before), (1.0, after)):
        assert all(np.array_equal(a, b) for a, b in zip(at(kind, before, after, t), whole, strict=True))

    def distance(t, to):
        return float(np.mean(np.abs(at(kind, before, after, t).y.astype(float) - to.y)))

    assert distance(0.97, after) < 0.35 * distance(0.03, after)
    assert distance(0.03, before) < 0.35 * distance(0.97, before)


@pytest.mark.parametrize("kind", KINDS)
def test_it_may_write_over_either_shot(kind):
    for target in (0, 1):
        pair = [wavy(1), wavy(2)]
        wanted = at(kind, *pair, 0.4)
        take_over(kind, *pair, 0.4, pair[target])
        assert all(np.array_equal(a, b) for a, b in zip(pair[target], wanted, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_between_two_equal_greys_nothing_is_seen_but_what_the_kind_adds(kind):
    grey = flat(120, 110, 140)
    seen = at(kind, flat(120, 110, 140), grey, 0.5)
    if kind == "flash":
        assert seen.y.min() > 130
    elif kind == "slide":
        assert seen.y.min() >= 16
        assert seen.y.max() == 120
    else:
        assert all(int(np.abs(a.astype(int) - b).max()) <= 1 for a, b in zip(seen, grey, strict=True))


@pytest.mark.parametrize("kind", ["slide", "push", "wipe", "whip"])
def test_what_runs_sideways_uncovers_one_side_first(kind):
    seen = at(kind, flat(40), flat(200), 0.5).y.astype(float).mean(axis=0)
    left, right = seen[:10].mean(), seen[-10:].mean()
    assert (left > right) if kind == "wipe" else (right > left)


def test_the_circle_opens_in_the_middle():
    seen = at("circle", flat(40), flat(200), 0.4).y
    assert seen[HEIGHT // 2, WIDTH // 2] == 200
    assert seen[0, 0] == seen[-1, -1] == 40


def test_luma_and_chroma_move_together():
    before, after = flat(40, 100, 100), flat(200, 160, 160)
    for kind in ("slide", "push", "wipe", "circle"):
        seen = at(kind, before, after, 0.37)
        wide = np.repeat(np.repeat(seen.u, 2, 0), 2, 1)
        agree = (wide > 130) == (seen.y > 120)
        assert agree.mean() > 0.97, kind


@pytest.fixture(scope="module")
def timeline(tmp_path_factory):
    store = clips.store_at(tmp_path_factory.mktemp("transitions"))
    return clips.clip(store), store


def with_kind(timeline, kind):
    shots = list(timeline.shots)
    shots[1] = shots[1].model_copy(update={"transition": kind})
    return timeline.model_copy(update={"shots": tuple(shots)})


@pytest.mark.parametrize("kind", KINDS)
def test_any_frame_of_a_transition_can_be_asked_for_alone(timeline, kind):
    made, store = with_kind(timeline[0], kind), timeline[1]
    inside = [20, 22, 25]
    in_order = Composer(made, store.open, paint=clips.rects, animate=clips.grow)
    frames = {n: [plane.copy() for plane in in_order.frame(n)] for n in range(18, 28)}
    for n in inside:
        alone = Composer(made, store.open, paint=clips.rects, animate=clips.grow).frame(n)
        assert all(np.array_equal(a, b) for a, b in zip(alone, frames[n], strict=True))


def test_the_kind_is_part_of_the_key_of_the_later_shot_only(timeline):
    made = timeline[0]
    options = EncoderOptions()
    other = with_kind(made, "push")
    assert segment_material(made, 1, options) != segment_material(other, 1, options)
    assert segment_material(made, 0, options) == segment_material(other, 0, options)
    assert segment_material(made, 2, options) == segment_material(other, 2, options)


def test_moving_ones_whoosh_and_counters_tick(timeline):
    made = timeline[0]
    assert effects_of(made) == ()
    (whoosh,) = effects_of(with_kind(made, "whip"))
    assert whoosh.kind == "whoosh"
    assert 20 < whoosh.frame < 26
    counter = Animated(form="counter", spec={}, progress=(Key(frame=2, value=0), Key(frame=17, value=1, ease="out")))
    shot = made.shots[0].model_copy(update={"layers": (Layer(id="n", box=Box(x=0, y=0, w=9, h=9), content=counter),)})
    ticks = effects_of(made.model_copy(update={"shots": (shot, *made.shots[1:])}))
    assert {each.kind for each in ticks} == {"tick"}
    assert all(2 < each.frame <= 17 for each in ticks)
    assert all(b.frame - a.frame >= 2 for a, b in pairwise(ticks))
    assert 4 <= len(ticks) <= 9
