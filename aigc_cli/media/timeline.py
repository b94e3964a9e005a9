"""The timeline: shots of timed, placed layers in whole frames. It knows pixels and frames, nothing of workflows.

`frame(n)` of a clip is a pure function of its timeline, so a timeline can be saved as JSON, compared, and any frame of
it asked for alone. Shots follow each other without gap or overlap. Frames in a layer count from its shot's first frame.

A layer's picture is one of four contents:

* `Sprite`: a drawing made once; what moves it is its `Motion`.
* `Still`: a photo or drawing seen through a slowly moving crop (Ken Burns), sub-pixel.
* `Animated`: a drawing that changes with a progress curve (a number that counts, a chart that grows).
* `Footage`: a film.

All drawings are display lists: tuples of `Op`, in pixels from the layer's top left. `media/drawing/paint.py` turns them into
pixels; `media/style/typography.py` decides where words stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from aigc_cli.artifacts import ArtifactField
from aigc_cli.media.packed import Pack
from aigc_cli.storyboard import Shape, Transition

Ease = Literal["linear", "in", "out", "in-out", "out-expo", "out-back", "hold"]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$")]
"""#RRGGBB or #RRGGBBAA, sRGB, not premultiplied."""


class Box(Shape):
    """A rectangle in pixels, y downwards."""

    x: float
    y: float
    w: float = Field(gt=0)
    h: float = Field(gt=0)

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h


class Key(Shape):
    """A curve's value at a frame; `ease` shapes the way from the key before to this one."""

    frame: int
    value: float
    ease: Ease = "linear"


Curve = tuple[Key, ...]
"""Keys by rising frame. Before the first and after the last the value holds. Empty: the property's rest value."""


class Motion(Shape):
    """How a layer moves: all curves in frames of the shot. Rest: opacity 1, dx 0, dy 0, scale 1, reveal 1."""

    opacity: Curve = ()
    dx: Curve = ()
    dy: Curve = ()
    scale: Curve = ()
    reveal: Curve = Field((), description="The share of the box's width that is seen, from its left; from its right when negative.")
    pivot: tuple[float, float] | None = Field(None, description="Centre of scaling in frame pixels; the box's centre when null.")


# ---- display lists -------------------------------------------------------------------------------------------------


class Shadow(Shape):
    """A soft shadow under a shape."""

    dy: float = 26
    blur: float = Field(44, ge=0, description="Gaussian sigma in pixels.")
    colour: Colour = "#00000061"


class GradientFill(Shape):
    """A linear gradient along an angle (degrees, 90 is downwards) over the op's own box, or a radial one from its centre."""

    form: Literal["linear", "radial"] = "linear"
    colours: tuple[Colour, ...] = Field(min_length=2)
    stops: tuple[float, ...] = ()
    angle: float = 90.0


class RectOp(Shape):
    """A rectangle, rounded when `radius` is not 0; a circle when the radius is half the side."""

    op: Literal["rect"] = "rect"
    box: Box
    radius: float = Field(0, ge=0)
    fill: Colour | GradientFill | None = None
    stroke: Colour | None = None
    stroke_width: float = Field(0, ge=0)
    shadow: Shadow | None = None


class PathOp(Shape):
    """A path of straight or rounded joints: `points` as x, y, x, y ...; several rings make one even-odd shape."""

    op: Literal["path"] = "path"
    rings: tuple[tuple[float, ...], ...]
    is_closed: bool = False
    fill: Colour | GradientFill | None = None
    stroke: Colour | None = None
    stroke_width: float = Field(0, ge=0)
    box: Box | None = Field(None, description="Extent of a gradient fill; the path's bounds when null.")


class TextOp(Shape):
    """One line of text, shaped with fallback fonts. `x` is the left end, `y` the baseline."""

    op: Literal["text"] = "text"
    text: str
    x: float
    y: float
    family: str
    weight: int = Field(ge=100, le=900)
    size: float = Field(gt=0)
    tracking: float = Field(0.0, description="Extra space after each character, in fractions of the size.")
    language: str = ""
    colour: Colour
    edge: Colour | None = Field(None, description="A soft outline under the letters.")
    edge_width: float = Field(0, ge=0)
    is_tabular: bool = Field(False, description="Figures of equal width, for numbers that change.")


class DrawingOp(Shape):
    """A shipped vector drawing by name, scaled into its box."""

    op: Literal["drawing"] = "drawing"
    name: str
    box: Box
    shadow: Shadow | None = None


class ImageOp(Shape):
    """A raster picture, cropped to fill its box, or fitted inside it."""

    op: Literal["image"] = "image"
    image: ArtifactField
    box: Box
    fit: Literal["fill", "inside"] = "fill"
    focus: tuple[float, float] = (0.5, 0.5)
    radius: float = Field(0, ge=0)
    opacity: float = Field(1.0, ge=0, le=1)
    shadow: Shadow | None = None


class QrOp(Shape):
    """A QR code, error correction M, with its quiet zone inside the box."""

    op: Literal["qr"] = "qr"
    text: str
    box: Box
    colour: Colour = "#000000"
    ground: Colour = "#FFFFFF"
    radius: float = Field(0, ge=0)


Op = Annotated[RectOp | PathOp | TextOp | DrawingOp | ImageOp | QrOp, Field(discriminator="op")]
Drawing = tuple[Op, ...]


# ---- contents ------------------------------------------------------------------------------------------------------


class Sprite(Shape):
    """A drawing made once. `is_opaque` marks one that covers its whole box, such as a ground."""

    kind: Literal["sprite"] = "sprite"
    drawing: Drawing
    is_opaque: bool = False


class Still(Shape):
    """A picture seen through a crop that moves from `start` to `end` over the shot, in pixels of the picture."""

    kind: Literal["still"] = "still"
    source: ArtifactField | Drawing = Field(description="A picture, or a drawing of `width` x `height` pixels.")
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    start: Box
    end: Box
    ease: Ease = "linear"
    radius: float = Field(0, ge=0, description="Rounded corners of the layer's box, in frame pixels.")


class Animated(Shape):
    """A drawing that changes with `progress`. `form` names the function that draws it, `spec` is what it draws."""

    kind: Literal["animated"] = "animated"
    form: Literal["counter", "chart", "bar"]
    spec: dict[str, JsonValue]
    progress: Curve


class Footage(Shape):
    """A film seen through a crop that stands still, from its first frame on; after its last it stands still.

    `source` is what `media/filming/footage.py` makes: upright, BT.709, one frame rate.
    """

    kind: Literal["footage"] = "footage"
    source: ArtifactField
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    fps: int = Field(gt=0, le=120)
    frames: int = Field(gt=0)
    crop: Box = Field(description="What is seen, in pixels of the film.")
    radius: float = Field(0, ge=0, description="Rounded corners of the layer's box, in frame pixels.")
    blur: float = Field(0, ge=0, le=400, description="Gaussian sigma in frame pixels; a blurred film is dimmed as well: it is a ground.")
    has_matte: bool = Field(False, description="The film is twice as high: pictures over black, and under them their alpha as luma.")
    is_repeated: bool = Field(False, description="Begins again at its end instead of standing still.")


Content = Annotated[Sprite | Still | Animated | Footage, Field(discriminator="kind")]


class Layer(Shape):
    """A content at its place for some frames of its shot."""

    id: str
    box: Box
    content: Content
    start: int = Field(0, ge=0)
    frames: int | None = Field(None, gt=0, description="Null: to the end of the shot, and on through the next one's transition.")
    motion: Motion = Motion()
    role: Literal["ground", "picture", "words", "caption", "mark", "decor"] = "decor"


class Shot(Shape):
    """One scene on the timeline. During its first `transition_frames` the shot before is still seen, running on."""

    id: str
    start: int = Field(ge=0)
    frames: int = Field(gt=0)
    transition: Transition = "cut"
    transition_frames: int = Field(0, ge=0)
    layers: Annotated[Sequence[Layer], Pack()] = Field(description="From the back to the front.")
    segment: ArtifactField | None = Field(None, description="The shot as it was rendered, without sound; its look does not depend on it.")
    rendered_as: str = Field("", description="What the segment shows, as `segments.look_of` has it: tells a shot that was changed since.")


class Sound(Shape):
    """Something that is heard from a frame on: a take, the music. For editors; the clip's own sound is `Timeline.mix`."""

    name: str
    role: Literal["narration", "music"]
    audio: ArtifactField
    start: int = Field(ge=0, description="Frame of the clip.")
    frames: int = Field(gt=0)


class Cue(Shape):
    """A caption: what is read during some frames of the clip."""

    text: str
    start: int = Field(ge=0)
    frames: int = Field(gt=0)


class Timeline(Shape):
    """A whole clip in one format. `safe` is the part of the frame that no platform covers."""

    version: Literal[1] = 1
    title: str
    language: str
    comment: str = Field("", description="What the file says of itself: who agreed that a voice in it is cloned.")
    width: int = Field(gt=0, multiple_of=2, le=8192)
    height: int = Field(gt=0, multiple_of=2, le=8192)
    fps: int = Field(30, gt=0, le=120)
    safe: Box
    shots: tuple[Shot, ...] = Field(min_length=1)
    is_transparent: bool = Field(False, description="The ground is left out of the finished file, which then has alpha.")
    mix: ArtifactField | None = Field(None, description="The finished sound as AAC in an MP4, as long as the clip; null for a silent one.")
    sounds: tuple[Sound, ...] = Field((), description="What the mix is made of.")
    cues: tuple[Cue, ...] = Field((), description="The captions, as the caption files have them.")

    @model_validator(mode="after")
    def _check_shots(self) -> Timeline:
        end = 0
        for shot in self.shots:
            if shot.start != end:
                raise ValueError(f"shot `{shot.id}` starts at frame {shot.start}, and the one before it ends at {end}")
            end += shot.frames
        return self

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.shots[-1].start + self.shots[-1].frames

    @property
    def duration(self) -> Fraction:
        """Length in seconds, exactly."""
        return Fraction(self.frames, self.fps)


def ease(kind: Ease, t: float) -> float:
    """The eased progress for a linear one in 0..1. `out-back` passes 1 by about 7 % on its way (Penner, c1 = 1.2)."""
    if kind == "hold":
        return 0.0 if t < 1 else 1.0
    t = min(max(t, 0.0), 1.0)
    if kind == "in":
        return t * t * t
    if kind == "out":
        return 1 - (1 - t) ** 3
    if kind == "in-out":
        return 4 * t**3 if t < 0.5 else 1 - (2 - 2 * t) ** 3 / 2
    if kind == "out-expo":
        return 1.0 if t >= 1 else (1 - 2 ** (-10 * t)) / (1 - 2**-10)
    if kind == "out-back":
        return 1 + 2.2 * (t - 1) ** 3 + 1.2 * (t - 1) ** 2
    return t


def value_at(curve: Curve, frame: float, rest: float) -> float:
    """The value of a curve at a frame; `rest` when the curve is empty."""
    if not curve:
        return rest
    if frame <= curve[0].frame:
        return curve[0].value
    for before, after in pairwise(curve):
        if frame < after.frame:
            t = (frame - before.frame) / (after.frame - before.frame)
            return before.value + (after.value - before.value) * ease(after.ease, t)
    return curve[-1].value
