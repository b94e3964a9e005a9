"""Breaths between sentences: where a newsreader takes one, and a soft inhale made of shaped noise.

An inhale is turbulence: noise, coloured by an open mouth without a larynx behind it. Its colour is that of a tract whose length follows
from the voice's own pitch, so that a deep voice breathes deeply; it swells for two thirds of its length, falls quickly, and its
resonances rise a little, as the mouth opens for the word that comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

Breaths = Literal["auto", "clear", "off"]

LEAST_PAUSE_S = 0.45
"""A pause that holds a breath: the room after a word, the inhale, and 50 ms before the next."""
SHORTEST_S, LONGEST_S = 0.25, 0.40

_LEVELS_DBFS = {"auto": -56.0, "clear": -46.0}  # speech stands at -20: a studio's microphone, and one for audiobooks
_AHEAD_S = 0.01  # between the inhale and the 40 ms that every sentence keeps before its first sound
_LONG_S = 2.0  # a sentence that one breathes for after a pause
_AIR_S = 4.0  # speech after which one breathes in a pause, whatever follows
_OUT_OF_AIR_S = 9.0  # speech after which a pause is made long enough for one
_WORTH_S = 1.2  # a shorter sentence is said with what air is left

# Centres and half-widths in Hz of an inhale through the mouth, as of an unvoiced schwa by a woman, and how loud each is.
_RESONANCES = ((620, 150, 0.5), (1680, 190, 1.0), (2780, 260, 0.8), (4050, 400, 0.45), (5700, 750, 0.25), (8200, 1800, 0.1))
_HIGH_F0_HZ, _LOW_F0_HZ = 235.0, 135.0  # `loud_f0` of `heart` and of `michael`
_LOW_SCALE = 0.85  # tracts of men are about 17 cm long, of women 14.5


def plan(lengths_s: Sequence[float], pauses_s: Sequence[float], rooms_s: Sequence[float]) -> tuple[list[float], list[float]]:
    """Where breaths are taken.

    Args:
        lengths_s: seconds of each utterance.
        pauses_s: the silence wanted after each.
        rooms_s: how long the silence after each may become for a breath; 0 where it is to stay as it is.

    Returns:
        The seconds of the breath before each utterance, 0 for none, never before the first; and the pauses, some longer now.
    """
    breaths, pauses = [0.0] * len(lengths_s), list(pauses_s)
    since = 0.0
    for index in range(1, len(lengths_s)):
        since += lengths_s[index - 1]
        room, coming = pauses[index - 1], lengths_s[index]
        if since >= _OUT_OF_AIR_S and coming >= _WORTH_S and room < LEAST_PAUSE_S <= rooms_s[index - 1]:
            pauses[index - 1] = room = LEAST_PAUSE_S
        if room >= LEAST_PAUSE_S - 1e-6 and coming >= _WORTH_S and (coming >= _LONG_S or since >= _AIR_S):
            # One breathes the more in, the more there is to say.
            wish = SHORTEST_S + (LONGEST_S - SHORTEST_S) * min(max(coming - _WORTH_S, 0.0) / 5.0, 1.0)
            breaths[index] = min(wish, SHORTEST_S + (room - LEAST_PAUSE_S))
            since = 0.0
    return breaths, pauses


def into(silence: Samples, seconds: float, loudness: Breaths, f0_hz: float, seed: int) -> Samples:
    """The silence before a sentence with an inhale of `seconds` at its end; it begins and ends at nothing."""
    if loudness == "off" or seconds <= 0:
        return silence
    ahead = round(_AHEAD_S * RATE_HZ)
    made = inhale(min(seconds, max(0.0, (len(silence) - 2 * ahead) / RATE_HZ)), f0_hz, seed, level_dbfs=_LEVELS_DBFS[loudness])
    out = silence.copy()
    if len(made):
        out[len(out) - ahead - len(made) : len(out) - ahead] += made
    return out


def inhale(seconds: float, f0_hz: float, seed: int, *, level_dbfs: float) -> Samples:
    """A breath in: mono at 48 kHz, its loudest half at `level_dbfs` RMS, for a voice of this median pitch. Its noise is the seed's."""
    import numpy as np

    count = round(seconds * RATE_HZ)
    if count < RATE_HZ // 20:
        return np.zeros(0, np.float32)
    share = min(max((f0_hz - _LOW_F0_HZ) / (_HIGH_F0_HZ - _LOW_F0_HZ), -0.2), 1.3)
    scale = _LOW_SCALE + (1 - _LOW_SCALE) * share
    noise = np.fft.rfft(np.random.default_rng([seed, count]).standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    place = (np.arange(count) + 0.5) / count
    first, last = (np.fft.irfft(noise * _colour(hz, scale * lift), count) for lift in (0.95, 1.05))
    swell = np.where(place < 0.66, np.sin(np.pi / 2 * place / 0.66) ** 1.6, np.cos(np.pi / 2 * np.maximum(place - 0.66, 0) / 0.34) ** 1.8)
    sound = (first * (1 - place) + last * place) * swell
    loudest = np.sort(np.square(sound))[count // 2 :]
    return np.asarray(sound * 10 ** (level_dbfs / 20) / max(float(np.sqrt(loudest.mean())), 1e-9), np.float32)


def _colour(hz: NDArray[np.floating[Any]], scale: float) -> NDArray[np.float64]:
    """Gain by frequency: resonances on a floor, nothing below 200 Hz, falling above 6 kHz."""
    import numpy as np

    gain = np.full(hz.shape, 0.04)
    for centre, width, height in _RESONANCES:
        gain += height / (1 + np.square((hz - centre * scale) / (width * scale)))
    low = np.square(hz) / (np.square(hz) + 350.0**2)
    return np.asarray(gain * low**1.5 / (1 + (hz / 7500.0) ** 4))


def loud_f0(samples: Samples, rate_hz: int) -> float:
    """The pitch of a voice in Hz, from the autocorrelation of its forty loudest frames of 40 ms; 160 where none is voiced.

    Loud words are high ones, so it lies above the mean.
    """
    import numpy as np

    size, step = int(0.04 * rate_hz), int(0.02 * rate_hz)
    starts = np.arange(0, len(samples) - size, step)
    if len(starts) == 0:
        return 160.0
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::step][: len(starts)]
    levels = np.square(frames).mean(axis=1)
    loudest = frames[np.sort(np.argsort(levels)[-40:])] * np.hanning(size)
    power = np.square(np.abs(np.fft.rfft(loudest, 2 * size)))
    shape = np.fft.irfft(power)[:, :size] / np.fft.irfft(np.square(np.abs(np.fft.rfft(np.hanning(size), 2 * size))))[:size].clip(1e-3)
    shape /= np.maximum(shape[:, :1], 1e-12)
    low, high = int(rate_hz / 400), min(int(rate_hz / 65), size // 2)
    best = shape[:, low:high].max(axis=1)
    found = []
    for row, peak in zip(shape, best, strict=True):
        if peak > 0.5:
            first = low + int((row[low:high] >= 0.92 * peak).argmax())  # twice a period is a period too: the first of equal ones
            found.append(rate_hz / (first + int(row[first : first + first // 5 + 1].argmax())))
    return float(np.median(found)) if found else 160.0
