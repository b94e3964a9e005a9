"""What a brand signs its clips with: an intro, an outro, and the strip that says who is seen (the lower third)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

CARD = "card"
"""An intro or outro that is drawn: logo, name, one line."""
SOUNDS = ("auto", "none", "chime", "pulse")
"""Sound logos that are computed; any other name is a file. `auto` is a chime for a card, and a film's own sound."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Bookend(_Form):
    """What stands before or after every clip of a brand."""

    show: str = Field(CARD, max_length=200, description="`card`, `none`, or a video or picture beside the brand's file.")
    seconds: float = Field(1.8, ge=0.8, le=8, description="How long it lasts; of a file, at most.")
    sound: str = Field("auto", max_length=200, description="`auto`, `chime`, `pulse`, `none`, or a sound beside the brand's file.")
    line: str = Field("", max_length=60, description="What stands under the name on a card.")

    @property
    def is_card(self) -> bool:
        return self.show == CARD

    def files(self) -> tuple[str, ...]:
        """The fields that name a file."""
        named = [] if self.show in (CARD, "none") else ["show"]
        return tuple(named if self.sound in SOUNDS else [*named, "sound"])


class LowerThird(_Form):
    """How a name and what somebody is are set over a picture."""

    style: Literal["solid", "line", "split"] = Field(
        "solid", description="`solid`: one surface with a bar; `line`: words on a shade beside a line; `split`: two surfaces."
    )
    side: Literal["start", "centre"] = Field("start", description="At the side where reading begins, or in the middle.")
    seconds: float = Field(5.0, ge=1, le=60, description="How long it is seen.")


def _as_bookend(value: Any) -> Any:
    return {"show": value} if isinstance(value, str) else value


def _as_lower_third(value: Any) -> Any:
    return {"style": value} if isinstance(value, str) else value


BookendField = Annotated[Bookend | None, BeforeValidator(_as_bookend)]
LowerThirdField = Annotated[LowerThird, BeforeValidator(_as_lower_third)]
