"""Where to look in a photo: the point that the camera moves towards and that crops keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aigc_cli.media.photography.sight import faces_of
from aigc_cli.shapes import Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SIDE = 64
_BLUR = 3.0  # of 64: about the size of an eye-catching part
_PRIOR = 0.30  # standard deviation of the centre prior, in fractions of a side
_TOP_SHARE = 0.12  # the most striking part of the picture, by area
_EDGES = 0.5  # how much detail counts beside surprise and contrast
_REACH = 0.22  # of a side: how far a subject reaches around its middle
_BYSTANDER = 0.35  # of the largest face's area: smaller ones are in the picture, not its subject


def gaze_of(picture: Any) -> tuple[tuple[float, float], tuple[Region, ...]]:
    """Where one looks in a picture (Pillow image), and the faces in it: `focus_of`, but faces go before all else."""
    import numpy as np

    faces = faces_of(np.asarray(picture.convert("RGB")))
    if not faces:
        return focus_of(picture), ()
    main = [face for face in faces if face.w * face.h >= _BYSTANDER * faces[0].w * faces[0].h]
    left, right = min(face.x for face in main), max(face.x + face.w for face in main)
    top, bottom = min(face.y for face in main), max(face.y + face.h for face in main)
    return (round((left + right) / 2, 4), round((top + bottom) / 2, 4)), faces


def focus_of(picture: Any) -> tuple[float, float]:
    """The point of interest of a picture (Pillow image), as fractions from its top left; (0.5, 0.5) for an even one.

    Spectral residual saliency (Hou and Zhang 2007) of lightness and colour, contrast against the picture's mean colour
    (Achanta 2009) and density of edges, under a prior for the centre. From the centroid of the most striking eighth it
    moves on to the nearest thick of it (mean shift), so that of two things one is met and not the gap between them. What is
    see-through does not count.
    """
    import numpy as np
    from PIL import Image

    small = picture.convert("RGBA").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    pixels = np.asarray(small).astype(np.float64) / 255
    opaque = pixels[..., 3]
    channels = _opponents(pixels[..., :3])
    mean = (channels * opaque[..., None]).sum(axis=(0, 1)) / max(opaque.sum(), 1e-9)
    stands_out = np.sqrt((((_blurred(channels) - mean) / 1.0) ** 2).sum(axis=2))
    surprise = sum(_residual(channels[..., index]) for index in range(3))
    down, right = np.gradient(channels[..., 0])
    edges = _blurred(np.hypot(down, right)[..., None])[..., 0]
    saliency = (_scaled(stands_out) + _scaled(_blurred(np.asarray(surprise)[..., None])[..., 0]) + _EDGES * _scaled(edges)) * opaque
    axis = (np.arange(_SIDE) + 0.5) / _SIDE - 0.5
    prior = np.exp(-(axis[:, None] ** 2 + axis[None, :] ** 2) / (2 * _PRIOR**2))
    weight = saliency * prior
    weight = np.where(weight >= np.quantile(weight, 1 - _TOP_SHARE), weight, 0.0)
    total = float(weight.sum())
    if total < 1e-6 or float(channels.std(axis=(0, 1)).max()) < 0.01:
        return 0.5, 0.5
    place = axis + 0.5
    x, y = float((weight.sum(axis=0) * place).sum() / total), float((weight.sum(axis=1) * place).sum() / total)
    for _ in range(12):
        near = weight * np.exp(-((place[None, :] - x) ** 2 + (place[:, None] - y) ** 2) / (2 * _REACH**2))
        mass = max(float(near.sum()), 1e-12)
        x, y = float((near.sum(axis=0) * place).sum() / mass), float((near.sum(axis=1) * place).sum() / mass)
    return round(x, 4), round(y, 4)


def _opponents(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    return np.stack([(red + green + blue) / 3, red - green, (red + green) / 2 - blue], axis=2)


def _residual(channel: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    spectrum = np.fft.fft2(channel)
    amplitude = np.log(np.abs(spectrum) + 1e-9)
    padded = np.pad(amplitude, 1, mode="wrap")
    around = sum(padded[y : y + _SIDE, x : x + _SIDE] for y in range(3) for x in range(3)) / 9
    return np.asarray(np.abs(np.fft.ifft2(np.exp(amplitude - around + 1j * np.angle(spectrum)))) ** 2)


def _blurred(channels: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    reach = int(3 * _BLUR)
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * _BLUR**2))
    kernel /= kernel.sum()
    for axis in (0, 1):
        widths = [(reach, reach) if index == axis else (0, 0) for index in range(3)]
        padded = np.pad(channels, widths, mode="edge")
        channels = np.apply_along_axis(np.convolve, axis, padded, kernel, "valid")
    return channels


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    span = float(values.max() - values.min())
    return (values - values.min()) / span if span > 1e-9 else values * 0.0
