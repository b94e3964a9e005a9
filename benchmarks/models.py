"""What the providers of pictures and music add to the library called directly: the same tiny model, the same inputs, in turn."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure

GOAL = 1.05


def measure(*, is_short: bool = False) -> list[Figure]:
    from tests.contracts.speech import SharedDesk

    rounds = 7 if is_short else 15
    with tempfile.TemporaryDirectory() as folder:
        desk = SharedDesk(Path(folder) / "desk", seed=3)
        return [_pictures(Path(folder), desk, rounds), _music(Path(folder), desk, rounds)]


def _pictures(folder: Path, desk: Any, rounds: int) -> Figure:
    import torch
    from diffusers import DiffusionPipeline

    from aigc_cli.providers.diffusers_image import DiffusersImage
    from aigc_cli.shapes import ImageRequest
    from tests.models import tiny_pictures

    model = tiny_pictures.save(tiny_pictures.pipeline(folder), folder / "pictures")
    pipe = DiffusionPipeline.from_pretrained(model, use_safetensors=True)
    pipe.set_progress_bar_config(disable=True)
    provider = DiffusersImage(model=str(model), look="", steps=50, side=128)
    request = ImageRequest(prompt="a cup of coffee", width=128, height=128)

    def alone() -> None:
        made = pipe(
            "a cup of coffee", negative_prompt=provider.negative, width=128, height=128, num_inference_steps=50,
            generator=torch.Generator("cpu").manual_seed(3),
        )  # fmt: skip
        made.images[0].save(folder / "alone.png")

    return _ratio("picture through the provider over diffusers", alone, lambda: provider.draw(request, desk), rounds)


def _music(folder: Path, desk: Any, rounds: int) -> Figure:
    import torch
    import transformers

    from aigc_cli.providers.transformers_music import TransformersMusic
    from aigc_cli.shapes import MusicRequest
    from tests.models import tiny_music

    place = tiny_music.save(tiny_music.musicgen(), folder / "music")
    model = transformers.MusicgenForConditionalGeneration.from_pretrained(place)
    words = transformers.AutoTokenizer.from_pretrained(place)
    provider = TransformersMusic(model=str(place))

    def alone() -> None:
        torch.manual_seed(3)
        asked = words(["upbeat pop instrumental, bright guitars, claps, 118 bpm, no vocals, well mixed"], return_tensors="pt")
        model.generate(
            input_ids=asked["input_ids"], attention_mask=asked["attention_mask"], do_sample=True, guidance_scale=3.0, top_k=250,
            max_new_tokens=502,
        )  # fmt: skip

    return _ratio(
        "10 s of music through the provider over transformers", alone, lambda: provider.compose(MusicRequest(duration_s=10), desk), rounds
    )


def _ratio(name: str, alone: Callable[[], object], through: Callable[[], object], rounds: int) -> Figure:
    alone(), through()  # both loaded
    pairs = []
    for _ in range(rounds):  # in turn, so that a busy machine slows both alike; processor time, so that others do not count
        start = time.process_time()
        alone()
        middle = time.process_time()
        through()
        pairs.append((middle - start, time.process_time() - middle))
    own, ours = (statistics.median(each) for each in zip(*pairs, strict=True))
    return Figure(name, ours / own, "times", GOAL, f"{own:.2f} s alone, processor time, medians of {rounds}")
