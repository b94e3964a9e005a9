"""Marks in a text that say how it is to be spoken: pauses, pace, stress, spelling out. They are heard, never shown.

    [pause]  [pause 400ms]  [pause 1.5s]      silence here; half a second when no length is given
    [slow]...[/slow]   [fast]...[/fast]       four fifths, and six fifths, of the pace around it
    [pace 0.9]...[/pace]                      a pace of one's own, 0.5 to 2
    [strong]...[/strong]                      stressed, and a little louder
    [spell]...[/spell]                        letter by letter, figure by figure

All other brackets are ordinary text, and so is a mark without its other half.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from aigc_cli.media.speech.reading.chinese_numbers import digits as chinese_digits
from aigc_cli.media.speech.reading.english_numbers import digits as english_digits
from aigc_cli.media.speech.reading.script import ReadWord, Sentence, clean, is_chinese

_MARK = re.compile(
    r"\[(?:(?P<pause>pause)(?: (?P<length>\d{1,5}(?:\.\d{1,3})?)(?P<unit>ms|s))?|pace (?P<pace>\d(?:\.\d{1,2})?)"
    r"|(?P<open>slow|fast|strong|spell)|/(?P<close>slow|fast|strong|spell|pace))\]"
)
LONGEST_PAUSE_S = 10.0
_PAUSE_S = 0.5
_PACES = {"slow": 0.8, "fast": 1.2}


@dataclass(frozen=True)
class Mark:
    """What holds between two places of a text, counted in visible characters; a pause has no length in the text.

    `value` is seconds for a pause and a factor for a pace.
    """

    kind: Literal["pause", "pace", "strong", "spell"]
    start: int
    end: int
    value: float = 1.0


@dataclass(frozen=True)
class Marked:
    """A cleaned text without its marks, the marks, and those that stayed in it because their other half is missing."""

    text: str
    marks: tuple[Mark, ...]
    unpaired: tuple[str, ...]


@dataclass(frozen=True)
class Delivery:
    """A sentence and how its words are spoken: a pace for each, which are stressed, seconds of silence after some.

    The pause after word -1 stands before the first.
    """

    sentence: Sentence
    paces: tuple[float, ...]
    stressed: frozenset[int]
    pauses: Mapping[int, float]


def parse(text: str) -> Marked:
    """Takes the marks out of a text."""
    text = clean(text)
    found = list(_MARK.finditer(text))
    pairs = _pairs(found)
    pieces: list[str] = []
    marks: list[Mark] = []
    begun: dict[int, int] = {}
    unpaired: list[str] = []
    place = seen = 0
    for index, match in enumerate(found):
        piece = text[place : match.start()]
        is_mark = bool(match["pause"]) or index in pairs
        if not is_mark:
            unpaired.append(match.group())
            piece += match.group()
        pieces.append(piece)
        seen += _visible(piece)
        place = match.end()
        if match["pause"]:
            marks.append(Mark("pause", seen, seen, _seconds(match)))
        elif is_mark and match["close"]:
            marks.append(_span(found[pairs[index]], begun[pairs[index]], seen))
        elif is_mark:
            begun[index] = seen
    pieces.append(text[place:])
    return Marked(clean("".join(_joined(pieces, found, pairs))), tuple(marks), tuple(unpaired))


def _joined(pieces: Sequence[str], found: Sequence[re.Match[str]], pairs: Mapping[int, int]) -> list[str]:
    """The pieces; where a pause stood between two words without a blank, they get one. `wait[pause]what` is two words."""
    out = [pieces[0]]
    for index, piece in enumerate(pieces[1:]):
        parts_words = bool(found[index]["pause"]) and out[-1][-1:].isascii() and out[-1][-1:].isalnum() and piece[:1].isalnum()
        out.append(f" {piece}" if parts_words else piece)
    # A mark between two blanks leaves one; a mark before a comma leaves none.
    text = "".join(out)
    return [re.sub(r"(?<=\S) +(?=[,.;:!?](?:\s|\Z))", "", text) if pairs or any(match["pause"] for match in found) else text]


def _pairs(found: Sequence[re.Match[str]]) -> dict[int, int]:
    """Index of each closing mark to its opening one, and the other way round."""
    pairs: dict[int, int] = {}
    open_: list[tuple[str, int]] = []
    for index, match in enumerate(found):
        if match["open"] or match["pace"]:
            open_.append((match["open"] or "pace", index))
        elif match["close"]:
            for place in range(len(open_) - 1, -1, -1):
                if open_[place][0] == match["close"]:
                    pairs[index], pairs[open_[place][1]] = open_[place][1], index
                    del open_[place]
                    break
    return pairs


def _span(match: re.Match[str], start: int, end: int) -> Mark:
    if match["pace"]:
        return Mark("pace", start, end, min(max(float(match["pace"]), 0.5), 2.0))
    name = match["open"]
    if name in _PACES:
        return Mark("pace", start, end, _PACES[name])
    return Mark("strong" if name == "strong" else "spell", start, end)


def _seconds(match: re.Match[str]) -> float:
    if not match["length"]:
        return _PAUSE_S
    return min(float(match["length"]) / (1000 if match["unit"] == "ms" else 1), LONGEST_PAUSE_S)


def _visible(text: str) -> int:
    return sum(not char.isspace() for char in text)


def deliver(sentences: Sequence[Sentence], marks: Sequence[Mark], language: str) -> tuple[Delivery, ...]:
    """The sentences of a text with its marks laid on their words."""
    found: list[Delivery] = []
    seen = 0
    last_sentence = len(sentences) - 1
    for number, sentence in enumerate(sentences):
        places = []
        for word in sentence.words:
            places.append((seen, seen + _visible(word.shown)))
            seen = places[-1][1]
        words = list(sentence.words)
        paces = [1.0] * len(words)
        stressed: set[int] = set()
        pauses: dict[int, float] = {}
        for mark in marks:
            if mark.kind == "pause":
                index = _after(mark.start, places, is_last=number == last_sentence)
                if index is not None:
                    pauses[index] = max(pauses.get(index, 0.0), mark.value)
                continue
            for index, (start, end) in enumerate(places):
                inside = min(end, mark.end) - max(start, mark.start)
                if inside <= 0:
                    continue
                if mark.kind == "pace":
                    paces[index] *= mark.value
                elif mark.kind == "strong":
                    stressed.add(index)
                else:
                    words[index] = _spelled(words[index], mark.start - start, mark.end - start, language)
        paced = tuple(min(max(pace, 0.4), 2.5) for pace in paces)
        found.append(Delivery(replace(sentence, words=tuple(words)), paced, frozenset(stressed), pauses))
    return tuple(found)


def _after(place: int, places: Sequence[tuple[int, int]], *, is_last: bool) -> int | None:
    """The word after which a pause stands, -1 for before the first, None when it belongs to another sentence."""
    if not places or place < places[0][0] or (place >= places[-1][1] and not (is_last or place == places[-1][1])):
        return None
    if place == places[0][0]:
        return -1 if place == 0 else None  # between two sentences it belongs to the first of them
    return next((index for index, (_, end) in enumerate(places) if place <= end), len(places) - 1)


def _spelled(word: ReadWord, start: int, end: int, language: str) -> ReadWord:
    """The word with the visible characters from `start` to `end` read one by one."""
    blanks = 0
    before, inside, after = "", [], ""
    for index, char in enumerate(word.shown):
        if char.isspace():
            blanks += 1
            continue
        place = index - blanks
        if place < start:
            before += char
        elif place >= end:
            after += char
        elif char.isascii() and char.isdigit():
            inside.append(chinese_digits(char) if is_chinese(language) else english_digits(char))
        elif char.isalpha():
            inside.append(char.upper())
        else:
            after += char if place + 1 >= min(end, _visible(word.shown)) else ""
    gap = " " if before[-1:].isalnum() else ""
    return replace(word, spoken=f"{before}{gap}{' '.join(inside)}{after}")


def to_ssml(text: str, language: str = "en", lexicon: Mapping[str, str] | None = None) -> str:
    """The text as SSML 1.1 for engines that take it: break, prosody, emphasis, say-as, and sub or phoneme for names.

    Raises nothing: what is no mark is escaped text.
    """
    from xml.sax.saxutils import escape, quoteattr

    names = sorted((name for name in lexicon or {} if name), key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<![A-Za-z\d]){re.escape(name)}(?![A-Za-z\d])" for name in names)) if names else None

    def plain(piece: str) -> str:
        if pattern is None:
            return escape(piece)
        out, place = "", 0
        for match in pattern.finditer(piece):
            sound = (lexicon or {})[match.group()]
            tag = (
                f'<phoneme alphabet="{"x-pinyin" if re.search("[1-5]", sound) else "ipa"}" ph={quoteattr(sound[1:-1].strip())}>'
                if len(sound) > 2 and sound[0] == sound[-1] == "/"
                else f"<sub alias={quoteattr(sound)}>"
            )
            out += escape(piece[place : match.start()]) + tag + escape(match.group()) + f"</{tag[1 : tag.index(' ')]}>"
            place = match.end()
        return out + escape(piece[place:])

    text = clean(text)
    found = list(_MARK.finditer(text))
    pairs = _pairs(found)
    out, place = "", 0
    stack: list[tuple[int, str]] = []
    for index, match in enumerate(found):
        out += plain(text[place : match.start()])
        place = match.end()
        if match["pause"]:
            out += f'<break time="{round(_seconds(match) * 1000)}ms"/>'
        elif index not in pairs:
            out += escape(match.group())
        elif match["close"]:
            again = []
            while stack[-1][0] != pairs[index]:  # `[slow]a[strong]b[/slow]c[/strong]`: XML wants them nested
                again.append(stack.pop())
                out += f"</{_tag_name(again[-1][1])}>"
            out += f"</{_tag_name(stack.pop()[1])}>"
            for each in reversed(again):
                out += each[1]
                stack.append(each)
        else:
            tag = _opening(match)
            out += tag
            stack.append((index, tag))
    out += plain(text[place:])
    return f'<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang={quoteattr(language)}>{out}</speak>'


def _opening(match: re.Match[str]) -> str:
    if match["pace"] or match["open"] in _PACES:
        pace = _span(match, 0, 0).value
        return f'<prosody rate="{round(pace * 100)}%">'
    return '<emphasis level="strong">' if match["open"] == "strong" else '<say-as interpret-as="characters">'


def _tag_name(tag: str) -> str:
    return tag[1 : tag.index(" ")]
