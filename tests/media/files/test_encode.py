"""Encoding: colours and tags of the file, determinism, what happens when drawing, the disk or the user stops it."""

import subprocess
import sys

import av
import numpy as np
import pytest

from aigc_cli.errors import RenderError, StorageError
from aigc_cli.media.files.encode import EncoderOptions, write_video
from aigc_cli.media.files.segments import join
from aigc_cli.media.filming.probe import probe
from aigc_cli.media.frames import planes as px
from tests.media import clips

BARS = [(255, 255, 255), (192, 192, 0), (0, 192, 192), (0, 192, 0), (192, 0, 192), (192, 0, 0), (0, 0, 192), (16, 24, 32)]


def card(width=256, height=128):
    """Upright bars of flat colour."""
    rgb = np.zeros((height, width, 3), np.uint8)
    for k, colour in enumerate(BARS):
        rgb[:, k * width // 8 : (k + 1) * width // 8] = colour
    return rgb


def write(path, frames=8, size=(256, 128), draw=None, **options):
    planes = px.from_rgb(card(*size))
    draw = draw or (lambda n, out: px.copy(planes, out))
    write_video(path, draw, frames, size=size, fps=30, options=EncoderOptions(**options))
    return path


def moving(n, out):
    random = np.random.default_rng(7)
    base = np.cumsum(np.cumsum(random.normal(0, 1, (160, 320)), 0), 1)
    base = (base - base.min()) / np.ptp(base) * 200 + 20
    out.y[...] = base[n : n + 128, 2 * n : 2 * n + 256]
    out.u[...], out.v[...] = 120, 140


def noisy(n, out):
    out.y[...] = np.random.default_rng(n).integers(16, 236, out.y.shape)


def test_a_card_keeps_its_colours(tmp_path):
    write(tmp_path / "card.mp4", crf=12)
    with av.open(str(tmp_path / "card.mp4")) as container:
        frame = list(container.decode(video=0))[-1]
    own = px.to_rgb(px.Planes(*(np.frombuffer(memoryview(p), np.uint8).reshape(p.height, p.line_size)[:, : p.width] for p in frame.planes)))
    # FFmpeg's own conversion, which follows the tags of the file
    tagged = frame.reformat(format="rgb24").to_ndarray()
    for k, colour in enumerate(BARS):
        at = slice(k * 32 + 8, k * 32 + 24)
        assert np.abs(own[40:90, at].astype(int).mean((0, 1)) - colour).max() <= 3
        assert np.abs(tagged[40:90, at].astype(int).mean((0, 1)) - colour).max() <= 3


def test_the_file_says_what_it_is(tmp_path):
    facts = probe(write(tmp_path / "card.mp4", frames=40, keyframe_s=0.5)).video
    assert (facts.codec, facts.width, facts.height, facts.fps, facts.frames) == ("h264", 256, 128, 30.0, 40)
    assert facts.pixels == "yuv420p"
    assert (facts.colour_range, facts.primaries, facts.transfer, facts.matrix) == ("tv", "bt709", "bt709", "bt709")
    assert facts.is_constant
    assert facts.start_s == 0
    assert facts.key_frames == (0, 15, 30)


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
def test_every_frame_arrives(tmp_path, frames):
    assert len(clips.decoded(write(tmp_path / "a.mp4", frames=frames))) == frames


def test_a_group_of_pictures_needs_no_other(tmp_path):
    # Decoding from the second key frame on gives the same frames as decoding everything.
    write(tmp_path / "a.mp4", frames=30, draw=moving, keyframe_s=0.4)
    whole = [picture for _, picture in clips.decoded(tmp_path / "a.mp4")]
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        container.seek(12 * 512, stream=stream, backward=True)
        part = [(frame.pts, frame.to_ndarray(format="yuv420p")) for frame in container.decode(stream)]
    assert part[0][0] == 12 * 512
    assert all(np.array_equal(picture, whole[pts // 512]) for pts, picture in part)


def test_two_runs_give_the_same_bytes(tmp_path):
    a, b = (write(tmp_path / f"{k}.mp4", frames=30, draw=moving).read_bytes() for k in range(2))
    assert a == b


def test_the_bytes_do_not_depend_on_the_number_of_cores(tmp_path):
    code = "import os,sys;sys.path.insert(0,'.');os.sched_setaffinity(0,{0});from pathlib import Path;"
    code += "import tests.media.files.test_encode as t;"
    code += f"t.write(Path({str(tmp_path / 'one.mp4')!r}), frames=20, draw=t.moving)"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert write(tmp_path / "many.mp4", frames=20, draw=moving).read_bytes() == (tmp_path / "one.mp4").read_bytes()


def test_options_count(tmp_path):
    sizes = [write(tmp_path / f"{crf}.mp4", frames=20, draw=moving, crf=crf).stat().st_size for crf in (18, 32)]
    assert sizes[0] > sizes[1] * 1.5


def test_what_drawing_raises_comes_out_and_nothing_is_left(tmp_path):
    def failing(n, out):
        if n == 5:
            raise RenderError("no such picture")

    with pytest.raises(RenderError, match="no such picture"):
        write(tmp_path / "a.mp4", draw=failing)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_from_progress_stops_the_work(tmp_path):
    seen = []

    def progress(fraction):
        seen.append(fraction)
        if fraction >= 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_video(tmp_path / "a.mp4", moving, 20, size=(256, 128), fps=30, options=EncoderOptions(), progress=progress)
    assert seen[-1] == 0.5
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path):
    with pytest.raises(StorageError):
        write(tmp_path / "none" / "a.mp4")


@pytest.mark.parametrize("call", ["t.write(path, frames=20, draw=t.noisy, crf=1)", "t.joined(path)"])
def test_a_full_disk_is_a_storage_error_and_nothing_is_left(tmp_path, call):
    # A limit on a file's size stands for the full disk; it needs a process of its own.
    segment = write(tmp_path / "segment.mp4", frames=20, draw=noisy, crf=1)
    assert segment.stat().st_size > 100_000
    path = tmp_path / "out.mp4"
    code = f"""
import resource, sys
sys.path.insert(0, ".")
from pathlib import Path
from aigc_cli.errors import StorageError
import tests.media.files.test_encode as t
path = Path({str(path)!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
try:
    {call}
except StorageError as error:
    assert "no space" in str(error), error
else:
    raise SystemExit("no error")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert not path.exists()


def joined(path):
    join([path.with_name("segment.mp4")], None, path, fps=30)


def test_a_path_is_a_path_whatever_it_looks_like(tmp_path):
    odd = tmp_path / "data: 咖啡 %d?.mp4"
    write(odd)
    assert probe(odd).video.frames == 8
