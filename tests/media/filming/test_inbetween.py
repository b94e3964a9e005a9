"""Moments between frames, and the length and rate of a film that a model has made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from aigc_cli.media.filming.inbetween import InBetween
from aigc_cli.media.filming.made import positions, take_of
from aigc_cli.media.filming.probe import open_media
from aigc_cli.shapes import MotionRequest
from tests.desk import EXAMPLES, Desk


@pytest.fixture(scope="module")
def pan() -> list[Any]:
    """A photo seen by a camera that moves 12 pixels a frame: whole frames at even numbers, the truth between them at odd ones."""
    with Image.open(EXAMPLES / "pikolo" / "coffee.png") as opened:
        wide = np.asarray(ImageOps.fit(opened.convert("RGB"), (400, 240)))
    return [np.ascontiguousarray(wide[:, 6 * n : 6 * n + 240]) for n in range(9)]


def apart(a: Any, b: Any) -> float:
    return float(np.abs(a[12:-12, 12:-12].astype(int) - b[12:-12, 12:-12]).mean())


def test_the_middle_of_two_frames_is_what_a_camera_would_have_seen(pan: list[Any]) -> None:
    film = InBetween(pan[::2])
    for n in (1, 3, 5):
        mixed = (pan[n - 1].astype(int) + pan[n + 1]) // 2
        assert apart(film.at(n / 2), pan[n]) < 0.4 * min(apart(mixed, pan[n]), apart(pan[n - 1], pan[n]))


def test_frames_themselves_come_back_and_the_ends_stand_still(pan: list[Any]) -> None:
    film = InBetween(pan[:3])
    assert all((film.at(n) == pan[n]).all() for n in range(3))
    assert (film.at(-1) == pan[0]).all()
    assert (film.at(9) == pan[2]).all()
    assert (InBetween(pan[:1]).at(0.5) == pan[0]).all()


def test_a_cut_is_no_motion(pan: list[Any]) -> None:
    other = np.ascontiguousarray(255 - pan[0][::-1])
    film = InBetween([pan[0], other])
    assert (film.at(0.4) == pan[0]).all()
    assert (film.at(0.6) == other).all()


@pytest.mark.parametrize(
    ("count", "rate", "seconds", "stretch", "frames", "last"),
    [
        (81, 16, 4.0, 1.5, 120, 63.5),  # longer than wanted: cut
        (49, 8, 8.0, 1.5, 240, 48.0),  # slowed down by 1.3
        (16, 8, 10.0, 1.5, 90, 15.0),  # by no more than was allowed
        (16, 8, 10.0, 1.0, 60, 15.0),
    ],
)
def test_a_film_is_as_long_as_wanted_or_as_may_be(
    count: int, rate: float, seconds: float, stretch: float, frames: int, last: float
) -> None:
    found = positions(count, rate, MotionRequest(seconds=seconds, stretch=stretch))
    assert len(found) == frames
    assert found[0] == 0
    assert found == sorted(found)
    assert found[-1] == pytest.approx(last, abs=0.1)


def test_a_take_is_a_film_of_the_clip_s_rate(pan: list[Any], tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    take = take_of(pan[::2], 8, MotionRequest(seconds=0.9, fps=24), desk)
    with open_media(desk.open(take.video)) as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 24
    assert len(shown) == take.frames == 22
    assert apart(shown[0], pan[0]) < 6
    assert apart(shown[-1], pan[8]) < 6
    assert take.palette is not None
    assert take == take_of(pan[::2], 8, MotionRequest(seconds=0.9, fps=24), desk)
    assert any("shown in 0.9 s" in note for note in desk.notes)


def test_what_stands_still_or_ends_early_is_told(pan: list[Any], tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    take_of([pan[0]] * 4, 8, MotionRequest(seconds=2), desk)
    assert any("nothing moves" in note for note in desk.notes)
    assert any("stands still" in note and "0.7 s instead of 2 s" in note for note in desk.notes)
