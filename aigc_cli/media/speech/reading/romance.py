"""Reads Spanish, French, Italian and Portuguese: what the four share, driven by a table per language.

They write figures alike (a comma before decimals, a point or a space between thousands) and differ in words, genders and in how
they count. A language's own table is a `Tongue`; `romance_rules` turns it into rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from aigc_cli.media.speech.reading.script import Claim, ReadWord, Rule, Sentence, fold, is_silent, primary
from aigc_cli.media.speech.reading.sentences import blank_parted, read_by, with_stop

LANGUAGES: Mapping[str, str] = {"es": "spanish", "fr": "french", "it": "italian", "pt": "portuguese"}
ALONE, MASCULINE, FEMININE = "", "m", "f"
"""How a number stands: by itself, or before a noun of a gender. `1` is uno, un euro, una libra."""

_END = re.compile(r"[.!?…][\"'»)\]]*\Z")
_INITIAL = re.compile(r"(?:[A-ZÀ-Þ]\.)+\Z")


@dataclass(frozen=True)
class Noun:
    """A unit or a coin: one, several, its gender, and what a hundredth of it is called where that is said."""

    one: str
    many: str
    gender: str = MASCULINE
    hundredth: tuple[str, str] | None = None


@dataclass(frozen=True)
class Tongue:
    """All words that rules need. Texts in lower case; abbreviations as they are written, with their points."""

    language: str
    cardinal: Callable[[int, str], str]
    ordinal: Callable[[int, str], str]
    year: Callable[[int], str]
    date: Callable[[int, int, int | None], str]
    time: Callable[[int, int], str]
    digits: tuple[str, ...]
    months: tuple[str, ...]
    point: str
    minus: str
    plus: str
    percent: str
    until: str
    per: str
    of: Callable[[str], str]
    money_joint: Callable[[str], str]
    hundredth: tuple[str, str]
    at: str
    dot: str
    slash: str
    dash: str
    number_sign: str
    fractions: Mapping[str, str]
    scales: Mapping[str, tuple[str, str]]
    coins: Mapping[str, Noun]
    units: Mapping[str, Noun]
    per_units: Mapping[str, str]
    abbreviations: Mapping[str, str]
    letters: str
    spelled: frozenset[str]
    signs: Mapping[str, str]
    ordinal_mark: str
    is_feminine: Callable[[str], bool] = field(default=lambda _: False)
    names_hundredths: bool = False
    centuries: str = ""
    kings: tuple[str, ...] = ()


@cache
def tongue(language: str) -> Tongue:
    """The table of a language, by its primary subtag. Raises KeyError for one that is not Romance."""
    found = import_module(f"aigc_cli.media.speech.reading.{LANGUAGES[primary(language)]}").TONGUE
    assert isinstance(found, Tongue)
    return found


def is_romance(language: str) -> bool:
    """True for a language that is read here."""
    return primary(language) in LANGUAGES


@cache
def _rules(language: str) -> tuple[Rule, ...]:
    from aigc_cli.media.speech.reading.romance_rules import rules

    return rules(tongue(language))


def read(text: str, language: str, lexicon: Mapping[str, str]) -> tuple[Sentence, ...]:
    """Sentences of shown words. Raises WorkflowError when the text is not in Latin letters."""
    code = primary(language)
    words_of = tongue(code)

    def words(paragraph: str, folded: str, claims: Mapping[int, Claim]) -> list[ReadWord]:
        return blank_parted(paragraph, lambda start, end: _speak(folded, start, end, claims, words_of))

    def ends(word: ReadWord, following: ReadWord) -> bool:
        return _ends(word, following, words_of)

    return read_by(_rules(code), text, code, lexicon, words=words, ends=ends, close=lambda found: with_stop(found, "\"')]»"))


def _speak(text: str, start: int, end: int, claims: Mapping[int, Claim], words_of: Tongue) -> str:
    out: list[str] = []
    place = start
    while place < end:
        found = claims.get(place)
        if found is not None:
            out.append(f" {found.spoken} " if found.spoken else "")
            place = found.end
            continue
        char = text[place]
        if char == "-" and end - start == 1:
            out.append("—")
        elif char in words_of.signs:
            out.append(words_of.signs[char])
        elif is_silent(char):
            out.append(" " if char in "_|\\~" else "")
        else:
            out.append(char)
        place += 1
    spoken = re.sub(r"\s+", " ", "".join(out)).strip()
    spoken = re.sub(r"(?<=[^\W\d_]') (?=\w)", "", spoken)
    return re.sub(r" (?=[,.;:!?…)\]'\"—])|(?<=[(\[—]) ", "", spoken)


def _ends(word: ReadWord, following: ReadWord, words_of: Tongue) -> bool:
    shown = re.sub(r"[^\w.!?…'\")\]»$%]+\Z", "", fold(word.shown)).strip()
    if not _END.search(shown):
        return False
    after = fold(following.shown).lstrip("\"'([«¿¡ ")
    if after[:1].islower():
        return False
    core = shown.rstrip("\"')]»").lstrip("\"'([«¿¡")
    if core.endswith(("!", "?", "…", "..")):
        return True
    lasting = any(key.startswith(f"{core} ") for key in words_of.abbreviations) and after[:1].isupper() and core[0].isupper()
    return not (lasting or core in words_of.abbreviations or _INITIAL.fullmatch(core))
