"""The form of a draft as fixed text with gaps: a model that decodes word by word fills the gaps and can break nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass

LENGTHS = {"say": 64, "kicker": 8, "headline": 16, "picture": 24}
"""Tokens that each gap may take at most."""


@dataclass(frozen=True)
class Gap:
    """Fixed text, then at most `tokens` tokens of a JSON string's inside, without quotes and line breaks."""

    before: str
    tokens: int
    takes_terms: bool = False
    """Whether words that must be included may be put here."""


def skeleton(product: str, scenes: int) -> tuple[tuple[Gap, ...], str]:
    """The gaps of a draft of so many scenes, and the text after the last one."""
    gaps: list[Gap] = []
    before = f'{{"title": {json.dumps(product, ensure_ascii=False)}, "scenes": ['
    for index in range(scenes):
        role = "hook" if index == 0 else "close" if index == scenes - 1 else "point"
        before += f'{{"role": "{role}"'
        for name, tokens in LENGTHS.items():
            gaps.append(Gap(f'{before}, "{name}": "', tokens, takes_terms=name == "say"))
            before = '"'
        before = '"}, '
    return tuple(gaps), '"}]}'
