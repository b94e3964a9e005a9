"""`designer`: pictures without a model and without a network; the user's photo made ready, or a scene made of shapes and drawings."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from aigc_cli.artifacts import Artifact
from aigc_cli.contracts import Context, Provider
from aigc_cli.media.drawing import drawings
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.drawing.scenery import abstract, compose, emblem
from aigc_cli.media.photography.ready import ready_photo
from aigc_cli.media.style.palettes import clusters, from_oklch, palette_of
from aigc_cli.media.timeline import Box, Drawing, DrawingOp, Shadow
from aigc_cli.shapes import ImageRequest, Palette, Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CUTOUT_PX = 1024


class Designer(Provider):
    """Composes pictures from the user's photo, or from gradients, light, depth and vector drawings chosen by the words."""

    name: ClassVar[str] = "designer"
    version: ClassVar[int] = 2
    is_embedded: ClassVar[bool] = True

    def draw(self, request: ImageRequest, ctx: Context) -> Picture:
        """The same request and seed give the same bytes. Raises WorkflowError for a photo that cannot be used."""
        if request.photo is not None:
            return ready_photo(request, ctx)
        if request.style == "abstract":
            return self._abstract(request, ctx)
        names = drawings.find(request.prompt, request.language)[:3]
        if not names and request.prompt:
            ctx.note(f"no drawing fits “{_short(request.prompt)}”: an abstract picture stands in its place")
        return self._cutout(names, request, ctx) if request.style == "drawing" else self._scene(names, request, ctx)

    def _abstract(self, request: ImageRequest, ctx: Context) -> Picture:
        seed = _seed(request.prompt, ctx.seed)
        ops, palette = abstract(width=request.width, height=request.height, seed=seed, palette=request.palette)
        image = ctx.save(_png(paint(ops, request.width, request.height, ctx.open)[..., :3]), "image/png", "abstract.png")
        return Picture(image=image, width=request.width, height=request.height, palette=palette, alt="")

    def _scene(self, names: list[str], request: ImageRequest, ctx: Context) -> Picture:
        seed = _seed(request.prompt, ctx.seed)
        ops, palette = compose(names, _colours(names), width=request.width, height=request.height, seed=seed, palette=request.palette)
        pixels = paint(ops, request.width, request.height, ctx.open)
        image = ctx.save(_png(pixels[..., :3]), "image/png", "scene.png")
        return Picture(
            image=image, width=request.width, height=request.height, focus=(0.5, 0.52), palette=palette, alt=_alt(request.prompt, names)
        )

    def _cutout(self, names: list[str], request: ImageRequest, ctx: Context) -> Picture:
        size = min(max(request.width, request.height), _CUTOUT_PX)
        pixels = paint(_cut_out(names, size, _seed(request.prompt, ctx.seed)), size, size, ctx.open)
        image = ctx.save(_png(_straight(pixels)), "image/png", "drawing.png")
        palette = request.palette or _drawn_palette(pixels)
        return Picture(image=image, width=size, height=size, is_cutout=True, palette=palette, alt=_alt(request.prompt, names))


def _seed(prompt: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}|{prompt}".encode()).digest()[:6], "big")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57].rstrip() + "..."


def _alt(prompt: str, names: list[str]) -> str:
    return prompt or ", ".join(name.replace("-", " ") for name in names)


def _cut_out(names: list[str], size: int, seed: int) -> Drawing:
    if not names:
        return emblem(size, seed)
    side = size * 0.86
    box = Box(x=(size - side) / 2, y=(size - side) / 2 - size * 0.02, w=side, h=side)
    return (DrawingOp(name=names[0], box=box, shadow=Shadow(dy=side * 0.045, blur=side * 0.045, colour="#00000059")),)


def _colours(names: list[str]) -> list[str]:
    """The main colours of the first drawing, as #RRGGBB."""
    if not names:
        return []
    small = paint((DrawingOp(name=names[0], box=Box(x=0, y=0, w=64, h=64)),), 64, 64, _nothing)
    visible = small[small[..., 3] > 200][:, :3]
    return [from_oklch(*colour) for share, colour in clusters(visible) if share > 0.18] if len(visible) else []


def _drawn_palette(pixels: NDArray[np.uint8]) -> Palette:
    from PIL import Image

    return palette_of(Image.fromarray(_straight(pixels)))


def _nothing(artifact: Artifact) -> Path:
    raise AssertionError("a drawing opens no file")


def _straight(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Premultiplied to straight alpha, as PNG keeps it."""
    import numpy as np

    alpha = pixels[..., 3:].astype(np.uint16)
    colours = (pixels[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.minimum(colours, 255).astype(np.uint8), pixels[..., 3:]], axis=2)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG", compress_level=3)
    return target.getvalue()
