"""Where the beats of a piece of music fall, from its sound alone.

D. P. W. Ellis, "Beat Tracking by Dynamic Programming", Journal of New Music Research 36 (2007): an envelope of onsets, its
autocorrelation for the tempo, and the way through the envelope that has strong onsets at even distances.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from aigc_cli.media.audio.sound import RATE_HZ, resample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Floats = NDArray[np.float64]

_OWN_HZ = 12_000
_HOP = 96
STEPS_HZ = _OWN_HZ / _HOP
"""Steps of the envelope and of the bands in a second."""
_WINDOW = 512
_BANDS = 40
_LOW_BANDS = 5  # bands below about 200 Hz: kick drum and bass, which mark the first of a bar
_SLOWEST_BPM, _FASTEST_BPM = 45.0, 215.0
_USUAL_BPM, _OCTAVES = 116.0, 0.9  # log-normal preference of listeners (Ellis, 3.2, narrower)
_TIGHTNESS = 400.0
_LEAST_PULSE = 0.12  # autocorrelation at the beat's period under which nothing is counted as beats
_LEAST_S = 4.0
_EARLY = 0.04  # seconds before the start that the first beat may have been found at
_BEATS_A_BAR = 4


@dataclass(frozen=True)
class Beats:
    """`beats_s` rise, the first of every four begins a bar; without a pulse there are none and `tempo_bpm` is 0.

    `bands` (steps, 40) is the log spectrum by which places of a piece can be compared, `STEPS_HZ` steps a second.
    """

    tempo_bpm: float
    beats_s: tuple[float, ...]
    bands: Floats


def find_beats(samples: Samples, *, tempo_bpm: float | None = None) -> Beats:
    """The beats of music: float32 (samples, channels) at 48 kHz. A given tempo is kept to within a few per cent."""
    import numpy as np

    bands = _bands(samples)
    onset, low = _onsets(bands), _onsets(bands[:, :_LOW_BANDS])
    none = Beats(0.0, (), bands)
    if len(onset) < _LEAST_S * STEPS_HZ or onset.std() == 0:
        return none
    onset = onset / onset.std()
    period, pulse = _period(onset, tempo_bpm)
    if pulse < _LEAST_PULSE and tempo_bpm is None:
        return none
    places = _tracked(onset, period)
    if len(places) < 2 * _BEATS_A_BAR:
        return none
    while places[0] - period > -_EARLY * STEPS_HZ:  # what sounds from the very start has no onset
        places = np.insert(places, 0, round(places[0] - period))
    phase = max(range(_BEATS_A_BAR), key=lambda k: _strength(low, places[k::_BEATS_A_BAR]))
    places = places[phase:]
    tempo = 60 * STEPS_HZ / float(np.polyfit(np.arange(len(places)), places, 1)[0])
    late = (_WINDOW - 2 * _HOP) / _OWN_HZ  # an onset is seen as soon as the end of a window reaches it
    return Beats(round(tempo, 2), tuple(round(max(float(at) / STEPS_HZ + late, 0.0), 4) for at in places), bands)


def _bands(samples: Samples) -> Floats:
    """Log energy in 40 bands, equally wide to the ear, of windows 8 ms apart."""
    import numpy as np

    mono = resample(samples.mean(axis=1) if samples.ndim == 2 else samples, RATE_HZ, _OWN_HZ)
    mono = np.pad(mono, (0, _WINDOW))
    count = max(0, (len(mono) - _WINDOW) // _HOP)
    window, weights = np.hanning(_WINDOW).astype(np.float32), _mel()
    found = np.empty((count, _BANDS))
    for start in range(0, count, 4096):  # a few seconds at a time: memory does not grow with the length
        stop = min(start + 4096, count)
        part = np.lib.stride_tricks.sliding_window_view(mono[start * _HOP : (stop - 1) * _HOP + _WINDOW], _WINDOW)[::_HOP]
        found[start:stop] = np.abs(np.fft.rfft(part * window, axis=1)) @ weights
    return np.log1p(100 * found)


@cache
def _mel() -> Any:
    """Triangles at equal distances of mel (O'Shaughnessy 1987): (frequencies, bands)."""
    import numpy as np

    top = 2595 * math.log10(1 + _OWN_HZ / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, _BANDS + 2) / 2595) - 1)
    at = np.fft.rfftfreq(_WINDOW, 1 / _OWN_HZ)[:, None]
    rise, fall = (at - edges[:-2]) / (edges[1:-1] - edges[:-2]), (edges[2:] - at) / (edges[2:] - edges[1:-1])
    return np.clip(np.minimum(rise, fall), 0, None) / _WINDOW


def _onsets(bands: Floats) -> Floats:
    """How much louder the bands become at each step, less what is usual around it."""
    import numpy as np

    rise = np.maximum(np.diff(bands, axis=0, prepend=bands[:1]), 0).mean(axis=1)
    smooth = np.convolve(rise, np.hanning(7)[1:-1] / np.hanning(7)[1:-1].sum(), "same")
    wide = int(STEPS_HZ)
    around = np.convolve(smooth, np.ones(wide) / wide, "same") if len(smooth) > wide else smooth.mean()
    made: Floats = np.maximum(smooth - around, 0)
    return made


def _period(onset: Floats, tempo_bpm: float | None) -> tuple[float, float]:
    """Steps from beat to beat, and the autocorrelation there, 1 for a perfect pulse."""
    import numpy as np

    longest = min(len(onset) - 1, int(8 * 60 / _SLOWEST_BPM * STEPS_HZ))
    centred = onset - onset.mean()
    size = 1 << (2 * len(onset) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    same = np.fft.irfft(np.abs(spectrum) ** 2, size)[: longest + 1]
    same = same / np.maximum(same[0], 1e-12)
    lags = np.arange(longest + 1)
    if tempo_bpm is None:
        with np.errstate(divide="ignore"):
            bpm = np.where(lags > 0, 60 * STEPS_HZ / np.maximum(lags, 1), 0)
        liked = np.exp(-0.5 * (np.log2(np.maximum(bpm, 1e-9) / _USUAL_BPM) / _OCTAVES) ** 2)
        # a beat has beats after it: what also comes back after two and four periods is one
        more = sum(np.interp(lags * k, lags, same, right=0.0) for k in (1, 2, 4))
        score = np.where((bpm >= _SLOWEST_BPM) & (bpm <= _FASTEST_BPM), more * liked, -np.inf)
        rough = float(np.argmax(score))
    else:
        rough = 60 * STEPS_HZ / tempo_bpm
    near = rough * np.linspace(0.97, 1.03, 121)
    many = max(1, min(16, int(longest / (rough * 1.03))))
    fine = sum(np.interp(near * k, lags, same) for k in range(1, many + 1))
    best = float(near[int(np.argmax(fine))])
    return best, float(np.interp(best, lags, same))


def _tracked(onset: Floats, period: float) -> Any:
    """Steps of the beats: each the best follower of the one before, read backwards from the best last one."""
    import numpy as np

    back = np.arange(-round(2 * period), -max(1, round(period / 2)) + 1)
    cost = -_TIGHTNESS * np.log(-back / period) ** 2
    total, before = onset.copy(), np.full(len(onset), -1)
    for at in range(len(onset)):
        first = at + back[0]
        if first < 0:
            usable = back[-first:]
            if not len(usable):
                continue
            scores = cost[-first:] + total[at + usable]
        else:
            scores = cost + total[first : at + back[-1] + 1]
        best = int(np.argmax(scores))
        if scores[best] > 0:
            total[at] += scores[best]
            before[at] = at + int(back[best - len(scores)])
    last = len(onset) - max(1, round(period))
    at = last + int(np.argmax(total[last:]))
    found = []
    while at >= 0:
        found.append(at)
        at = int(before[at])
    return np.array(found[::-1])


def _strength(low: Floats, places: Any) -> float:
    """How strong the bass begins at these steps, one step to either side counted in."""
    import numpy as np

    near = [low[np.clip(places + k, 0, len(low) - 1)] for k in (-2, -1, 0, 1, 2)]
    return float(np.max(near, axis=0).mean())
