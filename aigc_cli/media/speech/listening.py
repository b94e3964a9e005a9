"""Listening: the sound of any media file at 16 kHz for a recogniser, and how far what was heard is from what was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli.errors import RenderError, WorkflowError
from aigc_cli.letters import DENSE
from aigc_cli.media.filming.probe import open_media
from aigc_cli.media.speech.alignment import stretches
from aigc_cli.media.speech.reading.script import is_chinese, primary
from aigc_cli.shapes import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE_HZ = 16_000
LONGEST_S = 4 * 3600.0

_DENSE = re.compile(f"[{DENSE}]")
_SHORTEST_SOUND_S = 0.03
_ANCHOR = 8
"""Words that are heard as written in one run, after which nothing before can be meant."""


def hear(path: Path, *, longest_s: float = LONGEST_S, what: str = "the recording") -> NDArray[np.float32]:
    """The first sound stream of a media file as (samples,) float32, mono, 16 kHz.

    Raises WorkflowError when it has no sound or lasts longer than `longest_s`, RenderError when it is damaged or no media file.
    Memory grows by 230 MB per hour.
    """
    import av
    import numpy as np

    pieces: list[NDArray[np.float32]] = []
    total = 0
    try:
        with open_media(path) as container:
            if not container.streams.audio:
                raise WorkflowError(f"{what} has no sound", "give a file in which somebody speaks")
            stream = container.streams.audio[0]
            resampler = av.AudioResampler("flt", "mono", RATE_HZ)
            for frame in container.decode(stream):
                for made in resampler.resample(frame):
                    pieces.append(made.to_ndarray()[0].astype(np.float32))
                    total += made.samples
                if total > longest_s * RATE_HZ:
                    raise WorkflowError(f"{what} is longer than {_length(longest_s)}", "cut out the part that counts")
            pieces += [made.to_ndarray()[0].astype(np.float32) for made in resampler.resample(None)]
    except (av.FFmpegError, OSError, ValueError) as error:
        raise RenderError(f"the sound of {what} cannot be decoded", "export it again, or use another file") from error
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def _length(seconds: float) -> str:
    return f"{seconds / 3600:g} hours" if seconds >= 3600 else f"{seconds:g} seconds"


def settle(words: Sequence[Word], samples: NDArray[np.float32]) -> tuple[Word, ...]:
    """A recogniser's words as captions take them: pieces of one word joined, and times moved out of the silences they reach into.

    A recogniser knows when words are said to about 0.3 s, and it counts the silence before a word to the word.
    """
    heard = stretches(samples, RATE_HZ)
    found: list[Word] = []
    for word in words:
        last = found[-1] if found else None
        if last is not None and word.is_glued and not (_DENSE.search(word.text) or _DENSE.search(last.text)):
            found[-1] = last.model_copy(update={"text": last.text + word.text, "end_s": word.end_s})
        else:
            found.append(word)
    out: list[Word] = []
    place = 0.0
    for word in found:
        start, end = _sounding(word.start_s, word.end_s, heard)
        start = max(start, place)
        place = max(start, end)
        out.append(word.model_copy(update={"start_s": round(start, 3), "end_s": round(place, 3)}))
    return tuple(out)


def _sounding(start: float, end: float, heard: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The part of a span from its first to its last sound; the span itself when all of it is silent."""
    inside = [(max(start, begin), min(end, stop)) for begin, stop in heard if min(end, stop) - max(start, begin) > _SHORTEST_SOUND_S]
    return (inside[0][0], inside[-1][1]) if inside else (start, end)


@dataclass(frozen=True)
class Difference:
    """Words (characters of Chinese) that were written and not heard so. Either side may be empty."""

    written: str
    heard: str


@dataclass(frozen=True)
class Comparison:
    """How a transcript compares with a script. `rate` is errors by `length`: word error rate, or character error rate of Chinese."""

    rate: float
    errors: int
    length: int
    unit: str
    differences: tuple[Difference, ...]


def units(text: str, language: str) -> list[str]:
    """What is counted: lower-case words without signs; for Chinese characters, and Latin words as one each."""
    plain = text.casefold().replace("’", "'")
    if is_chinese(language) or primary(language) in ("ja", "yue"):
        return re.findall(r"[a-z0-9]+|[^\W_a-z0-9]", plain)
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain)


def compare(written: str, heard: str, language: str) -> Comparison:
    """Levenshtein distance over words or characters, and the differences in order.

    Both sides should be as they are read out. Words that differ only in how they are parted count as equal.
    """
    script, said = units(written, language), units(heard, language)
    is_dense = is_chinese(language) or primary(language) in ("ja", "yue")
    joint = "" if is_dense else " "
    differences: list[Difference] = []
    errors = 0
    for count, left, right in _edits(script, said):
        if "".join(left) != "".join(right):
            errors += count
            differences.append(Difference(joint.join(left), joint.join(right)))
    return Comparison(errors / max(1, len(script)), errors, len(script), "characters" if is_dense else "words", tuple(differences))


def _edits(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[int, Sequence[str], Sequence[str]]]:
    """The runs that differ, each with its number of edits. Long equal runs are taken as they are; between them the least edits count."""
    left = right = 0
    for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        if block.size < _ANCHOR and block.size:
            continue
        yield from _least(a[left : block.a], b[right : block.b])
        left, right = block.a + block.size, block.b + block.size


def _least(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[int, Sequence[str], Sequence[str]]]:
    """The runs that differ by Levenshtein's least edits (Wagner and Fischer 1974, with the way back)."""
    table = [list(range(len(b) + 1))]
    for number, word in enumerate(a, 1):
        above, row = table[-1], [number]
        for place, other in enumerate(b, 1):
            row.append(min(row[-1] + 1, above[place] + 1, above[place - 1] + (word != other)))
        table.append(row)
    i, j = len(a), len(b)
    ends = (i, j)
    runs: list[tuple[int, Sequence[str], Sequence[str]]] = []
    while i or j:
        if i and j and a[i - 1] == b[j - 1] and table[i][j] == table[i - 1][j - 1]:
            if (i, j) != ends:
                runs.append((table[ends[0]][ends[1]] - table[i][j], a[i : ends[0]], b[j : ends[1]]))
            i, j = i - 1, j - 1
            ends = (i, j)
        elif i and j and table[i][j] == table[i - 1][j - 1] + 1:
            i, j = i - 1, j - 1
        elif i and table[i][j] == table[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    if ends != (0, 0):
        runs.append((table[ends[0]][ends[1]], a[: ends[0]], b[: ends[1]]))
    yield from reversed(runs)
