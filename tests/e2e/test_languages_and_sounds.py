"""From the command line: one storyboard filmed in two languages by a server of chat models, and a sound where a scene wants it."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path

import numpy as np
import pytest

from aigc_cli.media.audio.sound import RATE_HZ, decode
from tests.e2e.measuring import aigc, streams
from tests.servers.openai_server import KEY, running

pytestmark = [pytest.mark.slow, pytest.mark.network]
SOUNDS = """
aigc: 1
name: sounds
steps:
  sounds:
    uses: sound.effect
    for_each: [boom, none]
    if: ${{ item != "none" }}
    with: {name: "${{ item }}"}
  clip:
    uses: video.assemble
    with:
      script:
        title: Boom
        language: en
        scenes:
          - {id: first, layout: title, show: {headline: Listen}, min_s: 2, sound: {name: boom, at: middle, after_s: 0.2}}
          - {id: last, layout: title, show: {headline: Done}}
      sounds: ${{ steps.sounds }}
      formats: [180x320]
      sound_effects: false
outputs: {video: "${{ steps.clip.files }}"}
"""


def test_a_sound_is_heard_where_the_scene_wants_it(tmp_path: Path) -> None:
    (tmp_path / "sounds.yaml").write_text(SOUNDS)
    made = aigc("run", tmp_path / "sounds.yaml", "--json", "--out", tmp_path / "out", cache=tmp_path / "cache")
    assert made.code == 0, made.err
    heard = np.abs(decode(Path(made.json["outputs"]["video"][0]))).max(axis=1)
    begins = int(np.flatnonzero(heard > 0.02)[0]) / RATE_HZ
    assert begins == pytest.approx(1.2, abs=0.05)  # the middle of two seconds, and 0.2 s
    again = aigc("run", tmp_path / "sounds.yaml", "--json", "--out", tmp_path / "out", cache=tmp_path / "cache")
    assert {each["status"] for each in again.json["steps"]} == {"cached"}


def test_one_storyboard_becomes_two_clips_and_nothing_is_paid_twice(tmp_path: Path) -> None:
    def translated(text: str) -> str:
        figures = "".join(char for char in text if char.isdigit())
        return f"{'Pikolo' if 'Pikolo' in text else '咖啡'}{figures + '秒' if figures == '30' else ''}真好。"

    with running(answers=deque([""])) as server:

        def answer(_: int) -> None:
            lines = server.calls[-1].body["messages"][-1]["content"].split("\n")
            texts = {line.partition(" (")[0]: line.partition("): ")[2] for line in lines if line[:1].isdigit()}
            server.answers = deque([json.dumps({number: translated(text) for number, text in texts.items()}, ensure_ascii=False)])

        server.on_call = answer
        (tmp_path / ".env").write_text(f"AIGC_KEY_127_0_0_1={KEY}\n")
        (tmp_path / "config.toml").write_text(
            f'servers = ["127.0.0.1"]\n[translate]\nprovider = "openai"\nbase_url = "{server.base_url}"\n'
        )
        given = ["product=Pikolo", "points=Ready in 30 seconds", "length_s=8", 'formats=["180x320"]']
        words = ["clip-in-two-languages", *(word for each in given for word in ("--set", each)), "--profile", "draft", "--json"]
        env = {"AIGC_CONFIG": str(tmp_path / "config.toml")}
        made = aigc("run", *words, "--out", tmp_path / "out", cache=tmp_path / "cache", env=env)
        assert made.code == 0, made.err
        calls = len(server.calls)
        again = aigc("run", *words, "--out", tmp_path / "out", cache=tmp_path / "cache", env=env)
        assert {each["status"] for each in again.json["steps"]} == {"cached"}
        assert len(server.calls) == calls
    lengths = [streams(Path(made.json["outputs"][name][0]))["duration"] for name in ("video", "second_video")]
    assert lengths[1] == pytest.approx(lengths[0], rel=0.15)
    first, second = (made.json["outputs"][name] for name in ("script", "second_script"))
    assert [scene["id"] for scene in first["scenes"]] == [scene["id"] for scene in second["scenes"]]
    assert second["language"] == "zh"
    assert any("30秒" in scene["say"] for scene in second["scenes"])
    assert "Pikolo" in second["title"]
