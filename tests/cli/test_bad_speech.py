"""Bad input to speech, as it is typed: a clear error with a cure, or a sensible reading; nothing hangs, nothing is half-written."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from aigc_cli.errors import WorkflowError
from aigc_cli.media.audio.sound import RATE_HZ, read_wav
from aigc_cli.providers import hibari
from aigc_cli.providers.coqui_speech import reference
from tests.cli.conftest import Aigc

LONG_WORD = "Llanfair" * 38  # 304 letters


def workflow(text: str, provider: str = "", **more: str) -> str:
    given = "".join(f"      {name}: {value}\n" for name, value in {"text": text, **more}.items())
    named = f"    provider: {provider}\n" if provider else ""
    return f"aigc: 1\nname: w\nsteps:\n  voice:\n    uses: speech.say\n{named}    with:\n{given}"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "is empty"),
        ("  \t ", "is empty"),
        ("?! … --", "has no word or number in it"),
        ("🎉🎉 👍", "has no word or number in it"),
        ("\x07\x1b\x00", "has no word or number in it"),
        ("[pause 1s]", "is empty"),
    ],
)
def test_nothing_to_say(aigc: Aigc, tmp_path: Path, text: str, word: str) -> None:
    answer = aigc("voices", "try", "heart", text, "--out", "a.wav")
    assert answer.code == 2
    assert word in answer.err
    assert "hint: give it words" in answer.err
    assert not (tmp_path / "a.wav").exists()


@pytest.mark.parametrize(
    ("text", "shown"),
    [(f"Visit {LONG_WORD} now.", f"Visit{LONG_WORD}now."), ("Good\x07 mor\x1bning\u202e all\u200b.", "Goodmorningall.")],
)
def test_odd_texts_are_read_and_nothing_of_them_reaches_the_terminal(aigc: Aigc, tmp_path: Path, text: str, shown: str) -> None:
    told = aigc("voices", "try", "heart", text, "--out", "a.wav", "--json").json
    assert "".join(word["text"] for word in told["words"]) == shown
    assert told["words"][-1]["end_s"] <= told["duration_s"]
    assert len(read_wav(tmp_path / "a.wav")) == pytest.approx(told["duration_s"] * RATE_HZ, abs=1)
    plain = aigc("voices", "try", "heart", text, "--out", "a.wav")
    assert not {"\x07", "\x1b", "\u202e"} & set(plain.out + plain.err)


def test_too_long_a_text_is_refused_before_anything_is_loaded(aigc: Aigc) -> None:
    answer = aigc("voices", "try", "heart", "word " * 10_001)
    assert answer.code == 2
    assert "50,005 characters; 50,000 is the most" in answer.err
    assert "hint: part it" in answer.err


def test_a_language_that_no_voice_speaks(aigc: Aigc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIGC_PROVIDER")
    (tmp_path / "w.yaml").write_text(workflow("Habari za asubuhi", language="sw"))
    for command in ("validate", "run"):
        answer = aigc(command, "w.yaml")
        assert answer.code == 2
        assert "w.yaml:" in answer.err
        assert "no shipped voice speaks `sw`" in answer.err
        assert "hint: the shipped voices speak" in answer.err


def test_a_lexicon_with_an_unknown_phoneme(aigc: Aigc, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(workflow("Pikolo", lexicon="{Pikolo: /pɪʘ/}"), encoding="utf-8")
    answer = aigc("run", "w.yaml")
    assert answer.code == 2
    assert "w.yaml:8" in answer.err
    assert "unknown phoneme `ʘ`" in answer.err
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "lexicon.en.yaml").write_text("Rome: Roam\nPikolo: /pɪʘ/\n", encoding="utf-8")
    (tmp_path / "w.yaml").write_text(workflow("Pikolo"))
    answer = aigc("validate", "w.yaml")
    assert answer.code == 2
    assert "templates/lexicon.en.yaml:2:1: `Pikolo` has the unknown phoneme `ʘ`" in answer.err.replace("\\", "/")
    assert "hint: write English IPA" in answer.err


def test_a_missing_extra_says_how_to_get_it(aigc: Aigc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, package=None: None if name == "piper" else real(name, package))
    answer = aigc("voices", "try", "amy", "Hello.", "--provider", "piper")
    assert answer.code in (2, 3, 4)
    assert "hint:" in answer.err
    (tmp_path / "w.yaml").write_text(workflow("Hello.", provider="piper", model="/voices/amy.onnx"))
    answer = aigc("run", "w.yaml")
    assert answer.code == 3
    assert "pip install 'aigc[piper]'" in answer.err


def test_a_damaged_model_is_told_by_its_checksum(aigc: Aigc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hibari, "_SHA256", "0" * 64)
    answer = aigc("voices", "try", "heart", "Hello.")
    assert answer.code == 3
    assert "damaged: its checksum is not the published one" in answer.err
    assert "hint: install it again" in answer.err


@pytest.mark.parametrize(("seconds", "words"), [(10, "the reference recording is silent"), (7200, "longer than 120 seconds")])
def test_a_recording_that_is_silent_or_two_hours_long_is_no_reference(tmp_path: Path, seconds: int, words: str) -> None:
    with wave.open(str(tmp_path / "owner.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        for _ in range(seconds):
            file.writeframes(b"\x80" * 8000)
    with pytest.raises(WorkflowError, match=words) as caught:
        reference(tmp_path / "owner.wav")
    assert caught.value.hint
