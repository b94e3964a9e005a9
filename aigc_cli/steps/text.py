"""`text.write`: copy from facts. `text.brief`: a news brief from records. `text.translate`: a storyboard in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, JsonValue, field_validator

from aigc_cli.contracts import Context, Step
from aigc_cli.media.style import typography
from aigc_cli.shapes import Records
from aigc_cli.storyboard import ClipVisual, ImageVisual, Storyboard, Visual

_OUTPUTS = {
    "title": "What the clip is called.",
    "language": "Language tag of the words.",
    "scenes": "The scenes in order: `id`, `layout`, `say`, `show`, `visual`, `sentences`.",
    "sources": "All sources, each once, in order of appearance.",
    "statements": "Every spoken sentence with its scene and the records or pages it comes from.",
    "notes": "What was left out or shortened, and why.",
}
_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


class Write(Step):
    """Writes the words of a marketing clip from a template and facts, to a length."""

    kind: ClassVar[str] = "text.write"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "text"
    outputs: ClassVar[Mapping[str, str]] = _OUTPUTS

    template: str = Field(
        "product-clip", description="A copy template's name, without language and ending.", json_schema_extra={"template": "copy"}
    )
    language: str = Field("en", pattern=_LANGUAGE, description="Language of the words: `en`, `zh`.")
    facts: dict[str, JsonValue] = Field(description="What is known: `product`, `points`, and if wanted `tagline`, `price`, `cta`, `url`.")
    tone: Literal["neutral", "warm", "bold"] = Field("neutral", description="How it is said.")
    length_s: float | None = Field(None, ge=5, le=180, description="Wanted length of the clip in seconds; null: as long as the facts need.")
    must_include: tuple[str, ...] = Field((), max_length=10, description="Words that must be said or shown.")
    forbidden: tuple[str, ...] = Field((), max_length=200, description="Words that must not be said or shown.")
    photos: int = Field(0, ge=0, le=100, description="How many photos there are; scenes name them from 0.")
    footage: int = Field(0, ge=0, le=100, description="How many videos there are; they are used like photos, and before them.")

    @field_validator("must_include", "forbidden")
    @classmethod
    def _are_words(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _phrases(value)

    @field_validator("facts")
    @classmethod
    def _are_drawable(cls, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        lost = typography.undrawable(value)
        if lost:
            raise ValueError(f"`{lost[0]}` holds {lost[1]}, which no font has; write it with other characters, or leave it out")
        return value

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider to `write` and returns the storyboard's fields."""
        if not self.footage:
            return _told(provider.write(self, ctx), ctx)
        board = provider.write(self.model_copy(update={"photos": self.photos + self.footage}), ctx)
        return _told(_with_footage(board, self.footage), ctx)


class Brief(Step):
    """Writes a news brief from records: every sentence names its source, every number is in the data or computed from it."""

    kind: ClassVar[str] = "text.brief"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "brief"
    outputs: ClassVar[Mapping[str, str]] = _OUTPUTS

    data: Records = Field(description="The records, as `data.load` gives them.")
    language: str = Field("en", pattern=_LANGUAGE, description="Language of the words: `en`, `zh`.")
    title: str = Field("", max_length=80, description="What the brief is called; by default what the source calls itself.")
    subject: str = Field("", max_length=80, description="What the numbers are about, such as `S&P 500`, when the data do not say.")
    unit: str = Field("", max_length=12, description="Unit of the numbers, such as `$` or `°C`, when the data do not say.")
    value: str = Field("", max_length=100, description="The column the brief is about, when the rules choose another.")
    max_items: int = Field(3, ge=1, le=12, description="At most this many items.")
    length_s: float | None = Field(None, ge=5, le=180, description="Wanted length of the clip in seconds; null: as long as it needs.")

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider to `brief` and returns the storyboard's fields."""
        return _told(provider.brief(self, ctx), ctx)


class Translate(Step):
    """Puts a storyboard into another language: the same scenes, numbers, names and sources, about as long to say."""

    kind: ClassVar[str] = "text.translate"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "translate"
    outputs: ClassVar[Mapping[str, str]] = _OUTPUTS

    script: Storyboard = Field(description="The storyboard, as `text.write` or `text.brief` gives it.")
    language: str = Field(pattern=_LANGUAGE, description="Language to translate into: `zh`, `de`.")
    keep: tuple[str, ...] = Field((), max_length=100, description="Names that stay as they are written, such as the product's.")
    glossary: dict[str, str] = Field(default_factory=dict, max_length=200, description="Words, and how each is to be translated.")
    forbidden: tuple[str, ...] = Field((), max_length=200, description="Words that must not be said or shown.")
    tolerance: float = Field(0.15, ge=0, le=1, description="By which share the words may take longer to say than the original's.")

    @field_validator("keep", "forbidden")
    @classmethod
    def _are_words(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _phrases(value)

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider to `translate` and returns the storyboard's fields."""
        return _told(provider.translate(self, ctx), ctx)


def _phrases(value: tuple[str, ...]) -> tuple[str, ...]:
    if any(not term.strip() or len(term) > 100 for term in value):
        raise ValueError("each must be a word or a short phrase")
    return value


def _with_footage(board: Storyboard, footage: int) -> Storyboard:
    """The storyboard in which the first so many photos are videos."""
    scenes = []
    for scene in board.scenes:
        visual: Visual = scene.visual
        if isinstance(visual, ImageVisual) and visual.photo is not None:
            number = visual.photo
            if number < footage:
                visual = ClipVisual(file=number, prompt=visual.prompt)
            else:
                visual = visual.model_copy(update={"photo": number - footage})
        scenes.append(scene.model_copy(update={"visual": visual}))
    return board.model_copy(update={"scenes": tuple(scenes)})


def _told(storyboard: Storyboard, ctx: Context) -> Mapping[str, Any]:
    for note in storyboard.notes:
        ctx.note(note)
    return dict(storyboard.model_dump(mode="json"))
