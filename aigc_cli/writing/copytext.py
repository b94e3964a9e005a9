"""Copy templates: what an editor writes into `templates/copy/NAME.LANG.yaml`, read and checked.

A template is a list of scenes, each with variants of what is said and shown. `{slot}` stands for a fact; a variant is
used only when every slot that it says or heads with has a value. Slots are filled once: a fact is never a template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from aigc_cli.errors import WorkflowError
from aigc_cli.storyboard import SceneSound, Shape

_SLOT = re.compile(r"\{(\w+)\}")
_DOUBLED = re.compile(r"([.!?。！？…])[.。]")
_MAX_BYTES = 1 << 20

SHOWN = ("headline", "kicker", "body", "price", "cta", "url", "tag", "source")
"""Slots of layouts that a copy template may fill."""


class Variant(Shape):
    """One way to say and show a scene."""

    say: str = Field(description="What is spoken.")
    headline: str | None = None
    kicker: str | None = None
    body: str | None = None
    cta: str | None = None
    at: Literal["first", "next", "last", "only", "any"] = Field("any", description="Where among the points it may stand.")
    min_points: int = Field(0, ge=0, description="Only with at least this many points.")
    is_singular: bool = Field(False, description="Only when the product's name is no plural.")
    tone: Literal["warm", "bold"] | None = Field(None, description="Only in this tone; null fits every tone.")


class Part(Shape):
    """One scene of a template, or one for each point."""

    role: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    layout: str
    layout_without_photo: str = ""
    for_each: Literal["points"] | None = None
    photo: Literal["first", "next", "spare", "none"] = Field("none", description="Which photo; `spare` uses only those after the first.")
    style: Literal["scene", "drawing"] = "scene"
    prompt: str = ""
    need: Literal["wanted", "filler"] = Field("wanted", description="`filler` is used only to reach a length.")
    drop: int = Field(0, ge=0, le=9, description="What goes first when time is short: 1 first, 9 last, 0 never.")
    needs: str = Field("", description="A fact without which the scene is left out.")
    unless: tuple[str, ...] = Field((), description="Facts with any of which the scene is left out.")
    takes_over: str = Field("", description="Role whose `cta` and `url` this scene shows when that one is dropped.")
    show: dict[str, str] = Field(default_factory=dict)
    sound: SceneSound | str | None = Field(None, description="A sound in the scene, as a storyboard has it: `riser`.")
    variants: tuple[Variant, ...] = Field(min_length=1)

    @field_validator("unless", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("show")
    @classmethod
    def _known_slots(cls, value: dict[str, str]) -> dict[str, str]:
        unknown = [key for key in value if key not in SHOWN]
        if unknown:
            raise ValueError(f"`{unknown[0]}` cannot be shown; use {', '.join(SHOWN)}")
        return value


class Template(Shape):
    """A copy template."""

    version: Literal[1] = Field(alias="copy")
    title: str = "{product}"
    scenes: tuple[Part, ...] = Field(min_length=1, max_length=40)


def load(path: Path, name: str) -> Template:
    """Reads a template. Raises WorkflowError with the place in the file when it is not one."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if path.stat().st_size > _MAX_BYTES:
        raise WorkflowError(f"the template `{name}` is larger than 1 MiB", "shorten it")
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" line {mark.line + 1}" if mark is not None else ""
        raise WorkflowError(
            f"the template `{name}`{place} is not YAML: {getattr(error, 'problem', None) or error}", "check the file"
        ) from error
    try:
        return Template.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise WorkflowError(f"the template `{name}` at `{place}`: {first['msg'].lower()}", "docs/text.md explains the form") from error


def slots(text: str) -> tuple[str, ...]:
    """The slots that a text names."""
    return tuple(_SLOT.findall(text))


def is_fillable(text: str, values: Mapping[str, str]) -> bool:
    """True when every slot in the text has a value."""
    return all(values.get(slot) for slot in slots(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its slots filled, once; a full stop after a fact that ends with its own mark is left out."""
    return _DOUBLED.sub(r"\1", _SLOT.sub(lambda match: values.get(match[1], ""), text)).strip()
