"""Sounds by name that a scene may ask for, all computed: no sample, no licence. The small ones of `effects` and larger ones.

| sound     | what it is                                                   |
|-----------|--------------------------------------------------------------|
| `riser`   | noise and a tone that climb to a sudden end: before a reveal |
| `boom`    | one deep stroke that rings out                               |
| `ding`    | a bell, struck once                                          |
| `sparkle` | a run of small bells                                         |
| `typing`  | keys, hit unevenly                                           |
| `rain`    | rain on leaves                                               |
| `wind`    | wind in gusts                                                |
| `beep`    | a clean tone of 1 kHz                                        |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, get_args

from aigc_cli.media.audio import effects
from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Wide = NDArray[np.float64]

LENGTH_S: Mapping[str, float] = {
    "riser": 2.0, "boom": 2.2, "ding": 1.6, "sparkle": 1.4, "typing": 2.0, "rain": 4.0, "wind": 4.0, "beep": 0.5,
}  # fmt: skip
"""How long each lasts when nobody asks for another length. Bells and booms keep their own."""
STRETCHES = ("riser", "typing", "rain", "wind", "beep")
_EDGE_S = 0.01
_SLOW_EDGE_S = 0.35
_STRIKE_S = 0.002  # a bell that starts at once clicks


def made(kind: str, duration_s: float | None, seed: int) -> tuple[Samples, float]:
    """A sound as float32 (samples, 2) at 48 kHz, peak 1, and the second in it that belongs on the moment it is asked for.

    A riser ends there, a whoosh is loudest there, all others begin there. The seed changes what is random: drops, keys, gusts.
    """
    import numpy as np

    if kind in get_args(effects.Kind):
        small, mark = effects.effect_sound(kind)  # type: ignore[arg-type]  # checked in the line before
        return small, mark / RATE_HZ
    seconds = duration_s if duration_s is not None and kind in STRETCHES else LENGTH_S[kind]
    makers: dict[str, Callable[[Wide, np.random.Generator], Wide]] = {
        "riser": _riser, "boom": _boom, "ding": _ding, "sparkle": _sparkle, "typing": _typing, "rain": _rain, "wind": _wind, "beep": _beep,
    }  # fmt: skip
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    sound = makers[kind](t, np.random.Generator(np.random.PCG64(seed + 17)))
    if sound.ndim == 1:
        sound = np.repeat(sound[:, None], 2, axis=1)
    edge = min(_SLOW_EDGE_S if kind in ("rain", "wind") else _EDGE_S, seconds / 4)
    first = 0.001 if kind in ("boom", "ding", "sparkle") else edge
    sound = sound * (np.minimum(1, t / first) * np.minimum(1, (t[-1] - t) / edge))[:, None]
    return (sound / np.abs(sound).max()).astype(np.float32), seconds if kind == "riser" else 0.0


def _shaped(noise: Wide, low_hz: float, high_hz: float) -> Wide:
    """Noise within a band, with soft edges an octave wide, by one transform over its whole length."""
    import numpy as np

    frequency = np.fft.rfftfreq(len(noise), 1 / RATE_HZ)
    octaves = np.log2(np.maximum(frequency, 1.0))
    band = np.clip(octaves - np.log2(low_hz) + 1, 0, 1) * np.clip(np.log2(high_hz) + 1 - octaves, 0, 1)
    shaped: Wide = np.fft.irfft(np.fft.rfft(noise, axis=0) * (band[:, None] if noise.ndim == 2 else band), len(noise), axis=0)
    return shaped / max(float(shaped.std()), 1e-9)


def _riser(t: Wide, dice: np.random.Generator) -> Wide:
    import numpy as np

    way = t / t[-1]
    noise = dice.standard_normal((len(t), 2))
    bands = [_shaped(noise, 200 * 2**step, 400 * 2**step) for step in range(6)]
    heights = [np.exp(-(((way * 6 - step - 0.5) / 1.1) ** 2)) for step in range(6)]
    air = sum(band * height[:, None] for band, height in zip(bands, heights, strict=True))
    tone = np.sin(2 * np.pi * np.cumsum(110 * 8**way) / RATE_HZ) * 0.5
    made: Wide = (air + tone[:, None]) * (way**2)[:, None]
    return made


def _boom(t: Wide, dice: np.random.Generator) -> Wide:
    import numpy as np

    deep = np.sin(2 * np.pi * np.cumsum(38 + 70 * np.exp(-t / 0.04)) / RATE_HZ) * np.exp(-t / 0.6)
    hit = _shaped(dice.standard_normal(len(t)), 60, 900) * np.exp(-t / 0.05) * 0.25
    room = _shaped(dice.standard_normal((len(t), 2)), 80, 500) * (np.exp(-t / 0.7) * (1 - np.exp(-t / 0.02)) * 0.05)[:, None]
    made: Wide = (deep + hit)[:, None] + room
    return made


def _bell(t: Wide, at: float, pitch_hz: float, strength: float, lasts_s: float) -> Wide:
    """A struck bar: partials at 1, 2.76, 5.4 and 8.93 (Fletcher and Rossing, The Physics of Musical Instruments), high ones gone first."""
    import numpy as np

    since = np.maximum(t - at, 0)
    parts = ((1, 1.0, 1.0), (2.76, 0.4, 0.45), (5.4, 0.2, 0.22), (8.93, 0.08, 0.12))
    rung: Wide = np.zeros(len(t))
    for ratio, share, lasting in parts:
        if pitch_hz * ratio < RATE_HZ / 2.2:
            rung += share * np.sin(2 * np.pi * pitch_hz * ratio * since) * np.exp(-since / (lasts_s * lasting))
    return rung * strength * np.minimum(1, since / _STRIKE_S)


def _ding(t: Wide, dice: np.random.Generator) -> Wide:
    return _bell(t, 0.0, 1318.5, 1.0, 0.5)


def _sparkle(t: Wide, dice: np.random.Generator) -> Wide:
    import numpy as np

    scale = 1046.5 * 2 ** (np.array([0, 4, 7, 11, 12, 16, 19, 23, 24]) / 12)  # a major seventh chord over two octaves
    made: Wide = np.zeros((len(t), 2))
    for number, pitch in enumerate(scale):
        side = dice.uniform(0.25, 0.75)
        rung = _bell(t, number * 0.055 + dice.uniform(0, 0.02), float(pitch), dice.uniform(0.5, 1.0), 0.28)
        made += rung[:, None] * np.sqrt(np.array([1 - side, side]))[None, :]
    return made


def _typing(t: Wide, dice: np.random.Generator) -> Wide:
    import numpy as np

    made: Wide = np.zeros(len(t))
    at = 0.02
    while at < t[-1] - 0.08:
        start = round(at * RATE_HZ)
        size = min(round(0.06 * RATE_HZ), len(t) - start)
        own = np.arange(size) / RATE_HZ
        body = np.sin(2 * np.pi * dice.uniform(180, 260) * own) * np.exp(-own / 0.012) * 0.5
        snap = np.diff(dice.standard_normal(size), prepend=0.0) * np.exp(-own / 0.0035)
        made[start : start + size] += (body + snap) * dice.uniform(0.5, 1.0)
        at += dice.uniform(0.07, 0.14) + (dice.uniform(0.1, 0.25) if dice.random() < 0.18 else 0.0)
    return made


def _rain(t: Wide, dice: np.random.Generator) -> Wide:
    import numpy as np

    bed = _shaped(dice.standard_normal((len(t), 2)), 900, 9000) * 0.2
    drops = np.zeros((len(t), 2))
    count = round(140 * t[-1])
    starts = dice.integers(0, max(1, len(t) - 600), count)
    own = np.arange(600) / RATE_HZ
    for start in starts:
        drop = np.sin(2 * np.pi * dice.uniform(1500, 5500) * own) * np.exp(-own / dice.uniform(0.0008, 0.003)) * dice.uniform(0.1, 0.9)
        side = dice.uniform(0, 1)
        drops[start : start + 600] += drop[: len(t) - start, None] * np.sqrt(np.array([1 - side, side]))[None, :]
    return bed + drops


def _wind(t: Wide, dice: np.random.Generator) -> Wide:
    import numpy as np

    phases = dice.uniform(0, 2 * np.pi, 3)
    gust = 0.5 + sum(
        share * np.sin(2 * np.pi * t * rate + phase) for share, rate, phase in zip((0.3, 0.15, 0.08), (0.21, 0.5, 1.1), phases, strict=True)
    )
    low = _shaped(dice.standard_normal((len(t), 2)), 80, 350)
    high = _shaped(dice.standard_normal((len(t), 2)), 400, 1400)
    gust = np.clip(gust, 0.05, 1.2)
    made: Wide = low * (gust * 0.5)[:, None] + high * (gust**2 * 0.8)[:, None]
    return made


def _beep(t: Wide, dice: np.random.Generator) -> Wide:
    import numpy as np

    made: Wide = np.sin(2 * np.pi * 1000 * t)
    return made
