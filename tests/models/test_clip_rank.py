"""The real CLIP code of transformers on a tiny model that was taught which of two pictures a word means."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from aigc_cli.errors import MissingModel, ProviderError
from aigc_cli.providers.clip_rank import ClipRank
from aigc_cli.shapes import Picture
from aigc_cli.steps.ranking import Rank
from tests.contracts.speech import SharedDesk
from tests.models import tiny, tiny_pictures

COLOURS = {"red": (220, 30, 30), "blue": (30, 30, 220)}


def scene(colour: str) -> Image.Image:
    image = Image.new("RGB", (96, 96), COLOURS[colour])
    image.paste((240, 240, 240), (20, 20, 50, 70))
    return image


def save_clip(folder: Path, *, is_taught: bool = True, breaks: bool = False) -> Path:
    import torch
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

    torch.manual_seed(0)
    words = tiny_pictures.clip_words(folder / "words")
    lens = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    size = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2, "num_hidden_layers": 1}
    model = CLIPModel(
        CLIPConfig(
            text_config={**size, "vocab_size": len(words), "bos_token_id": 512, "eos_token_id": 513, "pad_token_id": 513},
            vision_config={**size, "image_size": 32, "patch_size": 8},
            projection_dim=16,
        )
    )
    seen = lens(images=[scene(colour) for colour in COLOURS], return_tensors="pt")["pixel_values"]
    text = words(list(COLOURS), return_tensors="pt", padding="max_length", max_length=77)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(60 if is_taught else 0):
        loss = model(**text, pixel_values=seen, return_loss=True).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if breaks:
        model.text_projection.weight.data.fill_(float("nan"))
    place = tiny.save(model.eval(), words, folder / "model")
    lens.save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path)


def rank(model: Path, desk: SharedDesk, prompt: str) -> Any:
    pictures = []
    for colour in COLOURS:
        target = io.BytesIO()
        scene(colour).save(target, "PNG")
        pictures.append(Picture(image=desk.save(target.getvalue(), "image/png"), width=96, height=96, alt=colour))
    return Rank(prompt=prompt, pictures=tuple(pictures)).run(ClipRank(model=str(model)), desk)


@pytest.mark.parametrize("colour", COLOURS)
def test_the_picture_that_shows_the_words_is_chosen(model: Path, desk: SharedDesk, colour: str) -> None:
    made = rank(model, desk, colour)
    assert made["picture"]["alt"] == colour
    assert all(-1 <= each["match"] <= 1 for each in made["scores"])
    assert made == rank(model, desk, colour)


def test_the_scores_are_the_library_s_own(model: Path, desk: SharedDesk) -> None:
    import torch
    from transformers import AutoImageProcessor, AutoTokenizer, CLIPModel

    alone = CLIPModel.from_pretrained(model)
    text = AutoTokenizer.from_pretrained(model)(["red"], return_tensors="pt", padding="max_length", max_length=77)
    seen = AutoImageProcessor.from_pretrained(model)(images=[scene(colour) for colour in COLOURS], return_tensors="pt")
    with torch.inference_mode():
        result = alone(**text, **seen)
    own = (result.logits_per_text / alone.logit_scale.exp().item())[0].tolist()
    assert [each["match"] for each in rank(model, desk, "red")["scores"]] == pytest.approx(own, abs=2e-3)


def test_a_long_prompt_is_said(model: Path, desk: SharedDesk) -> None:
    rank(model, desk, "red " * 60)
    assert any("77 tokens" in note for note in desk.notes)


def test_a_model_that_cannot_judge_is_told(tmp_path: Path, desk: SharedDesk) -> None:
    with pytest.raises(MissingModel, match="kind llama"):
        rank(tiny.save(tiny.llama(), tiny.tokenizer(), tmp_path / "text"), desk, "red")
    with pytest.raises(ProviderError, match="NaN"):
        rank(save_clip(tmp_path, is_taught=False, breaks=True), desk, "red")
