"""Clips one after the other: copied where they fit, laid out anew where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_cli.artifacts import Store
from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.media.audio import aac
from aigc_cli.media.files.segments import join
from aigc_cli.media.filming.concat import join_clips
from aigc_cli.media.filming.probe import probe
from aigc_cli.shapes import ConcatRequest
from tests.media import clips
from tests.media.filming.test_footage import film


class Ctx:
    """A context without a cache."""

    def __init__(self, folder):
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.store = Store(folder / "store")
        self.templates = Templates.beside(None)
        self.notes = []

    def open(self, artifact):
        return self.store.open(artifact)

    def save(self, content, media_type, name=""):
        put = self.store.put_bytes if isinstance(content, bytes) else self.store.put_file
        return put(content, media_type, name)

    def progress(self, fraction, text=""):
        assert 0 <= fraction <= 1

    def note(self, text, *, is_downgrade=False):
        self.notes.append(text)

    def memo(self, kind, version, material, make):
        return make()


@pytest.fixture
def ctx(tmp_path):
    return Ctx(tmp_path)


def finished(ctx, folder, name, *, frames, seed):
    """A clip as this program makes it, with a tone."""
    from aigc_cli.media.files.encode import EncoderOptions, write_video

    picture = np.random.default_rng(seed).integers(60, 200, (96, 64), dtype=np.uint8)

    def draw(n, planes):
        planes.y[...] = np.roll(picture, n, axis=1)
        planes.u[...] = planes.v[...] = 128

    write_video(folder / "v.mp4", draw, frames, size=(64, 96), fps=30, options=EncoderOptions())
    t = np.arange(frames * 1600) / 48000
    (folder / "a.m4a").write_bytes(aac.encode(np.repeat((0.3 * np.sin(2 * np.pi * 440 * seed * t))[:, None], 2, 1).astype(np.float32)))
    join([folder / "v.mp4"], folder / "a.m4a", folder / name, fps=30)
    return ctx.store.put_file(folder / name, "video/mp4", name)


def test_clips_that_fit_are_copied(ctx, tmp_path):
    files = tuple(finished(ctx, tmp_path, f"{n}.mp4", frames=frames, seed=n) for n, frames in ((1, 40), (2, 25), (3, 50)))
    made = join_clips(ConcatRequest(files=files, title="All"), ctx)
    assert made.is_copied
    assert made.duration_s == pytest.approx(115 / 30)
    path = ctx.open(made.file)
    apart = [picture for file in files for _, picture in clips.decoded(ctx.open(file))]
    joined = clips.decoded(path)
    assert len(joined) == 115
    assert all(np.array_equal(a, b) for a, (_, b) in zip(apart, joined, strict=True))
    facts = probe(path)
    assert facts.video is not None
    assert facts.video.is_constant
    heard = aac.decode(path.read_bytes())
    assert abs(len(heard) - 115 * 1600) < 4096
    for start, pitch in ((0.2, 440), (1.5, 880), (2.6, 1320)):
        part = heard[int(start * 48000) : int(start * 48000) + 24000, 0]
        assert np.argmax(np.abs(np.fft.rfft(part))) * 2 == pytest.approx(pitch, abs=8)


def test_clips_that_differ_take_the_shape_of_the_first(ctx, tmp_path):
    first = ctx.store.put_file(film(tmp_path / "a.mp4", size=(160, 120), frames=20, tone=440), "video/mp4", "a.mp4")
    other = ctx.store.put_file(film(tmp_path / "b.mp4", size=(96, 128), frames=15), "video/mp4", "b.mp4")
    made = join_clips(ConcatRequest(files=(first, other)), ctx)
    assert not made.is_copied
    assert "encoded anew" in ctx.notes[0]
    facts = probe(ctx.open(made.file))
    assert facts.video is not None
    assert (facts.video.width, facts.video.height, facts.video.frames) == (160, 120, 35)
    assert facts.audio is not None


def test_what_is_no_clip_is_named(ctx):
    good = ctx.store.put_bytes(b"#EXTM3U\n", "video/mp4", "list.mp4")
    with pytest.raises(WorkflowError, match=r"list\.mp4"):
        join_clips(ConcatRequest(files=(good,)), ctx)
