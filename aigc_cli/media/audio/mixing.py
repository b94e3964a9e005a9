"""The sound of a clip: narration on the frame grid, music ducked under it, small effects, one loudness, no clipping.

`mix` returns exactly as many samples as the frames last. AAC overshoots by 0.2 to 1.8 dB, depending on the sound, so the mix is
encoded and decoded once, and what is measured there decides: -14 LUFS, true peak at most -1 dBTP.

Everything goes through in pieces of about a second: the sum of the parts lies on disk, and of the whole clip memory holds only the
limiter's peaks and the ducker's curve, about a megabyte a minute.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli.artifacts import storage_error
from aigc_cli.media.audio import aac
from aigc_cli.media.audio.effects import OVER_SPEECH_LU, Effect, effect_sound
from aigc_cli.media.audio.limiting import Envelope, Limited, slopes
from aigc_cli.media.audio.loudness import SILENCE_LUFS, Meter, integrated_lufs
from aigc_cli.media.audio.signals import Cut, Held, Joint, Signal, Sum, Tape, as_signal, levels_by, pieces, sum_of, whole
from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Sound = Samples | Signal
    """At 48 kHz; samples mono or stereo."""
    Placed = tuple[int, Sound]
    Ambience = tuple[int, Sound, bool]
    Struck = tuple[int, Sound, float]

TARGET_LUFS = -14.0
CEILING_DBTP = -1.0
"""Highest true peak of the finished file."""

DUCK_DB = 12.0
ATTACK_S = 0.080
RELEASE_S = 0.400

_MUSIC_LU = -6.0  # music over speech where nobody speaks; 18 LU below it where somebody does
_AMBIENCE_MOST_DB = 12.0
_SOUND_LU = -5.0  # of a sound that a scene asks for, over the speech: heard clearly, never in its way
_SPEECH_LUFS = -20.0  # level of the parts before the sum when there is no speech to measure
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
    takes: Sequence[Placed] = (),
    music: Sound | None = None,
    effects: Sequence[Effect] = (),
    *,
    beats_s: Sequence[float] = (),
    ambience: Sequence[Ambience] = (),
    target_lufs: float = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
) -> Samples:
    """Mixes a clip's sound in memory: float32 (samples, 2) at 48 kHz, exactly `duration_frames / fps` long.

    Args:
        duration_frames: Length of the clip.
        fps: Frames per second.
        takes: Narration as (first frame, sound) at 48 kHz. What passes the clip's end is faded out.
        music: Music at 48 kHz; repeated or shortened to the clip's length, its ending kept.
        effects: Small sounds.
        beats_s: When the music's beats fall, the first of each bar every fourth: where it may be cut.
        ambience: The own sound of films as (first frame, sound, whether it goes under what is said).
        target_lufs: Integrated loudness of the mix.
        ceiling_dbtp: True peak that the mix does not pass once it is encoded.

    Silence stays silence. Nothing here is random. Raises StorageError when there is no room for what is worked with.
    """
    parts = _Parts(duration_frames, fps, takes, music, effects, beats_s, ambience)
    with tempfile.TemporaryDirectory(prefix="aigc-mix-") as folder, parts.recorded(Path(folder)) as tape:
        return whole(_mastered(tape, Path(folder), target_lufs, ceiling_dbtp).sound)


@dataclass(frozen=True)
class Master:
    """A clip's sound as it is heard: what was measured on the decoded AAC. Silence measures as -70 LUFS and -inf."""

    loudness_lufs: float
    true_peak_dbtp: float


def finish(  # noqa: PLR0917  # where to, then what `mix` takes
    target: Path,
    duration_frames: int,
    fps: int,
    takes: Sequence[Placed] = (),
    music: Sound | None = None,
    effects: Sequence[Effect] = (),
    *,
    beats_s: Sequence[float] = (),
    ambience: Sequence[Ambience] = (),
    sounds: Sequence[Struck] = (),
) -> Master:
    """What `mix` gives, as the AAC in an MP4 that the finished file carries, at `target`; memory does not grow with the length."""
    parts = _Parts(duration_frames, fps, takes, music, effects, beats_s, ambience, sounds)
    try:
        with tempfile.TemporaryDirectory(prefix="mix-", dir=target.parent) as folder, parts.recorded(Path(folder)) as tape:
            made = _mastered(tape, Path(folder), TARGET_LUFS, CEILING_DBTP)
            made.path.replace(target)
    except OSError as error:
        raise storage_error(error, target) from error
    return Master(made.loudness_lufs, made.true_peak_dbtp)


@dataclass(frozen=True)
class _Parts:
    """What is mixed; the arguments of `mix`."""

    duration_frames: int
    fps: int
    takes: Sequence[Placed]
    music: Sound | None
    effects: Sequence[Effect]
    beats_s: Sequence[float]
    ambience: Sequence[Ambience]
    sounds: Sequence[Struck] = ()
    """(first sample, sound, gain in dB): what scenes ask for."""

    def recorded(self, folder: Path) -> Tape:
        """The sum of all parts at their levels, on disk."""
        length = sample_at(self.duration_frames, self.fps)
        narration = sum_of([(sample_at(frame, self.fps), sound) for frame, sound in self.takes], length)
        spoken = integrated_lufs(pieces(narration))
        is_spoken = spoken > SILENCE_LUFS
        level = spoken if is_spoken else _SPEECH_LUFS
        placed: list[tuple[int, Signal]] = [(0, narration)]
        for frame, sound, is_ducked in self.ambience:
            start = sample_at(frame, self.fps)
            heard = _ambience(as_signal(sound), start, narration if is_ducked and is_spoken else None, level)
            placed += [(start, heard)] if heard else []
        if self.music is not None and length:
            spoken_over = Sum.of(placed, length)
            bed = fit_music(as_signal(self.music), length, self.beats_s)
            own = integrated_lufs(pieces(bed))
            if own > SILENCE_LUFS:
                ducker = duck_gain(spoken_over) if is_spoken else None
                placed.append((0, Levelled(bed, level + _MUSIC_LU - own, ducker)))
        for start, sound, gain_db in self.sounds:
            heard = as_signal(sound)
            own = integrated_lufs(pieces(heard))
            if own > SILENCE_LUFS:
                placed.append((start, Levelled(heard, level + _SOUND_LU - own + gain_db)))
        for effect in self.effects:
            sound, mark = effect_sound(effect.kind)
            gain_db = level + OVER_SPEECH_LU[effect.kind] - integrated_lufs(sound) + effect.gain_db
            placed.append((sample_at(effect.frame, self.fps) - mark, Levelled(Held(sound), gain_db)))
        return Tape(folder, pieces(Sum.of(placed, length)))


def _ambience(sound: Signal, start: int, narration: Signal | None, level: float) -> Signal | None:
    """The own sound of a film, as loud as speech; 12 dB softer under the narration, when there is one to duck under."""
    own = integrated_lufs(pieces(sound))
    if own <= SILENCE_LUFS:
        return None
    # a whisper of room tone is not blown up to the loudness of speech
    gain_db = min(level - own, _AMBIENCE_MOST_DB)
    return Levelled(sound, gain_db, duck_gain(Cut(narration, start, start + sound.length)) if narration is not None else None)


@dataclass(frozen=True)
class _Trip:
    """A sound and what AAC makes of it, encoded at `path`."""

    sound: Signal
    path: Path
    loudness_lufs: float
    true_peak_dbtp: float


def _mastered(tape: Tape, folder: Path, target_lufs: float, ceiling_dbtp: float) -> _Trip:
    """Sound at a loudness and under a ceiling of true peaks, both as measured after AAC at 192 kb/s.

    Silence comes back as it is. Sound that is nothing but a few clicks stays softer than asked: the ceiling goes first.
    """
    envelope = Envelope()

    def watched() -> Iterator[Samples]:
        for piece in pieces(tape):
            envelope.add(piece)
            yield piece

    own = integrated_lufs(watched())
    if own <= SILENCE_LUFS:
        aac.write(folder / "silence.m4a", pieces(tape))
        return _Trip(tape, folder / "silence.m4a", SILENCE_LUFS, -math.inf)
    peaks = envelope.end()
    aim, ceiling = target_lufs + _AAC_LOSS_LU, ceiling_dbtp - _AAC_OVERSHOOT_DB
    best: _Trip | None = None
    for attempt in range(_TRIPS):
        made, got = _level(tape, peaks, own, aim, ceiling)
        trip = _trip(made, folder / f"{attempt}.m4a")
        excess, miss = trip.true_peak_dbtp - ceiling_dbtp, target_lufs - trip.loudness_lufs
        if excess <= 0 and (best is None or abs(miss) < abs(target_lufs - best.loudness_lufs)):
            best = trip
        if excess <= 0 and (abs(miss) < _NEAR_LU or got < aim - _NEAR_LU):
            break
        if excess > 0:
            ceiling -= excess + 0.1 + 0.2 * attempt  # overshoot does not follow the ceiling evenly, so ever wider
        aim += min(max(miss, -0.5), 0.5)
    return best or _trip(Levelled(made, -(excess + 0.5)), folder / "softer.m4a")


def _trip(sound: Signal, path: Path) -> _Trip:
    aac.write(path, pieces(sound))
    meter = Meter()
    for piece in aac.heard(path):
        meter.add(piece)
    return _Trip(sound, path, *meter.end())


def _level(tape: Tape, peaks: Samples, own_lufs: float, target_lufs: float, ceiling_dbtp: float) -> tuple[Limited, float]:
    """Gain, then the limiter, tried up to four times, for the limiter takes some loudness away; and the loudness reached."""
    gain_db = min(target_lufs - own_lufs, _MOST_GAIN_DB)
    while True:
        made = Limited(tape, peaks, gain_db, ceiling_dbtp)
        got = integrated_lufs(pieces(made))
        gain_db, before = min(gain_db + target_lufs - got, _MOST_GAIN_DB), gain_db
        if abs(gain_db - before) < 0.05 or gain_db > target_lufs - own_lufs + _MOST_LIMITING_DB:
            return made, got


@dataclass(frozen=True)
class Ducking:
    """How far music is turned down, in decibels at the middle of every 10 ms of a narration."""

    gain_db: NDArray[np.float64]

    def gain(self, start: int, stop: int) -> Samples:
        """The factors for the samples from `start` to `stop`."""
        import numpy as np

        at = (np.arange(start, stop) - _GRID / 2) / _GRID
        made: Samples = (10 ** (np.interp(at, np.arange(len(self.gain_db)), self.gain_db) / 20)).astype(np.float32)
        return made


@dataclass(frozen=True)
class Levelled:
    """A signal louder or softer, and turned down where somebody speaks."""

    source: Signal
    gain_db: float
    ducking: Ducking | None = None

    @property
    def length(self) -> int:
        return self.source.length

    def read(self, start: int, stop: int) -> Samples:
        import numpy as np

        gain = np.float32(10 ** (self.gain_db / 20))
        samples = self.source.read(start, stop)
        return samples * gain if self.ducking is None else samples * (self.ducking.gain(start, stop) * gain)[:, None]


def duck_gain(speech: Signal) -> Ducking:
    """How far the music is turned down while a narration lasts: not at all where nobody speaks, by 12 dB where somebody does.

    It is down when the word begins, having fallen in the 80 ms before it, and rises in 400 ms after the last.
    """
    import numpy as np

    level_db = 10 * np.log10(levels_by(speech, _GRID) + 1e-12)
    spoken = level_db[level_db > -60]
    threshold = max(-60.0, float(np.percentile(spoken, 80)) - 25) if len(spoken) else 0.0
    wanted = np.where(level_db > threshold, -DUCK_DB, 0.0)
    hold = round(_HOLD_S * RATE_HZ / _GRID)
    below = np.flatnonzero(wanted < 0)
    for first, second in pairwise(below):
        if 1 < second - first <= hold:
            wanted[first:second] = -DUCK_DB
    step_s = _GRID / RATE_HZ
    return Ducking(slopes(wanted, down=DUCK_DB / ATTACK_S * step_s, up=DUCK_DB / RELEASE_S * step_s)[1])


def fit_music(music: Signal, length: int, beats_s: Sequence[float] = ()) -> Signal:
    """Music of exactly `length` samples: the beginning and the ending kept, the middle cut or repeated.

    Joins fall on the first beat of a bar when beats are given. Without them they are cross-faded over half a second.
    """
    own = music.length
    bars = [round(at * RATE_HZ) for at in beats_s[::4] if 0 < at * RATE_HZ < own]
    if 0 < own < length:
        first, last = (bars[0], bars[-1]) if len(bars) > 1 else (own // 4, own - own // 4)
        fade = _fade_length(bars, last - first)
        while music.length < length:
            music = _join(Cut(music, 0, last + music.length - own), music, first, fade)
    if music.length > length:
        missing = music.length - length
        after = [bar for bar in bars if bar - missing > 0 and bar > missing + length // 2] if own >= length else []
        start = after[0] if after else missing + length // 2
        fade = _fade_length(bars, min(length - (start - missing), start - missing))
        music = _join(Cut(music, 0, start - missing), music, start, fade)
    edge = min(int(0.01 * RATE_HZ), length // 2)
    return Cut(music, 0, length, fade_in=edge, fade_out=edge)


def _fade_length(bars: Sequence[int], room: int) -> int:
    return max(0, min(int((0.03 if bars else 0.5) * RATE_HZ), room // 2))


def _join(head: Signal, source: Signal, start: int, fade: int) -> Joint:
    return Joint(head, source, start, min(fade, start, head.length))
