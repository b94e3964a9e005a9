"""Captions as files: SubRip, WebVTT, and every word with its time as JSON. Times count from the start of the clip."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from pydantic import Field

from aigc_cli.media.captioning.phrasing import Page, joined, paginate
from aigc_cli.shapes import Word

_LINE_UNITS = 42
"""Latin characters on a line; an ideograph counts as two and a half (Netflix timed text: 42 Latin, 16 to 18 Chinese)."""
_IDEOGRAPH_UNITS = 2.5


class SpokenWord(Word):
    """A word of the whole clip: seconds from the clip's start, and the scene in which it is said."""

    scene: str = Field("", description="Id of its scene.")


def _units(text: str) -> float:
    return sum(_IDEOGRAPH_UNITS if unicodedata.east_asian_width(char) in "WF" else 1.0 for char in text)


def _cues(words: Sequence[SpokenWord]) -> Iterator[tuple[Page, list[str]]]:
    # A page never crosses a scene, nor a sentence's end; both are told apart by `paginate` once the scenes are.
    scenes = [list(group) for _, group in groupby(words, key=lambda word: word.scene)]
    for at, scene in enumerate(scenes):
        limit = scenes[at + 1][0].start_s if at + 1 < len(scenes) else None
        for page in paginate(scene, _LINE_UNITS, _units, most_words=14, most_chars=34):
            end = page.end_s if limit is None else min(page.end_s, limit)
            lines = [joined([scene[index] for index in line]) for line in page.lines]
            yield page.model_copy(update={"end_s": end}), lines


def cues(words: Sequence[SpokenWord]) -> tuple[tuple[float, float, str], ...]:
    """The captions of a whole clip as (start, end, text), in seconds, as the caption files have them."""
    return tuple((page.start_s, page.end_s, "\n".join(lines)) for page, lines in _cues(words))


def _clock(seconds: float, mark: str) -> str:
    milliseconds = round(max(seconds, 0.0) * 1000)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}{mark}{rest % 1000:03d}"


def srt(words: Sequence[SpokenWord]) -> str:
    """SubRip captions of a whole clip; an empty text when nothing is said."""
    cues = []
    for number, (page, lines) in enumerate(_cues(words), 1):
        # SubRip has no escapes: an arrow or an angle bracket in a word would be read as markup.
        text = "\n".join(line.replace("-->", "→").replace("<", "‹").replace(">", "›") for line in lines)
        cues.append(f"{number}\n{_clock(page.start_s, ',')} --> {_clock(page.end_s, ',')}\n{text}\n")
    return "\n".join(cues)


def vtt(words: Sequence[SpokenWord]) -> str:
    """WebVTT captions of a whole clip (W3C WebVTT)."""
    cues = []
    for page, lines in _cues(words):
        text = "\n".join(html.escape(line, quote=False) for line in lines)
        cues.append(f"\n{_clock(page.start_s, '.')} --> {_clock(page.end_s, '.')}\n{text}\n")
    return "WEBVTT\n" + "".join(cues)


def words_json(words: Sequence[SpokenWord], language: str) -> str:
    """Every word with its times in seconds and its scene, as JSON text."""
    listed = [{"text": word.text, "start_s": round(word.start_s, 3), "end_s": round(word.end_s, 3), "scene": word.scene} for word in words]
    return json.dumps({"language": language, "words": listed}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
