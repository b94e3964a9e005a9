"""Which characters belong to which kind of writing, said once: ranges for the inside of a regular expression's brackets."""

from __future__ import annotations

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3005\u3007"
"""Chinese characters, the sign that repeats one and the written nought among them."""
KANA = "\u3040-\u30ff"
"""Hiragana and katakana."""
HANGUL = "\uac00-\ud7af"
"""Korean syllables."""
DENSE = HAN + KANA
"""What is written without spaces between words."""
SQUARES = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
"""What is set in squares: Chinese and Japanese with their punctuation and full-width forms."""
