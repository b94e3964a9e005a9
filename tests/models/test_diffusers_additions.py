"""LoRA, ControlNet and IP-Adapter through the real library, on a tiny random model; memory that ends, precision that fails, batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from aigc_cli.errors import MissingModel, ProviderError, Refused
from aigc_cli.models.diffusion.guides import edges
from aigc_cli.providers.diffusers_image import DiffusersImage
from aigc_cli.steps.image import Create
from tests.contracts.speech import LOADED, SharedDesk
from tests.models import tiny_additions, tiny_pictures
from tests.models.test_diffusers_image import WORDS, draw, photo, pixels


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("added")


@pytest.fixture(scope="module")
def pipe(place: Path) -> Any:
    return tiny_pictures.pipeline(place)


@pytest.fixture(scope="module")
def model(place: Path, pipe: Any) -> Path:
    return tiny_pictures.save(pipe, place / "model")


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path, seed=3)


def fingerprint(model: Path, desk: SharedDesk, **options: Any) -> str:
    return draw(model, desk, **options).image.digest


def test_loras_are_put_on_mixed_and_taken_off_again(model: Path, place: Path, desk: SharedDesk) -> None:
    one, two = (str(tiny_additions.lora(place / "loras", seed, name=f"{seed}.safetensors")) for seed in (1, 2))
    plain = fingerprint(model, desk)
    made = [
        fingerprint(model, desk, loras=loras)
        for loras in (({"file": one},), ({"file": one, "weight": 0.5},), ({"file": two},), ({"file": one}, {"file": two, "weight": 0.5}))
    ]
    assert len({plain, *made}) == 5
    assert fingerprint(model, desk, loras=({"file": one},)) == made[0]
    assert fingerprint(model, desk) == plain
    assert fingerprint(model, desk, loras=({"file": one, "weight": 0},)) == plain


def test_a_lora_that_does_not_fit_or_may_hold_code_is_refused(model: Path, place: Path, desk: SharedDesk) -> None:
    wide = tiny_additions.lora(place / "loras", name="wide.safetensors", width=48)
    with pytest.raises(MissingModel, match="cannot be loaded") as caught:
        draw(model, desk, loras=({"file": str(wide)},))
    assert caught.value.hint
    (place / "loras" / "code.bin").write_bytes(b"cos\nsystem\n(S'touch owned'\ntR.")
    with pytest.raises(Refused, match="only safetensors"):
        draw(model, desk, loras=({"file": str(place / "loras" / "code.bin")},))
    with pytest.raises(MissingModel, match="no model at"):
        draw(model, desk, loras=({"file": str(place / "loras" / "none.safetensors")},))
    assert fingerprint(model, desk) == fingerprint(model, desk)


def test_outlines_of_a_photo_guide_the_drawing(model: Path, pipe: Any, place: Path, desk: SharedDesk) -> None:
    net = str(tiny_additions.controlnet(pipe, place / "control"))
    request = WORDS.model_copy(update={"photo": photo(desk)})
    plain = fingerprint(model, desk)
    guided = draw(model, desk, request, control="edges", control_model=net)
    assert guided.image.digest != plain
    other = photo(desk, (64, 48))
    assert guided.image.digest != draw(model, desk, WORDS, control="edges", control_model=net, control_image=other).image.digest
    assert draw(model, desk, request, control="edges", control_model=net, control_weight=0.0).image.digest == plain
    assert guided == draw(model, desk, request, control="edges", control_model=net)
    changed = draw(model, desk, request, control="edges", control_model=net, strength=0.7)
    assert changed.image.digest not in (plain, guided.image.digest)
    assert fingerprint(model, desk) == plain


def test_depth_is_seen_by_a_model_or_given_as_a_map(model: Path, pipe: Any, place: Path, desk: SharedDesk) -> None:
    net = str(tiny_additions.controlnet(pipe, place / "control"))
    eye = str(tiny_additions.depth_eye(place / "eye"))
    request = WORDS.model_copy(update={"photo": photo(desk)})
    seen = draw(model, desk, request, control="depth", control_model=net, control_reader=eye)
    given = draw(model, desk, request, control="map", control_model=net)
    assert len({seen.image.digest, given.image.digest, fingerprint(model, desk)}) == 3
    with pytest.raises(MissingModel, match="holds no ControlNetModel"):
        draw(model, desk, request, control="map", control_model=eye)


def test_a_reference_lends_its_style_to_every_scene(model: Path, pipe: Any, place: Path, desk: SharedDesk) -> None:
    adapter = str(tiny_additions.ip_adapter(pipe, place / "ip"))
    plain = fingerprint(model, desk)
    one, two = photo(desk), photo(desk, (96, 64))
    first = fingerprint(model, desk, reference=one, reference_model=adapter)
    assert first != plain
    assert first == fingerprint(model, desk, reference=one, reference_model=adapter)
    assert first != fingerprint(model, desk, reference=one, reference_model=adapter, reference_weight=0.1)
    assert first != fingerprint(model, desk, reference=two, reference_model=adapter)
    assert fingerprint(model, desk) == plain
    with pytest.raises(ProviderError, match="takes no `reference` by itself") as caught:
        draw(model, desk, reference=one)
    assert "reference_model" in caught.value.hint


def test_what_is_added_is_part_of_the_key(model: Path, pipe: Any, place: Path, desk: SharedDesk) -> None:
    file = tiny_additions.lora(place / "keyed")
    provider = DiffusersImage(model=str(model), loras=({"file": str(file)},))  # type: ignore[arg-type]
    step = Create(prompt="a cup")
    before = provider.materials(step, desk.templates)
    tiny_additions.lora(place / "keyed", seed=8)
    assert before != provider.materials(step, desk.templates)
    assert DiffusersImage(model=str(model), control="edges").misfit(step) == "`control` needs a `control_model`, a ControlNet's folder"
    assert "control_image" in str(DiffusersImage(model=str(model), control="edges", control_model="/x").misfit(step))


def test_outlines_are_where_the_picture_changes() -> None:
    made = Image.new("RGB", (120, 120), (200, 180, 150))
    ImageDraw.Draw(made).rectangle((30, 30, 90, 90), fill=(60, 40, 30))
    found = np.asarray(edges(made))[..., 0]
    assert set(np.unique(found)) == {0, 255}
    assert (found[28:33, 40:80].max(axis=0) == 255).all()
    assert found[40:80, 40:80].max() == 0
    faint = Image.blend(made, Image.new("RGB", made.size, (200, 180, 150)), 0.75)
    assert (np.asarray(edges(faint))[28:33, 40:80, 0].max(axis=0) == 255).all()


def test_the_same_words_lead_every_scene(model: Path, desk: SharedDesk) -> None:
    subject = fingerprint(model, desk, subject="a small red kettle")
    assert subject != fingerprint(model, desk)
    long = WORDS.model_copy(update={"prompt": "a small red kettle, a cup of coffee"})
    assert subject == draw(model, desk, long).image.digest


def test_candidates_are_drawn_in_one_go_and_one_alone_is_nearly_the_same(model: Path, desk: SharedDesk, monkeypatch: Any) -> None:
    calls: list[int] = []
    from diffusers import StableDiffusionPipeline

    real = StableDiffusionPipeline.__call__

    def counted(self: Any, prompt: Any = None, *rest: Any, **more: Any) -> Any:
        calls.append(len(prompt) if isinstance(prompt, list) else 1)
        return real(self, prompt, *rest, **more)

    counted.__signature__ = __import__("inspect").signature(real)  # type: ignore[attr-defined]
    monkeypatch.setattr(StableDiffusionPipeline, "__call__", counted)
    provider = DiffusersImage(model=str(model), steps=2, look="", batch=3)
    made = provider.draw_several((WORDS,) * 5, (3, 4, 5, 6, 7), desk)
    assert calls == [3, 2]
    assert len({each.image.digest for each in made if each is not None}) == 5
    desk.seed = 4
    alone = draw(model, desk)
    assert made[1] is not None
    assert np.abs(pixels(alone, desk) - pixels(made[1], desk)).max() <= 2


def test_a_picture_that_is_held_back_is_left_out_of_several(place: Path, desk: SharedDesk) -> None:
    folder = tiny_pictures.save(tiny_pictures.pipeline(place / "checked", checker=-1.0), place / "checked" / "model")
    with pytest.raises(Refused, match="safety checker"):
        DiffusersImage(model=str(folder), steps=1).draw_several((WORDS, WORDS), (1, 2), desk)


def test_memory_that_ends_once_is_found_by_slices_and_tiles(model: Path, desk: SharedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from diffusers import AutoencoderKL

    plain = pixels(draw(model, desk), desk)
    LOADED.clear()
    real, left = AutoencoderKL.decode, [1]

    def full(self: Any, *rest: Any, **more: Any) -> Any:
        if left:
            left.pop()
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")
        return real(self, *rest, **more)

    monkeypatch.setattr(AutoencoderKL, "decode", full)
    made = pixels(draw(model, desk), desk)
    assert any("goes on in slices and tiles" in note for note in desk.notes)
    assert np.abs(made - plain).mean() < 12  # tiles are joined softly
    LOADED.clear()


def test_other_models_go_first_when_memory_ends(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from diffusers import AutoencoderKL

    class Full(SharedDesk):
        others = 2

        def release(self, keep: str = "") -> int:
            assert keep.startswith("diffusers:")
            gone, self.others = self.others, 0
            return gone

    real = AutoencoderKL.decode
    desk = Full(tmp_path, seed=3)

    def full(self: Any, *rest: Any, **more: Any) -> Any:
        if desk.others:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(self, *rest, **more)

    monkeypatch.setattr(AutoencoderKL, "decode", full)
    assert draw(model, desk).width == 64
    assert any("other models were released" in note for note in desk.notes)
    assert not any("tiles" in note for note in desk.notes)


def test_what_half_precision_cannot_hold_is_drawn_again_in_float32(place: Path, desk: SharedDesk) -> None:
    pipe = tiny_pictures.pipeline(place / "hot")
    pipe.vae.decoder.conv_in.weight.data.mul_(5e4)  # the layers behind it bring it back, where numbers reach that far
    folder = tiny_pictures.save(pipe, place / "hot" / "model")
    made = draw(folder, desk, dtype="float16", device="cpu")
    assert any("drawn again in float32" in note for note in desk.notes)
    LOADED.clear()
    exact = draw(folder, desk, dtype="float32", device="cpu")
    assert np.abs(pixels(made, desk) - pixels(exact, desk)).mean() < 8


def test_a_device_is_held_while_it_draws(model: Path, tmp_path: Path) -> None:
    held: list[str] = []

    class Watched(SharedDesk):
        def alone(self, thing: str) -> Any:
            held.append(thing)
            return super().alone(thing)

    draw(model, Watched(tmp_path, seed=3))
    assert held == ["cpu"]


def test_an_upscaler_fills_the_frame(model: Path, place: Path, desk: SharedDesk) -> None:
    folder = tiny_additions.save(tiny_additions.upscaler(place / "up"), place / "up" / "model")
    request = WORDS.model_copy(update={"width": 100, "height": 100})
    small = draw(model, desk, request, side=32)
    large = draw(model, desk, request, side=32, upscaler=str(folder))
    assert (small.width, large.width) == (32, 100)
    assert large == draw(model, desk, request, side=32, upscaler=str(folder))
    with pytest.raises(ProviderError, match="enlarges nothing"):
        draw(model, desk, request, upscaler=str(model))


def test_an_upscaler_enlarges_a_small_photo_and_leaves_a_large_one(model: Path, place: Path, desk: SharedDesk) -> None:
    from PIL import Image

    folder = tiny_additions.save(tiny_additions.upscaler(place / "up-photo"), place / "up-photo" / "model")
    wide = Image.linear_gradient("L").convert("RGB").resize((90, 60))
    wide.save(place / "small.png")
    photo = desk.save(place / "small.png", "image/png", "small.png")
    request = WORDS.model_copy(update={"width": 100, "height": 100, "photo": photo})
    kept = draw(model, desk, request)
    large = draw(model, desk, request, upscaler=str(folder))
    assert (kept.width, kept.height) == (90, 60)
    assert large.height >= 100
    assert large.width / large.height == pytest.approx(1.5, abs=0.03)
    fits = request.model_copy(update={"width": 60, "height": 40})
    assert draw(model, desk, fits, upscaler=str(folder)).image == draw(model, desk, fits).image
