"""Chinese words by jieba, without its cache file in the temporary folder and without its log lines."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any


@cache
def _tokenizer() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42 warns about its own old syntax and imports
        import jieba
    tokenizer = jieba.Tokenizer()
    # What Tokenizer.initialize() does, less the cache file and the lines on stderr.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


def segment(run: str) -> list[str]:
    """Words of a run of Chinese characters, in order; joined they give the run back."""
    return [str(word) for word in _tokenizer().cut(run, cut_all=False)]
