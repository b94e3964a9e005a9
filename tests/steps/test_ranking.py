"""Faulty pictures come last, equals keep their order, and what no judge can see is said."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter

from aigc_cli.errors import QualityError
from aigc_cli.media.photography.faults import faults_of
from aigc_cli.providers.fake import FakeRank
from aigc_cli.providers.plain_rank import PlainRank
from aigc_cli.shapes import ImageRequest, Picture
from aigc_cli.steps.ranking import Rank
from tests.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def image(kind: str) -> Image.Image:
    made = Image.new("RGB", (300, 200), (200, 180, 150))
    if kind != "blank":
        ImageDraw.Draw(made).ellipse((60, 40, 200, 160), fill=(120, 40, 20) if kind != "other" else (20, 90, 160))
        ImageDraw.Draw(made).rectangle((0, 0, 100 if kind == "other" else 10, 30), fill=(240, 240, 240))
    return made.filter(ImageFilter.GaussianBlur(30)) if kind == "blurred" else made


def picture(kind: str, desk: Desk) -> Picture:
    target = io.BytesIO()
    image(kind).save(target, "PNG")
    return Picture(image=desk.save(target.getvalue(), "image/png"), width=300, height=200, alt=kind)


def rank(desk: Desk, *kinds: str, provider: Any = None, **params: Any) -> Any:
    return Rank(pictures=tuple(picture(kind, desk) for kind in kinds), **params).run(provider or FakeRank(), desk)


def test_faults_are_found(desk: Desk) -> None:
    kinds = ("sharp", "blank", "blurred", "sharp", "other")
    paths = tuple(desk.open(picture(kind, desk).image) for kind in kinds)
    assert faults_of(paths) == ((), ("blank",), ("blurred",), ("duplicate",), ())


@pytest.mark.parametrize("order", [("blank", "blurred", "sharp"), ("sharp", "blank"), ("blurred", "sharp", "other")])
def test_a_faulty_picture_is_not_chosen(desk: Desk, order: tuple[str, ...]) -> None:
    made = rank(desk, *order)
    assert made["picture"]["alt"] == "sharp"
    assert made["index"] == order.index("sharp")
    assert len(made["scores"]) == len(order)


def test_when_all_are_faulty_it_fails_unless_allowed(desk: Desk) -> None:
    with pytest.raises(QualityError, match="none of 2 pictures can be used: the best is blank") as caught:
        rank(desk, "blank", "blurred")
    assert "allow_faults" in caught.value.hint
    assert rank(desk, "blank", "blurred", allow_faults=True)["index"] == 0


def test_a_judge_without_a_model_prefers_the_sharper_and_says_what_it_cannot_see(desk: Desk) -> None:
    scores = rank(desk, "blurred", "sharp", provider=PlainRank(), prompt="a red cup")["scores"]
    assert scores[0]["match"] < scores[1]["match"]
    assert any("not judged" in note for note in desk.notes)


def test_what_the_designer_draws_has_no_fault(desk: Desk) -> None:
    from aigc_cli.providers.designer import Designer

    drawn = [
        Designer().draw(ImageRequest(prompt=words, style=style, width=400, height=400), desk)  # type: ignore[arg-type]
        for words, style in (("a cup of coffee", "scene"), ("a cup of coffee", "drawing"), ("a rocket", "scene"))
    ]
    assert faults_of(tuple(desk.open(each.image) for each in drawn)) == ((), (), ())
