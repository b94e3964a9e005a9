"""Alpha without a ground: what was laid over what comes back, in files that other programs read."""

from __future__ import annotations

import io
import subprocess
import zipfile

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from aigc_cli.media.files.masters import write_master
from aigc_cli.media.filming.footage import Trim, make_film
from aigc_cli.media.filming.reels import Reel
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.cutout import Cutout
from aigc_cli.media.timeline import Box, Key, Motion, Shot, Timeline
from tests.media import clips

SIZE = (160, 120)
BLUE, PINK = (48, 96, 192), (224, 64, 128)


def timeline(frames=8):
    """A blue box, and a pink one that is a quarter see-through moves; then both fade into nothing but blue."""
    slide = Motion(dx=(Key(frame=0, value=0), Key(frame=frames, value=24)))
    boxes = (clips.rect(20, 20, 60, 60, "#3060C0"), clips.rect(60, 40, 60, 60, "#E04080C0", motion=slide))
    shots = (
        Shot(id="a", start=0, frames=frames, layers=(clips.ground(*SIZE), *boxes)),
        Shot(id="b", start=frames, frames=frames, transition="fade", transition_frames=4, layers=(clips.ground(*SIZE), boxes[0])),
    )
    return Timeline(
        title="T", language="en", width=SIZE[0], height=SIZE[1], fps=30, safe=Box(x=0, y=0, w=SIZE[0], h=SIZE[1]), shots=shots,
        is_transparent=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cutout")
    store = clips.store_at(folder)
    return folder, Composer(timeline(), store.open)


def is_clip(rgba, within=6):
    """Whether a first frame shows the boxes with their colours and their alpha."""
    seen = {
        name: rgba[y, x].astype(int) for name, (x, y) in {"none": (8, 8), "blue": (40, 30), "pink": (110, 90), "both": (70, 60)}.items()
    }
    both = (np.array(PINK) * 192 / 255 + np.array(BLUE) * 63 / 255).astype(int)
    assert seen["none"][3] == 0
    for name, colour, alpha in (("blue", BLUE, 255), ("pink", PINK, 192), ("both", both, 255)):
        assert np.abs(seen[name][:3] - colour).max() <= within, (name, seen[name])
        assert abs(seen[name][3] - alpha) <= 3, (name, seen[name])


def test_frames_have_the_alpha_of_what_was_drawn(made):
    cutout = Cutout(timeline(), made[1].open)
    is_clip(cutout.frame(0))
    moved = cutout.frame(7)
    assert moved[90, 70, 3] == 0  # the pink box has left
    assert abs(int(moved[90, 130, 3]) - 192) <= 3
    half = cutout.frame(9)[90, 130, 3]  # in the fade
    assert 40 < half < 160
    assert cutout.frame(15)[90, 130, 3] == 0


def decoded(path, *before):
    """The first frame as RGBA, read by another program."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        *before,
        "-i",
        path,
        "-frames:v",
        "1",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgba",
        "-",
    ]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.uint8).reshape(SIZE[1], SIZE[0], 4)


@pytest.mark.parametrize("codec, name, before, within", [("vp9", "a.webm", ("-c:v", "libvpx-vp9"), 12), ("prores", "a.mov", (), 4)])
def test_films_carry_alpha(made, codec, name, before, within):
    folder, composer = made
    write_master(composer, None, folder / name, codec)
    is_clip(decoded(folder / name, *before), within)


def test_pictures_carry_alpha(made):
    folder, composer = made
    write_master(composer, None, folder / "a.zip", "png")
    with zipfile.ZipFile(folder / "a.zip") as archive:
        assert len(archive.namelist()) == 16
        is_clip(np.asarray(Image.open(io.BytesIO(archive.read("frame-000000.png")))))


def test_animated_pictures_carry_alpha(made):
    folder, composer = made
    write_master(composer, None, folder / "a.webp", "webp")
    with Image.open(folder / "a.webp") as image:
        is_clip(np.asarray(image.convert("RGBA")), 14)
    write_master(composer, None, folder / "a.gif", "gif")
    with Image.open(folder / "a.gif") as image:
        alphas = []
        for n in range(image.n_frames):
            image.seek(n)
            alphas.append(np.asarray(image.convert("RGBA"))[..., 3])
    assert {0, 255} == set(np.unique(np.stack(alphas)))
    assert (alphas[0][8, 8], alphas[0][30, 40]) == (0, 255)
    assert (alphas[0][90, 66], alphas[-1][90, 66]) == (255, 0)  # what has left is not seen any more


@pytest.mark.parametrize("codec, name", [("vp9", "a.webm"), ("prores", "a.mov"), ("webp", "a.webp")])
def test_footage_with_alpha_keeps_it(made, tmp_path, codec, name):
    folder, composer = made
    write_master(composer, None, folder / f"in-{name}", codec)
    film = make_film(folder / f"in-{name}", tmp_path / "film.mp4", Trim(keeps_alpha=True))
    assert film.has_matte
    assert film.is_endless == (codec == "webp")
    planes = Reel(tmp_path / "film.mp4").frame(0)
    alpha = planes.y[SIZE[1] :].astype(int)
    assert alpha[8, 8] < 4
    assert alpha[30, 40] > 250
    assert abs(alpha[90, 110] - 192) < 6
    assert film.subject[:2] == pytest.approx((20 / 160, 20 / 120), abs=0.06)
    plain = make_film(folder / f"in-{name}", tmp_path / "plain.mp4", Trim())
    assert not plain.has_matte
    assert Reel(tmp_path / "plain.mp4").frame(0).y[8, 8] <= 18  # on black, for those who have no use for alpha
