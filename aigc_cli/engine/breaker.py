"""A circuit breaker: a provider that keeps failing in a run is not asked again in it, so that others stand in at once."""

from __future__ import annotations

from collections import defaultdict

from aigc_cli.errors import AigcError, KeyRefused, ProviderError, QuotaSpent, Refused

_MOST = 3
"""Pieces in a row that a provider may fail, each after all its retries."""


class Breaker:
    """Counts failures by provider, for one run."""

    def __init__(self) -> None:
        self._count: dict[str, int] = defaultdict(int)
        self._last: dict[str, AigcError] = {}

    def failed(self, who: str, error: AigcError) -> None:
        """Notes that a provider could not do a piece. A refusal concerns that piece alone."""
        if isinstance(error, Refused):
            return
        self._count[who] += _MOST if isinstance(error, KeyRefused | QuotaSpent) else 1
        self._last[who] = error

    def worked(self, who: str) -> None:
        """Notes that a provider did a piece."""
        self._count[who] = 0

    def given_up(self, who: str) -> AigcError | None:
        """Why a provider is not asked any more; None while it is."""
        if self._count[who] < _MOST:
            return None
        last = self._last[who]
        return ProviderError(f"it is not asked again in this run: {last.message}", last.hint)
