"""Forced alignment of English with PocketSphinx (extra `align`): its dictionary, and our own phonemes for words it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from aigc_cli.media.audio.sound import resample
from aigc_cli.media.speech.reading.script import ReadWord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aigc_cli.media.speech.phonemes import EnglishPhonemes

Span = tuple[float, float]

_RATE_HZ = 16_000
_FRAME_S = 0.010
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
# misaki's alphabet in the phones of the CMU dictionary, which PocketSphinx knows.
_PHONES = {
    "A": "EY", "I": "AY", "O": "OW", "Q": "OW", "W": "AW", "Y": "OY", "i": "IY", "u": "UW", "ɑ": "AA", "a": "AE", "æ": "AE", "ɔ": "AO",
    "ɒ": "AA", "ə": "AH", "ᵊ": "AH", "ʌ": "AH", "ɛ": "EH", "e": "EH", "ɪ": "IH", "ᵻ": "IH", "ʊ": "UH", "ɜ": "ER", "b": "B", "d": "D",
    "f": "F", "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M", "n": "N", "p": "P", "s": "S", "t": "T", "v": "V", "w": "W", "z": "Z",
    "ɡ": "G", "g": "G", "ŋ": "NG", "ɹ": "R", "r": "R", "ʃ": "SH", "ʒ": "ZH", "ð": "DH", "θ": "TH", "ʤ": "JH", "ʧ": "CH", "ɾ": "T",
    "ʔ": "T",
}  # fmt: skip


def is_there() -> bool:
    """True when PocketSphinx is installed."""
    from importlib.util import find_spec

    try:
        return find_spec("pocketsphinx") is not None
    except (ImportError, ValueError):
        return False


class Aligner:
    """PocketSphinx with its own American English model. Loading takes about half a second."""

    def __init__(self, phonemes: EnglishPhonemes) -> None:
        from pocketsphinx import Decoder

        self._decoder: Any = Decoder(lm=None, samprate=float(_RATE_HZ), loglevel="FATAL")
        self._phonemes = phonemes

    def __call__(self, samples: NDArray[np.float32], rate_hz: int, words: Sequence[ReadWord]) -> list[Span | None] | None:
        """A span for each word of (samples,); None when the sound does not fit the words."""
        import numpy as np

        tokens = [(token, index) for index, word in enumerate(words) for token in _WORD.findall(word.spoken.lower().replace("’", "'"))]
        if not tokens or any(re.search(r"[^\W_a-zA-Z]", word.spoken) for word in words):
            return None
        for token, index in tokens:
            self._learn(token, words[index])
        sound = resample(samples, rate_hz, _RATE_HZ)
        peak = float(np.abs(sound).max()) if len(sound) else 0.0
        if peak <= 1e-4:
            return None
        pcm = np.rint(sound * (0.7 / peak) * 32767).astype("<i2").tobytes()
        try:
            self._decoder.set_align_text(" ".join(token for token, _ in tokens))
            self._decoder.start_utt()
            self._decoder.process_raw(pcm, full_utt=True)
            self._decoder.end_utt()
            found = list(_segments(self._decoder))
        except (RuntimeError, ValueError):  # the words do not fit into the sound, or it cannot be followed to its end
            return None
        if [text for text, _, _ in found] != [token for token, _ in tokens]:
            return None
        spans: list[Span | None] = [None] * len(words)
        for (_, start, end), (_, index) in zip(found, tokens, strict=True):
            known = spans[index]
            spans[index] = (known[0] if known else start, end)
        return spans

    def _learn(self, token: str, word: ReadWord) -> None:
        if self._decoder.lookup_word(token) is not None:
            return
        sound = self._phonemes([ReadWord(token, token)]).phonemes
        phones = [_PHONES[char] for char in sound if char in _PHONES]
        self._decoder.add_word(token, " ".join(phones or ["AH"]), True)


def _segments(decoder: Any) -> Iterator[tuple[str, float, float]]:
    for each in decoder.seg() or ():
        text = re.sub(r"\(\d+\)$", "", each.word)
        if not text.startswith(("<", "[", "(NULL")):
            yield text, each.start_frame * _FRAME_S, (each.end_frame + 1) * _FRAME_S
