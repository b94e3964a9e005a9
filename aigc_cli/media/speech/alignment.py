"""When each word is heard, for sound whose maker does not say: by the engine's own boundaries, by forced alignment, or estimated.

Estimates spread the words' syllables over the stretches that sound, and put the silences where the text has its signs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING

from aigc_cli.letters import DENSE, HANGUL
from aigc_cli.media.speech.reading.script import ReadWord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Span = tuple[float, float]

_BLOCK_S = 0.010
_SILENT = 10 ** (-36 / 20)  # of the loudest 10 ms
_SHORTEST_SILENCE_S = 0.12
_SHORTEST_STRETCH_S = 0.03
_VOWELS = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýāēīōūаеёиоуыэюяαεηιουω]+", re.IGNORECASE)
_DENSE = re.compile(f"[{DENSE}{HANGUL}]")
_WORD_COST = 0.35  # syllables' worth of time that a word takes beside its vowels
_SIGN = re.compile(r"[,.;:!?…—，。；：！？、]['\"”’)\]]*$")
_OFF_SIGN_COST_S = 0.5  # a silence where the text has no sign is as unlikely as one this far from where it should be


@dataclass(frozen=True)
class Boundary:
    """A word as an engine reports it: what it says, and when, in seconds."""

    text: str
    start_s: float
    end_s: float


def syllables(text: str) -> float:
    """About how many syllables a text has as it is read out: vowel groups, and one for each ideograph, kana or hangul."""
    dense = len(_DENSE.findall(text))
    rest = _DENSE.sub(" ", text)
    count = 0
    for word in re.findall(r"[^\W_]+(?:'[^\W_]+)?", rest):
        found = len(_VOWELS.findall(word))
        is_mute = found > 1 and word.lower().endswith("e") and not word.lower().endswith("le")
        count += max(1, found - is_mute) if found or len(word) <= 2 else max(1, len(word) // 3)
    return float(dense + count)


def stretches(samples: NDArray[np.float32], rate_hz: int) -> list[Span]:
    """The stretches of (samples,) that sound, in seconds; silences shorter than 0.12 s do not part them."""
    import numpy as np

    block = max(1, int(rate_hz * _BLOCK_S))
    whole = len(samples) // block
    if whole == 0:
        return []
    levels = np.sqrt(np.mean(np.square(samples[: whole * block].reshape(whole, block), dtype=np.float64), axis=1))
    if levels.max() <= 1e-5:
        return []
    loud = np.concatenate([[False], levels > levels.max() * _SILENT, [False]])
    edges = np.flatnonzero(loud[1:] != loud[:-1]) * block / rate_hz
    found: list[Span] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if found and start - found[-1][1] < _SHORTEST_SILENCE_S:
            found[-1] = found[-1][0], float(end)
        else:
            found.append((float(start), float(end)))
    kept = [span for span in found if span[1] - span[0] >= _SHORTEST_STRETCH_S]
    return kept or found


def estimate(samples: NDArray[np.float32], rate_hz: int, words: Sequence[ReadWord]) -> list[Span | None]:
    """A span for each word that is spoken, from the syllables it has and the silences that are heard; None for a silent one."""
    spoken = [index for index, word in enumerate(words) if syllables(word.spoken) > 0]
    if not spoken:
        return [None] * len(words)
    found = stretches(samples, rate_hz) or [(0.0, len(samples) / rate_hz)]
    weights = [syllables(words[index].spoken) + _WORD_COST for index in spoken]
    found = _joined(found, len(spoken))
    spans: list[Span | None] = [None] * len(words)
    ends = _breaks(found, weights, [bool(_SIGN.search(words[index].shown)) for index in spoken])
    first = 0
    for (start, stop), last in zip(found, ends, strict=True):
        share = weights[first:last]
        places = [start + (stop - start) * done / sum(share) for done in accumulate(share, initial=0.0)]
        for offset, index in enumerate(spoken[first:last]):
            spans[index] = places[offset], places[offset + 1]
        first = last
    return spans


def _joined(found: list[Span], most: int) -> list[Span]:
    """At most so many stretches as there are words: the shortest silences are closed first."""
    while len(found) > most:
        at = min(range(len(found) - 1), key=lambda index: found[index + 1][0] - found[index][1])
        found = [*found[:at], (found[at][0], found[at + 1][1]), *found[at + 2 :]]
    return found


def _breaks(found: Sequence[Span], weights: Sequence[float], has_sign: Sequence[bool]) -> list[int]:
    """After how many words each stretch ends, so that words fit their stretches and silences follow signs (dynamic programming)."""
    count, total = len(weights), sum(weights)
    sounding = sum(end - start for start, end in found)
    reach = [done / total * sounding for done in accumulate(weights, initial=0.0)]  # sounding time before each word
    heard = list(accumulate(end - start for start, end in found))  # sounding time before each silence
    silences = len(found) - 1
    infinite = float("inf")
    best = [[infinite] * (count + 1) for _ in range(silences + 1)]
    came = [[0] * (count + 1) for _ in range(silences + 1)]
    best[0][0] = 0.0
    for number in range(1, silences + 1):
        cheapest, source = infinite, 0
        for place in range(number, count - (silences - number)):
            if best[number - 1][place - 1] < cheapest:
                cheapest, source = best[number - 1][place - 1], place - 1
            cost = abs(reach[place] - heard[number - 1]) + (0.0 if has_sign[place - 1] else _OFF_SIGN_COST_S)
            best[number][place], came[number][place] = cheapest + cost, source
    place = min(range(count + 1), key=lambda index: best[silences][index]) if silences else 0
    ends = [count]
    for number in range(silences, 0, -1):
        ends.append(place)
        place = came[number][place]
    return ends[::-1]


def by_boundaries(words: Sequence[ReadWord], boundaries: Sequence[Boundary]) -> list[Span | None]:
    """A span for each word from what an engine reported, matched letter by letter; None where nothing was reported."""
    own = [(letter, index) for index, word in enumerate(words) for letter in _letters(word.spoken)]
    said: list[tuple[str, float, float]] = []
    for each in boundaries:
        letters = _letters(each.text)
        for place, letter in enumerate(letters):
            step = (each.end_s - each.start_s) / len(letters)
            said.append((letter, each.start_s + step * place, each.start_s + step * (place + 1)))
    matcher = SequenceMatcher(None, [letter for letter, _ in own], [letter for letter, _, _ in said], autojunk=False)
    spans: list[Span | None] = [None] * len(words)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            index = own[block.a + step][1]
            _, start, end = said[block.b + step]
            known = spans[index]
            spans[index] = (min(known[0], start), max(known[1], end)) if known else (start, end)
    return spans


def _letters(text: str) -> list[str]:
    return [char for char in text.casefold() if char.isalnum()]
