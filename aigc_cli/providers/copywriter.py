"""The embedded copywriter: marketing copy from templates and facts, deterministic, never inventing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.media.style import typography
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import copywork
from aigc_cli.writing.facts import Facts


class Copywriter(Provider):
    """Writes from `templates/copy/NAME.LANG.yaml`. The seed chooses among the variants; facts are never invented."""

    name: ClassVar[str] = "copywriter"
    version: ClassVar[int] = 3
    is_embedded: ClassVar[bool] = True

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The template's digest."""
        return copywork.materials(step, templates)

    def write(self, request: Any, ctx: Context) -> Storyboard:
        """Writes the storyboard that a `text.write` step asks for.

        Raises WorkflowError when the template is not there or damaged, a fact is missing or wrong, or forbidden words
        cannot be kept out.
        """
        for fact, text in Facts(request.facts, request.language).texts():
            typography.check(text, f"`{fact}`")
        return copywork.write(request, ctx)
