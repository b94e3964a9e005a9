"""What can be done to a photo before it is placed: another grade, a blurred background, a cut-out, a studio ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aigc_cli.contracts import Context
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.photography.cutting_out import Subject, subject_of
from aigc_cli.media.photography.grading import blurred_behind, graded
from aigc_cli.media.style.palettes import from_oklch, mix, oklch, with_alpha
from aigc_cli.media.timeline import Box, GradientFill, ImageOp, Op, RectOp, Shadow
from aigc_cli.shapes import Palette, Treatment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image as Images

_MARGIN = 0.04  # around a cut-out, of its longer side
_HOLE_PX = 400  # longer side on which the hole behind a subject is closed
_STANDING = 0.82  # of a studio picture's height: where things stand
_TALL, _WIDE = 0.62, 0.74  # of a studio picture: how large its subject is at most


class Treated(NamedTuple):
    """A photo as it was treated, and what could not be done, in words for the user."""

    image: Images.Image
    refused: str = ""


def treated(
    image: Images.Image, how: Treatment, palette: Palette, ctx: Context, *, focus: tuple[float, float], has_faces: bool, name: str
) -> Treated:
    """A photo (RGB, or RGBA when its subject stands on nothing) treated as asked; mode RGBA for a cut-out.

    `palette` colours the grades `brand` and `duotone`, and the studio's ground. Where no good cut-out can be made, the photo keeps
    its ground, and `refused` says why.
    """
    import numpy as np
    from PIL import Image

    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    rgb = np.asarray(image.convert("RGB"))
    refused = ""
    subject: Subject | None = None
    if how.background in ("remove", "studio") and alpha is None:
        found = subject_of(rgb, has_faces=has_faces)
        if isinstance(found, str):
            refused = f"“{name}” keeps its background: {found}; a photo on one plain colour can be cut out"
        else:
            subject = found
    elif how.background == "blur" and alpha is None and how.blur > 0:
        rgb = blurred_behind(rgb, how.blur, focus=focus, has_faces=has_faces)
    if alpha is not None:
        subject = Subject((np.asarray(alpha) / 255).astype(np.float32), rgb)
    if subject is None:
        return Treated(Image.fromarray(graded(rgb, how.grade, palette)), refused)
    cut = _cut(graded(subject.colours, how.grade, palette), subject.mask)
    return Treated(in_studio(cut, image.size, palette, ctx) if how.background == "studio" else cut)


def planes_of(image: Images.Image, *, has_faces: bool) -> tuple[Images.Image, Images.Image] | str:
    """A photo (RGB) in two planes of its size: what is behind its subject, closed where that stood, and the subject on nothing (RGBA).

    Or why it cannot be taken apart, in a few words. The hole is closed by Telea's inpainting (2004) on a small copy, which is
    enough for the rim that comes to be seen when the planes move apart.
    """
    import cv2
    import numpy as np
    from PIL import Image

    rgb = np.asarray(image.convert("RGB"))
    found = subject_of(rgb, has_faces=has_faces)
    if isinstance(found, str):
        return found
    height, width = rgb.shape[:2]
    scale = min(_HOLE_PX / max(height, width), 1.0)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    reach = 2 * max(2, round(max(size) * 0.02)) + 1
    mask = cv2.resize(found.mask, size, interpolation=cv2.INTER_AREA)
    hole = cv2.dilate((mask > 0.05).astype(np.uint8), np.ones((reach, reach), np.uint8))
    closed = cv2.inpaint(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), hole, 4, cv2.INPAINT_TELEA)
    closed = cv2.GaussianBlur(closed, (0, 0), 1.5)
    soft = cv2.GaussianBlur(cv2.resize(hole.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR), (0, 0), 2 / scale)[
        ..., None
    ]
    large = cv2.resize(closed, (width, height), interpolation=cv2.INTER_CUBIC)
    plate = np.clip(rgb * (1 - soft) + large * soft + 0.5, 0, 255).astype(np.uint8)
    alpha = np.rint(found.mask * 255).astype(np.uint8)[..., None]
    return Image.fromarray(plate), Image.fromarray(np.concatenate([found.colours, alpha], axis=2))


def _cut(rgb: NDArray[np.uint8], mask: NDArray[np.float32]) -> Images.Image:
    """The subject alone, cropped to it with a little room; where the photo's edge cut it, it stays cut."""
    import numpy as np
    from PIL import Image

    rows, columns = np.nonzero(mask.max(axis=1) > 0.1)[0], np.nonzero(mask.max(axis=0) > 0.1)[0]
    if not len(rows):
        rows, columns = np.arange(mask.shape[0]), np.arange(mask.shape[1])
    room = round(max(rows[-1] - rows[0], columns[-1] - columns[0]) * _MARGIN)
    top, bottom = max(int(rows[0]) - room, 0), min(int(rows[-1]) + room + 1, mask.shape[0])
    left, right = max(int(columns[0]) - room, 0), min(int(columns[-1]) + room + 1, mask.shape[1])
    alpha = np.rint(mask * 255).astype(np.uint8)[..., None]
    return Image.fromarray(np.concatenate([rgb, alpha], axis=2)[top:bottom, left:right])


def in_studio(cut: Images.Image, size: tuple[int, int], palette: Palette, ctx: Context) -> Images.Image:
    """A cut-out (RGBA) standing on a seamless ground of the palette's colour, lit from above, with its shadow: RGB of `size`."""
    import io

    import numpy as np
    from PIL import Image

    buffer = io.BytesIO()
    cut.save(buffer, "PNG", compress_level=3)
    held = ctx.save(buffer.getvalue(), "image/png", "cutout.png")
    width, height = size
    alpha = np.asarray(cut.getchannel("A"))
    is_cropped = float((alpha[-1] > 128).mean()) > 0.1  # a person's bust ends at the frame's foot
    scale = min(width * (0.94 if is_cropped else _WIDE) / cut.width, height * (0.9 if is_cropped else _TALL) / cut.height)
    w, h = cut.width * scale, cut.height * scale
    foot = float(height) if is_cropped else height * _STANDING
    inset = 0.0 if is_cropped else float((alpha[::-1].max(axis=1) > 128).argmax()) * scale
    place = Box(x=(width - w) / 2, y=foot - h + inset, w=w, h=h)
    ops: list[Op] = [*_sweep(width, height, palette)]
    if not is_cropped:
        base = alpha[int(alpha.shape[0] * 0.82) :].max(axis=0) > 128
        columns = np.nonzero(base)[0]
        left, right = (place.x + columns[[0, -1]] * scale) if len(columns) else (place.x, place.right)
        ops += _shadows(float(left), float(right), foot, min(width, height))
    shadow = Shadow(dy=h * 0.02, blur=min(width, height) * 0.02, colour="#00000040")
    ops.append(ImageOp(image=held, box=place, fit="inside", shadow=shadow))
    return Image.fromarray(paint(tuple(ops), width, height, ctx.open)[..., :3])


def _sweep(width: int, height: int, palette: Palette) -> tuple[Op, ...]:
    """A ground without a seam: wall, floor, and a light behind the subject."""
    light, chroma, hue = oklch(palette.ground)
    lift = 0.16 if light < 0.5 else 0.03
    wall, floor = from_oklch(light + lift * 0.45, chroma, hue), from_oklch(light + lift, chroma * 0.9, hue)
    glow = mix(palette.accent, "#FFFFFF", 0.35)
    radius = max(width, height) * 0.52
    halo = Box(x=width / 2 - radius, y=height * 0.44 - radius, w=2 * radius, h=2 * radius)
    # Corners darker than the middle: a lamp reaches only so far.
    return (
        RectOp(
            box=Box(x=0, y=0, w=width, h=height),
            fill=GradientFill(colours=(wall, wall, floor, mix(floor, wall, 0.45)), stops=(0, 0.62, 0.8, 1)),
        ),
        RectOp(
            box=halo,
            fill=GradientFill(
                form="radial", colours=(with_alpha(glow, 0.5), with_alpha(glow, 0.18), with_alpha(glow, 0)), stops=(0.0, 0.5, 1.0)
            ),
        ),
    )


def _shadows(left: float, right: float, foot: float, side: int) -> tuple[Op, ...]:
    """Where a thing touches the ground: a wide soft shadow, and a narrow dark one right under it."""
    middle, reach = (left + right) / 2, max((right - left) / 2, side * 0.03)
    found = []
    for grow, flat, dark in ((1.5, 0.16, 0.34), (1.06, 0.05, 0.62)):
        w, h = reach * grow, max(reach * flat, side * 0.008)
        fill = GradientFill(
            form="radial", colours=(with_alpha("#000000", dark), with_alpha("#000000", dark * 0.5), "#00000000"), stops=(0.0, 0.55, 1.0)
        )
        found.append(RectOp(box=Box(x=middle - w, y=foot - h, w=2 * w, h=2 * h), fill=fill))
    return tuple(found)
