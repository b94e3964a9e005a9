"""Colours: from a photo to a palette, and the arithmetic of contrast.

Work is done in OKLCH (Ottosson 2020, https://bottosson.github.io/posts/oklab/): lightness 0..1, chroma 0..about 0.33, hue in
degrees; equal steps look about equal, and a hue stays itself when it is made lighter.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from aigc_cli.shapes import Palette

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SAMPLE_PX = 128
_CLUSTERS = 10
_ROUNDS = 12
_GREY_CHROMA = 0.035
_CALM_ACCENT = "#F2B705"
"""What marks the one thing in a photo without colour."""


def rgb(colour: str) -> tuple[float, float, float]:
    """#RRGGBB, or #RRGGBBAA without its alpha, as fractions."""
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(part) for part in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """`share` of the second colour in the first, in sRGB as blending does it."""
    parts = (round((a + (b - a) * share) * 255) for a, b in zip(rgb(one), rgb(other), strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


def with_alpha(colour: str, alpha: float) -> str:
    """#RRGGBB with an opacity of 0 to 1, as #RRGGBBAA."""
    return f"{colour[:7]}{round(min(max(alpha, 0.0), 1.0) * 255):02X}"


def oklch(colour: str) -> tuple[float, float, float]:
    """Lightness, chroma, hue in degrees."""
    red, green, blue = (_linear(part) for part in rgb(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def from_oklch(light: float, chroma: float, hue: float) -> str:
    """The nearest colour of sRGB: chroma is lowered until the colour exists."""
    for step in range(41):
        parts = _srgb(light, chroma * (1 - step / 40), hue)
        if all(-0.002 <= part <= 1.002 for part in parts):
            break
    return "#" + "".join(f"{round(min(max(part, 0.0), 1.0) * 255):02X}" for part in parts)


def _srgb(light: float, chroma: float, hue: float) -> tuple[float, ...]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return tuple(12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in linear)


def distance(one: str, other: str) -> float:
    """How different two colours look: their distance in OKLab, about 0.02 when just noticeable, 1 from black to white."""
    (light, chroma, hue), (light2, chroma2, hue2) = oklch(one), oklch(other)
    across = chroma**2 + chroma2**2 - 2 * chroma * chroma2 * math.cos(math.radians(hue - hue2))
    return math.sqrt((light - light2) ** 2 + max(across, 0.0))


def oklab_of(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """SRGB pixels of any shape, three to a pixel, as rows of OKLab: lightness 0..1, a, b."""
    import numpy as np

    value = pixels.reshape(-1, 3).astype(np.float64) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    to_lms = np.array(
        [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    lab: NDArray[np.float64] = np.cbrt(linear @ to_lms.T) @ to_lab.T
    return lab


def from_oklab(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """OKLab (..., 3) as sRGB of the same shape; what lies outside sRGB is clipped."""
    import numpy as np

    to_lms = np.array([[1.0, 0.3963377774, 0.2158037573], [1.0, -0.1055613458, -0.0638541728], [1.0, -0.0894841775, -1.2914855480]])
    to_rgb = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    linear = np.clip((lab @ to_lms.T) ** 3 @ to_rgb.T, 0, 1)
    value = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    pixels: NDArray[np.uint8] = np.rint(value * 255).astype(np.uint8)
    return pixels


def clusters(pixels: NDArray[np.uint8]) -> list[tuple[float, tuple[float, float, float]]]:
    """The main colours of a picture as (share, OKLCH), largest share first.

    `pixels` is (h, w, 3) sRGB, or (n, 3). k-means started from the points farthest apart, so that equal pictures give
    equal colours.
    """
    import numpy as np

    lab = oklab_of(pixels)
    centres = [lab.mean(axis=0)]
    nearest = ((lab - centres[0]) ** 2).sum(axis=1)
    for _ in range(_CLUSTERS - 1):
        centres.append(lab[int(nearest.argmax())])
        nearest = np.minimum(nearest, ((lab - centres[-1]) ** 2).sum(axis=1))
    middle = np.array(centres)
    owner = np.zeros(len(lab), np.int64)
    for _ in range(_ROUNDS):
        owner = ((lab[:, None, :] - middle[None]) ** 2).sum(axis=2).argmin(axis=1)
        for index in range(_CLUSTERS):
            mine = lab[owner == index]
            if len(mine):
                middle[index] = mine.mean(axis=0)
    shares = np.bincount(owner, minlength=_CLUSTERS) / len(lab)
    found = []
    for index in np.argsort(-shares, kind="stable"):
        light, a, b = (float(part) for part in middle[index])
        if shares[index] > 0:
            found.append((float(shares[index]), (light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)))
    return found


def palette_of(picture: Any) -> Palette:
    """The palette of a picture (Pillow image): its dominant dark as ground, its most vivid colour as accent.

    Ink keeps 7:1 on the ground, the accent and the quiet tone 4.5:1. A see-through part of the picture does not count. A
    picture without colour gets a neutral ground and a golden accent.
    """
    import numpy as np

    small = picture.copy()
    small.thumbnail((_SAMPLE_PX, _SAMPLE_PX))
    pixels = np.asarray(small.convert("RGBA"))
    visible = pixels[pixels[..., 3] > 127][:, :3]
    return palette_from(clusters(visible if len(visible) else pixels[..., :3].reshape(-1, 3)))


def palette_from(found: list[tuple[float, tuple[float, float, float]]]) -> Palette:
    """A palette from the main colours of a picture, as `clusters` gives them."""
    _, _, hue, chroma = max((share * (1.15 - light) ** 2 * (0.3 + min(c, 0.15)), light, hue, c) for share, (light, c, hue) in found)
    ground = from_oklch(0.22, min(max(chroma * 0.45, 0.012), 0.036), hue)
    vivid = max(found, key=lambda each: each[1][1] * each[0] ** 0.35 * min(each[1][0], 0.78) ** 2)[1]
    accent = _CALM_ACCENT if vivid[1] < _GREY_CHROMA else _lifted(vivid, ground)
    ink = reach(from_oklch(0.985, 0.008, hue), ground, 7)
    quiet = reach(from_oklch(0.7, min(chroma * 0.5, 0.04), hue), ground, 4.5)
    return Palette(ground=ground, ink=ink, accent=accent, quiet=quiet)


def _lifted(vivid: tuple[float, float, float], ground: str) -> str:
    """A colour of a picture made fit to be an accent: light and strong enough. Orange turns to gold rather than to peach."""
    light, chroma, hue = vivid
    gold = max(0.72 - light, 0.0) * 90 if 25 <= hue <= 80 else 0.0
    return reach(from_oklch(max(light, 0.72), max(chroma * 1.25, 0.14), min(hue + gold, 85.0) if gold else hue), ground, 4.5)


def reach(colour: str, ground: str, ratio: float) -> str:
    """The colour made lighter on a dark ground, or darker on a light one, just until it has this contrast."""
    light, chroma, hue = oklch(colour)
    end = 1.0 if luminance(ground) < 0.18 else 0.0
    for step in range(51):
        shifted = colour if step == 0 else from_oklch(light + (end - light) * step / 50, chroma, hue)
        if contrast(shifted, ground) >= ratio:
            return shifted
    return shifted


def ink_for(ground: str, dark: str = "#111418", light: str = "#FFFFFF") -> str:
    """Whichever of two inks reads better on a ground."""
    return dark if contrast(dark, ground) >= contrast(light, ground) else light
