"""Display lists: what each operation leaves in the pixels."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from aigc_cli.artifacts import Artifact
from aigc_cli.errors import RenderError
from aigc_cli.media.drawing.paint import paint, paint_exact
from aigc_cli.media.timeline import Box, DrawingOp, GradientFill, ImageOp, PathOp, QrOp, RectOp, Shadow, TextOp


def box(x: float, y: float, w: float, h: float) -> Box:
    return Box(x=x, y=y, w=w, h=h)


def closed(artifact: Artifact) -> Path:
    raise AssertionError("nothing is to be opened")


def text(words: str, **more: object) -> TextOp:
    return TextOp.model_validate(
        {"text": words, "x": 20, "y": 120, "family": "Manrope", "weight": 800, "size": 100, "colour": "#FFFFFF"} | more
    )


def picture(folder: Path, pixels: np.ndarray, **save: object) -> tuple[Artifact, dict[str, Path]]:
    import PIL.Image

    path = folder / "picture.png"
    PIL.Image.fromarray(pixels).save(path, **save)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Artifact(digest=digest, media_type="image/png", size=path.stat().st_size), {digest: path}


def test_a_rectangle_fills_its_box_with_its_colour() -> None:
    found = paint((RectOp(box=box(10, 20, 30, 40), fill="#FF8000"),), 100, 100, closed)
    assert tuple(found[40, 25]) == (255, 128, 0, 255)
    assert found[..., 3].sum() == 255 * 30 * 40


def test_alpha_is_premultiplied() -> None:
    found = paint((RectOp(box=box(0, 0, 10, 10), fill="#FF800080"),), 10, 10, closed)
    assert [int(v) for v in found[5, 5]] == pytest.approx([128, 64, 0, 128], abs=1)


def test_rounded_corners_are_empty_and_a_full_radius_is_a_circle() -> None:
    found = paint((RectOp(box=box(0, 0, 100, 100), radius=50, fill="#FFFFFF"),), 100, 100, closed)
    assert found[2, 2, 3] == 0
    assert found[..., 3].sum() / 255 == pytest.approx(np.pi * 50**2, rel=0.01)


def test_a_gradient_runs_along_its_angle() -> None:
    down = paint_exact((RectOp(box=box(0, 0, 64, 64), fill=GradientFill(colours=("#000000", "#FFFFFF"), angle=90)),), 64, 64, closed)
    assert down[2, 32, 0] < 0.1 < 0.9 < down[61, 32, 0]
    assert down[32, 2, 0] == pytest.approx(down[32, 61, 0], abs=1e-3)
    radial = paint_exact(
        (RectOp(box=box(0, 0, 64, 64), fill=GradientFill(form="radial", colours=("#FFFFFF", "#FFFFFF00"))),), 64, 64, closed
    )
    assert radial[32, 32, 3] > 0.95
    assert radial[32, 1, 3] < 0.05


def test_a_slow_gradient_has_no_bands() -> None:
    ground = (RectOp(box=box(0, 0, 400, 400), fill=GradientFill(colours=("#101418", "#191F26"), angle=0)),)
    exact = paint_exact(ground, 400, 400, closed)
    assert len(np.unique(exact[200, :, 0])) > 300
    painted = paint(ground, 400, 400, closed)
    assert any(len(np.unique(painted[:, column, 0])) > 1 for column in range(0, 400, 7))  # dithered: not one value a column


def test_a_shadow_lies_under_and_below_but_not_inside_its_shape() -> None:
    op = RectOp(box=box(60, 60, 80, 80), shadow=Shadow(dy=20, blur=8, colour="#000000FF"))
    found = paint((op,), 200, 200, closed)
    assert found[100, 100, 3] == 0
    assert found[150, 100, 3] > 150 > found[50, 100, 3]


def test_an_open_path_is_stroked_and_two_rings_make_a_hole() -> None:
    line = paint((PathOp(rings=((10, 50, 90, 50),), stroke="#00FF00", stroke_width=9),), 100, 100, closed)
    assert tuple(line[50, 50]) == (0, 255, 0, 255)
    assert line[60, 50, 3] == 0
    square = ((0, 0, 90, 0, 90, 90, 0, 90), (30, 30, 60, 30, 60, 60, 30, 60))
    hole = paint((PathOp(rings=square, is_closed=True, fill="#FFFFFF"),), 90, 90, closed)
    assert hole[45, 45, 3] == 0 < hole[10, 10, 3]


def test_text_stands_on_its_baseline_from_its_left_end() -> None:
    found = paint((text("HH"),), 300, 200, closed)
    rows, columns = np.where(found[..., 3] > 128)
    assert rows.max() == pytest.approx(119, abs=1)
    assert columns.min() == pytest.approx(20 + 8, abs=5)


def test_weight_counts_in_chinese_too() -> None:
    def ink(weight: int) -> float:
        return float(paint((text("晨光", weight=weight, language="zh"),), 300, 200, closed)[..., 3].sum())

    assert ink(800) > ink(300) * 1.4


def test_tracking_keeps_the_left_end_and_widens() -> None:
    plain, wide = (paint((text("III", tracking=tracking),), 500, 200, closed)[..., 3].any(axis=0) for tracking in (0.0, 0.5))
    assert np.argmax(plain) == np.argmax(wide)
    assert np.flatnonzero(wide)[-1] > np.flatnonzero(plain)[-1] + 80


def test_an_edge_surrounds_letters() -> None:
    found = paint((text("O", edge="#000000FF", edge_width=12),), 200, 200, closed)
    plain = paint((text("O"),), 200, 200, closed)
    assert (found[..., 3] > 100).sum() > (plain[..., 3] > 100).sum() * 1.15


def test_tofu_is_never_drawn() -> None:
    with pytest.raises(RenderError, match="U\\+12000"):
        paint((text("\U00012000"),), 200, 200, closed)


def test_a_drawing_is_fitted_into_its_box() -> None:
    found = paint((DrawingOp(name="hot-beverage", box=box(50, 50, 100, 100)),), 200, 200, closed)
    assert found[:48].sum() == 0
    assert found[60:140, 60:140, 3].mean() > 100


def test_a_picture_is_cropped_around_its_focus(tmp_path: Path) -> None:
    pixels = np.zeros((100, 300, 3), np.uint8)
    pixels[:, 200:] = (255, 0, 0)
    artifact, files = picture(tmp_path, pixels)
    right, left = (
        paint((ImageOp(image=artifact, box=box(0, 0, 50, 50), focus=(x, 0.5)),), 50, 50, lambda a: files[a.digest]) for x in (1.0, 0.0)
    )
    assert tuple(right[25, 25]) == (255, 0, 0, 255)
    assert tuple(left[25, 25]) == (0, 0, 0, 255)


def test_a_picture_inside_keeps_its_shape(tmp_path: Path) -> None:
    artifact, files = picture(tmp_path, np.full((50, 200, 3), 200, np.uint8))
    found = paint((ImageOp(image=artifact, box=box(0, 0, 100, 100), fit="inside"),), 100, 100, lambda a: files[a.digest])
    assert found[50, 50, 3] == 255
    assert found[20, 50, 3] == 0


def test_a_photo_on_its_side_is_turned(tmp_path: Path) -> None:
    import PIL.Image

    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, :40] = (0, 0, 255)
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the left of the file is the top of the picture
    artifact, files = picture(tmp_path, pixels, exif=exif)
    found = paint((ImageOp(image=artifact, box=box(0, 0, 40, 80)),), 40, 80, lambda a: files[a.digest])
    assert tuple(found[10, 20]) == (0, 0, 255, 255)
    assert tuple(found[70, 20]) == (0, 0, 0, 255)


def test_a_picture_that_is_none_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "note.png"
    path.write_bytes(b"not a picture")
    artifact = Artifact(digest="0" * 64, media_type="image/png", size=13)
    with pytest.raises(RenderError, match="a picture cannot be read"):
        paint((ImageOp(image=artifact, box=box(0, 0, 40, 80)),), 40, 80, lambda _: path)


def test_a_qr_code_can_be_read() -> None:
    import cv2

    address = "https://example.com/pikolo?from=clip"
    found = paint(
        (RectOp(box=box(0, 0, 400, 400), fill="#884411"), QrOp(text=address, box=box(82, 82, 236, 236), radius=32)), 400, 400, closed
    )
    assert cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(found[..., :3]))[0] == address


def test_a_qr_text_that_is_too_long_is_an_error() -> None:
    with pytest.raises(RenderError, match="does not fit in a QR code"):
        paint((QrOp(text="x" * 5000, box=box(0, 0, 200, 200)),), 200, 200, closed)


def test_the_same_list_gives_the_same_bytes() -> None:
    ops = (RectOp(box=box(0, 0, 200, 200), fill=GradientFill(colours=("#102030", "#203040"))), text("Ag1 晨"))
    assert np.array_equal(paint(ops, 400, 200, closed), paint(ops, 400, 200, closed))


def test_a_huge_drawing_is_refused() -> None:
    with pytest.raises(RenderError, match="too large"):
        paint((), 100_000, 10, closed)


@pytest.mark.parametrize(("words", "language"), [("Ẫ̈Ếjgpqy|Å", "en"), ("العَرَبِيَّةُ", "ar"), ("ที่ญี่ปุ่น", "th"), ("你好", "zh")])
@pytest.mark.parametrize("family", ["Manrope", "Playfair Display"])
def test_the_edge_of_letters_is_cut_nowhere(words: str, language: str, family: str) -> None:
    line = text(words, x=150, y=280, family=family, language=language)
    plain = paint((line,), 1100, 500, closed)[..., 3] > 128
    edged = paint((line.model_copy(update={"edge": "#000000", "edge_width": 40}),), 1100, 500, closed)[..., 3]
    for axis in (0, 1):
        inside, around = np.flatnonzero(plain.any(axis)), np.flatnonzero((edged > 64).any(axis))
        assert min(inside[0] - around[0], around[-1] - inside[-1]) >= 17  # half of the pen's width, and some of its blur
