"""Reads English: rules over the written text, then sentences of shown words.

Order is meaning: what stands earlier in `RULES` takes its characters first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from aigc_cli.media.speech.reading.english_rules import RULES
from aigc_cli.media.speech.reading.english_tables import ABBREVIATIONS, MONTHS, NEVER_LAST, STARTERS, WEEKDAYS
from aigc_cli.media.speech.reading.script import Claim, ReadWord, Sentence, fold, is_silent
from aigc_cli.media.speech.reading.sentences import blank_parted, read_by, with_stop

_SIGNS = {
    **{
        "&": " and ",
        "=": " equals ",
        "@": " at ",
        "%": " percent ",
        "#": " number ",
        "°": " degrees ",
        "×": " times ",
        "÷": " divided by ",
    },
    **{"±": " plus or minus ", "≈": " about ", "≤": " at most ", "≥": " at least ", "½": " half ", "¼": " one quarter "},
    **{
        "¾": " three quarters ",
        "⅓": " one third ",
        "⅔": " two thirds ",
        "§": " section ",
        "€": " euros ",
        "£": " pounds ",
        "$": " dollars ",
    },
    **{"–": "—", "/": " ", "′": " ", "″": " ", "¿": " ", "¡": " ", "«": '"', "»": '"', "²": " squared ", "³": " cubed "},
}
_END = re.compile(r"[.!?…][\"')\]]*\Z")
_MAYBE_LAST = frozenset(key.lower() for key in ABBREVIATIONS) | {
    f"{name.lower()}." for name in (*MONTHS, *WEEKDAYS) if name.lower() != "may"
}
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+\Z")


def read(text: str, lexicon: Mapping[str, str]) -> tuple[Sentence, ...]:
    """Sentences of shown words. Raises WorkflowError when the text is not in Latin letters."""
    return read_by(RULES, text, "en", lexicon, words=_words, ends=_ends, close=lambda words: with_stop(words, "\"')]"))


def _words(paragraph: str, folded: str, claims: Mapping[int, Claim]) -> list[ReadWord]:
    return blank_parted(paragraph, lambda start, end: _speak(folded, start, end, claims))


def _speak(text: str, start: int, end: int, claims: Mapping[int, Claim]) -> str:
    out: list[str] = []
    place = start
    while place < end:
        found = claims.get(place)
        if found is not None:
            out.append(f" {found.spoken} " if found.spoken else "")
            place = found.end
            continue
        char = text[place]
        beside_claim = place + 1 in claims or (bool(out) and out[-1].endswith(" "))
        if char == "-" and end - start == 1:
            out.append("—")
            break
        if text.startswith("--", place):
            out.append("—")
            place += 2
            continue
        if char == "+":
            out.append(" plus ")
        elif char == "-" and beside_claim and start < place:
            out.append(" ")
        elif char in _SIGNS:
            out.append(_SIGNS[char])
        elif is_silent(char):
            out.append(" " if char in "_|\\~" else "")
        else:
            out.append(char)
        place += 1
    spoken = re.sub(r"\s+", " ", "".join(out)).strip()
    return re.sub(r" (?=[,.;:!?…)\]'\"—])|(?<=[(\[—]) ", "", spoken)


def _ends(word: ReadWord, following: ReadWord) -> bool:
    shown = re.sub(r"[^\w.!?…'\")\]$%]+\Z", "", fold(word.shown).replace("”", '"')).strip()
    if not _END.search(shown):
        return False
    after = fold(following.shown).lstrip("\"'([ ")
    if after[:1].islower():
        return False
    core = shown.rstrip("\"')]").lstrip("\"'([")
    if core.endswith(("!", "?", "…", "..")):
        return True
    lowered = core.lower()
    if lowered in NEVER_LAST or re.fullmatch(r"[A-Z]\.", core):
        return False
    if lowered in ("no.", "nos.", "p.", "pp.", "vol.", "fig.", "ch.", "ep.") and after[:1].isdigit():
        return False
    if lowered in _MAYBE_LAST or _DOTTED.fullmatch(core):
        return re.sub(r"\W.*", "", after).lower() in STARTERS
    return True
