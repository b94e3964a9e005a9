from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli import registry
from aigc_cli.errors import QualityError, WorkflowError
from aigc_cli.media.speech.listening import compare, units
from aigc_cli.providers.fake import FakeSpeech, FakeTranscribe
from aigc_cli.shapes import Line, Transcript, TranscriptRequest, Word
from aigc_cli.steps.listening import Check, Transcribe
from tests.desk import Desk


class Hears:
    """A listener that hears what it is told to hear."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[TranscriptRequest] = []

    def transcribe(self, recording: TranscriptRequest, ctx: Any) -> Transcript:
        self.asked.append(recording)
        words = tuple(Word(text=word, start_s=index, end_s=index + 0.5) for index, word in enumerate(self.text.split()))
        return Transcript(words=words, text=self.text, language="en", confidence=1, duration_s=99, listener="test")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_registry_knows_the_steps() -> None:
    assert registry.step("speech.transcribe") is Transcribe
    assert registry.step("speech.check") is Check
    assert registry.embedded("transcribe")[0].name == "whisper"


def test_what_the_fake_says_the_fake_hears(desk: Desk) -> None:
    take = FakeSpeech().speak(Line(text="It costs $3.50. 今天很好！"), desk)
    value = Transcribe(audio=take.audio).run(FakeTranscribe(), desk)
    assert set(value) == set(Transcribe.outputs)
    assert value["text"] == "It costs $3.50. 今天很好！"
    assert desk.open(value["srt"]).read_text().startswith("1\n00:00:00,000 --> ")
    assert desk.open(value["vtt"]).read_text().startswith("WEBVTT")
    assert Check(audio=take.audio, text=take.text).run(FakeTranscribe(), desk)["error_rate"] == 0


def test_captions_hold_every_word_once(desk: Desk) -> None:
    text = " ".join(f"word{number}" for number in range(60))
    value = Transcribe(audio=desk.save(b"x", "audio/wav")).run(Hears(text), desk)
    lines = [line for line in desk.open(value["srt"]).read_text().splitlines() if "word" in line]
    assert " ".join(lines) == text


def test_silence_gives_empty_captions_and_a_note(desk: Desk) -> None:
    value = Transcribe(audio=desk.save(b"x", "audio/wav")).run(Hears(""), desk)
    assert (value["words"], value["text"], desk.open(value["srt"]).read_text()) == ((), "", "")
    assert "nobody speaks" in desk.notes[0]


def test_a_check_does_not_tell_the_listener_what_to_hear(desk: Desk) -> None:
    ears = Hears("hello world")
    Check(audio=desk.save(b"x", "audio/wav"), text="Hello, world!").run(ears, desk)
    assert ears.asked[0].names == ()


@pytest.mark.parametrize(
    ("written", "heard", "language"),
    [
        ("It costs $3.50, ready in 30 seconds.", "it costs three dollars fifty ready in thirty seconds", "en"),
        ("It’s here.", "It's here", "en"),
        ("A coffee shop in Nov. 2026", "a coffeeshop in november twenty twenty-six", "en"),
        ("今天只要¥25！", "今天只要二十五元", "zh"),
        ("支持OpenAI的30个产品", "支持openai的三十个产品", "zh"),
    ],
)
def test_what_sounds_the_same_is_the_same(desk: Desk, written: str, heard: str, language: str) -> None:
    value = Check(audio=desk.save(b"x", "audio/wav"), text=written, language=language, most_errors=0).run(Hears(heard), desk)
    assert (value["error_rate"], value["is_good"], value["differences"]) == (0, True, [])


def test_too_many_errors_fail_and_name_the_words(desk: Desk) -> None:
    step = Check(audio=desk.save(b"x", "audio/wav"), text="The cafe opens at nine on Monday.", most_errors=0.2)
    with pytest.raises(QualityError) as caught:
        step.run(Hears("the cave opens at five on monday"), desk)
    assert caught.value.exit_code == 7
    assert caught.value.message.startswith("28.6% of the words are not heard as written, more than 20%: `cafe` was heard as `cave`; `nine`")
    assert caught.value.hint
    value = step.model_copy(update={"stop": False}).run(Hears("the cave opens at five on monday"), desk)
    assert (value["errors"], value["length"], value["unit"], value["is_good"]) == (2, 7, "words", False)
    assert value["differences"] == [{"written": "cafe", "heard": "cave"}, {"written": "nine", "heard": "five"}]


def test_chinese_is_counted_by_character(desk: Desk) -> None:
    step = Check(audio=desk.save(b"x", "audio/wav"), text="世界卫生组织", language="zh", stop=False)
    value = step.run(Hears("世界为生组织"), desk)
    assert (value["errors"], value["length"], value["unit"]) == (1, 6, "characters")


def test_a_script_without_words_is_refused(desk: Desk) -> None:
    with pytest.raises(WorkflowError, match="no words"):
        Check(audio=desk.save(b"x", "audio/wav"), text="...").run(Hears("anything"), desk)


WORDS = st.lists(st.sampled_from(["a", "b", "c", "dd", "e"]), max_size=9)


def distance(a: list[str], b: list[str]) -> int:
    """Levenshtein's definition, word for word."""
    if not a or not b:
        return len(a) + len(b)
    return min(distance(a[1:], b) + 1, distance(a, b[1:]) + 1, distance(a[1:], b[1:]) + (a[0] != b[0]))


@given(WORDS.filter(lambda words: len(words) < 6), WORDS.filter(lambda words: len(words) < 6))
def test_errors_are_levenshteins_less_words_that_are_only_parted_otherwise(a: list[str], b: list[str]) -> None:
    found = compare(" ".join(a), " ".join(b), "en")
    assert found.length == len(a)
    assert found.errors <= distance(a, b)
    if "".join(a) == "".join(b):
        assert found.errors == 0
    if all(len(word) == 1 for word in a + b):
        assert found.errors == distance(a, b)
    assert found.errors >= len(found.differences)


def test_a_long_text_is_compared_quickly() -> None:
    words = [f"w{number % 97}x{number % 89}" for number in range(4000)]
    heard = [*words[:1000], "other", *words[1003:3000], "more", *words[3000:]]
    found = compare(" ".join(words), " ".join(heard), "en")
    assert (found.errors, len(found.differences)) == (4, 2)


def test_units() -> None:
    assert units("Don’t stop, NASA!", "en") == ["don't", "stop", "nasa"]
    assert units("用iPhone 15拍照。", "zh") == ["用", "iphone", "15", "拍", "照"]
