"""The real diffusers library on tiny random video pipelines: from words, a picture, or by an adapter, into a film of the clip's rate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aigc_cli.errors import ProviderError
from aigc_cli.media.filming.probe import open_media
from aigc_cli.providers.diffusers_video import DiffusersVideo
from aigc_cli.shapes import FootageTake, MotionRequest
from tests.contracts.speech import SharedDesk
from tests.models import tiny_films, tiny_pictures
from tests.models.test_diffusers_image import photo

WORDS = MotionRequest(prompt="steam rises from a cup", width=64, height=64, seconds=0.6)
MADE: dict[str, Path] = {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path, seed=3)


def model(name: str, folder: Path) -> str:
    if name not in MADE:
        make: Callable[[], Any] = getattr(tiny_films, name)
        MADE[name] = tiny_films.save(make(), folder / name)
    return str(MADE[name])


def animate(where: str, desk: SharedDesk, request: MotionRequest = WORDS, **options: Any) -> FootageTake:
    return DiffusersVideo(model=where, **{"steps": 2, "look": "", "side": 64, **options}).animate(request, desk)


def frames(take: FootageTake, desk: SharedDesk) -> list[Any]:
    with open_media(desk.open(take.video)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


@pytest.mark.parametrize(("name", "made"), [("ltx", 17), ("cogvideox", 8), ("wan", 13)], ids=["ltx at 25", "cogvideox at 8", "wan at 16"])
def test_a_film_is_made_from_words(name: str, made: int, folder: Path, desk: SharedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    from aigc_cli.providers import diffusers_video

    real = diffusers_video.take_of
    monkeypatch.setattr(diffusers_video, "take_of", lambda found, *rest: seen.append(len(found)) or real(found, *rest))
    take = animate(model(name, folder), desk)
    assert seen == [made]
    shown = frames(take, desk)
    assert len(shown) == take.frames == round(take.fps * 0.6)
    assert shown[0].shape == (take.height, take.width, 3)
    assert np.abs(shown[0].astype(int) - shown[-1]).mean() > 1
    assert any("cpu in float32" in note and "mit" in note for note in desk.notes)


def test_the_same_seed_gives_the_same_film_and_another_one_another(folder: Path, desk: SharedDesk) -> None:
    first, again = animate(model("ltx", folder), desk), animate(model("ltx", folder), desk)
    desk.seed = 4
    other = animate(model("ltx", folder), desk)
    assert first == again
    assert first.video.digest != other.video.digest


def test_the_frames_are_the_library_s_own(folder: Path, desk: SharedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from diffusers import LTXPipeline

    from aigc_cli.providers import diffusers_video

    alone = LTXPipeline.from_pretrained(model("ltx", folder), use_safetensors=True)
    own = alone(
        prompt=WORDS.prompt, negative_prompt=DiffusersVideo().negative, width=64, height=64, num_frames=17, num_inference_steps=2,
        frame_rate=25, output_type="np", generator=torch.Generator("cpu").manual_seed(3),
    ).frames[0]  # fmt: skip
    found: list[Any] = []
    real = diffusers_video.take_of
    monkeypatch.setattr(diffusers_video, "take_of", lambda made, *rest: found.extend(made) or real(made, *rest))
    animate(model("ltx", folder), desk)
    assert (np.stack(found) == (own * 255).round().astype(np.uint8)).all()


def test_a_picture_begins_to_move_by_the_weights_that_draw_from_words(folder: Path, desk: SharedDesk) -> None:
    given = photo(desk, (96, 64))
    take = animate(model("ltx", folder), desk, WORDS.model_copy(update={"image": given}))
    assert take.width / take.height == pytest.approx(1.5, rel=0.4)
    assert take.video.digest != animate(model("ltx", folder), desk).video.digest


def test_stable_video_diffusion_goes_by_the_picture(folder: Path, desk: SharedDesk) -> None:
    take = animate(model("stable_video", folder), desk, WORDS.model_copy(update={"image": photo(desk)}))
    assert take.frames == round(4 / 7 * 1.05 * 30)  # four frames at seven a second, slowed down a little
    assert any("words are not read" in note for note in desk.notes)
    livelier = animate(model("stable_video", folder), desk, WORDS.model_copy(update={"image": photo(desk)}), liveliness=255)
    assert livelier.video.digest != take.video.digest
    with pytest.raises(ProviderError, match="needs a picture") as caught:
        animate(model("stable_video", folder), desk)
    assert "`image`" in caught.value.hint


def test_an_adapter_lets_a_picture_model_make_films(folder: Path, desk: SharedDesk, tmp_path: Path) -> None:
    pictures = tiny_films.save(tiny_pictures.pipeline(tmp_path), tmp_path / "model")
    adapter = tiny_films.motion_adapter(tmp_path / "adapter")
    take = animate(str(pictures), desk, adapter=str(adapter))
    assert take.frames == 18
    with pytest.raises(ProviderError, match="makes pictures, not films") as caught:
        animate(str(pictures), desk)
    assert "adapter" in caught.value.hint


def test_a_model_for_words_takes_no_picture(folder: Path, desk: SharedDesk) -> None:
    with pytest.raises(ProviderError, match="from words only"):
        animate(model("cogvideox", folder), desk, WORDS.model_copy(update={"image": photo(desk)}))


def test_without_memory_it_says_what_would_fit(folder: Path, desk: SharedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def full(self: Any, *_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")

    monkeypatch.setattr("diffusers.AutoencoderKLLTXVideo.decode", full)
    with pytest.raises(ProviderError, match="not enough memory on cpu") as caught:
        animate(model("ltx", folder), desk)
    assert "`side`" in caught.value.hint
    assert any("slices and tiles" in note for note in desk.notes)
