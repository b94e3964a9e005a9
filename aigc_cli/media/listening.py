"""Listening: the sound of any media file at 16 kHz for a recogniser, and how far what was heard is from what was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli.errors import RenderError, WorkflowError
from aigc_cli.media.alignment import stretches
from aigc_cli.media.probe import open_media
from aigc_cli.media.reading.script import is_chinese, primary
from aigc_cli.shapes import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE_HZ = 16_000
LONGEST_S = 4 * 3600.0

_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SHORTEST_SOUND_S = 0.03


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
    differences: list[Difference] = []
    errors = 0
    joint = "" if is_dense else " "
    for tag, a, b, c, d in SequenceMatcher(None, script, said, autojunk=False).get_opcodes():
        if tag == "equal" or "".join(script[a:b]) == "".join(said[c:d]):
            continue
        errors += _distance(script[a:b], said[c:d])
        differences.append(Difference(joint.join(script[a:b]), joint.join(said[c:d])))
    return Comparison(errors / max(1, len(script)), errors, len(script), "characters" if is_dense else "words", tuple(differences))


def _distance(a: Sequence[str], b: Sequence[str]) -> int:
    row = list(range(len(b) + 1))
    for number, left in enumerate(a, 1):
        above, row[0] = row[0], number
        for place, right in enumerate(b, 1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (left != right))
    return row[-1]
