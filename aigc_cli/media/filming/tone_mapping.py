"""HDR as a standard screen shows it: PQ and HLG in BT.2020 to BT.709, white where white belongs, highlights bent and not cut off.

Light is what ITU-R BT.2100-2 says it is: the PQ curve, or the HLG curve and its system gamma for a screen of 1000 cd/m2. The
brightest of a pixel's colours goes through the curve of ITU-R BT.2390-11, 5.4.1, from 1000 cd/m2 to 203, which is reference white
(ITU-R BT.2408-7); all three are scaled alike, so that the hue stays. What BT.709 cannot show is mixed with its own grey. The result
is for a screen after BT.1886. SDR in BT.2020 only changes its primaries.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from aigc_cli.media.frames.planes import Planes, dithered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

PQ, HLG = 16, 18
"""Transfer characteristics (ITU-T H.273, table 3)."""
_BT2020 = 9  # primaries (table 2)

_PEAK, _WHITE = 1000.0, 203.0  # cd/m2
_GAMMA = 2.4
_LEVELS = 1 << 16
_STEPS = 1 << 14  # of tables read by the fourth root of light: finer where it is dark
_LUMA = (0.2627, 0.6780, 0.0593)  # BT.2020-2, table 4
_TO_709 = ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187))  # BT.2407-0, 2.2
_LUMA_709 = (0.2126, 0.7152, 0.0722)


def is_hdr(frame: Any) -> bool:
    """Whether a frame of PyAV says that it is PQ or HLG."""
    return int(frame.color_trc) in (PQ, HLG)


def is_wide(frame: Any) -> bool:
    """Whether a frame is HDR, or SDR in the primaries of BT.2020."""
    return is_hdr(frame) or int(frame.color_primaries) == _BT2020


def to_standard(frame: Any, width: int, height: int) -> Planes:
    """A wide frame of PyAV as planes of a size, BT.709, with soft noise where it is rounded."""
    import av
    import numpy as np

    reformatter = av.video.reformatter
    rgb = frame.reformat(
        width=width,
        height=height,
        format="rgb48le",
        src_colorspace=reformatter.Colorspace.BT2020,
        interpolation=reformatter.Interpolation.BICUBIC,
        threads=1,
    ).to_ndarray()
    light = _light(rgb, int(frame.color_trc))
    shown = np.ones((height, width, 4), np.float32)
    shown[..., :3] = _table_of_signal()[_steps(_into_709(light))]
    return dithered(shown)


def _light(rgb: NDArray[np.uint16], transfer: int) -> Floats:
    """Display light of BT.2020 colours in parts of reference white, tone mapped."""
    import cv2
    import numpy as np

    light: Floats = _table_of_light(transfer)[rgb]
    if transfer == HLG:  # BT.2100-2, table 5: the system gamma is 1.2 at 1000 cd/m2 and works on luminance
        luma = cv2.transform(light, np.array([_LUMA], np.float32))
        light *= np.power(np.maximum(luma, 1e-9), 0.2, dtype=np.float32).reshape(*light.shape[:2], 1)
    if transfer not in (PQ, HLG):
        return light
    red, green, blue = cv2.split(light)  # `max` along the last axis takes ten times as long
    brightest = cv2.max(cv2.max(red, green), blue)
    light *= _table_of_scales()[_steps(brightest)][..., None]
    return light


def _into_709(light: Floats) -> Floats:
    """The colours in BT.709, those that it cannot show mixed with their own grey just so far that it can."""
    import cv2
    import numpy as np

    made: Floats = cv2.transform(light, np.array(_TO_709, np.float32))
    red, green, blue = cv2.split(made)
    outside = (cv2.min(cv2.min(red, green), blue) < 0) | (cv2.max(cv2.max(red, green), blue) > 1)
    if outside.any():
        found = made[outside]
        grey = np.clip(found @ np.array(_LUMA_709, np.float32), 0, 1)[:, None]
        away = found - grey
        with np.errstate(divide="ignore", invalid="ignore"):
            low = np.where(found < 0, grey / -away, 1).min(axis=1)
            high = np.where(found > 1, (1 - grey) / away, 1).min(axis=1)
        made[outside] = grey + away * np.clip(np.minimum(low, high), 0, 1)[:, None]
    return made


def _steps(light: Floats) -> NDArray[np.uint16]:
    """Where light, 0 to 1, stands in a table of `_STEPS`."""
    import cv2
    import numpy as np

    root = cv2.sqrt(cv2.sqrt(np.clip(light, 0, 1)))
    places: NDArray[np.uint16] = (root * np.float32(_STEPS - 1) + np.float32(0.5)).astype(np.uint16)
    return places


def _steps_light() -> NDArray[np.float64]:
    import numpy as np

    made: NDArray[np.float64] = (np.arange(_STEPS) / (_STEPS - 1)) ** 4
    return made


@cache
def _table_of_light(transfer: int) -> Floats:
    """Light for each 16-bit signal: in parts of 1000 cd/m2 for HDR (HLG: before the system gamma), else of white."""
    import numpy as np

    signal = np.arange(_LEVELS) / (_LEVELS - 1)
    if transfer == PQ:
        light = np.minimum(pq_light(signal) / _PEAK, 1)
    elif transfer == HLG:  # BT.2100-2, table 5, the inverse OETF
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    else:
        light = signal**_GAMMA
    return light.astype(np.float32)


@cache
def _table_of_scales() -> Floats:
    """By what light is multiplied so that 1000 cd/m2 become reference white and all below goes with it: BT.2390-11, 5.4.1."""
    import numpy as np

    light = np.maximum(_steps_light(), 1e-12)
    top, most = pq_signal(np.array(_PEAK)), pq_signal(np.array(_WHITE))
    signal, most = pq_signal(light * _PEAK) / top, most / top
    knee = 1.5 * most - 0.5
    t = np.clip((signal - knee) / (1 - knee), 0, 1)
    bent = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * most
    shown = pq_light(np.where(signal < knee, signal, bent) * top) / _WHITE
    return (shown / light).astype(np.float32)


@cache
def _table_of_signal() -> Floats:
    """The signal of a screen after BT.1886 for each step of light."""
    import numpy as np

    made: Floats = (_steps_light() ** (1 / _GAMMA)).astype(np.float32)
    return made


_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128  # SMPTE ST 2084
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def pq_light(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light in cd/m2 for a PQ signal in 0..1 (BT.2100-2, table 4)."""
    import numpy as np

    root = np.power(signal, 1 / _M2)
    made: NDArray[np.float64] = 10_000 * np.power(np.maximum(root - _C1, 0) / (_C2 - _C3 * root), 1 / _M1)
    return made


def pq_signal(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """The PQ signal for light in cd/m2."""
    import numpy as np

    root = np.power(light / 10_000, _M1)
    made: NDArray[np.float64] = np.power((_C1 + _C2 * root) / (1 + _C3 * root), _M2)
    return made
