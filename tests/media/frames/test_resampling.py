"""Reading planes at sub-pixel places: the fast ways give what the slow one gives."""

import cv2
import numpy as np
import pytest

from aigc_cli.media.frames.resampling import PAD, read, read_pair

SIZE = (120, 90)


def smooth(seed=2):
    noise = np.random.default_rng(seed).integers(0, 256, (360, 420), np.uint8)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)


def place(scale, x, y):
    return np.array([[scale, 0.0, PAD + x], [0.0, scale, PAD + y]])


def warped(plane, at):
    return cv2.warpAffine(plane, at, SIZE, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("scale", [1.0, 1.0312, 1.0773, 1.1111, 1.125, 1.37])
@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (0.37, 0.0), (3.61, 7.27)])
def test_a_place_between_samples_is_met(scale, x, y):
    plane, at = smooth(), place(scale, x, y)
    steepest = max(np.abs(np.diff(plane.astype(int), axis=axis)).max() for axis in (0, 1))
    # 0.05 samples along both axes, and a level for rounding twice
    assert np.abs(read(plane, at, SIZE).astype(int) - warped(plane, at)).max() <= 1 + 2 * 0.05 * steepest


@pytest.mark.parametrize("scale", [1.0, 1.0773, 1.125])
def test_what_is_read_into_a_part_of_a_frame_is_the_same(scale):
    plane, at = smooth(), place(scale, 3.61, 7.27)
    frame = np.full((200, 256), 7, np.uint8)
    part = frame[20:110, 30:150]
    read(plane, at, SIZE, into=part)
    assert np.array_equal(part, read(plane, at, SIZE))
    assert (frame[:20] == 7).all()
    assert (frame[:, 150:] == 7).all()


@pytest.mark.parametrize("scale", [1.0, 1.0773, 1.125])
def test_two_planes_at_once_are_the_same_as_one_by_one(scale):
    u, v, at = smooth(3), smooth(4), place(scale, 3.61, 7.27)
    frame = np.zeros((2, 90, 160), np.uint8)[:, :, :120]
    read_pair(cv2.merge([u, v]), at, (frame[0], frame[1]), pad=PAD)
    for plane, found in zip((u, v), frame, strict=True):
        assert np.abs(found.astype(int) - read(plane, at, SIZE, is_held=True, is_coarse=True)).max() <= 1  # warps round otherwise


def test_what_was_read_stays_when_more_is_read():
    plane = smooth()
    first = read(plane, place(1.0773, 1.5, 2.5), SIZE)
    kept = first.copy()
    read(plane, place(1.0773, 9.5, 4.5), SIZE, into=np.empty(SIZE[::-1], np.uint8))
    assert np.array_equal(first, kept)
