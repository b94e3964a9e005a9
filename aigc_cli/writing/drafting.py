"""Storyboards by a language model: what it is asked, what is taken from its answer, and what is sent back to it.

The model writes words; it decides neither the layout nor the price, the button and the address: those come from the facts.
A draft is used only when it passes every check here. One that does not is sent back with what is wrong, a bounded number of
times; after that the caller gets ProviderError, and another provider stands in only where the workflow names one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from aigc_cli.contracts import Context
from aigc_cli.errors import ProviderError
from aigc_cli.letters import HAN
from aigc_cli.storyboard import Scene, Storyboard
from aigc_cli.writing import grounding, pacing, prompting
from aigc_cli.writing.answers import Unusable, first_object
from aigc_cli.writing.boards import LONGEST, Asked, Draft, build, fit, hold, short_language, words_of
from aigc_cli.writing.composing import HEADLINE_CHARS, holds, refuse_forbidden
from aigc_cli.writing.facts import Facts
from aigc_cli.writing.prompting import Message, Prompt

_SHORTEST = 0.55
_WORDS_PER_S = {"zh": 4.4, "en": 2.7}
_CJK = re.compile(f"[{HAN}]")


Ask = Callable[[list[Message], int], str]
"""Gives a conversation to the model, and the number of the draft from 0; returns the text of its answer."""


_TEXT = {"type": "string"}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "scenes"],
    "properties": {
        "title": _TEXT,
        "scenes": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["role", "say", "kicker", "headline", "picture"],
                "properties": {
                    "role": {"type": "string", "enum": ["hook", "point", "close"]},
                    "say": _TEXT,
                    "kicker": _TEXT,
                    "headline": _TEXT,
                    "picture": _TEXT,
                },
            },
        },
    },
}
"""The form of an answer, as a JSON Schema that servers with strict structured output take."""


def write(request: Asked, ctx: Context, *, prompt: str, who: str, attempts: int, ask: Ask) -> Storyboard:
    """Asks a model for a storyboard until a draft passes every check.

    Args:
        request: the step.
        ctx: gives templates, progress and notes.
        prompt: name of the prompt template.
        who: how messages call the model.
        attempts: drafts at most, from 1.
        ask: gives a conversation to the model.

    Raises WorkflowError for facts that cannot be used, ProviderError when no draft passes.
    """
    facts = Facts(request.facts, request.language)
    refuse_forbidden(facts, request.forbidden, request.must_include)
    template = prompting.load(ctx.templates, prompt, request.language)
    opening = conversation(template, request)
    turns = opening
    faults: list[str] = []
    for number in range(attempts):
        text = ask(turns, number)
        ctx.progress((number + 1) / (attempts + 1), f"draft {number + 1} is read")
        try:
            board = build(parse(text), request, facts)
        except Unusable as error:
            faults = [str(error)]
        else:
            board, left_out = fit(board, request) if number == attempts - 1 else (board, ())
            faults = check(board, request, facts, template)
            if not faults:
                return hold(board, request, left_out)
        turns = [*opening, {"role": "assistant", "content": text[:8000]}, {"role": "user", "content": _complaint(faults)}]
    raise ProviderError(
        f"{who} gave no usable text in {attempts} {'draft' if attempts == 1 else 'drafts'}: {faults[0].rstrip('.')}",
        "try another `--seed` or `model`, or name a provider to fall back to: `provider: [..., copywriter]`",
    )


def conversation(template: Prompt, request: Asked) -> list[Message]:
    """The conversation that asks for a first draft."""
    scenes = scene_count(request)
    words = ""
    if request.length_s is not None:
        spoken = max(2.0, request.length_s - scenes * pacing.SCENE_BREATH_S - pacing.LAST_HOLD_S)
        words = str(round(spoken * _WORDS_PER_S.get(short_language(request), 2.7)))
    product = " ".join(str(request.facts.get("product", "")).split())
    values = {
        "product": product,
        "facts": "\n".join(f"- {line}" for line in prompting.fact_lines(request.facts)) or "- (none)",
        "length": f"{request.length_s:g}" if request.length_s is not None else "",
        "words": words,
        "scenes": str(scenes),
        "tone": request.tone,
        "photos": str(request.photos or ""),
        "must_include": "; ".join(request.must_include),
        "forbidden": "; ".join(request.forbidden),
        "language": "" if short_language(request) in ("en", "zh") else request.language,
    }
    return prompting.messages(template, values)


def scene_count(request: Asked) -> int:
    """How many scenes suit the points and the length: one per point, a hook and a close."""
    points = request.facts.get("points")
    count = (len(points) if isinstance(points, list | tuple) else 1) + 2
    return count if request.length_s is None else max(2, min(count, round(request.length_s / 2.8)))


def parse(text: str) -> Draft:
    """The draft in an answer. Raises Unusable when the answer holds none."""
    value = first_object(text)
    try:
        return Draft.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Unusable(f"The JSON does not have the form asked for: `{where}`: {first['msg']}.") from error


def check(board: Storyboard, request: Asked, facts: Facts, template: Prompt) -> list[str]:
    """What is wrong with a storyboard, each in a sentence that tells a writer what to change; empty when nothing is."""
    known = [
        *facts.slots.values(),
        *facts.points,
        *(str(value) for value in request.facts.values() if isinstance(value, str | int | float)),
    ]
    known += list(request.must_include)
    allowed = grounding.Facts(known, request.language, counts=(len(facts.points),))
    faults: list[str] = []
    said: dict[str, str] = {}
    for scene in board.scenes:
        shown = [text for key in ("headline", "kicker") if isinstance(text := scene.show.get(key), str)]
        for text in (scene.say, *shown):
            faults += [f"`{word}` in scene `{scene.id}` is not in the facts: leave it out." for word in allowed.strangers(text)]
            leaked = grounding.copied(text, template.example_words, "\n".join(known))
            if leaked:
                faults.append(f"“{leaked}” in scene `{scene.id}` is taken from the example: write your own words.")
        folded = " ".join(scene.say.casefold().split())
        if folded in said:
            faults.append(f"Scenes `{said[folded]}` and `{scene.id}` say the same: say each thing once.")
        said[folded] = scene.id
        faults += _form_faults(scene, request)
    words = "\n".join([board.title, *(words_of(scene) for scene in board.scenes)])
    faults += [f"`{term}` must be said or shown, word for word." for term in request.must_include if not holds((term,), words)]
    faults += [f"`{term}` must not occur." for term in request.forbidden if holds((term,), words)]
    return list(dict.fromkeys([*faults, *_length_faults(board, request)]))


def _form_faults(scene: Scene, request: Asked) -> list[str]:
    faults = []
    if not scene.say:
        faults.append(f"Scene `{scene.id}` says nothing.")
    limit = HEADLINE_CHARS.get(short_language(request), 40) * 1.5
    headline = scene.show.get("headline")
    if isinstance(headline, str) and len(headline) > limit and headline != request.facts.get("product"):
        faults.append(f"The headline of scene `{scene.id}` is too long: at most {limit:.0f} characters.")
    has_cjk = bool(_CJK.search(scene.say))
    if scene.say and short_language(request) == "zh" and not has_cjk:
        faults.append(f"Scene `{scene.id}` is not in Chinese.")
    if has_cjk and short_language(request) in ("en", "de", "fr", "es", "it", "pt") and not _CJK.search(str(request.facts)):
        faults.append(f"Scene `{scene.id}` is not in the language asked for.")
    return faults


def _length_faults(board: Storyboard, request: Asked) -> list[str]:
    if request.length_s is None:
        return []
    length = pacing.clip_s(board.scenes, request.language)
    rate = _WORDS_PER_S.get(short_language(request), 2.7)
    unit = "characters" if short_language(request) == "zh" else "words"
    if length > request.length_s * LONGEST:
        much = max(1, round((length - request.length_s) * rate))
        return [f"It takes {length:.0f} s to say, and {request.length_s:g} s are wanted: cut about {much} {unit} of `say`."]
    if length < request.length_s * _SHORTEST and len(request.facts) > 1:
        much = max(1, round((request.length_s * 0.9 - length) * rate))
        return [f"It takes {length:.0f} s to say, and {request.length_s:g} s are wanted: add about {much} {unit}, from the facts only."]
    return []


def _complaint(faults: Sequence[str]) -> str:
    listed = "\n".join(f"- {fault}" for fault in faults[:12])
    return (
        f"This draft cannot be used:\n{listed}\nWrite the whole answer again, in the same form, with these mended and nothing else changed."
    )
