"""The user's videos: whatever a camera made comes upright, in its colours and in time; what is no video is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from aigc_cli.errors import WorkflowError
from aigc_cli.media.filming.footage import Trim, make_film, sound_of
from aigc_cli.media.filming.probe import probe
from aigc_cli.media.filming.reels import Reel
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.planes import to_rgb
from aigc_cli.media.timeline import Box, Footage, Key, Layer, Motion, Shot, Timeline
from tests.media import clips

RED, GREEN, BLUE, GREY = (200, 40, 40), (40, 160, 60), (50, 60, 190), (120, 120, 120)


def card(width, height, n):
    """Four colours in the corners, red top left; the middle says by its grey which frame it is."""
    rgb = np.empty((height, width, 3), np.uint8)
    rgb[: height // 2, : width // 2], rgb[: height // 2, width // 2 :] = RED, GREEN
    rgb[height // 2 :, : width // 2], rgb[height // 2 :, width // 2 :] = BLUE, GREY
    rgb[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3] = 20 + 4 * (n % 58)
    return rgb


def film(path: Path, *, size=(160, 120), frames=30, rate=30, codec="libx264", pixels="yuv420p", pts=None, tone=None, **tags) -> Path:
    """A film of cards. `pts` are its time stamps in milliseconds; `tone` adds sound of that pitch."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, options={"crf": "8", "preset": "ultrafast"} if "26" in codec else {})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        if pts:
            stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)
        sound = out.add_stream("aac", rate=48000, layout="mono") if tone else None
        for n in range(frames):
            frame = av.VideoFrame.from_ndarray(card(*size, n), "rgb24")
            matrix = {1: "ITU709", 5: "ITU601", 6: "ITU601"}[tags.get("colorspace", 6)]
            whole = tags.get("color_range") == 2
            frame = frame.reformat(
                format=pixels, dst_colorspace=getattr(av.video.reformatter.Colorspace, matrix),
                dst_color_range=getattr(av.video.reformatter.ColorRange, "JPEG" if whole else "MPEG"),
            )  # fmt: skip
            frame.pts = pts[n] if pts else n
            frame.time_base = Fraction(1, 1000) if pts else Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
        if sound:
            t = np.arange(round(frames / rate * 48000)) / 48000
            wave = av.AudioFrame.from_ndarray((0.4 * np.sin(2 * np.pi * tone * t)).astype(np.float32)[None], "fltp", "mono")
            wave.sample_rate, wave.pts = 48000, 0
            out.mux(sound.encode(wave))
            out.mux(sound.encode())
    return path


def made(path, folder, **trim):
    """What became of a file, and all its frames as RGB."""
    target = folder / "film.mp4"
    facts = make_film(path, target, Trim(**trim))
    reel = Reel(target)
    return facts, [to_rgb(reel.frame(n)) for n in range(facts.frames)]


def number(rgb):
    """Which frame a card says it is."""
    height, width = rgb.shape[:2]
    return (float(rgb[height // 2 - 4 : height // 2 + 4, width // 2 - 4 : width // 2 + 4].mean()) - 20) / 4


def corners(rgb):
    height, width = rgb.shape[:2]
    return [rgb[y, x].astype(int) for y in (height // 8, height * 7 // 8) for x in (width // 8, width * 7 // 8)]


def is_card(rgb, within=8):
    return all(np.abs(seen - wanted).max() <= within for seen, wanted in zip(corners(rgb), (RED, GREEN, BLUE, GREY), strict=True))


def test_frames_come_in_order_and_in_their_colours(tmp_path):
    facts, frames = made(film(tmp_path / "a.mp4"), tmp_path)
    assert (facts.width, facts.height, facts.frames, facts.has_sound) == (160, 120, 30, False)
    assert all(abs(number(rgb) - n) < 0.6 for n, rgb in enumerate(frames))
    assert is_card(frames[7])
    video = probe(tmp_path / "film.mp4").video
    assert video is not None
    assert (video.codec, video.pixels, video.matrix, video.colour_range, video.is_constant) == ("h264", "yuv420p", "bt709", "tv", True)


@pytest.mark.parametrize(
    "more",
    [
        {"colorspace": 1},
        {"colorspace": 6},
        {"colorspace": 1, "color_range": 2, "pixels": "yuvj420p"},
        {"pixels": "yuv420p10le"},
        {"pixels": "yuv444p"},
        {"codec": "libx265", "pixels": "yuv420p10le", "colorspace": 1},
    ],
    ids=str,
)
def test_other_pixels_keep_their_colours(tmp_path, more):
    _, frames = made(film(tmp_path / "a.mp4", frames=5, **more), tmp_path)
    assert is_card(frames[2], 12)


@pytest.mark.parametrize("name, codec", [("a.webm", "libvpx-vp9"), ("a.mkv", "libx264"), ("a.mov", "prores_ks")])
def test_other_containers(tmp_path, name, codec):
    pixels = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    _, frames = made(film(tmp_path / name, frames=6, codec=codec, pixels=pixels), tmp_path)
    assert len(frames) == 6
    assert is_card(frames[3], 14)


def test_odd_sizes_are_cut_to_even_ones(tmp_path):
    facts, frames = made(film(tmp_path / "a.mp4", size=(161, 121), pixels="yuv444p", frames=4), tmp_path)
    assert (facts.width, facts.height) == (160, 120)
    assert is_card(frames[1], 12)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_film_stands_upright(tmp_path, degrees):
    import subprocess

    import imageio_ffmpeg

    film(tmp_path / "a.mp4", frames=6)
    turned = tmp_path / "turned.mp4"
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-v", "error", "-display_rotation", str(degrees), "-i", tmp_path / "a.mp4", "-c", "copy", turned], check=True)
    facts, frames = made(turned, tmp_path)
    assert (facts.width, facts.height) == ((120, 160) if degrees % 180 else (160, 120))
    wanted = {90: (GREEN, GREY, RED, BLUE), 180: (GREY, BLUE, GREEN, RED), 270: (BLUE, RED, GREY, GREEN)}[degrees]
    assert all(np.abs(seen - colour).max() <= 8 for seen, colour in zip(corners(frames[3]), wanted, strict=True))


def test_a_part_at_another_speed(tmp_path):
    facts, frames = made(film(tmp_path / "a.mp4", frames=50), tmp_path, start_s=0.5, end_s=1.5, speed=2.0)
    assert facts.frames == 15
    assert all(abs(number(rgb) - (15 + 2 * n)) < 1.1 for n, rgb in enumerate(frames))


def test_slow_motion_shows_frames_twice(tmp_path):
    facts, frames = made(film(tmp_path / "a.mp4", frames=10), tmp_path, speed=0.5)
    assert facts.frames == 20
    assert all(abs(number(rgb) - n // 2) < 0.6 for n, rgb in enumerate(frames))


def test_a_part_far_into_the_file_is_found(tmp_path):
    with av.open(str(film(tmp_path / "a.mp4", frames=50, rate=10))):
        pass
    _, frames = made(tmp_path / "a.mp4", tmp_path, start_s=4.0, fps=30)
    assert abs(number(frames[0]) - 40) < 0.6
    assert abs(number(frames[-1]) - 49) < 0.6


def test_a_variable_rate_keeps_its_time(tmp_path):
    pts = [0, 40, 60, 300, 320, 340, 800, 820, 900, 1000]
    facts, frames = made(film(tmp_path / "a.mp4", frames=10, pts=pts), tmp_path)
    for n, rgb in enumerate(frames[: 1000 * 30 // 1000]):
        wanted = max(k for k, at in enumerate(pts) if at <= n * 1000 / 30 + 0.2)
        assert abs(number(rgb) - wanted) < 0.6, n
    assert facts.frames >= 30


def test_large_pictures_are_brought_down_to_what_is_seen(tmp_path):
    facts, _ = made(film(tmp_path / "a.mp4", size=(4200, 2200), frames=2), tmp_path)
    assert (facts.width, facts.height) == (3664, 1920)


def test_sound_is_as_long_as_the_pictures_and_keeps_its_pitch(tmp_path):
    path = film(tmp_path / "a.mp4", frames=60, tone=440)
    for speed, frames in ((1.0, 45), (2.0, 22), (0.5, 90)):
        sound = sound_of(path, Trim(start_s=0.5, speed=speed), frames)
        assert sound.shape == (frames * 1600, 2)
        spectrum = np.abs(np.fft.rfft(sound[4800:30000, 0]))
        assert np.argmax(spectrum) * 48000 / 25200 == pytest.approx(440, abs=6)


# ---- what is refused ----------------------------------------------------------------------------------------------


def playlist(path):
    path.write_text("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")


def concat(path):
    path.write_text("ffconcat version 1.0\nfile /etc/passwd\n")


def picture(path):
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))


def cut_off(path):
    whole = film(path.with_suffix(".whole.mp4"), frames=20).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def no_frames(path):
    with av.open(str(path), "w", format="mp4") as out:
        out.add_stream("libx264", rate=30).codec_context.open()


def sound_only(path):
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.float32), "fltp", "mono")
        frame.sample_rate = 48000
        out.mux(stream.encode(frame))
        out.mux(stream.encode())


def noise(path):
    whole = bytearray(film(path.with_suffix(".whole.mp4"), frames=3).read_bytes())
    at = whole.index(b"mdat") + 4
    whole[at : at + 3000] = np.random.default_rng(1).integers(0, 256, len(whole[at : at + 3000]), np.uint8).tobytes()
    path.write_bytes(bytes(whole))


def empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("make", [playlist, concat, picture, cut_off, no_frames, sound_only, empty], ids=lambda make: make.__name__)
def test_what_is_no_film_is_refused_by_its_name(tmp_path, make):
    path = tmp_path / "holiday.mp4"
    make(path)
    with pytest.raises(WorkflowError, match=r"holiday\.mp4") as told:
        make_film(path, tmp_path / "film.mp4", Trim())
    assert told.value.hint
    assert not (tmp_path / "film.mp4").exists()


def test_damage_ends_in_a_film_or_in_words(tmp_path):
    path = tmp_path / "holiday.mp4"
    noise(path)
    try:
        make_film(path, tmp_path / "film.mp4", Trim())
    except WorkflowError as error:
        assert "holiday.mp4" in error.message
        assert not (tmp_path / "film.mp4").exists()


def test_a_part_outside_the_file_is_told(tmp_path):
    with pytest.raises(WorkflowError, match=r"lasts 1\.00 s"):
        make_film(film(tmp_path / "a.mp4"), tmp_path / "film.mp4", Trim(start_s=5))


# ---- composing ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def composed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("footage")
    store = clips.store_at(folder)
    make_film(film(folder / "a.mp4", size=(320, 240), frames=40), folder / "film.mp4", Trim())
    return store, store.put_file(folder / "film.mp4", "video/mp4")


def timeline(source, **more):
    crop = more.pop("crop", Box(x=0, y=0, w=320, h=240))
    box = more.pop("box", Box(x=0, y=0, w=160, h=120))
    motion = more.pop("motion", Motion())
    content = Footage(source=source, width=320, height=240, fps=30, frames=40, crop=crop, **more)
    layers = (clips.ground(160, 120), Layer(id="film", box=box, content=content, motion=motion, role="picture"))
    return Timeline(
        title="t", language="en", width=160, height=120, fps=30, safe=box, shots=(Shot(id="a", start=0, frames=60, layers=layers),)
    )


def test_a_film_plays_in_its_place_and_then_stands(composed):
    store, source = composed
    composer = Composer(timeline(source), store.open, paint=clips.rects)
    seen = {n: to_rgb(composer.frame(n)) for n in (0, 1, 2, 30, 39, 50, 59, 3)}
    assert all(abs(number(rgb) - min(n, 39)) < 0.8 for n, rgb in seen.items())
    assert is_card(seen[2], 10)


def test_any_frame_alone_is_the_frame_in_order(composed):
    store, source = composed
    made_ = timeline(
        source, radius=12, box=Box(x=10, y=8, w=101, h=90), motion=Motion(scale=(Key(frame=0, value=0.9), Key(frame=20, value=1)))
    )
    in_order = Composer(made_, store.open, paint=clips.rects)
    frames = {n: [plane.copy() for plane in in_order.frame(n)] for n in range(45)}
    for n in (0, 17, 33, 44):
        alone = Composer(made_, store.open, paint=clips.rects).frame(n)
        assert all(np.array_equal(a, b) for a, b in zip(alone, frames[n], strict=True)), n


def test_a_crop_shows_its_part_only(composed):
    store, source = composed
    rgb = to_rgb(Composer(timeline(source, crop=Box(x=0, y=0, w=100, h=70)), store.open, paint=clips.rects).frame(5))
    assert np.abs(rgb[4:-4, 4:-4].astype(int) - RED).max() <= 10


def test_a_blurred_film_is_a_quiet_ground(composed):
    store, source = composed
    sharp = to_rgb(Composer(timeline(source), store.open, paint=clips.rects).frame(5)).astype(float)
    soft = to_rgb(Composer(timeline(source, blur=10), store.open, paint=clips.rects).frame(5)).astype(float)
    assert np.abs(np.diff(soft, axis=1)).max() < 0.2 * np.abs(np.diff(sharp, axis=1)).max()
    assert 0.6 < soft.mean() / sharp.mean() < 0.85
