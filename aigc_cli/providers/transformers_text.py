"""Text by any chat or completion model that transformers loads, from a hub id or a folder; safetensors only, no foreign code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step
from aigc_cli.models.language import LanguageOptions
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import drafting, prompting
from aigc_cli.writing.prompting import Message
from aigc_cli.writing.skeleton import skeleton


class TransformersText(LanguageOptions):
    """A language model on this machine, through transformers. It is held to the draft's form while it decodes."""

    name: ClassVar[str] = "transformers"
    version: ClassVar[int] = 2

    prompt: str = Field(
        "product-clip", description="A prompt template's name, without language and ending.", json_schema_extra={"template": "prompts"}
    )

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """Digests of the prompt, and of the model's folder."""
        return {**prompting.materials(templates, self.prompt, getattr(step, "language", "en")), **super().materials(step, templates)}

    def write(self, request: Any, ctx: Context) -> Storyboard:
        """Writes the storyboard that a `text.write` step asks for.

        Raises WorkflowError for facts that cannot be used, MissingModel and Refused for a model that cannot be loaded, and
        ProviderError when the prompt does not fit the model or no draft passes the checks.
        """
        with self.working(ctx, "a language model on this machine"):
            model = self.loaded(ctx)
            product = " ".join(str(request.facts.get("product", "")).split())
            gaps, end = skeleton(product, drafting.scene_count(request))

            def ask(turns: list[Message], number: int) -> str:
                def tell(share: float, words: int) -> None:
                    ctx.progress((number + 0.9 * share) / (self.attempts + 1), f"draft {number + 1}: {words} words")

                return model.fill(
                    turns,
                    gaps,
                    end,
                    seed=ctx.seed + number,
                    options=self,
                    forbidden=request.forbidden,
                    must_include=request.must_include,
                    tell=tell,
                )

            return drafting.write(request, ctx, prompt=self.prompt, who=f"`{self.model}`", attempts=self.attempts, ask=ask)
