"""Phonemes in the alphabet of misaki, which Kokoro and hibari were trained on, each with the shown word it belongs to.

English: the grapheme-to-phoneme part of hibari-tts (Apache-2.0). Chinese: pypinyin's readings of jieba's words, turned
into IPA by misaki's table (Apache-2.0), Latin runs by the English part. Spanish, French, Italian and Portuguese: `pronouncing`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from aigc_cli.letters import HAN
from aigc_cli.media.speech.lexicon import VOWELS, is_pinyin, to_model
from aigc_cli.media.speech.pronouncing import pronouncer
from aigc_cli.media.speech.reading.chinese_tones import pinyin
from aigc_cli.media.speech.reading.script import FIXED, ReadWord
from aigc_cli.media.speech.reading.segment import segment

NOBODY = -1
"""Owner of a sign that is no word's sound: a space, a comma."""

_PAUSES = frozenset(',.;:!?—…"“”() ')
_HAN_RUN = re.compile(f"[{HAN}]+")
_PIECE = re.compile(f"\ue000[^\ue002]*\ue002|[{HAN}]+|[^{HAN}\ue000]+")
_ROMANCE_PIECE = re.compile("\ue000[^\ue002]*\ue002|[^\\W\\d_]+(?:['’][^\\W\\d_]+)*['’]?|[^\\w\\s-]")
_CHINESE_SIGNS = str.maketrans(
    {"，": ",", "、": ",", "。": ".", "．": ".", "！": "!", "？": "?", "：": ":", "；": ";", "（": "(", "）": ")", "《": "“", "》": "”"}
    | {"「": "“", "」": "”", "『": "“", "』": "”", "【": "“", "】": "”", "〈": "“", "〉": "”", "～": ",", "—": "—", "·": " "}
)


@dataclass(frozen=True)
class Sound:
    """Phonemes of a sentence and, for each, the index of its shown word or `NOBODY`."""

    phonemes: str
    owners: tuple[int, ...]

    def stress(self, words: Collection[int]) -> Sound:
        """The same with a main stress in each of these words that has none, as misaki stresses a word."""
        phonemes, owners = [], []
        for owner, group in groupby(zip(self.phonemes, self.owners, strict=True), key=lambda pair: pair[1]):
            part = "".join(char for char, _ in group)
            if owner in words and "ˈ" not in part:
                part = part.replace("ˌ", "ˈ", 1) if "ˌ" in part else re.sub(f"[{VOWELS}]", lambda match: f"ˈ{match.group()}", part, count=1)
            phonemes.append(part)
            owners.extend([owner] * len(part))
        return Sound("".join(phonemes), tuple(owners))

    def keep(self, vocabulary: Collection[str]) -> Sound:
        """Only the phonemes that a model knows; the rest it could not speak."""
        known = [(char, owner) for char, owner in zip(self.phonemes, self.owners, strict=True) if char in vocabulary]
        return Sound("".join(char for char, _ in known), tuple(owner for _, owner in known))


class Phonemizer(Protocol):
    """Turns the words of a sentence into phonemes."""

    def __call__(self, words: Sequence[ReadWord]) -> Sound:
        """Phonemes with their owners, in order."""


class EnglishPhonemes:
    """English, American or British. Loading takes 0.4 s."""

    def __init__(self, *, is_british: bool = False) -> None:
        from hibari.g2p import G2P

        self._g2p: Any = G2P(british=is_british)
        self._is_british = is_british

    def __call__(self, words: Sequence[ReadWord]) -> Sound:
        """Phonemes of the whole sentence at once: the words beside it decide how `read` or `the` sounds."""
        marked, edges = "", []
        for word in words:
            marked += (" " if word.spoken and marked else "") + word.spoken
            edges.append(len(FIXED.sub(lambda match: match["name"], marked)))
        text = FIXED.sub(self._link, marked)
        phonemes: list[str] = []
        owners: list[int] = []
        place, word_index = 0, 0
        for token in self._g2p.phonemize_tokens(self._g2p.tokenize(text)):
            while word_index < len(edges) - 1 and place >= edges[word_index]:
                word_index += 1
            sound = token.phonemes or ""
            phonemes.extend(sound)
            owners.extend(NOBODY if char in _PAUSES else word_index for char in sound)
            place += len(token.text)
            if token.whitespace:
                place += len(token.whitespace)
                phonemes.append(" ")
                owners.append(NOBODY)
        return Sound("".join(phonemes), tuple(owners))

    def _link(self, match: re.Match[str]) -> str:
        """A name with its phonemes as hibari's tokenizer takes them: `[name](/phonemes/)`."""
        sound = to_model(match["sound"])
        return f"[{match['name']}](/{sound if self._is_british else sound.replace('ː', '')}/)"


class ChinesePhonemes:
    """Mandarin with Latin words in between. Loading takes about 1.5 s."""

    def __init__(self, english: Callable[[], Phonemizer]) -> None:
        """`english` is asked for at the first Latin word only: it takes 100 MB."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jieba 0.42 warns about its own old syntax and imports
            from misaki.zh import ZHG2P
        self._to_ipa: Any = ZHG2P.py2ipa
        self._english = english

    def __call__(self, words: Sequence[ReadWord]) -> Sound:
        """Phonemes word by word, a space between words, signs as Kokoro's Chinese was trained with them."""
        phonemes: list[str] = []
        owners: list[int] = []

        def add(text: str, owner: int) -> None:
            phonemes.extend(text)
            owners.extend(NOBODY if char in _PAUSES else owner for char in text)

        pieces = [(piece, index) for index, word in enumerate(words) for piece in _PIECE.findall(word.spoken)]
        spoken = [segment(piece) if _HAN_RUN.match(piece) else [""] for piece, _ in pieces]
        readings = iter(pinyin([word for each in spoken for word in each]))
        for (piece, index), its_words in zip(pieces, spoken, strict=True):
            syllables = [next(readings) for _ in its_words]
            fixed = FIXED.fullmatch(piece)
            if phonemes and phonemes[-1] != " " and (fixed or _HAN_RUN.match(piece) or piece[0].isalnum()):
                add(" ", NOBODY)
            if fixed:
                add(self._fixed(fixed["sound"]), index)
            elif _HAN_RUN.match(piece):
                add(" ".join(self._ipa(each) for each in syllables), index)
            else:
                add(self._rest(piece), index)
        while phonemes and phonemes[-1] == " ":
            del phonemes[-1], owners[-1]
        return Sound("".join(phonemes), tuple(owners))

    def _fixed(self, sound: str) -> str:
        if not is_pinyin(sound):
            return to_model(sound).replace("ː", "")
        # `huar1`: the voices were trained on the two characters, 花儿, and merge them themselves.
        split_up = re.sub(r"(?<=[a-zü])(?<!\be)r([1-5])", r"\1 er5", sound.lower().replace("v", "ü"))
        return self._ipa(split_up.split())

    def _ipa(self, syllables: Sequence[str]) -> str:
        return "".join(str(self._to_ipa(each)) for each in syllables).replace(chr(815), "")

    def _rest(self, piece: str) -> str:
        sound = ""
        for part in re.findall(r"[^\W\d_]+(?:['. -][^\W\d_]+)*|\d+|.", piece.translate(_CHINESE_SIGNS)):
            if part[0].isalnum():
                sound += self._english()([ReadWord(part, part)]).phonemes
            elif part in _PAUSES:
                sound += part if part == " " else f"{part} " if part in ",.;:!?" else part
        return sound


class RomancePhonemes:
    """Spanish, French, Italian or Portuguese, by rules of spelling. Loading takes no time to speak of."""

    def __init__(self, language: str) -> None:
        self._pronounce = pronouncer(language)

    def __call__(self, words: Sequence[ReadWord]) -> Sound:
        """Phonemes phrase by phrase, since words sound otherwise beside each other: liaison in French, soft b, d and g in Spanish."""
        pieces = [(piece, index) for index, word in enumerate(words) for piece in _ROMANCE_PIECE.findall(word.spoken)]
        phonemes: list[str] = []
        owners: list[int] = []

        def add(text: str, owner: int) -> None:
            phonemes.extend(text)
            owners.extend(NOBODY if char in _PAUSES else owner for char in text)

        for is_word, group in groupby(pieces, key=lambda pair: pair[0][0].isalpha()):
            run = list(group)
            sounds = (
                self._pronounce([piece.lower().replace("’", "'") for piece, _ in run]) if is_word else [_sign(piece) for piece, _ in run]
            )
            for (_, index), sound in zip(run, sounds, strict=True):
                if sound and phonemes and phonemes[-1] not in " (“" and sound[0] not in ",.;:!?…)”":
                    add(" ", NOBODY)
                add(sound, index)
        return Sound("".join(phonemes), tuple(owners))


def _sign(piece: str) -> str:
    fixed = FIXED.fullmatch(piece)
    if fixed:
        return to_model(fixed["sound"])
    return piece if piece in _PAUSES and piece != '"' else ""


def split(sound: Sound, limit: int) -> list[Sound]:
    """The sound in pieces of at most `limit` phonemes, cut after a clause's sign, else at a space, else anywhere."""
    pieces = []
    phonemes, owners = sound.phonemes, sound.owners
    while len(phonemes) > limit:
        cut = max((phonemes.rfind(sign, limit // 2, limit) for sign in ",;:—."), default=-1) + 1
        if cut <= 0:
            cut = phonemes.rfind(" ", 1, limit) + 1
        if cut <= 0:
            cut = limit
        pieces.append(Sound(phonemes[:cut], owners[:cut]))
        phonemes, owners = phonemes[cut:], owners[cut:]
    pieces.append(Sound(phonemes, owners))
    return [piece for piece in pieces if any(owner != NOBODY for owner in piece.owners)]
