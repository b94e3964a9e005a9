"""Breaks a paragraph into balanced lines: where a line may end, at what cost, and the cheapest way of all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from aigc_cli.media.speech.reading.segment import segment
from aigc_cli.media.style import fonts

NO_START = frozenset("、。，．,.!?！？；：;:）)】》〉」』”’…‥—～·・%％℃°‰々ー〜〗〕}]") | frozenset("ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
"""A line never begins with these."""
NO_END = frozenset("（(【《〈「『“‘$¥￥€£#＃〖〔{[")
"""A line never ends with these."""

_CHUNK = re.compile(r"\S+")
_NUMBER = re.compile(r"[+\-−~≈<>$€£¥#]?[$€£¥]?\d[\d.,:/]*[%‰°]?[)]?\Z")
_PREFIX = re.compile(
    r"(?:M|No\.?|Nr\.?|#|Dr\.|Mr\.|Mrs\.|Ms\.|St\.|vs\.?|USD|EUR|CNY|US\$|"
    r"Jan\.?|Feb\.?|Mar\.?|Apr\.?|May|June?|July?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)\Z"
)
_UNIT = re.compile(
    r"(?:%|°?[CFK]|[kcmµn]?m|km/h|mph|[kmµ]?g|[mcd]?l|oz|lbs?|ft|in|kWh?|MWh?|GWh?|[kMG]?Hz|[kMGT]B|hrs?|h|min|mins|s|secs?|ms|seconds?|minutes?|"
    r"hours?|days?|weeks?|months?|years?|miles?|meters?|metres?|kilomet(?:er|re)s?|grams?|kilos?|lit(?:er|re)s?|percent|dollars?|euros?|yuan|"
    r"cents?|pounds?|million|billion|trillion|thousand|hundred|degrees?|points?|times|people|a\.m\.|p\.m\.|am|pm|AM|PM)[.,;:!?)]*\Z"
)
_CJK_NUMBER = re.compile(r"[\d.,%％零〇一二两三四五六七八九十百千万亿半第几$¥￥]+\Z")
_CJK_UNIT = re.compile(
    r"(?:[秒分时元块角年月日号周天个件杯克米度级人次倍万亿条家款支瓶种位点美港欧]|"
    r"公里|千米|毫升|小时|分钟|星期|厘米|毫米|公斤|英里)"
)
_WEAK = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "and",
        "or",
        "with",
        "from",
        "as",
        "is",
        "its",
        "your",
        "our",
        "my",
        "their",
    ]
)
_WEAK_END = 0.035  # costs are in squares of the line's width
_ORPHAN = 0.35
_PARTED_WORD = 0.2
_PARTICLE = 0.12


@dataclass(frozen=True)
class Unit:
    """A piece that is not broken unless it is longer than a line. `cost` is for a line that ends before it; None forbids it."""

    text: str
    has_space: bool
    cost: float | None


def units(text: str, language: str) -> list[Unit]:
    """The pieces of one paragraph. Latin words break at spaces and after hyphens, Chinese and Japanese between words."""
    found: list[Unit] = []
    for match in _CHUNK.finditer(text):
        for index, (part, cost) in enumerate(_parts(match.group(), language)):
            if not found:
                found.append(Unit(part, False, None))
            elif index:
                found.append(Unit(part, False, cost))
            else:
                found.append(Unit(part, True, _space_cost(found[-1].text, part)))
    return found


def _space_cost(before: str, after: str) -> float | None:
    if (_NUMBER.match(before) and _UNIT.match(after)) or (_PREFIX.match(before) and after[:1].isdigit()):
        return None
    if before.lower() in _WEAK:
        return _WEAK_END
    return 0.0


def _parts(chunk: str, language: str) -> list[tuple[str, float | None]]:
    """The pieces of a run without spaces, each with the cost of a line that ends before it."""
    if not any(fonts.is_cjk(char) for char in chunk):
        pieces = re.findall(r"[^\-–—/]+[\-–—/]*|[\-–—/]+", chunk) if re.search(r"[^\W\d]{3}[\-–—/][^\W\d]{3}", chunk) else [chunk]
        return [(piece, 0.02) for piece in pieces]
    found: list[tuple[str, float | None]] = []
    for word in _words(chunk, language):
        cost = _cost_between(found[-1][0], word) if found else None
        # A long word may be parted between its characters, at a price.
        splits = list(word) if len(word) > 1 and all(fonts.is_cjk(char) for char in word) else [word]
        for index, char in enumerate(splits):
            if index == 0:
                found.append((char, cost))
            elif char in NO_START or splits[index - 1] in NO_END or _CJK_NUMBER.match(splits[index - 1] + char):
                found.append((char, None))
            else:
                found.append((char, _PARTED_WORD))
    return found


def _cost_between(before: str, after: str) -> float | None:
    if after[0] in NO_START or before[-1] in NO_END:
        return None
    if _CJK_NUMBER.match(before) and (_CJK_UNIT.match(after) or _CJK_NUMBER.match(after)):
        return None
    if after in "的地得了吗呢吧着过们":
        return _PARTICLE
    return 0.0


def _words(chunk: str, language: str) -> list[str]:
    """Chinese by words; other scripts of the East by characters, with runs of Latin whole."""
    runs = re.findall(r"[A-Za-z0-9$¥€£][A-Za-z0-9.,:'’%&+\-/$]*[A-Za-z0-9%+]|[A-Za-z0-9]|.", chunk)
    if language[:2].lower() != "zh":
        return runs
    words: list[str] = []
    chinese = ""
    for run in [*runs, ""]:
        if len(run) == 1 and fonts.is_cjk(run):
            chinese += run
            continue
        if chinese:
            words += segment(chinese) if len(chinese) > 2 else [chinese]
            chinese = ""
        if run:
            words.append(run)
    return words


def break_lines(
    paragraph: list[Unit], width: float, most: int, advance: Callable[[str], float], *, may_split: bool
) -> tuple[float, list[str]] | None:
    """The best lines of a paragraph: as few as possible, then balanced.

    Args:
        paragraph: its pieces, from `units`.
        width: of a line in pixels.
        most: how many lines there may be.
        advance: measures a text in pixels.
        may_split: whether a word longer than a line may be broken inside.

    Returns:
        How badly the lines end (0 is well), and the lines; None when they do not fit.
    """
    pieces = _split_long(paragraph, width, advance) if may_split else paragraph
    if not pieces:
        return 0.0, []
    whole = _join(pieces)
    if advance(whole) <= width:
        return 0.0, [whole]
    spans = _spans(pieces, width, advance)
    for count in range(2, most + 1):
        found = _best(pieces, spans, width, count)
        if found is not None:
            return found
    return None


def _spans(pieces: list[Unit], width: float, advance: Callable[[str], float]) -> dict[tuple[int, int], float]:
    """The widths of all runs of pieces that fit into a line."""
    found = {}
    for start in range(len(pieces)):
        for end in range(start + 1, len(pieces) + 1):
            if end < len(pieces) and pieces[end].cost is None:
                continue
            size = advance(_join(pieces[start:end]))
            if size > width:
                break
            found[start, end] = size
    return found


def _best(pieces: list[Unit], spans: dict[tuple[int, int], float], width: float, count: int) -> tuple[float, list[str]] | None:
    """The best way into exactly `count` lines: (cost of bad ends, lines)."""
    last = len(pieces)
    # table[end] = (cost with raggedness, cost of bad ends, where lines begin)
    table: dict[int, tuple[float, float, tuple[int, ...]]] = {0: (0.0, 0.0, ())}
    for line in range(1, count + 1):
        step: dict[int, tuple[float, float, tuple[int, ...]]] = {}
        for (start, end), size in spans.items():
            before = table.get(start)
            if before is None or (end == last) != (line == count):
                continue
            bad = 0.0 if start == 0 else pieces[start].cost or 0.0
            if end == last and line > 1 and _is_orphan(pieces[start:end], size, width):
                bad += _ORPHAN
            alone = pieces[start].text if end - start == 1 else ""
            if alone.lower() in _WEAK or (len(alone) == 1 and fonts.is_cjk(alone)):
                bad += _ORPHAN
            total = before[0] + ((width - size) / width) ** 2 + bad
            if end not in step or total < step[end][0]:
                step[end] = (total, before[1] + bad, (*before[2], start))
        table = step
    if last not in table:
        return None
    _, bad, starts = table[last]
    ends = [*starts[1:], last]
    return bad, [_join(pieces[start:end]) for start, end in zip(starts, ends, strict=True)]


def _is_orphan(pieces: list[Unit], size: float, width: float) -> bool:
    """A last line of one short word, or of one or two ideographs."""
    words = sum(1 for index, piece in enumerate(pieces) if piece.has_space or index == 0)
    return words == 1 and size < width * 0.45


def _split_long(paragraph: list[Unit], width: float, advance: Callable[[str], float]) -> list[Unit]:
    found: list[Unit] = []
    for unit in paragraph:
        if advance(unit.text) <= width:
            found.append(unit)
            continue
        rest, is_first = unit.text, True
        while rest:
            fit = len(rest)
            if advance(rest) > width:
                low, high = 1, len(rest)
                while low < high:  # the longest head that fits
                    middle = (low + high + 1) // 2
                    low, high = (middle, high) if advance(rest[:middle]) <= width else (low, middle - 1)
                fit = low
                # An address breaks after its own signs when there is one in the second half of the line.
                sign = max(rest.rfind(each, fit // 2, fit) for each in "/.-_?&=")
                fit = sign + 1 if sign > 0 else fit
            found.append(Unit(rest[:fit], unit.has_space and is_first, unit.cost if is_first else 0.0))
            rest, is_first = rest[fit:], False
    return found


def _join(pieces: list[Unit]) -> str:
    return "".join(("" if index == 0 or not piece.has_space else " ") + piece.text for index, piece in enumerate(pieces))
