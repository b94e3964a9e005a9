"""`music.compose`: a piece of music of an exact length. `music.load`: the user's own, made as long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field

from aigc_cli.artifacts import ArtifactField
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step
from aigc_cli.media.style import brand as brands
from aigc_cli.shapes import MusicRequest, Track

_OUTPUTS = {
    "audio": "48 kHz stereo 16-bit WAV.",
    "duration_s": "Length in seconds.",
    "tempo_bpm": "Beats per minute; 0 when no beat is found.",
    "beats_s": "When the beats fall, in seconds; the first of each bar is every fourth.",
    "mood": "The mood it was made for.",
    "credit": "Who is to be credited, when somebody is.",
}


class Composes(Protocol):
    """What a provider of music can do."""

    def compose(self, request: MusicRequest, ctx: Context) -> Track:
        """Makes the piece: 48 kHz stereo, as long as asked to the sample."""


class Compose(Step):
    """Composes a piece of music by mood that ends on its cadence at the asked length."""

    kind: ClassVar[str] = "music.compose"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "music"
    outputs: ClassVar[Mapping[str, str]] = _OUTPUTS

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


class Load(Step):
    """Makes the user's own music as long as a clip: looped on its beats, faded, credited."""

    kind: ClassVar[str] = "music.load"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "video"  # what composes or plays music by a model is not asked
    outputs: ClassVar[Mapping[str, str]] = _OUTPUTS

    file: ArtifactField = Field(description="The music: WAV, MP3, M4A, FLAC, Ogg, or a video with sound.")
    duration_s: float = Field(ge=0.5, le=3600, description="Exact length in seconds; too short music is looped from bar to bar.")
    start_s: float = Field(0.0, ge=0, le=3600, description="Where in the file it begins, in seconds.")
    fade_in_s: float = Field(0.0, ge=0, le=10, description="Seconds in which it comes up.")
    fade_out_s: float = Field(2.0, ge=0, le=30, description="Seconds in which it goes at the end.")
    tempo_bpm: float | None = Field(None, ge=40, le=220, description="Beats per minute, when the file's are known; null finds them.")
    credit: str = Field("", max_length=200, description="Who is to be credited; empty takes title and artist from the file's tags.")

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        """Reads and fits it; a matter of arithmetic, so the provider is not asked. The value is a `Track`, field by field."""
        from aigc_cli.media.audio.own_music import fit
        from aigc_cli.media.audio.sound import RATE_HZ, write_wav

        length = round(self.duration_s * RATE_HZ)
        name = self.file.name or "the music"
        made = fit(
            ctx.open(self.file), length, name=name, start_s=self.start_s,
            fade_in_s=self.fade_in_s, fade_out_s=self.fade_out_s, tempo_bpm=self.tempo_bpm,
        )  # fmt: skip
        for note in made.notes:
            ctx.note(note)
        path = ctx.scratch / "music.wav"
        write_wav(path, made.pieces)
        return dict(
            Track(
                audio=ctx.save(path, "audio/wav", "music.wav"),
                duration_s=length / RATE_HZ,
                tempo_bpm=made.tempo_bpm,
                beats_s=made.beats_s,
                mood="own",
                credit=self.credit or made.credit,
            )
        )
