"""Other codecs: each file is opened, counted and looked at."""

from __future__ import annotations

import io
import zipfile

import av
import numpy as np
import pytest

from aigc_cli.media.audio import aac
from aigc_cli.media.files.encode import _views
from aigc_cli.media.files.masters import FORMS, write_master
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.planes import to_rgb
from tests.media import clips


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("masters")
    store = clips.store_at(folder)
    timeline = clips.clip(store)
    composer = Composer(timeline, store.open, paint=clips.rects, animate=clips.grow)
    t = np.arange(timeline.frames * 1600) / 48000
    (folder / "mix.m4a").write_bytes(aac.encode(np.repeat((0.3 * np.sin(2 * np.pi * 440 * t))[:, None], 2, 1).astype(np.float32)))
    return folder, timeline, composer


def rgb_of(path):
    with av.open(str(path)) as container:
        plain = [frame.reformat(format="yuv420p") for frame in container.decode(container.streams.video[0])]
        return [to_rgb(_views(frame)) for frame in plain]


def distance(a, b):
    """How far two pictures are apart at a quarter of their size: other codecs place chroma otherwise."""
    import cv2

    small = [cv2.resize(each, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(float) for each in (a, b)]
    return np.abs(small[0] - small[1]).mean()


def test_a_master_to_go_on_with(made):
    folder, timeline, composer = made
    target = folder / "prores.mov"
    write_master(composer, folder / "mix.m4a", target, "prores", preset="ultrafast")
    with av.open(str(target)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.codec_context.name == "prores"
        assert video.codec_context.pix_fmt == "yuv422p10le"
        assert audio.codec_context.name == "pcm_s16le"
        assert int(video.codec_context.colorspace) == 1
        heard = sum(frame.samples for frame in container.decode(audio))
    assert abs(heard - timeline.frames * 1600) < 3000
    frames = rgb_of(target)
    assert len(frames) == timeline.frames
    for n in (0, 30, 53):
        assert distance(frames[n], to_rgb(composer.frame(n))) < 3


@pytest.mark.parametrize("codec", ["gif", "webp"])
def test_pictures_that_move(made, codec):
    from PIL import Image

    folder, timeline, composer = made
    target = folder / f"small{FORMS[codec].ending}"
    write_master(composer, folder / "mix.m4a", target, codec)
    with Image.open(target) as image:
        assert timeline.frames // 2 - 5 <= image.n_frames <= timeline.frames // 2  # what does not change is one frame
        assert image.size == (180, 320)
        assert image.info["loop"] == 0
        image.seek(image.n_frames - 1)
        seen = np.asarray(image.convert("RGB"))
    assert distance(seen, to_rgb(composer.frame(52))) < 6
    again = folder / f"again{FORMS[codec].ending}"
    write_master(composer, folder / "mix.m4a", again, codec)
    assert again.read_bytes() == target.read_bytes()


def test_every_frame_as_a_picture(made):
    from PIL import Image

    folder, timeline, composer = made
    for name in ("a.zip", "b.zip"):
        write_master(composer, None, folder / name, "png")
    assert (folder / "a.zip").read_bytes() == (folder / "b.zip").read_bytes()
    with zipfile.ZipFile(folder / "a.zip") as archive:
        assert archive.namelist() == [f"frame-{n:06d}.png" for n in range(timeline.frames)]
        with Image.open(io.BytesIO(archive.read("frame-000044.png"))) as image:
            assert np.array_equal(np.asarray(image), to_rgb(composer.frame(44)))


def test_a_silent_clip_has_no_sound(made):
    folder, _, composer = made
    write_master(composer, None, folder / "silent.mov", "prores")
    with av.open(str(folder / "silent.mov")) as container:
        assert not container.streams.audio


def test_what_fails_leaves_nothing(made):
    folder, _, composer = made

    def stop(part):
        if part > 0.3:
            raise KeyboardInterrupt

    for codec, form in FORMS.items():
        target = folder / f"stopped{form.ending}"
        with pytest.raises(KeyboardInterrupt):
            write_master(composer, None, target, codec, preset="ultrafast", progress=stop)
        assert not target.exists()
