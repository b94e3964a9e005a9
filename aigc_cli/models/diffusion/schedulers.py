"""Schedulers by name: made anew for each call, for they keep state from picture to picture."""

from __future__ import annotations

from typing import Any

from aigc_cli.errors import ProviderError

_CLASSES = {
    "ddim": "DDIMScheduler",
    "ddpm": "DDPMScheduler",
    "dpm": "DPMSolverMultistepScheduler",
    "dpm-single": "DPMSolverSinglestepScheduler",
    "euler": "EulerDiscreteScheduler",
    "euler-ancestral": "EulerAncestralDiscreteScheduler",
    "flow-euler": "FlowMatchEulerDiscreteScheduler",
    "flow-heun": "FlowMatchHeunDiscreteScheduler",
    "heun": "HeunDiscreteScheduler",
    "lcm": "LCMScheduler",
    "lms": "LMSDiscreteScheduler",
    "pndm": "PNDMScheduler",
    "unipc": "UniPCMultistepScheduler",
}


def fresh(own: Any, name: str, model: str) -> Any:
    """A new scheduler with the settings of the model's `own`. Raises ProviderError for one of another family."""
    import diffusers

    kind = type(own)
    if name != "auto":
        kind = getattr(diffusers, _CLASSES[name])
        known = {each.__name__ for each in getattr(own, "compatibles", [])} | {type(own).__name__}
        if kind.__name__ not in known:
            usable = [each for each, written in _CLASSES.items() if written in known]
            raise ProviderError(f"`scheduler: {name}` does not go with `{model}`", f"use one of auto, {', '.join(usable)}")
    more = {"skip_prk_steps": True} if name == "pndm" else {}  # Stable Diffusion's own way; the others fail at few steps
    return kind.from_config(own.config, **more)
