"""The shipped vector drawings: by name, by the character of an emoji, by the words of a prompt.

3139 drawings of Fluent Emoji Flat (MIT). `data/drawings/words.tsv` says which words call which drawing, in English and
Chinese: an editor adds a word there. A prompt that calls none gets none, never a guess.
"""

from __future__ import annotations

import json
import lzma
import re
from functools import cache
from typing import Any

from aigc_cli.assets import data
from aigc_cli.errors import RenderError
from aigc_cli.letters import HAN

_TONES = {"1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff"}
_SELECTORS = {"fe0e", "fe0f"}
_CONCRETE = ("Activities", "Animals & Nature", "Food & Drink", "Objects", "Travel & Places")
# Names of drawings that mean something else in most sentences.
_OTHER_MEANING = """
    bat bear bug crab crane cricket door duck ear eagle fly fog goose hole hook joker knot mate mirror mouse nest ox oden pick plunger pie
    ram rat razor ring rock seal skunk sled snail snake sponge squid swan turkey volcano wheel window wing wood worm yarn
"""
_WORD = re.compile(r"[a-z0-9][a-z0-9%'’.\-]*")
_HAN = re.compile(rf"t?[{HAN}]+")  # a T-shirt is written T恤
_SECONDS = re.compile(r"(?<=\d)\s*秒(?!钟)")
_MARK = "~"
_STRONG, _WEAK = 1.0, 0.05


@cache
def _archive() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(lzma.decompress(data("drawings", "drawings.json.xz").read_bytes()))
    return content


@cache
def names() -> tuple[str, ...]:
    """The names of all drawings, sorted."""
    return tuple(_archive()["drawings"])


@cache
def svg(name: str) -> str:
    """A drawing as an SVG document on a field of about 32 x 32 units. Raises RenderError when there is none of this name."""
    body = _archive()["drawings"].get(name)
    if body is None:
        raise RenderError(f"there is no drawing `{name}`", "leave the name out, or take one of `aigc_cli/data/drawings/words.tsv`")
    height, body = body if isinstance(body, list) else (32, body)
    return f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 32 {height}">{body}</svg>'


def emoji_name(char: str) -> str | None:
    """The drawing for an emoji, given as its whole sequence of characters; a skin tone without a drawing falls back to the plain one."""
    points = [f"{ord(each):x}" for each in char]
    chars: dict[str, str] = _archive()["chars"]
    without = [point for point in points if point not in _SELECTORS]
    plain = [point for point in without if point not in _TONES]
    for sequence in (points, without, plain):
        name = chars.get("-".join(sequence))
        if sequence and name is not None:
            return name
    return None


@cache
def _english() -> dict[tuple[str, ...], tuple[str, float]]:
    table: dict[tuple[str, ...], tuple[str, float]] = {}
    categories = _archive()["categories"]
    ambiguous = _OTHER_MEANING.split()
    for name in sorted(each for category in _CONCRETE for each in categories.get(category, ())):
        words = tuple(name.split("-"))
        if name not in ambiguous and not any(word in ("button", "face", "oclock", "thirty") for word in words):
            table[tuple(_stem(word) for word in words)] = (name, _STRONG)
    stemmed: dict[tuple[str, ...], tuple[str, float]] = {}
    exact: dict[tuple[str, ...], tuple[str, float]] = {}
    for name, english, _ in _rows():
        for phrase in english:
            weight = _WEAK if phrase.startswith(_MARK) else _STRONG
            words = tuple(_WORD.findall(phrase.lstrip(_MARK)))
            exact[words] = (name, weight)
            stemmed[tuple(_stem(word) for word in words)] = (name, weight)
    # `news` is not the plural of `new`: a word as it is written comes before what its singular means.
    return {**table, **stemmed, **exact}


@cache
def _chinese() -> dict[str, tuple[str, float]]:
    table: dict[str, tuple[str, float]] = {}
    for name, _, chinese in _rows():
        for word in chinese:
            table[word.lstrip(_MARK).lower()] = (name, _WEAK if word.startswith(_MARK) else _STRONG)
    return table


def _rows() -> list[tuple[str, list[str], list[str]]]:
    rows = []
    for line in data("drawings", "words.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, english, chinese = line.split("\t")
            rows.append((name, english.split(", "), chinese.split(", ")))
    return rows


def _stem(word: str) -> str:
    """A plural brought to its singular, roughly: good enough to find a word in a table made by the same rule."""
    word = word.rstrip(".'’-").removesuffix("'s").removesuffix("’s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _english_hits(prompt: str) -> list[tuple[int, str, float]]:
    table = _english()
    longest = max(len(phrase) for phrase in table)
    found = [(match.start(), match.group().rstrip(".'’-"), _stem(match.group())) for match in _WORD.finditer(prompt)]
    hits, at = [], 0
    while at < len(found):
        for length in range(min(longest, len(found) - at), 0, -1):
            part = found[at : at + length]
            hit = table.get(tuple(word for _, word, _ in part)) or table.get(tuple(stem for _, _, stem in part))
            if hit is not None:
                hits.append((found[at][0], hit[0], hit[1] * length))
                at += length - 1
                break
        at += 1
    return hits


def _chinese_hits(prompt: str) -> list[tuple[int, str, float]]:
    table = _chinese()
    longest = max(map(len, table))
    hits = []
    for run in _HAN.finditer(prompt):
        text, at = run.group(), 0
        while at < len(text):
            # One character counts only when it stands alone: inside a run it is more often a part of some other word.
            for length in range(min(longest, len(text) - at), 0 if len(text) == 1 else 1, -1):
                hit = table.get(text[at : at + length])
                if hit is not None:
                    hits.append((run.start() + at, hit[0], hit[1] * max(length / 2, 1)))
                    at += length - 1
                    break
            at += 1
    return hits


def find(prompt: str, language: str = "") -> list[str]:
    """The drawings that a prompt's words call, best first, each once; empty when no word is known.

    More and longer phrases win, then what comes first. Hints that are weak count only when nothing else is found. A
    prompt may mix English and Chinese; `language` (BCP 47) decides between equals.
    """
    prompt = _SECONDS.sub("秒钟", prompt.lower())
    emoji = [(at, name, _STRONG) for at, char in enumerate(prompt) if ord(char) > 0x2000 and (name := emoji_name(char)) is not None]
    english, chinese = [*emoji, *_english_hits(prompt)], _chinese_hits(prompt)
    hits = [*chinese, *english] if language.startswith("zh") else sorted([*english, *chinese], key=lambda hit: hit[0])
    scores: dict[str, float] = {}
    for _, name, weight in hits:
        scores[name] = scores.get(name, 0.0) + weight
    if any(score >= _STRONG for score in scores.values()):
        scores = {name: score for name, score in scores.items() if score >= _STRONG}
    return sorted(scores, key=lambda name: -scores[name])
