"""`video.assemble`: a storyboard, its pictures, takes and music become finished files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from aigc_cli.artifacts import ArtifactField
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step
from aigc_cli.media.schedule import schedule
from aigc_cli.shapes import Clip, Picture, Speech, Track
from aigc_cli.storyboard import Storyboard

FORMATS = {"9:16": (1080, 1920), "4:5": (1080, 1350), "1:1": (1080, 1080), "16:9": (1920, 1080)}
_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})\Z")


def frame_size(form: str) -> tuple[int, int] | None:
    """Width and height in pixels of `9:16`, `4:5`, `1:1`, `16:9` or `WIDTHxHEIGHT`; None when it is not a format."""
    if form in FORMATS:
        return FORMATS[form]
    match = _SIZE.match(form)
    if not match:
        return None
    width, height = int(match[1]), int(match[2])
    fits = all(128 <= side <= 4096 and side % 2 == 0 for side in (width, height))
    return (width, height) if fits else None


class Assemble(Step):
    """Films a storyboard: lays out every scene for every format, draws, mixes, encodes, and writes captions beside it."""

    kind: ClassVar[str] = "video.assemble"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "video"
    outputs: ClassVar[Mapping[str, str]] = {
        "files": "the finished clips, one MP4 per format, in the order of `formats`",
        "captions": "SRT, VTT and words.json, which hold for every format",
        "poster": "a still of the first format as JPEG",
        "contact_sheet": "a PNG with frames of every scene in every format",
        "duration_s": "length in seconds",
        "frames": "length in frames",
        "fps": "frames per second",
        "loudness_lufs": "integrated loudness measured on the finished file; null for a silent clip",
        "true_peak_dbtp": "true peak measured on the finished file; null for a silent clip",
    }

    script: Storyboard = Field(description="The storyboard, as `text.write` or `text.brief` gives it.")
    pictures: tuple[Picture | None, ...] = Field((), description="One picture, or null, per scene.")
    voice: tuple[Speech | None, ...] = Field((), description="One take of speech, or null, per scene.")
    music: Track | None = Field(None, description="Music under the whole clip.")
    formats: tuple[str, ...] = Field(("9:16",), min_length=1, max_length=8, description="`9:16`, `4:5`, `1:1`, `16:9` or WIDTHxHEIGHT.")
    captions: Literal["highlight", "karaoke", "pop", "plain", "none"] = Field("highlight", description="Style of the burned captions.")
    brand: str = Field(
        "auto", description="A brand's name; `auto` takes its colours from the photo.", json_schema_extra={"template": "brands"}
    )
    logo: ArtifactField | None = Field(None, description="A logo picture, best with transparency.")
    length_s: float | None = Field(None, gt=0, le=3600, description="Wanted length; breathing spaces are fitted to it.")
    progress_bar: bool = Field(False, description="A thin bar that grows along the lower edge.")
    fps: Literal[24, 25, 30, 50, 60] = Field(30, description="Frames per second.")
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = Field(
        "veryfast", description="x264 preset."
    )
    crf: int = Field(20, ge=0, le=40, description="x264 constant rate factor; lower is better and larger.")
    scale: float = Field(1.0, ge=0.25, le=2, description="Size against the full format; 0.5 makes a draft.")

    @field_validator("formats")
    @classmethod
    def _check_formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for form in formats:
            if frame_size(form) is None:
                raise ValueError(f'"{form}" is not a format; use one of {", ".join(FORMATS)} or WIDTHxHEIGHT (even, 128 to 4096)')
        if len(set(formats)) != len(formats):
            raise ValueError("a format is named twice")
        return formats

    @model_validator(mode="after")
    def _check_lists(self) -> Assemble:
        count = len(self.script.scenes)
        for name, items in (("pictures", self.pictures), ("voice", self.voice)):
            if items and len(items) != count:
                raise ValueError(f"`{name}` has {len(items)} items for {count} scenes: one per scene, null where there is none")
        return self

    def materials(self, templates: Templates) -> Mapping[str, str]:
        """Every scene template in use, the brand and the caption style."""
        names = sorted({f"{scene.layout}.yaml" for scene in self.script.scenes})
        used = {f"scenes/{name}": templates.digest("scenes", name) for name in names}
        if self.brand != "auto":
            used[f"brands/{self.brand}.yaml"] = templates.digest("brands", f"{self.brand}.yaml")
        if self.captions != "none":
            used[f"captions/{self.captions}.yaml"] = templates.digest("captions", f"{self.captions}.yaml")
        return used

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        """Lets the provider film the storyboard."""
        clip: Clip = provider.assemble(self, ctx)
        return clip.model_dump(mode="json")


class Schedule(Step):
    """Times a storyboard against its takes: where every scene begins and ends. Music is composed to this length."""

    kind: ClassVar[str] = "video.schedule"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "video"
    outputs: ClassVar[Mapping[str, str]] = {
        "duration_s": "length of the whole clip in seconds",
        "frames": "length in frames",
        "scenes": "one entry per scene: scene, start, frames, speech_start, speech_frames, fade_frames",
    }

    script: Storyboard = Field(description="The storyboard.")
    voice: tuple[Speech | None, ...] = Field((), description="One take of speech, or null, per scene.")
    length_s: float | None = Field(None, gt=0, le=3600, description="Wanted length; breathing spaces are fitted to it.")
    fps: Literal[24, 25, 30, 50, 60] = Field(30, description="Frames per second.")

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        """Places the scenes; a rule of arithmetic, so the provider is not asked."""
        takes = self.voice or (None,) * len(self.script.scenes)
        slots = schedule(self.script, takes, self.fps, self.length_s)
        frames = slots[-1].start + slots[-1].frames
        return {"duration_s": frames / self.fps, "frames": frames, "scenes": [slot.model_dump(mode="json") for slot in slots]}
