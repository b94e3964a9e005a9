"""From a line to a take: reads it, has a voice model speak it sentence by sentence, joins and saves the sound."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from aigc_cli.errors import ProviderError
from aigc_cli.media.speech.inflection import Pitched, VoiceModel
from aigc_cli.media.speech.phonemes import NOBODY, Phonemizer, Sound, split
from aigc_cli.media.speech.reading import read
from aigc_cli.media.speech.reading.marks import Delivery
from aigc_cli.media.speech.reading.script import ReadWord
from aigc_cli.media.speech.recordings import Recording, check
from aigc_cli.media.speech.rendition import Part, close, parts_of
from aigc_cli.media.speech.takes import Span, Utterance, pause_after, room_after, word_spans
from aigc_cli.shapes import Line, Speech

if TYPE_CHECKING:
    import numpy as np

    from aigc_cli.contracts import Context

_SHORTEST_RETRY = 24
_VOWELS = re.compile("[aeiouyAIOQWYæɑɒɔəɛɜɪʊʌᵻɐɤɨœøɚɯ]+")
_SIGNS = tuple(",.;:!?…—，。；：！？、")


@dataclass(frozen=True)
class Role:
    """What a voice needs to speak."""

    phonemize: Phonemizer
    model: VoiceModel


def narrate(
    line: Line,
    ctx: Context,
    *,
    voice: str,
    provider: str,
    role: Role,
    cast: Callable[[str], Role],
) -> Speech:
    """The take of a line, by one voice or, with `speakers`, by several.

    Args:
        line: what to say.
        ctx: the step's context.
        voice: the name of the line's own voice.
        provider: the engine's name.
        role: the line's own voice.
        cast: the voice of a speaker, by its name.

    Raises:
        WorkflowError: there is nothing to say, or the text is not in the language's script.
        ProviderError: the model gave sound that cannot be the text.
    """
    parts = parts_of(line, ctx, read)
    spoken = _performed(parts, line, ctx, provider=provider, role=role, cast=cast)
    return close(spoken, parts, line, ctx, voice=voice, provider=provider)


def _performed(
    parts: Sequence[Part], line: Line, ctx: Context, *, provider: str, role: Role, cast: Callable[[str], Role]
) -> Iterator[Utterance]:
    """The utterances of all parts, each made when it is asked for."""
    count = sum(len(part.deliveries) for part in parts)
    done = 0
    for part in parts:
        speaker = role if part.turn.voice is None else cast(part.turn.voice)
        if line.pitch:
            speaker = Role(speaker.phonemize, Pitched(speaker.model, line.pitch))
        for delivery in part.deliveries:
            ctx.progress(done / count, "speaking")
            ends_turn = len(parts) > 1 and delivery is part.deliveries[-1]
            yield from _spoken(delivery, line, speaker, provider, ends_turn=ends_turn)
            done += 1


def _spoken(delivery: Delivery, line: Line, role: Role, provider: str, *, ends_turn: bool) -> Iterator[Utterance]:
    """The utterances of a sentence: one, or several when its pace changes or it is longer than the model takes at once."""
    words = delivery.sentence.words
    said = [_with_break(word) if index in delivery.pauses and index + 1 < len(words) else word for index, word in enumerate(words)]
    sound = role.phonemize(said).stress(delivery.stressed).keep(role.model.vocabulary)
    parts = [(pace, part) for pace, run in _runs(sound, delivery.paces) for part in split(run, role.model.longest)]
    sounds = [part for _, part in parts]
    for index, (pace, part) in enumerate(parts):
        first, last = _owned(sounds, index, len(words))
        samples, spans = _say(part, line.speed * pace, role, provider)
        spans += [None] * (len(words) - len(spans))
        is_last = index + 1 == len(parts)
        pause_s = pause_after(
            line.pause_ms, ends_paragraph=delivery.sentence.ends_paragraph, is_part=not is_last, ends_turn=ends_turn and is_last
        )
        if not is_last and parts[index + 1][0] != pace:
            pause_s = 0.0  # the pace changes within a phrase
        asked = delivery.pauses.get(last - 1)
        yield Utterance(
            samples,
            role.model.rate_hz,
            words[first:last],
            tuple(spans[first:last]),
            pause_s if asked is None else asked,
            breaks=tuple((place - first, seconds) for place, seconds in delivery.pauses.items() if first <= place < last - 1),
            stressed=frozenset(place - first for place in delivery.stressed),
            lead_s=delivery.pauses.get(-1, 0.0) if index == 0 else 0.0,
            hold_s=asked or 0.0,
            room_s=room_after(line.pause_ms) if is_last and asked is None else 0.0,
        )


def _say(part: Sound, speed: float, role: Role, provider: str) -> tuple[np.ndarray[tuple[int], np.dtype[np.float32]], list[Span | None]]:
    """The sound of a part and when its words are heard. A take that cannot be right is tried again in two halves."""
    import numpy as np

    words, count = max(part.owners) + 1, len(_VOWELS.findall(part.phonemes))
    samples, durations = role.model(part.phonemes, speed)
    try:
        check(Recording(samples, role.model.rate_hz), count, speed, provider)
    except ProviderError:
        halves = split(part, max(len(part.phonemes) * 2 // 3, _SHORTEST_RETRY))
        if len(halves) < 2:
            raise
        takes = [role.model(half.phonemes, speed) for half in halves]
        samples = np.concatenate([each for each, _ in takes])
        check(Recording(samples, role.model.rate_hz), count, speed, provider)
        return samples, _spans_of_halves(halves, takes, words, role.model)
    return samples, word_spans(part, durations, words, role.model.unit_s)


def _spans_of_halves(
    halves: Sequence[Sound],
    takes: Sequence[tuple[np.ndarray[tuple[int], np.dtype[np.float32]], Sequence[float]]],
    words: int,
    model: VoiceModel,
) -> list[Span | None]:
    spans: list[Span | None] = [None] * words
    offset_s = 0.0
    for half, (samples, durations) in zip(halves, takes, strict=True):
        for index, span in enumerate(word_spans(half, durations, words, model.unit_s)):
            if span is not None:
                known = spans[index]
                spans[index] = (known[0] if known else span[0] + offset_s), span[1] + offset_s
        offset_s += len(samples) / model.rate_hz
    return spans


def _with_break(word: ReadWord) -> ReadWord:
    """The word with a comma, so that the model itself makes a phrase end where a pause was asked for."""
    return word if word.spoken.rstrip("\"'”’)").endswith(_SIGNS) else ReadWord(word.shown, f"{word.spoken},", word.is_glued)


def _runs(sound: Sound, paces: Sequence[float]) -> list[tuple[float, Sound]]:
    """The sound in runs of equal pace; what is no word's stays with the word before it."""
    if len(set(paces)) <= 1:
        return [(paces[0] if paces else 1.0, sound)]
    pace, of_each = next((paces[owner] for owner in sound.owners if owner != NOBODY), 1.0), []
    for owner in sound.owners:
        pace = paces[owner] if owner != NOBODY else pace
        of_each.append(pace)
    found, place = [], 0
    for value, group in groupby(of_each):
        length = len(list(group))
        run = Sound(sound.phonemes[place : place + length], sound.owners[place : place + length])
        place += length
        if any(owner != NOBODY for owner in run.owners):
            found.append((value, run))
    return found


def _owned(parts: Sequence[Sound], index: int, count: int) -> tuple[int, int]:
    """Which words a part is to show: from where the part before ended to its own last word; a word cut in two stays with the first."""
    before = max((owner for each in parts[:index] for owner in each.owners), default=-1)
    last = max(parts[index].owners) if index + 1 < len(parts) else count - 1
    return before + 1, max(last, before) + 1
