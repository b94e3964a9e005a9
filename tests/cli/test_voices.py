from __future__ import annotations

from pathlib import Path

import pytest

from aigc_cli.media.audio.sound import RATE_HZ, read_wav
from tests.cli.conftest import Aigc


def test_the_voices_of_a_language(aigc: Aigc) -> None:
    voices = aigc("voices", "--language", "zh", "--json").json["voices"]
    assert {"xiaoxiao", "yunyang"} <= {voice["name"] for voice in voices}
    assert all(voice["style"] and any(tag.startswith("zh") for tag in voice["languages"]) for voice in voices)


def test_every_embedded_voice_is_listed_with_what_it_is_good_for(aigc: Aigc) -> None:
    out = aigc("voices").out
    assert all(name in out for name in ("heart", "bella", "george", "warm and clear", "hibari", "kokoro"))


def test_a_voice_says_a_text_into_a_file(aigc: Aigc, tmp_path: Path) -> None:
    answer = aigc("voices", "try", "heart", "Good evening.", "--out", "told.wav")
    assert (answer.code, answer.out) == (0, "told.wav\n"), answer.err
    assert len(read_wav(tmp_path / "told.wav")) > RATE_HZ / 2


def test_without_a_text_it_says_a_sample_and_tells_its_words(aigc: Aigc, tmp_path: Path) -> None:
    told = aigc("voices", "try", "heart", "--json").json
    assert Path(told["file"]) == tmp_path / "heart.wav"
    assert "".join(word["text"] for word in told["words"]).startswith("Goodmorning.")
    assert told["words"][-1]["end_s"] <= told["duration_s"]


@pytest.mark.slow
def test_a_page_of_samples_holds_every_voice(aigc: Aigc, tmp_path: Path) -> None:
    answer = aigc("voices", "samples", "page", "--language", "en-GB")
    assert answer.out == str(Path("page/index.html")) + "\n", answer.err
    page = (tmp_path / "page/index.html").read_text()
    for name in ("emma", "isabella", "george"):
        assert f'src="{name}.wav"' in page
        assert len(read_wav(tmp_path / "page" / f"{name}.wav")) > RATE_HZ


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["try", "hart"], "did you mean `heart`"),
        (["try", "heart", ""], "empty"),
        (["try", "heart", "今天下雨"], "Chinese"),
        (["try", "heart", "Hello.", "--language", "zh"], "zh"),
        (["list", "--language", "sw"], "no voice speaks `sw`"),
    ],
)
def test_what_cannot_be_said_is_told(aigc: Aigc, args: list[str], word: str) -> None:
    answer = aigc("voices", *args)
    assert answer.code in (2, 4)
    assert word in answer.err
