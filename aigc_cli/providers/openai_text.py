"""Text by any server that speaks OpenAI's chat protocol: OpenAI itself, vLLM, llama.cpp, Ollama, LM Studio, a gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step, Usage
from aigc_cli.models.chat import ChatProvider, Form
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import drafting, prompting
from aigc_cli.writing.prompting import Message

_FORM = Form("storyboard", drafting.SCHEMA)


class OpenAIText(ChatProvider):
    """A chat model on a server: OpenAI's, or any that speaks its protocol. Drafts are checked against the facts."""

    name: ClassVar[str] = "openai"
    version: ClassVar[int] = 1

    prompt: str = Field(
        "product-clip", description="A prompt template's name, without language and ending.", json_schema_extra={"template": "prompts"}
    )

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The prompt's digest."""
        return prompting.materials(templates, self.prompt, getattr(step, "language", "en"))

    def estimate(self, step: Step, templates: Templates) -> Usage | None:
        """One draft: the prompt with the facts, and the longest answer."""
        request: Any = step
        return self.most(drafting.conversation(prompting.load(templates, self.prompt, request.language), request), _FORM)

    def write(self, request: Any, ctx: Context) -> Storyboard:
        """Writes the storyboard that a `text.write` step asks for.

        Raises WorkflowError for facts that cannot be used, the typed errors of `servers`, Refused when the model will not
        write this, and ProviderError when no draft passes the checks.
        """
        server = self.connected(ctx)

        def ask(turns: list[Message], number: int) -> str:
            return self.answer(server, turns, _FORM, ctx, number)

        return drafting.write(request, ctx, prompt=self.prompt, who=f"`{self.model}`", attempts=self.attempts, ask=ask)
