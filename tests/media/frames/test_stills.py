"""Stills: geometry against the formula, smoothness measured, masks, bad pictures."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from aigc_cli.errors import RenderError
from aigc_cli.media.frames import planes as px
from aigc_cli.media.frames import stills
from aigc_cli.media.frames.resampling import placing
from aigc_cli.media.timeline import Box, Still

WIDTH, HEIGHT = 240, 320


def still(start, end, size=(600, 800), **more):
    return Still(source=(), width=size[0], height=size[1], start=start, end=end, **more)


def waves(width, height):
    """A smooth pattern with detail in both directions and in colour."""
    x, y = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    random = np.random.default_rng(5)
    small = random.integers(30, 220, (height // 12, width // 12, 3), dtype=np.uint8)
    rgb = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC).astype(float)
    return np.clip(rgb + 20 * np.sin(40 * x + 30 * y)[..., None], 0, 255).astype(np.uint8)


def full():
    return stills.framed(Box(x=0, y=0, w=WIDTH, h=HEIGHT), 0, WIDTH, HEIGHT)


def test_the_crop_is_what_is_seen():
    # The picture's columns carry their own position; each frame pixel must show the position the crop says.
    picture = np.zeros((800, 600, 3), np.uint8)
    picture[...] = np.rint(np.arange(600) * 0.4)[None, :, None]
    crop = Box(x=100.3, y=50, w=300, h=400)
    frame = px.blank(WIDTH, HEIGHT)
    one = still(crop, crop)
    stills.draw(frame, stills.prepare(picture, one, full().box), full(), crop)
    at = crop.x + (np.arange(WIDTH) + 0.5) * crop.w / WIDTH - 0.5
    expected = at * 0.4 * 219 / 255 + 16
    error = (frame.y[100].astype(float) - expected)[4:-4]
    assert abs(error.mean()) < 0.07  # a fifth of a pixel
    assert np.abs(error).max() < 1.5  # rounding, three times


def test_colour_edges_stand_where_luma_edges_stand():
    picture = np.zeros((320, 240, 3), np.uint8)
    picture[:, :121] = (40, 60, 200)
    picture[:, 121:] = (200, 160, 40)
    whole = Box(x=0, y=0, w=240, h=320)
    one = still(whole, whole, (240, 320))
    frame = px.blank(WIDTH, HEIGHT)
    stills.draw(frame, stills.prepare(picture, one, full().box), full(), whole)

    def edge(plane, scale):
        row = plane[plane.shape[0] // 2].astype(float)
        return scale * np.interp(0.5, np.sort((row - row[0]) / (row[-1] - row[0])), np.arange(len(row)))

    assert edge(frame.y, 1) == pytest.approx(120.5, abs=0.6)
    assert edge(frame.u, 2) == pytest.approx(120.5, abs=0.8)


def grain(width, height):
    """Detail as fine as a photo's."""
    noise = np.random.default_rng(5).normal(0, 120, (height, width, 3))
    return np.clip(128 + cv2.GaussianBlur(noise, (0, 0), 1.0), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("plane", "most"), [(0, 0.03), (1, 0.06)])
def test_a_slow_zoom_does_not_shake(plane, most):
    # Phase correlation of neighbouring frames; jerk is the change of the step between them (rms, frame pixels).
    picture = grain(900, 1200)
    one = still(Box(x=60, y=80, w=780, h=1040), Box(x=105, y=120, w=735, h=980), (900, 1200))
    size = (480, 640)
    at = stills.framed(Box(x=0, y=0, w=size[0], h=size[1]), 0, *size)
    source = stills.prepare(picture, one, at.box)
    frames = []
    for n in range(24):
        frame = px.blank(*size)
        stills.draw(frame, source, at, stills.crop_at(one, n / 110))
        frames.append(frame[plane].astype(np.float64))
    side, scale = (256, 1) if plane == 0 else (128, 2)
    top, left = frames[0].shape[0] // 5, frames[0].shape[1] // 6
    window = cv2.createHanningWindow((side, side), cv2.CV_64F)
    cuts = [frame[top : top + side, left : left + side] for frame in frames]
    steps = np.array([cv2.phaseCorrelate(a.copy(), b.copy(), window)[0] for a, b in zip(cuts, cuts[1:], strict=False)]) * scale
    assert np.sqrt((np.diff(steps, axis=0) ** 2).mean()) <= most
    assert np.abs(steps).mean() > 0.02  # it does move


@pytest.mark.parametrize("size", [(60, 80), (2400, 3200)])
def test_the_size_of_the_picture_file_does_not_change_what_is_seen(size):
    picture = cv2.resize(waves(600, 800), size, interpolation=cv2.INTER_AREA)
    crop = Box(x=60, y=80, w=480, h=640)
    one = still(crop, crop)
    small, large = px.blank(WIDTH, HEIGHT), px.blank(WIDTH, HEIGHT)
    stills.draw(small, stills.prepare(picture, one, full().box), full(), crop)
    reference = cv2.resize(waves(600, 800), (300, 400), interpolation=cv2.INTER_AREA)
    stills.draw(large, stills.prepare(reference, one, full().box), full(), crop)
    blurred = [cv2.blur(frame.y.astype(float), (25, 25)) for frame in (small, large)]
    assert np.abs(blurred[0] - blurred[1]).max() < 6


def test_samples_are_neither_skipped_nor_blown_up():
    for ratio, most in ((0.95, 1.15), (0.7, 1.55), (0.25, 2.05)):
        one = still(Box(x=0, y=0, w=600, h=800), Box(x=50, y=60, w=600 * ratio, h=800 * ratio))
        source = stills.prepare(waves(600, 800), one, full().box)
        widest = 600 * source.sx / WIDTH
        assert 1.0 <= widest <= most
        assert source.planes.y.size < (2 * WIDTH + source.pad + 14) * (2 * HEIGHT + source.pad + 14)


def test_round_corners_let_the_ground_through():
    box = Box(x=20, y=30, w=200, h=240)
    at = stills.framed(box, 40, WIDTH, HEIGHT)
    one = still(Box(x=0, y=0, w=600, h=720), Box(x=0, y=0, w=600, h=720))
    frame = px.blank(WIDTH, HEIGHT)
    stills.draw(frame, stills.prepare(np.full((800, 600, 3), 255, np.uint8), one, box), at, one.start)
    assert frame.y[31, 21] == 16  # corner
    assert frame.y[150, 21] == 235  # side
    assert frame.y[150, 19] == 16  # outside
    covered = (frame.y.astype(float) - 16).sum() / 219
    assert covered == pytest.approx(200 * 240 - (4 - np.pi) * 40**2, rel=0.002)


@pytest.mark.parametrize("box", [Box(x=20.5, y=31.25, w=100.5, h=77.0), Box(x=-30, y=-20, w=150, h=400), Box(x=21, y=33, w=3, h=2)])
def test_any_box_covers_its_own_area(box):
    at = stills.framed(box, 0, WIDTH, HEIGHT)
    one = still(Box(x=0, y=0, w=600, h=800), Box(x=0, y=0, w=600, h=800))
    frame = px.blank(WIDTH, HEIGHT)
    stills.draw(frame, stills.prepare(np.full((800, 600, 3), 255, np.uint8), one, box), at, one.start)
    wide = min(box.right, WIDTH) - max(box.x, 0)
    high = min(box.bottom, HEIGHT) - max(box.y, 0)
    assert (frame.y.astype(float) - 16).sum() / 219 == pytest.approx(wide * high, rel=0.02)


def test_a_moved_card_lies_where_it_was_moved():
    box = Box(x=40, y=40, w=100, h=100)
    at = stills.framed(box, 10, WIDTH, HEIGHT)
    one = still(Box(x=0, y=0, w=600, h=600), Box(x=0, y=0, w=600, h=600))
    frame = px.blank(WIDTH, HEIGHT)
    source = stills.prepare(np.full((800, 600, 3), 255, np.uint8), one, box)
    stills.draw(frame, source, at, one.start, place=placing(0.9, (90, 90), 10.25, 20), opacity=0.5)
    weight = frame.y.astype(float) - 16
    assert (weight.sum(0) * (np.arange(WIDTH) + 0.5)).sum() / weight.sum() == pytest.approx(100.25, abs=0.1)
    assert (weight.sum(1) * (np.arange(HEIGHT) + 0.5)).sum() / weight.sum() == pytest.approx(110, abs=0.1)
    assert weight.max() == pytest.approx(219 / 2, abs=2)


def test_a_cut_out_shows_the_ground_where_it_is_clear(tmp_path):
    rgba = np.zeros((80, 60, 4), np.uint8)
    rgba[20:60, 15:45] = (255, 0, 0, 255)
    rgba[:10] = (0, 255, 0, 0)  # colour without alpha must not shine through
    cv2.imwrite(str(tmp_path / "a.png"), cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA))
    whole = Box(x=0, y=0, w=60, h=80)
    one = still(whole, whole, (60, 80))
    frame = px.from_rgb(np.full((HEIGHT, WIDTH, 3), 200, np.uint8))
    before = int(frame.y[5, 5])
    stills.draw(frame, stills.prepare(stills.read_picture(tmp_path / "a.png"), one, full().box), full(), whole)
    assert int(frame.y[5, 120]) == before
    assert int(frame.y[160, 120]) == 63


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"GIF89a" + b"\0" * 40])
def test_what_is_no_picture_is_an_error_with_a_cure(tmp_path, content):
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(RenderError) as caught:
        stills.read_picture(path)
    assert caught.value.hint


@pytest.mark.parametrize("turned", [1, 6])
def test_a_photo_has_the_pixels_that_pillow_gives(tmp_path, turned):
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = turned
    Image.fromarray(waves(301, 203)).save(path, quality=90, exif=exif)
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(stills.read_picture(path), expected)


def test_a_cut_off_picture_is_an_error(tmp_path):
    path = tmp_path / "cut.jpg"
    cv2.imwrite(str(path), waves(600, 800))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(RenderError):
        stills.read_picture(path)
