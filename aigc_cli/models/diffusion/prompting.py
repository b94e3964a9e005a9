"""Words for a model: as many as it reads, and what goes is said."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from aigc_cli.contracts import Context


def words_for(pipe: Any, name: str, prompt: str, look: Sequence[str], ctx: Context) -> str:
    """The prompt and the words of the look, joined. When there are too many, the look's go first, then the prompt's end."""
    parts = [part for part in (prompt, *look) if part]
    limit, reader = _reader(pipe)
    if reader is None:
        return ", ".join(parts)
    dropped: list[str] = []
    while len(parts) > 1 and _count(reader, ", ".join(parts)) > limit:
        dropped.insert(0, parts.pop())
    if dropped:
        ctx.note(f"`{name}` reads {limit} tokens: “{', '.join(dropped)}” was left out")
    words = ", ".join(parts).split()
    kept = len(words)
    while kept > 1 and _count(reader, " ".join(words[:kept])) > limit:
        kept -= 1
    if kept < len(words):
        ctx.note(f"`{name}` reads {limit} tokens: the prompt ends for it after “{words[kept - 1]}”", is_downgrade=True)
    return " ".join(words[:kept])


def _reader(pipe: Any) -> tuple[int, Any]:
    """The tokenizer that reads most, and how many tokens; the pipeline itself may read less than its tokenizer."""
    readers: list[Any] = [getattr(pipe, name, None) for name in ("tokenizer", "tokenizer_2", "tokenizer_3")]
    limits = [(int(each.model_max_length), each) for each in readers if getattr(each, "model_max_length", 0) > 0]
    if not limits:
        return 0, None
    limit, reader = max(limits, key=lambda pair: pair[0])
    own = inspect.signature(pipe.__call__).parameters.get("max_sequence_length")
    if own is not None and isinstance(own.default, int):
        limit = min(limit, own.default)
    return (limit, reader) if limit < 10**6 else (0, None)


def _count(reader: Any, text: str) -> int:
    return len(reader(text, truncation=False)["input_ids"])
