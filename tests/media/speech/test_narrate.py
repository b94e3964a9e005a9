from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aigc_cli.artifacts import Store
from aigc_cli.errors import ProviderError, WorkflowError
from aigc_cli.media.audio.loudness import integrated_lufs
from aigc_cli.media.audio.sound import RATE_HZ, read_wav
from aigc_cli.media.speech.narrate import Role, narrate
from aigc_cli.media.speech.phonemes import NOBODY, Sound
from aigc_cli.media.speech.reading.script import ReadWord
from aigc_cli.media.speech.rendition import LONGEST_TEXT
from aigc_cli.shapes import Line, Speech

UNIT_S = 0.025
LETTER = 3.0  # units a letter


class Bench:
    def __init__(self, folder: Path) -> None:
        self.scratch, self.seed, self.store = folder, 0, Store(folder / "store")
        self.notes: list[str] = []

    def save(self, content: Path, media_type: str, name: str = "") -> Any:
        return self.store.put_file(content, media_type, name)

    def progress(self, fraction: float, text: str = "") -> None:
        assert 0 <= fraction <= 1

    def note(self, text: str, *, is_downgrade: bool = False) -> None:
        self.notes.append(text)


def letters(words: Sequence[ReadWord]) -> Sound:
    """Letters as phonemes."""
    text, owners = "", []
    for index, word in enumerate(words):
        text += (" " if text else "") + word.spoken.lower()
        owners += [NOBODY] * (len(text) - len(owners) - len(word.spoken))
        owners += [index if char.isalnum() else NOBODY for char in word.spoken]
    return Sound(text, tuple(owners))


class Organ:
    """A letter is a tone, a sign a silence: sound whose times are known exactly."""

    rate_hz = 24_000
    unit_s = UNIT_S
    longest = 60
    vocabulary = frozenset("abcdefghijklmnopqrstuvwxyz0123456789 ,.!?")

    def __init__(self, hz: float = 200.0, spoil: Callable[[np.ndarray], np.ndarray] | None = None) -> None:
        self.hz, self.spoil, self.asked = hz, spoil, []

    def __call__(self, phonemes: str, speed: float) -> tuple[np.ndarray, list[float]]:
        self.asked.append((phonemes, round(speed, 3)))
        units = [10.0, *(LETTER / speed if char.isalnum() else 6.0 if char != " " else 0.2 for char in phonemes), 10.0]
        pieces = []
        for char, length in zip(f" {phonemes} ", units, strict=True):
            count = round(length * UNIT_S * self.rate_hz)
            wave = 0.2 * np.sin(2 * np.pi * self.hz * np.arange(count) / self.rate_hz)
            pieces.append(wave * char.isalnum())
        samples = np.concatenate(pieces).astype(np.float32)
        return (self.spoil(samples) if self.spoil else samples), units


def say(bench: Bench, text: str, model: Organ | None = None, cast: dict[str, Organ] | None = None, **wishes: Any) -> Speech:
    role = Role(letters, model or Organ())
    roles = {name: Role(letters, each) for name, each in (cast or {}).items()}
    return narrate(Line(text=text, **wishes), bench, voice="organ", provider="pipes", role=role, cast=lambda name: roles[name])


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def gaps(speech: Speech) -> list[float]:
    return [after.start_s - before.end_s for before, after in zip(speech.words, speech.words[1:], strict=False)]


def sound(bench: Bench, speech: Speech) -> np.ndarray:
    return read_wav(bench.store.open(speech.audio))[:, 0]


def test_sentences_and_paragraphs_have_the_pauses_of_a_newsreader(bench: Bench) -> None:
    speech = say(bench, "One two. Three four.\nFive six.")
    is_quiet = np.abs(sound(bench, speech)) < 1e-3
    edges = np.flatnonzero(np.diff(is_quiet.astype(int))) / RATE_HZ
    silences = [after - before for before, after in zip(edges, edges[1:], strict=False) if after - before > 0.1]
    assert silences == pytest.approx([0.25, 0.60], abs=0.02)


def test_a_pause_mark_is_silence_and_no_word(bench: Bench) -> None:
    speech = say(bench, "Only today [pause 800ms] at home.")
    assert [word.text for word in speech.words] == ["Only", "today", "at", "home."]
    assert gaps(speech)[1] == pytest.approx(0.8, abs=0.03)
    assert speech.text == "Only today at home."
    middle = sound(bench, speech)[int((speech.words[1].end_s + 0.05) * RATE_HZ) : int((speech.words[2].start_s - 0.05) * RATE_HZ)]
    assert np.abs(middle).max() < 1e-3


def test_a_pause_at_the_head_and_at_the_end_is_kept(bench: Bench) -> None:
    plain, held = say(bench, "Wait here."), say(bench, "[pause 1s] Wait here. [pause 2s]")
    assert held.words[0].start_s == pytest.approx(plain.words[0].start_s + 1, abs=0.01)
    assert held.duration_s == pytest.approx(plain.duration_s + 3 - 0.08, abs=0.02)


def test_slow_words_are_asked_for_slower(bench: Bench) -> None:
    model = Organ()
    speech = say(bench, "Call [slow]abcdefgh[/slow] now.", model, speed=1.5)
    assert [speed for _, speed in model.asked] == [1.5, 1.2, 1.5]
    assert [word.text for word in speech.words] == ["Call", "abcdefgh", "now."]
    assert speech.words[1].end_s - speech.words[1].start_s == pytest.approx(8 * LETTER * UNIT_S / 1.2, abs=0.06)


def test_a_stressed_word_is_louder(bench: Bench) -> None:
    speech = say(bench, "abcdefgh [strong]abcdefgh[/strong] abcdefgh")
    samples = sound(bench, speech)
    peaks = [np.abs(samples[int((word.start_s + 0.1) * RATE_HZ) : int((word.end_s - 0.1) * RATE_HZ)]).max() for word in speech.words]
    assert 20 * np.log10(peaks[1] / peaks[0]) == pytest.approx(2.5, abs=0.3)
    assert peaks[2] == pytest.approx(peaks[0], rel=0.05)


def test_a_mark_without_its_other_half_is_told(bench: Bench) -> None:
    assert say(bench, "A [slow] boat").text == "A [slow] boat"
    assert "`[slow]`" in bench.notes[0]


def test_a_dialogue_is_spoken_by_its_voices(bench: Bench) -> None:
    cast = {"high": Organ(400.0), "low": Organ(150.0)}
    speech = say(bench, "Ann: hello there\nBob: good evening\nAnn: bye", cast=cast, speakers={"Ann": "high", "Bob": "low"})
    assert [word.text for word in speech.words] == ["hello", "there", "good", "evening", "bye"]
    assert (speech.voice, speech.text) == ("high, low", "hello there\ngood evening\nbye")
    samples = sound(bench, speech)
    for word, hz in zip(speech.words, (400, 400, 150, 150, 400), strict=True):
        part = samples[int(word.start_s * RATE_HZ) : int(word.end_s * RATE_HZ)]
        peak = np.abs(np.fft.rfft(part, 1 << 16)).argmax() * RATE_HZ / (1 << 16)
        assert peak == pytest.approx(hz, rel=0.03)


def test_every_voice_is_equally_loud(bench: Bench) -> None:
    cast = {"high": Organ(400.0), "quiet": Organ(150.0, lambda samples: samples * np.float32(0.05))}
    speech = say(bench, "Ann: abcdefgh abcdefgh\nBob: abcdefgh abcdefgh", cast=cast, speakers={"Ann": "high", "Bob": "quiet"})
    samples = sound(bench, speech)
    border = int((speech.words[1].end_s + speech.words[2].start_s) / 2 * RATE_HZ)
    assert integrated_lufs(samples[:border]) == pytest.approx(integrated_lufs(samples[border:]), abs=0.5)


def test_pitch_keeps_the_pace(bench: Bench) -> None:
    plain, high = say(bench, "abcdefgh abcdefgh"), say(bench, "abcdefgh abcdefgh", pitch=4)
    assert high.duration_s == pytest.approx(plain.duration_s, abs=0.03)
    assert [word.start_s for word in high.words] == pytest.approx([word.start_s for word in plain.words], abs=0.02)


def test_the_same_line_gives_the_same_bytes(bench: Bench) -> None:
    text = "One [pause] two. [slow]Three[/slow] four."
    assert say(bench, text).audio.digest == say(bench, text).audio.digest


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda samples: samples * 0, "silence"),
        (lambda samples: samples[:12_000], "short"),
        (lambda samples: np.tile(samples, 40), "long"),
        (lambda samples: np.sign(samples).astype(np.float32), "clipped"),
        (lambda samples: samples + np.float32(np.nan), "numbers"),
    ],
)
def test_sound_that_cannot_be_the_text_is_refused_and_may_be_tried_again(
    bench: Bench, spoil: Callable[[np.ndarray], np.ndarray], word: str
) -> None:
    with pytest.raises(ProviderError, match=word) as caught:
        say(bench, "a sentence about a kettle that is never heard", Organ(spoil=spoil))
    assert caught.value.retryable


def test_a_sentence_that_went_wrong_is_tried_again_in_two_halves(bench: Bench) -> None:
    model = Organ()
    model.spoil = lambda samples: samples * 0 if len(model.asked) == 1 else samples
    speech = say(bench, "a sentence about a kettle, and one about a cup", model)
    assert [len(phonemes) > 0 for phonemes, _ in model.asked] == [True, True, True]
    assert [word.text for word in speech.words] == ["a", "sentence", "about", "a", "kettle,", "and", "one", "about", "a", "cup"]
    assert all(before.end_s <= after.start_s for before, after in zip(speech.words, speech.words[1:], strict=False))


@pytest.mark.parametrize("text", ["   ", "...", "🎉🎉", "[pause 1s]", "\x07\x1b"])
def test_nothing_to_say_is_an_error(bench: Bench, text: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        say(bench, text)
    assert caught.value.hint


def test_a_text_that_is_far_too_long_is_an_error(bench: Bench) -> None:
    with pytest.raises(WorkflowError, match="50,001"):
        say(bench, "a" * (LONGEST_TEXT + 1))


@pytest.mark.parametrize("text", ["word " * 4000, "bo" * 150 + " end.", "a\x07b\u202ec d", "Ünï çødé"])
def test_odd_texts_are_spoken(bench: Bench, text: str) -> None:
    speech = say(bench, text)
    assert "".join(word.text for word in speech.words)
    assert speech.words[-1].end_s <= speech.duration_s
