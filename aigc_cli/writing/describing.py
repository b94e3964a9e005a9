"""What a model is asked about a picture, and what is taken from its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aigc_cli.errors import ProviderError
from aigc_cli.shapes import DescribeRequest, Sight
from aigc_cli.writing import prompting
from aigc_cli.writing.answers import Unusable, first_object
from aigc_cli.writing.boards import clean
from aigc_cli.writing.fidelity import is_stuck
from aigc_cli.writing.prompting import Message, Prompt
from aigc_cli.writing.translating import language_name

MOST_CHARACTERS = 300
_TEXT = {"type": "string"}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["alt", "subject", "answer"],
    "properties": {"alt": _TEXT, "subject": _TEXT, "answer": _TEXT},
}
"""The form of an answer, as a JSON Schema that servers with strict structured output take."""


def conversation(template: Prompt, request: DescribeRequest) -> list[Message]:
    """The words that go with the picture."""
    values = {"facts": request.hint, "question": request.question, "language": language_name(request.language)}
    return prompting.messages(template, values)


def read(text: str, request: DescribeRequest, who: str) -> Sight:
    """What is seen, from an answer in JSON or, from a model that knows no JSON, in plain words. Raises ProviderError when it is none."""
    try:
        value = first_object(text)
    except Unusable:
        value = {"alt": text}
    return sight(str(value.get("alt") or ""), request, who, subject=str(value.get("subject") or ""), answer=str(value.get("answer") or ""))


def sight(alt: str, request: DescribeRequest, who: str, *, subject: str = "", answer: str = "") -> Sight:
    """What is seen, cleaned and bounded. Raises ProviderError for words that say nothing."""
    alt = clean(alt)
    if not any(char.isalpha() for char in alt) or is_stuck(alt):
        raise ProviderError(f"{who} gave no description of the picture", "try another `--seed` or `model`, or `provider: eyes`")
    if request.question and not clean(answer):
        raise ProviderError(f"{who} gave no answer to the question", "ask in other words, or try another `model`")
    return Sight(alt=_short(alt, MOST_CHARACTERS), subject=_short(clean(subject), 200), answer=_short(clean(answer), 1000))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"
