"""Several pictures, of which the best is kept: who judges, what counts as a fault, what comes to nothing, and what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from aigc_cli.errors import ProviderError, WorkflowError
from aigc_cli.media.photography.faults import faults_of
from aigc_cli.providers.designer import Designer
from aigc_cli.providers.openai_image import OpenAIImage
from aigc_cli.shapes import ImageRequest, Picture
from aigc_cli.steps.image import Create
from tests.desk import EXAMPLES, ROOT, Desk
from tests.steps.test_ranking import picture


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, seed=5)


class Scripted:
    """Draws what is listed, by the seed from 5; `fails` is an error."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds
        self.seeds: list[int] = []

    def draw(self, request: ImageRequest, ctx: Any) -> Picture:
        self.seeds.append(ctx.seed)
        kind = self.kinds[ctx.seed - 5]
        if kind == "fails":
            raise ProviderError("held back")
        made = picture(kind, ctx)
        return made.model_copy(update={"alt": f"{made.alt}{ctx.seed}"})


class Batched(Scripted):
    """Draws all in one go."""

    def draw_several(self, requests: Any, seeds: Any, ctx: Any) -> Any:
        self.seeds += seeds
        return tuple(None if kind == "fails" else picture(kind, ctx) for kind in self.kinds)


def create(desk: Desk, provider: Any, count: int, **params: Any) -> Any:
    return Create(prompt="a cup", candidates=count, **params).run(provider, desk)


@pytest.mark.parametrize("kind", [Scripted, Batched])
def test_the_best_without_faults_is_kept(desk: Desk, kind: Any) -> None:
    provider = kind("blank", "blurred", "other", "fails")
    made = create(desk, provider, 4)
    assert made["alt"].startswith("other")
    assert provider.seeds == [5, 6, 7, 8]
    assert any("drawn with seed 7" in note and "blurred" in note for note in desk.notes)


def test_the_judge_decides_among_those_without_faults(desk: Desk) -> None:
    assert create(desk, Scripted("sharp", "other"), 2, judge={"provider": "fake"})["alt"] == "sharp5"
    assert create(desk, Scripted("blurred", "other", "sharp"), 3, keep="first")["alt"] == "other6"


def test_the_best_of_faulty_ones_is_kept_with_a_word(desk: Desk) -> None:
    assert create(desk, Scripted("blurred", "blank"), 2)["alt"] == "blurred5"
    assert any("every picture has a fault" in note for note in desk.notes)


def test_when_none_comes_out_it_fails_with_the_provider_s_own_words(desk: Desk) -> None:
    with pytest.raises(ProviderError, match="held back"):
        create(desk, Scripted("fails", "fails"), 2)


def test_a_seed_that_changes_nothing_is_not_asked_for_more(desk: Desk) -> None:
    provider = Scripted("sharp", "sharp", "sharp", "sharp")
    create(desk, provider, 4)
    assert provider.seeds == [5, 6]


def test_the_embedded_drawer_gives_candidates_that_repeat(desk: Desk, tmp_path: Path) -> None:
    first = create(desk, Designer(), 3)
    assert first == create(Desk(tmp_path / "again", seed=5), Designer(), 3)


def test_an_unknown_judge_or_option_is_told(desk: Desk) -> None:
    with pytest.raises(WorkflowError, match="not a provider of rank"):
        create(desk, Designer(), 2, judge={"provider": "nobody"})
    with pytest.raises(WorkflowError, match=r"`judge\.colour`"):
        create(desk, Designer(), 2, judge={"provider": "clip", "colour": "red"})
    with pytest.raises(WorkflowError, match="no `model` is named"):
        create(desk, Designer(), 2, judge={"provider": "clip"})


def test_the_judge_and_its_weights_are_part_of_the_key(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "clip").mkdir()
    judge = {"provider": "clip", "model": str(tmp_path / "clip")}
    step = Create(prompt="a cup", candidates=2, judge=judge)
    before = step.materials(desk.templates)
    (tmp_path / "clip" / "config.json").write_text("{}")
    assert set(before) == {"judge", "judge/model"}
    assert before != step.materials(desk.templates)
    assert Create(prompt="a cup", judge=judge).materials(desk.templates) == {}


def test_a_server_is_paid_for_every_candidate(desk: Desk) -> None:
    provider = OpenAIImage()
    one, four = (provider.estimate(Create(prompt="a cup", candidates=count), desk.templates) for count in (1, 4))
    assert one is not None
    assert four is not None
    assert four.units == {name: 4 * amount for name, amount in one.units.items()}


def _kept(made: Image.Image, folder: Path, name: str) -> Path:
    path = folder / f"{name}.png"
    made.save(path)
    return path


def _lettered(font_px: int) -> Image.Image:
    made = Image.open(EXAMPLES / "pikolo" / "coffee.png").convert("RGB").resize((800, 800))
    font = ImageFont.truetype(str(ROOT / "aigc_cli" / "data" / "fonts" / "Manrope-700.ttf"), font_px)
    ImageDraw.Draw(made).text((80, 80), "OsqenmTabpgUo", font=font, fill=(20, 20, 20))
    return made


def test_noise_and_lettering_are_faults_of_drawn_pictures(tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8))
    photo = Image.open(EXAMPLES / "pikolo" / "coffee.png").convert("RGB")
    paths = (_kept(noise, tmp_path, "noise"), _kept(_lettered(46), tmp_path, "text"), _kept(photo, tmp_path, "photo"))
    assert [faults_of((path,), drawn=(True,)) for path in paths] == [(("noise",),), (("lettering",),), ((),)]
    assert faults_of(paths[1:2], drawn=(False,)) == ((),)


@pytest.mark.parametrize("words", ["a cup of coffee", "bicycle in a city", "laptop and phone"])
def test_drawings_without_words_have_no_lettering(desk: Desk, words: str) -> None:
    made = Designer().draw(ImageRequest(prompt=words, width=600, height=600), desk)
    assert faults_of((desk.open(made.image),), drawn=(True,)) == ((),)
