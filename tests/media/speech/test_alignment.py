from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.media.speech.alignment import Boundary, by_boundaries, estimate, stretches, syllables
from aigc_cli.media.speech.reading.script import ReadWord
from tests.voicebox import RATE_HZ, say

SENTENCES = [
    "Pikolo is ready, in thirty seconds.",
    "Engineers have tested a rocket engine; it ran for five hundred seconds, twice as long as planned.",
    "One, two, three, four.",
    "今天的天气很好，气温达到二十五度。",
    "Well: yes!",
]


def words_of(text: str) -> list[ReadWord]:
    _, said = say(text)
    return [ReadWord(word, word) for word, _, _ in said]


@pytest.mark.parametrize("text", SENTENCES)
def test_estimates_find_words_by_their_syllables_and_the_silences(text: str) -> None:
    samples, said = say(text)
    spans = estimate(samples, RATE_HZ, words_of(text))
    misses = [abs(span[0] - start) for span, (_, start, _) in zip(spans, said, strict=True) if span]
    assert len(misses) == len(said)
    assert max(misses) < 0.12
    after_pause = [index for index, ((word, _, _), _) in enumerate(pairwise(said), 1) if word[-1] in ",;:，"]
    assert all(misses[index] < 0.03 for index in after_pause)


def test_a_silence_inside_a_word_does_not_break_it_at_a_sign_elsewhere() -> None:
    samples, said = say("Two words, and many more of them follow here.")
    cut = int((said[3][1] + 0.1) * RATE_HZ)
    paused = np.concatenate([samples[:cut], np.zeros(int(0.15 * RATE_HZ), np.float32), samples[cut:]])
    spans = estimate(paused, RATE_HZ, words_of("Two words, and many more of them follow here."))
    known = [span for span in spans if span]
    assert known[2][0] == pytest.approx(said[2][1], abs=0.03)
    assert known[-1][1] == pytest.approx(said[-1][2] + 0.15, abs=0.03)


@given(
    st.lists(st.sampled_from(["one", "seventeen,", "beautiful", "a", "strength.", "-", "三", "🎉", "x1y2"]), min_size=1, max_size=12),
    st.integers(0, 2**32 - 1),
    st.floats(0.05, 3.0),
)
@settings(max_examples=60, deadline=None)
def test_estimates_are_in_order_and_inside_whatever_the_sound(texts: list[str], seed: int, length_s: float) -> None:
    rng = np.random.default_rng(seed)
    samples = (
        rng.standard_normal(int(length_s * 8000)) * np.repeat(rng.random(40) > 0.4, int(length_s * 200) + 1)[: int(length_s * 8000)] * 0.1
    )
    spans = estimate(samples.astype(np.float32), 8000, [ReadWord(text, text) for text in texts])
    assert [span is None for span in spans] == [syllables(text) == 0 for text in texts]
    known = [span for span in spans if span]
    assert all(start < end for start, end in known)
    assert all(first[1] <= second[0] + 1e-9 for first, second in pairwise(known))
    assert all(start >= 0 and end <= length_s + 0.011 for start, end in known)


def test_silence_has_no_stretches() -> None:
    assert stretches(np.zeros(RATE_HZ, np.float32), RATE_HZ) == []
    assert stretches(np.zeros(0, np.float32), RATE_HZ) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [("Pikolo", 3), ("three dollars fifty", 5), ("made", 1), ("table", 2), ("今天", 2), ("NASA", 2), ("...", 0), ("café", 2), ("hmm", 1)],
)
def test_syllables_are_counted_about_right(text: str, count: int) -> None:
    assert syllables(text) == count


def test_an_engines_boundaries_are_matched_letter_by_letter() -> None:
    words = [
        ReadWord("It", "It"),
        ReadWord("costs", "costs"),
        ReadWord("$3.50,", "three dollars fifty,"),
        ReadWord("🎉", ""),
        ReadWord("now", "now"),
    ]
    said = [Boundary("It", 0.1, 0.2), Boundary("costs", 0.25, 0.6), Boundary("three", 0.6, 0.8), Boundary("dollars", 0.8, 1.2)]
    said += [Boundary("fifty", 1.2, 1.5), Boundary("now", 1.9, 2.2)]
    spans = by_boundaries(words, said)
    assert spans[3] is None
    assert [span and tuple(round(each, 3) for each in span) for span in spans if span] == [(0.1, 0.2), (0.25, 0.6), (0.6, 1.5), (1.9, 2.2)]


def test_boundaries_that_say_something_else_leave_words_open() -> None:
    assert by_boundaries([ReadWord("hello", "hello")], [Boundary("xyz", 0, 1)]) == [None]
