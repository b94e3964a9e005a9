"""Interlaced footage: fields become frames, nothing is combed, and motion is as smooth as it was filmed."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from aigc_cli.media.filming.footage import Trim, make_film
from aigc_cli.media.filming.reels import Reel

WIDTH, HEIGHT, STEP = 320, 128, 4


def bar(field: int) -> np.ndarray:
    """A light bar on a dark ground, moved by so many pixels per field."""
    picture = np.full((HEIGHT, WIDTH), 40, np.uint8)
    picture[:, 20 + STEP * field : 60 + STEP * field] = 200
    return picture


def camcorder(path: Path, *, frames: int = 24, is_interlaced: bool = True) -> Path:
    """25 frames a second of two fields each, the lower one first; or the same motion in whole frames."""
    with av.open(str(path), "w") as out:
        params = "bff=1:keyint=5" if is_interlaced else "keyint=5"
        stream = out.add_stream("libx264", rate=25, options={"crf": "4", "preset": "veryfast", "x264-params": params})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for n in range(frames):
            luma = bar(2 * n)
            if is_interlaced:
                luma[::2] = bar(2 * n + 1)[::2]
            planes = np.concatenate([luma, np.full((HEIGHT // 2, WIDTH), 128, np.uint8)])
            frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
            frame.pts = n
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def lumas(path: Path, folder: Path, fps: int) -> list[np.ndarray]:
    facts = make_film(path, folder / "film.mp4", Trim(fps=fps))
    assert (facts.width, facts.height) == (WIDTH, HEIGHT)
    reel = Reel(folder / "film.mp4")
    return [reel.frame(n).y.astype(float) for n in range(facts.frames)]


def combing(luma: np.ndarray) -> float:
    """How far each row is from the mean of its neighbours."""
    return float(np.abs(luma[1:-1] - (luma[:-2] + luma[2:]) / 2).mean())


def left_edge(luma: np.ndarray) -> float:
    """Where the bar begins, by the middle rows."""
    row = luma[HEIGHT // 2 - 8 : HEIGHT // 2 + 8].mean(axis=0)
    return float(np.argmax(row > 120))


@pytest.mark.parametrize("fps", [25, 50])
def test_fields_become_frames_at_their_own_times(tmp_path: Path, fps: int) -> None:
    with av.open(str(camcorder(tmp_path / "a.mp4"))) as container:
        raw = next(container.decode(video=0)).to_ndarray(format="gray").astype(float)
    frames = lumas(tmp_path / "a.mp4", tmp_path, fps)
    assert len(frames) == 24 * fps // 25
    assert combing(raw) > 3
    assert max(combing(frame) for frame in frames[2:-2]) < 1
    steps = np.diff([left_edge(frame) for frame in frames[2:-2]])
    assert steps == pytest.approx(np.full(len(steps), STEP * 50 / fps), abs=2)


def test_whole_frames_stay_as_they_are(tmp_path: Path) -> None:
    frames = lumas(camcorder(tmp_path / "a.mp4", is_interlaced=False), tmp_path, 25)
    assert len(frames) == 24
    for n, frame in enumerate(frames):
        assert np.abs(frame - bar(2 * n)).mean() < 2
