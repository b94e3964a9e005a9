from __future__ import annotations

import numpy as np
import pytest

from aigc_cli.media.speech.inflection import STRESS_DB, Pitched, louden, part_words, told_speed

RATE = 24_000


def tone(seconds: float, hz: float = 220.0, rate: int = RATE) -> np.ndarray:
    return (0.2 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


class Organ:
    """A model that gives each phoneme a tenth of a second of 220 Hz at speed 1."""

    rate_hz = RATE
    unit_s = 0.025
    longest = 100
    vocabulary = frozenset("ab ,.")

    def __call__(self, phonemes: str, speed: float) -> tuple[np.ndarray, list[float]]:
        units = 4 / speed
        count = len(phonemes) + 2
        return tone(count * units * self.unit_s), [units] * count


@pytest.mark.parametrize("semitones", [-6, -2.5, 3, 6])
def test_a_pitched_voice_keeps_its_pace_and_moves_its_pitch(semitones: float) -> None:
    voice = Pitched(Organ(), semitones)
    samples, durations = voice("abab", 1.0)
    seconds = len(samples) / voice.rate_hz
    assert seconds == pytest.approx(0.6, abs=0.001)
    assert sum(durations) * voice.unit_s == pytest.approx(seconds, abs=0.001)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 18))
    peak_hz = spectrum.argmax() * voice.rate_hz / (1 << 18)
    assert peak_hz == pytest.approx(220 * 2 ** (semitones / 12), rel=0.002)


def test_a_stressed_word_is_louder_and_nothing_clicks() -> None:
    samples = tone(1.5)
    out = louden(samples, RATE, [(0.0, 0.5), (0.5, 1.0), (1.0, 1.5)], {1})
    gain = np.abs(out[15_000:21_000]).max() / np.abs(samples[15_000:21_000]).max()
    assert 20 * np.log10(gain) == pytest.approx(STRESS_DB, abs=0.1)
    assert np.array_equal(out[:9_000], samples[:9_000])
    assert np.abs(np.diff(out)).max() < 1.5 * np.abs(np.diff(samples)).max()


def test_without_stress_nothing_changes() -> None:
    samples = tone(0.3)
    assert louden(samples, RATE, [(0.0, 0.3)], set()) is samples


def test_a_silence_between_words_is_as_long_as_asked_and_moves_what_follows() -> None:
    samples = np.concatenate([tone(0.5), np.zeros(2400, np.float32), tone(0.5)])
    out, spans = part_words(samples, RATE, [(0.0, 0.5), (0.6, 1.1)], 0, 0.8)
    assert len(out) == len(samples) + round(0.7 * RATE)
    assert spans == [(0.0, 0.5), pytest.approx((1.3, 1.8))]
    assert np.abs(out[int(0.52 * RATE) : int(1.28 * RATE)]).max() < 1e-3


def test_a_cut_within_sound_is_faded() -> None:
    samples = tone(1.0)
    out, spans = part_words(samples, RATE, [(0.0, 0.5), (0.5, 1.0)], 0, 0.3)
    assert np.abs(np.diff(out)).max() < 1.3 * np.abs(np.diff(samples)).max()
    assert spans[1] == pytest.approx((0.8, 1.3))


def test_a_longer_silence_stays_and_silent_words_are_passed_over() -> None:
    samples = np.concatenate([tone(0.2), np.zeros(24_000, np.float32), tone(0.2)])
    spans = [(0.0, 0.2), None, (1.2, 1.4)]
    assert part_words(samples, RATE, spans, 1, 0.5)[1] == spans
    assert part_words(samples, RATE, [None, None], 0, 0.5)[0] is samples


def test_a_pace_is_told_so_that_more_is_quicker_and_one_is_one() -> None:
    told = [told_speed(pace / 100) for pace in range(30, 300)]
    assert told == sorted(told)
    assert told_speed(1.0) == 1.0
    assert told_speed(3.0) == pytest.approx(3.0 * 2.4 / 1.967)
