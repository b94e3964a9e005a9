"""Platforms and hardware: what is refused before filming, what is told afterwards, and the way back to libx264."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aigc_cli.errors import WorkflowError
from aigc_cli.media.files import hardware, platforms
from aigc_cli.media.files.encode import EncoderOptions, write_video
from aigc_cli.media.files.platforms import PLATFORMS, check_before, complaint_after
from aigc_cli.media.layout.formats import FORMATS


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_platform_takes_some_format(name):
    taken = 0
    for form, size in FORMATS.items():
        try:
            check_before(name, {form: size}, 20.0, 30, "h264")
            taken += 1
        except WorkflowError as error:
            assert form in error.message
            assert error.hint.startswith("use ")
    assert taken


@pytest.mark.parametrize(
    "name, form, length_s, fps, codec, word",
    [
        ("reels", "16:9", 20, 30, "h264", "does not take 16:9"),
        ("reels", "9:16", 181, 30, "h264", "180 s is the most"),
        ("tiktok", "9:16", 2, 30, "h264", "3 s is the least"),
        ("linkedin", "1:1", 20, 30, "av1", "does not take av1"),
        ("feed", "9:16", 20, 30, "h264", "does not take 9:16"),
    ],
)
def test_what_a_platform_does_not_take_is_told_before(name, form, length_s, fps, codec, word):
    with pytest.raises(WorkflowError) as told:
        check_before(name, {form: FORMATS[form]}, length_s, fps, codec)
    assert word in told.value.message
    assert told.value.hint


def test_a_file_too_large_or_too_fast_is_told_after(tmp_path, monkeypatch):
    write_video(tmp_path / "a.mp4", lambda n, planes: None, 30, size=(64, 64), fps=30, options=EncoderOptions())
    assert complaint_after("reels", tmp_path / "a.mp4") is None
    monkeypatch.setitem(platforms.PLATFORMS, "reels", replace(PLATFORMS["reels"], most_bytes=100))
    assert "raise `crf`" in str(complaint_after("reels", tmp_path / "a.mp4"))
    monkeypatch.setitem(platforms.PLATFORMS, "reels", replace(PLATFORMS["reels"], most_bytes=10**9, most_kbps=0))
    assert "kb/s" in str(complaint_after("reels", tmp_path / "a.mp4"))


def test_a_cap_on_the_bit_rate_holds(tmp_path):
    import numpy as np

    random = np.random.default_rng(1)
    pictures = random.integers(16, 236, (60, 128, 128), dtype=np.uint8)

    def draw(n, planes):
        planes.y[...] = pictures[n]
        planes.u[...] = planes.v[...] = 128

    sizes = {}
    for cap in (None, 500):
        target = tmp_path / f"{cap}.mp4"
        write_video(target, draw, 60, size=(128, 128), fps=30, options=EncoderOptions(crf=10, most_kbps=cap))
        sizes[cap] = target.stat().st_size * 8 / 2 / 1000
    assert sizes[None] > 2000
    assert sizes[500] < 1100  # two seconds, of which the first may use the whole buffer


def test_hardware_that_is_not_there_gives_way(monkeypatch):
    monkeypatch.setattr(hardware, "works", lambda name: False)
    assert hardware.choose("none") == (None, "")
    assert hardware.choose("auto")[0] is None
    assert "nvenc does not work" in hardware.choose("nvenc")[1]
    monkeypatch.setattr(hardware, "works", lambda name: name == "qsv")
    assert hardware.choose("auto") == ("qsv", "")
    assert hardware.choose("nvenc")[0] is None


@pytest.mark.parametrize("name", hardware.ENCODERS)
def test_probing_never_raises_and_what_works_encodes(name, tmp_path):
    if hardware.works(name):
        write_video(tmp_path / "a.mp4", lambda n, planes: None, 30, size=(256, 256), fps=30, options=EncoderOptions(hardware=name))
        assert (tmp_path / "a.mp4").stat().st_size > 0
    else:
        assert hardware.choose(name)[0] is None
