"""`speech.say`: a take of narration with the time of every word."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field, field_validator

from aigc_cli import registry
from aigc_cli.assets import Templates, shipped
from aigc_cli.contracts import Context, Step
from aigc_cli.errors import WorkflowError
from aigc_cli.media import proofs
from aigc_cli.media.speech import lexicon, voices
from aigc_cli.media.speech.lexicon import Entries
from aigc_cli.media.speech.reading.language import check_language
from aigc_cli.media.speech.reading.script import primary
from aigc_cli.media.style import brand as brands
from aigc_cli.media.style.brand import Brand
from aigc_cli.shapes import Line, Speech
from aigc_cli.workflow.expressions import has_expression
from aigc_cli.workflow.problems import Problem, nearest, shorten


class Speaks(Protocol):
    """What a provider of speech can do."""

    def speak(self, line: Line, ctx: Context) -> Speech:
        """Says the line: 48 kHz mono, every shown word with its time."""


def _text(given: Mapping[str, Any], name: str, default: str) -> str:
    """A parameter as far as it is known: the default for one that is missing or an expression."""
    value = given.get(name)
    return value if isinstance(value, str) and not has_expression(value) else default


def _brand(given: Mapping[str, Any]) -> str:
    return _text(given, "brand", "auto") or "auto"


def _cast_of(brand: Brand, language: str) -> str | dict[str, str] | None:
    """Who speaks for a brand: its voice for a language, and by engine where it is a shipped one or the brand names voices of engines."""
    named = {engine: brand.voices[engine] for engine in (registry.EMBEDDED, *registry.providers("speech")) if engine in brand.voices}
    voice = _voice_of(brand, language)
    if voice is not None and voices.is_ours(voice):
        return {registry.EMBEDDED: voice, **named}
    return named or voice


def _voice_of(brand: Brand, language: str) -> str | None:
    """The brand's voice for a language: the one under its tag, else the one for any language unless it is known not to speak it."""
    for tag, voice in brand.voices.items():
        if tag and (tag.lower() == language.lower() or primary(tag) == primary(language)):
            return voice
    voice = brand.voices.get("", "")
    return voice if voice and voices.is_for(voice, language) else None


class Say(Step):
    """Says a text, and tells when each of its words is heard."""

    kind: ClassVar[str] = "speech.say"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "speech"
    outputs: ClassVar[Mapping[str, str]] = {
        "audio": "48 kHz mono 16-bit WAV.",
        "words": "The words as written, in order: text, start_s, end_s, is_glued.",
        "duration_s": "Length in seconds.",
        "text": "What was to be said, as written.",
        "spoken": "What was really read out, numbers and signs in words.",
        "language": "The language of the text.",
        "voice": "The voice that speaks.",
        "provider": "The engine that made it.",
        "timing": "`exact` by the engine's own word, `aligned` with the sound, or `estimated` from syllables and silences.",
        "consent": "Who agreed that the voice is cloned, when and for what, as it was given; empty for any other voice.",
    }

    text: str = Field(
        description="What to say, as one would write it: figures, signs and abbreviations are read out; `[pause 400ms]` rests."
    )
    language: str = Field(
        "en",
        pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$",
        description="BCP 47 tag of the text: `en`, `en-GB`, `zh`, `es`, `fr`, `it`, `pt`.",
    )
    voice: str | dict[str, str] | None = Field(
        None,
        description="Name of a voice, as `aigc voices` lists them, or a blend: `heart:0.6+bella:0.4`; null takes the language's first. "
        "By engine where several may speak: `{openai: nova, embedded: george}`; an engine that is not named takes its own.",
    )
    speed: float = Field(1.0, ge=0.5, le=2.0, description="1 is the voice's own pace, 2 twice as fast.")
    pause_ms: int = Field(250, ge=0, le=5000, description="Silence between two sentences, in milliseconds.")
    pitch: float = Field(0.0, ge=-6, le=6, description="Semitones above or below the voice's own pitch.")
    breaths: Literal["auto", "clear", "off"] = Field(
        "auto", description="A reader's breaths in the longer pauses: auto is hardly heard, clear as in an audiobook; off leaves silence."
    )
    lexicon: Entries = Field(
        default_factory=dict, description="Names and how they sound: words to read instead, or phonemes between slashes, `/pɪˈkoʊloʊ/`."
    )
    speakers: dict[str, str] = Field(
        default_factory=dict, description="Names of speakers and the voice of each; lines of the text that begin with `Name:` are theirs."
    )

    brand: str = Field(
        "auto",
        description="A brand's name, for its voice where none is named and for how its names sound.",
        json_schema_extra={"template": "brands"},
    )

    @field_validator("voice")
    @classmethod
    def _names_engines(cls, value: str | dict[str, str] | None) -> str | dict[str, str] | None:
        if isinstance(value, dict):
            known = (registry.EMBEDDED, *registry.providers("speech"))
            for engine, voice in value.items():
                if engine not in known:
                    raise ValueError(f"`{shorten(engine)}` is no engine of speech; {nearest(engine, known)}")
                if not voice.strip():
                    raise ValueError(f"the voice of `{engine}` is empty")
        return value

    @field_validator("speakers")
    @classmethod
    def _has_names(cls, value: dict[str, str]) -> dict[str, str]:
        for name, voice in value.items():
            if not name.strip() or not any(char.isalnum() for char in name) or not voice.strip():
                raise ValueError("a speaker needs a name and a voice")
        return value

    @classmethod
    def decided(cls, given: Mapping[str, Any], templates: Templates) -> Mapping[str, Any]:
        """The brand's voice where none is named and it speaks the language, and its names; the brand itself changes no narration."""
        brand = brands.load(_brand(given), templates)
        found: dict[str, Any] = {"brand": "auto"}
        if given.get("voice") is None:
            found["voice"] = _cast_of(brand, _text(given, "language", "en"))
        own = given.get("lexicon") or {}
        if isinstance(own, Mapping) and (names := lexicon.relevant(_text(given, "text", ""), brand.lexicon)):
            found["lexicon"] = {**names, **own}
        return found

    @classmethod
    def faults(cls, given: Mapping[str, Any], templates: Templates) -> tuple[Problem, ...]:
        """Mistakes in the lexicons beside the workflow, and in the brand."""
        found = [
            Problem(str(path), max(each.line, 1), max(each.column, 1), "", each.message, each.hint)
            for path in lexicon.files(templates, _text(given, "language", "en"))
            if not path.is_relative_to(shipped("templates"))
            for each in lexicon.faults(path)
        ]
        return (*found, *proofs.of_brand(_brand(given), templates))

    def materials(self, templates: Templates) -> Mapping[str, str]:
        """A digest of the lexicon's entries that the text holds: a name added to the lexicon speaks no other text anew."""
        entries = self._entries(templates)
        return {"lexicon": hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()} if entries else {}

    def _entries(self, templates: Templates) -> dict[str, str]:
        return lexicon.relevant(self.text, {**lexicon.load(templates, self.language), **self.lexicon})

    def run(self, provider: Speaks, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider; the value is a `Speech`, field by field. Raises WorkflowError for an empty text or another language's."""
        if not self.text.strip():
            raise WorkflowError("the text to speak is empty", "give it words, or leave the scene silent with `if`")
        check_language(self.text, self.language)
        line = Line(
            text=self.text,
            language=self.language,
            voice=self._asked(provider, ctx),
            speed=self.speed,
            pause_ms=self.pause_ms,
            pitch=self.pitch,
            breaths=self.breaths,
            lexicon=self._entries(ctx.templates),
            speakers=self.speakers,
        )
        return dict(provider.speak(line, ctx))

    def _asked(self, provider: Speaks, ctx: Context) -> str | None:
        """The voice for this engine, which is told when it speaks with its own instead of the brand's."""
        engine = registry.EMBEDDED if getattr(provider, "is_fake", False) else str(getattr(provider, "name", ""))
        found = voices.asked(self.voice, engine)
        if found is None and isinstance(self.voice, dict) and (wanted := self.voice.get(registry.EMBEDDED)):
            ctx.note(f"{engine} does not have the voice `{wanted}`: it speaks with one of its own")
        return found
