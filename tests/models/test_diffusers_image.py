"""The real diffusers library on tiny random pipelines: drawing, changing and repainting photos, and all that must not be loaded."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from aigc_cli.errors import AigcError, MissingModel, ProviderError, Refused, WorkflowError
from aigc_cli.models.diffusion.studio import Studio
from aigc_cli.providers.diffusers_image import DiffusersImage
from aigc_cli.shapes import ImageRequest, Picture
from aigc_cli.steps.image import Create
from tests.contracts.speech import SharedDesk
from tests.models import tiny_pictures

WORDS = ImageRequest(prompt="a cup of coffee", width=64, height=64)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sd")
    return tiny_pictures.save(tiny_pictures.pipeline(folder), folder / "model")


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path, seed=3)


def draw(model: Path, desk: SharedDesk, request: ImageRequest = WORDS, **options: Any) -> Picture:
    return DiffusersImage(model=str(model), **{"steps": 2, "look": "", **options}).draw(request, desk)


def pixels(picture: Picture, desk: SharedDesk) -> Any:
    with Image.open(desk.open(picture.image)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def photo(desk: SharedDesk, size: tuple[int, int] = (64, 64)) -> Any:
    image = Image.new("RGB", size, (200, 180, 150))
    ImageDraw.Draw(image).ellipse((size[0] * 0.2, size[1] * 0.2, size[0] * 0.8, size[1] * 0.8), fill=(120, 40, 20))
    target = io.BytesIO()
    image.save(target, "PNG")
    return desk.save(target.getvalue(), "image/png", "photo.png")


def mask(desk: SharedDesk, size: tuple[int, int] = (64, 64)) -> Any:
    image = Image.new("L", size, 0)
    image.paste(255, (size[0] // 2, 0, *size))
    target = io.BytesIO()
    image.save(target, "PNG")
    return desk.save(target.getvalue(), "image/png", "mask.png")


def test_the_pixels_are_the_library_s_own_for_the_same_seed(model: Path, desk: SharedDesk) -> None:
    import torch
    from diffusers import StableDiffusionPipeline

    alone = StableDiffusionPipeline.from_pretrained(model, use_safetensors=True)
    made = alone(
        "a cup of coffee", negative_prompt="text, letters, watermark, logo, blurry", width=64, height=64, num_inference_steps=2,
        generator=torch.Generator("cpu").manual_seed(3),
    ).images[0]  # fmt: skip
    assert (pixels(draw(model, desk), desk) == np.asarray(made).astype(int)).all()


def test_the_same_seed_gives_the_same_bytes_another_one_others_and_the_global_one_is_left_alone(model: Path, desk: SharedDesk) -> None:
    import torch

    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, again = draw(model, desk), draw(model, desk)
    desk.seed = 4
    other = draw(model, desk)
    assert first == again
    assert first.image.digest != other.image.digest
    assert torch.equal(before, torch.random.get_rng_state())


def test_size_licence_device_are_told(model: Path, desk: SharedDesk) -> None:
    draw(model, desk)
    assert any("mit" in note and "cpu in float32" in note and "GB" in note for note in desk.notes)


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1920, 1080), (64, 80), (640, 100)])
def test_a_picture_has_the_frame_s_shape_in_the_model_s_size(model: Path, desk: SharedDesk, width: int, height: int) -> None:
    made = draw(model, desk, ImageRequest(prompt="a cup", width=width, height=height), steps=1)
    assert made.width / made.height == pytest.approx(width / height, rel=0.04)
    assert made.width * made.height <= 64 * 64 * 1.3


@pytest.mark.parametrize("name", ["euler", "euler-ancestral", "dpm", "unipc", "heun", "lms", "pndm"])
def test_another_scheduler_draws_another_picture_and_repeats_itself(model: Path, desk: SharedDesk, name: str) -> None:
    own, first, again = draw(model, desk), draw(model, desk, scheduler=name), draw(model, desk, scheduler=name)
    assert first == again
    assert own.image.digest != first.image.digest
    assert draw(model, desk) == own


def test_a_scheduler_of_another_family_names_those_that_go(model: Path, desk: SharedDesk) -> None:
    with pytest.raises(ProviderError, match="does not go with") as caught:
        draw(model, desk, scheduler="flow-euler")
    assert "euler-ancestral" in caught.value.hint


def test_a_photo_stays_as_it_is_unless_asked(model: Path, desk: SharedDesk) -> None:
    given = photo(desk)
    made = draw(model, desk, WORDS.model_copy(update={"photo": given}))
    assert made.is_photo
    assert np.abs(pixels(made, desk)[0, 0] - (200, 180, 150)).max() < 20


def test_a_photo_is_changed_by_its_strength(model: Path, desk: SharedDesk) -> None:
    request = WORDS.model_copy(update={"photo": photo(desk)})
    little, much = (draw(model, desk, request, steps=10, strength=strength) for strength in (0.1, 1.0))
    assert little.is_photo
    assert little.image.digest != much.image.digest
    assert little == draw(model, desk, request, steps=10, strength=0.1)


def test_what_the_mask_does_not_cover_stays(model: Path, desk: SharedDesk) -> None:
    from aigc_cli.media.photography.ready import ready_photo

    request = WORDS.model_copy(update={"photo": photo(desk)})
    own = pixels(ready_photo(request, desk), desk)
    made = pixels(draw(model, desk, request, mask=mask(desk)), desk)
    assert (made[:, :32] == own[:, :32]).mean() > 0.99
    assert np.abs(made[:, 33:] - own[:, 33:]).mean() > 10


def test_a_mask_of_another_shape_or_without_a_photo_is_told(model: Path, desk: SharedDesk) -> None:
    with pytest.raises(WorkflowError, match="the mask is 64x32"):
        draw(model, desk, WORDS.model_copy(update={"photo": photo(desk)}), mask=mask(desk, (64, 32)))
    with pytest.raises(WorkflowError, match="without a `photo`"):
        draw(model, desk, mask=mask(desk))


def test_a_prompt_over_the_limit_is_said(model: Path, desk: SharedDesk) -> None:
    draw(model, desk, WORDS.model_copy(update={"prompt": "cup " * 40}), look="soft light", steps=1)
    assert any("“soft light” was left out" in note for note in desk.notes)
    assert any("the prompt ends for it after" in note for note in desk.notes)


def test_the_safety_checker_is_on_where_there_is_one(tmp_path: Path, desk: SharedDesk) -> None:
    folder = tiny_pictures.save(tiny_pictures.pipeline(tmp_path, checker=-1.0), tmp_path / "model")
    with pytest.raises(Refused, match="safety checker"):
        draw(folder, desk)
    assert draw(folder, desk, safety_checker=False).width == 64


def _ruin(value: float) -> Callable[[Any], None]:
    def ruin(pipe: Any) -> None:
        pipe.vae.decoder.conv_out.weight.data.fill_(0.0)
        pipe.vae.decoder.conv_out.bias.data.fill_(value)

    return ruin


@pytest.mark.parametrize(("value", "message"), [(float("nan"), "NaN"), (-9.0, "one colour"), (0.1, "one colour")])
def test_a_picture_of_nothing_is_an_error_that_is_not_tried_again(tmp_path: Path, desk: SharedDesk, value: float, message: str) -> None:
    pipe = tiny_pictures.pipeline(tmp_path)
    _ruin(value)(pipe)
    with pytest.raises(ProviderError, match=message) as caught:
        draw(tiny_pictures.save(pipe, tmp_path / "model"), desk)
    assert not caught.value.retryable
    assert caught.value.hint


def test_without_memory_it_says_what_would_fit(model: Path, desk: SharedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def full(self: Any, *_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")

    monkeypatch.setattr("diffusers.AutoencoderKL.decode", full)
    with pytest.raises(ProviderError, match="not enough memory on cpu") as caught:
        draw(model, desk)
    assert "`side`" in caught.value.hint


def test_weights_larger_than_memory_are_not_loaded(model: Path, desk: SharedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aigc_cli.devices._free_memory", lambda: 1000)
    with pytest.raises(ProviderError, match="of memory are free"):
        Studio(DiffusersImage(model=str(model)), desk)


def _pickle(folder: Path) -> None:
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch owned'\ntR.")


def _all_pickles(folder: Path) -> None:
    for path in list(folder.rglob("*.safetensors")):
        path.with_suffix(".bin").write_bytes(b"cos\nsystem\n(S'touch owned'\ntR.")
        path.unlink()


def _cut(folder: Path) -> None:
    path = folder / "vae" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def _no_part(folder: Path) -> None:
    shutil.rmtree(folder / "text_encoder")


def _no_weights(folder: Path) -> None:
    (folder / "text_encoder" / "model.safetensors").unlink()


def _change_index(folder: Path, **fields: Any) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | fields))


def _own_pipeline(folder: Path) -> None:
    _change_index(folder, _class_name=["mine", "Mine"])
    (folder / "mine.py").write_text("raise SystemExit('code of the model has run')\n")


def _own_part(folder: Path) -> None:
    _change_index(folder, unet=["mine", "Mine"])
    (folder / "unet" / "mine.py").write_text("raise SystemExit('code of the model has run')\n")


def _html(folder: Path) -> None:
    (folder / "model_index.json").write_text("<html>not found</html>")


def _unknown(folder: Path) -> None:
    _change_index(folder, _class_name="PipelineOfTomorrow")


def _nothing(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("damage", "kind", "message"),
    [
        (_pickle, MissingModel, "unet|safetensors"),
        (_all_pickles, Refused, "pickles"),
        (_cut, MissingModel, "cut off"),
        (_no_part, MissingModel, "not complete: `text_encoder`"),
        (_no_weights, MissingModel, "cannot be loaded"),
        (_own_pipeline, Refused, "code of its own"),
        (_own_part, Refused, "code of its own"),
        (_html, MissingModel, "config.json|model_index.json"),
        (_unknown, MissingModel, "PipelineOfTomorrow"),
        (_nothing, MissingModel, "no model folder"),
    ],
)
def test_a_model_that_cannot_be_trusted_or_is_not_whole_is_not_loaded(
    model: Path, tmp_path: Path, desk: SharedDesk, damage: Callable[[Path], None], kind: type[AigcError], message: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model, folder)
    damage(folder)
    with pytest.raises(kind, match=message) as caught:
        draw(folder, desk)
    assert caught.value.hint


def test_an_unknown_id_offline_is_told_with_a_cure(desk: SharedDesk) -> None:
    with pytest.raises(MissingModel, match="nobody/nothing") as caught:
        DiffusersImage(model="nobody/nothing", revision="0" * 40).draw(WORDS, desk)
    assert caught.value.hint


def test_an_id_must_be_pinned_and_changed_weights_change_the_key(model: Path, tmp_path: Path, desk: SharedDesk) -> None:
    step = Create(prompt="a cup")
    assert "pinned" in str(DiffusersImage(model="owner/name", revision="main").misfit(step))
    assert DiffusersImage(model="owner/name", revision="a" * 40).misfit(step) is None
    folder = tmp_path / "model"
    shutil.copytree(model, folder)
    provider = DiffusersImage(model=str(folder))
    before = provider.materials(step, desk.templates)
    assert before == provider.materials(step, desk.templates)
    tiny_pictures.save(tiny_pictures.pipeline(tmp_path, seed=9), folder)
    assert before != provider.materials(step, desk.templates)
