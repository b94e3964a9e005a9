"""Drums: swept sines and shaped noise, each made once, (samples, 1) float32 at 48 kHz, peak about 1."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Floats = NDArray[np.float64]

DRUMS = ("kick", "boom", "snare", "clap", "snap", "hat", "open-hat", "shaker", "tick", "cymbal", "rise")


@cache
def drum(name: str) -> Samples:
    """The sound of a drum by its name, one of `DRUMS`. Raises KeyError for another."""
    import numpy as np

    recipes: dict[str, Callable[[], Floats]] = {
        "kick": lambda: _swept(150, 48, 0.030, 0.34) + 0.25 * _noise(0.34, 600, 4000, 0.006),
        "boom": lambda: _swept(105, 50, 0.07, 1.2) + 0.20 * _noise(1.2, 80, 900, 0.16),
        "snare": lambda: 0.55 * _swept(230, 175, 0.02, 0.22) + 0.65 * _noise(0.22, 1200, 8000, 0.085),
        "clap": _clap,
        "snap": lambda: _noise(0.12, 1500, 5200, 0.022) + 0.3 * _noise(0.12, 2300, 2900, 0.05),
        "hat": lambda: _noise(0.09, 6500, 15_000, 0.022),
        "open-hat": lambda: _noise(0.4, 6000, 14_000, 0.11),
        "shaker": lambda: _noise(0.11, 4200, 12_000, 0.03, attack_s=0.018),
        "tick": lambda: _noise(0.04, 2800, 7000, 0.007),
        "cymbal": lambda: _noise(2.2, 3200, 13_000, 0.65, attack_s=0.004),
        "rise": _noise(2.0, 2500, 12_000, 0.55, attack_s=0.004)[::-1].copy,
    }
    made = recipes[name]()
    edge = min(int(0.01 * RATE_HZ), len(made) // 4)
    made[-edge:] *= np.linspace(1, 0, edge)
    made[:24] *= np.linspace(0, 1, 24)
    made -= made.mean()
    made[:24] *= np.linspace(0, 1, 24)
    sound: Samples = (made / np.abs(made).max()).astype(np.float32)[:, None]
    return sound


def _swept(from_hz: float, to_hz: float, fall_s: float, seconds: float) -> Floats:
    import numpy as np

    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * (to_hz * t + (from_hz - to_hz) * fall_s * (1 - np.exp(-t / fall_s)))
    made: Floats = np.sin(phase) * np.exp(-t / (seconds / 4.5))
    return made


def _noise(seconds: float, low_hz: float, high_hz: float, fall_s: float, attack_s: float = 0.0005) -> Floats:
    """Noise through a soft band, dying away by 1/e in `fall_s`; the same each time."""
    import numpy as np

    length = int(seconds * RATE_HZ)
    spectrum = np.fft.rfft(np.random.Generator(np.random.PCG64(round(low_hz + high_hz))).standard_normal(length))
    frequency = np.fft.rfftfreq(length, 1 / RATE_HZ)
    band = 1 / (1 + (low_hz / np.maximum(frequency, 1)) ** 6) / (1 + (frequency / high_hz) ** 6)
    sound = np.fft.irfft(spectrum * band, length)
    t = np.arange(length) / RATE_HZ
    shaped = sound * np.exp(-t / fall_s) * np.minimum(1, t / attack_s)
    made: Floats = shaped / np.abs(shaped).max()
    return made


def _clap() -> Floats:
    import numpy as np

    made = 0.8 * _noise(0.24, 900, 5200, 0.06)
    for late_s, level in ((0.0, 0.7), (0.011, 0.8), (0.023, 1.0)):
        hand = level * _noise(0.03, 1000, 6000, 0.006)
        first = int(late_s * RATE_HZ)
        made[first : first + len(hand)] += hand
    clap: Floats = made / np.abs(made).max()
    return clap
