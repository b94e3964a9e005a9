"""A loaded pipeline that finds its way on the machine it is on: where its parts wait, what it adds, and what happens when memory ends."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from aigc_cli import devices, weights
from aigc_cli.contracts import Context
from aigc_cli.errors import MissingModel, ProviderError, Refused
from aigc_cli.models.diffusion import loading, schedulers
from aigc_cli.models.diffusion.options import CURE, DiffusionOptions, Lora

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Drawn = NDArray[np.float32]

T = TypeVar("T")
_BLACK = 4 / 255
_WORKING_BYTES = 2e9  # what drawing takes beside the weights, at about one megapixel
_LIBRARY_ERRORS = (ValueError, RuntimeError, TypeError, IndexError, KeyError, AttributeError, NotImplementedError, ImportError)
_ON_GPU = ("none", "tiles", "model", "layers")
_ON_CPU = ("none", "tiles")
_WORDS = {
    "none": "",
    "tiles": ", in slices and tiles",
    "model": ", parts not in use in main memory",
    "layers": ", all but one layer in main memory",
}


@dataclass(frozen=True)
class Reference:
    """An IP-Adapter: weights by which pictures guide a drawing as words do."""

    file: str
    weight: float


class Studio:
    """A pipeline, the device it is on, and how much of it waits in main memory."""

    def __init__(self, options: DiffusionOptions, ctx: Context, *, adapter: str = "") -> None:
        """`adapter` is the folder of a motion adapter, which joins the pipeline. Raises what `loading` raises."""
        self.name = options.model
        self.place = devices.place(options.device, options.dtype)
        found = loading.find(options)
        self.place = loading.must_fit(options, found, self.place, ctx)
        self.pipe = loading.load(options, found, self.place, adapter)
        self._scheduler = getattr(self.pipe, "scheduler", None)
        self._loras: dict[str, str] = {}
        self._reference = ""
        self._beside: dict[tuple[str, str], Any] = {}
        self._is_exact = str(self.place.dtype) == "torch.float32"
        self.waiting = self._chosen(options.offload, ctx)
        self._settle()
        terms = found.licence or "a licence its folder does not name"
        pinned = f" at {options.revision[:12]}" if options.revision else ""
        self._facts = f"`{options.model}`{pinned} ({devices.gigabytes(found.size)}, {terms})"

    def facts(self, what: str) -> str:
        """A line on what made `what`: the model, its size, licence, commit, device, precision, and what waits where."""
        return f"{what} by {self._facts}, on {self.place.words}{_WORDS[self.waiting]}"

    def _chosen(self, wish: str, ctx: Context) -> str:
        if self.place.device != "cuda":
            return "none"
        if wish != "auto":
            return wish
        sizes = [_bytes_of(part) for part in self.pipe.components.values()]
        if sum(sizes) + _WORKING_BYTES >= self.place.free and ctx.release():
            self.place = devices.Place(self.place.device, self.place.dtype, devices.free_bytes(self.place.device))
        if sum(sizes) + _WORKING_BYTES < self.place.free:
            return "none"
        return "model" if max(sizes) + _WORKING_BYTES < self.place.free else "layers"

    def _settle(self) -> None:
        """Puts the parts where they belong; parts that wait in main memory need accelerate."""
        if self.waiting != "none":
            self._slice()
        if self.waiting in ("none", "tiles"):
            self.pipe.to(self.place.device)
            return
        devices.need_packages("offload", CURE, "accelerate")
        self.pipe.remove_all_hooks()
        self.pipe.to("cpu")
        if self.waiting == "model":
            self.pipe.enable_model_cpu_offload(device=self.place.device)
        else:
            self.pipe.enable_sequential_cpu_offload(device=self.place.device)

    def _slice(self) -> None:
        """Attention in slices, one picture of a batch after the other, large pictures in tiles."""
        vae: Any = getattr(self.pipe, "vae", None)
        for part, name in ((self.pipe, "enable_attention_slicing"), (vae, "enable_slicing"), (vae, "enable_tiling")):
            if hasattr(part, name):
                getattr(part, name)()

    def run(self, options: DiffusionOptions, ctx: Context, size: tuple[int, int], work: Callable[[], T]) -> T:
        """Does the work; where memory runs out, other models go first, then more of this one waits, and it is tried again.

        Raises ProviderError when nothing is left to give, with what would fit, and for what the library refuses.
        """
        while True:
            try:
                return work()
            except Exception as error:
                if not devices.is_out_of_memory(error):
                    if type(error) not in _LIBRARY_ERRORS:
                        raise
                    text = " ".join(str(error).split())[:240]
                    raise ProviderError(
                        f"`{self.name}` could not draw this: {text}", "try another `scheduler`, `steps` or `dtype`"
                    ) from error
                failed: Exception = error
            self._give_way(options, ctx, size, failed)

    def drawn(self, options: DiffusionOptions, ctx: Context, size: tuple[int, int], work: Callable[[], list[Drawn]]) -> list[Drawn]:
        """The work's pictures or frames (height, width, 3; 0..1); what comes as NaN or black is made once more in float32.

        Raises ProviderError when there are no numbers even so, and as `run` does.
        """
        while True:
            made = self.run(options, ctx, size, work)
            if all(_is_number(each) for each in made) and any(float(each.max()) > _BLACK for each in made):
                return made
            if not self._more_exact(ctx):
                break
        if not all(_is_number(each) for each in made):
            raise ProviderError(
                f"`{self.name}` gave no picture but NaN, in {self.place.words}",
                "get the model again, or take another `scheduler` or `guidance`",
            )
        return made

    def _give_way(self, options: DiffusionOptions, ctx: Context, size: tuple[int, int], failed: Exception) -> None:
        failed.__traceback__ = None  # its frames hold the tensors that filled the memory
        has_released = bool(ctx.release(keep=options.known_as()))
        devices.empty(self.place.device)
        if has_released:
            ctx.note(f"memory ran out: other models were released for `{self.name}`")
            return
        steps = _ON_GPU if self.place.device == "cuda" else _ON_CPU
        at = steps.index(self.waiting) + 1
        if at >= len(steps) or (options.offload != "auto" and steps[at] != "tiles"):
            side = max(256, min(size) * 3 // 4 // 64 * 64)
            raise ProviderError(
                f"there is not enough memory on {self.place.device} for `{self.name}` at {size[0]}x{size[1]}",
                f"set `side` to {side} or less, take a smaller model, or `offload: layers` on a GPU",
            ) from failed
        self.waiting = steps[at]
        ctx.note(f"memory ran out: `{self.name}` goes on{_WORDS[self.waiting].replace(',', ' with' if at > 1 else '', 1)}")
        self._settle()

    def _more_exact(self, ctx: Context) -> bool:
        """Goes on in float32 after NaN or black; False when it is there already."""
        import torch

        if self._is_exact:
            return False
        ctx.note(f"`{self.name}` gave no picture in {self.place.words}: drawn again in float32")
        self.place = devices.Place(self.place.device, torch.float32, self.place.free)
        if self.waiting in ("model", "layers"):
            self.pipe.remove_all_hooks()
            self.pipe.to("cpu")
        self.pipe.to(torch.float32)
        for part in self._beside.values():
            part.to(torch.float32)
        self._is_exact = True
        self._settle()
        return True

    def scheduled(self, pipe: Any, name: str) -> Any:
        """The pipeline with a fresh scheduler of the name asked for."""
        if self._scheduler is not None:
            pipe.scheduler = schedulers.fresh(self._scheduler, name, self.name)
        return pipe

    def beside(self, path: str, kind: str) -> Any:
        """A model beside the pipeline, such as a ControlNet, loaded once and put on the same device."""
        if (path, kind) not in self._beside:
            self._beside[path, kind] = loading.load_part(path, kind, self.place).to(self.place.device)
        return self._beside[path, kind]

    def dress(self, loras: tuple[Lora, ...], reference: Reference | None) -> None:
        """Puts the additions on that are asked for, and takes off what is not.

        Raises MissingExtra without peft, Refused for a model that takes none, MissingModel for a file that does not fit it.
        """
        self._dress_loras(loras)
        self._dress_reference(reference)

    def _dress_loras(self, loras: tuple[Lora, ...]) -> None:
        if not loras:
            if self._loras:
                self.pipe.unload_lora_weights()
                self._loras = {}
            return
        devices.need_packages("loras", CURE, "peft")
        if not hasattr(self.pipe, "load_lora_weights"):
            raise Refused(f"`{self.name}` takes no additions", "leave `loras` out")
        for lora in loras:
            if lora.file not in self._loras:
                path = weights.place(lora.file)
                weights.must_be_tensors(path)
                named = f"lora{len(self._loras)}"
                with devices.quiet(), devices.loading(lora.file, CURE):
                    self.pipe.load_lora_weights(str(path.parent), weight_name=path.name, adapter_name=named, local_files_only=True)
                if named not in {each for names in self.pipe.get_list_adapters().values() for each in names}:
                    raise MissingModel(f"`{path.name}` does not fit `{self.name}`", "take one that was trained for this model's family")
                self._loras[lora.file] = named
        self.pipe.set_adapters([self._loras[each.file] for each in loras], [each.weight for each in loras])

    def _dress_reference(self, reference: Reference | None) -> None:
        wanted = reference.file if reference is not None else ""
        if wanted != self._reference and self._reference:
            self.pipe.unload_ip_adapter()
            self._reference = ""
        if reference is None:
            return
        if not hasattr(self.pipe, "load_ip_adapter"):
            raise Refused(f"`{self.name}` takes no `reference_model`", "leave it out, or take a model of the family of SD, SDXL or Flux")
        if not self._reference:
            path = weights.place(reference.file)
            weights.must_be_tensors(path)
            with devices.quiet(), devices.loading(reference.file, CURE):
                self.pipe.load_ip_adapter(str(path.parent), weight_name=path.name, subfolder="", **_eye_of(self.pipe, path.parent))
            self._reference = wanted
            if self.waiting in ("none", "tiles"):
                self.pipe.to(self.place.device)
        self.pipe.set_ip_adapter_scale(reference.weight)


def _is_number(image: Drawn) -> bool:
    import numpy as np

    return bool(np.isfinite(image).all())


def call(pipe: Any, given: Mapping[str, Any]) -> Any:
    """Calls a pipeline with those of the arguments that it knows, without keeping gradients."""
    import torch

    takes = inspect.signature(pipe.__call__).parameters
    with torch.inference_mode():
        return pipe(**{name: value for name, value in given.items() if name in takes})


def guided(pipe: Any, guidance: float | None, negative: str) -> dict[str, Any]:
    """How closely the words are followed, and what is not wanted, under the names that the pipeline has for them."""
    takes = inspect.signature(pipe.__call__).parameters
    found: dict[str, Any] = {}
    if guidance is not None:
        true = takes.get("true_cfg_scale")
        is_guidance = true is not None and isinstance(true.default, float) and true.default > 1  # Qwen-Image calls it so
        found["true_cfg_scale" if is_guidance else "guidance_scale"] = guidance
    if negative and "negative_prompt" in takes:
        found["negative_prompt"] = negative
    return found


def told(ctx: Context, steps: int, first: float = 0.05, last: float = 0.95) -> Callable[[Any, int, Any, dict[str, Any]], dict[str, Any]]:
    """A callback that tells how far the drawing is, and lets a stop through."""

    def callback(_: Any, step: int, __: Any, kept: dict[str, Any]) -> dict[str, Any]:
        ctx.progress(min(first + (last - first) * (step + 1) / steps, last), f"drawing, step {step + 1} of {steps}")
        return kept

    return callback


def _eye_of(pipe: Any, folder: Path) -> dict[str, str]:
    """Where an adapter's eye lies, `image_encoder` beside its weights, under the name that the pipeline has for it."""
    if "image_encoder_folder" in inspect.signature(pipe.load_ip_adapter).parameters:
        return {"image_encoder_folder": "image_encoder"}
    return {"image_encoder_pretrained_model_name_or_path": str(folder / "image_encoder")}


def _bytes_of(part: Any) -> int:
    parameters = getattr(part, "parameters", None)
    return sum(each.numel() * each.element_size() for each in parameters()) if callable(parameters) else 0
