"""HDR footage: light of a known strength comes out where the standards put it, in 10 bit, in both curves."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from aigc_cli.media.filming.footage import Trim, make_film
from aigc_cli.media.filming.reels import Reel
from aigc_cli.media.filming.tone_mapping import HLG, PQ, pq_light, pq_signal
from aigc_cli.media.frames.planes import to_rgb

SIDE = 64
WHITE = 203.0


def hlg_signal(nits: float) -> float:
    """The HLG signal of grey light on a screen of 1000 cd/m2 (BT.2100-2, table 5)."""
    scene = (nits / 1000) ** (1 / 1.2)
    return float(np.sqrt(3 * scene) if scene <= 1 / 12 else 0.17883277 * np.log(12 * scene - 0.28466892) + 0.55991073)


def film(path: Path, patches: list[tuple[float, float, float]], transfer: int, primaries: int = 9) -> Path:
    """Patches side by side of R'G'B' in 0..1 as 10-bit Y'CbCr in BT.2020, lossless."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=30)
        stream.width, stream.height, stream.pix_fmt = SIDE * len(patches), SIDE, "yuv444p10le"
        context = stream.codec_context
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, 9, primaries, transfer
        for n in range(3):
            rgb = np.array(patches)
            luma = rgb @ (0.2627, 0.6780, 0.0593)
            blue, red = (rgb[:, 2] - luma) / 1.8814, (rgb[:, 0] - luma) / 1.4746
            codes = [64 + 876 * luma, 512 + 896 * blue, 512 + 896 * red]
            frame = av.VideoFrame(SIDE * len(patches), SIDE, "yuv444p10le")
            for plane, code in zip(frame.planes, codes, strict=True):
                room = np.frombuffer(memoryview(plane), "<u2").reshape(SIDE, -1)
                room[:, : SIDE * len(patches)] = np.repeat(np.rint(code), SIDE).astype("<u2")
            frame.color_range, frame.colorspace = 1, 9
            frame.pts = n
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def seen(path: Path, folder: Path, count: int) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """The mean colour in the middle of each patch of the second frame, and what was said."""
    facts = make_film(path, folder / "film.mp4", Trim())
    rgb = to_rgb(Reel(folder / "film.mp4").frame(1)).astype(float)
    middle = slice(SIDE // 4, 3 * SIDE // 4)
    return [rgb[middle, SIDE * k + SIDE // 4 : SIDE * k + 3 * SIDE // 4].mean(axis=(0, 1)) for k in range(count)], facts.notes


def expected(nits: float) -> float:
    """The level of grey light by BT.2390-11, 5.4.1, written out for one value."""
    top = float(pq_signal(np.array(1000.0)))
    most, signal = float(pq_signal(np.array(WHITE))) / top, float(pq_signal(np.array(nits))) / top
    knee = 1.5 * most - 0.5
    if signal > knee:
        t = (signal - knee) / (1 - knee)
        signal = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * most
    return 255 * (float(pq_light(np.array(signal * top))) / WHITE) ** (1 / 2.4)


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_grey_light_comes_out_by_the_standards(tmp_path: Path, transfer: int) -> None:
    strengths = (1.0, 10.0, 50.0, 100.0, WHITE, 400.0, 1000.0)
    signal = (lambda nits: float(pq_signal(np.array(nits)))) if transfer == PQ else hlg_signal
    patches, notes = seen(film(tmp_path / "a.mkv", [(signal(nits),) * 3 for nits in strengths], transfer), tmp_path, len(strengths))
    for nits, patch in zip(strengths, patches, strict=True):
        assert patch == pytest.approx([expected(nits)] * 3, abs=2), nits
    assert patches[-1].min() > 253  # the brightest is white
    assert 215 < patches[4].mean() < 245  # and reference white is nearly so
    assert any("HDR" in note for note in notes)


def test_colours_keep_their_hue_and_stay_inside(tmp_path: Path) -> None:
    half, full = float(pq_signal(np.array(60.0))), float(pq_signal(np.array(900.0)))
    patches, _ = seen(film(tmp_path / "a.mkv", [(full, 0, 0), (0, full, 0), (0, 0, full), (half, half, 0)], PQ), tmp_path, 4)
    red, green, blue, yellow = patches
    assert red[0] > 240
    assert red[0] - max(red[1:]) > 100
    assert green[1] > 240
    assert green[1] - max(green[0], green[2]) > 100
    assert blue[2] > 180
    assert blue[2] - max(blue[0], blue[1]) > 100
    assert abs(yellow[0] - yellow[1]) < 20
    assert yellow[2] < 60


def test_a_slow_ramp_has_no_steps(tmp_path: Path) -> None:
    ramp = np.linspace(float(pq_signal(np.array(2.0))), float(pq_signal(np.array(8.0))), 24)
    patches, _ = seen(film(tmp_path / "a.mkv", [(v, v, v) for v in ramp], PQ), tmp_path, len(ramp))
    steps = np.diff([patch.mean() for patch in patches])
    assert steps.min() > 0
    assert steps == pytest.approx(np.full(len(steps), steps.mean()), rel=0.9)


def test_standard_light_in_wide_primaries_changes_only_its_colours(tmp_path: Path) -> None:
    patches, notes = seen(film(tmp_path / "a.mkv", [(0.5, 0.5, 0.5), (0.5, 0.3, 0.3)], 14), tmp_path, 2)
    assert patches[0] == pytest.approx([127.5] * 3, abs=2)
    assert patches[1][0] > 0.5 * 255 + 4  # the same red is more of BT.709's
    assert not notes
