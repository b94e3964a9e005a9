"""Sound read by parts is the sound itself, wherever the parts begin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.errors import RenderError, StorageError
from aigc_cli.media.audio import aac, mixing
from aigc_cli.media.audio.limiting import Envelope, Limited
from aigc_cli.media.audio.loudness import Meter, integrated_lufs, true_peak_dbtp
from aigc_cli.media.audio.signals import PIECE, Cut, Held, Joint, Signal, Sum, Tape, opened, pieces, whole
from aigc_cli.media.audio.sound import read_wav, write_wav

RATE = 48_000


def noise(length: int, seed: int = 0, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, (length, 2)).astype(np.float32)


@pytest.fixture(scope="module")
def signals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Signal]:
    path = tmp_path_factory.mktemp("signals") / "a.wav"
    write_wav(path, noise(5000))
    a, b = Held(noise(4000, 1)), Held(noise(3000, 2)[:, 0])
    loud = Held(noise(30_000, 3, level=0.5))
    envelope = Envelope()
    envelope.add(loud.samples)
    return {
        "held": a,
        "mono": b,
        "wav": opened(path),
        "cut": Cut(a, 100, 3500, fade_in=50, fade_out=700),
        "joint": Joint(Cut(a, 0, 2500), b, 1200, 400),
        "joints": Joint(Joint(Cut(a, 0, 2500), a, 1200, 400), Joint(a, b, 1000, 0), 3000, 900),
        "sum": Sum.of([(0, a), (-500, b), (2000, a), (9000, a)], 5000),
        "tape": Tape(None, pieces(a)),
        "limited": Limited(loud, envelope.end(), 3.0, -1.0),
    }


NAMES = ("held", "mono", "wav", "cut", "joint", "joints", "sum", "tape", "limited")


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_any_part_is_as_in_the_whole(signals: dict[str, Signal], name: str, data: st.DataObject) -> None:
    signal = signals[name]
    full = np.pad(whole(signal), ((2000, 2000), (0, 0)))
    start = data.draw(st.integers(-2000, signal.length + 1999))
    stop = data.draw(st.integers(start + 1, signal.length + 2000))
    inside = name not in {"limited", "joint", "joints", "sum"}
    if not inside:  # these are only asked for what they have
        start, stop = min(max(start, 0), signal.length - 1), min(max(stop, 1), signal.length)
        stop = max(stop, start + 1)
    assert np.allclose(signal.read(start, stop), full[start + 2000 : stop + 2000], atol=2e-7)


def test_a_joint_blends_and_goes_on() -> None:
    rising = np.repeat(np.arange(1000, dtype=np.float32)[:, None], 2, axis=1)
    made = whole(Joint(Cut(Held(rising), 0, 600), Held(rising), 200, 100))[:, 0]
    assert len(made) == 600 + 800
    assert made[:500].tolist() == rising[:500, 0].tolist()
    assert made[600:].tolist() == rising[200:, 0].tolist()
    assert made[500] == pytest.approx(500)
    assert made[599] == pytest.approx(199)


def test_a_sum_fades_what_passes_its_end_and_leaves_out_what_lies_outside() -> None:
    ones = Held(np.ones((RATE, 2), np.float32))
    made = whole(Sum.of([(-RATE, ones), (RATE // 2, ones), (2 * RATE, ones)], RATE))
    assert not made[: RATE // 2].any()
    assert made[RATE // 2] == pytest.approx([1, 1])
    assert made[-1] == pytest.approx([0, 0])


@pytest.mark.parametrize(("rate_hz", "channels"), [(48_000, 1), (48_000, 2), (24_000, 1)])
def test_a_file_is_read_as_it_is(tmp_path: Path, rate_hz: int, channels: int) -> None:
    write_wav(tmp_path / "a.wav", noise(3 * PIECE)[:, :channels], rate_hz=rate_hz)
    ready = read_wav(tmp_path / "a.wav")
    assert np.array_equal(whole(opened(tmp_path / "a.wav")), np.broadcast_to(ready, (len(ready), 2)))


def test_a_file_that_is_cut_off_gives_what_it_has(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", noise(5000))
    data = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(data[: 44 + 4 * 1000])
    assert opened(tmp_path / "a.wav").length == 1000
    (tmp_path / "a.wav").write_bytes(data[:40])
    with pytest.raises(RenderError, match="WAV"):
        opened(tmp_path / "a.wav")


@given(sizes=st.lists(st.integers(1, 90_000), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_pieces_measure_as_the_whole(sizes: list[int]) -> None:
    sound = noise(sum(sizes), 4) * np.linspace(0.2, 1, sum(sizes), dtype=np.float32)[:, None]
    meter, envelope, at = Meter(), Envelope(), 0
    for size in sizes:
        meter.add(sound[at : at + size])
        envelope.add(sound[at : at + size])
        at += size
    lufs, peak = meter.end()
    assert lufs == pytest.approx(integrated_lufs(sound), abs=1e-6)
    assert peak == pytest.approx(true_peak_dbtp(sound), abs=1e-4)
    together = Envelope()
    together.add(sound)
    assert np.allclose(envelope.end(), together.end(), atol=1e-6)


def test_a_mix_is_written_without_holding_it(tmp_path: Path) -> None:
    """Forty seconds are 15 MB in float, and a mix held several of them: it keeps to what some seconds need."""
    import tracemalloc

    write_wav(tmp_path / "music.wav", (noise(PIECE, k, 0.2) for k in range(50)))
    write_wav(tmp_path / "take.wav", noise(3 * RATE, 99))
    takes = [(30 * second, opened(tmp_path / "take.wav")) for second in range(0, 40, 5)]
    tracemalloc.start()
    try:
        made = mixing.finish(tmp_path / "mix.m4a", 40 * 30, 30, takes, opened(tmp_path / "music.wav"))
        peak_mb = tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
    assert peak_mb < 14
    assert made.loudness_lufs == pytest.approx(-14, abs=0.5)
    assert made.true_peak_dbtp <= -1
    heard = sum(len(piece) for piece in aac.heard(tmp_path / "mix.m4a"))
    assert 0 <= heard - 40 * RATE < 1024
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mix.m4a", "music.wav", "take.wav"]


def test_no_room_for_the_mix_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        mixing.finish(tmp_path / "gone" / "mix.m4a", 30, 30)
