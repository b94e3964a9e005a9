"""Memory of a clip of ten minutes at 1080x1920 against one of fifteen seconds; it takes as long as rendering ten minutes takes."""

from __future__ import annotations

from benchmarks.measuring import Figure
from benchmarks.memory import compared

_LONG_S = 600


def measure(*, is_short: bool = False) -> list[Figure]:
    return compared(_LONG_S, "ultrafast" if is_short else "veryfast")
