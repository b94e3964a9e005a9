from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.media.audio.loudness import SILENCE_LUFS, integrated_lufs, momentary_lufs, true_peak_dbtp

RATE = 48_000


def sine(*parts: tuple[float, float], hertz: float = 1000.0, channels: int = 2) -> np.ndarray:
    """A sine without a break whose level in dBFS (peak) changes: (level, seconds), ..."""
    level = np.concatenate([np.full(round(seconds * RATE), 10 ** (dbfs / 20)) for dbfs, seconds in parts])
    wave = (level * np.sin(2 * np.pi * hertz * np.arange(len(level)) / RATE)).astype(np.float32)
    return np.repeat(wave[:, None], channels, axis=1)


@pytest.mark.parametrize(
    ("sound", "lufs"),
    [
        # EBU Tech 3341 (2016), table 1, cases 1 to 5: stereo sine at 1 kHz
        pytest.param(sine((-23, 20)), -23.0, id="case-1"),
        pytest.param(sine((-33, 20)), -33.0, id="case-2"),
        pytest.param(sine((-36, 10), (-23, 60), (-36, 10)), -23.0, id="case-3"),
        pytest.param(sine((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)), -23.0, id="case-4"),
        pytest.param(sine((-26, 20), (-20, 20.1), (-26, 20)), -23.0, id="case-5"),
        # BS.1770-4: a 0 dBFS sine of 997 Hz in one channel reads -3.01
        pytest.param(sine((0, 5), hertz=997, channels=1), -3.01, id="997-hertz-mono"),
    ],
)
def test_reads_what_the_standards_say(sound: np.ndarray, lufs: float) -> None:
    assert integrated_lufs(sound) == pytest.approx(lufs, abs=0.1)


def test_weighs_bass_less_and_treble_more() -> None:
    low, middle, high = (integrated_lufs(sine((-20, 3), hertz=hertz)) for hertz in (40, 1000, 8000))
    assert low < middle - 3
    assert high == pytest.approx(middle + 3.3, abs=0.3)  # the shelf's 4 dB, less what it already gives at 1 kHz


@pytest.mark.parametrize("length", [0, 1, 100, 4799, 19_199, 19_200, 57_600, 57_601])
def test_any_length_of_silence_is_silence(length: int) -> None:
    silence = np.zeros((length, 2), np.float32)
    assert integrated_lufs(silence) == SILENCE_LUFS
    assert true_peak_dbtp(silence) == -math.inf
    assert all(value == SILENCE_LUFS for value in momentary_lufs(silence))


@given(gain_db=st.floats(-40, 0), seconds=st.floats(0.05, 3))
@settings(max_examples=25, deadline=None)
def test_gain_moves_the_reading_by_as_much(gain_db: float, seconds: float) -> None:
    noise = np.random.default_rng(5).normal(0, 0.1, (round(seconds * RATE), 2)).astype(np.float32)
    factor = np.float32(10 ** (gain_db / 20))
    assert integrated_lufs(noise * factor) == pytest.approx(integrated_lufs(noise) + gain_db, abs=0.02)
    assert true_peak_dbtp(noise * factor) == pytest.approx(true_peak_dbtp(noise) + gain_db, abs=0.02)


def test_mono_in_either_shape_reads_alike() -> None:
    sound = sine((-20, 2), channels=1)
    assert integrated_lufs(sound[:, 0]) == integrated_lufs(sound)
    assert true_peak_dbtp(sound[:, 0]) == true_peak_dbtp(sound)


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.785, 1.2])
@pytest.mark.parametrize("hertz", [997.0, 6000.0, 12_000.0, 17_000.0])
def test_finds_peaks_between_samples(hertz: float, phase: float) -> None:
    length = RATE // 2
    edge = np.minimum(1, np.minimum(np.arange(length), np.arange(length)[::-1]) / 2400)
    sound = (0.5 * edge * np.sin(2 * np.pi * hertz * np.arange(length) / RATE + phase)).astype(np.float32)
    assert true_peak_dbtp(sound) == pytest.approx(-6.02, abs=0.2)  # EBU Tech 3341 allows +0.2 and -0.4


def test_true_peak_does_not_depend_on_where_pieces_end() -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, 70_000).astype(np.float32)
    noise[65_535:65_537] = (0.9, 0.9)  # on the border of two pieces
    assert true_peak_dbtp(noise) == pytest.approx(true_peak_dbtp(noise[60_000:]), abs=1e-4)
    assert true_peak_dbtp(noise) > 20 * math.log10(0.9) + 0.5


def test_momentary_follows_the_sound() -> None:
    curve = momentary_lufs(sine((-40, 2), (-20, 2)))
    assert curve[5] == pytest.approx(-40, abs=0.2)
    assert curve[-5] == pytest.approx(-20, abs=0.2)


def test_two_equal_channels_measure_as_two_that_hardly_differ():
    mono = np.random.default_rng(2).normal(0, 0.1, 2 * RATE).astype(np.float32)
    alike = np.stack([mono, mono], axis=1)
    apart = alike.copy()
    apart[:, 1] *= np.float32(1 - 1e-6)
    assert integrated_lufs(alike) == pytest.approx(integrated_lufs(apart), abs=1e-4)
    assert integrated_lufs(alike) == pytest.approx(integrated_lufs(mono) + 3.01, abs=0.01)
    assert true_peak_dbtp(alike) == true_peak_dbtp(mono)
