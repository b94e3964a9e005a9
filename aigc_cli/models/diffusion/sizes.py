"""Sizes and lengths that a model can draw, near to what was asked for."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

_OWN_PX = 512
_RATES = {"Wan": 16, "LTX": 25, "CogVideoX": 8, "AnimateDiff": 8, "StableVideoDiffusion": 7, "Hunyuan": 24, "Mochi": 30, "SkyReels": 24}
"""Frames per second that the families were trained on, by how their pipelines' names begin, as their model cards tell."""
_RATE = 16
_MOST_FRAMES = 257


def fitted(width: int, height: int, side: float, multiple: int) -> tuple[int, int]:
    """The size with about `side` squared pixels, in multiples of `multiple`, that needs the least cropping to the frame's shape."""
    aspect = width / height
    ideal = side * aspect**0.5
    choices = []
    for wide in {max(1, int(ideal // multiple)) * multiple, (int(ideal // multiple) + 1) * multiple}:
        for down in (int(wide / aspect // multiple), int(wide / aspect // multiple) + 1):
            tall = max(1, down) * multiple
            ratio = wide / tall / aspect
            area = wide * tall / side**2
            choices.append((max(ratio, 1 / ratio) * max(area, 1 / area) ** 0.5, wide, tall))
    return min(choices)[1:]


def size_for(pipe: Any, width: int, height: int, side: int | None) -> tuple[int, int]:
    """Width and height near the frame's shape, with about the area the model was trained on, in multiples it can draw."""
    scale = _scale(pipe)
    config = _core_config(pipe)
    own = _default(pipe, "width"), _default(pipe, "height")
    sample = config.get("sample_size")
    rows = config.get("sample_height") or sample
    columns = config.get("sample_width") or sample
    if not isinstance(rows, int) or not isinstance(columns, int):
        rows = columns = getattr(pipe, "default_sample_size", None)
    if side is not None:
        area = float(side)
    elif isinstance(own[0], int) and isinstance(own[1], int):  # a pipeline that names its size means it
        area = (own[0] * own[1]) ** 0.5
    else:
        area = (rows * columns) ** 0.5 * scale if isinstance(rows, int) and isinstance(columns, int) else float(_OWN_PX)
    return fitted(width, height, area, _multiple(pipe, scale, config))


def frames_for(pipe: Any, wanted: int, most: int | None) -> int:
    """How many frames the model makes at a time: the number just above `wanted` that it can make, else the most that it can.

    `most` is the user's own limit; without it the length counts that the model was trained on.
    """
    default = _default(pipe, "num_frames")
    config = _core_config(pipe)
    own = default or config.get("num_frames") or config.get("sample_frames") or 16
    step = _temporal(pipe)
    limit = min(most or int(own), _MOST_FRAMES)
    if config.get("num_frames"):  # a model of one length, such as Stable Video Diffusion
        return min(int(config["num_frames"]), limit)
    legal = [1 + step * count for count in range(1, _MOST_FRAMES)] if step > 1 else list(range(2, _MOST_FRAMES))
    allowed = [each for each in legal if each <= limit] or legal[:1]
    return next((each for each in allowed if each >= wanted), allowed[-1])


def rate_of(pipe: Any) -> int:
    """Frames per second of what the model makes."""
    named = _default(pipe, "frame_rate")
    if isinstance(named, int | float) and named:
        return round(named)
    name = type(pipe).__name__
    return next((rate for family, rate in _RATES.items() if name.startswith(family)), _RATE)


def _scale(pipe: Any) -> int:
    for name in ("vae_scale_factor_spatial", "vae_spatial_compression_ratio", "vae_scale_factor"):
        value = getattr(pipe, name, None)
        if isinstance(value, int) and value > 0:
            return value
    return 8


def _temporal(pipe: Any) -> int:
    for name in ("vae_scale_factor_temporal", "vae_temporal_compression_ratio"):
        value = getattr(pipe, name, None)
        if isinstance(value, int) and value > 0:
            return value
    return 1


def _multiple(pipe: Any, scale: int, config: Mapping[str, Any]) -> int:
    if getattr(pipe, "unet", None) is not None:
        halvings = max(len(config.get("block_out_channels", ())) - 1, 0)
        return max(8, scale << halvings)
    patch = config.get("patch_size", 2)
    patch = patch[-1] if isinstance(patch, tuple | list) else patch
    least = 32 if _default(pipe, "num_frames") is not None else 8  # LTX refuses less, others do not mind
    return max(least, scale * max(2, int(patch or 1)))


def _core_config(pipe: Any) -> Mapping[str, Any]:
    unet = getattr(pipe, "unet", None)
    core = unet if unet is not None else getattr(pipe, "transformer", None)
    config = getattr(core, "config", {})
    return config if isinstance(config, Mapping) else {}


def _default(pipe: Any, name: str) -> Any:
    found = inspect.signature(pipe.__call__).parameters.get(name)
    return None if found is None or found.default is found.empty else found.default
