"""`speech.say`: a take of narration with the time of every word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from pydantic import Field

from aigc_cli.contracts import Context, Step
from aigc_cli.errors import WorkflowError
from aigc_cli.shapes import Line, Speech


class Speaks(Protocol):
    """What a provider of speech can do."""

    def speak(self, line: Line, ctx: Context) -> Speech:
        """Says the line: 48 kHz mono, every shown word with its time."""


class Say(Step):
    """Says a text, and tells when each of its words is heard."""

    kind: ClassVar[str] = "speech.say"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "speech"
    outputs: ClassVar[Mapping[str, str]] = {
        "audio": "48 kHz mono 16-bit WAV.",
        "words": "The words as written, in order: text, start_s, end_s, is_glued.",
        "duration_s": "Length in seconds.",
        "text": "What was to be said, as written.",
        "spoken": "What was really read out, numbers and signs in words.",
        "language": "The language of the text.",
        "voice": "The voice that speaks.",
        "provider": "The engine that made it.",
    }

    text: str = Field(description="What to say, as one would write it: figures, signs and abbreviations are read out.")
    language: str = Field(
        "en", pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", description="BCP 47 tag of the text: `en`, `en-GB`, `zh`."
    )
    voice: str | None = Field(None, description="Name of a voice, as `aigc providers` lists them; null takes the language's first.")
    speed: float = Field(1.0, ge=0.5, le=2.0, description="1 is the voice's own pace, 2 twice as fast.")
    pause_ms: int = Field(250, ge=0, le=5000, description="Silence between two sentences, in milliseconds.")

    def run(self, provider: Speaks, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider; the value is a `Speech`, field by field. Raises WorkflowError for an empty text."""
        if not self.text.strip():
            raise WorkflowError("the text to speak is empty", "give it words, or leave the scene silent with `if`")
        line = Line(text=self.text, language=self.language, voice=self.voice, speed=self.speed, pause_ms=self.pause_ms)
        return dict(provider.speak(line, ctx))
