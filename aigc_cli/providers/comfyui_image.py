"""Pictures by a ComfyUI graph of one's own: from words, or from the user's photo when the graph has a place for it."""

from __future__ import annotations

from aigc_cli.contracts import Context, Step
from aigc_cli.media.photography.ready import ready_made, ready_photo
from aigc_cli.models.comfyui import graph as graphs
from aigc_cli.models.comfyui.options import ComfyUIOptions
from aigc_cli.models.diffusion.sizes import fitted
from aigc_cli.shapes import ImageRequest, Picture

_MULTIPLE = 16


class ComfyUIImage(ComfyUIOptions):
    """A graph saved in ComfyUI for its API. Photos stay as they are, unless the graph has a place `{image}`."""

    def misfit(self, step: Step) -> str | None:
        """No graph, or nothing to draw from."""
        if (refusal := super().misfit(step)) is not None:
            return refusal
        has_words = getattr(step, "photo", None) is not None or str(getattr(step, "prompt", "")).strip()
        return None if has_words else "there is no prompt to draw from"

    def draw(self, request: ImageRequest, ctx: Context) -> Picture:
        """Makes the picture that an `image.create` step asks for, cropped to its frame.

        Raises WorkflowError for a graph or a photo that cannot be used, ProviderError for what the server tells, for what is no
        picture, and for a blank one.
        """
        nodes = self.opened(ctx)
        if request.photo is not None and "image" not in graphs.wanted(nodes):
            return ready_photo(request, ctx)
        width, height = fitted(request.width, request.height, self.side, _MULTIPLE)
        values: dict[str, str | int | float] = {"prompt": self.words(request.prompt), "width": width, "height": height}
        photo = None if request.photo is None else ready_photo(request, ctx).image
        made = self.made(nodes, values, photo, ctx)
        return ready_made(ctx.open(made[0]).read_bytes(), request, ctx, who="the ComfyUI graph", is_photo=photo is not None)
