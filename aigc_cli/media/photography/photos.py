"""Opens the user's photos: whatever a camera, a phone or a web page made becomes upright 8-bit sRGB, within bounds.

A photo is untrusted input: only five formats are tried, the size is read from the header before any pixel is decoded, and
what would need too much memory is refused or, for JPEG, scaled down while it is decoded.
"""

from __future__ import annotations

import io
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli.errors import WorkflowError

if TYPE_CHECKING:
    from PIL import Image as Images

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
SMALLEST_PX = 16
LONGEST_PX = 2600
_MOST_PIXELS = 64_000_000  # 256 MB as RGBA
_MOST_PIXELS_JPEG = 600_000_000  # decoded at an eighth; 30,000 x 20,000
_MOST_PIXELS_PROGRESSIVE = 100_000_000  # libjpeg keeps all coefficients of a progressive file: 6 bytes a pixel
_LOCK = threading.Lock()
_LARGER = "use a photo of at least 600 pixels on its longer side"
_CURE = "save it as a PNG or JPEG file and use that"


def open_photo(path: Path, *, name: str = "", longest_px: int = LONGEST_PX, cure: str = _LARGER) -> Images.Image:
    """Decodes a photo: upright, sRGB, mode RGB or (where anything is see-through) RGBA, no side above `longest_px`.

    `name` is what errors call the file, `cure` what to do about one that is too small.
    EXIF rotation and embedded colour profiles are applied; CMYK, grey, palette and
    16-bit pictures are converted; of a GIF the first frame is taken.

    Raises WorkflowError when the file is empty, no picture, damaged, too small, or of more pixels than can be handled.
    """
    from PIL import Image, UnidentifiedImageError

    name = name or path.name
    try:
        with path.open("rb") as file:
            head = file.read(32)
        # Pillow's own guard is a setting of the whole process and too low for a photo that is decoded at an eighth; what
        # else it warns of, such as a damaged EXIF block, would end up on standard error.
        with _LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
            try:
                image = Image.open(path, formats=FORMATS)
            finally:
                Image.MAX_IMAGE_PIXELS = limit
    except UnidentifiedImageError as error:
        raise WorkflowError(f"`{name}` is not a picture that can be read{_guess(head)}", _CURE) from error
    except (SyntaxError, ValueError, OSError) as error:
        raise WorkflowError(f"`{name}` cannot be read as a picture: {_first_line(error)}", _CURE) from error
    with image:
        _check_size(image, name, cure)
        try:
            return _decode(image, longest_px)
        except (OSError, SyntaxError, ValueError, EOFError, IndexError, MemoryError, Image.DecompressionBombError) as error:
            raise WorkflowError(
                f"`{name}` is damaged or incomplete: {_first_line(error)}", "open it in an image editor and save it again"
            ) from error


def visible_colour(image: Images.Image) -> str:
    """The mean colour of what is seen of a picture, #RRGGBB; empty when nothing of it is see-through."""
    import numpy as np

    if image.mode != "RGBA":
        return ""
    pixels = np.asarray(image).reshape(-1, 4).astype(np.float64)
    weight = pixels[:, 3]
    if weight.sum() == 0:
        return ""
    red, green, blue = (round(float(part)) for part in (pixels[:, :3] * weight[:, None]).sum(axis=0) / weight.sum())
    return f"#{red:02X}{green:02X}{blue:02X}"


def _guess(head: bytes) -> str:
    if not head:
        return ": it is empty"
    if head[4:8] == b"ftyp":
        return ": it is a video or a HEIC or AVIF photo"
    if head[:4] in (b"II*\0", b"MM\0*"):
        return ": it is a TIFF or raw file"
    if head.lstrip()[:5].lower() in (b"<svg ", b"<?xml"):
        return ": it is a vector drawing"
    if head.lstrip()[:1] == b"<":
        return ": it is a web page"
    return ": it is a PDF" if head[:4] == b"%PDF" else ""


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].lower().rstrip(".")


def _check_size(image: Images.Image, name: str, cure: str) -> None:
    width, height = image.size
    if min(width, height) < SMALLEST_PX:
        raise WorkflowError(f"`{name}` is only {width} x {height} pixels", cure)
    jpeg_most = _MOST_PIXELS_PROGRESSIVE if image.info.get("progressive") else _MOST_PIXELS_JPEG
    most = jpeg_most if image.format == "JPEG" else _MOST_PIXELS
    if width * height > most:
        many, few = f"{width * height / 1e6:,.0f}", f"{most / 1e6:.0f}"
        raise WorkflowError(
            f"`{name}` has {width} x {height} pixels, {many} megapixels, which is more than the {few} that can be read",
            f"make it smaller: {LONGEST_PX} pixels on its longer side are enough",
        )


def _decode(image: Images.Image, longest_px: int) -> Images.Image:
    from PIL import Image

    profile = image.info.get("icc_profile")
    orientation = _orientation(image)
    if image.format == "JPEG":
        scale = max(image.size) / longest_px
        if scale > 2:  # libjpeg scales by 1/2, 1/4 or 1/8 while decoding; never below what is wanted
            image.draft(None, (int(image.width / scale) + 1, int(image.height / scale) + 1))
    image.load()
    image = _eight_bits(image)
    factor = max(image.size) // (2 * longest_px)
    if factor > 1:
        image = image.reduce(factor)
    if max(image.size) > longest_px:
        scale = longest_px / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.LANCZOS)
    return _upright(_srgb(image, profile), orientation)


def _orientation(image: Images.Image) -> int:
    try:
        with _LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return int(image.getexif().get(0x0112, 1))
    except Exception:  # a broken EXIF block must not lose the picture: Pillow raises whatever its parser met
        return 1


def _upright(image: Images.Image, orientation: int) -> Images.Image:
    from PIL import Image

    turns = Image.Transpose
    turn = {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_270,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_90,
    }.get(orientation)
    return image if turn is None else image.transpose(turn)


def _eight_bits(image: Images.Image) -> Images.Image:
    """Brings any mode to L, RGB, RGBA or CMYK."""
    import numpy as np
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        values = np.asarray(image).astype(np.float32)
        top = 65535.0 if values.max() > 255 else 255.0
        return Image.fromarray(np.clip(values * (255.0 / top) + 0.5, 0, 255).astype(np.uint8))
    if image.mode in ("L", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    has_alpha = image.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if has_alpha else "RGB")


def _srgb(image: Images.Image, profile: bytes | None) -> Images.Image:
    """Applies the embedded profile, if there is a good one, and drops an alpha channel that hides nothing."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha is not None else image
    result = (_through_profile(colours, profile) if profile else None) or colours.convert("RGB")
    if alpha is not None and alpha.getextrema()[0] < 250:  # type: ignore[operator]  # one channel: a pair of numbers
        result.putalpha(alpha)
    return result


def _through_profile(image: Images.Image, profile: bytes) -> Images.Image | None:
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a profile that does not fit the picture is worse than none
