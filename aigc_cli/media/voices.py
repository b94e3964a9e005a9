"""The catalogue of shipped voices: who speaks which language, and how users call them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from aigc_cli.assets import data
from aigc_cli.errors import WorkflowError
from aigc_cli.media.reading.script import primary
from aigc_cli.shapes import Voice


@dataclass(frozen=True)
class ShippedVoice:
    """A voice and what its engine calls it."""

    engine: str
    id: str
    voice: Voice


@cache
def shipped() -> tuple[ShippedVoice, ...]:
    """All shipped voices, in order of choice."""
    listed = json.loads(data("voices", "catalogue.json").read_text(encoding="utf-8"))["voices"]
    return tuple(
        ShippedVoice(
            entry["engine"],
            entry["id"],
            Voice(name=entry["name"], languages=tuple(entry["languages"]), gender=entry["gender"], style=entry["style"]),
        )
        for entry in listed
    )


def of_engine(engine: str) -> tuple[ShippedVoice, ...]:
    """The voices of one engine, in order of choice."""
    return tuple(each for each in shipped() if each.engine == engine)


def _tag(language: str) -> str:
    return "zh" if primary(language) == "cmn" else primary(language)


def speaks(voice: Voice, language: str) -> bool:
    """True when the voice speaks the language: `en` fits `en-US` and `en-GB`, `en-AU` too, `zh-TW` fits `zh-CN`."""
    return any(_tag(each) == _tag(language) for each in voice.languages)


def _names(found: tuple[ShippedVoice, ...]) -> str:
    return ", ".join(f"`{each.voice.name}`" for each in found)


def mismatch(engine: str, name: str | None, language: str) -> str | None:
    """Why no voice of this engine can take a line, in words; None when one can."""
    own = of_engine(engine)
    speaking = tuple(each for each in shipped() if speaks(each.voice, language))
    if not speaking:
        spoken = ", ".join(sorted({f"`{_tag(tag)}`" for each in shipped() for tag in each.voice.languages}))
        return f"no shipped voice speaks `{language}`; the shipped voices speak {spoken}"
    if name is None:
        if any(each in speaking for each in own):
            return None
        return f"{engine} has no voice for `{language}`; voices that speak it: {_names(speaking)}"
    found = next((each for each in shipped() if each.voice.name == name), None)
    if found is None:
        return f"there is no voice `{name}`; voices that speak `{language}`: {_names(speaking)}"
    if not speaks(found.voice, language):
        return f"the voice `{name}` does not speak `{language}`; voices that do: {_names(speaking)}"
    if found.engine != engine:
        return f"the voice `{name}` belongs to {found.engine}"
    return None


def choose(engine: str, name: str | None, language: str) -> ShippedVoice:
    """The voice for a line: the one asked for, else the engine's first of the same region, else of the language.

    Raises WorkflowError that lists the voices which speak the language.
    """
    reason = mismatch(engine, name, language)
    if reason is not None:
        message, _, cure = reason.partition("; ")
        raise WorkflowError(message, cure or "leave `voice` out, or choose the provider it belongs to")
    own = tuple(each for each in of_engine(engine) if speaks(each.voice, language))
    if name is not None:
        return next(each for each in own if each.voice.name == name)
    same = (each for each in own if language.lower() in (tag.lower() for tag in each.voice.languages))
    return next(same, own[0])
