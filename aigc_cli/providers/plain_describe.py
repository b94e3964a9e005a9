"""Pictures in words without a model: what the editor says of them, else what can be measured: faces, colours, light, shape."""

from __future__ import annotations

import colorsys
from typing import Any, ClassVar

from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.media.photography.photos import open_photo
from aigc_cli.media.photography.sight import faces_of
from aigc_cli.shapes import DescribeRequest, Sight

_LONGEST_PX = 1280
_MOST_COLOURS = 2
_SEEN_SHARE = 0.18  # of the picture: a colour that takes less is not what one sees first
_HUES = (*((15, "red"), (42, "orange"), (68, "yellow"), (165, "green"), (200, "turquoise"), (255, "blue"), (290, "violet"), (335, "pink")),)
"""Up to which hue in degrees a colour is called so; what is left is red again."""
_ZH = {
    "red": "红色", "orange": "橙色", "yellow": "黄色", "green": "绿色", "turquoise": "青色", "blue": "蓝色", "violet": "紫色",
    "pink": "粉色", "brown": "棕色", "black": "黑色", "white": "白色", "grey": "灰色",
}  # fmt: skip


class PlainDescribe(Provider):
    """The editor's own words; without them faces, colours and light as they are measured. It recognises no things."""

    name: ClassVar[str] = "eyes"
    version: ClassVar[int] = 1
    is_embedded: ClassVar[bool] = True

    def misfit(self, step: Step) -> str | None:
        """A question: only a model can answer."""
        return "it cannot answer a `question`" if str(getattr(step, "question", "")).strip() else None

    def describe(self, request: DescribeRequest, ctx: Context) -> Sight:
        """The hint; without one a sentence of what is measured. Raises WorkflowError for a file that is no picture."""
        import numpy as np

        hint = " ".join(request.hint.split())
        if hint:
            return Sight(alt=hint, subject=hint[:200])
        picture = open_photo(ctx.open(request.image), name=request.image.name, longest_px=_LONGEST_PX).convert("RGB")
        faces = len(faces_of(np.asarray(picture)))
        colours = _colours(picture)
        is_chinese = request.language.partition("-")[0].lower() == "zh"
        return Sight(alt=_chinese(faces, colours) if is_chinese else _english(faces, colours))


def _english(faces: int, colours: list[str]) -> str:
    who = {0: "", 1: " with one face"}.get(faces, f" with {faces} faces")
    return f"A photo{who}, mostly {' and '.join(colours)}."


def _chinese(faces: int, colours: list[str]) -> str:
    return f"一张{f'有{faces}张人脸的' if faces else ''}照片，以{'和'.join(_ZH[each] for each in colours)}为主。"


def _colours(picture: Any) -> list[str]:
    """The names of the colours that take most of a picture."""
    small = picture.resize((48, 48))
    count: dict[str, int] = {}
    for red, green, blue in zip(*[iter(small.tobytes())] * 3, strict=True):
        name = _name(red / 255, green / 255, blue / 255)
        count[name] = count.get(name, 0) + 1
    most = sorted(count, key=lambda name: (-count[name], name))[:_MOST_COLOURS]
    return [name for index, name in enumerate(most) if not index or count[name] >= _SEEN_SHARE * 48 * 48]


def _name(red: float, green: float, blue: float) -> str:
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    if light < 0.12:
        return "black"
    if light > 0.93 or (light > 0.85 and saturation < 0.3):
        return "white"
    if saturation < 0.12 or max(red, green, blue) - min(red, green, blue) < 0.07:
        return "grey"
    name = next((name for limit, name in _HUES if hue * 360 < limit), "red")
    return "brown" if name in ("orange", "red", "yellow") and light < 0.42 and saturation < 0.75 else name
