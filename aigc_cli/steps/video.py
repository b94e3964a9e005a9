"""`video.assemble`: a storyboard, its pictures, takes and music become finished files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Protocol

from pydantic import BeforeValidator, Field, field_validator, model_validator

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step
from aigc_cli.media import proofs
from aigc_cli.media.bookends import IDS, Cast, bound
from aigc_cli.media.files.masters import TRANSPARENT
from aigc_cli.media.layout.formats import FORMATS, frame_size
from aigc_cli.media.schedule import schedule
from aigc_cli.media.style import brand as brands
from aigc_cli.media.style import typography
from aigc_cli.shapes import Clip, ClipRequest, FootageRequest, FootageTake, PreviewRequest, RenderRequest, Speech
from aigc_cli.shapes import Preview as Seen
from aigc_cli.storyboard import Storyboard, Transition
from aigc_cli.workflow.problems import Problem


def _storyboard_only(value: Any) -> Any:
    """A text step's value is a storyboard and what was said of it; here only the storyboard counts."""
    return {name: item for name, item in value.items() if name in Storyboard.model_fields} if isinstance(value, dict) else value


Script = Annotated[Storyboard, BeforeValidator(_storyboard_only)]


class Assembles(Protocol):
    """A provider of `video`."""

    def assemble(self, request: ClipRequest, ctx: Context) -> Clip:
        """Films the storyboard in every format."""


class Previews(Protocol):
    """A provider of `video` that can show a part of a clip."""

    def preview(self, request: PreviewRequest, ctx: Context) -> Seen:
        """Draws what is asked for."""


class Renders(Protocol):
    """A provider of `video` that takes a timeline."""

    def render(self, request: RenderRequest, ctx: Context) -> Clip:
        """Renders the timeline."""


class _Filmed(ClipRequest, Step):
    """What every step that films a storyboard takes and checks."""

    provides: ClassVar[str] = "video"

    script: Script = Field(description="The storyboard, as `text.write` or `text.brief` gives it.")

    @field_validator("script")
    @classmethod
    def _check_letters(cls, script: Storyboard) -> Storyboard:
        for scene in script.scenes:
            lost = typography.undrawable(scene.show)
            if lost:
                raise ValueError(f"scene `{scene.id}`: its {lost[0]} holds {lost[1]}, which no font has; write it with other characters")
        return script

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
    def _check_lists(self) -> _Filmed:
        count = len(self.script.scenes)
        for name, items in (("pictures", self.pictures), ("footage", self.footage), ("voice", self.voice), ("sounds", self.sounds)):
            if items and len(items) != count:
                raise ValueError(f"`{name}` has {len(items)} items for {count} scenes: one per scene, null where there is none")
        return self

    @model_validator(mode="after")
    def _check_transparency(self) -> _Filmed:
        if self.background == "transparent" and self.codec not in TRANSPARENT:
            raise ValueError(f"`codec: {self.codec}` cannot be see-through; use one of {', '.join(TRANSPARENT)}, or `background: brand`")
        return self

    @classmethod
    def faults(cls, given: Mapping[str, Any], templates: Templates) -> tuple[Problem, ...]:
        """Mistakes in the brand, and in the scene templates and caption styles beside the workflow."""
        return (*proofs.of_brand(str(given.get("brand") or "auto"), templates), *proofs.of_own(templates))

    def materials(self, templates: Templates) -> Mapping[str, str]:
        """Every scene template in use, the brand and the caption style."""
        look = brands.load(self.brand, templates)
        added = {"intro.yaml" if look.intro else "", "outro.yaml" if look.outro else "", "film.yaml" if look.intro or look.outro else ""}
        names = sorted({f"{scene.layout}.yaml" for scene in self.script.scenes} | (added - {""}))
        used = {f"scenes/{name}": templates.digest("scenes", name) for name in names}
        brand = "plain" if self.brand == "auto" else self.brand  # `auto` takes its fonts and manner from `plain`
        used[f"brands/{brand}.yaml"] = templates.digest("brands", f"{brand}.yaml")
        used |= {f"brand-{name}": digest for name, digest in look.file_digests().items()}
        style = look.captions if self.captions == "auto" else self.captions
        if style != "none":
            used[f"captions/{style}.yaml"] = templates.digest("captions", f"{style}.yaml")
        return used


class Assemble(_Filmed):
    """Films a storyboard: lays out every scene for every format, draws, mixes, encodes, and writes captions beside it."""

    kind: ClassVar[str] = "video.assemble"
    version: ClassVar[int] = 3
    previewed_by: ClassVar[str] = "video.preview"
    outputs: ClassVar[Mapping[str, str]] = {
        "files": "the finished clips, one MP4 per format, in the order of `formats`",
        "captions": "SRT, VTT and words.json, which hold for every format",
        "poster": "a still of the first format as JPEG",
        "contact_sheet": "a JPEG with frames of every scene in every format",
        "timelines": "the timeline of each format as JSON, for `aigc render` and `aigc export`",
        "credits": "who is to be credited for what is heard",
        "duration_s": "length in seconds",
        "frames": "length in frames",
        "fps": "frames per second",
        "loudness_lufs": "integrated loudness measured on the finished file; null for a silent clip",
        "true_peak_dbtp": "true peak measured on the finished file; null for a silent clip",
    }

    def run(self, provider: Assembles, ctx: Context) -> Mapping[str, Any]:
        """Lets the provider film the storyboard."""
        return dict(provider.assemble(self, ctx))


class Preview(PreviewRequest, _Filmed):
    """Shows what a clip would look like without filming it: single frames, a contact sheet, or a draft."""

    kind: ClassVar[str] = "video.preview"
    version: ClassVar[int] = 1
    script: Script = Field(description="The storyboard, as `text.write` or `text.brief` gives it.")
    outputs: ClassVar[Mapping[str, str]] = {
        "pictures": "single frames as PNG",
        "sheets": "contact sheets as JPEG, one per format",
        "files": "drafts as MP4, one per format",
        "timelines": "the timeline of each format as JSON",
        "duration_s": "length of the clip in seconds",
        "frames": "length of the clip in frames",
        "fps": "frames per second",
    }

    def run(self, provider: Previews, ctx: Context) -> Mapping[str, Any]:
        """Lets the provider draw what is asked for."""
        return dict(provider.preview(self, ctx))


class Render(RenderRequest, Step):
    """Renders a timeline by itself: what it holds comes from the cache, so it must be a timeline that was made there."""

    kind: ClassVar[str] = "video.render"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "video"
    outputs: ClassVar[Mapping[str, str]] = {
        "files": "the finished clip",
        "captions": "nothing: captions lie beside the clip that the timeline was made for",
        "poster": "a still as JPEG",
        "contact_sheet": "frames of every shot as JPEG",
        "timelines": "the timeline again, with its rendered shots",
        "credits": "nothing: they lie with the clip that the timeline was made for",
        "duration_s": "length in seconds",
        "frames": "length in frames",
        "fps": "frames per second",
        "loudness_lufs": "null: the sound is the timeline's own",
        "true_peak_dbtp": "null: the sound is the timeline's own",
    }

    def run(self, provider: Renders, ctx: Context) -> Mapping[str, Any]:
        """Lets the provider render the timeline."""
        return dict(provider.render(self, ctx))


class MakesFootage(Protocol):
    """A provider of `video` that makes the user's videos ready."""

    def footage(self, request: FootageRequest, ctx: Context) -> FootageTake:
        """Trims, turns and converts."""


class Footage(FootageRequest, Step):
    """Makes a part of the user's video ready for a scene: upright, trimmed, at one frame rate, its sound apart."""

    kind: ClassVar[str] = "video.footage"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "video"
    outputs: ClassVar[Mapping[str, str]] = {
        "video": "the part as MP4: H.264, BT.709, one frame rate",
        "poster": "a still of it as JPEG",
        "sound": "its own sound as WAV; null when it has none or it is dropped",
        "width": "width in pixels",
        "height": "height in pixels",
        "fps": "frames per second",
        "frames": "length in frames",
        "is_ducked": "whether its sound goes under what is said",
        "fit": "how it fills its place: `fill` or `blur`",
        "has_matte": "whether it is see-through; the film is then twice as high, its alpha under its pictures",
        "is_repeated": "whether it begins again when its scene lasts longer",
        "subject": "left, top, right and bottom of what is not see-through, in fractions",
        "focus": "where the subject is, in fractions from the top left",
        "faces": "boxes of faces in its still, in fractions",
        "palette": "colours found in it",
    }

    @model_validator(mode="after")
    def _check_part(self) -> Footage:
        if self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError(f"the part ends at {self.end_s:g} s, before it begins at {self.start_s:g} s")
        return self

    def run(self, provider: MakesFootage, ctx: Context) -> Mapping[str, Any]:
        """Lets the provider make it ready."""
        return dict(provider.footage(self, ctx))


class Schedule(Step):
    """Times a storyboard against its takes: where every scene begins and ends. Music is composed to this length."""

    kind: ClassVar[str] = "video.schedule"
    version: ClassVar[int] = 2
    provides: ClassVar[str] = "video"
    outputs: ClassVar[Mapping[str, str]] = {
        "duration_s": "length of the whole clip in seconds",
        "frames": "length in frames",
        "scenes": "one entry per scene of it: scene, start, frames, speech_start, speech_frames, transition, fade_frames, duration_s",
    }

    script: Script = Field(description="The storyboard.")
    voice: tuple[Speech | None, ...] = Field((), description="One take of speech, or null, per scene.")
    length_s: float | None = Field(None, gt=0, le=3600, description="Wanted length; breathing spaces are fitted to it.")
    fps: Literal[24, 25, 30, 50, 60] = Field(30, description="Frames per second.")
    transitions: Literal["auto"] | Transition = Field("auto", description="As `video.assemble` has it: their length counts.")
    brand: str = Field("auto", description="A brand's name: its intro and outro count.", json_schema_extra={"template": "brands"})

    def materials(self, templates: Templates) -> Mapping[str, str]:
        """The brand's intro and outro; what else it says changes no length."""
        look = brands.load(self.brand, templates)
        said = {
            name: each.model_dump_json(exclude=set(each.files())) for name, each in (("intro", look.intro), ("outro", look.outro)) if each
        }
        return {**said, **look.file_digests()} if said else {}

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        """Places the scenes; a rule of arithmetic, so the provider is not asked."""
        takes = self.voice or (None,) * len(self.script.scenes)
        whole = bound(Cast(self.script, takes), brands.load(self.brand, ctx.templates))
        slots = schedule(whole.board, whole.takes, self.fps, self.length_s, self.transitions)
        frames = slots[-1].start + slots[-1].frames
        own = [{**slot.model_dump(mode="json"), "duration_s": slot.frames / self.fps} for slot in slots if slot.scene not in IDS]
        return {"duration_s": frames / self.fps, "frames": frames, "scenes": own}
