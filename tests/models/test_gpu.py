"""The same code on a GPU, where there is one: pixels near the processor's, parts that wait in main memory, the device held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aigc_cli.errors import ProviderError
from aigc_cli.providers.diffusers_image import DiffusersImage
from aigc_cli.providers.diffusers_video import DiffusersVideo
from aigc_cli.shapes import ImageRequest, MotionRequest
from tests.contracts.speech import LOADED, SharedDesk
from tests.models import tiny_films, tiny_pictures
from tests.models.test_diffusers_image import WORDS, draw, pixels

pytestmark = pytest.mark.gpu


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gpu")
    return tiny_pictures.save(tiny_pictures.pipeline(folder), folder / "model")


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path, seed=3)


def test_the_seed_means_the_same_on_every_device(model: Path, desk: SharedDesk) -> None:
    here, there = (pixels(draw(model, desk, device=device, dtype="float32"), desk) for device in ("cpu", "cuda"))
    assert np.abs(here - there).mean() < 2


@pytest.mark.parametrize("offload", ["none", "model", "layers"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_parts_may_wait_in_main_memory(model: Path, desk: SharedDesk, offload: str, dtype: str) -> None:
    made = pixels(draw(model, desk, device="cuda", dtype=dtype, offload=offload), desk)
    plain = pixels(draw(model, desk, device="cuda", dtype=dtype, offload="none"), desk)
    assert np.abs(made - plain).mean() < 3
    assert any("cuda" in note for note in desk.notes)


def test_full_memory_falls_step_by_step_and_then_tells(model: Path, desk: SharedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from diffusers import AutoencoderKL

    def full(self: Any, *_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(AutoencoderKL, "decode", full)
    with pytest.raises(ProviderError, match="not enough memory on cuda") as caught:
        draw(model, desk, device="cuda")
    assert "`side`" in caught.value.hint
    told = " ".join(desk.notes)
    assert told.index("slices and tiles") < told.index("parts not in use") < told.index("all but one layer")
    LOADED.clear()


def test_really_full_memory_ends_in_an_error(model: Path, desk: SharedDesk) -> None:
    import torch

    torch.cuda.set_per_process_memory_fraction(0.0001)
    try:
        with pytest.raises(ProviderError, match="memory"):
            DiffusersImage(model=str(model), steps=1, side=1024, device="cuda").draw(ImageRequest(prompt="a cup"), desk)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        LOADED.clear()


def test_pictures_together_and_films(model: Path, desk: SharedDesk, tmp_path: Path) -> None:
    several = DiffusersImage(model=str(model), steps=2, look="", device="cuda").draw_several((WORDS,) * 3, (1, 2, 3), desk)
    assert len({each.image.digest for each in several if each is not None}) == 3
    film = tiny_films.save(tiny_films.ltx(), tmp_path / "film")
    request = MotionRequest(prompt="steam", width=64, height=64, seconds=0.6)
    assert DiffusersVideo(model=str(film), steps=2, side=64, device="cuda").animate(request, desk).frames == 18
