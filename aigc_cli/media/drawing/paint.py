"""Turns a display list into pixels with Skia."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli.artifacts import Artifact
from aigc_cli.errors import RenderError
from aigc_cli.media.drawing import drawings
from aigc_cli.media.drawing.keeping import kept
from aigc_cli.media.style import fonts
from aigc_cli.media.timeline import Box, Drawing, DrawingOp, GradientFill, ImageOp, PathOp, QrOp, RectOp, Shadow, TextOp

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import skia

Open = Callable[[Artifact], Path]

_QUIET_MODULES = 3  # ISO/IEC 18004 asks for four; cameras read three, and the code is larger for it
_MAX_SIDE = 16384
_MOST_KEPT = 40_000_000  # bytes of pictures, and as many of drawings: four frames of 1080x1920


def paint(drawing: Drawing, width: int, height: int, open: Open, *, zoom: float = 1.0) -> npt.NDArray[np.uint8]:  # noqa: A002
    """Paints a display list: (height, width, 4) uint8, premultiplied sRGB RGBA; gradients are dithered.

    `open` gives the path of an artifact's bytes; with `zoom` a unit of the drawing covers so many pixels.
    Raises RenderError for a picture that cannot be read, a character that no font has, a QR text that is too long.
    """
    import numpy as np
    import skia

    pixels = np.zeros((height, width, 4), np.uint8)
    _paint(drawing, pixels, skia.kRGBA_8888_ColorType, open, zoom=zoom)
    return pixels


def paint_exact(drawing: Drawing, width: int, height: int, open: Open) -> npt.NDArray[np.float32]:  # noqa: A002
    """Like `paint`, but (height, width, 4) float32 in 0..1, undithered: for a ground that is quantised once, later."""
    import numpy as np

    pixels = np.zeros((height, width, 4), np.float32)
    paint_over(pixels, drawing, Box(x=0, y=0, w=width, h=height), open)
    return pixels


def paint_over(pixels: npt.NDArray[np.float32], drawing: Drawing, box: Box, open: Open) -> None:  # noqa: A002
    """Draws a display list over what is there: premultiplied RGBA (h, w, 4) float32 in 0..1. `box` lies on whole pixels."""
    import skia

    _paint(drawing, pixels, skia.kRGBA_F32_ColorType, open, box=box)


def _paint(
    drawing: Drawing,
    pixels: npt.NDArray[np.uint8] | npt.NDArray[np.float32],
    kind: skia.ColorType,
    open_: Open,
    *,
    zoom: float = 1.0,
    box: Box | None = None,
) -> None:
    import skia

    height, width = pixels.shape[:2]
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise RenderError(f"a drawing of {width} x {height} pixels is too large", "use a smaller format")
    surface = skia.Surface(pixels, colorType=kind, alphaType=skia.kPremul_AlphaType)
    canvas = surface.getCanvas()
    if box is not None:
        canvas.clipRect(_area(box))
        canvas.translate(box.x, box.y)
    if zoom != 1:
        canvas.scale(zoom, zoom)
    for op in drawing:
        if isinstance(op, RectOp):
            _rect(canvas, op)
        elif isinstance(op, PathOp):
            _path(canvas, op)
        elif isinstance(op, TextOp):
            _text(canvas, op)
        elif isinstance(op, DrawingOp):
            _drawing(canvas, op, zoom)
        elif isinstance(op, ImageOp):
            _image(canvas, op, open_, zoom)
        else:
            _qr(canvas, op)


def colour(text: str, opacity: float = 1.0) -> int:
    """#RRGGBB or #RRGGBBAA as Skia's ARGB number."""
    digits = text.lstrip("#")
    alpha = int(digits[6:8], 16) if len(digits) == 8 else 255
    return (round(alpha * opacity) << 24) | int(digits[:6], 16)


def _area(box: Box) -> skia.Rect:
    import skia

    return skia.Rect.MakeXYWH(box.x, box.y, box.w, box.h)


def _rounded(box: Box, radius: float) -> skia.RRect:
    import skia

    radius = min(radius, box.w / 2, box.h / 2)
    return skia.RRect.MakeRectXY(_area(box), radius, radius)


def _fill(fill: str | GradientFill, box: Box) -> skia.Paint:
    import skia

    if isinstance(fill, str):
        return skia.Paint(AntiAlias=True, Color=colour(fill))
    colours = [colour(each) for each in fill.colours]
    stops = list(fill.stops) if fill.stops else None
    if stops is not None and len(stops) != len(colours):
        raise RenderError("a gradient needs as many stops as colours", "give one stop for each colour, or none")
    centre = skia.Point(box.x + box.w / 2, box.y + box.h / 2)
    # Premultiplied interpolation keeps a glow's hue on its way to nothing.
    flags = skia.GradientShader.Flags.kInterpolateColorsInPremul_Flag
    if fill.form == "radial":
        matrix = skia.Matrix()
        # An oblong box gets an elliptic gradient: the circle of its width, squeezed about its centre.
        matrix.setScale(1.0, box.h / box.w, centre.x(), centre.y())
        shader = skia.GradientShader.MakeRadial(centre, box.w / 2, colours, stops, skia.TileMode.kClamp, int(flags), matrix)
    else:
        angle = math.radians(fill.angle)
        reach = abs(math.cos(angle)) * box.w / 2 + abs(math.sin(angle)) * box.h / 2
        dx, dy = math.cos(angle) * reach, math.sin(angle) * reach
        ends = [skia.Point(centre.x() - dx, centre.y() - dy), skia.Point(centre.x() + dx, centre.y() + dy)]
        shader = skia.GradientShader.MakeLinear(ends, colours, stops, skia.TileMode.kClamp, int(flags))
    return skia.Paint(AntiAlias=True, Shader=shader, Dither=True)


def _pen(stroke: str, width: float) -> skia.Paint:
    import skia

    return skia.Paint(
        AntiAlias=True,
        Color=colour(stroke),
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeJoin=skia.Paint.kRound_Join,
        StrokeCap=skia.Paint.kRound_Cap,
    )


def _shadow(canvas: skia.Canvas, shape: skia.RRect, shadow: Shadow) -> None:
    import skia

    pen = skia.Paint(AntiAlias=True, Color=colour(shadow.colour), Dither=True)
    if shadow.blur > 0:
        pen.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, shadow.blur))
    canvas.save()
    # Nothing falls under the shape itself, so that a translucent card does not darken.
    canvas.clipRRect(shape, skia.ClipOp.kDifference, True)
    canvas.translate(0, shadow.dy)
    canvas.drawRRect(shape, pen)
    canvas.restore()


def _rect(canvas: skia.Canvas, op: RectOp) -> None:
    shape = _rounded(op.box, op.radius)
    if op.shadow:
        _shadow(canvas, shape, op.shadow)
    if op.fill:
        canvas.drawRRect(shape, _fill(op.fill, op.box))
    if op.stroke and op.stroke_width:
        canvas.drawRRect(shape, _pen(op.stroke, op.stroke_width))


def _path(canvas: skia.Canvas, op: PathOp) -> None:
    import skia

    path = skia.Path()
    path.setFillType(skia.PathFillType.kEvenOdd)
    for ring in op.rings:
        points = [skia.Point(x, y) for x, y in zip(ring[::2], ring[1::2], strict=True)]
        if len(points) == 1:
            points *= 2  # a single point is a dot of the pen's width
        path.addPoly(points, op.is_closed)
    bounds = path.getBounds()
    if op.fill:
        box = op.box or Box(x=bounds.left(), y=bounds.top(), w=max(bounds.width(), 1), h=max(bounds.height(), 1))
        canvas.drawPath(path, _fill(op.fill, box))
    if op.stroke and op.stroke_width:
        canvas.drawPath(path, _pen(op.stroke, op.stroke_width))


def _text(canvas: skia.Canvas, op: TextOp) -> None:
    import skia

    if not op.text.strip():
        return

    def shaped(pen: skia.Paint) -> fonts.Line:
        return fonts.shape(
            op.text,
            family=op.family,
            weight=op.weight,
            size=op.size,
            tracking=op.tracking,
            language=op.language,
            is_tabular=op.is_tabular,
            paint=pen,
        )

    if op.edge and op.edge_width:
        pen = _pen(op.edge, op.edge_width)
        pen.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, op.edge_width / 6))
        opacity = pen.getAlpha()
        pen.setAlpha(255)
        line = shaped(pen)
        # One layer for the whole edge: neighbouring letters' edges would otherwise add up where they overlap. It costs by its size.
        canvas.saveLayer(_reach(op, line.width), skia.Paint(Alpha=opacity))
        line.paint(canvas, op.x, op.y)
        canvas.restore()
    shaped(skia.Paint(AntiAlias=True, Color=colour(op.colour))).paint(canvas, op.x, op.y)


def _reach(op: TextOp, width: float) -> skia.Rect:
    """A rectangle that all ink of a line and its edge lies in: no face's marks rise 1.5 em above the line, or fall 0.8 em below."""
    import skia

    around = 0.5 * op.size + 2 * op.edge_width
    top, bottom = op.y - 1.5 * op.size - 2 * op.edge_width, op.y + 0.8 * op.size + 2 * op.edge_width
    return skia.Rect.MakeLTRB(op.x - around, top, op.x + width + around, bottom)


def _bytes_of(image: skia.Image) -> int:
    return int(image.imageInfo().computeMinByteSize())


@kept(_MOST_KEPT, _bytes_of)
def _vector(name: str, width: int, height: int) -> skia.Image:
    import skia

    # Skia reads the bytes where they stand: without a copy they are gone before it does.
    dom = skia.SVGDOM.MakeFromStream(skia.MemoryStream(drawings.svg(name).encode(), True))
    if dom is None:
        raise RenderError(f"the drawing `{name}` cannot be read", "reinstall aigc")
    dom.setContainerSize(skia.Size(width, height))
    surface = skia.Surface(width, height)
    dom.render(surface.getCanvas())
    return surface.makeImageSnapshot()


def _drawing(canvas: skia.Canvas, op: DrawingOp, zoom: float) -> None:
    import skia

    side = max(1, math.ceil(min(op.box.w, op.box.h)))
    pixels = math.ceil(side * zoom)
    image = _vector(op.name, pixels, pixels)
    place = Box(x=op.box.x + (op.box.w - side) / 2, y=op.box.y + (op.box.h - side) / 2, w=side, h=side)
    if op.shadow:
        _cutout_shadow(canvas, image, place, op.shadow)
    canvas.drawImageRect(image, _area(place), skia.SamplingOptions(skia.FilterMode.kLinear))


@kept(_MOST_KEPT, _bytes_of)
def _raster(path: str, digest: str, size: tuple[int, int], fit: str, focus: tuple[float, float]) -> skia.Image:
    """A picture cropped and scaled to exactly the pixels it will cover."""
    import numpy as np
    import PIL.Image
    import PIL.ImageOps
    import skia

    try:
        with PIL.Image.open(path, formats=("PNG", "JPEG", "WEBP")) as file:
            picture = PIL.ImageOps.exif_transpose(file)
            mode = "RGBA" if picture.has_transparency_data else "RGB"
            picture = picture.convert(mode)
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as error:
        raise RenderError(
            f"a picture cannot be read: {digest[:12]}", "clear the cache with `aigc cache clear`, or use another picture"
        ) from error
    width, height = size
    crop = (0.0, 0.0, float(picture.width), float(picture.height))
    if fit == "fill":
        scale = max(width / picture.width, height / picture.height)
        w, h = width / scale, height / scale
        x = min(max(focus[0] * picture.width - w / 2, 0.0), picture.width - w)
        y = min(max(focus[1] * picture.height - h / 2, 0.0), picture.height - h)
        crop = (max(x, 0.0), max(y, 0.0), min(x + w, picture.width), min(y + h, picture.height))
    if mode == "RGBA":
        picture = picture.convert("RGBa")  # premultiplied while it is scaled: no dark fringes
    picture = picture.resize((width, height), PIL.Image.Resampling.LANCZOS, box=crop, reducing_gap=3.0)
    if mode == "RGB":
        picture = picture.convert("RGBA")
    pixels = np.frombuffer(picture.tobytes(), np.uint8).reshape(height, width, 4).copy()
    return skia.Image.fromarray(
        pixels, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType if mode == "RGBA" else skia.kUnpremul_AlphaType, copy=True
    )


def _size(path: str) -> tuple[int, int]:
    import PIL.Image

    try:
        with PIL.Image.open(path, formats=("PNG", "JPEG", "WEBP")) as file:
            turned = file.getexif().get(0x0112, 1) >= 5  # EXIF orientations 5 to 8 lie on their side
            return (file.height, file.width) if turned else (file.width, file.height)
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as error:
        raise RenderError("a picture cannot be read", "use a PNG or JPEG picture") from error


def _image(canvas: skia.Canvas, op: ImageOp, open_: Open, zoom: float) -> None:
    import skia

    path = str(open_(op.image))
    box = op.box
    if op.fit == "inside":
        width, height = _size(path)
        scale = min(box.w / width, box.h / height)
        w, h = width * scale, height * scale
        box = Box(x=box.x + (box.w - w) / 2, y=box.y + (box.h - h) / 2, w=w, h=h)
    shape = _rounded(box, op.radius)
    image = _raster(path, op.image.digest, (max(1, round(box.w * zoom)), max(1, round(box.h * zoom))), op.fit, op.focus)
    if op.shadow:
        if op.fit == "inside" and not image.isOpaque():
            _cutout_shadow(canvas, image, box, op.shadow)
        else:
            _shadow(canvas, shape, op.shadow)
    canvas.save()
    if op.radius:
        canvas.clipRRect(shape, True)
    pen = skia.Paint(AntiAlias=True, Alphaf=op.opacity)
    canvas.drawImageRect(image, _area(box), skia.SamplingOptions(skia.FilterMode.kLinear), pen)
    canvas.restore()


def _cutout_shadow(canvas: skia.Canvas, image: skia.Image, box: Box, shadow: Shadow) -> None:
    """A soft shadow of a picture's own shape. It is blurred small, for so soft a thing has no detail: a tenth of the time."""
    import skia

    sigma = shadow.blur
    smaller = min(max(int(sigma / 4), 1), 8)
    reach = 3 * sigma + smaller
    left, top = box.x - reach, box.y - reach + min(shadow.dy, 0)
    wide, high = math.ceil((box.w + 2 * reach) / smaller), math.ceil((box.h + 2 * reach + abs(shadow.dy)) / smaller)
    surface = skia.Surface(wide, high)
    small = surface.getCanvas()
    small.scale(1 / smaller, 1 / smaller)
    small.translate(-left, -top)
    under = skia.Paint(ImageFilter=skia.ImageFilters.DropShadowOnly(0, shadow.dy, sigma, sigma, colour(shadow.colour)))
    linear = skia.SamplingOptions(skia.FilterMode.kLinear)
    small.drawImageRect(image, _area(box), linear, under)
    place = skia.Rect.MakeXYWH(left, top, wide * smaller, high * smaller)
    canvas.drawImageRect(surface.makeImageSnapshot(), place, linear)


def _qr(canvas: skia.Canvas, op: QrOp) -> None:
    import segno
    import skia

    try:
        rows = [bytes(row) for row in segno.make(op.text, error="m", micro=False).matrix]
    except ValueError as error:
        raise RenderError(f"a text of {len(op.text)} characters does not fit in a QR code", "use a shorter address") from error
    canvas.drawRRect(_rounded(op.box, op.radius), skia.Paint(AntiAlias=True, Color=colour(op.ground)))
    inner = min(op.box.w, op.box.h)
    count = len(rows) + 2 * _QUIET_MODULES
    # Whole pixels where there are enough of them: a camera reads crisp modules best, and blends do not soften them.
    module = math.floor(inner / count) if inner >= count * 3 else inner / count
    left = round(op.box.x + (op.box.w - module * len(rows)) / 2)
    top = round(op.box.y + (op.box.h - module * len(rows)) / 2)
    path = skia.Path()
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                path.addRect(skia.Rect.MakeXYWH(left + x * module, top + y * module, (end - x) * module, module))
            x = end + 1
    canvas.drawPath(path, skia.Paint(AntiAlias=False, Color=colour(op.colour)))
