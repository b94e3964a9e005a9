"""Which of its readings a character has: pypinyin's, by word, corrected where the words beside it decide.

The particles 地 and 得, 为 before a figure, 长 before a measure, 只 after a number: pypinyin sees one word at a time and
gives their commonest reading as nouns and verbs.
"""

from __future__ import annotations

from collections.abc import Sequence

_NUMERALS = frozenset("零一二两三四五六七八九十百千万亿半几数负")
_FIRM_DE = frozenset(
    ["获得", "取得", "赢得", "所得", "心得", "难得", "博得", "夺得", "求得", "应得", "自得", "独得", "摘得", "购得", "习得", "两得", "一得"]
)
_BEFORE_WEI = (
    "约",
    "均",
    "分别",
    "仅",
    "各",
    "即",
    "实",
    "共",
    "幅",
    "价",
    "率",
    "量",
    "度",
    "数",
    "额",
    "值",
    "长",
    "高",
    "重",
    "温",
    "深",
    "比",
)


def pinyin(words: Sequence[str]) -> list[list[str]]:
    """A syllable with its tone figure (5 for none) per character of each word, in order; all words are of ideographs."""
    from pypinyin import Style, lazy_pinyin

    found = []
    for index, word in enumerate(words):
        syllables = [str(each) for each in lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)]
        before = words[index - 1] if index else ""
        after = words[index + 1] if index + 1 < len(words) else ""
        found.append(_corrected(word, syllables, before, after))
    return found


def _corrected(word: str, syllables: list[str], before: str, after: str) -> list[str]:
    if word == "地" and before and (after or before[-1:] == before[-2:-1]):
        return ["de5"]
    if word == "得":
        return ["de5"] if before else syllables
    if word == "为" and after[:1] in _NUMERALS and after and (after[:1] != "一" or before.endswith(_BEFORE_WEI)):
        return ["wei2"]
    if word == "为" and before.endswith(_BEFORE_WEI[:8]):
        return ["wei2"]
    if word in ("约为", "分别为", "仅为", "均为", "各为"):
        return [*syllables[:-1], "wei2"]
    if word == "长" and after and (after[:1] in _NUMERALS or after in ("达", "约", "度")):
        return ["chang2"]
    if word[0] == "长" and word[1:2] and word[1] in _NUMERALS:
        return ["chang2", *syllables[1:]]
    if word == "只" and before[-1:] in _NUMERALS and before:
        return ["zhi1"]
    if len(word) == len(syllables):
        return ["de5" if _is_particle(word, place) and syllable in ("de2", "di4") else syllable for place, syllable in enumerate(syllables)]
    return syllables


def _is_particle(word: str, place: int) -> bool:
    """得 after a verb, as in 卖得 and 跑得快; 地 after a doubled word, as in 慢慢地."""
    char = word[place]
    if char == "得":
        return place > 0 and word not in _FIRM_DE and word[place : place + 2] != "得到"
    return char == "地" and place == len(word) - 1 and place >= 2 and word[place - 1] == word[place - 2]
