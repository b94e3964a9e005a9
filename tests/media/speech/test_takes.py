from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli.media.audio.loudness import integrated_lufs, true_peak_dbtp
from aigc_cli.media.audio.sound import from_pcm
from aigc_cli.media.speech.graph import output_bytes
from aigc_cli.media.speech.phonemes import NOBODY, Sound, split
from aigc_cli.media.speech.reading.script import ReadWord
from aigc_cli.media.speech.takes import HEAD_S, TAIL_S, Utterance, fade, join, level, pause_after, settle, snap, trim, word_spans

RATE = 24_000


def tone(seconds: float, rate: int = RATE, size: float = 0.3) -> np.ndarray:
    return (size * np.sin(2 * np.pi * 220 * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def silence(seconds: float, rate: int = RATE) -> np.ndarray:
    return np.zeros(int(seconds * rate), np.float32)


def test_durations_become_spans_of_words() -> None:
    sound = Sound("ab cd,", (0, 0, NOBODY, 1, 1, NOBODY))
    first, second = word_spans(sound, [10, 2, 2, 1, 3, 3, 4, 5], 2, 0.025)
    assert first == pytest.approx((0.25, 0.35))
    assert second == pytest.approx((0.375, 0.525))


def test_trimming_leaves_a_little_room_and_says_what_it_cut() -> None:
    cut, offset = trim(np.concatenate([silence(0.5), tone(1.0), silence(0.7)]), RATE, 0.5, 1.5)
    assert offset == pytest.approx(0.5 - HEAD_S, abs=0.011)
    assert len(cut) / RATE == pytest.approx(1.0 + HEAD_S + TAIL_S, abs=0.022)


def test_words_beside_a_silence_move_to_its_edges() -> None:
    sound = np.concatenate([silence(0.3), tone(0.5), silence(0.3), tone(0.5), silence(0.3)])
    first, second = snap(sound, RATE, [(0.35, 1.0), (1.14, 1.8)])
    assert first == pytest.approx((0.3, 0.8), abs=0.011)
    assert second == pytest.approx((1.1, 1.6), abs=0.011)


def test_edges_are_faded_to_nothing() -> None:
    out = fade(np.ones(4800, np.float32), 48_000)
    assert out[0] < 0.001 > out[-1]
    assert out[240:-240].min() == 1.0
    assert len(fade(np.ones(3, np.float32), 48_000)) == 3


@pytest.mark.parametrize("size", [0.02, 0.2, 0.9])
def test_every_take_is_brought_to_one_loudness(size: float) -> None:
    out = level(tone(2.0, 48_000, size))
    assert integrated_lufs(out) == pytest.approx(-20.0, abs=0.2)
    assert true_peak_dbtp(out) <= -1.4


def test_silence_stays_silence() -> None:
    assert not level(silence(1.0, 48_000)).any()


def test_joined_takes_keep_their_words_and_pauses() -> None:
    def spoken(text: str, pause_s: float) -> Utterance:
        return Utterance(np.concatenate([silence(0.3), tone(0.6), silence(0.3)]), RATE, (ReadWord(text, text),), ((0.345, 0.945),), pause_s)

    pieces, words = join([spoken("one", 0.5), spoken("two", 0.5)])
    samples = from_pcm(np.concatenate(pieces))
    assert [word.text for word in words] == ["one", "two"]
    assert words[1].start_s - words[0].end_s == pytest.approx(0.5, abs=0.03)
    quiet = samples[int((words[0].end_s + 0.02) * 48_000) : int((words[1].start_s - 0.02) * 48_000)]
    assert np.abs(quiet).max() < 0.01
    assert np.abs(np.diff(samples)).max() < 0.02  # a 220 Hz tone at -20 LUFS has no steeper step; a click has


def test_pauses() -> None:
    assert pause_after(250, ends_paragraph=False, is_part=False) == 0.25
    assert pause_after(250, ends_paragraph=True, is_part=False) > 0.25
    assert pause_after(250, ends_paragraph=True, is_part=True) < 0.25


SPAN = st.one_of(st.none(), st.tuples(st.floats(0, 10), st.floats(0, 10)))


@given(st.lists(SPAN, min_size=1, max_size=12), st.floats(0.5, 10))
def test_settled_words_are_in_order_without_overlap_inside_the_take(spans: list[tuple[float, float] | None], duration: float) -> None:
    times = settle([span and (min(*span, duration), min(max(span), duration)) for span in spans], [3] * len(spans), duration)
    assert len(times) == len(spans)
    assert all(0 <= start <= end <= duration + 0.001 for start, end in times)
    assert all(before[1] <= after[0] for before, after in zip(times, times[1:], strict=False))


def test_a_silent_word_shares_its_neighbours_time() -> None:
    assert settle([(0.0, 1.0), None], [1, 1], 2.0) == [(0.0, 0.5), (0.5, 1.0)]
    assert settle([None, (0.5, 1.5)], [1, 1], 2.0) == [(0.5, 1.0), (1.0, 1.5)]
    assert settle([None], [4], 2.0) == [(0.0, 2.0)]


@given(st.text(alphabet="ab ,.", min_size=1, max_size=80), st.integers(4, 20))
def test_a_split_sound_loses_no_word(text: str, limit: int) -> None:
    sound = Sound(text, tuple(NOBODY if char in " ,." else index for index, char in enumerate(text)))
    pieces = split(sound, limit)
    assert all(len(piece.phonemes) <= limit for piece in pieces)
    spoken = [owner for piece in pieces for owner in piece.owners if owner != NOBODY]
    assert spoken == [owner for owner in sound.owners if owner != NOBODY]


def test_a_sound_is_split_after_a_comma_rather_than_within_a_word() -> None:
    text = "abcde fgh, ijk lmn"
    pieces = split(Sound(text, tuple(NOBODY if char in " ," else 0 for char in text)), 14)
    assert [piece.phonemes for piece in pieces] == ["abcde fgh,", " ijk lmn"]


def test_the_bytes_that_show_a_tensor_are_a_graph_with_one_output() -> None:
    assert output_bytes("/x").hex() == "3a0c620a0a022f7812040a020801"
