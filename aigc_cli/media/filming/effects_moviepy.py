"""MoviePy's effects by name: which there are, what each takes, and in which bounds. Nothing else of MoviePy is reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aigc_cli.errors import WorkflowError


@dataclass(frozen=True)
class Knob:
    """A number that an effect takes: its bounds and its value when it is not given."""

    least: float
    most: float
    default: float
    is_whole: bool = False


@dataclass(frozen=True)
class Effect:
    """An effect: the class in `moviepy.video.fx`, its knobs, how they become its arguments, and whether it changes the time."""

    kind: str
    knobs: Mapping[str, Knob]
    changes_time: bool = False
    arguments: Callable[[Mapping[str, Any]], dict[str, Any]] = dict


def _crop(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"x1": given["x"], "y1": given["y"], "width": given["width"], "height": given["height"]}


EFFECTS: Mapping[str, Effect] = {
    "speed": Effect("MultiplySpeed", {"factor": Knob(0.1, 10, 2)}, changes_time=True),
    "reverse": Effect("TimeMirror", {}, changes_time=True),
    "mirror-x": Effect("MirrorX", {}),
    "mirror-y": Effect("MirrorY", {}),
    "black-and-white": Effect("BlackAndWhite", {}),
    "invert": Effect("InvertColors", {}),
    "brightness": Effect("MultiplyColor", {"factor": Knob(0, 4, 1.2)}),
    "contrast": Effect("LumContrast", {"lum": Knob(-127, 127, 0), "contrast": Knob(-1, 2, 0.2)}),
    "gamma": Effect("GammaCorrection", {"gamma": Knob(0.2, 5, 1.2)}),
    "fade-in": Effect("FadeIn", {"duration": Knob(0.01, 20, 0.5)}),
    "fade-out": Effect("FadeOut", {"duration": Knob(0.01, 20, 0.5)}),
    "crop": Effect(
        "Crop",
        {"x": Knob(0, 8192, 0, True), "y": Knob(0, 8192, 0, True), "width": Knob(16, 8192, 640, True), "height": Knob(16, 8192, 640, True)},
        arguments=_crop,
    ),
    "resize": Effect("Resize", {"factor": Knob(0.1, 2, 0.5)}, arguments=lambda given: {"new_size": given["factor"]}),
    "rotate": Effect("Rotate", {"angle": Knob(-360, 360, 90)}),
    "painting": Effect("Painting", {"saturation": Knob(0, 4, 1.4), "black": Knob(0, 0.1, 0.006)}),
}


def checked(effects: tuple[Mapping[str, Any], ...]) -> tuple[tuple[Effect, dict[str, Any]], ...]:
    """Each effect with its arguments, defaults filled in. Raises WorkflowError for a name or a value that is wrong."""
    found = []
    for number, given in enumerate(effects, 1):
        name = given.get("name")
        effect = EFFECTS.get(str(name))
        if effect is None:
            raise WorkflowError(f"effect {number}: `{name}` is not an effect", f"use one of {', '.join(EFFECTS)}")
        values: dict[str, Any] = {}
        for key in given:
            if key != "name" and key not in effect.knobs:
                hint = f"it takes {', '.join(effect.knobs)}" if effect.knobs else "it takes nothing"
                raise WorkflowError(f"effect {number}, `{name}`: `{key}` is not a parameter", hint)
        for key, knob in effect.knobs.items():
            value = given.get(key, knob.default)
            if isinstance(value, bool) or not isinstance(value, int | float) or not knob.least <= value <= knob.most:
                raise WorkflowError(
                    f"effect {number}, `{name}`: `{key}` is {value!r}", f"give a number from {knob.least:g} to {knob.most:g}"
                )
            values[key] = round(value) if knob.is_whole else float(value)
        found.append((effect, effect.arguments(values)))
    return tuple(found)
