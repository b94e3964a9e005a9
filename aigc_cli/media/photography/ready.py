"""Pictures made ready to be placed, whoever made them: decoded within bounds, graded a little, with their focus and colours."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from aigc_cli.contracts import Context
from aigc_cli.errors import ProviderError, WorkflowError
from aigc_cli.media.photography.focus import gaze_of
from aigc_cli.media.photography.photos import LONGEST_PX, open_photo
from aigc_cli.media.style.palettes import palette_of
from aigc_cli.shapes import ImageRequest, Palette, Picture, Treatment

if TYPE_CHECKING:
    from PIL import Image as Images

_CUTOUT_SHARE = 0.04  # of a picture that is see-through: less is rounded corners, more is a subject cut out
_LEVELS_MOST = 14  # of 255: how far grading moves black and white at most
_PNG_MOST_PIXELS = 1_500_000  # larger photos are kept as JPEG of high quality
_BLANK_LEVELS = 4  # of 255: a picture whose lightest and darkest parts differ by less shows nothing


def ready_photo(request: ImageRequest, ctx: Context) -> Picture:
    """The user's photo, ready to be placed. Raises WorkflowError for one that cannot be used."""
    assert request.photo is not None
    name = request.photo.name or "the photo"
    image = _graded(open_photo(ctx.open(request.photo), name=name, longest_px=LONGEST_PX))
    own = palette_of(image)
    image = retouched(image, request, request.palette or own, ctx, name=name)
    picture = made_ready(image, ctx, name="photo", is_photo=True, alt=request.prompt, palette=own)
    return in_planes(picture, image, ctx, name=name) if request.parallax else picture


def in_planes(picture: Picture, image: Images.Image, ctx: Context, *, name: str) -> Picture:
    """A picture with its depth planes; one that cannot be taken apart stays as it is, and is told. A cut-out needs none."""
    if picture.is_cutout:
        return picture
    from aigc_cli.media.photography.treating import planes_of

    found = planes_of(image, has_faces=bool(picture.faces))
    if isinstance(found, str):
        ctx.note(f"“{name}” moves as one: {found}", is_downgrade=True)
        return picture
    saved = (ctx.save(*_encoded(each), f"plane-{order}") for order, each in enumerate(found))
    return picture.model_copy(update={"planes": tuple(saved)})


def retouched(image: Images.Image, how: Treatment, palette: Palette | None, ctx: Context, *, name: str) -> Images.Image:
    """A photo in the grade and before the background that are asked for; what cannot be done well is told, as a downgrade.

    `palette` colours grades and studio grounds; None takes the photo's own.
    """
    if how.grade == "natural" and how.background == "keep":
        return image
    from aigc_cli.media.photography.treating import treated

    focus, faces = gaze_of(image)
    done = treated(image, how, palette or palette_of(image), ctx, focus=focus, has_faces=bool(faces), name=name)
    if done.refused:
        ctx.note(done.refused, is_downgrade=True)
    return done.image


def ready_made(data: bytes, request: ImageRequest, ctx: Context, *, who: str, is_photo: bool = False) -> Picture:
    """A picture that a model has made, cropped to the frame that was asked for and never enlarged.

    Raises ProviderError when the bytes are no picture, and, retryable, when it shows nothing but one colour.
    """
    path = ctx.scratch / "made"
    path.write_bytes(data)
    try:
        image = open_photo(path, name=f"what {who} gave", longest_px=LONGEST_PX)
    except WorkflowError as error:
        raise ProviderError(error.message, "try again, or name another provider", retryable=True) from error
    if _is_blank(image):
        raise ProviderError(f"{who} gave a picture of one colour", "try another `--seed`, or other words", retryable=True)
    fitted = _fitted(image, request.width, request.height)
    return made_ready(fitted, ctx, name="made", is_photo=is_photo, alt=request.prompt)


def made_ready(image: Images.Image, ctx: Context, *, name: str, is_photo: bool, alt: str, palette: Palette | None = None) -> Picture:
    """A picture (RGB, or RGBA when parts are see-through) saved, with where one looks in it, its faces and its colours."""
    data, media_type = _encoded(image)
    focus, faces = gaze_of(image)
    return Picture(
        image=ctx.save(data, media_type, f"{name}.{media_type.partition('/')[2]}"),
        width=image.width,
        height=image.height,
        focus=focus,
        faces=faces,
        is_cutout=image.mode == "RGBA" and _see_through(image) > _CUTOUT_SHARE,
        is_photo=is_photo,
        palette=palette or palette_of(image),
        alt=alt,
    )


def _fitted(image: Images.Image, width: int, height: int) -> Images.Image:
    """The middle of a picture in the shape of the frame, no larger than it."""
    from PIL import Image, ImageOps

    factor = min(1.0, image.width / width, image.height / height)
    size = (max(16, round(width * factor)), max(16, round(height * factor)))
    return image if image.size == size else ImageOps.fit(image, size, Image.Resampling.LANCZOS)


def _is_blank(image: Images.Image) -> bool:
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[1] == 0:
        return True
    small = image.convert("L").resize((32, 32))
    low, high = small.getextrema()
    is_flat = high - low < _BLANK_LEVELS  # type: ignore[operator]  # one band: two numbers
    return bool(is_flat) and not (image.mode == "RGBA" and _see_through(image) > _CUTOUT_SHARE)


def _encoded(image: Images.Image) -> tuple[bytes, str]:
    target = io.BytesIO()
    if image.mode == "RGBA" or image.width * image.height <= _PNG_MOST_PIXELS:
        image.save(target, "PNG", compress_level=3)
        return target.getvalue(), "image/png"
    image.save(target, "JPEG", quality=94, subsampling=0)
    return target.getvalue(), "image/jpeg"


def _see_through(image: Images.Image) -> float:
    counts = image.getchannel("A").histogram()
    return sum(counts[:128]) / max(sum(counts), 1)


def _graded(image: Images.Image) -> Images.Image:
    """Black and white points set to where the picture's own are, by at most a few levels: flat photos gain, good ones stay."""
    counts = image.convert("L").histogram()
    total = sum(counts)
    low, high, seen = 0, 255, 0
    for level, count in enumerate(counts):
        seen += count
        if seen <= total * 0.002:
            low = level
        if seen <= total * 0.998:
            high = level
    low, high = min(low, _LEVELS_MOST), max(high, 255 - _LEVELS_MOST)
    table = [round(min(max((level - low) * 255 / (high - low), 0), 255)) for level in range(256)]
    bands = len(image.getbands())
    return image.point(table * 3 + list(range(256)) * (bands - 3))
