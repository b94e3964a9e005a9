"""The real MusicGen code of transformers on a tiny random model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aigc_cli.errors import MissingModel, ProviderError
from aigc_cli.media.audio.sound import RATE_HZ, read_wav
from aigc_cli.providers.transformers_music import TransformersMusic
from aigc_cli.shapes import MusicRequest, Track
from tests.contracts.speech import SharedDesk
from tests.models import tiny, tiny_music


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_music.save(tiny_music.musicgen(), tmp_path_factory.mktemp("music") / "model")


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path, seed=3)


def compose(model: Path, desk: SharedDesk, duration_s: float = 1.0, **options: Any) -> Track:
    return TransformersMusic(model=str(model), **options).compose(MusicRequest(duration_s=duration_s), desk)


@pytest.mark.parametrize("duration_s", [0.5, 1.237, 4.0])
def test_a_piece_is_as_long_as_asked_to_the_sample_and_fades(model: Path, desk: SharedDesk, duration_s: float) -> None:
    track = compose(model, desk, duration_s, take_s=2.0)
    sound = read_wav(desk.open(track.audio), rate_hz=None)
    assert sound.shape == (round(duration_s * RATE_HZ), 2)
    assert 0.0001 < np.abs(sound).max() <= 0.91
    assert np.abs(sound[-240:]).max() < 0.02
    assert track.tempo_bpm == 118
    assert track.credit == "made by the model model, cc-by-nc-4.0"
    assert any("cc-by-nc-4.0" in note and "cpu in float32" in note for note in desk.notes)


def test_the_same_seed_gives_the_same_piece_and_leaves_the_global_one_alone(model: Path, desk: SharedDesk) -> None:
    import torch

    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, again = compose(model, desk), compose(model, desk)
    desk.seed = 4
    other = compose(model, desk)
    assert first == again
    assert first.audio.digest != other.audio.digest
    assert torch.equal(before, torch.random.get_rng_state())


def test_words_of_the_mood_reach_the_model(model: Path, desk: SharedDesk) -> None:
    calm, playful = (
        TransformersMusic(model=str(model)).compose(MusicRequest(mood=mood, duration_s=1), desk)  # type: ignore[arg-type]
        for mood in ("calm", "playful")
    )
    assert calm.audio.digest != playful.audio.digest


@pytest.mark.parametrize(("value", "message"), [(float("nan"), "NaN"), (0.0, "silence")])
def test_a_piece_of_nothing_is_an_error(tmp_path: Path, desk: SharedDesk, value: float, message: str) -> None:
    broken = tiny_music.musicgen()
    last = broken.audio_encoder.decoder.layers[-1]
    for name, parameter in last.named_parameters():
        if not name.endswith("original1"):  # weight norm: the length of the weights, not their direction
            parameter.data.fill_(value)
    with pytest.raises(ProviderError, match=message) as caught:
        compose(tiny_music.save(broken, tmp_path / "broken"), desk)
    assert not caught.value.retryable


def test_another_kind_of_model_is_told(tmp_path: Path, desk: SharedDesk) -> None:
    folder = tiny.save(tiny.llama(), tiny.tokenizer(), tmp_path / "text")
    with pytest.raises(MissingModel, match="kind llama, not one of music"):
        compose(folder, desk)


def test_a_model_that_is_cut_off_or_unknown_is_told(model: Path, tmp_path: Path, desk: SharedDesk) -> None:
    import shutil

    folder = tmp_path / "model"
    shutil.copytree(model, folder)
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(MissingModel, match="cut off"):
        compose(folder, desk)
    (folder / "config.json").write_text(json.dumps({"model_type": "of-tomorrow"}))
    shutil.copy(model / "model.safetensors", path)
    with pytest.raises(MissingModel, match="cannot be loaded"):
        compose(folder, desk)
    with pytest.raises(MissingModel, match="nobody/nothing"):
        TransformersMusic(model="nobody/nothing", revision="0" * 40).compose(MusicRequest(duration_s=1), desk)
