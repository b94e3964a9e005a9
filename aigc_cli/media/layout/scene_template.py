"""The form of `templates/scenes/NAME.yaml`: what an editor may change about a scene (docs/scene-templates.md)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.media.layout import template_file
from aigc_cli.media.layout.safe import ShapeName
from aigc_cli.media.style.brand import ROLES, ToneName

EnterName = Literal["none", "fade", "lines", "rise", "card", "pop", "left", "right"]
ExitName = Literal["none", "fade", "lift", "sink", "left", "right"]
Marker = Literal["bar", "number", "check", "cross"]
When = Literal["always", "alone", "picture"]
Fraction = Annotated[float, Field(ge=-1, le=2)]
Anchor = Literal["top", "middle", "bottom"]
Align = Literal["start", "centre", "auto"]
Panel = Literal["none", "quiet", "strong"]


class Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


def _known_role(value: Any) -> Any:
    if isinstance(value, str) and value not in ROLES:
        raise ValueError(f"there is no type role `{value}`; use one of {', '.join(ROLES)}")
    return value


Role = Annotated[str, BeforeValidator(_known_role)]


class Slot(Form):
    """A place for words: how they are set, whether a scene must fill it."""

    role: Role
    alone: Role | None = Field(None, description="The role when the scene has no picture.")
    required: bool = False
    lines: int | None = Field(None, ge=1, le=8, description="At most so many lines; the role's own number when null.")
    marker: Marker = Field("bar", description="What stands before each item, when the value is a list.")
    about: str = ""


class Enter(Form):
    """How something comes in. `delay_ms` counts from the cut, `stagger_ms` from one line to the next."""

    name: EnterName = "lines"
    delay_ms: int = Field(0, ge=0, le=5000)
    stagger_ms: int = Field(70, ge=0, le=1000)
    duration_ms: int | None = Field(None, ge=40, le=3000)


def _as_enter(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


EnterField = Annotated[Enter, BeforeValidator(_as_enter)]


class Exit(Form):
    """How something leaves before a plain cut; under a fade or another transition the scene leaves as a whole."""

    name: ExitName = "lift"
    duration_ms: int = Field(240, ge=40, le=600)


ExitField = Annotated[Exit, BeforeValidator(_as_enter)]


class BoxForm(Form):
    """A rectangle in fractions of the stage; written as a list `[x, y, width, height]`."""

    x: Fraction
    y: Fraction
    w: Annotated[float, Field(gt=0, le=3)]
    h: Annotated[float, Field(gt=0, le=3)]


def _as_box(value: Any) -> Any:
    if isinstance(value, list | tuple):
        if len(value) != 4:
            raise ValueError("a box is a list of four numbers: [x, y, width, height]")
        return dict(zip("xywh", value, strict=True))
    return value


BoxField = Annotated[BoxForm, BeforeValidator(_as_box)]


class Header(Form):
    """The row at the top: an alert tag and a line of text, or the brand's mark."""

    draw: Literal["header"]
    tag: str | None = Field(None, description="Slot of the tag on the alert colour.")
    text: str | None = Field(None, description="Slot of the words beside it.")
    enter: EnterField = Enter(name="fade")
    exit: ExitField = Exit(name="none")


class Shown(Form):
    """The scene's visual: a picture as a card, on a disc or over the whole frame; a chart; a map."""

    draw: Literal["picture"]
    box: str
    look: Literal["card", "disc", "full", "round", "whole"] = Field("card", alias="as")
    bleed: bool = Field(False, description="A picture or a map reaches the edges of the frame that its box comes near.")
    tallest: float = Field(1.08, gt=0.1, le=3, description="Greatest height of a card in multiples of its width.")
    zoom: float = Field(1.0, ge=1, le=2.5, description="How much closer a photo is seen, about its subject; less if its pixels run out.")
    enter: EnterField = Enter(name="card")


class Action(Form):
    """A button and a QR code side by side, each when its slot is filled."""

    button: str | None = None
    qr: str | None = None


class Row(Form):
    """Slots side by side on one baseline: a unit, a number, a label."""

    row: tuple[str, ...] = Field(min_length=1, max_length=4)


class ActionItem(Form):
    action: Action


class Glyph(Form):
    """One large sign in the accent, such as an opening quotation mark."""

    glyph: str = Field(min_length=1, max_length=2)


Item = str | Row | ActionItem | Glyph
AnchorField = Anchor | dict[ShapeName, Anchor]
"""An anchor for all shapes of frame, or one for each: `{portrait: bottom, landscape: middle}`; `middle` where none is named."""


class Words(Form):
    """A stack of words from top to bottom."""

    draw: Literal["words"]
    box: str
    items: tuple[Item, ...] = Field(min_length=1)
    anchor: AnchorField = "bottom"
    alone: AnchorField | None = Field(None, description="The anchor when the scene has no picture.")
    beside: Anchor | None = Field("middle", description="The anchor when the picture stands beside, not over; null keeps `anchor`.")
    align: Align = Field("start", description="`auto`: centred, but at the start beside a picture.")
    panel: Panel = Field("none", description="A surface under the words, as large as their box.")
    when: When = Field("always", description="`alone`: only in a scene without a picture; `picture`: only in one with a picture.")
    enter: EnterField = Enter(name="lines", delay_ms=60)
    exit: ExitField = Exit()


class Pill(Form):
    """A few words on a patch over a corner of the picture; first in the words when there is no picture."""

    draw: Literal["pill"]
    slot: str
    enter: EnterField = Enter(name="pop", delay_ms=380)
    exit: ExitField = Exit(name="fade")


class SourceLine(Form):
    """The source of what is stated."""

    draw: Literal["source"]
    slot: str
    enter: EnterField = Enter(name="fade", delay_ms=420)
    exit: ExitField = Exit(name="none")


class BrandMark(Form):
    """The brand's logo or name, large, as a closing."""

    draw: Literal["mark"]
    box: str
    enter: EnterField = Enter(name="card")


class LowerThird(Form):
    """Who is seen: a name, and what somebody is, over the foot of the picture, for some seconds."""

    draw: Literal["lower-third"]
    name: str = Field(description="Slot of the name.")
    title: str | None = Field(None, description="Slot of what somebody is.")
    delay_ms: int = Field(500, ge=0, le=5000)


Element = Annotated[Header | Shown | Words | Pill | SourceLine | BrandMark | LowerThird, Field(discriminator="draw")]


class Turn(Form):
    """What is other when a clip uses the layout once more: what is not named stays as it is the first time."""

    tone: ToneName | None = None
    slots: dict[str, Slot] = {}
    boxes: dict[ShapeName, dict[str, BoxField]] = {}
    layers: tuple[Element, ...] = ()
    camera: float | None = Field(None, ge=0, le=0.15)


class SceneTemplate(Form):
    """One scene template."""

    name: str = ""
    about: str
    tone: ToneName = "dark"
    slots: dict[str, Slot]
    boxes: dict[ShapeName, dict[str, BoxField]]
    layers: tuple[Element, ...] = Field(min_length=1)
    camera: float = Field(0.045, ge=0, le=0.15, description="How far the camera moves in over the scene.")
    turns: tuple[Turn, ...] = Field((), max_length=5, description="What is other the second, third ... time a clip uses the layout.")

    def turned(self, number: int) -> SceneTemplate:
        """The template as it is used for the `number`th time in a clip, from 0; after its last turn it begins anew."""
        number %= len(self.turns) + 1
        if number == 0:
            return self
        turn = self.turns[number - 1]
        boxes = {shape: {**own, **turn.boxes.get(shape, {})} for shape, own in self.boxes.items()}
        return self.model_copy(
            update={
                "tone": turn.tone or self.tone,
                "slots": {**self.slots, **turn.slots},
                "boxes": boxes,
                "layers": turn.layers or self.layers,
                "camera": self.camera if turn.camera is None else turn.camera,
            }
        )

    @model_validator(mode="after")
    def _check(self) -> SceneTemplate:
        self._check_names()
        for number in range(1, len(self.turns) + 1):
            self.turned(number)._check_names()
        return self

    def _check_names(self) -> None:
        for shape in ("portrait", "square", "landscape"):
            if shape not in self.boxes:
                raise ValueError(f"`boxes` has no `{shape}`")
        for layer in self.layers:
            name = getattr(layer, "box", None)
            missing = [shape for shape, boxes in self.boxes.items() if name is not None and name not in boxes]
            if missing:
                raise ValueError(f"there is no box `{name}` in `boxes.{missing[0]}`")
            for slot in _slots_of(layer):
                if slot not in self.slots:
                    raise ValueError(f"there is no slot `{slot}`; use one of {', '.join(self.slots)}")


def _slots_of(layer: Any) -> list[str]:
    if isinstance(layer, Words):
        names: list[str | None] = []
        for item in layer.items:
            if isinstance(item, str):
                names.append(item)
            elif isinstance(item, Row):
                names += item.row
            elif isinstance(item, ActionItem):
                names += [item.action.button, item.action.qr]
    elif isinstance(layer, Header):
        names = [layer.tag, layer.text]
    elif isinstance(layer, Pill | SourceLine):
        names = [layer.slot]
    elif isinstance(layer, LowerThird):
        names = [layer.name, layer.title]
    else:
        names = []
    return [name for name in names if name is not None]


def load(name: str, templates: Templates) -> SceneTemplate:
    """A scene template by its layout's name. Raises WorkflowError with file, line and column of the first mistake."""
    path = templates.find("scenes", f"{name}.yaml")
    found = template_file.read(path, SceneTemplate)
    if found.name and found.name != name:
        raise WorkflowError(f"scenes/{path.name}: `name` is `{found.name}`", "leave `name` out: the file's name counts")
    return found.model_copy(update={"name": name})
