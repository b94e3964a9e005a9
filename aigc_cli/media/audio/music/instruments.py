"""Instruments: a pitch, a length and nothing else become a note as float32 sound at 48 kHz.

Three families, each described by a few numbers: what is struck or plucked (partials that die away one by one), what is
bowed or blown (detuned voices read from a cycle of harmonics), and drums. Nothing is sampled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

_CYCLE = 1 << 14
_WIDTH = 0.7  # of the sides, so that a telephone's single loudspeaker loses little


def hertz(pitch: float) -> float:
    """Frequency of a MIDI pitch, A4 at 440 Hz."""
    return float(440.0 * 2 ** ((pitch - 69) / 12))


@dataclass(frozen=True)
class Struck:
    """A struck or plucked string, bar or tine. Partials are (ratio to the pitch, level, seconds to fall by 60 dB at A4)."""

    partials: tuple[tuple[float, float, float], ...]
    attack_s: float = 0.002
    release_s: float = 0.08

    def sound(self, pitch: int, seconds: float) -> Samples:
        """(samples, 1), damped after `seconds`; it ends earlier when it has died away by itself."""
        import numpy as np

        frequency = hertz(pitch)
        low = min(2.0, (440 / frequency) ** 0.5)  # low strings ring longer
        longest = max(decay for _, _, decay in self.partials) * low
        length = int(min(seconds + self.release_s, longest) * RATE_HZ) + 1
        t = np.arange(length, dtype=np.float32) / np.float32(RATE_HZ)
        out = np.zeros(length, np.float32)
        for ratio, level, decay in self.partials:
            if ratio * frequency < 14_000:
                heard = min(length, int(decay * low * RATE_HZ) + 1)
                part = t[:heard]
                fall = np.exp(part * np.float32(-6.9 / (decay * low)))
                out[:heard] += np.float32(level) * np.sin(part * np.float32(2 * np.pi * ratio * frequency)) * fall
        return _shaped(out, self.attack_s, self.release_s)[:, None]


def _string(ring_s: float, *, fall: float, count: int, stiff: float = 0.0) -> tuple[tuple[float, float, float], ...]:
    """Partials of a plucked string: each `fall` times as loud as the one below, sooner gone, and sharper on a stiff string."""
    return tuple(
        (number * (1 + stiff * number * number) ** 0.5, fall ** (number - 1), ring_s / (1 + 0.45 * (number - 1)))
        for number in range(1, count + 1)
    )


@dataclass(frozen=True)
class Sustained:
    """Strings, brass, pads, voices: four voices detuned by some cents, two to a side, from a dark to a bright tone and back."""

    slope: float = 1.2
    dark_hz: float = 900.0
    bright_hz: float = 2200.0
    attack_s: float = 0.3
    release_s: float = 0.8
    detune_cents: float = 7.0
    bright_s: float = 1.5
    odd: float = 1.0

    def sound(self, pitch: int, seconds: float) -> Samples:
        """(samples, 2): `seconds` held, then released."""
        import numpy as np

        length = int((seconds + self.release_s) * RATE_HZ)
        frequency = hertz(pitch)
        t = np.arange(length, dtype=np.float32) / np.float32(RATE_HZ)
        swell = np.minimum(t / np.float32(max(self.attack_s, 1e-3)), np.float32(1)) * np.exp(t * np.float32(-1 / self.bright_s))
        dark, bright = _cycle(frequency, self.slope, self.dark_hz, self.odd), _cycle(frequency, self.slope, self.bright_hz, self.odd)
        out = np.empty((length, 2), np.float32)
        for side in (0, 1):
            low, high = np.zeros(length, np.float32), np.zeros(length, np.float32)
            for voice, cents in enumerate((-1.0, 0.62) if side else (-0.55, 1.0)):
                step = frequency * 2 ** (cents * self.detune_cents / 1200) / RATE_HZ * _CYCLE
                first = (pitch * 2654435761 + side * 7919 + voice * 104729) % _CYCLE  # voices start apart, always the same way
                at = (np.arange(length) * step + first).astype(np.int64) & (_CYCLE - 1)
                low += dark[at]
                high += bright[at]
            out[:, side] = low + (high - low) * swell
        middle = out.mean(axis=1, keepdims=True)
        out = middle + (out - middle) * np.float32(_WIDTH)
        return _shaped(out * np.float32(0.5), self.attack_s, self.release_s)


@cache
def _cycle(frequency: float, slope: float, cutoff_hz: float, odd: float) -> Samples:
    """One cycle of a saw with harmonics falling as k^-slope, low-passed by 12 dB an octave from `cutoff_hz`."""
    import numpy as np

    count = max(1, min(40, int(9000 / frequency)))
    k = np.arange(1, count + 1)
    level = k**-slope / (1 + (k * frequency / cutoff_hz) ** 2) * np.where(k % 2 == 0, odd, 1.0)
    spectrum = np.zeros(_CYCLE // 2 + 1, np.complex128)
    spectrum[1 : count + 1] = -0.5j * _CYCLE * level * np.exp(1j * 0.9 * k * k)  # phases spread, so that no cycle has a spike
    wave = np.fft.irfft(spectrum, _CYCLE)
    cycle: Samples = (wave / np.sqrt(np.mean(wave**2)) * 0.35).astype(np.float32)
    return cycle


def _shaped(sound: Samples, attack_s: float, release_s: float) -> Samples:
    """Rises and falls along a raised cosine, so that nothing clicks."""
    import numpy as np

    for seconds, part in ((attack_s, slice(None)), (release_s, slice(None, None, -1))):
        edge = min(int(seconds * RATE_HZ), len(sound))
        if edge:
            ramp = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, edge, endpoint=False))).astype(np.float32)
            view = sound[part][:edge]
            view *= ramp[:, None] if sound.ndim == 2 else ramp
    return sound


INSTRUMENTS: dict[str, Struck | Sustained] = {
    "kalimba": Struck(((1, 1, 1.6), (2, 0.16, 0.8), (3, 0.06, 0.4), (5.4, 0.14, 0.18), (8.9, 0.06, 0.08))),
    "marimba": Struck(((1, 1, 0.9), (3.98, 0.34, 0.25), (9.6, 0.12, 0.08), (14.5, 0.04, 0.04)), attack_s=0.002),
    "electric": Struck(
        ((1, 1, 3.2), (2, 0.32, 2.2), (3, 0.18, 1.6), (4, 0.12, 1.1), (5, 0.07, 0.8), (7, 0.04, 0.5), (14.2, 0.05, 0.14)),
        attack_s=0.003,
        release_s=0.25,
    ),
    "piano": Struck(_string(4.2, fall=0.62, count=14, stiff=0.0004), attack_s=0.002, release_s=0.30),
    "muted": Struck(_string(0.60, fall=0.72, count=16), attack_s=0.0015, release_s=0.06),
    "pizzicato": Struck(_string(0.62, fall=0.64, count=12), attack_s=0.002),
    "bell": Struck(((1, 1, 2.4), (2, 0.20, 1.6), (2.76, 0.26, 1.0), (5.4, 0.14, 0.5), (8.9, 0.06, 0.25)), attack_s=0.002, release_s=0.4),
    "warm": Sustained(slope=1.15, dark_hz=1100, bright_hz=2600, attack_s=0.30, release_s=0.9, detune_cents=8),
    "glass": Sustained(slope=1.5, dark_hz=1500, bright_hz=4200, attack_s=0.6, release_s=1.4, detune_cents=5, odd=0.5, bright_s=3.0),
    "strings": Sustained(slope=0.95, dark_hz=1800, bright_hz=4200, attack_s=0.22, release_s=0.55, detune_cents=11, bright_s=4.0),
    "spiccato": Sustained(slope=0.95, dark_hz=1500, bright_hz=5200, attack_s=0.010, release_s=0.12, detune_cents=9, bright_s=0.12),
    "brass": Sustained(slope=0.9, dark_hz=1000, bright_hz=3800, attack_s=0.05, release_s=0.35, detune_cents=6, bright_s=0.7),
    "pulse": Sustained(slope=1.0, dark_hz=800, bright_hz=4800, attack_s=0.003, release_s=0.09, detune_cents=6, bright_s=0.07),
    "round-bass": Struck(_string(2.4, fall=0.50, count=8), attack_s=0.005, release_s=0.09),
    "plucked-bass": Struck(_string(1.5, fall=0.58, count=10), attack_s=0.003, release_s=0.06),
    "deep-bass": Sustained(slope=1.3, dark_hz=320, bright_hz=1100, attack_s=0.015, release_s=0.14, detune_cents=2, bright_s=0.4),
}
