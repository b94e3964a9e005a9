"""`designer`: pictures without a model and without a network; the user's photo made ready, or a scene made of shapes and drawings."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from aigc_cli.artifacts import Artifact
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.media.drawing import drawings
from aigc_cli.media.drawing.emblems import emblem
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.drawing.patterns import pattern
from aigc_cli.media.drawing.scenery import abstract, compose
from aigc_cli.media.photography.ready import ready_photo
from aigc_cli.media.style import brand as brands
from aigc_cli.media.style.palettes import clusters, from_oklch, palette_of
from aigc_cli.media.timeline import Box, Drawing, DrawingOp, Shadow
from aigc_cli.shapes import ImageRequest, Palette, Picture, Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CUTOUT_PX = 1024


class Designer(Provider):
    """Composes pictures from the user's photo, or from gradients, light, depth and vector drawings chosen by the words."""

    name: ClassVar[str] = "designer"
    version: ClassVar[int] = 3
    is_embedded: ClassVar[bool] = True

    brand: str = Field(
        "auto",
        description="Whose colours are kept to; auto takes a photo's own, else the `plain` brand's.",
        json_schema_extra={"template": "brands"},
    )

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The brand's file."""
        return brands.materials(self.brand, templates)

    def draw(self, request: ImageRequest, ctx: Context) -> Picture:
        """The same request and seed give the same bytes. Raises WorkflowError for a photo that cannot be used."""
        palette = request.palette
        if palette is None and (self.brand != "auto" or request.photo is None):
            palette = brands.load(self.brand, ctx.templates).palette
        request = request.model_copy(update={"palette": palette})
        if request.photo is not None:
            return ready_photo(request, ctx)
        if request.style in ("abstract", "pattern"):
            return self._surface(request, ctx)
        names = drawings.find(request.prompt, request.language)[:3]
        if not names and request.prompt:
            ctx.note(f"no drawing fits “{_short(request.prompt)}”: a sign stands in its place")
        return self._cutout(names, request, ctx) if request.style == "drawing" else self._scene(names, request, ctx)

    def _surface(self, request: ImageRequest, ctx: Context) -> Picture:
        """Light and lines, or a pattern: what shows no thing."""
        seed, palette = _seed(request.prompt, ctx.seed), request.palette
        if request.style == "pattern" and palette is not None:
            ops = pattern(width=request.width, height=request.height, seed=seed, palette=palette)
        else:
            ops, palette = abstract(width=request.width, height=request.height, seed=seed, palette=palette)
        image = ctx.save(_png(paint(ops, request.width, request.height, ctx.open)[..., :3]), "image/png", f"{request.style}.png")
        return Picture(image=image, width=request.width, height=request.height, palette=palette, alt="")

    def _scene(self, names: list[str], request: ImageRequest, ctx: Context) -> Picture:
        seed = _seed(request.prompt, ctx.seed)
        width, height = request.width, request.height
        made = compose(names, _colours(names), width=width, height=height, seed=seed, palette=request.palette, text=request.prompt)
        pixels = paint(made.ops, width, height, ctx.open)
        left, top = max(made.subject.x, 0.0), max(made.subject.y, 0.0)
        return Picture(
            image=ctx.save(_png(pixels[..., :3]), "image/png", "scene.png"),
            width=width,
            height=height,
            focus=(0.5, 0.52),
            subject=Region(
                x=round(left / width, 4),
                y=round(top / height, 4),
                w=round((min(made.subject.right, width) - left) / width, 4),
                h=round((min(made.subject.bottom, height) - top) / height, 4),
            ),
            palette=made.palette,
            alt=_alt(request.prompt, names),
        )

    def _cutout(self, names: list[str], request: ImageRequest, ctx: Context) -> Picture:
        size = min(max(request.width, request.height), _CUTOUT_PX)
        # In a clip that takes its colours from a photo the accent is not known here: the emblem then stays without one.
        accent = request.palette.accent if request.palette and self.brand != "auto" else None
        ops = _cut_out(names, size) if names else emblem(size, _seed(request.prompt, ctx.seed), request.prompt, accent)
        pixels = paint(ops, size, size, ctx.open)
        image = ctx.save(_png(_straight(pixels)), "image/png", "drawing.png")
        palette = request.palette or _drawn_palette(pixels)
        return Picture(image=image, width=size, height=size, is_cutout=True, palette=palette, alt=_alt(request.prompt, names))


def _seed(prompt: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}|{prompt}".encode()).digest()[:6], "big")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57].rstrip() + "..."


def _alt(prompt: str, names: list[str]) -> str:
    return prompt or ", ".join(name.replace("-", " ") for name in names)


def _cut_out(names: list[str], size: int) -> Drawing:
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
