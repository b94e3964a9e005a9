"""Where captions break: words become pages of at most two lines, at phrases, never across a sentence's end.

The best breaks of a sentence are found together (dynamic programming over costs), so that no page is left with a single
word because the one before took what it could.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence

from pydantic import Field

from aigc_cli.letters import SQUARES
from aigc_cli.media.style import breaking
from aigc_cli.shapes import Word
from aigc_cli.storyboard import Shape

SHORTEST_S = 0.5
"""No caption is shown for less."""
HOLD_S = 0.35
"""How long a page stays after its last word when nothing follows at once."""
BRIDGE_S = 0.8
"""A page waits for the next one when the silence between them is no longer than this."""

_SENTENCE_END = re.compile(r"[.!?。！？…]+[\"'”’」』）)\]]*\Z")
_CLAUSE_END = re.compile(r"[,;:，、；：—–]+[\"'”’」』）)\]]*\Z")
_ABBREVIATION = re.compile(r"[\"'“‘(]*(?:[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|approx|Inc|Ltd|Co|Jr|Sr|e\.g|i\.e|[A-Z](?:\.[A-Z])+)\.\Z")
_NUMBER = re.compile(r"[$€£¥]?[\d.,]+\Z")
_OPENERS = """
    and but or so because which that who when while where if with for from in on at to by of than as into after before since
"""
"""Words that begin a phrase."""
_CLINGING = """
    a an the of to in on at by for from with and or but is are was were your our my its their this that no very as than into
"""
"""Words that do not end one."""

_CJK = re.compile(f"[{SQUARES}]")
Measure = Callable[[str], float]


class Page(Shape):
    """One caption: which words stand on which line, and when it is seen, in seconds."""

    lines: tuple[tuple[int, ...], ...] = Field(min_length=1, max_length=2, description="Indexes of the words, line by line.")
    start_s: float
    end_s: float

    @property
    def words(self) -> tuple[int, ...]:
        """Indexes of all its words, in order."""
        return tuple(index for line in self.lines for index in line)


def ends_sentence(word: str, following: str | None = None) -> bool:
    """True when a word with its punctuation is a sentence's last."""
    if not _SENTENCE_END.search(word):
        return False
    if word.endswith((".", "…")):
        if _ABBREVIATION.match(word):
            return following is None
        return following is None or not following[:1].islower()
    return True


def joined(words: Sequence[Word]) -> str:
    """The words as one line of text."""
    return "".join(word.text if at == 0 or word.is_glued else f" {word.text}" for at, word in enumerate(words))


def paginate(words: Sequence[Word], width: float, measure: Measure, *, most_words: int = 7, most_chars: int = 28) -> tuple[Page, ...]:
    """Breaks timed words into pages.

    Args:
        words: in order, without overlap.
        width: room of a line, in the unit of `measure`.
        measure: width of a line of text.
        most_words: words on a page; Chinese counts by `most_chars` instead.
        most_chars: characters on a page of Chinese.

    Returns:
        Pages that hold every word once, in order, and do not overlap in time. A single word wider than a line stands alone
        on one: the caller makes it smaller.
    """
    pages: list[tuple[tuple[int, ...], ...]] = []
    start = 0
    for at, word in enumerate(words):
        following = words[at + 1].text if at + 1 < len(words) else None
        if following is None or ends_sentence(word.text, following):
            pages += _phrases(words, range(start, at + 1), width, functools.cache(measure), most_words=most_words, most_chars=most_chars)
            start = at + 1
    return _timed(words, pages)


def _phrases(
    words: Sequence[Word], span: range, width: float, measure: Measure, *, most_words: int, most_chars: int
) -> list[tuple[tuple[int, ...], ...]]:
    """The cheapest way to break one sentence into pages."""
    count = len(span)
    is_eastern = any(_CJK.search(words[index].text) for index in span)
    parting = _partings(words, span) if is_eastern else {}
    best: list[tuple[float, int, tuple[tuple[int, ...], ...]]] = [(0.0, 0, ())]
    for end in range(1, count + 1):
        options = []
        for begin in range(end - 1, -1, -1):
            page = span[begin:end]
            chars = sum(len(words[index].text) for index in page)
            too_long = chars > most_chars if is_eastern else len(page) > most_words
            lines = None if too_long else _lines(words, page, width, measure, parting)
            if lines is None and begin < end - 1:
                break
            lines = lines or (tuple(page),)
            follows = span[end] if end < count else None
            cost = best[begin][0] + _page_cost(words, page, lines, follows, begin == 0 and end == count)
            cost += 0.0 if follows is None else parting.get(follows, 0.0)
            options.append((cost, begin, lines))
        best.append(min(options, key=lambda option: option[:2]))
    pages: list[tuple[tuple[int, ...], ...]] = []
    at = count
    while at:
        _, begin, lines = best[at]
        pages.append(lines)
        at = begin
    return pages[::-1]


def _partings(words: Sequence[Word], span: range) -> dict[int, float]:
    """What it costs more to break before a word that is only a part of one: voices may be timed by characters."""
    text = joined([words[index] for index in span])
    costs: dict[int, float | None] = {}
    at = 0
    for unit in breaking.units(text, "zh"):
        at = text.index(unit.text, at)
        costs[at] = unit.cost
        at += len(unit.text)
    found: dict[int, float] = {}
    at = 0
    for index in span:
        word = words[index]
        at += 0 if word.is_glued or index == span[0] else 1
        cost = costs.get(at)
        found[index] = 12.0 if cost is None else 60.0 * cost
        at += len(word.text)
    return found


def _page_cost(words: Sequence[Word], page: range, lines: tuple[tuple[int, ...], ...], follows: int | None, is_whole: bool) -> float:
    cost = 4.0 + (1.5 if len(lines) == 2 else 0.0)
    if len(page) == 1 and not is_whole:
        cost += 6.0
    if follows is None:
        return cost
    if words[follows].start_s - words[page[0]].start_s < SHORTEST_S:
        cost += 40.0
    return cost + _break_cost(words[page[-1]], words[follows])


def _break_cost(before: Word, after: Word) -> float:
    """What it costs to break between two words: nothing after a comma, much inside `30 seconds` or after `the`."""
    if _CLAUSE_END.search(before.text):
        return -1.5
    left, right = before.text.lower().strip("\"'“”‘’()"), after.text.lower().strip("\"'“”‘’().,!?")
    if _NUMBER.match(left):
        return 12.0
    if left in _CLINGING.split():
        return 7.0
    return 1.0 if right in _OPENERS.split() else 3.0


def _lines(
    words: Sequence[Word], page: range, width: float, measure: Measure, parting: Mapping[int, float]
) -> tuple[tuple[int, ...], ...] | None:
    """One line when it fits, else the best two, else None."""
    inside = [words[index] for index in page]
    if measure(joined(inside)) <= width:
        return (tuple(page),)
    options = []
    for cut in range(1, len(page)):
        upper, lower = measure(joined(inside[:cut])), measure(joined(inside[cut:]))
        if max(upper, lower) <= width:
            balance = abs(upper - lower) / width * 6
            options.append((_break_cost(inside[cut - 1], inside[cut]) + parting.get(page[cut], 0.0) + balance, cut))
    if not options:
        return None
    cut = min(options)[1]
    return tuple(page[:cut]), tuple(page[cut:])


def _timed(words: Sequence[Word], pages: list[tuple[tuple[int, ...], ...]]) -> tuple[Page, ...]:
    starts = [words[lines[0][0]].start_s for lines in pages]
    ends = [words[lines[-1][-1]].end_s for lines in pages]
    for at in range(len(pages) - 1, 0, -1):
        # A page too short before a silence begins earlier, as far as the page before it can spare.
        missing = SHORTEST_S - ((starts[at + 1] if at + 1 < len(pages) else ends[at] + SHORTEST_S) - starts[at])
        if missing > 0:
            starts[at] = min(starts[at], max(starts[at] - missing, ends[at - 1], starts[at - 1] + SHORTEST_S))
    timed = []
    for at, lines in enumerate(pages):
        end = max(ends[at] + HOLD_S, starts[at] + SHORTEST_S)
        if at + 1 < len(pages):
            end = starts[at + 1] if starts[at + 1] - ends[at] <= BRIDGE_S else min(end, starts[at + 1])
        timed.append(Page(lines=lines, start_s=starts[at], end_s=end))
    return tuple(timed)
