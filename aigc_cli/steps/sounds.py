"""`sound.effect`: a sound for a moment of a scene."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from pydantic import model_validator

from aigc_cli.contracts import Context, Step
from aigc_cli.shapes import SoundRequest, SoundTake


class MakesSounds(Protocol):
    """What a provider of sounds can do."""

    def sound(self, request: SoundRequest, ctx: Context) -> SoundTake:
        """Makes the sound: 48 kHz stereo."""


class Effect(SoundRequest, Step):
    """A sound by name, such as `riser`, or from words, for a moment of a scene."""

    kind: ClassVar[str] = "sound.effect"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "sound"
    outputs: ClassVar[Mapping[str, str]] = {
        "audio": "48 kHz stereo 16-bit WAV",
        "duration_s": "length in seconds",
        "mark_s": "the second of it that belongs on the moment: a riser's end, a whoosh's summit, else its beginning",
        "credit": "who is to be credited, when somebody is",
    }

    @model_validator(mode="after")
    def _check_asked(self) -> Effect:
        if not self.name and not self.prompt.strip():
            raise ValueError("give a `name`, such as `riser`, or a `prompt`")
        return self

    def run(self, provider: MakesSounds, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider; the value is a `SoundTake`, field by field."""
        return dict(provider.sound(self, ctx))
