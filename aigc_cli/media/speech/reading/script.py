"""What both languages share: shown words with their sound, claims of rules on the text, scripts and silent signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from aigc_cli.errors import WorkflowError
from aigc_cli.letters import HAN

FIXED = re.compile("\ue000(?P<name>[^\ue000-\ue002]*)\ue001(?P<sound>[^\ue000-\ue002]*)\ue002")
"""A name within spoken words whose phonemes are fixed. Private-use characters are taken out of every text, so none can fake it."""


def fixed(name: str, sound: str) -> str:
    """Spoken words for a name whose phonemes are known."""
    return f"\ue000{name}\ue001{sound}\ue002"


@dataclass(frozen=True)
class ReadWord:
    """A word as it is shown, what is spoken for it, and whether it stands without a space before it."""

    shown: str
    spoken: str
    is_glued: bool = False


@dataclass(frozen=True)
class Sentence:
    """Words that are spoken in one breath. After the last sentence of a paragraph the pause is longer."""

    words: tuple[ReadWord, ...]
    ends_paragraph: bool = False

    @property
    def spoken(self) -> str:
        """What is read out, as one line."""
        parts = (("" if word.is_glued else " ") + word.spoken for word in self.words if word.spoken)
        return FIXED.sub(lambda match: match["name"], "".join(parts)).strip()


@dataclass(frozen=True)
class Rule:
    """A pattern and how its match is spoken.

    `say` gets the match and returns the spoken words, or None when the pattern fits but the meaning does not. When the
    match holds several shown words, `|` in the answer parts what is heard for each of them.
    """

    pattern: re.Pattern[str]
    say: Callable[[re.Match[str]], str | None]


@dataclass(frozen=True)
class Claim:
    """A stretch of the text and what is spoken for it."""

    start: int
    end: int
    spoken: str


def claim(text: str, rules: Iterable[Rule]) -> list[Claim]:
    """What the rules say about a text: earlier rules win, no character is read twice."""
    taken = bytearray(len(text))
    found: list[Claim] = []
    for rule in rules:
        for match in rule.pattern.finditer(text):
            start, end = match.span()
            if start == end or any(taken[start:end]):
                continue
            spoken = rule.say(match)
            if spoken is None:
                continue
            taken[start:end] = b"\1" * (end - start)
            found.extend(_part(text, start, end, spoken))
    return sorted(found, key=lambda each: each.start)


def _part(text: str, start: int, end: int, spoken: str) -> Iterable[Claim]:
    pieces = [match.span() for match in re.finditer(r"\S+", text[start:end])]
    sounds = [part.strip() for part in spoken.split("|")]
    if len(sounds) != len(pieces):
        sounds = [" ".join(filter(None, sounds)), *[""] * (len(pieces) - 1)]
    for (left, right), sound in zip(pieces, sounds, strict=True):
        yield Claim(start + left, start + right, sound)


def lexicon_rules(lexicon: Mapping[str, str]) -> list[Rule]:
    """One rule for all entries, longest names first; no part of a Latin word, in any case when the entry is all lower case.

    A sound between slashes is phonemes; any other is words to be read instead.
    """
    exact = {name: sound for name, sound in lexicon.items() if name != name.lower()}
    folded = {name: sound for name, sound in lexicon.items() if name == name.lower()}
    rules = []
    for names, flags in ((exact, 0), (folded, re.IGNORECASE)):
        if not names:
            continue
        pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))

        def say(match: re.Match[str], names: Mapping[str, str] = names) -> str:
            name = match.group()
            sound = names.get(name) or names[name.lower()]
            return fixed(name, sound[1:-1].strip()) if len(sound) > 2 and sound[0] == sound[-1] == "/" else sound

        rules.append(Rule(re.compile(rf"(?<![A-Za-zÀ-ɏ\d])(?:{pattern})(?![A-Za-zÀ-ɏ\d])", flags), say))
    return rules


# ---- scripts and signs -----------------------------------------------------------------------------------------------

_WIDE = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
_SAME: dict[int, int | str] = {
    **_WIDE,
    ord("’"): "'",
    ord("‘"): "'",
    ord("ʼ"): "'",
    ord("“"): '"',
    ord("”"): '"',
    ord("„"): '"',
    ord("−"): "-",
    ord("‐"): "-",
    ord("‑"): "-",
    ord("‒"): "–",
    ord("―"): "—",
    ord("\u00a0"): " ",
    ord("\u202f"): " ",
    ord("\u2009"): " ",
    ord("％"): "%",
    ord("＄"): "$",
    ord("￥"): "¥",
    ord("＋"): "+",
    ord("＆"): "&",
    ord("＠"): "@",
    ord("＃"): "#",
    ord("／"): "/",
    ord("．"): ".",
    **{code: chr(code - 0x2080 + ord("0")) for code in range(0x2080, 0x208A)},
}

_HAN = re.compile(f"[{HAN}]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]{2,}")
_EMOJI_SIGNS = "\u200d\ufe0e\ufe0f\u20e3"


def either(names: Iterable[str]) -> str:
    """A pattern for any of these names, the longest first, so that none is taken for its own beginning."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def fold(text: str) -> str:
    """The text with variants of signs made alike, character for character, so that positions stay."""
    return text.translate(_SAME)


def clean(text: str) -> str:
    """The text without control and invisible characters, each run of blanks one space, paragraphs parted by newlines."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(char for char in text if char in "\n\t" + _EMOJI_SIGNS or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co"))
    return "\n".join(filter(None, (" ".join(line.split()) for line in kept.split("\n"))))


def paragraphs(text: str) -> list[str]:
    """The lines of a cleaned text; one without a word to read, such as a row of emoji, joins the line beside it."""
    found: list[str] = []
    for line in text.split("\n"):
        if found and not (has_words(line) and has_words(found[-1])):
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
    return found


def is_silent(char: str) -> bool:
    """True for what no voice reads: emoji, arrows, box drawing, bullets."""
    return unicodedata.category(char) in ("So", "Sk", "Cf", "Cc", "Cn") or char in "•·*_~^|\\<>{}[]`→←↑↓⇒" + _EMOJI_SIGNS


def has_words(text: str) -> bool:
    """True when there is a letter or a figure to be read."""
    return any(char.isalnum() and unicodedata.category(char) != "So" for char in text)


def primary(language: str) -> str:
    """The primary subtag of a language tag, lower case."""
    return language.replace("_", "-").partition("-")[0].lower()


def is_chinese(language: str) -> bool:
    """True for Chinese tags, `cmn` included."""
    return primary(language) in ("zh", "cmn")


def _script(char: str) -> str:
    name = unicodedata.name(char, "").partition(" ")[0]
    return {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean", "CYRILLIC": "Cyrillic"}.get(
        name, name.capitalize()
    )


_ENGLISH_SCRIPTS = (
    "Latin",
    "Greek",
    "Digit",
    "Superscript",
    "Subscript",
    "Fullwidth",
    "Micro",
    "Vulgar",
    "Fraction",
    "Feminine",
    "Masculine",
)


def foreign_script(text: str, language: str) -> str | None:
    """The script of the first letter that a voice of this language cannot read, in words; None when it can read all."""
    chinese = is_chinese(language)
    for char in text:
        if not char.isalpha():
            continue
        script = _script(char)
        if script in _ENGLISH_SCRIPTS or (chinese and (script == "Chinese" or _HAN.match(char))):
            continue
        if unicodedata.category(char) in ("So", "Lm"):
            continue
        return script
    if chinese and not _HAN.search(text) and len(_LATIN_WORD.findall(text)) >= 6:
        return "Latin"
    return None


def check_script(text: str, language: str) -> None:
    """Raises WorkflowError when the text is written in letters that a voice of this language would mumble."""
    script = foreign_script(text, language)
    if script is None:
        return
    name = "Chinese" if is_chinese(language) else "English" if primary(language) == "en" else f"`{language}`"
    cure = {"Chinese": "use `language: zh`", "Latin": "use `language: en`"}.get(script, "write it in the narration's language")
    sample = next((char for char in text if char.isalpha() and _script(char) == script), "")
    where = f" (`{sample}`)" if sample and script != "Latin" else ""
    raise WorkflowError(
        f"the text is in {script} letters{where}, which a voice for {name} cannot read", f"{cure}, or take them out of the text"
    )


def gather(words: Sequence[ReadWord]) -> tuple[ReadWord, ...]:
    """Words with every silent one joined to the word before it, or to the next when it is first."""
    found: list[ReadWord] = []
    waiting = ""
    for word in words:
        gap = "" if word.is_glued else " "
        if not any(char.isalnum() for char in word.spoken):
            if found:
                found[-1] = replace(found[-1], shown=found[-1].shown + gap + word.shown, spoken=found[-1].spoken + word.spoken.strip())
            else:
                waiting += (gap if waiting else "") + word.shown
            continue
        found.append(replace(word, shown=waiting + gap + word.shown, spoken=word.spoken) if waiting else word)
        waiting = ""
    return tuple(found)
