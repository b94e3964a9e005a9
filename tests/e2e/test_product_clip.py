"""`aigc run product-clip`: the finished files, opened and measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.measuring import EXAMPLES, Result, aigc, frame_hashes, loudness, streams, strict_decode

pytestmark = pytest.mark.slow

ENGLISH = [
    "run", "product-clip", "--set", "product=Pikolo Espresso", "--set", "points=Single origin", "--set", "points=Roasted this week",
    "--set", "points=Ready in 30 seconds", "--set", f"photo={EXAMPLES / 'pikolo' / 'coffee.png'}", "--set", "price=$3.50", "--json",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips 片")


@pytest.fixture(scope="module")
def english(folder: Path) -> Result:
    result = aigc(*ENGLISH, "--out", folder / "en", cache=folder / "cache")
    assert result.code == 0, result.err
    return result


def video(result: Result, index: int = 0) -> Path:
    return Path(result.json["outputs"]["video"][index])


def test_the_result_is_one_object_with_paths(english: Result, folder: Path) -> None:
    outputs = english.json["outputs"]
    assert english.json["status"] == "ok"
    assert [Path(path).name for path in outputs["video"]] == ["product-clip-9x16.mp4"]
    assert [Path(path).name for path in outputs["captions"]] == ["product-clip.srt", "product-clip.vtt", "product-clip.words.json"]
    for path in (*outputs["video"], *outputs["captions"], outputs["poster"], outputs["contact_sheet"]):
        assert Path(path).is_absolute()
        assert Path(path).parent == folder / "en"
        assert Path(path).stat().st_size > 0
    assert outputs["script"]["language"] == "en"
    assert {"id", "layout", "say", "show"} <= set(outputs["script"]["scenes"][0])


def test_the_streams_are_what_platforms_take(english: Result) -> None:
    facts = streams(video(english))
    assert facts["size"] == (1080, 1920)
    assert facts["rate"] == 30
    assert (facts["codec"], facts["pix_fmt"]) == ("h264", "yuv420p")
    assert facts["colour"] == (1, 1, 1, 1)  # BT.709, limited range
    assert facts["audio"] == ("aac", 48000, "stereo")
    assert facts["start"] == 0
    assert len(facts["steps"]) == 1
    assert facts["metadata"]["title"]


def test_picture_and_sound_are_equally_long(english: Result) -> None:
    facts = streams(video(english))
    assert abs(facts["frames"] / 30 - facts["audio_s"]) <= 1 / 30 + 0.022  # one frame and one AAC packet
    assert abs(facts["frames"] / 30 - 20) <= 3  # length_s within 15 %


def test_it_decodes_without_a_complaint(english: Result) -> None:
    assert strict_decode(video(english)).strip() == ""


def test_it_is_as_loud_as_platforms_play(english: Result) -> None:
    integrated, peak = loudness(video(english))
    assert abs(integrated + 14) <= 0.5
    assert peak <= -1


def test_the_words_of_the_captions_are_the_script(english: Result) -> None:
    words = json.loads(Path(english.json["outputs"]["captions"][2]).read_text())["words"]
    said = " ".join(scene["say"] for scene in english.json["outputs"]["script"]["scenes"] if scene["say"])
    assert " ".join(word["text"] for word in words).split() == said.split()
    assert all(a["end_s"] <= b["start_s"] + 1e-6 for a, b in zip(words, words[1:], strict=False))
    assert words[-1]["end_s"] <= streams(video(english))["frames"] / 30


def test_the_first_bytes_let_it_play_while_loading(english: Result) -> None:
    head = video(english).read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_a_second_run_does_nothing(english: Result, folder: Path) -> None:
    again = aigc(*ENGLISH, "--out", folder / "again", cache=folder / "cache")
    assert again.code == 0
    assert {step["status"] for step in again.json["steps"]} <= {"cached", "skipped"}
    assert video(again).read_bytes() == video(english).read_bytes()


def test_two_empty_caches_give_the_same_pictures(folder: Path, tmp_path: Path) -> None:
    draft = [*ENGLISH, "--profile", "draft"]
    one = aigc(*draft, "--out", tmp_path / "one", cache=tmp_path / "cache one")
    two = aigc(*draft, "--out", tmp_path / "two", cache=tmp_path / "cache two")
    assert frame_hashes(video(one)) == frame_hashes(video(two))


CHINESE = [
    "run", "product-clip", "--set", "product=晨光手冲咖啡", "--set", "points=单一产地", "--set", "points=本周新鲜烘焙",
    "--set", "points=三十秒即可享用", "--set", f"photo={EXAMPLES / 'pikolo' / 'coffee.png'}", "--set", "price=¥28",
    "--set", "language=zh", "--set", 'formats=["9:16","1:1","16:9"]', "--json",
]  # fmt: skip


def test_chinese_in_three_shapes(folder: Path) -> None:
    result = aigc(*CHINESE, "--out", folder / "中文", cache=folder / "cache")
    assert result.code == 0, result.err
    paths = [Path(path) for path in result.json["outputs"]["video"]]
    assert [path.name for path in paths] == ["product-clip-9x16.mp4", "product-clip-1x1.mp4", "product-clip-16x9.mp4"]
    facts: list[dict[str, Any]] = [streams(path) for path in paths]
    assert [each["size"] for each in facts] == [(1080, 1920), (1080, 1080), (1920, 1080)]
    assert len({each["frames"] for each in facts}) == 1
    assert abs(facts[0]["frames"] / 30 - 20) <= 3
    for path in paths:
        integrated, peak = loudness(path)
        assert abs(integrated + 14) <= 0.5
        assert peak <= -1
    words = json.loads(Path(result.json["outputs"]["captions"][2]).read_text())["words"]
    said = "".join(scene["say"] for scene in result.json["outputs"]["script"]["scenes"])
    assert "".join(word["text"] for word in words).replace(" ", "") == said.replace(" ", "")
