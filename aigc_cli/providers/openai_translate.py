"""Translation by any server that speaks OpenAI's chat protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step, Usage
from aigc_cli.models.chat import ChatProvider, Form
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import prompting, translating
from aigc_cli.writing.fidelity import Terms
from aigc_cli.writing.translating import Piece


class OpenAITranslate(ChatProvider):
    """A chat model on a server translates a storyboard; numbers, names and length are checked."""

    name: ClassVar[str] = "openai"
    version: ClassVar[int] = 1

    prompt: str = Field(
        "translate", description="A prompt template's name, without language and ending.", json_schema_extra={"template": "prompts"}
    )
    temperature: float | None = Field(0.2, ge=0, le=2, description="How freely it writes; null leaves it to the server.")

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The prompt's digest."""
        return prompting.materials(templates, self.prompt, getattr(step, "language", "en"))

    def estimate(self, step: Step, templates: Templates) -> Usage | None:
        """One try: the prompt with all texts, and the longest answer."""
        request: Any = step
        asked = translating.pieces(request.script, Terms(request.script.language, request.language, request.keep), request.tolerance)
        turns = translating.conversation(prompting.load(templates, self.prompt, request.language), request, asked, {})
        return self.most(turns, Form("translation", translating.schema(len(asked))))

    def translate(self, request: Any, ctx: Context) -> Storyboard:
        """Translates the storyboard of a `text.translate` step.

        Raises the typed errors of `servers`, Refused when the model will not do this, and ProviderError when a number, a name or
        the language of a text is wrong to the end.
        """
        server = self.connected(ctx)
        template = prompting.load(ctx.templates, self.prompt, request.language)

        def ask(asked: tuple[Piece, ...], refused: Mapping[Piece, tuple[str, list[str]]], number: int) -> translating.Candidates:
            turns = translating.conversation(template, request, asked, refused)
            text = self.answer(server, turns, Form("translation", translating.schema(len(asked))), ctx, number)
            return translating.read(text, asked, template)

        return translating.translate(request, ctx, who=f"`{self.model}`", attempts=self.attempts, ask=ask)
