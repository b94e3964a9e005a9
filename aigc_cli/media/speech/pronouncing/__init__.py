"""From spelling to sound for Spanish, French, Italian and Portuguese, by rules of our own: no espeak-ng, whose licence is the GPL.

`pronouncer` is the door. The sounds are written as Kokoro was trained on them: IPA after the manner of espeak-ng with misaki's
one-letter signs (`A` for eɪ, `ʧ` for tʃ), the stress right before its vowel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from aigc_cli.media.speech.reading.romance import LANGUAGES
from aigc_cli.media.speech.reading.script import primary

__all__ = ["Pronounce", "pronouncer"]

Pronounce = Callable[[Sequence[str]], list[str]]
"""The sound of each word of a phrase, in order. Words in lower case; within a phrase there is no pause."""


def pronouncer(language: str) -> Pronounce:
    """The rules for a language tag: `es-MX` and `es-419` sound otherwise than `es`. Raises KeyError for a language without rules."""
    module = import_module(f"aigc_cli.media.speech.pronouncing.{LANGUAGES[primary(language)]}")

    def pronounce(words: Sequence[str]) -> list[str]:
        found: list[str] = module.phrase(words, language)
        return found

    return pronounce
