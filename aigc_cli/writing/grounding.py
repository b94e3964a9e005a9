"""Finds what a text states and its facts do not: numbers, units, proper names, words taken from an example.

A language model writes fluently and invents. What it writes is used only when every number and every proper name in it
occurs in the facts; this is where that is looked up. The rules err on the side of asking again: a stranger that is none costs
one more try, an invented number costs the user's trust.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from aigc_cli.letters import HAN

_UNITS = {
    "second": "s sec secs second seconds 秒 秒钟",
    "minute": "min mins minute minutes 分钟",
    "hour": "h hr hrs hour hours 小时",
    "day": "day days 天 日",
    "week": "week weeks 周 星期",
    "month": "month months 个月 月",
    "year": "year years yr yrs 年",
    "g": "g gram grams gramme grammes 克",
    "kg": "kg kilo kilos kilogram kilograms 公斤 千克",
    "ml": "ml millilitre millilitres milliliter milliliters 毫升",
    "l": "l litre litres liter liters 升",
    "mm": "mm millimetre millimetres millimeter millimeters 毫米",
    "cm": "cm centimetre centimetres centimeter centimeters 厘米 公分",
    "m": "m metre metres meter meters 米",
    "km": "km kilometre kilometres kilometer kilometers 公里 千米",
    "inch": "in inch inches 英寸 寸",
    "percent": "% percent per-cent ％",
    "usd": "$ us$ usd dollar dollars 美元",
    "eur": "€ eur euro euros 欧元",
    "gbp": "£ gbp pound pounds 英镑",
    "cny": "¥ ￥ cny rmb yuan 元 块 块钱 人民币",
    "watt": "w watt watts 瓦",
    "mah": "mah 毫安时 毫安",
    "degree": "°c °f ℃ degree degrees 度",
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_SIGN = {"$": "usd", "€": "eur", "£": "gbp", "¥": "cny", "￥": "cny"}
_FIGURE = re.compile(r"(?P<sign>US\$|[$€£¥￥])?\s?(?<![\w.])(?P<number>\d[\d,]*(?:\.\d+)?)", re.IGNORECASE)
_FIGURE_ANY = re.compile(r"(?P<sign>US\$|[$€£¥￥])?\s?(?P<number>\d[\d,]*(?:\.\d+)?)", re.IGNORECASE)
_AFTER = re.compile(rf"[\s\-‐]?(?P<unit>%|％|°[CF]|℃|€|[A-Za-z]+|[{HAN}]{{1,3}})")

_SCALE = re.compile(r"\s?(?P<word>hundred|thousand|million|billion|[万亿])(?![a-z])", re.IGNORECASE)

_SMALL = {word: number for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}  # noqa: SIM905
_ENGLISH = {
    **_SMALL,
    **dict(zip("thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), range(13, 20), strict=True)),  # noqa: SIM905
    **dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)),  # noqa: SIM905
}
_LARGE = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_LOOSE = {"half", "double", "triple", "twice", "dozen", "dozens", "hundreds", "thousands", "millions", "billions"}
_HAN = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_HAN_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_HAN_NUMBER = re.compile(
    r"(?P<number>[零一二两三四五六七八九十百千万亿]{1,9})(?P<unit>秒|分钟|小时|天|周|个月|年|美元|欧元|元|块|克|公斤|毫升|升|厘米|毫米|公里|米|折|倍|款|种|次|位|人|家|度|瓦)"
)
_HAN_PERCENT = re.compile(r"百分之(?P<number>[零一二两三四五六七八九十百]{1,4})")
_CJK = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?:;。！？…“\"(\n]\s*")
_PRONOUN = {"i", "i'm", "i'd", "i'll", "i've"}
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9'’\-]*")
LINK = re.compile(
    r"(?:https?://|www\.)[!-~]+"
    r"|(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|shop|store|co|cn|de|uk|eu|app|dev)(?![\w-])[!-~]*",
    re.IGNORECASE | re.ASCII,
)


class Facts:
    """What may be stated: the text of the facts, the numbers with their units, and how many points there are."""

    def __init__(self, texts: Iterable[str], language: str, counts: Iterable[int] = ()) -> None:
        self.language = language.partition("-")[0].lower()
        self.text = _folded("\n".join(texts))
        self.figures = set(_figures(self.text, self.language))
        self.counts = frozenset(counts)
        self.words = {word.casefold() for word in _WORD.findall(self.text)} | {word.casefold() for word in _LATIN.findall(self.text)}

    def strangers(self, text: str) -> tuple[str, ...]:
        """The numbers, names and addresses of a text that the facts do not hold, as they are written, each once."""
        text = _folded(text)
        found = [*self._links(text), *self._numbers(text)]
        plain = LINK.sub(" ", text)
        found += self._chinese_names(plain) if self.language == "zh" else self._names(plain)
        return tuple(dict.fromkeys(found))

    def _links(self, text: str) -> Iterable[str]:
        known = self.text.casefold()
        return [match[0] for match in LINK.finditer(text) if match[0].casefold().rstrip("./") not in known]

    def _numbers(self, text: str) -> Iterable[str]:
        for value, unit, written in figures_written(LINK.sub(" ", text), self.language):
            if not self._holds(value, unit):
                yield written
        if self.language != "zh":
            for word in _WORD.findall(text):
                if word.casefold() in _LOOSE and word.casefold() not in self.words:
                    yield word

    def _holds(self, value: float, unit: str) -> bool:
        if not unit and value in self.counts:
            return True
        same = [known for number, known in self.figures if abs(number - value) < 1e-9]
        return any(not unit or not known or known == unit for known in same)

    def _names(self, text: str) -> Iterable[str]:
        """Words with a capital that the facts do not hold. At the start of a sentence, or in a title, common words pass."""
        starts = {0, *(match.end() for match in _SENTENCE.finditer(text))}
        for line in text.split("\n"):
            words = list(_WORD.finditer(line))
            offset = text.find(line)
            is_title = _is_title([match[0] for match in words])
            for match in words:
                word = match[0]
                bare = word.casefold().replace("’", "'")
                if not word[0].isupper() or self._knows(bare) or bare in _PRONOUN:
                    continue
                is_start = match is words[0] or offset + match.start() in starts
                if (is_start or is_title) and _is_common(bare) and not (word.isupper() and len(word) > 1 and not line.isupper()):
                    continue
                yield word

    def _knows(self, word: str) -> bool:
        stem = word.removesuffix("'s").removesuffix("s'")
        return bool({word, stem, f"{stem}s", stem.removesuffix("s")} & self.words)

    def _chinese_names(self, text: str) -> Iterable[str]:
        for word in _LATIN.findall(text):
            if word.casefold() not in self.words and not self._knows(word.casefold()):
                yield word
        yield from (word for word in _chinese_places(text) if word not in self.text)


def copied(text: str, examples: str, facts: str, *, words: int = 5, characters: int = 8) -> str:
    """A run of words that stands in the example but not in the facts, empty when there is none.

    `words` in a row count in scripts with spaces, `characters` in a row in Chinese.
    """
    size = characters if _CJK.search(text) else words
    units = _runs(text, size)
    shown, known = _runs(examples, size), _runs(facts, size)
    return next((run for run in units if run in shown and run not in known), "")


_SMALL_WORDS = frozenset(
    [
        "about",
        "again",
        "also",
        "always",
        "and",
        "any",
        "are",
        "because",
        "been",
        "before",
        "being",
        "both",
        "but",
        "can",
        "comes",
        "does",
        "done",
        "each",
        "even",
        "ever",
        "every",
        "from",
        "gets",
        "gives",
        "goes",
        "have",
        "here",
        "into",
        "its",
        "it's",
        "itself",
        "just",
        "keep",
        "keeps",
        "know",
        "last",
        "like",
        "made",
        "make",
        "makes",
        "more",
        "most",
        "much",
        "need",
        "never",
        "only",
        "over",
        "really",
        "right",
        "same",
        "say",
        "says",
        "that",
        "that's",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "thing",
        "time",
        "today",
        "too",
        "very",
        "want",
        "what",
        "when",
        "where",
        "which",
        "while",
        "will",
        "with",
        "without",
        "you",
        "you'll",
        "your",
        "yours",
        "you're",
    ]
)


def is_faithful(text: str, fact: str, product: str, *, share: float = 0.7, extra: int = 1) -> bool:
    """True when a text says its fact and hardly more: most words and all figures of the fact, and at most `extra` words of its own.

    Words that carry no statement, and the product's name, do not count. A word counts as said when its first five letters are.
    """
    said, known, free = _stems(text), _stems(fact), _stems(product)
    kept = len(known & said)
    added = said - known - free
    return kept >= share * len(known) and len(added) <= extra and not re.search(r"\b(?:I|I'm|me|my|we|our|us)\b", _folded(text))


def _stems(text: str) -> set[str]:
    folded = _folded(text).casefold()
    words = {word for word in re.findall(r"[^\W\d_]+(?:'[a-z]+)?", folded) if len(word) > 2 and word not in _SMALL_WORDS}
    return {word.removesuffix("'s")[:5].rstrip("s") for word in words} | set(re.findall(r"\d+", folded))


def _runs(text: str, size: int) -> dict[str, None]:
    folded = _folded(text).casefold()
    if _CJK.search(text):
        units = [char for char in folded if char.isalnum()]
        glue = ""
    else:
        units = _WORD.findall(folded)
        glue = " "
    return dict.fromkeys(glue.join(units[at : at + size]) for at in range(len(units) - size + 1))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("’", "'")


def _figures(text: str, language: str) -> list[tuple[float, str]]:
    return [(value, unit) for value, unit, _ in figures_written(text, language)]


def figures_written(text: str, language: str) -> list[tuple[float, str, str]]:
    """Every number of a text in figures or words: its value, its unit (empty when it names none), and how it is written."""
    found = []
    pattern = _FIGURE_ANY if language == "zh" else _FIGURE
    for match in list(pattern.finditer(text)):
        scaled = _SCALE.match(text, match.end())  # `1.2 million`, `3万`: one number
        scale = _LARGE.get(scaled["word"].casefold()) or _HAN_SCALE.get(scaled["word"]) or 1 if scaled else 1
        end = scaled.end() if scaled else match.end()
        if scaled:
            text = text[: match.end()] + " " * (end - match.end()) + text[end:]
        after = _AFTER.match(text, end)
        unit, tail = _unit_of(after["unit"]) if after else ("", "")
        unit = _SIGN.get((match["sign"] or "")[-1:], "") or unit
        value = float(match["number"].replace(",", "")) * scale
        word = f" {tail}" if tail and tail[0].isascii() and tail[0].isalpha() else tail
        found.append((value, unit, (match[0] + (scaled[0] if scaled else "") + word).strip()))
    return found + (_chinese_numbers(text) if language == "zh" else _english_numbers(text))


def _unit_of(word: str) -> tuple[str, str]:
    """The unit that a word begins with, and what is written: Chinese runs on without a space."""
    low = word.casefold()
    for size in range(len(low), 0, -1):
        if low[:size] in _UNIT and (size == len(low) or not low[0].isascii()):
            return _UNIT[low[:size]], word[:size]
    return "", ""


def _english_numbers(text: str) -> list[tuple[float, str, str]]:
    found: list[tuple[float, str, str]] = []
    words = list(re.finditer(r"[A-Za-z]+(?:'[a-z]+)?", text))
    at = 0
    while at < len(words):
        value, size = _english_value([match[0].casefold() for match in words[at : at + 8]])
        if not size:
            at += 1
            continue
        following = words[at + size][0] if at + size < len(words) else ""
        unit, _ = _unit_of(following) if len(following) > 2 else ("", "")
        written = text[words[at].start() : words[at + size - 1].end()]
        if not (value == 1 and not unit) and value != 0:  # `one` is mostly no number
            found.append((value, unit, written + (f" {following}" if unit else "")))
        at += size
    return found


def _english_value(words: list[str]) -> tuple[float, int]:
    """The number that the words begin with, and how many of them it takes; 0 words when they begin with none."""
    total, current, size = 0, 0, 0
    for word in words:
        if word in _ENGLISH and (not current or (current % 100 >= 20 and current % 10 == 0 and _ENGLISH[word] < 10) or current % 100 == 0):
            current += _ENGLISH[word]
        elif word in _LARGE and not size:  # `a hundred`
            current = _LARGE[word]
        elif word == "hundred":
            current *= 100
        elif word in _LARGE:
            total += current * _LARGE[word]
            current = 0
        elif word == "and" and size and current % 100 == 0 and current:
            pass
        else:
            break
        size += 1
    while size and words[size - 1] == "and":
        size -= 1
    return float(total + current), size


def _chinese_numbers(text: str) -> list[tuple[float, str, str]]:
    found = []
    for match in _HAN_NUMBER.finditer(text):
        value = han_value(match["number"])
        unit = _UNIT.get(match["unit"], "")
        if value == 1 and not unit:
            continue
        if match["number"] in "十百千万" and not unit:  # 千家万户, 万人: a way of speaking
            continue
        found.append((value, unit, match[0]))
    found += [(han_value(match["number"]), "percent", match[0]) for match in _HAN_PERCENT.finditer(text)]
    return found


def han_value(text: str) -> float:
    """The value of a Chinese numeral."""
    total, section, digit = 0, 0, 0
    for char in text:
        if char in _HAN:
            digit = _HAN[char]
        elif (scale := _HAN_SCALE[char]) >= 10_000:
            total = (total + section + digit) * scale
            section = digit = 0
        else:
            section += (digit or 1) * scale
            digit = 0
    return float(total + section + digit)


def _is_title(words: list[str]) -> bool:
    long = [word for word in words if len(word) > 3]
    return len(words) >= 2 and bool(long) and all(word[0].isupper() for word in long)


@cache
def _common() -> frozenset[str]:
    """English words that are written small: the keys of the pronunciation lexicon that ships with the English voice."""
    spec = find_spec("hibari")
    if spec is None or not spec.submodule_search_locations:
        return frozenset()
    path = Path(spec.submodule_search_locations[0]) / "assets" / "lexicon_us_gold.json.gz"
    with gzip.open(path) as file:
        return frozenset(word for word in json.load(file) if word[:1].islower())


_ENDINGS = ("", "s", "es", "d", "ed", "ing", "er", "r", "est", "st", "ly", "ness", "n't", "'s", "'re", "'ve", "'ll", "'d", "in'")


def _is_common(word: str) -> bool:
    known = _common()
    for ending in _ENDINGS:
        if ending and not word.endswith(ending):
            continue
        stem = word[: len(word) - len(ending)] if ending else word
        forms = {stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem, f"{stem[:-1]}y" if stem.endswith("i") else stem}
        if any(form in known and len(form) > 1 for form in forms) or stem in ("a", "i"):
            return True
    return False


def _chinese_places(text: str) -> list[str]:
    """Places and organisations in a Chinese text, by jieba's dictionary."""
    import logging

    import jieba
    import jieba.posseg

    jieba.setLogLevel(logging.WARNING)
    return [pair.word for pair in jieba.posseg.cut(text, HMM=False) if pair.flag in ("ns", "nt") and len(pair.word) > 1]
