"""The options that all providers with a diffusion model share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, JsonValue

from aigc_cli import devices, weights
from aigc_cli.assets import Templates
from aigc_cli.contracts import Need, Params, Provider, Step

CURE = "pip install 'aigc[diffusers]'"
NEEDS = tuple(Need("extra", each, CURE) for each in ("torch", "diffusers", "transformers"))


class Lora(Params):
    """Trained additions to a model, such as a product's look: a safetensors file, and how much of it counts."""

    file: str = Field(min_length=1, max_length=500, description="The `.safetensors` file, an absolute path.")
    weight: float = Field(1.0, ge=-4, le=4, description="How much it counts; 0 is nothing.")


class DiffusionOptions(Provider):
    """What every diffusion model on this machine is told: which one, where it runs, how it draws."""

    needs: ClassVar[tuple[Need, ...]] = NEEDS
    is_heavy: ClassVar[bool] = True

    model: str = Field("", max_length=500, description="A model's folder, or its id on the hub such as `owner/name`.")
    revision: str = Field("", max_length=40, description="The commit that an id is pinned to, 40 characters.")
    variant: str = Field("", max_length=20, pattern=r"^\w*$", description="Which of a model's sets of files is taken, such as `fp16`.")
    steps: int = Field(30, ge=1, le=200, description="Steps of drawing; more are slower, turbo models want 1 to 8.")
    guidance: float | None = Field(None, ge=0, le=30, description="How closely the words are followed; null takes the model's own.")
    scheduler: Literal[
        "auto", "ddim", "ddpm", "dpm", "dpm-single", "euler", "euler-ancestral", "flow-euler", "flow-heun", "heun", "lcm", "lms", "pndm",
        "unipc",
    ] = Field("auto", description="The sampler; auto takes the model's own.")  # fmt: skip
    loras: tuple[Lora, ...] = Field((), max_length=8, description="Additions to the model, each with its `file` and `weight`.")
    device: devices.Device = Field("auto", description="Where it runs; auto takes a GPU when there is one.")
    dtype: devices.Dtype = Field("auto", description="Precision; auto: bfloat16 or float16 on a GPU, else float32.")
    offload: Literal["auto", "none", "model", "layers"] = Field(
        "auto", description="What waits in main memory: nothing, the parts not in use, or all but one layer; auto goes by what is free."
    )
    safety_checker: bool = Field(True, description="Keep the model's own safety checker, where it has one.")

    def misfit(self, step: Step) -> str | None:
        """No model, or one that is not pinned."""
        if not self.model:
            return "no `model` is named: a folder, or an id with its `revision`"
        return weights.check_name(self.model, self.revision)

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The digests of the model's folder and of all that is added to it; an id stands for itself, by its commit."""
        found = {"model": weights.digest(weights.folder_of(self.model))} if weights.is_folder(self.model) else {}
        return found | {f"added/{name}": weights.fingerprint(weights.place(each)) for name, each in self.additions().items()}

    def additions(self) -> Mapping[str, str]:
        """Paths of the weights that are used beside the model, by what messages call them."""
        return {f"lora {number}": each.file for number, each in enumerate(self.loras, start=1)}

    def known_as(self) -> str:
        """The name under which the loaded model is kept: what is fixed when it is loaded."""
        parts: tuple[JsonValue, ...] = (
            self.model, self.revision, self.variant, self.device, self.dtype, self.offload, self.safety_checker,
        )  # fmt: skip
        return "diffusers:" + ":".join(map(str, parts))
