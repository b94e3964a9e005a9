"""`speech.transcribe`: sound to words and captions. `speech.check`: a narration heard again and compared with its script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field

from aigc_cli.artifacts import ArtifactField
from aigc_cli.contracts import Context, Step
from aigc_cli.errors import AigcError, QualityError, WorkflowError
from aigc_cli.media.captioning.subtitles import SpokenWord, srt, vtt
from aigc_cli.media.speech.listening import Comparison, compare
from aigc_cli.media.speech.reading import read
from aigc_cli.media.speech.reading.romance import is_romance
from aigc_cli.media.speech.reading.script import is_chinese, primary
from aigc_cli.shapes import Transcript, TranscriptRequest

_LANGUAGE = r"^([A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*)?$"
_SHOWN_DIFFERENCES = 5


class Listens(Protocol):
    """What a listener can do."""

    def transcribe(self, recording: TranscriptRequest, ctx: Context) -> Transcript:
        """Hears what is said, every word with its time."""


class Transcribe(Step):
    """Writes down what is said in a sound or video file, with the time of every word, and as captions."""

    kind: ClassVar[str] = "speech.transcribe"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "transcribe"
    outputs: ClassVar[Mapping[str, str]] = {
        "words": "The words in order: text, start_s, end_s, is_glued.",
        "text": "All that is said, as one text.",
        "language": "BCP 47 tag of what is said; `und` when nobody speaks.",
        "confidence": "How sure the language is, 0 to 1.",
        "duration_s": "Length of the recording in seconds.",
        "srt": "Captions as SubRip.",
        "vtt": "Captions as WebVTT.",
        "listener": "The engine that listened.",
    }

    audio: ArtifactField = Field(description="A sound or video file: WAV, MP3, Ogg, FLAC, MP4, MOV, WebM, Matroska.")
    language: str = Field("", pattern=_LANGUAGE, description="BCP 47 tag of what is said; empty finds out.")
    chinese: Literal["simplified", "traditional", "as-heard"] = Field("simplified", description="Which characters Chinese is written in.")
    names: tuple[str, ...] = Field((), max_length=50, description="Names that may be said, so that they are written right.")

    def run(self, provider: Listens, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider. Raises WorkflowError when the file has no sound."""
        heard = provider.transcribe(
            TranscriptRequest(audio=self.audio, language=self.language, chinese=self.chinese, names=self.names), ctx
        )
        if not heard.words:
            ctx.note("nobody speaks in this recording: its captions are empty")
        spoken = [SpokenWord(**word.model_dump()) for word in heard.words]
        return {
            **dict(heard),
            "srt": ctx.save(srt(spoken).encode(), "application/x-subrip", ".srt"),
            "vtt": ctx.save(vtt(spoken).encode(), "text/vtt", ".vtt"),
        }


class Check(Step):
    """Listens to a narration and compares it with its script: fails when too many words are not heard as they are written."""

    kind: ClassVar[str] = "speech.check"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "transcribe"
    outputs: ClassVar[Mapping[str, str]] = {
        "error_rate": "Share of the words (characters of Chinese) that were not heard as written, 0 to 1 and above.",
        "errors": "How many were not.",
        "length": "How many there are in the script.",
        "unit": "`words` or `characters`.",
        "differences": "A list of what was written and what was heard instead.",
        "heard": "What was heard, as one text.",
        "is_good": "True when the rate is at most `most_errors`.",
    }

    audio: ArtifactField = Field(description="The narration, or the finished clip.")
    text: str = Field(min_length=1, description="What it should say, as written.")
    language: str = Field("en", pattern=_LANGUAGE, description="BCP 47 tag of the text.")
    most_errors: float = Field(
        0.12, ge=0, le=1, description="The highest error rate that passes; the listener itself is wrong in up to one word of ten."
    )
    stop: bool = Field(True, description="False tells the rate and goes on, whatever it is.")

    def run(self, provider: Listens, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider. Raises QualityError that names the words when the error rate passes `most_errors`."""
        heard = provider.transcribe(TranscriptRequest(audio=self.audio, language=self.language), ctx)
        found = compare(_as_read(self.text, self.language), _as_read(heard.text, self.language), self.language)
        if found.length == 0:
            raise WorkflowError("the text to compare with has no words", "give the script of the narration")
        is_good = found.rate <= self.most_errors
        if not is_good and self.stop:
            raise QualityError(*_complaint(found, self.most_errors))
        if not is_good:
            ctx.note(_complaint(found, self.most_errors)[0], is_downgrade=True)
        return {
            "error_rate": round(found.rate, 4),
            "errors": found.errors,
            "length": found.length,
            "unit": found.unit,
            "differences": [{"written": each.written, "heard": each.heard} for each in found.differences],
            "heard": heard.text,
            "is_good": is_good,
        }


def _as_read(text: str, language: str) -> str:
    """A text as it is read out, so that `30` and `thirty` are the same; as it is where there are no rules for the language."""
    if not (primary(language) == "en" or is_chinese(language) or is_romance(language)):
        return text
    try:
        return " ".join(sentence.spoken for sentence in read(text, language))
    except AigcError:  # a listener may write letters that a narrator could not read, or nothing at all
        return text


def _complaint(found: Comparison, most: float) -> tuple[str, str]:
    shown = [
        f"`{each.written or '(nothing)'}` was heard as `{each.heard or '(nothing)'}`" for each in found.differences[:_SHOWN_DIFFERENCES]
    ]
    more = len(found.differences) - len(shown)
    listed = "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
    return (
        f"{found.rate:.1%} of the {found.unit} are not heard as written, more than {most:.0%}: {listed}",
        "spell what is misread another way, choose another voice, or raise `most_errors`",
    )
