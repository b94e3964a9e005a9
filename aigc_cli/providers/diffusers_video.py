"""Films by any video model that diffusers loads: Wan, LTX, CogVideoX, AnimateDiff, Stable Video Diffusion and others."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from aigc_cli import devices
from aigc_cli.contracts import Context, Step
from aigc_cli.errors import ProviderError
from aigc_cli.media.filming.made import take_of
from aigc_cli.media.photography.photos import open_photo
from aigc_cli.models.diffusion import studio as studios
from aigc_cli.models.diffusion.options import CURE, DiffusionOptions
from aigc_cli.models.diffusion.prompting import words_for
from aigc_cli.models.diffusion.sizes import frames_for, rate_of, size_for
from aigc_cli.models.diffusion.studio import Studio
from aigc_cli.shapes import FootageTake, MotionRequest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image as Images

_BLANK_LEVELS = 4 / 255
_ONE_SET_OF_WEIGHTS = ("LTXPipeline", "LTXImageToVideoPipeline", "LTX2Pipeline", "LTX2ImageToVideoPipeline")
"""Pipelines from words and from a picture that run on the same weights; of other families each has a model of its own."""


class DiffusersVideo(DiffusionOptions):
    """A video diffusion model on this machine, from a folder or a hub id: Wan, LTX, CogVideoX, AnimateDiff, Stable Video Diffusion."""

    name: ClassVar[str] = "diffusers"
    version: ClassVar[int] = 1

    look: str = Field("soft daylight, smooth slow camera", max_length=500, description="What is added to the words of every film.")
    negative: str = Field(
        "text, letters, watermark, logo, blurry, jitter, distorted", max_length=500, description="What is not wanted, where it can be told."
    )
    frames: int | None = Field(None, ge=2, le=257, description="Most frames made for one film; null takes what the model was trained on.")
    rate: float | None = Field(None, ge=1, le=60, description="Frames per second of what the model makes; null asks the model.")
    side: int | None = Field(None, ge=16, le=2048, description="Side of the square that the model draws best; null asks the model.")
    adapter: str = Field("", max_length=500, description="A motion adapter's folder, which lets a picture model make films (AnimateDiff).")
    liveliness: int | None = Field(
        None, ge=1, le=255, description="How much moves, for Stable Video Diffusion (its motion bucket); null takes the model's own, 127."
    )

    def misfit(self, step: Step) -> str | None:
        """No model, or nothing to begin with."""
        refusal = super().misfit(step)
        if refusal is None and not str(getattr(step, "prompt", "")).strip() and getattr(step, "image", None) is None:
            return "there is neither a `prompt` nor an `image` to begin with"
        return refusal

    def additions(self) -> Mapping[str, str]:
        """LoRAs and the motion adapter."""
        return {**super().additions(), **({"adapter": self.adapter} if self.adapter else {})}

    def known_as(self) -> str:
        """The adapter is loaded into the pipeline."""
        return f"{super().known_as()}:{self.adapter}"

    def animate(self, request: MotionRequest, ctx: Context) -> FootageTake:
        """Makes the film that a `video.generate` step asks for, in the frame's shape. The same seed gives the same frames.

        Raises MissingExtra, MissingModel, Refused for a model that cannot be loaded, WorkflowError for a picture that cannot be
        used, and ProviderError when memory runs out or the film shows nothing.
        """
        devices.need_packages("diffusers", CURE, "torch", "diffusers", "transformers")
        with ctx.alone(devices.place(self.device, self.dtype).device):
            studio = ctx.load(self.known_as(), lambda: Studio(self, ctx, adapter=self.adapter))
            studio.dress(self.loras, None)
            filming = Filming(self, studio, request, ctx)
            frames = filming.made()
            ctx.note(studio.facts("film"))
        return take_of(frames, filming.rate, request, ctx)


class Filming:
    """One call of the model: a film of one length and size."""

    def __init__(self, options: DiffusersVideo, studio: Studio, request: MotionRequest, ctx: Context) -> None:
        self._options, self._studio, self._request, self._ctx = options, studio, request, ctx
        self._image = self._opened()
        self._pipe = studio.scheduled(self._task(), options.scheduler)
        self._takes = inspect.signature(self._pipe.__call__).parameters
        if "num_frames" not in self._takes:
            raise ProviderError(f"`{studio.name}` makes pictures, not films", "take a video model, or name an `adapter` (AnimateDiff)")
        self.rate = options.rate or rate_of(self._pipe)
        self._size = size_for(self._pipe, *self._shape(), options.side)
        self._count = frames_for(self._pipe, round(request.seconds * self.rate), options.frames)

    def made(self) -> list[NDArray[np.uint8]]:
        """The frames, as uint8 RGB of even size. Raises ProviderError for a film that shows nothing."""
        import numpy as np

        found = self._studio.drawn(self._options, self._ctx, self._size, self._call)
        if max(float(np.ptp(each)) for each in found) < _BLANK_LEVELS:
            raise ProviderError(f"`{self._studio.name}` gave a film of one colour", "try another `--seed`, or other words")
        height, width = (each // 2 * 2 for each in found[0].shape[:2])
        return [(np.clip(each[:height, :width], 0, 1) * 255).round().astype(np.uint8) for each in found]

    def _call(self) -> list[NDArray[np.float32]]:
        import numpy as np
        import torch

        options = self._options
        given: dict[str, Any] = {
            "num_frames": self._count,
            "num_inference_steps": options.steps,
            "generator": torch.Generator("cpu").manual_seed(self._ctx.seed % 2**63),
            "output_type": "np",
            "width": self._size[0],
            "height": self._size[1],
            "frame_rate": self.rate,
            "callback_on_step_end": studios.told(self._ctx, options.steps, last=0.85),
            **studios.guided(self._pipe, options.guidance, options.negative),
        }
        if "fps" in self._takes:
            given["fps"] = round(self.rate)
        if options.liveliness is not None:
            given["motion_bucket_id"] = options.liveliness
        if "prompt" in self._takes:
            given["prompt"] = words_for(self._pipe, self._studio.name, self._request.prompt, options.look.split(", "), self._ctx)
        elif self._request.prompt:
            self._ctx.note(f"`{self._studio.name}` goes by the picture alone: the words are not read")
        if self._image is not None:
            given["image"] = self._fitted(self._image)
        made = studios.call(self._pipe, given)
        return [np.asarray(each, np.float32) for each in made.frames[0]]

    def _task(self) -> Any:
        """The pipeline that begins with a picture, or that begins with words. Raises ProviderError when the model cannot."""
        import diffusers

        pipe, name = self._studio.pipe, type(self._studio.pipe).__name__
        takes = inspect.signature(pipe.__call__).parameters
        needs_image = "image" in takes and (takes["image"].default is inspect.Parameter.empty or "ImageToVideo" in name)
        wants_image = self._image is not None
        if wants_image == needs_image or (wants_image and "image" in takes):
            return pipe
        family = name.replace("ImageToVideo", "").removesuffix("Pipeline")
        twin = f"{family}ImageToVideoPipeline" if wants_image else f"{family}Pipeline"
        shares = name in _ONE_SET_OF_WEIGHTS or bool(getattr(pipe.config, "expand_timesteps", False))  # the latter: Wan 2.2, 5B
        if not shares or not hasattr(diffusers, twin):
            if wants_image:
                raise ProviderError(
                    f"`{self._studio.name}` makes films from words only", "leave `image` out, or take an image-to-video model"
                )
            raise ProviderError(f"`{self._studio.name}` needs a picture to begin with", "give `image`, or take another model")
        pipe = getattr(diffusers, twin).from_pipe(pipe)
        pipe.set_progress_bar_config(disable=True)
        return pipe

    def _opened(self) -> Images.Image | None:
        image = self._request.image
        return None if image is None else open_photo(self._ctx.open(image), name=image.name or "the picture").convert("RGB")

    def _shape(self) -> tuple[int, int]:
        """The frame's shape: that of the picture it begins with, unless only words are there."""
        return self._image.size if self._image is not None else (self._request.width, self._request.height)

    def _fitted(self, image: Images.Image) -> Images.Image:
        from PIL import Image, ImageOps

        return ImageOps.fit(image, self._size, Image.Resampling.LANCZOS)
