"""What every provider of speech keeps to, whoever makes the sound: checked on a desk, for any engine that is ready to speak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from aigc_cli.media.audio.sound import RATE_HZ, read_wav
from aigc_cli.shapes import Line, Speech
from tests.desk import Desk

LOADED: dict[str, Any] = {}
TEXTS = {
    "en": "Pikolo costs $3.50, today only. Ready in 30 seconds 🎉",
    "zh": "今天只要¥25，30秒即可享用。支持5G！",
    "es": "El café cuesta poco, sólo hoy. ¡Está listo en un momento!",
}


class SharedDesk(Desk):
    """A desk whose heavy objects stay for the other tests of this process."""

    def load(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in LOADED:
            LOADED[name] = make()
        return LOADED[name]


def check_take(provider: Any, desk: Desk, language: str, *, voice: str | None = None) -> Speech:
    """One take: 48 kHz mono as long as it says, each word of the text once, in order, inside it, without overlap."""
    text = TEXTS[language]
    speech = provider.speak(Line(text=text, language=language, voice=voice), desk)
    assert isinstance(speech, Speech)
    sound = read_wav(desk.open(speech.audio), rate_hz=None)
    assert sound.shape[1] == 1
    assert speech.duration_s == pytest.approx(len(sound) / RATE_HZ, abs=1 / RATE_HZ)
    assert (speech.text, speech.language, speech.provider) == (text, language, provider.name)
    assert all(0 <= word.start_s < word.end_s <= speech.duration_s + 0.001 for word in speech.words)
    assert all(before.end_s <= after.start_s + 0.001 for before, after in zip(speech.words, speech.words[1:], strict=False))
    shown = "".join(("" if word.is_glued else " ") + word.text for word in speech.words)
    assert "".join(shown.split()) == "".join(text.split())
    assert np.abs(sound[:48]).max() < 0.035  # no click where it begins or ends
    assert np.abs(sound[-48:]).max() < 0.035
    assert speech.timing == "estimated" or not any("estimated" in note for note in desk.notes)
    assert speech.timing != "estimated" or any("estimated" in note for note in desk.notes)
    return speech


def check_repeats(provider: Any, desk: Desk, language: str) -> None:
    """The same line and seed give the same bytes."""
    line = Line(text=TEXTS[language].partition(". ")[0], language=language)
    assert provider.speak(line, desk) == provider.speak(line, desk)
