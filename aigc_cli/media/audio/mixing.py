"""The sound of a clip: narration on the frame grid, music ducked under it, small effects, one loudness, no clipping.

`mix` returns exactly as many samples as the frames last. AAC overshoots by 0.2 to 1.8 dB, depending on the sound, so the mix is
encoded and decoded once in memory, and what is measured there decides: -14 LUFS, true peak at most -1 dBTP.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from aigc_cli.media.audio import aac
from aigc_cli.media.audio.effects import Effect, effect_sound
from aigc_cli.media.audio.loudness import SILENCE_LUFS, integrated_lufs, true_peak_dbtp, true_peak_pieces
from aigc_cli.media.audio.sound import RATE_HZ, as_stereo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

TARGET_LUFS = -14.0
CEILING_DBTP = -1.0
"""Highest true peak of the finished file."""

DUCK_DB = 12.0
ATTACK_S = 0.080
RELEASE_S = 0.400

_MUSIC_LU = -6.0  # music over speech where nobody speaks; 18 LU below it where somebody does
_EFFECT_LU = {"whoosh": -8.0, "tick": -6.0}  # loudness of an effect's own 400 ms over the speech
_AMBIENCE_MOST_DB = 12.0
_SPEECH_LUFS = -20.0  # level of the parts before the sum when there is no speech to measure
_BLOCK = 16  # samples; the limiter thinks in thirds of a millisecond
_SMOOTH = 3  # blocks on each side
_MOST_LIMITING_DB = 12.0  # more drive than this into the limiter does not make sound louder, only worse
_GRID = RATE_HZ // 100  # the ducker looks every 10 ms
_HOLD_S = 0.30  # a gap between words shorter than this does not bring the music up
_AAC_OVERSHOOT_DB = 0.8  # what most mixes need; the rest is found by measuring
_AAC_LOSS_LU = 0.1
_NEAR_LU = 0.15
_TRIPS = 5
_MOST_GAIN_DB = 40.0  # what is quieter than -54 LUFS is noise and is not blown up to full loudness


def sample_at(frame: int, fps: int) -> int:
    """The sample on which a frame begins, rounded to nearest; exact where 48000 is a multiple of `fps`."""
    return (2 * frame * RATE_HZ + fps) // (2 * fps)


def mix(
    duration_frames: int,
    fps: int,
    takes: Sequence[tuple[int, Samples]] = (),
    music: Samples | None = None,
    effects: Sequence[Effect] = (),
    *,
    beats_s: Sequence[float] = (),
    target_lufs: float = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
) -> Samples:
    """Mixes a clip's sound: float32 (samples, 2) at 48 kHz, exactly `duration_frames / fps` long.

    Args:
        duration_frames: Length of the clip.
        fps: Frames per second.
        takes: Narration as (first frame, samples) at 48 kHz, mono or stereo. What passes the clip's end is faded out.
        music: Music at 48 kHz, mono or stereo; repeated or shortened to the clip's length, its ending kept.
        effects: Small sounds.
        beats_s: When the music's beats fall, the first of each bar every fourth: where it may be cut.
        target_lufs: Integrated loudness of the mix.
        ceiling_dbtp: True peak that the mix does not pass once it is encoded.

    Silence stays silence. Nothing here is random.
    """
    total = _sum(duration_frames, fps, takes, music, effects, beats_s=beats_s)
    return _mastered(total, target_lufs, ceiling_dbtp).samples


@dataclass(frozen=True)
class Master:
    """A clip's sound as it is heard: the samples, their AAC as an MP4, and what was measured on the decoded AAC."""

    samples: Samples
    encoded: bytes
    loudness_lufs: float
    true_peak_dbtp: float


def finish(
    duration_frames: int,
    fps: int,
    takes: Sequence[tuple[int, Samples]] = (),
    music: Samples | None = None,
    effects: Sequence[Effect] = (),
    *,
    beats_s: Sequence[float] = (),
    ambience: Sequence[tuple[int, Samples, bool]] = (),
) -> Master:
    """What `mix` gives, with the AAC that the finished file carries: its last trip is not made twice."""
    total = _sum(duration_frames, fps, takes, music, effects, beats_s=beats_s, ambience=ambience)
    return _mastered(total, TARGET_LUFS, CEILING_DBTP)


def _sum(
    duration_frames: int,
    fps: int,
    takes: Sequence[tuple[int, Samples]],
    music: Samples | None,
    effects: Sequence[Effect],
    *,
    beats_s: Sequence[float],
    ambience: Sequence[tuple[int, Samples, bool]] = (),
) -> Samples:
    import numpy as np

    length = sample_at(duration_frames, fps)
    total = np.zeros((length, 2), np.float32)
    for frame, samples in takes:
        _place(total, as_stereo(samples), sample_at(frame, fps))
    spoken = integrated_lufs(total)
    level = spoken if spoken > SILENCE_LUFS else _SPEECH_LUFS
    narration = total.copy() if ambience else total
    for frame, samples, is_ducked in ambience:
        _place_ambience(total, narration if is_ducked else None, as_stereo(samples), sample_at(frame, fps), level)
    if music is not None and len(music) and length:
        bed = fit_music(as_stereo(music), length, beats_s)
        gain = duck_gain(total) if spoken > SILENCE_LUFS else np.ones(length, np.float32)
        own = integrated_lufs(bed)
        if own > SILENCE_LUFS:
            gain *= np.float32(10 ** ((level + _MUSIC_LU - own) / 20))
            bed *= gain[:, None]
            total += bed
        del bed, gain
    for effect in effects:
        sound, mark = effect_sound(effect.kind)
        gain_db = level + _EFFECT_LU[effect.kind] - integrated_lufs(sound) + effect.gain_db
        _place(total, sound * np.float32(10 ** (gain_db / 20)), sample_at(effect.frame, fps) - mark)
    return total


def _place_ambience(total: Samples, narration: Samples | None, sound: Samples, start: int, level: float) -> None:
    """Adds the own sound of a film, as loud as speech; under the narration, when there is one to duck under, 12 dB softer."""
    import numpy as np

    own = integrated_lufs(sound)
    if own <= SILENCE_LUFS:
        return
    # a whisper of room tone is not blown up to the loudness of speech
    sound = sound * np.float32(10 ** (min(level - own, _AMBIENCE_MOST_DB) / 20))
    if narration is not None:
        around = np.zeros((len(sound), 2), np.float32)
        first, last = max(start, 0), min(start + len(sound), len(narration))
        if first < last:
            around[first - start : last - start] = narration[first:last]
            if integrated_lufs(narration) > SILENCE_LUFS:
                sound = sound * duck_gain(around)[:, None]
    _place(total, sound, start)


def master(samples: Samples, *, target_lufs: float = TARGET_LUFS, ceiling_dbtp: float = CEILING_DBTP) -> Samples:
    """Brings stereo sound to a loudness and under a ceiling of true peaks, both as measured after AAC at 192 kb/s.

    Silence comes back as it is. Sound that is nothing but a few clicks stays softer than asked: the ceiling goes first.
    """
    return _mastered(samples, target_lufs, ceiling_dbtp).samples


def _mastered(samples: Samples, target_lufs: float, ceiling_dbtp: float) -> Master:
    import numpy as np

    own = integrated_lufs(samples)
    if own <= SILENCE_LUFS:
        return Master(samples, aac.encode(samples), SILENCE_LUFS, -math.inf)
    peaks = _peaks(samples)
    aim, ceiling = target_lufs + _AAC_LOSS_LU, ceiling_dbtp - _AAC_OVERSHOOT_DB
    best: Master | None = None
    for attempt in range(_TRIPS):
        made, got = _level(samples, peaks, own, aim, ceiling)
        trip = _trip(made)
        excess, miss = trip.true_peak_dbtp - ceiling_dbtp, target_lufs - trip.loudness_lufs
        if excess <= 0 and (best is None or abs(miss) < abs(target_lufs - best.loudness_lufs)):
            best = trip
        if excess <= 0 and (abs(miss) < _NEAR_LU or got < aim - _NEAR_LU):
            break
        if excess > 0:
            ceiling -= excess + 0.1 + 0.2 * attempt  # overshoot does not follow the ceiling evenly, so ever wider
        aim += min(max(miss, -0.5), 0.5)
    return best or _trip(made * np.float32(10 ** (-(excess + 0.5) / 20)))


def _trip(samples: Samples) -> Master:
    encoded = aac.encode(samples)
    heard = aac.heard(encoded)
    return Master(samples, encoded, integrated_lufs(heard), true_peak_dbtp(heard))


def _level(samples: Samples, peaks: Samples, own_lufs: float, target_lufs: float, ceiling_dbtp: float) -> tuple[Samples, float]:
    """Gain, then the limiter, tried up to four times, for the limiter takes some loudness away; and the loudness reached."""
    gain_db = min(target_lufs - own_lufs, _MOST_GAIN_DB)
    while True:
        made = _limited(samples, peaks, gain_db, ceiling_dbtp)
        got = integrated_lufs(made)
        gain_db, before = min(gain_db + target_lufs - got, _MOST_GAIN_DB), gain_db
        if abs(gain_db - before) < 0.05 or gain_db > target_lufs - own_lufs + _MOST_LIMITING_DB:
            return made, got


def limit(samples: Samples, ceiling_dbtp: float) -> Samples:
    """Holds the true peaks of (samples, 2) at or below a ceiling, looking 5 ms ahead and letting go by 60 dB a second.

    The gain falls in a straight line of decibels before each peak and rises after it. Sound below the ceiling comes back
    unchanged.
    """
    return _limited(samples, _peaks(samples), 0.0, ceiling_dbtp)


def _peaks(samples: Samples) -> Samples:
    """The true peak in each block of a third of a millisecond, reaching over its borders."""
    import numpy as np

    pieces = [np.zeros(0, np.float32), *true_peak_pieces(samples)]
    between = np.concatenate(pieces)  # each sample's peak reaches up to the next sample
    blocks = np.pad(between, (0, -len(between) % _BLOCK)).reshape(-1, _BLOCK)
    peaks: Samples = blocks.max(axis=1)
    peaks[1:] = np.maximum(peaks[1:], blocks[:-1, -1])
    return peaks


def _limited(samples: Samples, peaks: Samples, gain_db: float, ceiling_dbtp: float) -> Samples:
    import numpy as np

    gain = np.float32(10 ** (gain_db / 20))
    ceiling = 10 ** (ceiling_dbtp / 20)
    if not len(peaks) or float(peaks.max()) * gain <= ceiling:
        return samples if gain_db == 0 else samples * gain
    needed = np.minimum(0.0, -20 * np.log10(np.maximum(peaks.astype(np.float64) * float(gain) / ceiling, 1e-9)))
    reach = _SMOOTH + 1  # kept this far on both sides, so that neither smoothing nor interpolation lifts it above what is needed
    least = np.lib.stride_tricks.sliding_window_view(np.pad(needed, reach, mode="edge"), 2 * reach + 1).min(axis=1)
    slopes = _slopes(least, down_db_per_s=6 / 0.005, up_db_per_s=60.0, rate_hz=RATE_HZ / _BLOCK)
    kernel = np.hanning(2 * _SMOOTH + 3)[1:-1]
    smooth = 10 ** (np.convolve(np.pad(slopes, _SMOOTH, mode="edge"), kernel / kernel.sum(), "valid") / 20)
    at = (np.arange(len(samples)) - (_BLOCK - 1) / 2) / _BLOCK
    made: Samples = samples * (np.interp(at, np.arange(len(smooth)), smooth).astype(np.float32) * gain)[:, None]
    return made


def duck_gain(speech: Samples) -> Samples:
    """How far the music is turned down for each sample of the narration: 1 where nobody speaks, -12 dB where somebody does.

    It is down when the word begins, having fallen in the 80 ms before it, and rises in 400 ms after the last.
    """
    import numpy as np

    length = len(speech)
    steps = -(-length // _GRID)
    power = np.square(np.pad(speech.mean(axis=1), (0, steps * _GRID - length))).reshape(steps, _GRID).mean(axis=1)
    level_db = 10 * np.log10(power + 1e-12)
    spoken = level_db[level_db > -60]
    threshold = max(-60.0, float(np.percentile(spoken, 80)) - 25) if len(spoken) else 0.0
    wanted = np.where(level_db > threshold, -DUCK_DB, 0.0)
    hold = round(_HOLD_S * RATE_HZ / _GRID)
    below = np.flatnonzero(wanted < 0)
    for first, second in pairwise(below):
        if 1 < second - first <= hold:
            wanted[first:second] = -DUCK_DB
    rate = RATE_HZ / _GRID
    gain_db = _slopes(wanted, down_db_per_s=DUCK_DB / ATTACK_S, up_db_per_s=DUCK_DB / RELEASE_S, rate_hz=rate)
    at = (np.arange(length) - _GRID / 2) / _GRID
    made: Samples = (10 ** (np.interp(at, np.arange(steps), gain_db) / 20)).astype(np.float32)
    return made


def _slopes(wanted_db: NDArray[np.float64], *, down_db_per_s: float, up_db_per_s: float, rate_hz: float = RATE_HZ) -> NDArray[np.float64]:
    """The highest curve nowhere above `wanted_db` that falls and rises no faster than asked."""
    import numpy as np

    place = np.arange(len(wanted_db), dtype=np.float64)
    up, down = up_db_per_s / rate_hz, down_db_per_s / rate_hz
    risen = np.minimum.accumulate(wanted_db - up * place) + up * place
    fallen: NDArray[np.float64] = np.minimum.accumulate((risen - down * place[::-1])[::-1])[::-1] + down * place[::-1]
    return fallen


def fit_music(music: Samples, length: int, beats_s: Sequence[float] = ()) -> Samples:
    """Stereo music of exactly `length` samples as a new array: the beginning and the ending kept, the middle cut or repeated.

    Joins fall on the first beat of a bar when beats are given. Without them they are cross-faded over half a second.
    """
    import numpy as np

    bars = [round(at * RATE_HZ) for at in beats_s[::4] if 0 < at * RATE_HZ < len(music)]
    own = len(music)
    if own < length:
        first, last = (bars[0], bars[-1]) if len(bars) > 1 else (own // 4, own - own // 4)
        fade = _fade_length(bars, last - first)
        while len(music) < length:
            music = _join(music[: last + len(music) - own], music, first, fade)
    if len(music) > length:
        missing = len(music) - length
        after = [bar for bar in bars if bar - missing > 0 and bar > missing + length // 2] if own >= length else []
        start = after[0] if after else missing + length // 2
        fade = _fade_length(bars, min(length - (start - missing), start - missing))
        music = _join(music[: start - missing], music, start, fade)
    made = np.array(music[:length], np.float32)
    edge = min(int(0.01 * RATE_HZ), length // 2)
    if edge:
        made[:edge] *= np.linspace(0, 1, edge, dtype=np.float32)[:, None]
        made[-edge:] *= np.linspace(1, 0, edge, dtype=np.float32)[:, None]
    return made


def _fade_length(bars: Sequence[int], room: int) -> int:
    return max(0, min(int((0.03 if bars else 0.5) * RATE_HZ), room // 2))


def _join(head: Samples, source: Samples, start: int, fade: int) -> Samples:
    """`head`, then `source` from `start` on; the last `fade` samples of the head blend with what stands before `start`."""
    import numpy as np

    fade = min(fade, start, len(head))
    if not fade:
        return np.concatenate([head, source[start:]])
    ramp = np.linspace(0, np.pi / 2, fade, dtype=np.float32)[:, None]
    blend = head[len(head) - fade :] * np.cos(ramp) + source[start - fade : start] * np.sin(ramp)
    return np.concatenate([head[: len(head) - fade], blend, source[start:]])


def _place(total: Samples, sound: Samples, start: int) -> None:
    """Adds a sound from sample `start` on; what lies outside is left out, and a cut end is faded over 20 ms."""
    import numpy as np

    first, last = max(start, 0), min(start + len(sound), len(total))
    if first >= last:
        return
    part = sound[first - start : last - start]
    if last < start + len(sound):
        edge = min(int(0.02 * RATE_HZ), len(part))
        part = part.copy()
        part[-edge:] *= np.linspace(1, 0, edge, dtype=np.float32)[:, None]
    total[first:last] += part
