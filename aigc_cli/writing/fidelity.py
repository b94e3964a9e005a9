"""Whether a translation states what its original states: the same numbers and units, the same names, in the language asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aigc_cli.letters import DENSE, HANGUL
from aigc_cli.writing import grounding
from aigc_cli.writing.composing import holds

_CJK = re.compile(f"[{DENSE}{HANGUL}]")
_LETTER = re.compile(r"[^\W\d_]")
_NAME = re.compile(r"\b(?=[A-Za-z]*\d|[A-Za-z]+[A-Z])(?=[^\W_]*[A-Za-z])[A-Za-z][A-Za-z0-9]*\b")
"""A word that only a name is written like: a capital inside, or letters with figures: `iPhone`, `USGS`, `M52`."""
_ACRONYM = re.compile(r"[A-Z]{2,}\Z")
_HAN_RUN = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+")
_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_MONTH = {name[:size]: number for number, name in enumerate(_MONTHS, start=1) for size in (3, len(name))}
_COUNTS = {"once": 1, "twice": 2, "double": 2, "both": 2, "pair": 2, "two-thirds": 2, "half": 0.5, "triple": 3, "dozen": 12, "first": 1}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_DECIMAL_COMMA = ("de", "fr", "es", "it", "pt", "nl", "ru", "pl", "tr", "sv", "da", "nb", "no", "fi", "cs", "uk", "id", "el", "ro", "hu")
_EUROPEAN = re.compile(r"(?<![\d.,])\d{1,3}(?:[.\u00a0\u202f ]\d{3})*(?:,\d+)?(?![\d])")
_SCRIPTS = {
    "zh": re.compile(r"[㐀-鿿]"), "ja": re.compile(r"[㐀-鿿぀-ヿ]"), "ko": re.compile(r"[가-힯]"), "ru": re.compile(r"[Ѐ-ӿ]"),
    "uk": re.compile(r"[Ѐ-ӿ]"), "ar": re.compile(r"[؀-ۿ]"), "he": re.compile(r"[֐-׿]"), "hi": re.compile(r"[ऀ-ॿ]"),
    "th": re.compile(r"[฀-๿]"), "el": re.compile(r"[Ͱ-Ͽ]"),
}  # fmt: skip
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u04ff\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MOST_TIMES_LONGER = 4
_REPEATS = 4


@dataclass(frozen=True)
class Terms:
    """What a translation is held to: both languages, names to keep, words to use, words not to use."""

    source: str
    target: str
    keep: tuple[str, ...] = ()
    glossary: Mapping[str, str] | None = None
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What is wrong, in a sentence that tells a translator what to change. A soft one is told rather than fatal in the end."""

    text: str
    is_soft: bool = False


def has_words(text: str, terms: Terms) -> bool:
    """True when something is left to translate besides names to keep, addresses and figures."""
    rest = grounding.LINK.sub(" ", text)
    for name in terms.keep:
        rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
    rest = _NAME.sub(" ", rest)
    return bool(_LETTER.search(rest))


def faults_of(original: str, text: str, terms: Terms, *, is_spoken: bool) -> list[Fault]:
    """What is wrong with a translation; empty when nothing is."""
    if not text.strip():
        return [Fault("It is empty.")]
    return [
        *_language_faults(original, text, terms, is_spoken=is_spoken),
        *_number_faults(original, text, terms),
        *_name_faults(original, text, terms),
        *_form_faults(original, text),
        *(Fault(f"`{word}` must not occur.") for word in terms.forbidden if holds((word,), text)),
    ]


def _language_faults(original: str, text: str, terms: Terms, *, is_spoken: bool) -> list[Fault]:
    target = _base(terms.target)
    if is_spoken and text.casefold() == original.casefold():
        return [Fault("It is not translated.")]
    kept = _without(text, (*terms.keep, *(terms.glossary or {}).values()))
    script = _SCRIPTS.get(target)
    if script is not None and is_spoken and not script.search(text):
        return [Fault(f"It is not written in the language asked for ({terms.target}).")]
    if script is None and _FOREIGN.search(kept):
        return [Fault(f"It is not written in the language asked for ({terms.target}).")]
    return []


def _number_faults(original: str, text: str, terms: Terms) -> list[Fault]:
    """Every number of the original stands in the translation, with the same unit where both name one, and no other does."""
    was = grounding.figures_written(_plain(original, terms.source), _base(terms.source))
    now = grounding.figures_written(_plain(text, terms.target), _base(terms.target))
    allowed = {value for value, _, _ in was} | _also(original, terms.source)
    there = {value for value, _, _ in now} | _also(text, terms.target)
    found = [Fault(f"`{written}` is not in the original.") for value, _, written in now if value not in allowed]
    found += [Fault(f"`{written}` is missing.") for value, _, written in was if value not in there]
    for value, unit, written in now:
        units = {other for number, other, _ in was if number == value}
        if unit and units and "" not in units and unit not in units:
            found.append(Fault(f"`{written}` has another unit than the original."))
    return found


def _plain(text: str, language: str) -> str:
    """A text whose numbers are written with a decimal point, and whose addresses are gone."""
    text = grounding.LINK.sub(" ", text)
    if _base(language) not in _DECIMAL_COMMA:
        return text
    return _EUROPEAN.sub(lambda match: re.sub(r"[.\u00a0\u202f ]", "", match[0]).replace(",", "."), text)


def _also(text: str, language: str) -> set[float]:
    """Numbers that a text may mean by words that are no numerals: months, `twice`, ordinals, any run of Chinese numerals."""
    words = re.findall(r"[a-z]+(?:-[a-z]+)?", text.casefold())
    found: set[float] = {float(_MONTH[word]) for word in words if word in _MONTH}
    found |= {float(_COUNTS[word]) for word in words if word in _COUNTS}
    found |= {float(_ORDINALS.index(word) + 1) for word in words if word in _ORDINALS}
    if _base(language) in ("zh", "ja"):
        found |= {grounding.han_value(run.replace("〇", "零")) for run in _HAN_RUN.findall(text)}
        found |= {0.5} if "半" in text else set()
    return found


def _name_faults(original: str, text: str, terms: Terms) -> list[Fault]:
    found = [
        Fault(f"`{name}` must be kept as it is written.") for name in terms.keep if holds((name,), original) and not holds((name,), text)
    ]
    for word, wanted in (terms.glossary or {}).items():
        if holds((word,), original) and not holds((wanted,), text):
            found.append(Fault(f"`{word}` must be translated as `{wanted}`."))
    free = _without(original, (*terms.keep, *(terms.glossary or {})))
    names = dict.fromkeys(_NAME.findall(grounding.LINK.sub(" ", free)))
    found += [
        Fault(f"`{name}` must be kept as it is written.", is_soft=bool(_ACRONYM.match(name)))
        for name in names
        if name.casefold() not in text.casefold()
    ]
    links = [match[0].rstrip("./") for match in grounding.LINK.finditer(original)]
    found += [Fault(f"the address `{link}` must be kept.") for link in links if link.casefold() not in text.casefold()]
    new = [match[0] for match in grounding.LINK.finditer(text) if match[0].casefold().rstrip("./") not in original.casefold()]
    found += [Fault(f"`{link}` is not in the original.") for link in new]
    if _base(terms.target) in _SCRIPTS and not found:
        known = grounding.Facts([original, *terms.keep, *(terms.glossary or {}).values()], "en")
        for word in re.findall(r"[A-Za-z][A-Za-z'’\-]+", grounding.LINK.sub(" ", text)):
            if word.casefold() not in known.words:
                found.append(Fault(f"`{word}` is not in the original."))
    return found


def _form_faults(original: str, text: str) -> list[Fault]:
    if len(text) > _MOST_TIMES_LONGER * len(original) + 20:
        return [Fault("It is far longer than the original.")]
    return [Fault("It says the same again and again.")] if is_stuck(text) else []


def is_stuck(text: str) -> bool:
    """True for a text in which one to four words, or characters where no spaces are written, follow each other four times."""
    words = text.split() if not _CJK.search(text) else list(text)
    for size in (1, 2, 3, 4):
        for at in range(len(words) - size * _REPEATS + 1):
            unit = words[at : at + size]
            if words[at : at + size * _REPEATS] == unit * _REPEATS and any(each[0].isalpha() for each in unit):
                return True
    return False


def _without(text: str, names: tuple[str, ...]) -> str:
    for name in names:
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text


def _base(language: str) -> str:
    return language.partition("-")[0].lower()
