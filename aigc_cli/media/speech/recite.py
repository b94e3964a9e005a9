"""From a line to a take, for engines that give sound and no phonemes: sentence by sentence, checked, levelled, every word timed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from aigc_cli.errors import WorkflowError
from aigc_cli.letters import DENSE
from aigc_cli.media.speech import alignment, recordings, voices
from aigc_cli.media.speech.alignment import Boundary
from aigc_cli.media.speech.reading import read
from aigc_cli.media.speech.reading.marks import Delivery
from aigc_cli.media.speech.reading.script import ReadWord, Sentence, has_words, is_chinese, primary
from aigc_cli.media.speech.recordings import Recording
from aigc_cli.media.speech.rendition import Timing, close, parts_of
from aigc_cli.media.speech.takes import LEAD_S, Utterance, pause_after, room_after
from aigc_cli.shapes import Line, Speech

if TYPE_CHECKING:
    from aigc_cli.contracts import Context

Span = tuple[float, float]
Record = Callable[[str, str | None, float], Recording]
"""Says one sentence, given as it is to be read out, with the voice of this name (None: the engine's own) at this speed."""

_ORDER: tuple[Timing, ...] = ("exact", "aligned", "estimated")

_ENDS = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])[”’」』）]*")
_DENSE = re.compile(f"[{DENSE}]")


def whose_voice(voice: str | Mapping[str, str] | None, engine: str) -> str | None:
    """Why a voice is not for an engine of the user's own, in a few words; None when it is not one of the shipped voices."""
    name = voices.asked(voice, engine)
    if name is not None and voices.is_blend(name):
        return "voices are blended by kokoro"
    found = next((each for each in voices.shipped() if each.voice.name == name), None)
    return f"the voice `{name}` belongs to {found.engine}" if found else None


def sentences_of(text: str, language: str, lexicon: Mapping[str, str] | None = None) -> tuple[Sentence, ...]:
    """The sentences of a text: with our readings for English and Chinese, as they are written for any other language.

    Raises WorkflowError when there is nothing to say.
    """
    if primary(language) == "en" or is_chinese(language):
        return read(text, language, lexicon)
    if not has_words(text):
        raise WorkflowError("the text to speak has no word or number in it", "give it words, or leave the scene silent")
    found: list[Sentence] = []
    for paragraph in re.split(r"\n\s*\n|\n", text):
        own = [piece for piece in _ENDS.split(paragraph) if piece and piece.strip()]
        for place, piece in enumerate(own):
            words = _plain_words(piece)
            if words:
                found.append(Sentence(words, ends_paragraph=place + 1 == len(own)))
    return tuple(found)


def _plain_words(text: str) -> tuple[ReadWord, ...]:
    """Words as they are written; signs and emoji that stand alone go with the word before them."""
    words: list[ReadWord] = []
    for chunk in "".join(char if char.isprintable() else " " for char in text).split():
        pieces = re.findall(rf"{_DENSE.pattern}[^\w\s]*|(?:(?!{_DENSE.pattern}).)+", chunk)
        for place, piece in enumerate(pieces):
            gap = "" if place else " "
            if words and not any(char.isalnum() for char in piece):
                last = words[-1]
                words[-1] = ReadWord(last.shown + gap + piece, last.spoken + piece, last.is_glued)
            else:
                words.append(ReadWord(piece, piece, place > 0))
    return tuple(words) if any(char.isalnum() for word in words for char in word.spoken) else ()


def recite(line: Line, ctx: Context, *, voice: str, provider: str, record: Record) -> Speech:
    """The take of a line that `record` speaks, sentence by sentence; marks, names, pitch and speakers as everywhere else.

    A word's time comes from the engine's own boundaries, else by alignment (English, with the extra `align`), else it is
    estimated, and a note says so. Raises WorkflowError when there is nothing to say, retryable ProviderError for sound that
    cannot be the whole text.
    """
    parts = parts_of(line, ctx, sentences_of)
    count = sum(len(part.deliveries) for part in parts)
    ratio = 2 ** (line.pitch / 12)
    utterances: list[Utterance] = []
    timings: set[Timing] = set()
    for part in parts:
        for delivery in part.deliveries:
            ctx.progress(len(utterances) / count, "speaking")
            sentence = delivery.sentence
            speed = line.speed * Counter(delivery.paces).most_common(1)[0][0]
            made = record(sentence.spoken, part.turn.voice or line.voice, min(max(speed / ratio, 0.25), 4.0))
            recordings.check(made, alignment.syllables(sentence.spoken), speed / ratio, provider)
            if line.pitch:  # spoken slower and played faster: higher, and nothing is stretched
                said = tuple(Boundary(each.text, each.start_s / ratio, each.end_s / ratio) for each in made.boundaries)
                made = Recording(made.samples, round(made.rate_hz * ratio), said)
            spans, timing = _timed(made, sentence.words, line.language, ctx)
            timings.add(timing)
            ends_turn = len(parts) > 1 and delivery is part.deliveries[-1]
            utterances.append(_utterance(made, delivery, spans, line.pause_ms, ends_turn=ends_turn))
    worst: Timing = max(timings, key=_ORDER.index, default="exact")
    if worst == "estimated":
        ctx.note(f"{provider} does not say when its words are heard: their times are estimated{_cure(line.language)}")
    return close(utterances, parts, line, ctx, voice=voice, provider=provider, timing=worst)


def _utterance(made: Recording, delivery: Delivery, spans: Sequence[Span | None], pause_ms: int, *, ends_turn: bool) -> Utterance:
    last = len(delivery.sentence.words) - 1
    asked = delivery.pauses.get(last)
    pause_s = pause_after(pause_ms, ends_paragraph=delivery.sentence.ends_paragraph, is_part=False, ends_turn=ends_turn)
    return Utterance(
        made.samples,
        made.rate_hz,
        delivery.sentence.words,
        tuple(spans),
        pause_s if asked is None else asked,
        breaks=tuple((place, seconds) for place, seconds in delivery.pauses.items() if 0 <= place < last),
        stressed=delivery.stressed,
        lead_s=delivery.pauses.get(-1, 0.0),
        hold_s=asked or 0.0,
        room_s=room_after(pause_ms) if asked is None else 0.0,
    )


def _cure(language: str) -> str:
    from aigc_cli.media.speech import forced

    return "; `pip install 'aigc[align]'` finds them in the sound" if primary(language) == "en" and not forced.is_there() else ""


def _timed(recording: Recording, words: Sequence[ReadWord], language: str, ctx: Context) -> tuple[list[Span | None], Timing]:
    """A span for each word, earlier by nothing once `join` has moved it, and where it comes from."""
    if recording.boundaries:
        spans = alignment.by_boundaries(words, recording.boundaries)
        if all(span is not None or not alignment.syllables(word.spoken) for span, word in zip(spans, words, strict=True)):
            return _later(spans), "exact"
    if primary(language) == "en":
        aligned = _aligned(recording, words, ctx)
        if aligned is not None:
            return _later(aligned), "aligned"
    return _later(alignment.estimate(recording.samples, recording.rate_hz, words)), "estimated"


def _aligned(recording: Recording, words: Sequence[ReadWord], ctx: Context) -> list[Span | None] | None:
    from aigc_cli.media.speech import forced
    from aigc_cli.media.speech.phonemes import EnglishPhonemes

    if not forced.is_there():
        return None
    aligner = ctx.load("aligner", lambda: forced.Aligner(ctx.load("phonemes:en-US", EnglishPhonemes)))
    return aligner(recording.samples, recording.rate_hz, words)


def _later(spans: Sequence[Span | None]) -> list[Span | None]:
    """`join` moves words earlier by `LEAD_S`, as the embedded models need it; these are where they are heard already."""
    return list(cast("Iterator[Span | None]", (span and (span[0] + LEAD_S, span[1] + LEAD_S) for span in spans)))
