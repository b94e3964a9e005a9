"""How things leave before a cut, and how a button asks to be pressed."""

from __future__ import annotations

import pytest

from aigc_cli.media.layout.moves import Clock, entrance, leaving, pulsing
from aigc_cli.media.layout.scene_template import Enter, Exit
from aigc_cli.media.timeline import Motion, value_at

CLOCK = Clock(90, 30, 1.0, leaves=True)


def test_words_are_there_until_they_leave_and_a_little_in_the_last_frame():
    motion = leaving(entrance(Enter(), CLOCK), Exit(), CLOCK)
    assert value_at(motion.opacity, 78, 1) == 1
    assert value_at(motion.dy, 78, 0) == 0
    assert 0.05 < value_at(motion.opacity, 89, 1) < 0.25
    assert value_at(motion.dy, 89, 0) < -15


def test_the_first_line_leaves_first():
    lines = [leaving(Motion(), Exit(), CLOCK, order=order) for order in (0, 1, 2)]
    seen = [value_at(line.opacity, 83, 1) for line in lines]
    assert seen[0] < seen[1] < seen[2]


@pytest.mark.parametrize("way", ["lift", "sink", "left", "right", "fade"])
def test_each_way_out_goes_its_own_way(way: str):
    motion = leaving(Motion(), Exit(name=way), CLOCK)
    across, down = value_at(motion.dx, 89, 0), value_at(motion.dy, 89, 0)
    assert (across < 0, across > 0, down < 0, down > 0) == (way == "left", way == "right", way == "lift", way == "sink")


@pytest.mark.parametrize(
    ("way", "clock"),
    [
        (Exit(name="none"), CLOCK),
        (Exit(), Clock(90, 30, 1.0)),  # a fade follows, or nothing
        (Exit(), Clock(40, 30, 1.0, leaves=True)),  # too short to be read as it is
    ],
)
def test_what_does_not_leave_stays_as_it_is(way: Exit, clock: Clock):
    motion = entrance(Enter(), clock)
    assert leaving(motion, way, clock) == motion


def test_after_a_cut_the_first_line_is_seen_at_once_and_under_a_fade_it_waits():
    assert value_at(entrance(Enter(delay_ms=60), CLOCK).opacity, 0, 1) > 0.1
    assert value_at(entrance(Enter(delay_ms=60), Clock(90, 30, 1.0, head=10)).opacity, 4, 1) == 0


def test_a_button_swells_and_comes_to_rest_before_the_end():
    clock = Clock(180, 30, 1.0)
    motion = pulsing(entrance(Enter(name="pop"), clock), clock, (10, 10))
    sizes = [value_at(motion.scale, frame, 1) for frame in range(30, 180)]
    assert max(sizes) == pytest.approx(1.045)
    assert all(size == 1 for size in sizes[-12:])
