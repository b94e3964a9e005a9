"""How a photo is coloured, and how far behind its subject the rest of it lies.

Colours are turned in OKLab (Ottosson 2020), where lightness is kept and only colour moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aigc_cli.media.photography.cutting_out import subject_of
from aigc_cli.media.photography.sight import guided, people_in
from aigc_cli.media.style.palettes import from_oklab, from_oklch, oklab_of, oklch
from aigc_cli.shapes import Grade, Palette

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rgb = NDArray[np.uint8]
    Mask = NDArray[np.float32]

_TINT = 0.42  # of the brand's own colour in the shadows and highlights of a graded photo
_KEPT = 0.72  # of the photo's own colour in it
_ROW_BLOCK = 256  # rows at a time: OKLab in float is twelve times the photo
_BLUR_MOST = 0.032  # of the longer side: sigma of a full blur
_DEPTH_PX = 480
_PEOPLE_LEAST = 0.03


def graded(rgb: Rgb, grade: Grade, palette: Palette) -> Rgb:
    """A photo (height, width, 3; uint8 sRGB) in a grade; `brand` and `duotone` take their colours from the palette."""
    import numpy as np

    if grade == "natural":
        return rgb
    out = np.empty_like(rgb)
    low, high = _range(rgb) if grade in ("duotone", "mono") else (0.0, 1.0)
    for top in range(0, rgb.shape[0], _ROW_BLOCK):
        part = rgb[top : top + _ROW_BLOCK]
        lab = oklab_of(part).reshape(*part.shape[:2], 3)
        out[top : top + _ROW_BLOCK] = from_oklab(_turned(lab, grade, palette, low, high))
    return out


def _range(rgb: Rgb) -> tuple[float, float]:
    """The lightness of a photo's darkest and lightest hundredth."""
    import numpy as np

    light = oklab_of(rgb[:: max(1, rgb.shape[0] // 128), :: max(1, rgb.shape[1] // 128)])[:, 0]
    low, high = (float(value) for value in np.percentile(light, (1, 99)))
    return low, max(high, low + 0.05)


def _turned(lab: NDArray[np.float64], grade: Grade, palette: Palette, low: float, high: float) -> NDArray[np.float64]:
    import numpy as np

    light, colour = lab[..., :1], lab[..., 1:]
    level = np.clip((light - low) / (high - low), 0, 1)
    if grade == "mono":
        level = level * 0.8 + 0.2 * level * level * (3 - 2 * level)
        return np.concatenate([0.06 + 0.93 * level, np.zeros_like(colour)], axis=2)
    if grade == "duotone":
        dark, bright = _tones(palette)
        curve = level * 0.7 + 0.3 * level * level * (3 - 2 * level)
        middle = np.array(_middle(palette))
        # through the accent's own colour on the way: a straight line between two tones would be grey in its middle
        first, second = np.clip(curve * 2, 0, 1), np.clip(curve * 2 - 1, 0, 1)
        return np.asarray(dark + (middle - dark) * first + (bright - middle) * second)
    if grade == "brand":
        dark, bright = _tones(palette)
        weight = level * level * (3 - 2 * level)
        tint = dark[1:] * (1 - weight) + bright[1:] * weight * 1.6
        return np.concatenate([light, colour * _KEPT + tint * _TINT], axis=2)
    if grade == "vivid":
        strength = np.sqrt((colour**2).sum(axis=2, keepdims=True))
        raised = 1 + 0.38 * np.exp(-strength / 0.12)  # what is pale gains most; skin and what is strong stay
        return np.concatenate([light + 0.08 * (light - 0.55) * (1 - np.abs(2 * light - 1)), colour * raised], axis=2)
    if grade == "soft":
        return np.concatenate([0.07 + 0.92 * light, colour * 0.74], axis=2)
    shift = {"warm": (0.012, 0.026), "cool": (-0.010, -0.028)}[grade]
    return np.concatenate([light, colour + np.array(shift) * np.sqrt(np.clip(light, 0, 1))], axis=2)


def _tones(palette: Palette) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The dark and the light end of a duotone, in OKLab."""
    import numpy as np

    _, chroma, hue = oklch(palette.ground)
    _, strong, accent = oklch(palette.accent)
    dark = from_oklch(0.2, min(max(chroma, 0.04), 0.1), hue)
    bright = from_oklch(0.965, min(strong * 0.28, 0.05), accent)
    ends = oklab_of(np.array([_rgb(dark), _rgb(bright)], np.uint8))
    return ends[0], ends[1]


def _middle(palette: Palette) -> tuple[float, float, float]:
    import numpy as np

    light, chroma, hue = oklch(palette.accent)  # yellow is only yellow when it is light
    light, a, b = oklab_of(np.array([_rgb(from_oklch((0.62 + light) / 2, min(chroma, 0.15), hue))], np.uint8))[0]
    return float(light), float(a), float(b)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def blurred_behind(rgb: Rgb, strength: float, *, focus: tuple[float, float], has_faces: bool) -> Rgb:
    """The subject of a photo sharp and the rest out of focus by `strength`, 0 to 1, as a fast lens would have it.

    The blur leaves the subject out, so that its colours do not glow around it. People are found by the network, things on a
    plain ground by it; of anything else the part around `focus` stays sharp and the blur grows away from it.
    """
    import cv2
    import numpy as np

    mask = _sharp_part(rgb, focus, has_faces=has_faces)
    sigma = max(rgb.shape[:2]) * _BLUR_MOST * strength
    smaller = max(1, int(sigma / 3))  # so soft a picture has no detail that a smaller one lacks
    size = (max(8, rgb.shape[1] // smaller), max(8, rgb.shape[0] // smaller))
    small, kept = (
        cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32),
        1 - cv2.resize(mask, size, interpolation=cv2.INTER_AREA),
    )
    kept = np.maximum(kept, 1e-3)
    scaled = sigma / smaller
    spread = cv2.GaussianBlur(small * kept[..., None], (0, 0), scaled) / cv2.GaussianBlur(kept, (0, 0), scaled)[..., None]
    behind = cv2.resize(spread, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_CUBIC)
    out = rgb * mask[..., None] + behind * (1 - mask[..., None])
    done: Rgb = np.clip(out + 0.5, 0, 255).astype(np.uint8)
    return done


def _sharp_part(rgb: Rgb, focus: tuple[float, float], *, has_faces: bool) -> Mask:
    import cv2
    import numpy as np

    if has_faces:
        people = people_in(rgb)
        if people.mean() > _PEOPLE_LEAST:
            certain: Mask = np.clip((people - 0.15) / 0.7, 0, 1).astype(np.float32)
            return certain
    found = subject_of(rgb, has_faces=False)
    if not isinstance(found, str):
        return found.mask
    height, width = rgb.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot((x / width - focus[0]) * width / min(width, height), (y / height - focus[1]) * height / min(width, height))
    near = np.clip((0.62 - away) / 0.34, 0, 1).astype(np.float32)
    soft = (near * near * (3 - 2 * near)).astype(np.float32)
    # What belongs together by its edges gets one depth: the ellipse follows the thing in it.
    scale = min(_DEPTH_PX / max(width, height), 1.0)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    followed = guided(small, cv2.resize(soft, size, interpolation=cv2.INTER_AREA), radius=max(2, round(max(size) / 14)), tolerance=6e-3)
    sharp: Mask = np.clip(cv2.resize(followed, (width, height), interpolation=cv2.INTER_LINEAR), 0, 1).astype(np.float32)
    return sharp
