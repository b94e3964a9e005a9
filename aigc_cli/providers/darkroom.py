"""`darkroom`: retouches photos on this machine: grades, cut-outs, blurred backgrounds, collages, larger pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.photography.collage import Photo, cells
from aigc_cli.media.photography.enlarging import LONGEST_PX, enlarged
from aigc_cli.media.photography.photos import open_photo
from aigc_cli.media.photography.ready import made_ready, retouched
from aigc_cli.media.style import brand as brands
from aigc_cli.media.style.palettes import with_alpha
from aigc_cli.media.timeline import Box, GradientFill, ImageOp, Op, RectOp, Shadow
from aigc_cli.shapes import CollageRequest, EditRequest, Palette, Picture

_FULL = 1.0


class Darkroom(Provider):
    """Grades, cut-outs, blurred backgrounds, studio grounds, collages and larger pictures; needs no model and no network."""

    name: ClassVar[str] = "darkroom"
    version: ClassVar[int] = 1
    is_embedded: ClassVar[bool] = True

    brand: str = Field(
        "auto", description="Whose colours are used; auto takes them from the picture.", json_schema_extra={"template": "brands"}
    )

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The brand's file."""
        return brands.materials(self.brand, templates)

    def edit(self, request: EditRequest, ctx: Context) -> Picture:
        """One picture, treated. Raises WorkflowError for a file that is no picture; says what could not be done."""
        import numpy as np
        from PIL import Image

        name = request.picture.name or "the picture"
        image = open_photo(ctx.open(request.picture), name=name, longest_px=LONGEST_PX)
        if request.enlarge > _FULL:
            image = Image.fromarray(enlarged(np.asarray(image), request.enlarge))
            ctx.note(f"“{name}” was enlarged to {image.width} x {image.height} pixels: its edges are sharp, but no detail is new")
        image = retouched(image, request, request.palette or self._palette(ctx), ctx, name=name)
        return made_ready(image, ctx, name="edited", is_photo=True, alt=request.alt)

    def collage(self, request: CollageRequest, ctx: Context) -> Picture:
        """Several photos on the brand's ground; each is cropped around its face or its subject. Raises WorkflowError as `edit`."""
        from PIL import Image

        images = [
            open_photo(ctx.open(each), name=each.name or "a photo", longest_px=max(request.width, request.height))
            for each in request.photos
        ]
        palette = request.palette or self._palette(ctx)
        pictures = []
        for image, artifact in zip(images, request.photos, strict=True):
            done = retouched(image, request, palette, ctx, name=artifact.name or "a photo")
            pictures.append(made_ready(done, ctx, name="part", is_photo=True, alt=""))
        palette = palette or pictures[0].palette
        assert palette is not None
        side = min(request.width, request.height)
        frame = Box(x=0, y=0, w=request.width, h=request.height)
        places = cells([Photo(each.width / each.height) for each in pictures], frame.w, frame.h, request.gutter * side)
        ops: list[Op] = [RectOp(box=frame, fill=GradientFill(colours=(_lifted(palette.ground), palette.ground), angle=75))]
        for picture, place in zip(pictures, places, strict=True):
            ops += _print(picture, place, palette, radius=min(request.radius * side, place.w / 3, place.h / 3), side=side)
        pixels = paint(tuple(ops), request.width, request.height, ctx.open)[..., :3]
        return made_ready(Image.fromarray(pixels), ctx, name="collage", is_photo=True, alt=request.alt, palette=palette)

    def _palette(self, ctx: Context) -> Palette | None:
        return None if self.brand == "auto" else brands.load(self.brand, ctx.templates).palette


def _lifted(ground: str) -> str:
    from aigc_cli.media.style.palettes import from_oklch, oklch

    light, chroma, hue = oklch(ground)
    return from_oklch(light + (0.1 if light < 0.6 else 0.03), chroma, hue)


def _print(picture: Picture, place: Box, palette: Palette, *, radius: float, side: int) -> list[Op]:
    """One photo in its place: a cut-out stands on a tile of the accent."""
    shadow = Shadow(dy=side * 0.006, blur=side * 0.012, colour="#00000055")
    if picture.is_cutout:
        tile = RectOp(
            box=place, radius=radius, fill=GradientFill(colours=(with_alpha(palette.accent, 0.9), palette.accent), angle=80), shadow=shadow
        )
        inner = Box(x=place.x + place.w * 0.06, y=place.y + place.h * 0.06, w=place.w * 0.88, h=place.h * 0.88)
        return [
            tile,
            ImageOp(image=picture.image, box=inner, fit="inside", shadow=Shadow(dy=side * 0.01, blur=side * 0.014, colour="#00000066")),
        ]
    return [ImageOp(image=picture.image, box=place, focus=picture.focus, radius=radius, shadow=shadow)]
