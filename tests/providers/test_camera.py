"""A camera over a picture: it moves, smoothly, towards the subject, and never beyond the edge."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aigc_cli.artifacts import Artifact
from aigc_cli.media.filming.probe import open_media
from aigc_cli.providers.camera import Camera
from aigc_cli.shapes import MotionRequest
from aigc_cli.steps.motion import Generate
from tests.desk import Desk


def picture(desk: Desk, size: tuple[int, int] = (161, 240)) -> Artifact:
    """A bright dot off the middle on a ramp, so that every place can be told."""
    wide, high = size
    ramp = np.tile(np.linspace(40, 160, wide), (high, 1))
    rgb = np.stack([ramp, ramp * 0.6, ramp * 0.4], axis=2)
    rgb[60:80, 40:60] = 255
    target = io.BytesIO()
    Image.fromarray(rgb.astype(np.uint8)).save(target, "PNG")
    return desk.save(target.getvalue(), "image/png", "dot.png")


def film(desk: Desk, **options: Any) -> list[Any]:
    take = Camera(**options).animate(MotionRequest(image=picture(desk), seconds=1), desk)
    assert (take.width, take.height, take.frames) == (160, 240, 30)
    with open_media(desk.open(take.video)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def dot(frame: Any) -> tuple[float, float, float]:
    """Middle of the dot, and its side."""
    light = np.clip(frame[..., 2].astype(float) - 110, 0, 100) / 100
    rows, columns = np.indices(light.shape)
    return float((columns * light).sum() / light.sum()), float((rows * light).sum() / light.sum()), float(light.sum()) ** 0.5


def test_in_makes_the_subject_larger_out_smaller_and_across_passes_by(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    first, last = (dot(film(desk, move="in", travel=0.3)[n]) for n in (0, -1))
    assert last[2] / first[2] == pytest.approx(1 / 0.7, rel=0.06)
    first, last = (dot(film(desk, move="out", travel=0.3)[n]) for n in (0, -1))
    assert last[2] / first[2] == pytest.approx(0.7, rel=0.06)
    first, last = (dot(film(desk, move="across", travel=0.2)[n]) for n in (0, -1))
    assert first[0] - last[0] == pytest.approx(0.2 / 0.8 * 160, abs=2)


def test_the_camera_moves_without_jumps(tmp_path: Path) -> None:
    places = np.array([dot(frame)[0] for frame in film(Desk(tmp_path), move="across", travel=0.15)])
    steps = -np.diff(places)
    assert steps.min() > 0.3
    assert np.abs(np.diff(steps)).max() < 0.6


def test_the_seed_chooses_the_move_and_the_same_gives_the_same(tmp_path: Path) -> None:
    request = MotionRequest(image=picture(Desk(tmp_path)), seconds=0.5)
    takes = [Camera().animate(request, Desk(tmp_path, seed=seed)) for seed in (0, 1, 2, 0)]
    assert takes[0] == takes[3]
    assert len({take.video.digest for take in takes}) == 3


def test_without_a_picture_it_does_not_fit() -> None:
    assert "`image`" in str(Camera().misfit(Generate(prompt="a cup")))
