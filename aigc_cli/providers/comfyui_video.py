"""Films by a ComfyUI graph of one's own: from words, or from a picture that begins to move."""

from __future__ import annotations

from pydantic import Field

from aigc_cli.contracts import Context, Step
from aigc_cli.errors import AigcError, ProviderError
from aigc_cli.media.filming.made import frames_of, take_of
from aigc_cli.media.photography.ready import ready_photo
from aigc_cli.models.comfyui.options import ComfyUIOptions
from aigc_cli.models.diffusion.sizes import fitted
from aigc_cli.shapes import FootageTake, ImageRequest, MotionRequest

_MULTIPLE = 16


class ComfyUIVideo(ComfyUIOptions):
    """A graph saved in ComfyUI for its API that ends in a film, or in the frames of one."""

    side: int = Field(640, ge=64, le=2048, description="Side of the square that the graph's model draws best; the frame's shape is kept.")
    look: str = Field("soft daylight, smooth slow camera", max_length=500, description="What is added to the words.")
    rate: float = Field(16.0, ge=1, le=60, description="Frames per second: fills `{rate}`, and holds for frames that come as pictures.")
    frames: int | None = Field(
        None, ge=2, le=1000, description="Fills `{frames}`; null takes as many as the wanted length has, in the form 4n + 1."
    )

    def misfit(self, step: Step) -> str | None:
        """No graph, or nothing to begin with."""
        if (refusal := super().misfit(step)) is not None:
            return refusal
        has_some = getattr(step, "image", None) is not None or str(getattr(step, "prompt", "")).strip()
        return None if has_some else "there is neither a `prompt` nor an `image` to begin with"

    def animate(self, request: MotionRequest, ctx: Context) -> FootageTake:
        """Makes the film that a `video.generate` step asks for.

        Raises WorkflowError for a graph or a picture that cannot be used, ProviderError for what the server tells, and for what is
        no film.
        """
        nodes = self.opened(ctx)
        width, height = fitted(request.width, request.height, self.side, _MULTIPLE)
        count = self.frames or round(request.seconds * self.rate / 4) * 4 + 1
        values: dict[str, str | int | float] = {
            "prompt": self.words(request.prompt), "width": width, "height": height, "frames": count, "rate": self.rate,
        }  # fmt: skip
        image = None
        if request.image is not None:
            image = ready_photo(ImageRequest(prompt=request.prompt, photo=request.image, width=width, height=height), ctx).image
        made = self.made(nodes, values, image, ctx)
        try:
            frames, rate = frames_of([ctx.open(each) for each in made], self.rate)
        except AigcError as error:
            raise ProviderError(f"what the ComfyUI graph gave is no film: {error.message}", error.hint) from error
        return take_of(frames, rate, request, ctx)
