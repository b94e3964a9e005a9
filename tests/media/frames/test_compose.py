"""The composer: what is seen at a frame, in any order; what a timeline says about time, place and fading."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.errors import RenderError
from aigc_cli.media.frames import compose
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.planes import from_rgb, to_rgb
from aigc_cli.media.timeline import Box, GradientFill, Key, Layer, Motion, RectOp, Shadow, Shot, Sprite, Timeline
from tests.media import clips


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return clips.store_at(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def timeline(store):
    return clips.clip(store)


def composer(timeline, store):
    return Composer(timeline, store.open, paint=clips.rects, animate=clips.grow)


def frames(timeline, store, order=None):
    one = composer(timeline, store)
    return {n: [plane.copy() for plane in one.frame(n)] for n in (order if order is not None else range(timeline.frames))}


@pytest.fixture(scope="module")
def in_order(timeline, store):
    return frames(timeline, store)


def equal(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def alone(*layers, width=64, height=48, frames=12, **more):
    shot = Shot(id="one", start=0, frames=frames, layers=layers, **more)
    return Timeline(title="", language="en", width=width, height=height, safe=Box(x=0, y=0, w=width, h=height), shots=(shot,))


@given(st.permutations(range(54)))
@settings(max_examples=3, deadline=None)
def test_the_order_of_asking_does_not_matter(timeline, store, in_order, order):
    assert all(equal(planes, in_order[n]) for n, planes in frames(timeline, store, order).items())


def test_a_frame_can_be_asked_for_alone(timeline, store, in_order):
    for n in (0, 19, 20, 23, 25, 26, 43, 44, 53):
        assert equal(composer(timeline, store).frame(n), in_order[n])


def test_frames_are_written_into_given_planes_whatever_they_held(timeline, store, in_order):
    one = composer(timeline, store)
    into = from_rgb(np.random.default_rng(3).integers(0, 255, (timeline.height, timeline.width, 3), dtype=np.uint8))
    for n in (3, 22, 40, 50):
        one.frame(n, into)
        assert equal(into, in_order[n])


@pytest.mark.parametrize("n", [-1, 54, 1000])
def test_a_frame_outside_the_clip_is_an_error(timeline, store, n):
    with pytest.raises(RenderError, match="no frame"):
        composer(timeline, store).frame(n)


def test_a_fade_goes_from_the_shot_before_to_the_next(timeline, store):
    # The ground of shot two replaces the photo: its own bottom corner tells the weight.
    def corner(n):
        return to_rgb(composer(timeline, store).frame(n))[-4:, -4:].astype(float).mean((0, 1))

    before, after = corner(19), corner(26)
    weights = [np.linalg.norm(corner(n) - before) / np.linalg.norm(after - before) for n in range(20, 26)]
    assert weights == sorted(weights)
    assert 0 < weights[0] < 0.15
    assert 0.85 < weights[-1] < 1


def test_a_shot_runs_on_under_the_fade():
    # A box that would be gone at its shot's end is still there, and a camera still moves, while the next shot fades in.
    one = Shot(id="one", start=0, frames=10, layers=(clips.rect(0, 0, 32, 48, "#FFFFFF"),))
    two = Shot(id="two", start=10, frames=10, transition="fade", transition_frames=4, layers=(clips.ground(64, 48, "#000000"),))
    timeline = Timeline(title="", language="en", width=64, height=48, safe=Box(x=0, y=0, w=9, h=9), shots=(one, two))
    values = [
        int(Composer(timeline, lambda a: a, paint=clips.rects, animate=clips.grow).frame(n).y[20, 10]) for n in (9, 10, 11, 12, 13, 14)
    ]
    assert values[0] > values[1] > values[2] > values[3] > values[4] > values[5]
    assert compose.tail(timeline, 0) == 4
    assert compose.tail(timeline, 1) == 0


def test_a_layer_is_seen_from_its_start_for_its_frames():
    timeline = alone(clips.ground(64, 48, "#000000"), clips.rect(10, 10, 20, 20, "#FFFFFF", start=3, frames=5))
    one = Composer(timeline, lambda a: a, paint=clips.rects, animate=clips.grow)
    seen = [n for n in range(12) if one.frame(n).y[15, 15] > 100]
    assert seen == [3, 4, 5, 6, 7]


def test_opacity_and_place_follow_their_curves():
    motion = Motion(opacity=(Key(frame=0, value=0), Key(frame=4, value=1)), dx=(Key(frame=0, value=0), Key(frame=10, value=20)))
    timeline = alone(clips.ground(64, 48, "#000000"), clips.rect(10, 10, 16, 16, "#FFFFFF", motion=motion))
    one = Composer(timeline, lambda a: a, paint=clips.rects, animate=clips.grow)
    for n in range(11):
        light = one.frame(n).y[11:25].astype(float) - 16
        assert light.max() == pytest.approx(219 * min(n / 4, 1), abs=2.5)
        if n:
            assert (light.sum(0) * (np.arange(64) + 0.5)).sum() / light.sum() == pytest.approx(18 + 2 * n, abs=0.2)


def test_an_animated_drawing_follows_its_progress(timeline, store):
    one = composer(timeline, store)
    widths = [int((np.abs(to_rgb(one.frame(n))[215].astype(int) - (255, 128, 0)).max(1) < 24).sum()) for n in (26, 29, 32, 40)]
    assert widths == sorted(widths)
    assert widths[0] == pytest.approx(60, abs=3)
    assert widths[-1] == pytest.approx(120, abs=3)


@pytest.mark.parametrize("size", [(1080, 1920), (1080, 1080), (1920, 1080), (540, 960), (270, 480), (406, 722), (2160, 3840)])
def test_any_even_size(store, size):
    timeline = clips.clip(store, *size)
    one = composer(timeline, store)
    for n in (2, 22, 30, 50):
        y, u, v = one.frame(n)
        assert y.shape == (size[1], size[0])
        assert u.shape == v.shape == (size[1] // 2, size[0] // 2)


def test_the_smallest_frame():
    timeline = alone(clips.rect(0, 0, 2, 2, "#FF0000"), width=2, height=2)
    frame = Composer(timeline, lambda a: a, paint=clips.rects, animate=clips.grow).frame(0)
    assert [plane.shape for plane in frame] == [(2, 2), (1, 1), (1, 1)]
    assert abs(int(frame.y[0, 0]) - 63) <= 2


def test_memory_does_not_grow_with_the_number_of_shots(store):
    # What the composer keeps is what the shots in sight need: counted in bytes of all arrays it holds.
    import gc

    picture = clips.photo(store, 200, 200)
    crop = Box(x=0, y=0, w=200, h=200)
    layers = (
        clips.still(picture, Box(x=0, y=0, w=64, h=64), (200, 200), crop, crop),
        clips.rect(4, 4, 20, 20, motion=Motion(dx=(Key(frame=0, value=1),))),
    )
    shots = tuple(Shot(id=f"s{k}", start=4 * k, frames=4, layers=layers, transition="fade", transition_frames=2) for k in range(60))
    timeline = Timeline(title="", language="en", width=64, height=64, safe=Box(x=0, y=0, w=9, h=9), shots=shots)
    one = composer(timeline, store)

    def held():
        gc.collect()
        return sum(o.alpha.nbytes + o.planes.y.nbytes for o in gc.get_objects() if type(o).__name__ == "Overlay")

    for n in range(40):
        one.frame(n)
    early = held()
    for n in range(40, timeline.frames):
        one.frame(n)
    assert 0 < held() <= early


def test_grounds_are_drawn_in_order_and_only_once():
    counts = []

    def counting(drawing, width, height, open_, **more):
        counts.append(drawing)
        return clips.rects(drawing, width, height, open_, **more)

    timeline = alone(clips.ground(64, 48, "#000000"), clips.rect(8, 8, 40, 30, "#FF0000"), clips.rect(16, 16, 16, 16, "#0000FF80"))
    one = Composer(timeline, lambda a: a, paint=counting, animate=clips.grow)
    pixels = [to_rgb(one.frame(n)) for n in range(12)]
    assert len(counts) == 3
    assert np.abs(pixels[5][24, 24].astype(int) - (127, 0, 128)).max() <= 4
    assert np.abs(pixels[5][34, 44].astype(int) - (255, 0, 0)).max() <= 4


def test_a_layer_that_covers_nothing_is_allowed():
    empty = Layer(id="none", box=Box(x=0, y=0, w=10, h=10), content=Sprite(drawing=()), motion=Motion(dx=(Key(frame=0, value=2),)))
    timeline = alone(clips.ground(64, 48, "#102030"), empty)
    one = Composer(timeline, lambda a: a, paint=clips.rects, animate=clips.grow)
    assert one.frame(3).y.shape == (48, 64)


@pytest.mark.parametrize("paints", [{}, {"paint": clips.rects}], ids=["in float", "in bytes"])
def test_a_ground_that_is_laid_in_strips_has_no_seams(store, monkeypatch, paints):
    fill = GradientFill(colours=("#102040", "#E0D0B0", "#4080C0"), angle=70)
    size = Box(x=0, y=0, w=40, h=500)
    card = RectOp(box=size, radius=0 if paints else 12, fill="#FFFFFF80", shadow=None if paints else Shadow())
    grounds = (Sprite(drawing=(RectOp(box=Box(x=0, y=0, w=96, h=700), fill="#305070" if paints else fill),)), Sprite(drawing=(card,)))
    places = (Box(x=0, y=0, w=96, h=700), Box(x=9, y=101, w=40, h=500))
    made = alone(
        *(Layer(id=f"g{k}", box=box, content=each) for k, (box, each) in enumerate(zip(places, grounds, strict=True))), width=96, height=700
    )
    monkeypatch.setattr(compose, "_STRIP", 700)
    whole = Composer(made, store.open, **paints).frame(0)
    for rows in (256, 512):
        monkeypatch.setattr(compose, "_STRIP", rows)
        strips = Composer(made, store.open, **paints).frame(0)
        for one, other in zip(strips, whole, strict=True):
            apart = np.abs(one.astype(int) - other)
            assert apart.max() <= 1  # a gradient's last bit may round otherwise
            assert np.count_nonzero(apart) <= 8
