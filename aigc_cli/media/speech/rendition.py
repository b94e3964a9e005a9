"""What every narrator does before and after it speaks: reads a line into turns and sentences, closes utterances into a take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from aigc_cli.errors import WorkflowError
from aigc_cli.media.audio.sound import RATE_HZ, write_wav
from aigc_cli.media.speech.reading.dialogue import Turn, turns
from aigc_cli.media.speech.reading.marks import Delivery, deliver, parse
from aigc_cli.media.speech.reading.script import Sentence
from aigc_cli.media.speech.takes import Utterance, join
from aigc_cli.shapes import Line, Speech

if TYPE_CHECKING:
    from aigc_cli.contracts import Context

LONGEST_TEXT = 50_000
"""Characters in one line: about an hour of speech."""

Timing = Literal["exact", "aligned", "estimated"]


@dataclass(frozen=True)
class Part:
    """A turn of a dialogue, or the whole line: who says it, its text without marks, its sentences."""

    turn: Turn
    text: str
    deliveries: tuple[Delivery, ...]


def parts_of(line: Line, ctx: Context, sentences: Callable[[str, str, Mapping[str, str]], tuple[Sentence, ...]]) -> tuple[Part, ...]:
    """The turns of a line with their sentences, read by `sentences(text, language, lexicon)`; a note for marks without their other half.

    Raises WorkflowError when the text is too long, and what `sentences` raises.
    """
    if len(line.text) > LONGEST_TEXT:
        raise WorkflowError(
            f"the text to speak has {len(line.text):,} characters; {LONGEST_TEXT:,} is the most", "part it into several steps"
        )
    found = []
    for turn in turns(line.text, line.speakers) or (Turn(None, line.text),):
        marked = parse(turn.text)
        for mark in marked.unpaired:
            ctx.note(f"`{mark}` has no other half and is read as text")
        # A text without marks is kept as it was written, to the letter.
        text = turn.text if not marked.marks else marked.text
        found.append(Part(turn, text, deliver(sentences(text, line.language, line.lexicon), marked.marks, line.language)))
    return tuple(found)


def close(
    utterances: Iterable[Utterance],
    parts: Sequence[Part],
    line: Line,
    ctx: Context,
    *,
    voice: str,
    provider: str,
    timing: Timing = "exact",
) -> Speech:
    """The take: utterances joined, with breaths, saved as a 48 kHz mono WAV. Raises WorkflowError when there are none."""
    pieces, words = join(utterances, line.breaths)
    if not pieces:
        raise WorkflowError("the text to speak has nothing that the voice can pronounce", "write it in words")
    path = ctx.scratch / "take.wav"
    length = write_wav(path, pieces, rate_hz=RATE_HZ)
    ctx.progress(1.0, "spoken")
    return Speech(
        audio=ctx.save(path, "audio/wav", "take.wav"),
        words=words,
        duration_s=length / RATE_HZ,
        text="\n".join(part.text for part in parts),
        spoken=" ".join(delivery.sentence.spoken for part in parts for delivery in part.deliveries),
        language=line.language,
        voice=", ".join(dict.fromkeys(part.turn.voice or voice for part in parts)),
        provider=provider,
        timing=timing,
    )
