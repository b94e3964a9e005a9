"""The small sounds a clip may have, all computed: no sample, no licence.

| sound    | heard under                                                |
|----------|------------------------------------------------------------|
| `whoosh` | what moves over the whole frame                            |
| `pop`    | a circle that opens, a button or a price that springs up   |
| `click`  | a flash, as a camera's shutter                             |
| `tick`   | a number that counts                                       |
| `chime`  | a brand's intro or outro: three bells that rise            |
| `pulse`  | the same, for news: two deep strokes and a low bell        |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]


Kind = Literal["whoosh", "pop", "click", "tick", "chime", "pulse"]

OVER_SPEECH_LU: Mapping[Kind, float] = {"whoosh": -8.0, "pop": -9.0, "click": -10.0, "tick": -6.0, "chime": -3.0, "pulse": -3.0}
"""Loudness of each sound over the speech, in LU."""


@dataclass(frozen=True)
class Effect:
    """A small sound at a frame: a whoosh is loudest there, all others begin there."""

    frame: int
    kind: Kind
    gain_db: float = 0.0


def effect_sound(kind: Kind) -> tuple[Samples, int]:
    """The sound as float32 (samples, 2) at 48 kHz, peak 1, and the index of the sample that stands on the effect's frame."""
    return {"whoosh": _whoosh, "pop": _pop, "click": _click, "tick": _tick, "chime": _chime, "pulse": _pulse}[kind]()


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
    return _both(shaped)


@cache
def _pop() -> tuple[Samples, int]:
    """A drop of 90 ms: a sine that rises from 380 to 950 Hz while it dies, as a bubble does (van den Doel, 2005)."""
    import numpy as np

    t = np.arange(int(0.09 * RATE_HZ)) / RATE_HZ
    pitch = 380 + 570 * (t / t[-1]) ** 0.7
    tone = np.sin(2 * np.pi * np.cumsum(pitch) / RATE_HZ) * np.exp(-t / 0.022)
    return _both(tone * np.minimum(1, t / 0.002) * np.minimum(1, (t[-1] - t) / 0.01))


@cache
def _click() -> tuple[Samples, int]:
    """A shutter: two short bursts of bright noise, the second softer, 60 ms apart."""
    import numpy as np

    noise = np.random.Generator(np.random.PCG64(11)).standard_normal(int(0.12 * RATE_HZ))
    bright = np.diff(noise, prepend=0.0)
    t = np.arange(len(bright)) / RATE_HZ
    late = np.maximum(t - 0.06, 0)
    return _both(bright * (np.exp(-t / 0.004) + 0.6 * np.exp(-late / 0.007) * (t > 0.06)) * np.minimum(1, t / 0.0005))


@cache
def _chime() -> tuple[Samples, int]:
    """Three bells, a fifth and an octave up, 110 ms apart, over 1.8 s."""
    return _struck(((0.0, 523.25, 0.8), (0.11, 783.99, 0.8), (0.22, 1046.5, 1.0)), 1.8)


@cache
def _pulse() -> tuple[Samples, int]:
    """Two deep strokes a quarter of a second apart and a low bell with the second, over 1.6 s."""
    import numpy as np

    bell, _ = _struck(((0.25, 220.0, 0.5), (0.25, 329.63, 0.4)), 1.6)
    t = np.arange(len(bell)) / RATE_HZ
    deep = np.zeros(len(t))
    for at in (0.0, 0.25):
        since = np.maximum(t - at, 0)
        sweep = 52 + 60 * np.exp(-since / 0.03)
        deep += (
            np.sin(2 * np.pi * np.cumsum(sweep * (t >= at)) / RATE_HZ) * np.exp(-since / 0.16) * (t >= at) * np.minimum(1, since / 0.003)
        )
    return _both(deep + 0.8 * bell[:, 0].astype(np.float64))


def _struck(notes: tuple[tuple[float, float, float], ...], length_s: float) -> tuple[Samples, int]:
    """Bells as (second, hertz, strength): partials of a tuned bar at 1, 2, 3 and 5.4, the higher the sooner gone."""
    import numpy as np

    t = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    made = np.zeros(len(t))
    for at, pitch, strength in notes:
        since = np.maximum(t - at, 0)
        for ratio, share, lasts in ((1, 1.0, 0.55), (2, 0.35, 0.3), (3, 0.16, 0.16), (5.4, 0.1, 0.05)):
            made += strength * share * np.sin(2 * np.pi * pitch * ratio * since) * np.exp(-since / lasts) * np.minimum(1, since / 0.003)
    return _both(made * np.minimum(1, (t[-1] - t) / 0.2))


def _both(mono: Any) -> tuple[Samples, int]:
    import numpy as np

    return np.repeat((mono / np.abs(mono).max()).astype(np.float32)[:, None], 2, axis=1), 0
