"""Pictures by any text-to-image model that diffusers loads: drawn from words, a photo changed, or a part of it painted anew."""

from __future__ import annotations

import inspect
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from aigc_cli import devices, weights
from aigc_cli.artifacts import ArtifactField
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingModel, ProviderError, Refused, WorkflowError
from aigc_cli.media.photography.photos import open_photo
from aigc_cli.media.photography.ready import ready_made, ready_photo
from aigc_cli.shapes import ImageRequest, Picture

if TYPE_CHECKING:
    from PIL import Image as Images

_CURE = "pip install 'aigc[diffusers]'"
_STYLES = {"scene": "", "drawing": "one object, whole, centred, plain white background", "abstract": "soft light and lines, no objects"}
_SCHEDULERS = {
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
_OFFLOADS = ("none", "model", "layers")
_WORKING_BYTES = 2e9  # what drawing takes beside the weights, at about one megapixel
_OWN_PX = 512
_LIBRARY_ERRORS = (ValueError, RuntimeError, TypeError, IndexError, KeyError, AttributeError, NotImplementedError, ImportError)


class DiffusersImage(Provider):
    """A diffusion model on this machine, from a folder or a hub id: Stable Diffusion, SDXL, SD3, Flux, Qwen-Image and others."""

    name: ClassVar[str] = "diffusers"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = tuple(Need("extra", each, _CURE) for each in ("torch", "diffusers", "transformers"))
    is_heavy: ClassVar[bool] = True

    model: str = Field("", max_length=500, description="A model's folder, or its id on the hub such as `owner/name`.")
    revision: str = Field("", max_length=40, description="The commit that an id is pinned to, 40 characters.")
    variant: str = Field("", max_length=20, pattern=r"^\w*$", description="Which of a model's sets of files is taken, such as `fp16`.")
    look: str = Field("soft daylight, uncluttered, sharp", max_length=500, description="What is added to the words of every scene.")
    negative: str = Field(
        "text, letters, watermark, logo, blurry", max_length=500, description="What is not wanted, for models that can be told."
    )
    steps: int = Field(30, ge=1, le=200, description="Steps of drawing; more are slower, turbo models want 1 to 8.")
    guidance: float | None = Field(None, ge=0, le=30, description="How closely the words are followed; null takes the model's own.")
    scheduler: Literal[
        "auto", "ddim", "ddpm", "dpm", "dpm-single", "euler", "euler-ancestral", "flow-euler", "flow-heun", "heun", "lcm", "lms", "pndm",
        "unipc",
    ] = Field("auto", description="The sampler; auto takes the model's own.")  # fmt: skip
    strength: float | None = Field(
        None, gt=0, le=1, description="How much of a photo is drawn anew by the prompt, 0 to 1; null leaves the user's photos as they are."
    )
    mask: ArtifactField | None = Field(
        None, description="A picture as large as the photo, white where it is painted anew.", json_schema_extra={"media": "image"}
    )
    side: int | None = Field(None, ge=16, le=4096, description="Side of the square that the model draws best; null asks the model.")
    device: devices.Device = Field("auto", description="Where it runs; auto takes a GPU when there is one.")
    dtype: devices.Dtype = Field("auto", description="Precision; auto: bfloat16 or float16 on a GPU, else float32.")
    offload: Literal["auto", "none", "model", "layers"] = Field(
        "auto", description="What waits in main memory: nothing, the parts not in use, or all but one layer; auto goes by what is free."
    )
    safety_checker: bool = Field(True, description="Keep the model's own safety checker, where it has one.")

    def misfit(self, step: Step) -> str | None:
        """No model, one that is not pinned, or nothing to draw from."""
        if not self.model:
            return "no `model` is named: a folder, or an id with its `revision`"
        photo, prompt = getattr(step, "photo", None), str(getattr(step, "prompt", "")).strip()
        if not prompt and (photo is None or self.strength is not None or self.mask is not None):
            return "there is no prompt to draw from"
        return weights.check_name(self.model, self.revision)

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The digest of the model's folder; an id stands for itself, by its commit."""
        return {"model": weights.digest(weights.folder_of(self.model))} if weights.is_folder(self.model) else {}

    def draw(self, request: ImageRequest, ctx: Context) -> Picture:
        """Makes the picture that an `image.create` step asks for, cropped to its frame. The same seed gives the same pixels.

        Raises MissingExtra, MissingModel, Refused for a model that cannot be loaded, WorkflowError for a photo that cannot be
        used, and ProviderError when memory runs out or the picture is blank or holds no numbers.
        """
        if request.photo is not None and self.strength is None and self.mask is None:
            return ready_photo(request, ctx)
        devices.need_packages("diffusers", _CURE, "torch", "diffusers", "transformers")
        name = f"diffusers:{self.model}@{self.revision}:{self.variant}:{self.device}:{self.dtype}:{self.offload}:{self.safety_checker}"
        studio = ctx.load(name, lambda: _Studio(self, is_offline=ctx.is_offline))
        pixels = studio.draw(self, request, ctx)
        for text in studio.facts:
            ctx.note(text)
        target = io.BytesIO()
        pixels.save(target, "PNG", compress_level=1)
        try:
            return ready_made(target.getvalue(), request, ctx, who=f"`{self.model}`", is_photo=request.photo is not None)
        except ProviderError as error:  # the same seed would give the same again
            raise ProviderError(error.message, error.hint) from error


class _Studio:
    """A loaded pipeline, and the ways it was found to fit this machine."""

    def __init__(self, options: DiffusersImage, *, is_offline: bool) -> None:
        import diffusers

        diffusers.utils.logging.set_verbosity_error()
        diffusers.utils.logging.disable_progress_bar()
        self.name = options.model
        self.place = devices.place(options.device, options.dtype)
        with devices.quiet(), devices.loading(options.model, _CURE):
            folder = _fetched(options, is_offline=is_offline)
            found = _checked(folder)
            more: dict[str, Any] = {"variant": options.variant} if options.variant else {}
            if not options.safety_checker and "safety_checker" in found.parts:
                more |= {"safety_checker": None, "requires_safety_checker": False}
            _must_fit(options.model, folder, self.place)
            self.pipe = diffusers.DiffusionPipeline.from_pretrained(
                str(folder), dtype=self.place.dtype, use_safetensors=True, local_files_only=True, trust_remote_code=False, **more
            )
        self.pipe.set_progress_bar_config(disable=True)
        self.offload = self._chosen(options.offload)
        self._settle()
        self._scheduler = getattr(self.pipe, "scheduler", None)
        terms = found.licence or "a licence its folder does not name"
        pinned = f" at {options.revision[:12]}" if options.revision else ""
        self.facts = [
            f"pictures by `{options.model}`{pinned} ({devices.gigabytes(found.size)}, {terms}), on {self.place.words}{self._waits()}"
        ]

    def _waits(self) -> str:
        return {"none": "", "model": ", parts not in use in main memory", "layers": ", all but one layer in main memory"}[self.offload]

    def _chosen(self, wish: str) -> str:
        if self.place.device != "cuda":
            return "none"
        if wish != "auto":
            return wish
        sizes = [_bytes_of(part) for part in self.pipe.components.values()]
        if sum(sizes) + _WORKING_BYTES < self.place.free:
            return "none"
        return "model" if max(sizes) + _WORKING_BYTES < self.place.free else "layers"

    def _settle(self) -> None:
        """Puts the parts where they belong; parts that wait in main memory need accelerate."""
        if self.offload == "none":
            self.pipe.to(self.place.device)
            return
        devices.need_packages("offload", _CURE, "accelerate")
        self.pipe.remove_all_hooks()
        self.pipe.to("cpu")
        if self.offload == "model":
            self.pipe.enable_model_cpu_offload(device=self.place.device)
        else:
            self.pipe.enable_sequential_cpu_offload(device=self.place.device)
        vae: Any = getattr(self.pipe, "vae", None)
        if hasattr(vae, "enable_tiling"):
            vae.enable_tiling()

    def draw(self, options: DiffusersImage, request: ImageRequest, ctx: Context) -> Images.Image:
        """One picture as the model makes it; where memory runs out, more of the model waits in main memory and it is tried again."""
        while True:
            try:
                return self._drawn(options, request, ctx)
            except Exception as error:
                if not devices.is_out_of_memory(error):
                    if type(error) not in _LIBRARY_ERRORS:
                        raise
                    text = " ".join(str(error).split())[:240]
                    raise ProviderError(
                        f"`{self.name}` could not draw this: {text}", "try another `scheduler`, `steps` or `dtype`"
                    ) from error
                failed: Exception = error
            width, height = self._size(options, request)
            if self.place.device != "cuda" or self.offload == _OFFLOADS[-1] or options.offload != "auto":
                raise ProviderError(
                    f"there is not enough memory on {self.place.device} for `{self.name}` at {width}x{height}",
                    f"set `side` to {max(256, min(width, height) * 3 // 4)} or less, take a smaller model, or `offload: layers` on a GPU",
                ) from failed
            import torch

            torch.cuda.empty_cache()
            self.offload = _OFFLOADS[_OFFLOADS.index(self.offload) + 1]
            ctx.note(f"the GPU's memory ran out: `{self.name}` goes on{self._waits().replace(',', ' with', 1)}")
            self._settle()

    def _drawn(self, options: DiffusersImage, request: ImageRequest, ctx: Context) -> Images.Image:
        import numpy as np
        import torch
        from PIL import Image

        size = self._size(options, request)
        pipe = self._pipe_for(options, request)
        takes = inspect.signature(pipe.__call__).parameters
        prompt = self._prompt(options, request, ctx)
        generator = torch.Generator("cpu").manual_seed(ctx.seed % 2**63)
        call: dict[str, Any] = {"prompt": prompt, "num_inference_steps": options.steps, "generator": generator, "output_type": "np"}
        if options.guidance is not None:
            call["guidance_scale"] = options.guidance
        if options.negative and "negative_prompt" in takes:
            call["negative_prompt"] = options.negative
        call |= {"width": size[0], "height": size[1]}
        photo, mask = self._given(options, request, ctx, size)
        if photo is not None:
            call |= {"image": photo, "strength": options.strength if options.strength is not None else 1.0}
        if mask is not None:
            call["mask_image"] = mask

        def told(_: Any, step: int, __: Any, kept: dict[str, Any]) -> dict[str, Any]:
            ctx.progress(min(0.05 + 0.9 * (step + 1) / options.steps, 0.95), f"drawing, step {step + 1} of {options.steps}")
            return kept

        call["callback_on_step_end"] = told
        with torch.inference_mode():
            made = pipe(**{name: value for name, value in call.items() if name in takes})
        if any(getattr(made, "nsfw_content_detected", None) or ()):
            raise Refused(f"the safety checker of `{self.name}` held a picture back", "other words, or another `--seed`")
        image = np.asarray(made.images[0])
        if not np.isfinite(image).all():
            raise ProviderError(
                f"`{self.name}` gave no picture but NaN, in {self.place.words}", "set `dtype: float32`, or `bfloat16` on a newer GPU"
            )
        drawn = Image.fromarray((image * 255).round().astype("uint8"))
        if photo is not None and mask is not None:
            drawn = Image.composite(drawn, photo.resize(drawn.size), mask.resize(drawn.size))
        return drawn

    def _pipe_for(self, options: DiffusersImage, request: ImageRequest) -> Any:
        """The pipeline for the task, sharing the weights, with the scheduler asked for."""
        import diffusers

        pipe = self.pipe
        if request.photo is not None and "image" not in inspect.signature(pipe.__call__).parameters:
            kind = diffusers.AutoPipelineForInpainting if options.mask is not None else diffusers.AutoPipelineForImage2Image
            try:
                pipe = kind.from_pipe(self.pipe)
            except ValueError as error:
                task = "paint parts of a photo anew" if options.mask is not None else "change a photo"
                raise ProviderError(f"`{self.name}` cannot {task}", "take a model that can, or leave `strength` and `mask` out") from error
            pipe.set_progress_bar_config(disable=True)
        if self._scheduler is None:
            return pipe
        fresh = type(self._scheduler)
        if options.scheduler != "auto":
            fresh = getattr(diffusers, _SCHEDULERS[options.scheduler])
            known = {each.__name__ for each in getattr(self._scheduler, "compatibles", [])} | {type(self._scheduler).__name__}
            if fresh.__name__ not in known:
                usable = [name for name, each in _SCHEDULERS.items() if each in known]
                raise ProviderError(
                    f"`scheduler: {options.scheduler}` does not go with `{self.name}`", f"use one of auto, {', '.join(usable)}"
                )
        more = {"skip_prk_steps": True} if options.scheduler == "pndm" else {}  # Stable Diffusion's own way; the others fail at few steps
        pipe.scheduler = fresh.from_config(self._scheduler.config, **more)  # made anew: schedulers keep state from picture to picture
        return pipe

    def _size(self, options: DiffusersImage, request: ImageRequest) -> tuple[int, int]:
        """Width and height near the frame's shape, with about the area the model was trained on, in multiples it can draw."""
        scale = int(getattr(self.pipe, "vae_scale_factor", 8))
        unet = getattr(self.pipe, "unet", None)
        core = unet if unet is not None else getattr(self.pipe, "transformer", None)
        config = getattr(core, "config", {})
        sample = config.get("sample_size") if isinstance(config, Mapping) else None
        own = sample if isinstance(sample, int) else getattr(self.pipe, "default_sample_size", None)
        side = options.side or (own * scale if isinstance(own, int) else _OWN_PX)
        halvings = len(config.get("block_out_channels", ())) - 1 if unet is not None else 1
        return fitted(request.width, request.height, side, max(8, scale * 2 ** max(halvings, 0)))

    def _prompt(self, options: DiffusersImage, request: ImageRequest, ctx: Context) -> str:
        """The words, as many as the model reads: the look's words go first when there are too many, and what goes is said."""
        parts = [part for part in (request.prompt, _STYLES[request.style], *options.look.split(", ")) if part]
        readers: list[Any] = [getattr(self.pipe, name, None) for name in ("tokenizer", "tokenizer_2", "tokenizer_3")]
        limits = [(int(each.model_max_length), each) for each in readers if 0 < getattr(each, "model_max_length", 0) < 10**6]
        if not limits:
            return ", ".join(parts)
        limit, reader = max(limits, key=lambda pair: pair[0])
        dropped: list[str] = []
        while len(parts) > 1 and _count(reader, ", ".join(parts)) > limit:
            dropped.insert(0, parts.pop())
        if dropped:
            ctx.note(f"`{self.name}` reads {limit} tokens: “{', '.join(dropped)}” was left out")
        words = ", ".join(parts).split()
        kept = len(words)
        while kept > 1 and _count(reader, " ".join(words[:kept])) > limit:
            kept -= 1
        if kept < len(words):
            ctx.note(f"`{self.name}` reads {limit} tokens: the prompt ends for it after “{words[kept - 1]}”", is_downgrade=True)
        return " ".join(words[:kept])

    def _given(
        self, options: DiffusersImage, request: ImageRequest, ctx: Context, size: tuple[int, int]
    ) -> tuple[Images.Image | None, Images.Image | None]:
        """The photo and the mask in the size that is drawn."""
        from PIL import Image, ImageOps

        if request.photo is None:
            if options.mask is not None:
                raise WorkflowError("a `mask` is given without a `photo`", "give the photo that it belongs to, or leave it out")
            return None, None
        ready = ready_photo(request, ctx)
        with Image.open(ctx.open(ready.image)) as opened:
            whole = opened.convert("RGB")
        photo = ImageOps.fit(whole, size, Image.Resampling.LANCZOS)
        if options.mask is None:
            return photo, None
        marked = open_photo(ctx.open(options.mask), name=options.mask.name or "the mask").convert("L")
        if abs(marked.width / marked.height / (whole.width / whole.height) - 1) > 0.02:
            raise WorkflowError(
                f"the mask is {marked.width}x{marked.height}, the photo {whole.width}x{whole.height}", "give a mask of the photo's shape"
            )
        return photo, ImageOps.fit(marked, size, Image.Resampling.BILINEAR)


def fitted(width: int, height: int, side: int, multiple: int) -> tuple[int, int]:
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


class _Found:
    def __init__(self, parts: tuple[str, ...], size: int, licence: str) -> None:
        self.parts, self.size, self.licence = parts, size, licence


def _fetched(options: DiffusersImage, *, is_offline: bool) -> Path:
    """The folder of the model: the user's own, or the hub's copy on this machine, fetched when that is allowed."""
    if weights.is_folder(options.model):
        return weights.folder_of(options.model)
    import diffusers

    more = {"variant": options.variant} if options.variant else {}
    return Path(
        diffusers.DiffusionPipeline.download(
            options.model, revision=options.revision, use_safetensors=True, local_files_only=is_offline, trust_remote_code=False, **more
        )
    )


def _checked(folder: Path) -> _Found:
    """The parts of a pipeline's folder. Raises MissingModel or Refused when it cannot be loaded as it stands."""
    import json

    weights.must_load(folder)
    try:
        index = json.loads((folder / "model_index.json").read_text("utf-8"))
        name, parts = (
            index["_class_name"],
            {key: value for key, value in index.items() if isinstance(value, list) and not key.startswith("_")},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MissingModel(
            f"{folder} holds no diffusers pipeline: its `model_index.json` cannot be read", "give the folder that holds it, or get it again"
        ) from error
    if isinstance(name, list):
        raise Refused(f"the model {folder} brings code of its own, which is not run", "take a model that the library knows by itself")
    for part, (library, kind) in ((part, pair) for part, pair in parts.items() if len(pair) == 2):
        if library is None or kind is None:
            continue
        if (folder / part / f"{library}.py").exists():
            raise Refused(f"the model {folder} brings code of its own, which is not run", "take a model that the library knows by itself")
        if not (folder / part).is_dir():
            raise MissingModel(f"a download is not complete: `{part}` of {folder} is missing", "get the model again")
    found = weights.inspect(folder)
    return _Found(tuple(part for part, pair in parts.items() if pair[-1] is not None), found.size, found.licence)


def _must_fit(name: str, folder: Path, place: devices.Place) -> None:
    """Raises ProviderError before anything is loaded when the weights alone pass the main memory that is free."""
    if place.device != "cpu" or not place.free:
        return
    size = sum(each.stat().st_size for each in folder.rglob("*.safetensors"))
    if size > place.free:
        raise ProviderError(
            f"`{name}` has {devices.gigabytes(size)} of weights, and {devices.gigabytes(place.free)} of memory are free",
            "take a smaller model, or run where there is more memory or a GPU",
        )


def _bytes_of(part: Any) -> int:
    parameters = getattr(part, "parameters", None)
    return sum(each.numel() * each.element_size() for each in parameters()) if callable(parameters) else 0


def _count(reader: Any, text: str) -> int:
    return len(reader(text, truncation=False)["input_ids"])
