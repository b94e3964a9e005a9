"""The user's own music, made as long as a clip: looped from bar to bar, faded, and credited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_cli.errors import AigcError, RenderError, WorkflowError
from aigc_cli.media.audio.beats import STEPS_HZ, Beats, find_beats
from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

_LONGEST_S = 300.0  # read of a file: what is longer than that is looped
_SHORTEST_S = 4.0  # of music that must be looped
_QUIET = 0.001  # -60 dB: silence before and after the music
_BAR = 4
_PHRASE = 4  # bars; music returns to where it came from after a phrase
_MOST_ENDS = 8
_ALIKE_S = 1.0  # what follows both ends of a loop is compared so far
_SEAM_S, _BLIND_SEAM_S = 0.03, 1.0
_CURE = "use a music file: WAV, MP3, M4A, FLAC or Ogg"


@dataclass(frozen=True)
class Fitted:
    """Music of exactly the length that was asked for, its beats, and what is to be said of it."""

    pieces: Iterable[Samples]
    """(samples, 2) at 48 kHz, one after the other; to be read once."""
    tempo_bpm: float
    beats_s: tuple[float, ...]
    credit: str
    notes: tuple[str, ...]


def fit(
    path: Path,
    length: int,
    *,
    name: str = "",
    start_s: float = 0.0,
    fade_in_s: float = 0.0,
    fade_out_s: float = 2.0,
    tempo_bpm: float | None = None,
) -> Fitted:
    """The user's music, `length` samples of it.

    What is too long ends early; what is too short begins again, from a bar to the bar that is most like the one that would have
    come, or, where no beat is found, by a cross-fade of a second. Its last `fade_out_s` fade out.

    Raises WorkflowError for what is no music: silence, a damaged file, a part outside of it, or too little to be looped.
    """
    name = name or path.name
    samples, credit, notes = _read(path, name, start_s)
    if len(samples) < min(length, _SHORTEST_S * RATE_HZ):
        raise WorkflowError(
            f"`{name}` holds {len(samples) / RATE_HZ:.1f} s of music, too little to be repeated for {length / RATE_HZ:.0f} s",
            f"use at least {_SHORTEST_S:g} s",
        )
    found = find_beats(samples, tempo_bpm=tempo_bpm)
    if not found.beats_s:
        notes.append(f"`{name}`: no beat is found in it, so no cut can fall on one")
    rounds, beats = ([samples], list(found.beats_s)) if len(samples) >= length else _looped(samples, found, length)
    heard = tuple(at for at in beats if at < length / RATE_HZ)
    return Fitted(_faded(rounds, length, fade_in_s, fade_out_s), found.tempo_bpm, heard, credit, tuple(notes))


def _read(path: Path, name: str, start_s: float) -> tuple[Samples, str, list[str]]:
    """The sound from `start_s` on without the silence around it, and who made it, by the file's own tags."""
    import av
    import numpy as np

    from aigc_cli.media.filming.probe import open_media

    notes: list[str] = []
    pieces: list[Any] = []
    have = 0
    try:
        with open_media(path) as container:
            if not container.streams.audio:
                raise WorkflowError(f"`{name}` holds no sound", _CURE)
            stream = container.streams.audio[0]
            tags = {key.lower(): value for key, value in {**container.metadata, **stream.metadata}.items()}
            layout = "mono" if stream.codec_context.channels == 1 else "stereo"
            resampler = av.AudioResampler("fltp", layout, RATE_HZ)
            most = round((start_s + _LONGEST_S) * RATE_HZ)
            try:
                for frame in container.decode(stream):
                    for made in resampler.resample(frame):
                        pieces.append(made.to_ndarray())
                        have += made.samples
                    if have >= most:
                        notes.append(f"`{name}`: its first {_LONGEST_S / 60:g} minutes are used")
                        break
            except av.FFmpegError as error:
                if not pieces:
                    raise RenderError(f"it cannot be decoded: {error}") from error
                notes.append(f"`{name}` is damaged after {have / RATE_HZ:.1f} s: what comes before is used")
    except WorkflowError:
        raise
    except (AigcError, av.FFmpegError, OSError) as error:
        raise WorkflowError(f"`{name}` cannot be used as music: {getattr(error, 'message', error)}", _CURE) from error
    samples = np.concatenate(pieces, axis=1) if pieces else np.zeros((1, 0), np.float32)
    samples = np.ascontiguousarray((np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples[:2]).T)
    samples = samples[round(start_s * RATE_HZ) :]
    if not len(samples):
        raise WorkflowError(f"`{name}` lasts {have / RATE_HZ:.1f} s: there is nothing at {start_s:g} s", "begin earlier")
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > _QUIET)
    if not len(loud):
        raise WorkflowError(f"`{name}` is silent", "use another file, or leave the music out")
    return np.nan_to_num(samples[loud[0] : loud[-1] + 1]), _credit(tags), notes


def _credit(tags: dict[str, str]) -> str:
    """`Title by Artist (copyright)`, as far as the file's tags have them; plain words of bounded length."""
    title, artist, rights = (" ".join(tags.get(key, "").split())[:80] for key in ("title", "artist", "copyright"))
    said = " by ".join(part for part in (f"“{title}”" if title else "", artist) if part)
    return f"{said} ({rights})" if said and rights else said or rights


def _looped(samples: Samples, found: Beats, length: int) -> tuple[list[Samples], list[float]]:
    """What comes before the loop, then the loop as often as needed; and the beats of all of it."""
    import numpy as np

    first, last = _ends(samples, found)
    seam = round((_SEAM_S if found.beats_s else _BLIND_SEAM_S) * RATE_HZ)
    seam = min(seam, first, (last - first) // 4) if found.beats_s else min(seam, (last - first) // 4)
    if not found.beats_s:
        first = seam
    ramp = np.linspace(0, np.pi / 2, seam, dtype=np.float32)[:, None]
    body = samples[first:last].copy()
    if seam:  # the end of each round blends into what stands before the loop's first beat
        body[-seam:] = body[-seam:] * np.cos(ramp) + samples[first - seam : first] * np.sin(ramp)
    rounds = -(-(length - first) // len(body))
    long_s = len(body) / RATE_HZ
    head = [at for at in found.beats_s if at * RATE_HZ < first - 1]
    loop = [at for at in found.beats_s if first - 1 <= at * RATE_HZ < last - 1]
    return [samples[:first], *[body] * rounds], head + [round(at + k * long_s, 4) for k in range(rounds) for at in loop]


def _ends(samples: Samples, found: Beats) -> tuple[int, int]:
    """The samples between which the music is repeated: two first beats of bars, whole phrases apart where there are such,
    before and after which it sounds most alike.
    """
    import numpy as np

    bars = [at for at in found.beats_s[::_BAR] if at * RATE_HZ < len(samples)]
    if len(bars) < 3:
        return 0, len(samples)
    reach = round(_ALIKE_S * STEPS_HZ)
    best, ends = np.inf, (0, len(bars) - 1)
    for i in range(min(_MOST_ENDS, len(bars) // 2)):
        for j in range(max(i + 1, len(bars) - _MOST_ENDS), len(bars)):
            a, b = (max(round(bars[k] * STEPS_HZ), 0) for k in (i, j))
            around = [found.bands[max(at - reach // 4, 0) : at + reach] for at in (a, b)]
            rows = min(len(each) for each in around)
            if rows < reach // 2:
                continue
            unlike = float(np.abs(around[0][:rows] - around[1][:rows]).mean())
            is_phrase = (j - i) % _PHRASE == 0
            cost = unlike * (1.0 if is_phrase else 1.5) * (1.0 + 0.3 * (len(bars) - (j - i)) / len(bars))
            if cost < best:
                best, ends = cost, (i, j)
    return round(bars[ends[0]] * RATE_HZ), round(bars[ends[1]] * RATE_HZ)


def _faded(rounds: Sequence[Samples], length: int, in_s: float, out_s: float) -> Iterator[Samples]:
    """The first `length` samples of the rounds; both ends faded by a raised cosine, a few milliseconds at least: nothing clicks."""
    import numpy as np

    rise, fall = (max(1, min(round(max(seconds, least) * RATE_HZ), length // 2)) for seconds, least in ((in_s, 0.005), (out_s, 0.01)))
    at = 0
    for each in rounds:
        for start in range(0, len(each), RATE_HZ):
            part = each[start : min(start + RATE_HZ, start + length - at)].copy()
            if not len(part):
                return
            place = np.arange(at, at + len(part), dtype=np.float32)
            if at < rise:
                part *= (0.5 - 0.5 * np.cos(np.pi * np.minimum(place / rise, 1)))[:, None]
            if at + len(part) > length - fall:
                part *= (0.5 - 0.5 * np.cos(np.pi * np.minimum((length - place) / fall, 1)))[:, None]
            yield part
            at += len(part)
