"""Reads English: rules over the written text, then sentences of shown words.

Order is meaning: what stands earlier in `RULES` takes its characters first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from aigc_cli.media.speech.reading.english_rules import RULES
from aigc_cli.media.speech.reading.english_tables import ABBREVIATIONS, MONTHS, NEVER_LAST, STARTERS, WEEKDAYS
from aigc_cli.media.speech.reading.script import (
    Claim,
    ReadWord,
    Sentence,
    check_script,
    claim,
    clean,
    fold,
    gather,
    is_silent,
    lexicon_rules,
    paragraphs,
)

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
    text = clean(text)
    check_script(text, "en")
    rules = (*lexicon_rules(lexicon), *RULES)
    sentences: list[Sentence] = []
    for paragraph in paragraphs(text):
        words = gather(_words(paragraph, claim(fold(paragraph), rules)))
        found = _sentences(words)
        sentences.extend(Sentence(each, ends_paragraph=index == len(found) - 1) for index, each in enumerate(found))
    return tuple(sentences)


def _words(paragraph: str, claims: list[Claim]) -> list[ReadWord]:
    by_start = {each.start: each for each in claims}
    folded = fold(paragraph)
    return [ReadWord(match.group(), _speak(folded, match.start(), match.end(), by_start)) for match in re.finditer(r"\S+", paragraph)]


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


def _sentences(words: tuple[ReadWord, ...]) -> list[tuple[ReadWord, ...]]:
    found: list[tuple[ReadWord, ...]] = []
    begun: list[ReadWord] = []
    for index, word in enumerate(words):
        begun.append(word)
        if index + 1 == len(words) or _ends(word, words[index + 1]):
            found.append(_close(begun))
            begun = []
    return found


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


def _close(words: list[ReadWord]) -> tuple[ReadWord, ...]:
    last = words[-1]
    if fold(last.shown).rstrip("\"')]").endswith(".") and not re.search(r"[.!?…,;:][\"')\]]*\Z", last.spoken):
        words = [*words[:-1], ReadWord(last.shown, last.spoken + ".", last.is_glued)]
    return tuple(words)
