"""Translation by the user's own words: every text of the storyboard stands in the step's `glossary`, as a human translator gave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import translating
from aigc_cli.writing.fidelity import Terms
from aigc_cli.writing.translating import Piece


class Phrasebook(Provider):
    """Takes each text from the step's `glossary`: a translation made by hand, checked like any other."""

    name: ClassVar[str] = "phrasebook"
    version: ClassVar[int] = 1
    is_embedded: ClassVar[bool] = True

    def misfit(self, step: Step) -> str | None:
        """Texts that the glossary does not hold."""
        request: Any = step
        known = _known(request.glossary)
        terms = Terms(request.script.language, request.language, request.keep)
        if translating.is_same(request.script.language, request.language):
            return None
        missing = [piece.text for piece in translating.pieces(request.script, terms, 1) if _folded(piece.text) not in known]
        if not missing:
            return None
        return f"the `glossary` does not hold “{missing[0][:60]}”" + (f" and {len(missing) - 1} other texts" if len(missing) > 1 else "")

    def translate(self, request: Any, ctx: Context) -> Storyboard:
        """Translates the storyboard of a `text.translate` step. Raises ProviderError when a number or a name is wrong in the glossary."""
        known = _known(request.glossary)

        def ask(asked: tuple[Piece, ...], refused: Mapping[Piece, tuple[str, list[str]]], number: int) -> translating.Candidates:
            return {piece: (known[_folded(piece.text)],) for piece in asked if _folded(piece.text) in known}

        return translating.translate(request, ctx, who="the `glossary`", attempts=1, ask=ask)


def _known(glossary: Mapping[str, str]) -> dict[str, str]:
    return {_folded(word): wanted for word, wanted in glossary.items()}


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
