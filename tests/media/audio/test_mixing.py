from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.media.audio.aac import round_trip
from aigc_cli.media.audio.effects import Effect, effect_sound
from aigc_cli.media.audio.limiting import limit
from aigc_cli.media.audio.loudness import integrated_lufs, true_peak_dbtp
from aigc_cli.media.audio.mixing import duck_gain, fit_music, mix, sample_at
from aigc_cli.media.audio.signals import Held, whole

RATE = 48_000


def speech(seconds: float, level: float = 0.1) -> np.ndarray:
    """Syllables: a buzz with formant-like tilt, opened and closed three times a second."""
    t = np.arange(round(seconds * RATE)) / RATE
    opening = np.clip(np.sin(2 * np.pi * 3.1 * t) + 0.5, 0, 1)
    buzz = sum(np.sin(2 * np.pi * 140 * k * t + k * k) / k for k in range(1, 25))
    return (buzz * opening * level).astype(np.float32)


def music(seconds: float, kick: float = 0.6) -> np.ndarray:
    """A held chord and a kick twice a second, in stereo."""
    t = np.arange(round(seconds * RATE)) / RATE
    chord = sum(np.sin(2 * np.pi * hertz * t) for hertz in (220, 277.2, 329.6)) * 0.1
    since = t % 0.5
    sound = chord + kick * np.sin(2 * np.pi * 60 * since) * np.exp(-since / 0.05)
    return np.stack([sound, np.roll(sound, 240)], axis=1).astype(np.float32)


@pytest.mark.parametrize(
    ("takes", "bed", "effects"),
    [
        pytest.param([(15, speech(3)), (150, speech(4))], music(12), [Effect(140, "whoosh"), Effect(200, "tick")], id="everything"),
        pytest.param([], music(10), [], id="music-alone"),
        pytest.param([(15, speech(8))], None, [], id="speech-alone"),
        pytest.param([(0, speech(2, 0.01))], None, [], id="soft-speech"),
        pytest.param([(0, speech(4, 0.6))], music(10, kick=0.95), [], id="hot"),
    ],
)
def test_the_finished_file_is_at_its_loudness_and_below_its_ceiling(takes, bed, effects) -> None:
    made = mix(300, 30, takes, bed, effects)
    assert made.shape == (480_000, 2)
    assert made.dtype == np.float32
    heard = round_trip(made)
    assert integrated_lufs(heard) == pytest.approx(-14, abs=0.5)
    assert true_peak_dbtp(heard) <= -1.0


@pytest.mark.parametrize("bed", [None, np.zeros((RATE, 2), np.float32), np.zeros((0, 2), np.float32)])
def test_silence_stays_silence(bed) -> None:
    made = mix(90, 30, [(0, np.zeros(RATE, np.float32))], bed)
    assert made.shape == (144_000, 2)
    assert not made.any()


def test_an_effect_alone_is_heard_without_noise_or_nan() -> None:
    made = mix(60, 30, effects=[Effect(30, "tick")])
    assert np.isfinite(made).all()
    assert np.abs(made[:47_000]).max() < 1e-3 < np.abs(made[48_000:50_000]).max()


@given(frames=st.integers(0, 400), fps=st.sampled_from((24, 25, 30, 48, 50, 60, 7)))
@settings(max_examples=25, deadline=None)
def test_length_is_that_of_the_frames(frames: int, fps: int) -> None:
    assert len(mix(frames, fps)) == round(frames * RATE / fps)


def test_takes_begin_on_their_frames() -> None:
    click = np.full(480, 0.5, np.float32)
    made = np.abs(mix(300, 30, [(0, click), (45, click), (299, click)]))[:, 0]
    for frame in (0, 45, 299):
        start = sample_at(frame, 30)
        assert made[start : start + 400].min() > 1e-3
        assert start == 0 or made[start - 300 : start - 2].max() < 1e-6


def test_what_passes_the_end_is_faded_not_chopped() -> None:
    made = mix(30, 30, [(15, np.full(RATE, 0.3, np.float32))])
    assert len(made) == RATE
    assert np.abs(made[-1]).max() < 0.01 < np.abs(made[-4800]).max()
    assert not mix(30, 30, [(31, np.full(RATE, 0.3, np.float32))]).any()


def test_music_ducks_by_twelve_decibels_and_comes_back() -> None:
    narration = np.zeros((6 * RATE, 2), np.float32)
    narration[2 * RATE : 3 * RATE] = (0.2 * np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE))[:, None]
    gain_db = 20 * np.log10(duck_gain(Held(narration)).gain(0, len(narration)))

    def at(seconds: float) -> float:
        return float(gain_db[round(seconds * RATE)])

    assert at(1.85) == pytest.approx(0, abs=0.1)  # the attack takes 80 ms and is over when the word begins
    assert at(2.01) == pytest.approx(-12, abs=0.1)
    assert at(2.95) == pytest.approx(-12, abs=0.1)
    assert at(3.2) == pytest.approx(-6, abs=1)  # half way back after 200 of 400 ms
    assert at(3.5) == pytest.approx(0, abs=0.1)
    assert np.abs(np.diff(gain_db)).max() < 0.01


def test_music_stays_down_between_words() -> None:
    word = np.repeat(speech(0.5)[:, None], 2, axis=1)
    gap = np.zeros((round(0.15 * RATE), 2), np.float32)
    said = Held(np.concatenate([word, gap, word, gap, word]))
    assert duck_gain(said).gain(0, said.length).max() < 10 ** (-11 / 20)


def test_the_music_under_speech_is_far_below_it() -> None:
    tone = np.repeat((0.3 * np.sin(2 * np.pi * 5000 * np.arange(10 * RATE) / RATE)).astype(np.float32)[:, None], 2, axis=1)
    made = mix(300, 30, [(90, speech(4))], tone)
    spectrum = [np.abs(np.fft.rfft(made[at * RATE : (at + 1) * RATE, 0]))[4990:5010].max() for at in (1, 4)]
    assert 20 * np.log10(spectrum[0] / spectrum[1]) == pytest.approx(12, abs=1.0)


@given(st.integers(0, 2**32 - 1), st.floats(-20, 0))
@settings(max_examples=15, deadline=None)
def test_the_limiter_never_passes_its_ceiling(seed: int, ceiling: float) -> None:
    random = np.random.default_rng(seed)
    sound = random.normal(0, 0.2, (9600, 2)).astype(np.float32)
    sound[random.integers(0, 9600, 5)] = random.choice([-3.0, 3.0], (5, 2))
    assert true_peak_dbtp(limit(sound, ceiling)) <= ceiling + 0.05


def test_the_limiter_leaves_soft_sound_alone() -> None:
    sound = np.random.default_rng(1).normal(0, 0.01, (4800, 2)).astype(np.float32)
    assert np.array_equal(limit(sound, -1), sound)


@pytest.mark.parametrize("with_beats", [True, False])
@pytest.mark.parametrize("seconds", [0.3, 2.0, 7.3, 12.0, 12.01, 19.7, 61.2])
def test_music_is_fitted_to_any_length_with_its_beginning_and_ending(seconds: float, with_beats: bool) -> None:
    piece = music(12)
    length = round(seconds * RATE)
    fitted = whole(fit_music(Held(piece), length, np.arange(0, 12, 0.5) if with_beats else ()))
    assert len(fitted) == length
    edge = min(4800, length // 4)
    assert np.allclose(fitted[480:edge], piece[480:edge], atol=1e-6)
    assert np.allclose(fitted[-edge:-480], piece[-edge:-480], atol=1e-6)
    assert np.abs(np.diff(fitted, axis=0)).max() < 2 * np.abs(np.diff(piece, axis=0)).max() + 0.01


def test_repeats_keep_the_beat() -> None:
    clicks = np.zeros((16 * RATE, 2), np.float32)
    clicks[:: RATE // 2] = 1.0
    fitted = whole(fit_music(Held(clicks), 40 * RATE, np.arange(0, 16, 0.5)))
    steps = np.diff(np.flatnonzero(fitted[:, 0] > 0.9))
    assert np.count_nonzero(steps != RATE // 2) <= 1  # only where the ending is put on may the bar be cut


@pytest.mark.parametrize("kind", ["whoosh", "tick"])
def test_effects_are_short_and_begin_and_end_in_silence(kind) -> None:
    sound, mark = effect_sound(kind)
    assert np.abs(sound).max() == pytest.approx(1)
    assert len(sound) <= RATE
    assert np.abs(sound[0]).max() < 0.02
    assert np.abs(sound[-1]).max() < 0.02
    assert 0 <= mark < len(sound)


def test_equal_inputs_give_equal_bytes() -> None:
    again = [mix(90, 30, [(5, speech(1))], music(2), [Effect(60, "whoosh")]).tobytes() for _ in range(2)]
    assert again[0] == again[1]


def test_a_faint_hiss_is_not_blown_up_to_full_loudness() -> None:
    hiss = np.random.default_rng(3).normal(0, 0.0005, (3 * RATE, 2)).astype(np.float32)
    made = mix(90, 30, [(0, hiss)])
    assert integrated_lufs(made) < integrated_lufs(hiss) + 40.1


def hiss(seconds: float, level: float = 0.02) -> np.ndarray:
    """The street in a video, in stereo."""
    return (np.random.default_rng(3).standard_normal((round(seconds * RATE), 2)) * level).astype(np.float32)


def test_the_own_sound_of_a_film_goes_under_what_is_said():
    takes = [(90, speech(3))]  # from 3 s to 6 s of 10
    kept = mix(300, 30, takes, ambience=[(0, hiss(10), False)])
    ducked = mix(300, 30, takes, ambience=[(0, hiss(10), True)])

    def hiss_db(sound: np.ndarray, at: float) -> float:
        """The level between the syllables' own frequencies: above 10 kHz there is but hiss."""
        spectrum = np.abs(np.fft.rfft(sound[int(at * RATE) : int(at * RATE) + RATE, 0]))
        return float(20 * np.log10(spectrum[10_000:20_000].mean()))

    for made in (kept, ducked):
        assert len(made) == sample_at(300, 30)
    assert hiss_db(ducked, 4.0) - hiss_db(ducked, 1.0) < -10
    assert abs(hiss_db(kept, 4.0) - hiss_db(kept, 1.0)) < 2


def test_a_film_that_is_cut_by_the_clips_end_is_no_longer_than_the_clip():
    made = mix(60, 30, ambience=[(30, hiss(10), True)])
    assert len(made) == 2 * RATE
    assert np.abs(made[: RATE - 500]).max() < 0.01
