"""Pictures by any image model that diffusers loads: drawn from words, by a photo's outlines or its style, or a photo changed."""

from __future__ import annotations

import inspect
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from aigc_cli import devices
from aigc_cli.artifacts import Artifact, ArtifactField
from aigc_cli.contracts import Context, Step
from aigc_cli.errors import ProviderError, Refused, WorkflowError
from aigc_cli.media.photography.photos import open_photo
from aigc_cli.media.photography.ready import ready_made, ready_photo
from aigc_cli.models.diffusion import studio as studios
from aigc_cli.models.diffusion.enlarging import enlarged
from aigc_cli.models.diffusion.guides import guide
from aigc_cli.models.diffusion.options import CURE, DiffusionOptions
from aigc_cli.models.diffusion.prompting import words_for
from aigc_cli.models.diffusion.sizes import size_for
from aigc_cli.models.diffusion.studio import Reference, Studio
from aigc_cli.shapes import ImageRequest, Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image as Images

_STYLES = {"scene": "", "drawing": "one object, whole, centred, plain white background", "abstract": "soft light and lines, no objects"}


class DiffusersImage(DiffusionOptions):
    """A diffusion model on this machine, from a folder or a hub id: Stable Diffusion, SDXL, SD3, Flux, Qwen-Image and others."""

    name: ClassVar[str] = "diffusers"
    version: ClassVar[int] = 3

    look: str = Field("soft daylight, uncluttered, sharp", max_length=500, description="What is added to the words of every scene.")
    subject: str = Field("", max_length=500, description="Who or what is seen in every scene, in the same words; stands before the prompt.")
    negative: str = Field(
        "text, letters, watermark, logo, blurry", max_length=500, description="What is not wanted, for models that can be told."
    )
    strength: float | None = Field(
        None, gt=0, le=1, description="How much of a photo is drawn anew by the prompt, 0 to 1; null leaves the user's photos as they are."
    )
    mask: ArtifactField | None = Field(
        None, description="A picture as large as the photo, white where it is painted anew.", json_schema_extra={"media": "image"}
    )
    reference: ArtifactField | None = Field(
        None, description="A picture whose subject or style the drawing takes over.", json_schema_extra={"media": "image"}
    )
    reference_model: str = Field(
        "", max_length=500, description="The IP-Adapter that reads `reference`: its `.safetensors` file; models that edit need none."
    )
    reference_weight: float = Field(0.6, ge=0, le=1, description="How much the reference counts beside the words.")
    control: Literal["edges", "depth", "map"] | None = Field(
        None, description="What of a picture the drawing keeps: its outlines, its depth; `map` is a guide that is ready, such as a pose."
    )
    control_image: ArtifactField | None = Field(
        None, description="The picture that `control` reads; null takes the photo.", json_schema_extra={"media": "image"}
    )
    control_model: str = Field("", max_length=500, description="The ControlNet's folder.")
    control_reader: str = Field("", max_length=500, description="The folder of a model that sees depth, for `control: depth`.")
    control_weight: float = Field(1.0, ge=0, le=2, description="How strictly the guiding picture is kept to.")
    side: int | None = Field(None, ge=16, le=4096, description="Side of the square that the model draws best; null asks the model.")
    upscaler: str = Field(
        "",
        max_length=500,
        description="The folder of an upscaling model, which enlarges what is drawn, and small photos, until they fill the frame.",
    )
    batch: int = Field(4, ge=1, le=16, description="Most pictures drawn in one go.")

    def misfit(self, step: Step) -> str | None:
        """No model, nothing to draw from, or a guide that is not whole."""
        refusal = super().misfit(step)
        if refusal is not None:
            return refusal
        photo, prompt = getattr(step, "photo", None), str(getattr(step, "prompt", "")).strip()
        if not (prompt or self.subject) and (photo is None or self._redraws()):
            return "there is no prompt to draw from"
        if self.control is not None and not self.control_model:
            return "`control` needs a `control_model`, a ControlNet's folder"
        if self.control is not None and self.control_image is None and photo is None:
            return "`control` needs a `control_image`, or a photo"
        if self.control == "depth" and not self.control_reader:
            return "`control: depth` needs a `control_reader`; a depth map that is ready is given with `control: map`"
        return None

    def additions(self) -> Mapping[str, str]:
        """LoRAs, the IP-Adapter and its eye, the ControlNet and its eye."""
        found = dict(super().additions())
        if self.reference_model and self.reference is not None:
            found |= {"reference": self.reference_model, "reference eye": str(Path(self.reference_model).parent / "image_encoder")}
        if self.control is not None:
            found |= {"control": self.control_model} | ({"control reader": self.control_reader} if self.control == "depth" else {})
        return found | ({"upscaler": self.upscaler} if self.upscaler else {})

    def _redraws(self) -> bool:
        return self.strength is not None or self.mask is not None or self.control is not None

    def draw(self, request: ImageRequest, ctx: Context) -> Picture:
        """Makes the picture that an `image.create` step asks for, cropped to its frame. The same seed gives the same pixels.

        Raises MissingExtra, MissingModel, Refused for a model that cannot be loaded, WorkflowError for a photo that cannot be
        used, and ProviderError when memory runs out or the picture is blank or holds no numbers.
        """
        made = self.draw_several((request,), (ctx.seed,), ctx)[0]
        assert made is not None  # one alone raises instead
        return made

    def draw_several(self, requests: tuple[ImageRequest, ...], seeds: tuple[int, ...], ctx: Context) -> tuple[Picture | None, ...]:
        """A picture per request and seed, drawn `batch` at a time; all requests are of one size and one photo.

        None stands for one that was held back or is blank, and is told; when all are, it raises as `draw` does.
        """
        first = requests[0]
        if first.photo is not None and not self._redraws():
            photo = self._large(first, ctx) if self.upscaler else first.photo
            return tuple(ready_photo(each.model_copy(update={"photo": photo}), ctx) for each in requests)
        devices.need_packages("diffusers", CURE, "torch", "diffusers", "transformers")
        with ctx.alone(devices.place(self.device, self.dtype).device):
            studio = ctx.load(self.known_as(), lambda: Studio(self, ctx))
            studio.dress(self.loras, self._adapter())
            pixels: list[Images.Image | None] = []
            for begin in range(0, len(requests), self.batch):
                pixels += _Drawing(self, studio, ctx, requests[begin : begin + self.batch], seeds[begin : begin + self.batch]).made()
            ctx.note(studio.facts("pictures"))
            if self.upscaler:
                pixels = [each and self._enlarged(each, request, ctx) for each, request in zip(pixels, requests, strict=True)]
        if all(image is None for image in pixels):
            raise Refused(f"the safety checker of `{self.model}` held a picture back", "other words, or another `--seed`")
        found: list[Picture | None] = []
        failed: ProviderError | None = None
        for image, request, seed in zip(pixels, requests, seeds, strict=True):
            try:
                found.append(None if image is None else self._ready(image, request, ctx))
            except ProviderError as error:
                failed = error
                found.append(None)
            if len(requests) > 1 and found[-1] is None:
                ctx.note(f"seed {seed} gave no picture: {'the safety checker held it back' if image is None else 'one colour'}")
        if failed is not None and all(each is None for each in found):
            raise failed
        return tuple(found)

    def _adapter(self) -> Reference | None:
        return Reference(self.reference_model, self.reference_weight) if self.reference_model and self.reference is not None else None

    def _enlarged(self, image: Images.Image, request: ImageRequest, ctx: Context) -> Images.Image:
        """The frame's part of the picture, as large as the frame by the upscaling model."""
        shape = min(image.width / request.width, image.height / request.height)
        if shape >= 1:
            return image
        part = _cut(image, (round(request.width * shape), round(request.height * shape)))
        return self._scaled_up(part, (request.width, request.height), request.prompt, ctx)

    def _large(self, request: ImageRequest, ctx: Context) -> Artifact | None:
        """The user's photo, whole, enlarged by the upscaling model until it fills the frame; one that does, or is see-through, as it is."""
        photo = request.photo
        assert photo is not None
        image = open_photo(ctx.open(photo), name=photo.name or "the photo", longest_px=4096)
        scale = max(request.width / image.width, request.height / image.height)
        if scale <= 1 or image.mode != "RGB":
            return photo
        devices.need_packages("diffusers", CURE, "torch", "diffusers", "transformers")
        with ctx.alone(devices.place(self.device, self.dtype).device):
            size = math.ceil(image.width * scale), math.ceil(image.height * scale)
            large = self._scaled_up(image, size, request.prompt, ctx)
        target = io.BytesIO()
        large.save(target, "PNG", compress_level=1)
        return ctx.save(target.getvalue(), "image/png", photo.name)

    def _scaled_up(self, image: Images.Image, size: tuple[int, int], prompt: str, ctx: Context) -> Images.Image:
        options = DiffusionOptions(
            model=self.upscaler, steps=self.steps, device=self.device, dtype=self.dtype, offload=self.offload, safety_checker=False
        )
        studio = ctx.load(options.known_as(), lambda: Studio(options, ctx))
        ctx.note(studio.facts("enlarged"))
        words = words_for(studio.pipe, studio.name, prompt, (), ctx)
        return enlarged(image, size, words, options=options, studio=studio, ctx=ctx)

    def _ready(self, image: Images.Image, request: ImageRequest, ctx: Context) -> Picture:
        target = io.BytesIO()
        image.save(target, "PNG", compress_level=1)
        try:
            return ready_made(target.getvalue(), request, ctx, who=f"`{self.model}`", is_photo=request.photo is not None)
        except ProviderError as error:  # the same seed would give the same again
            raise ProviderError(error.message, error.hint) from error


class _Drawing:
    """One call of the model: some pictures of one size, with all that guides them."""

    def __init__(
        self, options: DiffusersImage, studio: Studio, ctx: Context, requests: tuple[ImageRequest, ...], seeds: tuple[int, ...]
    ) -> None:
        self._options, self._studio, self._ctx = options, studio, ctx
        self._seeds = seeds
        self._request = requests[0]
        self._size = size_for(studio.pipe, self._request.width, self._request.height, options.side)
        self._photo, self._mask = self._given()
        self._pipe = studio.scheduled(self._task(), options.scheduler)
        self._takes = inspect.signature(self._pipe.__call__).parameters
        self._held: list[bool] = []
        self._prompts = [
            words_for(self._pipe, studio.name, ", ".join(filter(None, (options.subject, each.prompt))), _look(options, each), ctx)
            for each in requests
        ]

    def made(self) -> list[Images.Image | None]:
        """The pictures, without what the mask protects; None for those that the safety checker holds back. Raises ProviderError."""
        from PIL import Image

        found = self._studio.drawn(self._options, self._ctx, self._size, self._call)
        drawn = [Image.fromarray((image * 255).round().astype("uint8")) for image in found]
        if self._photo is not None and self._mask is not None:
            photo, mask = self._photo, self._mask
            drawn = [Image.composite(each, photo.resize(each.size), mask.resize(each.size)) for each in drawn]
        return [None if is_held else each for each, is_held in zip(drawn, self._held, strict=True)]

    def _call(self) -> list[NDArray[np.float32]]:
        import numpy as np
        import torch

        options, count = self._options, len(self._prompts)
        generators = [torch.Generator("cpu").manual_seed(seed % 2**63) for seed in self._seeds]
        given: dict[str, Any] = {
            "prompt": self._prompts if count > 1 else self._prompts[0],
            "num_inference_steps": options.steps,
            "generator": generators if count > 1 else generators[0],
            "output_type": "np",
            "width": self._size[0],
            "height": self._size[1],
            "callback_on_step_end": studios.told(self._ctx, options.steps),
        }
        given |= studios.guided(self._pipe, options.guidance, options.negative)
        if count > 1 and "negative_prompt" in given:
            given["negative_prompt"] = [given["negative_prompt"]] * count
        if self._photo is not None and (options.strength is not None or self._mask is not None):
            given |= {"image": self._photo, "strength": options.strength if options.strength is not None else 1.0}
        if self._mask is not None:
            given["mask_image"] = self._mask
        given |= self._guides(count)
        made = studios.call(self._pipe, given)
        self._held = [bool(each) for each in getattr(made, "nsfw_content_detected", None) or (False,) * count]
        # what is held back comes as black, which is not to be taken for a fault of the precision
        return [np.full_like(each, 0.5) if held else np.asarray(each) for each, held in zip(made.images, self._held, strict=True)]

    def _guides(self, count: int) -> dict[str, Any]:
        """What the reference and the guiding picture are called by this pipeline."""
        options = self._options
        found: dict[str, Any] = {}
        if options.reference is not None:
            picture = self._opened(options.reference, "the reference")
            if options.reference_model:
                found["ip_adapter_image"] = [picture] * count if count > 1 else picture
            elif "image" in self._takes and self._photo is None and options.control is None:
                found["image"] = picture
            else:
                raise ProviderError(
                    f"`{self._studio.name}` takes no `reference` by itself",
                    "name an IP-Adapter as `reference_model`, or drop it",
                )
        if options.control is not None:
            source = self._opened(options.control_image, "the control image") if options.control_image is not None else self._photo
            assert source is not None  # misfit has seen to it
            shown = guide(options.control, _cut(source, self._size), options.control_reader, self._studio.place, self._ctx)
            found["control_image" if "control_image" in self._takes else "image"] = [shown] * count if count > 1 else shown
            found["controlnet_conditioning_scale"] = options.control_weight
        return found

    def _task(self) -> Any:
        """The pipeline for the task, sharing the weights."""
        import diffusers

        options, studio = self._options, self._studio
        changes = self._photo is not None and (options.strength is not None or self._mask is not None)
        if not changes and options.control is None:
            return studio.pipe
        if changes and options.control is None and "image" in inspect.signature(studio.pipe.__call__).parameters:
            return studio.pipe  # a model that is made to change pictures
        more = {} if options.control is None else {"controlnet": studio.beside(options.control_model, "ControlNetModel")}
        kind, task = diffusers.AutoPipelineForText2Image, "follow a guiding picture"
        if changes:
            kind, task = diffusers.AutoPipelineForImage2Image, "change a photo"
        if self._mask is not None:
            kind, task = diffusers.AutoPipelineForInpainting, "paint parts of a photo anew"
        try:
            pipe = kind.from_pipe(studio.pipe, **more)
        except ValueError as error:
            raise ProviderError(
                f"`{studio.name}` cannot {task}", "take a model that can, or leave `strength`, `mask` and `control` out"
            ) from error
        pipe.set_progress_bar_config(disable=True)
        return pipe

    def _given(self) -> tuple[Images.Image | None, Images.Image | None]:
        """The photo and the mask in the size that is drawn."""
        from PIL import Image, ImageOps

        mask = self._options.mask
        if self._request.photo is None:
            if mask is not None:
                raise WorkflowError("a `mask` is given without a `photo`", "give the photo that it belongs to, or leave it out")
            return None, None
        ready = ready_photo(self._request, self._ctx)
        with Image.open(self._ctx.open(ready.image)) as opened:
            whole = opened.convert("RGB")
        photo = _cut(whole, self._size)
        if mask is None:
            return photo, None
        marked = open_photo(self._ctx.open(mask), name=mask.name or "the mask").convert("L")
        if abs(marked.width / marked.height / (whole.width / whole.height) - 1) > 0.02:
            raise WorkflowError(
                f"the mask is {marked.width}x{marked.height}, the photo {whole.width}x{whole.height}", "give a mask of the photo's shape"
            )
        return photo, ImageOps.fit(marked, self._size, Image.Resampling.BILINEAR)

    def _opened(self, artifact: Artifact, what: str) -> Images.Image:
        return open_photo(self._ctx.open(artifact), name=artifact.name or what).convert("RGB")


def _look(options: DiffusersImage, request: ImageRequest) -> tuple[str, ...]:
    return (_STYLES[request.style], *options.look.split(", "))


def _cut(image: Images.Image, size: tuple[int, int]) -> Images.Image:
    from PIL import Image, ImageOps

    return ImageOps.fit(image, size, Image.Resampling.LANCZOS)
