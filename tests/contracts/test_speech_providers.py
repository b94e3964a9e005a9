"""What every provider of speech keeps to, whoever makes the sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aigc_cli import registry
from aigc_cli.artifacts import Artifact, Store
from aigc_cli.media.sound import RATE_HZ, read_wav
from aigc_cli.shapes import Line, Speech, Voice

NAMES = registry.providers("speech")
LOADED: dict[str, Any] = {}
SLOW = {"kokoro"}
EACH = [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in NAMES]
TEXTS = {
    "en": "Pikolo costs $3.50, today only. Ready in 30 seconds 🎉",
    "zh": "今天只要¥25，30秒即可享用。支持5G！",
}


class Bench:
    def __init__(self, folder: Path) -> None:
        self.scratch, self.seed, self.store = folder / "scratch", 0, Store(folder / "store")
        self.scratch.mkdir(parents=True, exist_ok=True)

    def save(self, content: bytes | Path, media_type: str, name: str = "") -> Artifact:
        return (
            self.store.put_bytes(content, media_type, name)
            if isinstance(content, bytes)
            else self.store.put_file(content, media_type, name)
        )

    def progress(self, fraction: float, text: str = "") -> None:
        assert 0 <= fraction <= 1

    def load(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in LOADED:
            LOADED[name] = make()
        return LOADED[name]


def languages(name: str) -> list[str]:
    listed = getattr(registry.provider("speech", name), "voices", None)
    spoken = {tag.partition("-")[0] for voice in listed() for tag in voice.languages} if listed else set(TEXTS)
    return sorted(spoken & set(TEXTS))


@pytest.mark.parametrize("name", EACH)
def test_a_take_is_what_it_says(name: str, tmp_path: Path) -> None:
    for language in languages(name):
        bench = Bench(tmp_path / language)
        speech = registry.provider("speech", name)().speak(Line(text=TEXTS[language], language=language), bench)
        assert isinstance(speech, Speech)
        sound = read_wav(bench.store.open(speech.audio), rate_hz=None)
        assert sound.shape[1] == 1
        assert speech.duration_s == pytest.approx(len(sound) / RATE_HZ, abs=1 / RATE_HZ)
        assert (speech.text, speech.language, speech.provider) == (TEXTS[language], language, name)
        assert all(0 <= word.start_s <= word.end_s <= speech.duration_s + 0.001 for word in speech.words)
        assert all(before.end_s <= after.start_s + 0.001 for before, after in zip(speech.words, speech.words[1:], strict=False))
        shown = "".join(("" if word.is_glued else " ") + word.text for word in speech.words)
        assert "".join(shown.split()) == "".join(TEXTS[language].split())


@pytest.mark.parametrize("name", NAMES)
def test_voices_are_listed_without_loading_a_model(name: str) -> None:
    listed = getattr(registry.provider("speech", name), "voices", None)
    if listed is None:
        pytest.skip("this provider lists no voices")
    voices = listed()
    assert voices
    assert all(isinstance(voice, Voice) and voice.style and voice.languages for voice in voices)


def test_the_name_of_a_voice_is_unique_among_embedded_providers() -> None:
    names = [voice.name for provider in registry.embedded("speech") for voice in provider.voices()]  # type: ignore[attr-defined]
    assert len(names) == len(set(names)) >= 12
