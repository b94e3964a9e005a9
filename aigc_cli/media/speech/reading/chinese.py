"""Reads Chinese: rules over the written text, words by jieba, sentences at full stops.

A shown word carries its own punctuation and stands without a space, unless the text has one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping

from aigc_cli.letters import HAN
from aigc_cli.media.speech.reading.chinese_rules import RULES
from aigc_cli.media.speech.reading.chinese_tables import COUNTERS
from aigc_cli.media.speech.reading.script import Claim, ReadWord, Sentence, fold, is_silent
from aigc_cli.media.speech.reading.segment import segment
from aigc_cli.media.speech.reading.sentences import read_by

_PIECE = re.compile(rf"[{HAN}]+|[A-Za-zÀ-ɏ\d]+(?:['’.\-&+][A-Za-zÀ-ɏ\d]+)*|\s+|.", re.DOTALL)
_MEASURES = COUNTERS + "秒月日号度折级岁版款季代成档路楼"
_OPENING = "（(《〈「『【[“‘\"'"
_CLOSING_QUOTES = "”’」』】》〉）)\"'"
_SIGNS = {
    **{"&": "和", "=": "等于", "@": " at ", "%": "百分号", "#": "", "×": "乘", "÷": "除以", "±": "正负", "≈": "约", "+": "加", "/": "，"},
    **{
        "<": "小于",
        ">": "大于",
        "≤": "不超过",
        "≥": "不低于",
        "–": "，",
        "—": "，",
        "-": " ",
        "~": "到",
        "～": "到",
        "·": " ",
        "•": "",
        "°": "度",
    },
    **{"…": "，", "￥": "元", "¥": "元", "$": "美元", "€": "欧元", '"': "", "'": ""},
}


def read(text: str, lexicon: Mapping[str, str]) -> tuple[Sentence, ...]:
    """Sentences of shown words. Raises WorkflowError when the text is not in Chinese, apart from Latin words in it."""
    return read_by(RULES, text, "zh", lexicon, words=_words, ends=_ends)


def _words(paragraph: str, folded: str, claims: Mapping[int, Claim]) -> list[ReadWord]:
    return _attach(_hold_together(_tokens(paragraph, folded, claims)))


def _tokens(paragraph: str, folded: str, by_start: Mapping[int, Claim]) -> Iterator[ReadWord]:
    """Shown pieces in order, each with its sound; blanks decide only whether the next one is glued."""
    place, glued = 0, True
    borders = [*sorted(by_start), len(paragraph)]
    while place < len(paragraph):
        found = by_start.get(place)
        if found is not None:
            yield ReadWord(paragraph[place : found.end], found.spoken, glued)
            place, glued = found.end, True
            continue
        limit = borders[bisect_right(borders, place)]
        match = _PIECE.match(paragraph, place, limit)
        assert match is not None
        piece = match.group()
        place = match.end()
        if piece.isspace():
            glued = False
            continue
        if re.match(f"[{HAN}]", piece):
            for word in segment(piece):
                yield ReadWord(word, word, glued)
                glued = True
            continue
        yield ReadWord(piece, _sound(folded[match.start() : place]), glued)
        glued = True


def _hold_together(tokens: Iterator[ReadWord]) -> list[ReadWord]:
    """`5G`, `GPT-4` and `30秒` as one shown word each: a line of captions must not break inside."""
    words: list[ReadWord] = []
    for token in tokens:
        last = words[-1] if words else None
        if last is not None and token.is_glued and _belong(last.shown, token.shown):
            words[-1] = ReadWord(last.shown + token.shown, _beside(last.spoken, token.spoken), last.is_glued)
        else:
            words.append(token)
    return words


def _belong(before: str, after: str) -> bool:
    end, start = fold(before)[-1], fold(after)[0]
    if end.isascii() and start.isascii():
        return (end.isalnum() and (start.isalnum() or start in "-+")) or (end in "-+" and start.isalnum())
    return len(after) == 1 and after in _MEASURES and (end.isdigit() or (end in "万亿" and fold(before)[0].isdigit()))


def _beside(before: str, after: str) -> str:
    gap = " " if before[-1:].isascii() and after[:1].isascii() and before and after else ""
    return before + gap + after


def _sound(piece: str) -> str:
    if piece[0].isalnum():
        return piece
    return "".join(_SIGNS.get(char, "" if is_silent(char) else char) for char in piece)


def _attach(tokens: list[ReadWord]) -> list[ReadWord]:
    """Punctuation joined to its word: opening signs to the next, all other to the one before."""
    words: list[ReadWord] = []
    opening: ReadWord | None = None
    quotes = 0
    for token in tokens:
        is_sign = not any(char.isalnum() for char in token.spoken)
        straight = token.shown in "\"'"
        quotes += straight
        if is_sign and ((token.shown in _OPENING and not straight) or (straight and quotes % 2)):
            opening = token if opening is None else ReadWord(opening.shown + token.shown, opening.spoken + token.spoken, opening.is_glued)
        elif is_sign and words and opening is None and token.is_glued:
            last = words[-1]
            words[-1] = ReadWord(last.shown + token.shown, last.spoken + token.spoken, last.is_glued)
        elif opening is not None:
            gap = "" if token.is_glued else " "
            words.append(ReadWord(opening.shown + gap + token.shown, opening.spoken + token.spoken, opening.is_glued))
            opening = None
        else:
            words.append(token)
    if opening is not None:
        words.append(opening)
    return words


def _ends(word: ReadWord, following: ReadWord) -> bool:
    tail = word.shown.rstrip(_CLOSING_QUOTES + " ")
    return tail.endswith(("。", "！", "？", "!", "?", "；", "……")) or (tail.endswith((".", ";")) and not following.is_glued)
