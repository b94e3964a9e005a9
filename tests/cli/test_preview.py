"""`aigc preview`: frames, sheets, drafts, templates; and that it shows what `aigc run` then makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Aigc

PRODUCT = ("product-clip", "--set", "product=Aero Kettle", "--set", "points=Boils fast", "--set", "points=Keeps warm")


def test_without_a_wish_it_gives_a_contact_sheet(aigc: Aigc, tmp_path: Path) -> None:
    answer = aigc("preview", *PRODUCT)
    assert answer.code == 0, answer.err
    (path,) = answer.out.splitlines()
    assert "contact-sheet" in path
    assert [each.name for each in (tmp_path / "out").iterdir()] == [Path(path).name]


def test_frames_of_every_format(aigc: Aigc, tmp_path: Path) -> None:
    answer = aigc("preview", *PRODUCT, "--set", 'formats=["9:16","1:1"]', "--frame", "12", "--at", "1.5", "--out", "look")
    assert sorted(Path(line).name for line in answer.out.splitlines()) == sorted(
        f"product-clip-{shape}-frame-{n}.png" for shape in ("9x16", "1x1") for n in (12, 45)
    )


def test_one_frame_to_a_file(aigc: Aigc, tmp_path: Path) -> None:
    told = aigc("preview", *PRODUCT, "--frame", "3", "--out", "deep/one.png", "--json").json
    assert told["outputs"]["pictures"] == [str(tmp_path / "deep" / "one.png")]
    assert [each.name for each in (tmp_path / "deep").iterdir()] == ["one.png"]


def test_what_was_made_for_a_preview_is_kept_for_the_run(aigc: Aigc) -> None:
    aigc("preview", *PRODUCT)
    steps = {step["id"]: step["status"] for step in aigc("run", *PRODUCT, "--json").json["steps"]}
    assert steps.pop("clip") == "ran"
    assert set(steps.values()) <= {"cached", "skipped"}


@pytest.mark.parametrize(
    "args, word",
    [
        (["preview"], "--template"),
        (["preview", *PRODUCT, "--frame", "99999"], "99999"),
        (["preview", *PRODUCT, "--frame", "-1"], "--frame"),
        (["preview", "nope"], "nope"),
        (["preview", "product-clip"], "product"),
        (["preview", "product-clip", "--template", "title"], "--template"),
        (["preview", "--template", "nope"], "nope"),
        (["preview", "--template", "../../etc/passwd"], "not the name"),
        (["preview", "--template", "title", "--brand", "nope"], "nope"),
    ],
)
def test_wrong_wishes_are_told_and_leave_nothing(aigc: Aigc, tmp_path: Path, args: list[str], word: str) -> None:
    answer = aigc(*args)
    assert answer.code == 2
    assert answer.err.splitlines()[-2].startswith("error: ") or answer.err.startswith("error: ")
    assert word in answer.err
    assert {path.name for path in tmp_path.iterdir()} <= {"cache"}


def test_a_workflow_without_a_clip_says_so(aigc: Aigc, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("aigc: 1\nname: w\nsteps:\n  m:\n    uses: music.compose\n    with: {duration_s: 2}\noutputs: {}\n")
    answer = aigc("preview", "w.yaml")
    assert answer.code == 2
    assert "previewed" in answer.err


def test_a_scene_template_in_three_shapes(aigc: Aigc, tmp_path: Path) -> None:
    from PIL import Image

    answer = aigc("preview", "--template", "stat", "--brand", "warm")
    assert answer.code == 0, answer.err
    with Image.open(tmp_path / answer.out.strip()) as image:
        assert image.width == pytest.approx(image.height * 3.28, rel=0.02)


def test_an_own_template_with_a_mistake_is_told_with_its_line(aigc: Aigc, tmp_path: Path) -> None:
    scenes = tmp_path / "templates" / "scenes"
    scenes.mkdir(parents=True)
    (scenes / "mine.yaml").write_text("about: x\nslots: {headline: {role: headlin}}\nboxes: {}\nlayers: []\n")
    answer = aigc("preview", "--template", "mine")
    assert answer.code == 2
    assert "mine.yaml:2" in answer.err
