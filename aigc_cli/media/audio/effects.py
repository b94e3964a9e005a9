"""The two small sounds a clip may have: a soft whoosh under a moving transition, a tick under a counting number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Effect:
    """A small sound at a frame: a whoosh is loudest there, a tick begins there."""

    frame: int
    kind: Literal["whoosh", "tick"]
    gain_db: float = 0.0


def effect_sound(kind: Literal["whoosh", "tick"]) -> tuple[Samples, int]:
    """The sound as float32 (samples, 2) at 48 kHz, peak 1, and the index of the sample that stands on the effect's frame."""
    return _whoosh() if kind == "whoosh" else _tick()


@cache
def _whoosh() -> tuple[Samples, int]:
    """Noise through a band that rises to 1.6 kHz and falls again in 0.7 s, moving from left to right."""
    import numpy as np

    length, hop, size = int(0.7 * RATE_HZ), 480, 1920
    summit = 0.42
    noise = np.random.Generator(np.random.PCG64(7)).standard_normal((length + size, 2))
    window = np.sqrt(np.hanning(size + 1)[:size])
    frequency = np.fft.rfftfreq(size, 1 / RATE_HZ) + 1.0
    out = np.zeros_like(noise)
    for start in range(0, length, hop):
        t = start / length
        height = np.exp(-(((t - summit) / 0.28) ** 2))
        centre = 250 * (1600 / 250) ** height
        band = np.exp(-((np.log2(frequency / centre) / 0.8) ** 2))
        spectrum = np.fft.rfft(noise[start : start + size] * window[:, None], axis=0) * band[:, None]
        out[start : start + size] += np.fft.irfft(spectrum, size, axis=0) * window[:, None]
    sound = out[size // 2 : size // 2 + length]
    way = np.linspace(0, 1, length)
    swell = np.where(way < summit, np.sin(np.pi / 2 * way / summit) ** 3, np.cos(np.pi / 2 * (way - summit) / (1 - summit)) ** 2)
    pan = np.stack([np.cos(np.pi / 2 * (0.2 + 0.6 * way)), np.sin(np.pi / 2 * (0.2 + 0.6 * way))], axis=1)
    shaped = sound * swell[:, None] * pan
    return (shaped / np.abs(shaped).max()).astype(np.float32), int(summit * length)


@cache
def _tick() -> tuple[Samples, int]:
    """A wooden click of 30 ms."""
    import numpy as np

    t = np.arange(int(0.03 * RATE_HZ)) / RATE_HZ
    tone = np.sin(2 * np.pi * 2100 * t) * np.exp(-t / 0.004) + 0.5 * np.sin(2 * np.pi * 3170 * t) * np.exp(-t / 0.002)
    shaped = tone * np.minimum(1, t / 0.0005) * np.minimum(1, (t[-1] - t) / 0.005)
    return np.repeat((shaped / np.abs(shaped).max()).astype(np.float32)[:, None], 2, axis=1), 0
