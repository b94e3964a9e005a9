"""The real transformers library on tiny models: one that knows an answer by heart, random ones, and ones that must not be loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aigc_cli.assets import Templates
from aigc_cli.errors import AigcError, MissingExtra, MissingModel, ProviderError, Refused
from aigc_cli.models.language import LanguageModel
from aigc_cli.providers.transformers_text import TransformersText
from aigc_cli.steps.text import Write
from aigc_cli.writing import drafting, prompting
from aigc_cli.writing.skeleton import skeleton
from tests.desk import Desk
from tests.models import tiny

FACTS = {"product": "Pikolo", "points": ["Ready in 30 seconds"], "cta": "Order now"}
PROMPT = 'prompt: 1\nsystem: Be brief.\nuser: "Sell {product}."\n'
WORDS = (
    ("Meet Pikolo.", "Meet", "Pikolo", "a cup"),
    ("It is ready in 30 seconds.", "", "30 seconds", "a clock"),
    ("Order now.", "", "Order now", ""),
)


def answer(scenes: tuple[tuple[str, ...], ...] = WORDS) -> str:
    gaps, end = skeleton("Pikolo", len(scenes))
    words = [word for scene in scenes for word in scene]
    return "".join(gap.before + word for gap, word in zip(gaps, words, strict=True)) + end


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "templates" / "prompts").mkdir(parents=True)
    (folder / "templates" / "prompts" / "short.en.yaml").write_text(PROMPT)
    return folder


@pytest.fixture(scope="module")
def clever(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    words = tiny.tokenizer()
    turns = drafting.conversation(prompting.load(Templates.beside(project), "short", "en"), Write(facts=FACTS))
    asked = words.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    return tiny.save(tiny.taught(asked, answer()), words, tmp_path_factory.mktemp("clever"))


@pytest.fixture(scope="module")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save(tiny.llama(3), tiny.tokenizer(has_chat=False), tmp_path_factory.mktemp("random"))


@pytest.fixture
def desk(tmp_path: Path, project: Path) -> Desk:
    return Desk(tmp_path, templates=Templates.beside(project))


def fill(
    folder: Path,
    *,
    product: str = 'Piko"lo',
    seed: int = 0,
    scenes: int = 3,
    forbidden: tuple[str, ...] = (),
    must_include: tuple[str, ...] = (),
    turns: Any = None,
    **options: Any,
) -> str:
    provider = TransformersText(model=str(folder), **options)
    gaps, end = skeleton(product, scenes)
    turns = turns or [{"role": "user", "content": "Sell it."}]
    model = LanguageModel(provider)
    return model.fill(turns, gaps, end, seed=seed, options=provider, forbidden=forbidden, must_include=must_include)


def test_a_model_that_knows_the_answer_writes_the_storyboard(clever: Path, desk: Desk) -> None:
    board = TransformersText(model=str(clever), prompt="short", temperature=0, attempts=1).write(Write(facts=FACTS), desk)
    assert [scene.say for scene in board.scenes] == ["Meet Pikolo.", "It is ready in 30 seconds.", "Order now."]
    assert board.scenes[-1].show["cta"] == "Order now"


def test_a_random_model_cannot_break_the_form_and_is_not_believed(random_model: Path, desk: Desk) -> None:
    for seed in range(3):
        value = json.loads(fill(random_model, seed=seed), strict=False)
        assert value["title"] == 'Piko"lo'
        assert [scene["role"] for scene in value["scenes"]] == ["hook", "point", "close"]
    with pytest.raises(ProviderError, match="no usable text in 2 drafts"):
        TransformersText(model=str(random_model), prompt="short", attempts=2).write(Write(facts=FACTS), desk)


def test_the_same_seed_gives_the_same_words_and_leaves_the_global_one_alone(random_model: Path) -> None:
    import torch

    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, again, other = (fill(random_model, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    assert torch.equal(before, torch.random.get_rng_state())


def test_forbidden_words_are_not_decoded(clever: Path, project: Path) -> None:
    turns = drafting.conversation(prompting.load(Templates.beside(project), "short", "en"), Write(facts=FACTS))
    assert "Order now" in fill(clever, product="Pikolo", turns=turns, temperature=0)
    assert "Order" not in fill(clever, product="Pikolo", turns=turns, temperature=0, forbidden=("Order",))


def test_words_that_must_be_included_are_decoded(clever: Path, random_model: Path, project: Path) -> None:
    turns = drafting.conversation(prompting.load(Templates.beside(project), "short", "en"), Write(facts=FACTS))
    asked: dict[str, Any] = {"product": "Pikolo", "turns": turns, "temperature": 0}
    assert fill(clever, **asked, must_include=("Order now", "30 seconds", "meet")) == answer()  # it says them by itself
    assert json.loads(fill(clever, **asked, must_include=("one cup",)))["scenes"][2]["say"] == "Order now. one cup."
    for seed in range(3):  # one that knows nothing cannot leave them out either
        wild = json.loads(fill(random_model, seed=seed, must_include=("café crème", "30 s", "now", "here")), strict=False)
        assert all(any(term in scene["say"] for scene in wild["scenes"]) for term in ("café crème", "30 s", "now", "here"))


def test_a_model_without_a_turn_for_the_system_is_told_all_the_same(tmp_path: Path) -> None:
    words = tiny.tokenizer()
    words.chat_template = "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}" + tiny.CHAT
    provider = TransformersText(model=str(tiny.save(tiny.llama(), words, tmp_path / "model")))
    written = LanguageModel(provider)._written([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Sell it."}])
    assert written == "<user>Be brief.\n\nSell it.\n<assistant>"


def test_smaller_weights_need_a_package_and_say_which(random_model: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name in ("bitsandbytes", "torchao") else found(name, *more)
    )
    with pytest.raises(MissingExtra, match="bitsandbytes") as caught:
        TransformersText(model=str(random_model), quantize="8bit", prompt="short").write(Write(facts=FACTS), desk)
    assert caught.value.hint == "pip install bitsandbytes"


def test_the_model_decodes_as_the_library_alone_does(clever: Path, project: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    words, model = AutoTokenizer.from_pretrained(clever), AutoModelForCausalLM.from_pretrained(clever)
    turns = drafting.conversation(prompting.load(Templates.beside(project), "short", "en"), Write(facts=FACTS))
    asked = words.apply_chat_template(turns, return_tensors="pt", add_generation_prompt=True, return_dict=True)
    plain = model.generate(**asked, do_sample=False, max_new_tokens=len(words(answer())["input_ids"]))
    assert words.decode(plain[0, asked["input_ids"].shape[1] :]) == answer()


def test_a_prompt_over_the_limit_is_said_not_cut(tmp_path: Path) -> None:
    folder = tiny.save(tiny.llama(1, longest=512), tiny.tokenizer(), tmp_path / "short")
    with pytest.raises(ProviderError, match="which takes 512"):
        fill(folder)


def _pickle(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch /tmp/owned'\ntR.")


def _cut(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def _code(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "mine", "auto_map": {"AutoModelForCausalLM": "mine.Mine", "AutoConfig": "mine.Config"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "mine.py").write_text("raise SystemExit('code of the model has run')\n")


def _half(folder: Path) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "model-00002-of-00002.safetensors"}}))


def _no_config(folder: Path) -> None:
    (folder / "config.json").write_text("<html>")


@pytest.mark.parametrize(
    ("damage", "kind", "message"),
    [
        (_pickle, Refused, "pickles"),
        (_cut, MissingModel, "cut off"),
        (_code, Refused, "code of its own"),
        (_half, MissingModel, "not complete"),
        (_no_config, MissingModel, "config"),
    ],
)
def test_a_model_that_must_not_be_loaded_is_not(
    random_model: Path, tmp_path: Path, desk: Desk, damage: Any, kind: type[AigcError], message: str
) -> None:
    import shutil

    folder = tmp_path / "model"
    shutil.copytree(random_model, folder)
    damage(folder)
    with pytest.raises(kind, match=message):
        TransformersText(model=str(folder), prompt="short").write(Write(facts=FACTS), desk)


def test_an_unknown_id_offline_is_told_with_a_cure(desk: Desk) -> None:
    with pytest.raises(MissingModel, match="nobody/nothing") as caught:
        TransformersText(model="nobody/nothing", revision="0" * 40, prompt="short").write(Write(facts=FACTS), desk)
    assert caught.value.hint


def test_an_id_must_be_pinned_and_a_changed_folder_changes_the_key(random_model: Path, tmp_path: Path, desk: Desk) -> None:
    step = Write(facts=FACTS)
    assert "pinned" in str(TransformersText(model="owner/name", revision="main").misfit(step))
    assert TransformersText(model="owner/name", revision="a" * 40).misfit(step) is None
    assert TransformersText().misfit(step) is not None
    import shutil

    folder = tmp_path / "model"
    shutil.copytree(random_model, folder)
    provider = TransformersText(model=str(folder), prompt="short")
    before = provider.materials(step, desk.templates)
    assert before == provider.materials(step, desk.templates)
    tiny.save(tiny.llama(4), tiny.tokenizer(), folder)
    assert before != provider.materials(step, desk.templates)
