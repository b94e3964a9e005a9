"""From a model's draft to a storyboard: the words are the draft's, everything else comes from the facts, and it is made to fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from aigc_cli.storyboard import ColourVisual, ImageVisual, Scene, Sentence, Storyboard, Visual
from aigc_cli.writing import grounding, pacing
from aigc_cli.writing.composing import holds, split_sentences
from aigc_cli.writing.facts import Facts

MAX_SCENES = 14
LONGEST = 1.15
"""A clip may take this much of the wanted length."""
_MARKUP = re.compile(r"[*_#`~|<>\[\]{}\\]+")


class Asked(Protocol):
    """What of a `text.write` step is read here."""

    facts: dict[str, JsonValue]
    language: str
    tone: str
    length_s: float | None
    must_include: tuple[str, ...]
    forbidden: tuple[str, ...]
    photos: int


class DraftScene(BaseModel):
    """One scene in a model's own words."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Literal["hook", "point", "close"] = "point"
    say: str = Field(max_length=600)
    kicker: str = Field("", max_length=120)
    headline: str = Field("", max_length=200)
    picture: str = Field("", max_length=500)


class Draft(BaseModel):
    """What a model answers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str = Field("", max_length=200)
    scenes: tuple[DraftScene, ...] = Field(min_length=2, max_length=MAX_SCENES)


def build(draft: Draft, request: Asked, facts: Facts) -> Storyboard:
    """The storyboard of a draft: first scene the hook, last scene the close, between them the points."""
    scenes: list[Scene] = []
    last = len(draft.scenes) - 1
    points = sum(1 for index in range(len(draft.scenes)) if 0 < index < last)
    for index, each in enumerate(draft.scenes):
        say = clean(each.say)
        shown = {"kicker": clean(each.kicker).rstrip(".。"), "headline": _headline(each.headline)}
        if index == 0:
            scenes.append(_hook(say, shown, each.picture, request, facts))
        elif index == last:
            scenes.append(_close(say, shown, request, facts))
        else:
            scenes.append(_point(index, points, each, shown, request))
    title = _headline(draft.title)
    is_known = title and not grounding.Facts([*facts.slots.values(), *facts.points], request.language).strangers(title)
    return Storyboard(title=title if is_known else facts.slots["product"], language=request.language, scenes=tuple(scenes))


def _scene(name: str, layout: str, say: str, show: Mapping[str, JsonValue], visual: Visual) -> Scene:
    kept = {key: value for key, value in show.items() if value not in ("", None)}
    sentences = tuple(Sentence(text=text) for text in split_sentences(say))
    return Scene(id=name, layout=layout, say=say, show=kept, visual=visual, sentences=sentences)


def _hook(say: str, shown: Mapping[str, str], picture: str, request: Asked, facts: Facts) -> Scene:
    photo = 0 if request.photos else None
    show = {"headline": shown["headline"] or facts.slots["product"], "kicker": shown["kicker"]}
    return _scene("hook", "title" if photo is None else "product", say, show, ImageVisual(prompt=_prompt(picture, facts), photo=photo))


def _point(index: int, count: int, each: DraftScene, shown: Mapping[str, str], request: Asked) -> Scene:
    say = clean(each.say)
    photo = index if index < request.photos else None
    show: dict[str, JsonValue] = {"headline": shown["headline"] or say.rstrip(".!?。！？"), "kicker": shown["kicker"]}
    if count > 1:
        show |= {"index": index, "count": count}
    prompt = clean(each.picture)[:300] or str(show["headline"])
    style: Literal["scene", "drawing"] = "scene" if photo is not None else "drawing"
    return _scene(f"point-{index}", "feature", say, show, ImageVisual(prompt=prompt, photo=photo, style=style))


def _close(say: str, shown: Mapping[str, str], request: Asked, facts: Facts) -> Scene:
    slots = facts.slots
    show: dict[str, JsonValue] = {"headline": shown["headline"] or slots["product"], "cta": slots.get("cta"), "url": slots.get("url")}
    if "price" in slots:
        photo = 0 if request.photos else None
        show |= {"kicker": slots["product"], "price": slots["price"]}
        return _scene("offer", "offer", say, show, ImageVisual(prompt=slots["product"], photo=photo))
    if "cta" in slots or "url" in slots:
        show["cta"] = show["cta"] or ("了解更多" if short_language(request) == "zh" else "Find out more")
        return _scene("call-to-action", "call-to-action", say, show, ColourVisual())
    return _scene("end", "end-card", say, {"headline": show["headline"], "body": slots.get("tagline")}, ColourVisual())


def _prompt(picture: str, facts: Facts) -> str:
    return clean(picture)[:300] or facts.slots["product"]


def clean(text: str) -> str:
    """Words without markup, emoji and control characters: they are spoken and shown as they are."""
    kept = "".join(_kept(char) for char in unicodedata.normalize("NFC", text))
    return " ".join(_MARKUP.sub(" ", kept).split()).strip(' "“”')


def _kept(char: str) -> str:
    kind = unicodedata.category(char)
    if char in "®©°" or kind not in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp", "So", "Sk", "Mn"):
        return char
    return char if kind == "Mn" and char != "\ufe0f" else " " if kind in ("Cc", "Zl", "Zp") else ""


def _headline(text: str) -> str:
    return clean(text).rstrip(".。,，;；:：")


def words_of(scene: Scene) -> str:
    """All that a scene says and shows."""
    return "\n".join([scene.say, *(str(value) for value in scene.show.values())])


def short_language(request: Asked) -> str:
    """The language without its region: `zh` of `zh-CN`."""
    return request.language.partition("-")[0].lower()


# ---- length ----------------------------------------------------------------------------------------------------------


def fit(board: Storyboard, request: Asked) -> tuple[Storyboard, tuple[str, ...]]:
    """The last draft, made to fit: points go from the back until the length is kept, as long as one of them is left."""
    left_out: list[str] = []
    scenes = list(board.scenes)
    while request.length_s is not None and len(scenes) > 3:
        if pacing.clip_s(scenes, request.language) <= request.length_s * LONGEST:
            break
        needed = [index for index in range(1, len(scenes) - 1) if not _is_needed(scenes, index, request)]
        if not needed:
            break
        left_out.append(scenes.pop(needed[-1]).say)
    if not left_out:
        return board, ()
    count = len(scenes) - 2
    for index in range(1, len(scenes) - 1):
        show = {key: value for key, value in scenes[index].show.items() if key not in ("index", "count")}
        scenes[index] = scenes[index].model_copy(
            update={"id": f"point-{index}", "show": {**show, "index": index, "count": count} if count > 1 else show}
        )
    return board.model_copy(update={"scenes": tuple(scenes)}), tuple(left_out)


def _is_needed(scenes: Sequence[Scene], index: int, request: Asked) -> bool:
    others = "\n".join(words_of(scene) for at, scene in enumerate(scenes) if at != index)
    return any(not holds((term,), others) for term in request.must_include)


def hold(board: Storyboard, request: Asked, left_out: Sequence[str]) -> Storyboard:
    """The storyboard with scenes that hold where the words are short of the wanted length, and with its notes."""
    notes = [f"left out to keep the length: “{say}”" for say in left_out]
    if request.length_s is None:
        return board.model_copy(update={"notes": tuple(notes)})
    scenes, note = pacing.hold(list(board.scenes), request.language, request.length_s)
    return board.model_copy(update={"scenes": tuple(scenes), "notes": tuple([*notes, note] if note else notes)})
