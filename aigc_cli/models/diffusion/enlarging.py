"""Pictures enlarged by a diffusion model: piece by piece, so that memory does not grow with them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from aigc_cli.contracts import Context
from aigc_cli.errors import ProviderError
from aigc_cli.models.diffusion import studio as studios
from aigc_cli.models.diffusion.options import DiffusionOptions
from aigc_cli.models.diffusion.studio import Studio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image as Images

_TILE_PX = 256  # of the small picture: what a GPU of 8 GB enlarges four times
_OVERLAP_PX = 32
_STEP_PX = 8  # sides that pipelines take


def enlarged(
    image: Images.Image, size: tuple[int, int], words: str, *, options: DiffusionOptions, studio: Studio, ctx: Context
) -> Images.Image:
    """The picture, enlarged by an upscaling pipeline until it fills `size` (width, height). Larger ones stay.

    Raises ProviderError for a pipeline that enlarges nothing, and as `Studio.drawn` does.
    """
    if "Upscale" not in type(studio.pipe).__name__:
        raise ProviderError(f"`{studio.name}` enlarges nothing", "name an upscaling model as `upscaler`")
    while image.width < size[0] or image.height < size[1]:
        before = image.width
        image = _once(image, words, options, studio, ctx)
        if image.width <= before:
            raise ProviderError(f"`{studio.name}` enlarges nothing", "name an upscaling model as `upscaler`")
    return image


def _once(image: Images.Image, words: str, options: DiffusionOptions, studio: Studio, ctx: Context) -> Images.Image:
    import numpy as np
    from PIL import Image

    lefts, tops = _starts(image.width), _starts(image.height)
    total: NDArray[np.float32] | None = None
    weight: NDArray[np.float32] | None = None
    for number, (left, top) in enumerate((left, top) for top in tops for left in lefts):
        ctx.progress(0.6 + 0.35 * number / (len(lefts) * len(tops)), "enlarging")
        part = image.crop((left, top, min(left + _TILE_PX, image.width), min(top + _TILE_PX, image.height)))
        made = _piece(part, words, options, studio, ctx)
        factor = made.shape[1] // part.width
        if total is None or weight is None:
            total = np.zeros((image.height * factor, image.width * factor, 3), np.float32)
            weight = np.zeros((*total.shape[:2], 1), np.float32)
        share = _ramp(part.height * factor, _OVERLAP_PX * factor)[:, None] * _ramp(part.width * factor, _OVERLAP_PX * factor)[None, :]
        place = (slice(top * factor, (top + part.height) * factor), slice(left * factor, (left + part.width) * factor))
        total[place] += made * share[..., None]
        weight[place] += share[..., None]
    assert total is not None
    assert weight is not None
    return Image.fromarray((np.clip(total / weight, 0, 1) * 255).round().astype(np.uint8))


def _piece(part: Images.Image, words: str, options: DiffusionOptions, studio: Studio, ctx: Context) -> NDArray[np.float32]:
    """One piece enlarged, (height, width, 3), 0..1; its edges are drawn on to sides that the pipeline takes, and cut again."""
    import numpy as np
    import torch
    from PIL import Image

    wide, high = (math.ceil(side / _STEP_PX) * _STEP_PX for side in part.size)
    padded = np.pad(np.asarray(part), ((0, high - part.height), (0, wide - part.width), (0, 0)), mode="edge")

    def work() -> list[Any]:
        made = studios.call(
            studio.scheduled(studio.pipe, "auto"),
            {
                "prompt": words, "image": Image.fromarray(padded), "num_inference_steps": options.steps, "output_type": "np",
                "generator": torch.Generator("cpu").manual_seed(ctx.seed % 2**63),
            },
        )  # fmt: skip
        return [np.asarray(each) for each in made.images]

    found = studio.drawn(options, ctx, part.size, work)[0]
    factor = found.shape[1] // wide
    return np.asarray(found[: part.height * factor, : part.width * factor], np.float32)


def _starts(side: int) -> list[int]:
    """Where pieces begin, so that neighbours overlap and the last one ends at the edge."""
    if side <= _TILE_PX:
        return [0]
    count = math.ceil((side - _OVERLAP_PX) / (_TILE_PX - _OVERLAP_PX))
    return [round(number * (side - _TILE_PX) / (count - 1)) for number in range(count)]


def _ramp(length: int, overlap: int) -> NDArray[np.float32]:
    """Rises over the overlap and falls again, never quite to nothing."""
    import numpy as np

    way = np.minimum(np.arange(length) + 1, np.arange(length)[::-1] + 1)
    return np.minimum(way / max(1, overlap), 1.0).astype(np.float32)
