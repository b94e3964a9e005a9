"""Footage, preview, render and export from the command line, with the real providers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.measuring import Result, aigc, loudness, streams, strict_decode
from tests.media.filming.test_footage import film

pytestmark = pytest.mark.slow

WORDS = ["product-clip", "--set", "product=Aero Kettle", "--set", "points=Boils fast", "--set", "length_s=9", "--set", "transitions=push"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("video 片")


@pytest.fixture(scope="module")
def made(folder: Path) -> Result:
    film(folder / "kitchen.mov", size=(320, 240), frames=57, tone=440)
    footage = ["--set", f"footage={folder / 'kitchen.mov'}"]
    result = aigc("run", *WORDS, *footage, "--profile", "draft", "--json", "--out", folder / "out", cache=folder / "cache")
    assert result.code == 0, result.err
    return result


def test_footage_plays_in_the_finished_clip(made: Result) -> None:
    path = Path(made.json["outputs"]["video"][0])
    facts = streams(path)
    assert facts["size"] == (540, 960)
    assert strict_decode(path).strip() == ""
    assert abs(loudness(path)[0] + 14) <= 0.5
    timeline = json.loads(Path(made.json["outputs"]["timeline"][0]).read_text())
    kinds = [[layer["content"]["kind"] for layer in shot["layers"] if layer["role"] == "picture"] for shot in timeline["shots"]]
    assert kinds[0] == ["footage"]
    assert [shot["transition"] for shot in timeline["shots"]][1:] == ["push"] * (len(kinds) - 1)


def test_a_previewed_frame_is_the_frame_of_the_clip(made: Result, folder: Path) -> None:
    import av
    from PIL import Image

    footage = ["--set", f"footage={folder / 'kitchen.mov'}"]
    shown = aigc("preview", *WORDS, *footage, "--profile", "draft", "--frame", "40", "--out", folder / "f.png", cache=folder / "cache")
    assert shown.code == 0, shown.err
    with av.open(made.json["outputs"]["video"][0]) as container:
        frame = next(each for n, each in enumerate(container.decode(video=0)) if n == 40).to_ndarray(format="gray")
    with Image.open(folder / "f.png") as image:
        seen = np.asarray(image.convert("L")).astype(float)
    full = frame.astype(float)
    full = (full - 16) * 255 / 219 if full.max() <= 236 else full
    assert np.abs(seen - full).mean() < 4


def test_a_timeline_rendered_again_is_the_same_file(made: Result, folder: Path) -> None:
    timeline = made.json["outputs"]["timeline"][0]
    args = ("render", timeline, "--preset", "ultrafast", "--out", folder / "again.mp4", "--json")
    again = aigc(*args, cache=folder / "cache")
    assert again.code == 0, again.err
    assert (folder / "again.mp4").read_bytes() == Path(made.json["outputs"]["video"][0]).read_bytes()


@pytest.mark.parametrize("form", ["otio", "fcpxml"])
def test_a_clip_goes_to_other_programs(made: Result, folder: Path, form: str) -> None:
    told = aigc(
        "export", made.json["outputs"]["timeline"][0], "--to", form, "--out", folder / f"x.{form}", "--json", cache=folder / "cache"
    )
    assert told.code == 0, told.err
    assert all(Path(path).stat().st_size for path in (told.json["project"], *told.json["media"]))


@pytest.mark.parametrize("content", [b"#EXTM3U\nfile:///etc/passwd\n", b"", b"\x00\x00\x00\x18ftypisom" + bytes(40)])
def test_footage_that_is_none_is_refused_by_its_name(folder: Path, content: bytes) -> None:
    (folder / "holiday.mp4").write_bytes(content)
    result = aigc("run", *WORDS, "--set", f"footage={folder / 'holiday.mp4'}", "--json", "--out", folder / "no", cache=folder / "cache")
    assert result.code == 2, result.err
    assert "holiday.mp4" in result.json["error"]["message"]
    assert result.json["error"]["hint"]
    assert not (folder / "no").exists()


def test_a_platform_that_does_not_take_the_shape_says_so_before(folder: Path) -> None:
    result = aigc(
        "run", *WORDS, "--set", "platform=reels", "--set", "formats=16:9", "--json", "--out", folder / "no", cache=folder / "cache"
    )
    assert result.code == 2, result.err
    assert "Instagram Reels does not take 16:9" in result.json["error"]["message"]
