from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli.media.audio.sound import RATE_HZ, from_pcm
from aigc_cli.media.speech.breath import LEAST_PAUSE_S, LONGEST_S, SHORTEST_S, inhale, into, loud_f0, plan
from aigc_cli.media.speech.reading.script import ReadWord
from aigc_cli.media.speech.takes import Utterance, join, pause_after, room_after


def decibels(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))))


def spoken(seconds: float, pause_s: float, hz: float = 220.0, room_s: float = 0.0) -> Utterance:
    """One word of a buzz between two silences."""
    t = np.arange(int(seconds * 24_000)) / 24_000
    buzz = np.sum([np.sin(2 * np.pi * hz * n * t) / n for n in range(1, 9)], axis=0)
    rest = np.zeros(7200, np.float32)
    samples = np.concatenate([rest, (0.1 * buzz).astype(np.float32), rest])
    return Utterance(samples, 24_000, (ReadWord("word", "word"),), ((0.345, seconds + 0.345),), pause_s, room_s=room_s)


@pytest.mark.parametrize(
    ("lengths", "pauses", "rooms", "breathed", "paused"),
    [
        ([3.0, 3.0], [0.6, 0.25], [0.0, 0.0], [False, True], [0.6, 0.25]),  # a long sentence after a paragraph
        ([3.0, 1.0], [0.6, 0.25], [0.0, 0.0], [False, False], [0.6, 0.25]),  # a short one
        ([3.0, 3.0], [0.25, 0.25], [0.45, 0.45], [False, False], [0.25, 0.25]),  # no room, and air enough
        ([5.0, 5.0, 3.0], [0.25] * 3, [0.45] * 3, [False, False, True], [0.25, 0.45, 0.25]),  # out of air: room is made
        ([5.0, 5.0, 3.0], [0.25] * 3, [0.0] * 3, [False, False, False], [0.25] * 3),  # unless the pause was fixed
        ([5.0], [0.6], [0.45], [False], [0.6]),
        ([], [], [], [], []),
    ],
)
def test_where_a_reader_breathes(
    lengths: list[float], pauses: list[float], rooms: list[float], breathed: list[bool], paused: list[float]
) -> None:
    breaths, after = plan(lengths, pauses, rooms)
    assert [each > 0 for each in breaths] == breathed
    assert after == paused


@given(st.lists(st.tuples(st.floats(0.1, 20), st.floats(0, 3), st.sampled_from([0.0, LEAST_PAUSE_S])), max_size=12))
def test_a_breath_fits_its_pause_and_no_pause_becomes_shorter(rows: list[tuple[float, float, float]]) -> None:
    breaths, after = plan([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])
    assert not breaths or breaths[0] == 0
    for index, seconds in enumerate(breaths):
        assert seconds == 0 or (SHORTEST_S <= seconds <= LONGEST_S and seconds + 0.15 <= after[index - 1])
    for (_, before, room), now in zip(rows, after, strict=True):
        assert now == before or (before < now == room)


def test_who_wants_sentences_close_together_gets_no_longer_pauses() -> None:
    assert room_after(250) == LEAST_PAUSE_S
    assert room_after(100) == 0.0


def test_an_inhale_is_soft_swells_and_ends_before_the_word() -> None:
    sound = into(np.zeros(24_000, np.float32), 0.36, "auto", 200.0, 1)
    heard = np.flatnonzero(sound)
    assert (heard[-1] - heard[0]) / RATE_HZ == pytest.approx(0.36, abs=0.01)
    assert 24_000 - heard[-1] >= 0.009 * RATE_HZ
    assert -59 < decibels(sound[heard[0] : heard[-1]]) < -55  # 35 to 39 dB below speech at -20 dBFS
    thirds = [decibels(part) for part in np.array_split(sound[heard[0] : heard[-1]], 3)]
    assert thirds[1] > thirds[0] + 6
    assert np.abs(sound[heard[[0, 1, -2, -1]]]).max() < 1e-4  # from nothing, to nothing
    assert decibels(into(np.zeros(24_000, np.float32), 0.36, "clear", 200.0, 1)[heard]) == pytest.approx(
        decibels(sound[heard]) + 10, abs=0.1
    )
    assert not into(np.zeros(24_000, np.float32), 0.36, "off", 200.0, 1).any()
    assert not into(np.zeros(100, np.float32), 0.36, "auto", 200.0, 1).any()


def test_a_deep_voice_breathes_deeply_and_every_breath_differs() -> None:
    def centroid(f0_hz: float) -> float:
        power = np.square(np.abs(np.fft.rfft(inhale(0.4, f0_hz, 3, level_dbfs=-56))))
        return float((power * np.fft.rfftfreq(round(0.4 * RATE_HZ), 1 / RATE_HZ)).sum() / power.sum())

    assert centroid(120) < 0.92 * centroid(240)
    assert (inhale(0.3, 200, 1, level_dbfs=-56) == inhale(0.3, 200, 1, level_dbfs=-56)).all()
    assert not np.allclose(inhale(0.3, 200, 1, level_dbfs=-56), inhale(0.3, 200, 2, level_dbfs=-56))


@pytest.mark.parametrize("hz", [85.0, 140.0, 220.0, 330.0])
def test_the_pitch_of_a_voice(hz: float) -> None:
    assert loud_f0(spoken(1.0, 0.0, hz).samples, 24_000) == pytest.approx(hz, rel=0.03)
    assert loud_f0(np.zeros(24_000, np.float32), 24_000) == 160.0
    assert loud_f0(np.zeros(10, np.float32), 24_000) == 160.0


def test_breaths_stand_in_pauses_alone_and_move_no_word() -> None:
    paragraph = pause_after(250, ends_paragraph=True, is_part=False)
    utterances = [spoken(3.0, paragraph), spoken(3.0, paragraph), spoken(0.5, paragraph)]
    (breathed, words), (stilled, plain) = join(utterances, "auto"), join(iter(utterances))
    breathing, still = from_pcm(np.concatenate(breathed)), from_pcm(np.concatenate(stilled))
    assert words == plain
    breath = np.flatnonzero(breathing != still)
    assert plain[0].end_s + 0.1 < breath[0] / RATE_HZ < breath[-1] / RATE_HZ < plain[1].start_s - 0.04
    assert np.abs(np.diff(breathing[breath[0] - 100 : breath[-1] + 100])).max() < 0.005  # no click
