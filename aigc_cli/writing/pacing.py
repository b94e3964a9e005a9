"""How long words take to be spoken, and how long a clip of them will be: so that copy can be written to a length.

The figures are fitted to the embedded voices at speed 1 (hibari for English, Kokoro for Chinese) and hold within about
8 % for a clip; the timing of the finished clip comes from the takes themselves, never from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aigc_cli.letters import HAN
from aigc_cli.storyboard import Scene

SCENE_BREATH_S = 0.8
"""From a scene's cut to its first word and from its last word to the next cut, cross-fades included."""
LAST_HOLD_S = 1.2
SHORTEST_S = 2.2
"""No scene is shorter: it must be read as well as heard."""

_EN_LETTERS_PER_S = 18.5
_TAKE_S = 0.15
_EN_SENTENCE_S = 0.38
_EN_COMMA_S = 0.18
_ZH_PER_S = 5.3
_ZH_SENTENCE_S = 0.35
_ZH_COMMA_S = 0.22

_CJK = re.compile(f"[{HAN}]")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_END = re.compile(rf"[.!?。！？…]+(?=\s|$|[{HAN}”」])")
_PAUSE = re.compile(r"[,;:，；：、—–](?=\D|$)")
_SPELLED = {"$": " dollars", "€": " euros", "£": " pounds", "¥": " yuan", "%": " percent", "&": " and ", "+": " plus ", "/": " slash "}
_AMOUNT = re.compile(r"[$€£](\d[\d,]*)\.(\d\d)(?!\d)")
_UNITS = re.compile(r"(?<=\d)\s?(km|cm|mm|kg|°C|°F|mph|M|B)\b")
_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"


def spoken_s(text: str, language: str) -> float:
    """Seconds that an embedded voice takes to speak `text` at speed 1, silence at both ends left out."""
    if not text.strip():
        return 0.0
    return _chinese_s(text) if language.partition("-")[0] == "zh" else _english_s(text)


def scene_s(scene: Scene, language: str, *, is_last: bool = False) -> float:
    """Seconds that a scene will take: its words and its breath, never under its `min_s` nor under what reading needs."""
    said = spoken_s(scene.say, language)
    natural = said + SCENE_BREATH_S if said else 0.0
    return max(natural, scene.min_s, SHORTEST_S if not said else 0.0) + (LAST_HOLD_S if is_last else 0.0)


def clip_s(scenes: Iterable[Scene], language: str) -> float:
    """Seconds that a clip of these scenes will take."""
    every = tuple(scenes)
    return sum(scene_s(scene, language, is_last=index == len(every) - 1) for index, scene in enumerate(every))


def _english_s(text: str) -> float:
    sentences = max(1, len(_END.findall(text.strip())))
    commas = len(_PAUSE.findall(text))
    spelled = _AMOUNT.sub(lambda match: f" {_spell(match[1])} dollars {_below_thousand(int(match[2]))} ", text)
    spelled = _UNITS.sub(" kilometers", spelled)
    spelled = _NUMBER.sub(lambda match: f" {_spell(match[0])} ", spelled)
    for sign, word in _SPELLED.items():
        spelled = spelled.replace(sign, word)
    spelled = re.sub(r"\b[A-Z]{2,3}\b", lambda match: "double" * len(match[0]), spelled)  # letter by letter
    spelled = re.sub(r"\.(?=\w)", " dot ", spelled)
    letters = sum(1 for char in " ".join(spelled.split()) if char.isalnum() or char == " ")
    return letters / _EN_LETTERS_PER_S + _TAKE_S + (sentences - 1) * _EN_SENTENCE_S + commas * _EN_COMMA_S


def _chinese_s(text: str) -> float:
    sentences = max(1, len(_END.findall(text.strip())))
    commas = len(_PAUSE.findall(text))
    figures = sum(_chinese_figures(match[0]) for match in _NUMBER.finditer(text))
    rest = _NUMBER.sub(" ", text)
    characters = len(_CJK.findall(rest)) + 2 * sum(rest.count(sign) for sign in "$%¥€£℃")
    latin = sum(1 for char in rest if char.isascii() and char.isalpha())
    return (characters + figures) / _ZH_PER_S + latin / 13 + _TAKE_S + (sentences - 1) * _ZH_SENTENCE_S + commas * _ZH_COMMA_S


def _chinese_figures(number: str) -> float:
    whole, _, decimals = number.replace(",", "").partition(".")
    return 2 * len(whole) - 1 - 1.2 * whole.count("0") + (1 + len(decimals) if decimals else 0)


def _spell(number: str) -> str:
    """English words of a number, close enough to count their letters."""
    whole, _, decimals = number.replace(",", "").partition(".")
    if len(whole) == 4 and "," not in number and not decimals and whole[0] in "12":
        words = f"{_below_thousand(int(whole[:2]))} {_below_thousand(int(whole[2:]))}"
    else:
        groups = [f"{_below_thousand(int(group))} million" for group in re.findall(r"\d{1,3}(?=(?:\d{3})*$)", whole[-15:])]
        words = " ".join(groups).removesuffix(" million")
    return words + (" point " + " ".join(_ONES.split()[int(digit)] for digit in decimals) if decimals else "")


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [f"{_ONES.split()[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        parts += [_TENS.split()[rest // 10 - 2], *([_ONES.split()[rest % 10]] if rest % 10 else [])]
    elif rest or not parts:
        parts.append(_ONES.split()[rest])
    return " ".join(parts)


def hold(scenes: list[Scene], language: str, wanted_s: float, *, near: float = 0.06) -> tuple[list[Scene], str]:
    """Lets every scene hold longer when the words do not fill the wanted length, rather than saying what is not known.

    Returns the scenes, and a note for the user when the length is met by holding or cannot be met.
    """
    lengths = [scene_s(scene, language) for scene in scenes]
    natural = sum(lengths) + LAST_HOLD_S
    if natural > wanted_s * 1.15:
        return scenes, f"what must be said takes about {natural:.0f} s, more than the {wanted_s:g} s wanted"
    if natural >= wanted_s * (1 - near):
        return scenes, ""
    factor = (wanted_s - LAST_HOLD_S) / sum(lengths)
    held = [scene.model_copy(update={"min_s": round(min(60.0, length * factor), 2)}) for scene, length in zip(scenes, lengths, strict=True)]
    note = f"the words fill about {natural:.0f} of {wanted_s:g} s; scenes hold longer, give more to say to fill it"
    return held, note if natural < wanted_s * 0.8 else ""
