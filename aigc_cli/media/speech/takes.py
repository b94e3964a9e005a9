"""Makes one take of narration from spoken sentences: trimmed, equally loud, joined with pauses, each word with its time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from aigc_cli.media.audio.sound import RATE_HZ, from_pcm, resample, to_pcm
from aigc_cli.media.speech import breath
from aigc_cli.media.speech.breath import Breaths
from aigc_cli.media.speech.inflection import louden, part_words
from aigc_cli.media.speech.phonemes import NOBODY, Sound
from aigc_cli.media.speech.reading.script import ReadWord
from aigc_cli.shapes import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Pcm = NDArray[np.int16]

HEAD_S = 0.040
"""Silence kept before the first sound of a sentence."""
TAIL_S = 0.080
"""Silence kept after its last sound: what is left of the room."""
LOUDNESS_LUFS = -20.0
"""Every sentence is brought to this loudness; the mix decides the clip's own."""
PEAK_DBTP = -1.5
"""True peaks stay at or below this."""

LEAD_S = 0.045
"""How much earlier a sound is heard than the model's durations say: median over 52 onsets after a silence, four voices."""

_FADE_S = 0.005
_SILENT = 10 ** (-40 / 20)  # of the loudest 5 ms
_SHORTEST_SILENCE_S = 0.06
_REACH_S = 0.12
_PARAGRAPH = 2.4  # newsreaders leave 0.25 s between sentences and 0.6 s before a new subject
_TURN = 1.4
_CLOSE_MS = 150
_SHORTEST_WORD_S = 0.02
_QUIET = 10 ** (-46 / 20)  # below the loudest 10 ms of the sentence: neither breath nor fricative
_LARGEST_GAIN_DB = 24.0

Span = tuple[float, float]


@dataclass(frozen=True)
class Utterance:
    """A sentence, or a part of one, as a model spoke it: mono samples and when each of `words` is heard, in seconds.

    A word without a sound of its own has no span. `pause_s` is the silence wanted after it. `breaks` are silences wanted within it:
    after which of its words, and how many seconds. `stressed` words are a little louder. `lead_s` is silence before it, and
    `hold_s` silence that is kept after it even at the end of the take. `room_s` is how long the silence after it may become for a breath.
    """

    samples: Samples
    rate_hz: int
    words: tuple[ReadWord, ...]
    spans: tuple[Span | None, ...]
    pause_s: float
    breaks: tuple[tuple[int, float], ...] = ()
    stressed: frozenset[int] = frozenset()
    lead_s: float = 0.0
    hold_s: float = 0.0
    room_s: float = 0.0


def pause_after(pause_ms: int, *, ends_paragraph: bool, is_part: bool, ends_turn: bool = False) -> float:
    """Seconds of silence after a sentence; a part of a sentence that was too long for the model gets a comma's worth."""
    if is_part:
        return min(pause_ms, 200) / 1000
    return pause_ms / 1000 * (_TURN if ends_turn else _PARAGRAPH if ends_paragraph else 1.0)


def room_after(pause_ms: int) -> float:
    """How long the silence after a sentence may become for a breath; who wants it close together wants no breath there."""
    return breath.LEAST_PAUSE_S if pause_ms >= _CLOSE_MS else 0.0


def word_spans(sound: Sound, durations: Sequence[float], words: int, unit_s: float) -> list[Span | None]:
    """When each word is heard, from a duration per phoneme with one pad before and one after, in units of `unit_s`."""
    spans: list[Span | None] = [None] * words
    place = float(durations[0])
    for owner, length in zip(sound.owners, durations[1:-1], strict=True):
        if owner != NOBODY:
            known = spans[owner]
            spans[owner] = ((known[0] if known else place * unit_s), (place + float(length)) * unit_s)
        place += float(length)
    return spans


def snap(samples: Samples, rate_hz: int, spans: Sequence[Span | None]) -> list[Span | None]:
    """Spans brought to what is heard: `LEAD_S` earlier, and beside a silence exactly to its edge.

    A model counts the silence before a comma to the last phoneme; the ear does not.
    """
    import numpy as np

    moved = [span and (max(0.0, span[0] - LEAD_S), max(0.0, span[1] - LEAD_S)) for span in spans]
    block = rate_hz // 200
    whole = len(samples) // block
    if whole == 0:
        return moved
    levels = np.sqrt(np.mean(np.square(samples[: whole * block].reshape(whole, block)), axis=1))
    quiet = np.concatenate([[False], levels < levels.max() * _SILENT, [False]])
    edges = np.flatnonzero(quiet[1:] != quiet[:-1]) / 200
    sounding = [index for index, span in enumerate(moved) if span is not None]
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin >= _SHORTEST_SILENCE_S:
            _snap_to(moved, sounding, float(begin), float(end))
    return moved


def _snap_to(spans: list[Span | None], sounding: Sequence[int], begin: float, end: float) -> None:
    """Moves the words beside one silence to its edges, when it lies between two words and not within one."""
    for index in sounding:
        start, stop = spans[index] or (0.0, 0.0)
        if abs(start - end) <= _REACH_S and end + _SHORTEST_WORD_S < stop:
            spans[index] = end, stop
            break  # a short word and the one after it may both be near; the first is the one that breaks the silence
    for place, index in enumerate(sounding):
        start, stop = spans[index] or (0.0, 0.0)
        following = spans[sounding[place + 1]] if place + 1 < len(sounding) else None
        if start + _SHORTEST_WORD_S < begin < stop and (following is None or end >= following[0] - _REACH_S):
            spans[index] = start, begin


def trim(samples: Samples, rate_hz: int, first_s: float, last_s: float) -> tuple[Samples, float]:
    """The samples from `HEAD_S` before the first sound to `TAIL_S` after the last, and how much was cut at the head.

    `first_s` and `last_s` are where the first word begins and the last ends by the model's own count; sound beyond them is
    kept as well, as far as it is heard.
    """
    import numpy as np

    block = max(1, rate_hz // 100)
    whole = len(samples) // block
    if whole == 0:
        return samples, 0.0
    levels = np.sqrt(np.mean(np.square(samples[: whole * block].reshape(whole, block), dtype=np.float64), axis=1))
    heard = np.flatnonzero(levels > max(levels.max() * _QUIET, 1e-5))
    if len(heard):
        onset, offset = heard[0] * block / rate_hz, (heard[-1] + 1) * block / rate_hz
        # A click far from the words is no reason to keep half a second of silence.
        first_s = min(max(onset, first_s - 0.15), first_s + 0.1)
        last_s = max(min(offset, last_s + 0.4), last_s - 0.1)
    start = max(0, int((first_s - HEAD_S) * rate_hz))
    end = min(len(samples), int((last_s + TAIL_S) * rate_hz))
    return samples[start:end], start / rate_hz


def fade(samples: Samples, rate_hz: int) -> Samples:
    """The samples with raised-cosine edges of 5 ms, so that a join cannot click."""
    import numpy as np

    length = min(int(_FADE_S * rate_hz), len(samples) // 2)
    if length == 0:
        return samples
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / length)).astype(np.float32)
    out = samples.copy()
    out[:length] *= ramp
    out[-length:] *= ramp[::-1]
    return out


def level(samples: Samples) -> Samples:
    """48 kHz mono at `LOUDNESS_LUFS`, its true peaks at or below `PEAK_DBTP`."""
    import numpy as np

    from aigc_cli.media.audio.limiting import limit
    from aigc_cli.media.audio.loudness import integrated_lufs

    measured = integrated_lufs(_at_least(samples, RATE_HZ // 2))
    if not np.isfinite(measured):
        return samples
    gain_db = min(max(LOUDNESS_LUFS - measured, -_LARGEST_GAIN_DB), _LARGEST_GAIN_DB)
    louder = (samples * np.float32(10 ** (gain_db / 20)))[:, None]
    return limit(louder, PEAK_DBTP)[:, 0]


def _at_least(samples: Samples, length: int) -> Samples:
    """A short word repeated until a loudness meter, which looks at 0.4 s at a time, has enough of it."""
    import numpy as np

    return samples if len(samples) >= length or len(samples) == 0 else np.tile(samples, -(-length // len(samples)))


def join(utterances: Iterable[Utterance], breaths: Breaths = "off") -> tuple[tuple[Pcm, ...], tuple[Word, ...]]:
    """One take at 48 kHz, in pieces of 16-bit PCM, and its words in order, without overlap, inside the take; breaths in its longer pauses.

    Utterances are taken one by one and kept in 16 bits: an hour of speech is 350 MB. Without utterances there are no pieces.
    """
    import numpy as np

    finished = [_finished(each) for each in utterances]
    if not finished:
        return (), ()
    lengths = [len(each.piece) / RATE_HZ for each in finished]
    inhales, pauses = [0.0] * len(finished), [each.pause_s for each in finished]
    if breaths != "off":
        inhales, pauses = breath.plan(lengths, pauses, [each.room_s for each in finished])
    pieces: list[Pcm] = []
    shown: list[ReadWord] = []
    spans: list[Span | None] = []
    place = 0
    for index, each in enumerate(finished):
        silence_s = (pauses[index - 1] - HEAD_S - TAIL_S if index else 0.0) + each.lead_s
        silence = np.zeros(max(0, round(silence_s * RATE_HZ)), np.float32)
        if inhales[index]:
            silence = breath.into(silence, inhales[index], breaths, breath.loud_f0(from_pcm(each.piece), RATE_HZ), index)
        place += len(silence)
        start_s = place / RATE_HZ
        for word, span in zip(each.words, each.spans, strict=True):
            shown.append(word)
            spans.append(span and (start_s + _within(span[0], lengths[index]), start_s + _within(span[1], lengths[index])))
        pieces += [_pcm(silence), each.piece]
        place += len(each.piece)
    held = max(0, round((finished[-1].hold_s - TAIL_S) * RATE_HZ))
    pieces.append(np.zeros(held, np.int16))
    times = settle(spans, [len(word.shown) for word in shown], (place + held) / RATE_HZ)
    words = (
        Word(text=word.shown, start_s=start, end_s=end, is_glued=word.is_glued) for word, (start, end) in zip(shown, times, strict=True)
    )
    return tuple(pieces), tuple(words)


@dataclass(frozen=True)
class _Finished:
    """An utterance as it goes into the take; its fields are those of `Utterance`."""

    piece: Pcm
    words: tuple[ReadWord, ...]
    spans: tuple[Span | None, ...]
    pause_s: float
    lead_s: float
    hold_s: float
    room_s: float


def _finished(each: Utterance) -> _Finished:
    piece, spans = _levelled(each)
    return _Finished(_pcm(piece), each.words, tuple(spans), each.pause_s, each.lead_s, each.hold_s, each.room_s)


def _pcm(samples: Samples) -> Pcm:
    import numpy as np

    return np.frombuffer(to_pcm(samples), "<i2")


def _levelled(each: Utterance) -> tuple[Samples, list[Span | None]]:
    """An utterance at 48 kHz, trimmed, levelled, with its stresses and breaks; its spans from the start of what is left."""
    spans = snap(each.samples, each.rate_hz, each.spans)
    known = [span for span in spans if span is not None]
    first_s, last_s = (known[0][0], known[-1][1]) if known else (0.0, len(each.samples) / each.rate_hz)
    cut, offset_s = trim(each.samples, each.rate_hz, first_s, last_s)
    spans = [span and (max(0.0, span[0] - offset_s), max(0.0, span[1] - offset_s)) for span in spans]
    piece = level(louden(fade(resample(cut, each.rate_hz, RATE_HZ), RATE_HZ), RATE_HZ, spans, each.stressed))
    for after, seconds in sorted(each.breaks):
        piece, spans = part_words(piece, RATE_HZ, spans, after, seconds)
    return piece, spans


def _within(second: float, length_s: float) -> float:
    return min(max(second, 0.0), length_s)


def settle(spans: Sequence[Span | None], weights: Sequence[int], duration_s: float) -> list[Span]:
    """Spans in order, without overlap, at least 20 ms each where there is room; a word without one shares its neighbour's."""
    filled = list(_shared(spans, weights, duration_s))
    starts = [start for start, _ in filled]
    ends = [end for _, end in filled]
    for index in range(1, len(filled)):
        starts[index] = max(starts[index], starts[index - 1])
    ends = [min(max(end, start), duration_s) for start, end in zip(starts, ends, strict=True)]
    for index, (start, after) in enumerate(pairwise([*starts, duration_s])):
        ends[index] = min(max(ends[index], min(start + _SHORTEST_WORD_S, after)), max(after, start))
    return [(round(start, 3), round(end, 3)) for start, end in zip(starts, ends, strict=True)]


def _shared(spans: Sequence[Span | None], weights: Sequence[int], duration_s: float) -> Iterator[Span]:
    index = 0
    while index < len(spans):
        group = [index]
        while group[-1] + 1 < len(spans) and spans[group[-1] + 1] is None:
            group.append(group[-1] + 1)
        span = spans[index]
        if span is None and index == 0:  # silent words at the head share the first word that sounds
            if group[-1] + 1 < len(spans):
                group.append(group[-1] + 1)
                while group[-1] + 1 < len(spans) and spans[group[-1] + 1] is None:
                    group.append(group[-1] + 1)
            span = next((each for each in (spans[place] for place in group) if each is not None), (0.0, duration_s))
        assert span is not None
        total = sum(max(1, weights[place]) for place in group)
        done = 0
        for place in group:
            begin = span[0] + (span[1] - span[0]) * done / total
            done += max(1, weights[place])
            yield begin, span[0] + (span[1] - span[0]) * done / total
        index = group[-1] + 1
