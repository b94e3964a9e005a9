"""The JSON object in a model's answer, whatever is wrapped around it: thoughts, a fence, a sentence before or after, a comma too many."""

from __future__ import annotations

import json
import re
from typing import Any

_FENCE = re.compile(r"^```[\w-]*\s*|\s*```$")
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_TRAILING = re.compile(r",\s*([}\]])")


class Unusable(Exception):
    """An answer that cannot be used; the text says why, for the model."""


def first_object(text: str) -> dict[str, Any]:
    """The first JSON object of an answer. Raises Unusable when there is none, or it is broken or cut off."""
    bare = _FENCE.sub("", _THOUGHT.sub("", text).strip()).strip()
    start = bare.find("{")
    if start < 0:
        raise Unusable("The answer holds no JSON object.")
    for candidate in (bare[start:], _TRAILING.sub(r"\1", bare[start:])):
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(candidate)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    raise Unusable("The JSON is broken or cut off: write less, and close every bracket.")
