"""A pipeline from a folder or the hub, looked at before anything of it is loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_cli import devices, weights
from aigc_cli.contracts import Context
from aigc_cli.errors import MissingModel, ProviderError, Refused
from aigc_cli.models import shelf
from aigc_cli.models.diffusion.options import CURE, DiffusionOptions

_OWN_CODE = "take a model that the library knows by itself"
_FULL_PRECISION = ("AutoencoderKLWan",)
"""Parts that their makers run in float32 whatever the rest runs in: lower precision shows as banding or black frames."""


@dataclass(frozen=True)
class Found:
    """A pipeline's folder: the classes of its parts by name, its bytes, its licence."""

    folder: Path
    parts: dict[str, str]
    size: int
    licence: str


def find(options: DiffusionOptions) -> Found:
    """The pipeline that the options mean. Raises MissingModel or Refused when it is not here, or cannot be loaded as it stands."""
    return checked(shelf.folder_of(options.model, options.revision))


def checked(folder: Path) -> Found:
    """The parts of a pipeline's folder. Raises MissingModel or Refused when it cannot be loaded as it stands."""
    weights.must_load(folder)
    try:
        index = json.loads((folder / "model_index.json").read_text("utf-8"))
        name = index["_class_name"]
        parts = {key: value for key, value in index.items() if isinstance(value, list) and not key.startswith("_")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MissingModel(
            f"{folder} holds no diffusers pipeline: its `model_index.json` cannot be read", "give the folder that holds it, or get it again"
        ) from error
    if isinstance(name, list):
        raise Refused(f"the model {folder} brings code of its own, which is not run", _OWN_CODE)
    for part, (library, kind) in ((part, pair) for part, pair in parts.items() if len(pair) == 2):
        if library is None or kind is None:
            continue
        if (folder / part / f"{library}.py").exists():
            raise Refused(f"the model {folder} brings code of its own, which is not run", _OWN_CODE)
        if not (folder / part).is_dir():
            raise MissingModel(f"a download is not complete: `{part}` of {folder} is missing", "get the model again")
    found = weights.inspect(folder)
    return Found(folder, {part: str(pair[-1]) for part, pair in parts.items() if pair[-1] is not None}, found.size, found.licence)


def load(options: DiffusionOptions, found: Found, place: devices.Place, adapter: str = "") -> Any:
    """The pipeline itself, on no device yet; with a motion adapter's folder, the one that makes films with a picture model."""
    import diffusers
    import torch

    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    kind = diffusers.DiffusionPipeline
    more: dict[str, Any] = {"variant": options.variant} if options.variant else {}
    if adapter:
        kind = diffusers.AnimateDiffSDXLPipeline if "text_encoder_2" in found.parts else diffusers.AnimateDiffPipeline
        more["motion_adapter"] = load_part(adapter, "MotionAdapter", place)
    elif not options.safety_checker and "safety_checker" in found.parts:
        more |= {"safety_checker": None, "requires_safety_checker": False}
    full = {part: torch.float32 for part, kind in found.parts.items() if kind in _FULL_PRECISION}
    dtype = {**full, "default": place.dtype} if full else place.dtype
    with devices.quiet(), devices.loading(options.model, CURE):
        pipe = kind.from_pretrained(
            str(found.folder), dtype=dtype, use_safetensors=True, local_files_only=True, trust_remote_code=False, **more
        )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def load_part(path: str, kind: str, place: devices.Place) -> Any:
    """A model of diffusers that is no pipeline, such as a ControlNet: the class that its `config.json` names must end with `kind`.

    Raises MissingModel for another one, and what `weights.must_load` raises.
    """
    import diffusers

    folder = weights.place(path)
    weights.must_load(folder)
    name = weights.inspect(folder).kind
    if not name.endswith(kind) or not hasattr(diffusers, name):
        raise MissingModel(f"{folder} holds no {kind} but `{name or 'something unknown'}`", "give the folder that holds one")
    with devices.quiet(), devices.loading(path, CURE):
        return getattr(diffusers, name).from_pretrained(str(folder), torch_dtype=place.dtype, use_safetensors=True, local_files_only=True)


def must_fit(options: DiffusionOptions, found: Found, place: devices.Place, ctx: Context) -> devices.Place:
    """Makes room in main memory for the weights: other loaded models go when they are in the way. The place, with its memory anew.

    Raises ProviderError before anything is loaded when even so the weights alone do not fit.
    """
    size = sum(each.stat().st_size for each in found.folder.rglob("*.safetensors"))
    if place.device != "cpu" or not place.free or size <= place.free:
        return place
    if ctx.release():
        place = devices.place(options.device, options.dtype)
    if size > place.free:
        raise ProviderError(
            f"`{options.model}` has {devices.gigabytes(size)} of weights, and {devices.gigabytes(place.free)} of memory are free",
            "take a smaller model, or run where there is more memory or a GPU",
        )
    return place
