"""The real transformers code on tiny translation models that were taught a few sentences, and on a chat model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aigc_cli.assets import Templates
from aigc_cli.errors import MissingModel, ProviderError, Refused
from aigc_cli.providers.transformers_translate import TransformersTranslate
from aigc_cli.steps.text import Translate
from aigc_cli.storyboard import Scene, Sentence, Source, Storyboard
from aigc_cli.writing import prompting, translating
from aigc_cli.writing.fidelity import Terms
from tests.contracts.speech import SharedDesk
from tests.models import tiny, tiny_words

SOURCE = Source(title="The roastery")
SCRIPT = Storyboard(
    title="Pikolo",
    language="en",
    scenes=(
        Scene(id="hook", layout="title", say="Meet Pikolo.", show={"headline": "Pikolo", "kicker": "Meet"}),
        Scene(
            id="end", layout="title", say="In 30 s.", show={"headline": "Pikolo"}, sentences=(Sentence(text="In 30 s.", sources=(SOURCE,)),)
        ),
    ),
)
WORDS = {"Meet Pikolo.": "Das ist Pikolo.", "In 30 s.": "In 30 s fertig.", "Meet": "Neu"}


def m2m(seed: int = 0, layers: int = 1) -> Any:
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    torch.manual_seed(seed)
    size = {"encoder_layers": layers, "decoder_layers": layers, "encoder_attention_heads": 2, "decoder_attention_heads": 2}
    return M2M100ForConditionalGeneration(
        M2M100Config(
            vocab_size=260, d_model=64, encoder_ffn_dim=128, decoder_ffn_dim=128, max_position_embeddings=256, pad_token_id=0,
            eos_token_id=1, bos_token_id=1, decoder_start_token_id=1, dropout=0, attention_dropout=0, activation_dropout=0,
            encoder_layerdrop=0, decoder_layerdrop=0, scale_embedding=False, **size,
        )
    )  # fmt: skip


def words() -> Any:
    made = tiny.tokenizer(has_chat=False)
    made.add_special_tokens({"additional_special_tokens": ["eng_Latn", "deu_Latn"]})
    return made


def taught(known: dict[str, str], layers: int = 1) -> Any:
    """A model that translates these texts: trained until it knows them by heart. The answer begins with the language's token."""
    import torch

    model, reader = m2m(layers=layers), words()
    given = reader(list(known), return_tensors="pt", padding=True)
    first, end = reader.convert_tokens_to_ids("deu_Latn"), 1
    rows = [[first, *reader(text, add_special_tokens=False)["input_ids"], end] for text in known.values()]
    longest = max(len(row) for row in rows)
    labels = torch.tensor([row + [-100] * (longest - len(row)) for row in rows])
    return tiny_words.teach(model, given, labels)


@pytest.fixture(scope="module")
def clever(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save(taught(WORDS), words(), tmp_path_factory.mktemp("translator") / "model")


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save(m2m(3), words(), tmp_path_factory.mktemp("wild") / "model")


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path, seed=3)


def translate(model: Path, desk: SharedDesk, *, step: dict[str, Any] | None = None, **options: Any) -> Storyboard:
    request = Translate(script=SCRIPT, **{"language": "de", "keep": ("Pikolo",), **(step or {})})
    return TransformersTranslate(model=str(model), **options).translate(request, desk)


def test_a_storyboard_is_translated_with_its_sources(clever: Path, desk: SharedDesk) -> None:
    board = translate(clever, desk)
    assert [scene.say for scene in board.scenes] == ["Das ist Pikolo.", "In 30 s fertig."]
    assert board.scenes[0].show == {"headline": "Pikolo", "kicker": "Neu"}
    assert board.scenes[1].sentences[0].sources == (SOURCE,)
    assert board == translate(clever, desk)


def test_the_words_are_the_library_s_own(clever: Path) -> None:
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    reader, model = AutoTokenizer.from_pretrained(clever), AutoModelForSeq2SeqLM.from_pretrained(clever)
    made = model.generate(
        **reader("Meet Pikolo.", return_tensors="pt"), num_beams=4, forced_bos_token_id=reader.convert_tokens_to_ids("deu_Latn"),
        max_new_tokens=40,
    )  # fmt: skip
    assert reader.decode(made[0], skip_special_tokens=True) == "Das ist Pikolo."


def test_what_a_model_invents_is_not_believed(wild: Path, desk: SharedDesk) -> None:
    with pytest.raises(ProviderError, match="did not translate “") as caught:
        translate(wild, desk, attempts=2)
    assert "glossary" in caught.value.hint


def test_forbidden_words_are_not_decoded(clever: Path, desk: SharedDesk) -> None:
    with pytest.raises(ProviderError, match="did not translate"):
        translate(clever, desk, step={"forbidden": ("Pikolo",)}, attempts=1)


def test_a_language_that_the_model_does_not_know_and_a_text_too_long_are_told(clever: Path, desk: SharedDesk) -> None:
    with pytest.raises(Refused, match="no language called fr"):
        translate(clever, desk, step={"language": "fr"})
    scene = SCRIPT.scenes[0].model_copy(update={"say": "Slow morning " * 40})
    long = SCRIPT.model_copy(update={"scenes": (scene,)})
    with pytest.raises(ProviderError, match="too long for"):
        TransformersTranslate(model=str(clever)).translate(Translate(script=long, language="de"), desk)


def test_a_chat_model_translates_as_well(tmp_path: Path, desk: SharedDesk) -> None:
    (tmp_path / "project" / "templates" / "prompts").mkdir(parents=True)
    (tmp_path / "project" / "templates" / "prompts" / "short.en.yaml").write_text('prompt: 1\nsystem: Be brief.\nuser: "{texts}"\n')
    desk.templates = Templates.beside(tmp_path / "project")
    request = Translate(script=SCRIPT, language="de", keep=("Pikolo",))
    asked = translating.pieces(SCRIPT, Terms("en", "de", ("Pikolo",)), request.tolerance)
    turns = translating.conversation(prompting.load(desk.templates, "short", "de"), request, asked, {})
    reader = tiny.tokenizer()
    text = reader.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    said = ", ".join(f'"{number}": "{WORDS[piece.text]}"' for number, piece in enumerate(asked, start=1))
    model = tiny.save(tiny.taught(text, "{" + said + "}"), reader, tmp_path / "chat")
    board = translate(model, desk, prompt="short", attempts=1)
    assert [scene.say for scene in board.scenes] == ["Das ist Pikolo.", "In 30 s fertig."]


def marian(folder: Path) -> Path:
    """Marian as it is published: two sentencepiece files; a mark before the text names the language."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(0)
    reader = tiny_words.marian_words(folder / "words")
    pad = reader.pad_token_id
    model = MarianMTModel(
        MarianConfig(
            vocab_size=len(reader), d_model=64, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2,
            encoder_ffn_dim=128, decoder_ffn_dim=128, max_position_embeddings=128, pad_token_id=pad, eos_token_id=0, forced_eos_token_id=0,
            decoder_start_token_id=pad, dropout=0, attention_dropout=0, activation_dropout=0,
        )
    )  # fmt: skip
    given = reader([f">>deu<< {text}" for text in WORDS], return_tensors="pt", padding=True)
    labels = reader(text_target=list(WORDS.values()), return_tensors="pt", padding=True)["input_ids"]
    return tiny.save(tiny_words.teach(model, given, labels.masked_fill(labels == pad, -100)), reader, folder / "model")


def nllb(folder: Path) -> Path:
    """NLLB's own tokenizer: the language's code stands before the text, and the answer begins with that of its language."""
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    torch.manual_seed(0)
    reader = tiny_words.nllb_words()
    model = M2M100ForConditionalGeneration(
        M2M100Config(
            vocab_size=len(reader), d_model=64, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2,
            encoder_ffn_dim=128, decoder_ffn_dim=128, max_position_embeddings=128, pad_token_id=1, eos_token_id=2, bos_token_id=0,
            decoder_start_token_id=2, dropout=0, attention_dropout=0, activation_dropout=0, encoder_layerdrop=0, decoder_layerdrop=0,
        )
    )  # fmt: skip
    given = reader(list(WORDS), return_tensors="pt", padding=True)
    reader.tgt_lang = "deu_Latn"
    labels = reader(text_target=list(WORDS.values()), return_tensors="pt", padding=True)["input_ids"]
    return tiny.save(tiny_words.teach(model, given, labels.masked_fill(labels == 1, -100)), reader, folder / "model")


@pytest.mark.parametrize("family", [marian, nllb])
def test_the_families_own_tokenizers_are_understood(family: Any, desk: SharedDesk, tmp_path: Path) -> None:
    place = family(tmp_path)
    board = translate(place, desk)
    assert [scene.say for scene in board.scenes] == ["Das ist Pikolo.", "In 30 s fertig."]
    assert board.scenes[0].show == {"headline": "Pikolo", "kicker": "Neu"}


def test_another_kind_of_model_is_told(tmp_path: Path, desk: SharedDesk) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(MissingModel):
        translate(tmp_path / "model", desk)
