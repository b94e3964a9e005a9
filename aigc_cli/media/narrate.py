"""From a line to a take: reads it, has a voice model speak it sentence by sentence, joins and saves the sound."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from aigc_cli.errors import WorkflowError
from aigc_cli.media.phonemes import Phonemizer, Sound, split
from aigc_cli.media.reading import Sentence, read
from aigc_cli.media.sound import RATE_HZ, write_wav
from aigc_cli.media.takes import Utterance, join, pause_after, word_spans
from aigc_cli.shapes import Line, Speech

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aigc_cli.contracts import Context

LONGEST_TEXT = 50_000
"""Characters in one line: about an hour of speech."""


class VoiceModel(Protocol):
    """A model that speaks phonemes and says how long it took for each."""

    rate_hz: int
    unit_s: float
    longest: int

    @property
    def vocabulary(self) -> Collection[str]:
        """The phonemes it knows."""

    def __call__(self, phonemes: str, speed: float) -> tuple[NDArray[np.float32], Sequence[float]]:
        """Mono samples, and a duration per phoneme with one pad before and one after, in units of `unit_s`."""


def narrate(line: Line, ctx: Context, *, voice: str, provider: str, phonemize: Phonemizer, model: VoiceModel) -> Speech:
    """The take of a line. Raises WorkflowError when there is nothing to say or the text is not in the language's script."""
    import numpy as np

    if len(line.text) > LONGEST_TEXT:
        raise WorkflowError(
            f"the text to speak has {len(line.text):,} characters; {LONGEST_TEXT:,} is the most", "part it into several steps"
        )
    sentences = read(line.text, line.language)
    utterances = [
        utterance
        for index, sentence in enumerate(sentences)
        for utterance in _spoken(sentence, line, phonemize, model, lambda index=index: ctx.progress(index / len(sentences), "speaking"))  # type: ignore[misc]
    ]
    if not utterances:
        raise WorkflowError("the text to speak has nothing that the voice can pronounce", "write it in words")
    samples, words = join(utterances)
    path = ctx.scratch / "take.wav"
    write_wav(path, samples.astype(np.float32), rate_hz=RATE_HZ)
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
    )


def _spoken(sentence: Sentence, line: Line, phonemize: Phonemizer, model: VoiceModel, report: Callable[[], None]) -> Iterator[Utterance]:
    """The utterances of a sentence: one, or several when it is longer than the model takes at once."""
    report()
    words = sentence.words
    parts = split(phonemize(words).keep(model.vocabulary), model.longest)
    for index, part in enumerate(parts):
        samples, durations = model(part.phonemes, line.speed)
        spans = word_spans(part, durations, len(words), model.unit_s)
        first, last = _owned(part, parts, index, len(words))
        pause_s = pause_after(line.pause_ms, ends_paragraph=sentence.ends_paragraph, is_part=index + 1 < len(parts))
        yield Utterance(samples, model.rate_hz, words[first:last], tuple(spans[first:last]), pause_s)


def _owned(part: Sound, parts: Sequence[Sound], index: int, count: int) -> tuple[int, int]:
    """Which words a part is to show: from where the part before ended to its own last word; a word cut in two stays with the first."""
    before = max((owner for each in parts[:index] for owner in each.owners), default=-1)
    last = max(part.owners) if index + 1 < len(parts) else count - 1
    return before + 1, max(last, before) + 1
