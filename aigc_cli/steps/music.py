"""`music.compose`: a piece of music of an exact length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step
from aigc_cli.media.style import brand as brands
from aigc_cli.shapes import MusicRequest, Track


class Composes(Protocol):
    """What a provider of music can do."""

    def compose(self, request: MusicRequest, ctx: Context) -> Track:
        """Makes the piece: 48 kHz stereo, as long as asked to the sample."""


class Compose(Step):
    """Composes a piece of music by mood that ends on its cadence at the asked length."""

    kind: ClassVar[str] = "music.compose"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "music"
    outputs: ClassVar[Mapping[str, str]] = {
        "audio": "48 kHz stereo 16-bit WAV.",
        "duration_s": "Length in seconds.",
        "tempo_bpm": "Beats per minute.",
        "beats_s": "When the beats fall, in seconds; the first of each bar is every fourth.",
        "mood": "The mood it was made for.",
        "credit": "Who is to be credited, when somebody is.",
    }

    mood: Literal["auto", "calm", "upbeat", "corporate", "cinematic", "newsroom", "playful"] = Field(
        "auto", description="calm, upbeat, corporate, cinematic, newsroom or playful; auto takes the brand's own, else upbeat."
    )
    brand: str = Field("auto", description="A brand's name, for its mood.", json_schema_extra={"template": "brands"})
    duration_s: float = Field(ge=0.5, le=3600, description="Exact length in seconds; the last chord has faded by then.")
    tempo_bpm: float | None = Field(None, ge=40, le=220, description="Beats per minute; null lets the mood choose.")
    key: str | None = Field(
        None, pattern=r"^[A-G][#b]?m?$", description="Key such as `C`, `F#`, `Bb` or, in minor, `Am`; null lets the mood choose."
    )
    energy: float = Field(0.5, ge=0, le=1, description="How dense it is: 0 without drums, 1 with everything.")

    def materials(self, templates: Templates) -> Mapping[str, str]:
        """The brand's mood, when it decides; what else the brand says changes no music."""
        return {"mood": brands.load(self.brand, templates).mood} if self.mood == "auto" else {}

    def run(self, provider: Composes, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider; the value is a `Track`, field by field."""
        mood = brands.load(self.brand, ctx.templates).mood or "upbeat" if self.mood == "auto" else self.mood
        request = MusicRequest(mood=mood, duration_s=self.duration_s, tempo_bpm=self.tempo_bpm, key=self.key, energy=self.energy)
        return dict(provider.compose(request, ctx))
