"""What the providers of pictures and films add to diffusers called directly, what drawing in one go saves, and how often models load.

The models are tiny and random: on a processor the same ones as in the tests; with `--gpu`-sized ones only where a GPU is there.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure
from benchmarks.models import ratio


def measure(*, is_short: bool = False) -> list[Figure]:
    import torch

    from tests.contracts.speech import SharedDesk

    rounds = 5 if is_short else 9
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for device in devices:
            desk = SharedDesk(folder / f"desk-{device}", seed=3)
            found += [_picture(folder, desk, rounds, device), _film(folder, desk, rounds, device)]
            found += _together(folder, desk, device)
    return found


def _model(folder: Path) -> Path:
    from tests.models import tiny_pictures

    place = folder / "pictures"
    return place if place.exists() else tiny_pictures.save(tiny_pictures.pipeline(folder), place)


def _picture(folder: Path, desk: Any, rounds: int, device: Any) -> Figure:
    """A whole step: the provider's picture is also cropped, looked at for its subject and its colours, and kept."""
    import numpy as np
    import torch
    from diffusers import DiffusionPipeline
    from PIL import Image

    from aigc_cli.providers.diffusers_image import DiffusersImage
    from aigc_cli.shapes import ImageRequest

    model = _model(folder)
    pipe = DiffusionPipeline.from_pretrained(model, use_safetensors=True).to(device)
    pipe.set_progress_bar_config(disable=True)
    provider = DiffusersImage(model=str(model), look="", steps=30, side=96, device=device, dtype="float32")
    request = ImageRequest(prompt="a cup of coffee", width=96, height=96)
    seen: dict[str, Any] = {}

    def alone() -> None:
        made = pipe(
            "a cup of coffee", negative_prompt=provider.negative, width=96, height=96, num_inference_steps=30,
            generator=torch.Generator("cpu").manual_seed(3),
        )  # fmt: skip
        made.images[0].save(folder / "alone.png")
        seen["alone"] = np.asarray(made.images[0])

    def through() -> None:
        with Image.open(desk.open(provider.draw(request, desk).image)) as image:
            seen["through"] = np.asarray(image.convert("RGB"))

    found = ratio(f"a picture through the provider over diffusers, {device}", alone, through, rounds)
    assert (seen["alone"] == seen["through"]).all(), "the pixels are not the library's own"
    return found


def _film(folder: Path, desk: Any, rounds: int, device: Any) -> Figure:
    """Up to the frames: what comes after them, in-betweens and H.264, is the clip's work whoever made them."""
    import torch
    from diffusers import DiffusionPipeline

    from aigc_cli.models.diffusion.studio import Studio
    from aigc_cli.providers.diffusers_video import DiffusersVideo, Filming
    from aigc_cli.shapes import MotionRequest
    from tests.models import tiny_films

    place = folder / "film"
    model = place if place.exists() else tiny_films.save(tiny_films.ltx(), place)
    pipe = DiffusionPipeline.from_pretrained(model, use_safetensors=True).to(device)
    pipe.set_progress_bar_config(disable=True)
    provider = DiffusersVideo(model=str(model), look="", steps=10, side=96, device=device, dtype="float32")
    request = MotionRequest(prompt="steam rises", width=96, height=96, seconds=1)

    def alone() -> None:
        pipe(
            prompt="steam rises", negative_prompt=provider.negative, width=96, height=96, num_frames=25, num_inference_steps=10,
            frame_rate=25, output_type="np", generator=torch.Generator("cpu").manual_seed(3),
        )  # fmt: skip

    def through() -> None:
        studio = desk.load(provider.known_as(), lambda: Studio(provider, desk))
        Filming(provider, studio, request, desk).made()

    return ratio(f"a film's frames through the provider over diffusers, {device}", alone, through, rounds)


def _together(folder: Path, desk: Any, device: Any) -> list[Figure]:
    """Eight pictures in one go against one after the other, and how often the model was loaded for all of it."""
    from aigc_cli.models.diffusion import loading
    from aigc_cli.providers.diffusers_image import DiffusersImage
    from aigc_cli.shapes import ImageRequest
    from tests.contracts.speech import LOADED

    LOADED.clear()
    loads, real = [], loading.load
    loading.load = lambda *given: loads.append(1) or real(*given)
    try:
        request = ImageRequest(prompt="a cup of coffee", width=64, height=64)
        times = {}
        for batch in (1, 8, 1, 8):  # the first round of each warms up
            provider = DiffusersImage(model=str(_model(folder)), look="", steps=30, batch=batch, device=device, dtype="float32")
            start = time.process_time() if device == "cpu" else time.perf_counter()
            provider.draw_several((request,) * 8, tuple(range(8)), desk)
            times[batch] = (time.process_time() if device == "cpu" else time.perf_counter()) - start
    finally:
        loading.load = real
    detail = f"{times[1]:.2f} s one by one, {times[8]:.2f} s together"
    return [
        Figure(f"eight pictures in one go over one by one, {device}", times[8] / times[1], "times", 1.0, detail),
        Figure(f"loads of the model for 32 pictures, {device}", len(loads), "times", 1, "one process, four calls"),
    ]
