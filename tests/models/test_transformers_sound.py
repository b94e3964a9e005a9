"""The real Bark and MusicGen code of transformers on tiny random models, as sounds for scenes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aigc_cli.errors import MissingModel, ProviderError
from aigc_cli.media.audio.sound import RATE_HZ, read_wav
from aigc_cli.models.sound import bark_words
from aigc_cli.providers.transformers_sound import TransformersSound
from aigc_cli.shapes import SoundRequest, SoundTake
from tests.contracts.speech import SharedDesk
from tests.models import tiny, tiny_music


def bark(seed: int = 0) -> Any:
    import torch
    from transformers import BarkConfig, BarkModel, EncodecConfig, GenerationConfig
    from transformers.models.bark.generation_configuration_bark import (
        BarkCoarseGenerationConfig,
        BarkFineGenerationConfig,
        BarkGenerationConfig,
        BarkSemanticGenerationConfig,
    )  # fmt: skip

    torch.manual_seed(seed)
    size = {"num_layers": 1, "num_heads": 2, "hidden_size": 16, "block_size": 1024, "dropout": 0.0}
    codec = EncodecConfig(
        sampling_rate=3200, num_filters=8, hidden_size=32, codebook_size=64, codebook_dim=32, upsampling_ratios=[8, 8],
        target_bandwidths=[2.4], num_lstm_layers=1,
    )  # fmt: skip
    config = BarkConfig(
        semantic_config={**size, "input_vocab_size": 800, "output_vocab_size": 110},
        coarse_acoustics_config={**size, "input_vocab_size": 300, "output_vocab_size": 300},
        fine_acoustics_config={**size, "input_vocab_size": 66, "output_vocab_size": 66, "n_codes_total": 8, "n_codes_given": 1},
        codec_config=codec.to_dict(),
    )
    model = BarkModel(config)
    for layer in model.codec_model.quantizer.layers:  # its codes are learnt, so new ones are all nothing
        layer.codebook.embed.normal_()
    semantic = BarkSemanticGenerationConfig(
        eos_token_id=100, semantic_vocab_size=100, text_encoding_offset=110, text_pad_token=700, semantic_pad_token=100,
        semantic_infer_token=701, max_new_tokens=60, max_input_semantic_length=64, semantic_rate_hz=49.9,
    )  # fmt: skip
    coarse = BarkCoarseGenerationConfig(
        coarse_semantic_pad_token=298, coarse_infer_token=299, coarse_rate_hz=75, n_coarse_codebooks=2, max_coarse_input_length=64,
        max_coarse_history=128, sliding_window_len=30,
    )  # fmt: skip
    fine = BarkFineGenerationConfig(max_fine_history_length=128, max_fine_input_length=256, n_fine_codebooks=8)
    made = BarkGenerationConfig.from_sub_model_configs(semantic, coarse, fine)
    made.codebook_size, made.sample_rate = 64, 3200
    for name, value in vars(GenerationConfig()).items():  # what saving looks at and Bark's own class leaves out
        if not hasattr(made, name):
            setattr(made, name, value)
    model.generation_config = made
    return model


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sound")
    return {"bark": tiny_music.save(bark(), folder / "bark"), "musicgen": tiny_music.save(tiny_music.musicgen(), folder / "musicgen")}


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path, seed=3)


def sound(model: Path, desk: SharedDesk, duration_s: float | None = 0.5, prompt: str = "a cup is put down", **options: Any) -> SoundTake:
    return TransformersSound(model=str(model), **options).sound(SoundRequest(prompt=prompt, duration_s=duration_s), desk)


@pytest.mark.parametrize("kind", ["bark", "musicgen"])
def test_a_sound_is_made_from_words(models: dict[str, Path], desk: SharedDesk, kind: str) -> None:
    take = sound(models[kind], desk)
    heard = read_wav(desk.open(take.audio))
    assert heard.shape == (round(take.duration_s * RATE_HZ), 2)
    assert 0 < take.duration_s <= 0.5
    assert np.abs(heard).max() == pytest.approx(0.9, abs=0.01)
    assert np.abs(heard[-100:]).max() < 0.05
    assert take.credit == f"made by the model {kind}, cc-by-nc-4.0"
    assert sound(models[kind], desk) == take
    desk.seed = 4
    assert sound(models[kind], desk).audio.digest != take.audio.digest


def test_bark_is_told_of_noises_in_brackets_and_of_speech_as_it_is() -> None:
    assert bark_words("rain on a window") == "[rain on a window]"
    assert bark_words('"Hello!" [laughs]') == '"Hello!" [laughs]'


def test_a_prompt_over_the_limit_is_said_not_cut(models: dict[str, Path], desk: SharedDesk) -> None:
    with pytest.raises(ProviderError, match="which reads 64"):
        sound(models["bark"], desk, prompt="rain " * 40)


def test_another_kind_of_model_is_told(tmp_path: Path, desk: SharedDesk) -> None:
    with pytest.raises(MissingModel, match="kind llama, not one of sound"):
        sound(tiny.save(tiny.llama(), tiny.tokenizer(), tmp_path / "text"), desk)
