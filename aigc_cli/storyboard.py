"""The content of a clip: scenes with what is said, what is shown, what is seen. No pixels, no frames, no workflow.

Text providers write a storyboard; `video.assemble` films it. Its JSON form is an output of every shipped workflow, so
its fields are a public format.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue


class Shape(BaseModel):
    """A frozen value with a fixed set of fields; the base of everything steps hand to each other."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Source(Shape):
    """Where a statement comes from: a record of a file, or a page."""

    title: str = Field("", description="What the source calls itself, for instance `USGS All Earthquakes, Past Week`.")
    url: str = Field("", description="Address of the record or the page, when it has one.")
    file: str = Field("", description="Name of the file that was read, without its folder.")
    record: str = Field("", description="The record's own id, or its row as `row 12`.")


class Sentence(Shape):
    """One spoken sentence and the sources it can be traced to; no source for words that state no fact."""

    text: str
    sources: tuple[Source, ...] = ()


class Statement(Shape):
    """A spoken sentence with its scene: what a reader checks against the sources."""

    scene: str
    text: str
    sources: tuple[Source, ...] = ()


class Place(Shape):
    """A place on a map."""

    longitude: float = Field(ge=-180, le=360)
    latitude: float = Field(ge=-90, le=90)
    label: str = ""
    weight: float = Field(1.0, ge=0, description="Relative size of the mark, 1 for the largest.")
    is_news: bool = Field(False, description="Drawn in the alert colour with rings; the others are quiet.")


class ImageVisual(Shape):
    """A picture: the user's photo when there is one, else what the image provider makes of the prompt."""

    kind: Literal["image"] = "image"
    prompt: str = Field("", description="What to see, in a few words.")
    photo: int | None = Field(None, ge=0, description="Which of the user's photos, from 0; null lets the image provider make one.")
    style: Literal["scene", "drawing", "abstract", "pattern"] = Field(
        "scene", description="A whole scene; one drawing cut out on nothing; light and lines that show no thing; or a pattern."
    )


class ChartVisual(Shape):
    """A chart, drawn natively so that it can grow on screen."""

    kind: Literal["chart"] = "chart"
    form: Literal["line", "area", "bar", "ranked", "donut"] = "line"
    labels: tuple[str, ...] = Field(description="One label per value: dates or names, as they are to be shown.")
    values: tuple[float, ...]
    unit: str = Field("", description="Shown with the values, such as `$` or `%`.")
    decimals: int = Field(0, ge=0, le=4)
    mark: int | None = Field(None, ge=0, description="Index of the value that is the finding: marked and named.")
    mark_label: str = ""


class MapVisual(Shape):
    """A map with places marked, drawn natively; `is_news` places are the subject and the map centres on them."""

    kind: Literal["map"] = "map"
    places: tuple[Place, ...] = ()
    span_degrees: float = Field(60.0, gt=0, le=360, description="Width of the part of the world shown, in degrees of longitude.")


class ColourVisual(Shape):
    """Nothing but the brand's ground."""

    kind: Literal["colour"] = "colour"


class ClipVisual(Shape):
    """A part of one of the user's videos."""

    kind: Literal["clip"] = "clip"
    file: int = Field(ge=0, description="Which of the user's videos, from 0.")
    start_s: float = Field(0.0, ge=0, description="Where the part begins, in seconds of the file.")
    end_s: float | None = Field(None, gt=0, description="Where it ends; null: as far as the scene lasts.")
    speed: float = Field(1.0, ge=0.25, le=8, description="2 shows it twice as fast.")
    sound: Literal["keep", "duck", "drop"] = Field("duck", description="Its own sound: as it is, under what is said, or not at all.")
    fit: Literal["fill", "blur"] = Field("fill", description="Cropped to fill its place, or whole on a blurred ground of itself.")
    rotate: Literal[0, 90, 180, 270] = Field(0, description="Turned clockwise by so many degrees.")
    key: str = Field(
        "none", pattern=r"^(none|auto|green|blue|#[0-9A-Fa-f]{6})$", description="A screen that becomes see-through, or its colour."
    )
    tolerance: float = Field(0.2, ge=0, le=0.9, description="How far from the screen's colour is still screen.")
    softness: float = Field(0.8, ge=0, le=1, description="How soft the edge of what is keyed is.")
    repeat: bool | None = Field(None, description="Begins again when the scene lasts longer; null: as a GIF or WebP says of itself.")
    prompt: str = Field("", description="What is seen, in a few words.")


Visual = Annotated[ImageVisual | ClipVisual | ChartVisual | MapVisual | ColourVisual, Field(discriminator="kind")]


Transition = Literal["cut", "fade", "slide", "push", "wipe", "zoom", "circle", "blur", "flash", "whip"]
"""How a scene takes over from the one before."""


SoundName = Literal[
    "whoosh", "pop", "click", "tick", "chime", "pulse", "riser", "boom", "ding", "sparkle", "typing", "rain", "wind", "beep"
]  # fmt: skip
"""A sound that can be made without a model."""


class SceneSound(Shape):
    """A sound in a scene, and where it is heard. `riser` alone stands for `{name: riser}`."""

    name: SoundName | None = Field(None, description="A sound that can be made without a model.")
    prompt: str = Field("", max_length=300, description="Any other sound in words, for a model.")
    duration_s: float | None = Field(None, gt=0, le=30, description="How long it lasts; null: as the sound does by itself.")
    at: Literal["start", "speech", "middle", "end"] = Field(
        "start", description="With the cut into the scene, with its first word, in its middle, or with the cut out of it."
    )
    after_s: float = Field(0.0, ge=-30, le=60, description="So many seconds later than `at`, or sooner.")
    gain_db: float = Field(0.0, ge=-30, le=12, description="Louder or softer than sounds usually are.")


def _sound(value: Any) -> Any:
    """A name alone, or words alone, as the whole form."""
    if not isinstance(value, str):
        return value
    return {"name": value} if value in get_args(SoundName) else {"prompt": value}


class Scene(Shape):
    """One scene. `show` fills the slots of the layout; `say` is what the narrator is given to speak."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    layout: str = Field(description="Name of a scene template, such as `feature`.")
    say: str = Field("", description="What is to be spoken, as one would write it; empty for a silent scene.")
    show: dict[str, JsonValue] = Field(default_factory=dict, description="The layout's slots: headline, kicker, price, ...")
    visual: Visual = Field(default_factory=ColourVisual)
    motion: Literal["auto", "in", "out", "left", "right", "still"] = Field("auto", description="How the camera breathes.")
    transition: Literal["auto"] | Transition = Field("auto", description="How this scene takes over from the one before.")
    min_s: float = Field(0.0, ge=0, le=60, description="Never shorter than this, in seconds.")
    sound: Annotated[SceneSound | None, BeforeValidator(_sound, json_schema_input_type=SceneSound | str | None)] = Field(
        None, description="A sound in the scene: `riser`, or where and how loud; made by `sound.effect`."
    )
    sentences: tuple[Sentence, ...] = Field((), description="`say` sentence by sentence, with where each comes from.")


class Storyboard(Shape):
    """What a clip says and shows, from the first scene to the last."""

    title: str
    language: str = Field(description="BCP 47 tag of the words: `en`, `zh`.")
    scenes: tuple[Scene, ...] = Field(min_length=1)
    sources: tuple[Source, ...] = Field((), description="All sources, each once, in order of appearance.")
    statements: tuple[Statement, ...] = Field((), description="Every spoken sentence with what it comes from; empty for copy.")
    notes: tuple[str, ...] = Field((), description="What was left out or shortened, and why: told to the user.")
