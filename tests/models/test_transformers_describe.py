"""The real transformers code on tiny models that see: one taught captions, one taught answers, one that chats."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from aigc_cli.errors import MissingModel, ProviderError, Refused
from aigc_cli.providers.transformers_describe import TransformersDescribe
from aigc_cli.shapes import DescribeRequest, Sight
from tests.contracts.speech import SharedDesk
from tests.models import tiny

COLOURS = {"red": (220, 30, 30), "blue": (30, 30, 220)}
CAPTIONS = {"red": "a red cup", "blue": "a blue boat"}


def scene(colour: str) -> Image.Image:
    image = Image.new("RGB", (64, 64), COLOURS[colour])
    image.paste((240, 240, 240), (12, 12, 36, 44))
    return image


def lens() -> Any:
    from transformers import ViTImageProcessor

    return ViTImageProcessor(size={"height": 32, "width": 32})


def teach(model: Any, given: dict[str, Any], steps: int = 300) -> Any:
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    model.train()
    for _ in range(steps):
        loss = model(**given).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if float(loss.detach()) < 0.01:
            break
    return model.eval()


def vit_gpt2() -> Any:
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel, VisionEncoderDecoderModel, ViTConfig, ViTModel

    torch.manual_seed(0)
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    drop = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    encoder = ViTModel(ViTConfig(**size, **drop, image_size=32, patch_size=8))
    decoder = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=258, n_embd=32, n_layer=1, n_head=2, n_positions=64, bos_token_id=1, eos_token_id=1, pad_token_id=0,
            add_cross_attention=True, is_decoder=True, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0,
        )
    )  # fmt: skip
    model = VisionEncoderDecoderModel(encoder=encoder, decoder=decoder)
    model.config.decoder_start_token_id = model.generation_config.decoder_start_token_id = 1
    model.config.pad_token_id = model.generation_config.pad_token_id = 0
    model.generation_config.eos_token_id = 1
    return model


def save_captioner(folder: Path) -> Path:
    """A ViT with GPT-2 that was taught a caption for each of two pictures."""
    import torch

    words, model = tiny.tokenizer(has_chat=False), vit_gpt2()
    rows = [[*words(text, add_special_tokens=False)["input_ids"], 1] for text in CAPTIONS.values()]
    longest = max(len(row) for row in rows)
    labels = torch.tensor([row + [-100] * (longest - len(row)) for row in rows])
    seen = lens()(images=[scene(colour) for colour in CAPTIONS], return_tensors="pt")["pixel_values"]
    place = tiny.save(teach(model, {"pixel_values": seen, "labels": labels}), words, folder)
    lens().save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def captioner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_captioner(tmp_path_factory.mktemp("captions") / "model")


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ViLT that chooses among two answers."""
    import torch
    from transformers import BertTokenizer, ViltConfig, ViltForQuestionAnswering, ViltImageProcessor, ViltProcessor

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("answers")
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "which", "colour", "is", "it", "?"]))
    words = BertTokenizer(str(folder / "vocab.txt"))
    eyes = ViltImageProcessor(size={"shortest_edge": 32}, size_divisor=16, do_pad=False)
    model = ViltForQuestionAnswering(
        ViltConfig(
            vocab_size=10, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, image_size=32, patch_size=16,
            max_position_embeddings=40, hidden_dropout_prob=0, attention_probs_dropout_prob=0, num_labels=2,
            id2label={0: "red", 1: "blue"}, label2id={"red": 0, "blue": 1},
        )
    )  # fmt: skip
    seen = eyes(images=[scene(colour) for colour in COLOURS], return_tensors="pt")["pixel_values"]
    asked = words(["which colour is it?"] * 2, return_tensors="pt")
    teach(model, {"pixel_values": seen, **asked, "labels": torch.eye(2)}, 80)
    place = tiny.save(model, words, folder / "model")
    ViltProcessor(eyes, words).save_pretrained(place)
    return place


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path, seed=3)


def describe(model: Path, desk: SharedDesk, colour: str = "red", **asked: str) -> Sight:
    data = io.BytesIO()
    scene(colour).save(data, "PNG")
    request = DescribeRequest(image=desk.save(data.getvalue(), "image/png", "photo.png"), **asked)
    return TransformersDescribe(model=str(model)).describe(request, desk)


def test_a_captioning_model_says_what_it_sees(captioner: Path, desk: SharedDesk) -> None:
    assert describe(captioner, desk).alt == "A red cup"
    assert describe(captioner, desk, "blue").subject == "a blue boat"
    assert desk.notes == []
    describe(captioner, desk, language="zh")
    assert "not in zh" in desk.notes[0]
    with pytest.raises(Refused, match="answers no questions"):
        describe(captioner, desk, question="which colour is it?")


def test_a_model_for_questions_answers(answerer: Path, desk: SharedDesk) -> None:
    assert describe(answerer, desk, question="which colour is it?").answer == "red"
    seen = describe(answerer, desk, "blue", question="which colour is it?", hint="A boat")
    assert (seen.alt, seen.answer) == ("A boat", "blue")


def blip_size() -> dict[str, Any]:
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "projection_dim": 16}
    drop = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    words = {
        "vocab_size": len(BERT),
        "max_position_embeddings": 32,
        "bos_token_id": 5,
        "eos_token_id": 3,
        "sep_token_id": 3,
        "pad_token_id": 0,
    }
    return {
        "text_config": {**small, **drop, **words, "encoder_hidden_size": 32},
        "vision_config": {**small, "image_size": 32, "patch_size": 8, "attention_dropout": 0.0},
        "projection_dim": 16,
    }


BERT = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "[DEC]",
    "[ENC]",
    "a",
    "red",
    "cup",
    "blue",
    "boat",
    "which",
    "colour",
    "is",
    "it",
    "?",
]


def save_blip(folder: Path, *, answers: bool) -> Path:
    """BLIP as it is published, with BERT's words: taught a caption, or an answer, for each of two pictures."""
    import torch
    from transformers import (
        BertTokenizer,
        BlipConfig,
        BlipForConditionalGeneration,
        BlipForQuestionAnswering,
        BlipImageProcessor,
        BlipProcessor,
    )  # fmt: skip

    torch.manual_seed(0)
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(BERT))
    words = BertTokenizer(str(folder / "vocab.txt"), bos_token="[DEC]", additional_special_tokens=["[ENC]"])
    eyes = BlipImageProcessor(size={"height": 32, "width": 32})
    kind = BlipForQuestionAnswering if answers else BlipForConditionalGeneration
    model = kind(BlipConfig(**blip_size()))
    seen = eyes(images=[scene(colour) for colour in COLOURS], return_tensors="pt")["pixel_values"]
    if answers:
        asked = words(["which colour is it?"] * 2, return_tensors="pt")
        said = words(list(COLOURS), return_tensors="pt")["input_ids"]
        said[:, 0] = 5
        given = {"pixel_values": seen, "input_ids": asked["input_ids"], "attention_mask": asked["attention_mask"], "labels": said}
    else:
        said = words(list(CAPTIONS.values()), return_tensors="pt")["input_ids"]
        said[:, 0] = 5  # it begins to write with its own mark
        given = {"pixel_values": seen, "input_ids": said, "labels": said}
    place = tiny.save(teach(model, given), words, folder / "model")
    BlipProcessor(eyes, words).save_pretrained(place)
    return place


def test_blip_says_what_it_sees(tmp_path: Path, desk: SharedDesk) -> None:
    place = save_blip(tmp_path / "blip", answers=False)
    assert describe(place, desk).alt == "A red cup"
    assert describe(place, desk, "blue").subject == "a blue boat"


def test_blip_answers_questions(tmp_path: Path, desk: SharedDesk) -> None:
    place = save_blip(tmp_path / "blip", answers=True)
    assert describe(place, desk, question="which colour is it?").answer == "red"
    assert describe(place, desk, "blue", question="which colour is it?").answer == "blue"


def test_a_chat_model_is_asked_in_words(tmp_path: Path, desk: SharedDesk) -> None:
    """A random LLaVA: its words are noise, so they are refused; that it ran through the library's own template is what counts."""
    import torch
    from transformers import (
        CLIPImageProcessor,
        CLIPVisionConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )  # fmt: skip

    torch.manual_seed(0)
    words = tiny.tokenizer()
    words.add_special_tokens({"additional_special_tokens": ["<image>"]})
    size = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config=CLIPVisionConfig(**size, image_size=32, patch_size=8),
            text_config=LlamaConfig(**size, vocab_size=259, max_position_embeddings=4096, pad_token_id=0, eos_token_id=1),
            image_token_index=258, vision_feature_layer=-1, image_seq_length=16,
        )
    )  # fmt: skip
    place = tiny.save(model, words, tmp_path / "model")
    template = (
        "{% for m in messages %}<{{ m.role }}>{% for p in m.content %}{% if p.type == 'image' %}<image>{% else %}{{ p.text }}{% endif %}"
        "{% endfor %}\n{% endfor %}<assistant>"
    )
    eyes = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    LlavaProcessor(
        eyes, words, patch_size=8, vision_feature_select_strategy="default", chat_template=template, num_additional_image_tokens=1
    ).save_pretrained(place)
    try:
        first = describe(place, desk)
        assert first == describe(place, desk)
    except ProviderError as error:
        assert "gave no description" in error.message


def test_another_kind_of_model_is_told(tmp_path: Path, desk: SharedDesk) -> None:
    folder = tiny.save(tiny.llama(), tiny.tokenizer(), tmp_path / "text")
    with pytest.raises(MissingModel, match="kind llama, which does not describe"):
        describe(folder, desk)
    (folder / "config.json").write_text(json.dumps({"model_type": "of-tomorrow"}))
    with pytest.raises(MissingModel, match="cannot be loaded"):
        describe(folder, desk)
