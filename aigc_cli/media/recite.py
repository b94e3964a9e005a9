"""From a line to a take, for engines that give sound and no phonemes: sentence by sentence, checked, levelled, every word timed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, cast

from aigc_cli.errors import WorkflowError
from aigc_cli.media import alignment, recordings, voices
from aigc_cli.media.narrate import LONGEST_TEXT
from aigc_cli.media.reading import read
from aigc_cli.media.reading.script import ReadWord, Sentence, has_words, is_chinese, primary
from aigc_cli.media.recordings import Recording
from aigc_cli.media.sound import RATE_HZ, write_wav
from aigc_cli.media.takes import LEAD_S, Utterance, join, pause_after
from aigc_cli.shapes import Line, Speech

if TYPE_CHECKING:
    from aigc_cli.contracts import Context

Span = tuple[float, float]
Record = Callable[[str], Recording]
"""Says one sentence, given as it is to be read out."""

Timing = Literal["exact", "aligned", "estimated"]
_ORDER: tuple[Timing, ...] = ("exact", "aligned", "estimated")

_ENDS = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])[”’」』）]*")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def whose_voice(name: str | None) -> str | None:
    """Why a voice is not for an engine of the user's own, in a few words; None when it is not one of the shipped voices."""
    found = next((each for each in voices.shipped() if each.voice.name == name), None)
    return f"the voice `{name}` belongs to {found.engine}" if found else None


def sentences_of(text: str, language: str) -> tuple[Sentence, ...]:
    """The sentences of a text: with our readings for English and Chinese, as they are written for any other language.

    Raises WorkflowError when there is nothing to say.
    """
    if len(text) > LONGEST_TEXT:
        raise WorkflowError(f"the text to speak has {len(text):,} characters; {LONGEST_TEXT:,} is the most", "part it into several steps")
    if primary(language) == "en" or is_chinese(language):
        return read(text, language)
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
    """The take of a line that `record` speaks, sentence by sentence.

    A word's time comes from the engine's own boundaries, else by alignment (English, with the extra `align`), else it is
    estimated, and a note says so. Raises WorkflowError when there is nothing to say, retryable ProviderError for sound that
    cannot be the whole text.
    """
    import numpy as np

    sentences = sentences_of(line.text, line.language)
    utterances: list[Utterance] = []
    timings: set[Timing] = set()
    for index, sentence in enumerate(sentences):
        ctx.progress(index / len(sentences), "speaking")
        spoken = sentence.spoken
        recording = record(spoken)
        recordings.check(recording, alignment.syllables(spoken), line.speed, provider)
        spans, timing = _timed(recording, sentence.words, line.language, ctx)
        timings.add(timing)
        pause_s = pause_after(line.pause_ms, ends_paragraph=sentence.ends_paragraph, is_part=False)
        utterances.append(Utterance(recording.samples, recording.rate_hz, sentence.words, tuple(spans), pause_s))
    if not utterances:
        raise WorkflowError("the text to speak has nothing that the voice can pronounce", "write it in words")
    samples, words = join(utterances)
    path = ctx.scratch / "take.wav"
    write_wav(path, samples.astype(np.float32), rate_hz=RATE_HZ)
    worst = max(timings, key=_ORDER.index)
    if worst == "estimated":
        ctx.note(f"{provider} does not say when its words are heard: their times are estimated{_cure(line.language)}")
    ctx.progress(1.0, "spoken")
    return Speech(
        audio=ctx.save(path, "audio/wav", "take.wav"),
        words=words,
        duration_s=len(samples) / RATE_HZ,
        text=line.text,
        spoken=" ".join(sentence.spoken for sentence in sentences),
        language=line.language,
        voice=voice,
        provider=provider,
        timing=worst,
    )


def _cure(language: str) -> str:
    from aigc_cli.media import forced

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
    from aigc_cli.media import forced
    from aigc_cli.media.phonemes import EnglishPhonemes

    if not forced.is_there():
        return None
    aligner = ctx.load("aligner", lambda: forced.Aligner(ctx.load("phonemes:en-US", EnglishPhonemes)))
    return aligner(recording.samples, recording.rate_hz, words)


def _later(spans: Sequence[Span | None]) -> list[Span | None]:
    """`join` moves words earlier by `LEAD_S`, as the embedded models need it; these are where they are heard already."""
    return list(cast("Iterator[Span | None]", (span and (span[0] + LEAD_S, span[1] + LEAD_S) for span in spans)))
