"""Rules that turn letters into sounds: the first that fits at a place says what is heard there."""

from __future__ import annotations

import re
from collections.abc import Iterable

Table = tuple[tuple[re.Pattern[str], str], ...]


def table(*rows: tuple[str, str]) -> Table:
    """Patterns over a word and their sounds. `<ei>` stands before an e or i, stressed or not."""
    return tuple((re.compile(pattern.replace("<ei>", "(?=ˈ?[eiéíèìêîëï])")), sound) for pattern, sound in rows)


def scan(word: str, rules: Table) -> str:
    """The sounds of a word, in which `ˈ` before a vowel marks the stress. Letters that no rule knows stay silent."""
    found, place = [], 0
    while place < len(word):
        if word[place] == "ˈ":
            found.append("ˈ")
            place += 1
            continue
        for pattern, sound in rules:
            match = pattern.match(word, place)
            if match is not None and match.end() > place:
                found.append(match.expand(sound) if "\\" in sound else sound)
                place = match.end()
                break
        else:
            place += 1
    return "".join(found)


def mark(word: str, place: int | None) -> str:
    """The word with the sign of stress before the letter at a place."""
    return word if place is None else f"{word[:place]}ˈ{word[place:]}"


def nuclei(word: str, pattern: re.Pattern[str]) -> list[int]:
    """Where the vowels of the syllables stand: the group `v` of each match."""
    return [match.start("v") for match in pattern.finditer(word)]


def endings(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for words that end so, the longest ending first."""
    return re.compile(f"(?:{'|'.join(sorted(words, key=len, reverse=True))})\\Z")


def words(text: str) -> tuple[str, ...]:
    """The words of a list that is written as running text."""
    return tuple(text.split())
