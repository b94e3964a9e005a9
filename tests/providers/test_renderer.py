from __future__ import annotations

from pathlib import Path

import av
import pytest

from aigc_cli.media.timeline_file import read_timeline
from aigc_cli.providers.fake import FakeSpeech
from aigc_cli.providers.renderer import Renderer
from aigc_cli.shapes import Line
from aigc_cli.steps.video import Assemble
from aigc_cli.storyboard import Scene, Storyboard
from tests.desk import Desk

AGREED = "Ann Example agreed on 2026-11-01 that her voice is cloned for Pikolo's clips."


@pytest.mark.parametrize(("codec", "consent"), [("h264", AGREED), ("webp", AGREED), ("h264", "")])
def test_a_clip_says_in_its_file_and_its_credits_that_a_voice_is_cloned(tmp_path: Path, codec: str, consent: str) -> None:
    desk = Desk(tmp_path)
    take = FakeSpeech().speak(Line(text="Hello there."), desk).model_copy(update={"consent": consent})
    scenes = tuple(Scene(id=name, layout="title", say="Hello there.", show={"headline": "Hello"}) for name in "ab")
    board = Storyboard(title="Käse", language="en", scenes=scenes)
    request = Assemble(script=board, voice=(take, take), scale=0.25, preset="ultrafast", codec=codec, length_s=3, sound_effects=False)
    clip = Renderer().assemble(request, desk)
    said = f"The voice is cloned: {AGREED}"
    assert clip.credits == ((said,) if consent else ())
    assert read_timeline(desk.open(clip.timelines[0])).comment == (said if consent else "")
    if codec == "h264":
        with av.open(str(desk.open(clip.files[0]))) as file:
            assert file.metadata["title"] == "Käse"
            assert file.metadata.get("comment", "") == (said if consent else "")


@pytest.mark.parametrize(("words", "told"), [("Bonjour 🇫🇷", ["🇫🇷"]), ("Bonjour 🚀", [])])
def test_an_emoji_that_nothing_can_draw_is_told(tmp_path: Path, words: str, told: list[str]) -> None:
    desk = Desk(tmp_path)
    board = Storyboard(title="Flags", language="en", scenes=(Scene(id="a", layout="title", show={"headline": words}),))
    Renderer().assemble(Assemble(script=board, scale=0.25, preset="ultrafast", length_s=3, sound_effects=False), desk)
    assert [each for each in desk.notes if "left out of what is shown" in str(each)] == [
        f"no drawing has {each}: left out of what is shown" for each in told
    ]
