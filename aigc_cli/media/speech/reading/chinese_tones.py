"""Which of its readings a character has: pypinyin's, by word, corrected where the words beside it decide.

The particles 地 and 得, 为 before a figure, 长 before a measure, 只 after a number: pypinyin sees one word at a time and
gives their commonest reading as nouns and verbs. 一 and 不 change their tone with the syllable after them. A third tone before a third
is left as it is written: the voice model itself makes a second of it, as its pitch shows, and does not do so for 一 and 不.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

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


_COUNTED = frozenset("零〇一二三四五六七八九十百千万亿点第初之")
_DIGITS = frozenset("零〇一二三四五六七八九十")
_SCALES = frozenset("百千万亿")
_ORDINAL = frozenset("月号楼等级期线流班册")
_EACH = frozenset("同某每这那另任进近有是")


def pinyin(words: Sequence[str]) -> list[list[str]]:
    """A syllable with its tone figure (5 for none) per character of each word, in order; all words are of ideographs.

    An empty word stands for a comma, a Latin word, the end of what is said in one breath: nothing looks across it.
    """
    from pypinyin import Style, lazy_pinyin

    found = []
    for index, word in enumerate(words):
        syllables = [str(each) for each in lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)] if word else []
        before = words[index - 1] if index else ""
        after = words[index + 1] if index + 1 < len(words) else ""
        found.append(_corrected(word, syllables, before, after) if word else [])
    start = 0
    for end in [*(index for index, word in enumerate(words) if not word), len(words)]:
        if all(len(word) == len(each) for word, each in zip(words[start:end], found[start:end], strict=True)):
            flowing = iter(_in_flow(words[start:end], [each for syllables in found[start:end] for each in syllables]))
            found[start:end] = [[next(flowing) for _ in syllables] for syllables in found[start:end]]
        start = end + 1
    return found


def _in_flow(words: Sequence[str], syllables: Sequence[str]) -> list[str]:
    """The syllables with the tones that 一 and 不 have before those that follow."""
    chars, out = "".join(words), list(syllables)
    ends = {end - 1 for word, end in zip(words, accumulate(len(word) for word in words), strict=True) if len(word) > 1}
    for place, char in enumerate(chars):
        if char not in "一不":
            continue
        before, after = chars[max(place - 1, 0) : place], chars[place + 1 : place + 3]
        tone = out[place + 1][-1] if after else ""
        if after and before == after[0]:
            out[place] = "yi5" if char == "一" else "bu5"  # 看一看, 是不是
        elif char == "不":
            out[place] = "bu2" if tone == "4" else "bu4"
        elif not after or _is_number(before, after) or (place in ends and before not in _EACH):
            out[place] = "yi1"
        else:
            out[place] = "yi2" if tone == "4" or after[0] == "个" else "yi4"
    return out


def _is_number(before: str, after: str) -> bool:
    """Whether 一 is counted or spelled out here, and keeps its first tone: 十一, 第一, 一九九八, 一点五, 一月."""
    if after[0] in _SCALES:
        return False
    if before in _COUNTED or after[0] in _DIGITS:
        return True
    if before == "月" and after[0] == "日":
        return True
    return (after[0] == "点" and after[1:] in _DIGITS) or (after[0] in _ORDINAL and before not in _EACH)


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
        return place > 0 and word not in _FIRM_DE and word[place : place + 2] != "得到" and not word.startswith("不得")
    return char == "地" and place == len(word) - 1 and place >= 2 and word[place - 1] == word[place - 2]
