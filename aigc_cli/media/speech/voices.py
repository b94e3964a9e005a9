"""The catalogue of shipped voices: who speaks which language, and how users call them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from aigc_cli.assets import data
from aigc_cli.errors import WorkflowError
from aigc_cli.media.speech.reading.script import primary
from aigc_cli.shapes import Voice

_BLEND = re.compile(r"[\w-]+(?::\d+(?:\.\d+)?)?(?:\s*\+\s*[\w-]+(?::\d+(?:\.\d+)?)?)+\Z")
MOST_BLENDED = 4
EMBEDDED = "embedded"
"""What stands for every engine whose voices are shipped, where voices are named by engine."""


@dataclass(frozen=True)
class ShippedVoice:
    """A voice and what its engine calls it; `kokoro_id` is Kokoro's name for it, also where another engine is the quicker one."""

    engine: str
    id: str
    voice: Voice
    kokoro_id: str | None = None


@dataclass(frozen=True)
class Blend:
    """One voice of Kokoro's, or several mixed: each one's id and its share, together 1."""

    name: str
    shares: tuple[tuple[str, float], ...]
    is_british: bool


@cache
def shipped() -> tuple[ShippedVoice, ...]:
    """All shipped voices, in order of choice."""
    listed = json.loads(data("voices", "catalogue.json").read_text(encoding="utf-8"))["voices"]
    return tuple(
        ShippedVoice(
            entry["engine"],
            entry["id"],
            Voice(name=entry["name"], languages=tuple(entry["languages"]), gender=entry["gender"], style=entry["style"]),
            entry.get("kokoro") or (entry["id"] if entry["engine"] == "kokoro" else None),
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


def is_ours(name: str) -> bool:
    """True for a shipped voice and for a blend."""
    return is_blend(name) or any(each.voice.name == name for each in shipped())


def asked(voice: str | Mapping[str, str] | None, engine: str) -> str | None:
    """The voice that a step asks of an engine: its only one, or the one named for the engine, or for all embedded ones; else None."""
    if voice is None or isinstance(voice, str):
        return voice
    return voice.get(engine) or (voice.get(EMBEDDED) if engine == EMBEDDED or of_engine(engine) else None)


def is_for(name: str, language: str) -> bool:
    """False for a shipped voice, or a blend of some, that does not speak the language; another engine's voices are not known here."""
    parts = {part.partition(":")[0].strip() for part in name.split("+")}
    known = [each for each in shipped() if each.voice.name in parts]
    return all(speaks(each.voice, language) for each in known)


def _names(found: tuple[ShippedVoice, ...]) -> str:
    return ", ".join(f"`{each.voice.name}`" for each in found)


def mismatch(engine: str, voice: str | Mapping[str, str] | None, language: str) -> str | None:
    """Why no voice of this engine can take a line, in words; None when one can."""
    name = asked(voice, engine)
    own = of_engine(engine)
    speaking = tuple(each for each in shipped() if speaks(each.voice, language))
    if not speaking:
        spoken = ", ".join(sorted({f"`{_tag(tag)}`" for each in shipped() for tag in each.voice.languages}))
        return f"no shipped voice speaks `{language}`; the shipped voices speak {spoken}"
    if name is not None and is_blend(name):
        if engine != "kokoro":
            return "voices are blended by kokoro"
        try:
            blend(name, language)
        except WorkflowError as error:
            return f"{error.message}; {error.hint}"
        return None
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


def is_blend(name: str) -> bool:
    """True for `heart+michael` and `heart:0.6+bella:0.4`."""
    return bool(_BLEND.match(name.strip()))


def blend(name: str, language: str) -> Blend:
    """The voice of this name, or the mixture that it describes, for Kokoro. Raises WorkflowError with the voices that can be taken."""
    parts = [part.strip().partition(":") for part in name.split("+")]
    if len(parts) > MOST_BLENDED:
        raise WorkflowError(f"`{name}` blends {len(parts)} voices", f"blend {MOST_BLENDED} at most")
    speaking = tuple(each for each in shipped() if speaks(each.voice, language) and each.kokoro_id)
    weights: dict[str, float] = {}
    british = 0.0
    for part, _, share in parts:
        found = next((each for each in speaking if each.voice.name == part), None)
        if found is None or found.kokoro_id is None:
            known = any(each.voice.name == part for each in shipped())
            what = f"the voice `{part}` does not speak `{language}`" if known else f"there is no voice `{part}`"
            raise WorkflowError(what, f"voices that do: {_names(speaking)}")
        weight = float(share) if share else 1.0
        weights[found.kokoro_id] = weights.get(found.kokoro_id, 0.0) + weight
        british += weight if "en-GB" in found.voice.languages else 0.0
    total = sum(weights.values())
    if total <= 0:
        raise WorkflowError(f"the shares of `{name}` are all nothing", "write for example `heart:0.6+bella:0.4`")
    return Blend(name, tuple((id_, weight / total) for id_, weight in weights.items()), british > total / 2)


def cast_mismatch(engine: str, speakers: Mapping[str, str | Mapping[str, str]], language: str) -> str | None:
    """Why an engine cannot speak all parts of a dialogue, in words; None when it can. Kokoro has the other engines' voices too."""
    for speaker, voice in speakers.items():
        name = asked(voice, engine)
        if name is None:
            continue
        if engine != "kokoro":
            reason = mismatch(engine, name, language)
        else:
            try:
                blend(name, language)
                reason = None
            except WorkflowError as error:
                reason = f"{error.message}; {error.hint}"
        if reason is not None:
            return f"{speaker}: {reason}"
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
