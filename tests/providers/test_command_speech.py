from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from aigc_cli.errors import AigcError, ConfigError, MissingTool, ProviderError, TimedOut, WorkflowError
from aigc_cli.providers.command_speech import CommandSpeech
from aigc_cli.shapes import Line
from aigc_cli.steps.speech import Say
from tests.desk import ROOT, Desk
from tests.voicebox import say

TOY = (sys.executable, str(ROOT / "tests" / "voicebox.py"))
TEXT = "Pikolo is ready, in 30 seconds."
SPOKEN = "Pikolo is ready, in thirty seconds."


def desk(folder: Path, *more: str) -> Desk:
    return Desk(folder, commands={"speech": (*TOY, *more)})


@pytest.mark.parametrize("more", [(), ("-o", "{output}")])
def test_a_program_speaks_to_its_output_or_to_a_file(tmp_path: Path, more: tuple[str, ...]) -> None:
    take = CommandSpeech().speak(Line(text=TEXT), desk(tmp_path, *more))
    _, words = say(SPOKEN)
    assert take.duration_s == pytest.approx(words[-1][2] - words[0][1] + 0.12, abs=0.03)
    assert (take.spoken, take.provider, take.voice) == (SPOKEN, "command", "speech")


def test_its_speed_is_filled_in(tmp_path: Path) -> None:
    plain = CommandSpeech().speak(Line(text=TEXT), desk(tmp_path, "-s", "{speed}"))
    quick = CommandSpeech().speak(Line(text=TEXT, speed=1.5), desk(tmp_path, "-s", "{speed}"))
    assert quick.duration_s == pytest.approx(plain.duration_s / 1.5, rel=0.08)
    with pytest.raises(WorkflowError, match="cannot change its speed"):
        CommandSpeech().speak(Line(text=TEXT, speed=1.5), desk(tmp_path))


@pytest.mark.parametrize("voice", ["-o/etc/passwd", "a b", "$(id)", "x\ny", ""])
def test_a_voice_is_never_more_than_a_name(tmp_path: Path, voice: str) -> None:
    with pytest.raises(WorkflowError, match="voice"):
        CommandSpeech().speak(Line(text=TEXT, voice=voice or None), desk(tmp_path, "-v", "{voice}"))


@pytest.mark.parametrize("text", ["$(touch pwned); `touch pwned` && touch pwned.", "--help me now.", "-o pwned.wav is a name."])
def test_a_text_is_never_an_argument_nor_seen_by_a_shell(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CommandSpeech().speak(Line(text=text), desk(tmp_path))
    assert not list(tmp_path.glob("pwned*"))


@pytest.mark.parametrize(
    ("mode", "kind", "words"),
    [
        ("fail", ProviderError, r"ended with code 3: no such voice\[31m"),
        ("nothing", ProviderError, "gave no sound"),
        ("text", ProviderError, "a web page instead of sound"),
        ("silent", ProviderError, "gave silence"),
        ("slow", TimedOut, "longer than 0.5 s"),
    ],
)
def test_each_failure_has_its_error(tmp_path: Path, mode: str, kind: type[AigcError], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        CommandSpeech(timeout_s=0.5 if mode == "slow" else 60).speak(Line(text=TEXT), desk(tmp_path, "--mode", mode))
    assert caught.value.hint
    assert "\x1b" not in caught.value.message


def test_a_program_that_is_not_there_or_writes_no_file(tmp_path: Path) -> None:
    with pytest.raises(MissingTool, match="no-such-program"):
        CommandSpeech().speak(Line(text=TEXT), Desk(tmp_path, commands={"speech": ("no-such-program",)}))
    with pytest.raises(ProviderError, match="wrote no file"):
        CommandSpeech().speak(Line(text=TEXT), Desk(tmp_path, commands={"speech": (*TOY, "--x", "{output}")}))
    with pytest.raises(WorkflowError, match=r"`\{colour\}` in a command is not known"):
        CommandSpeech().speak(Line(text=TEXT), Desk(tmp_path, commands={"speech": (*TOY, "--x", "{colour}")}))


def test_another_command_line_gives_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    monkeypatch.setenv("AIGC_CONFIG", str(file))
    step, templates = Say(text="Hi"), Desk(tmp_path).templates
    with pytest.raises(ConfigError, match="no command `speech`"):
        CommandSpeech().materials(step, templates)
    seen: list[Any] = []
    for argv in ('["a"]', '["a", "b"]', '["ab"]'):
        file.write_text(f"[commands]\nspeech = {argv}\n")
        seen.append(CommandSpeech().materials(step, templates)["command"])
    assert len(set(seen)) == 3


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_espeak_speaks(tmp_path: Path) -> None:
    found = Desk(tmp_path, commands={"speech": ("espeak-ng", "--stdout", "-s", "{rate}", "-v", "{language}")})
    take = CommandSpeech().speak(Line(text=TEXT), found)
    assert 1.5 < take.duration_s < 5
