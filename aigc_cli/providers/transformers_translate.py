"""Translation by transformers: a model made for it (Marian, NLLB, M2M100, mBART, T5), or a chat model that is held to the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from aigc_cli import devices
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step
from aigc_cli.models.language import LanguageModel, LanguageOptions
from aigc_cli.models.local import CURE, origin
from aigc_cli.models.seq2seq import Translator
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import prompting, translating
from aigc_cli.writing.skeleton import Gap
from aigc_cli.writing.translating import Piece

_ROOM = 16


class TransformersTranslate(LanguageOptions):
    """A translation or chat model on this machine. Mind the licence: NLLB's weights are for non-commercial use."""

    name: ClassVar[str] = "transformers"
    version: ClassVar[int] = 1

    prompt: str = Field(
        "translate", description="A chat model's prompt template, without language and ending.", json_schema_extra={"template": "prompts"}
    )
    temperature: float = Field(0.0, ge=0, le=2, description="How freely a chat model writes; 0 always takes the likeliest word.")
    beams: int = Field(4, ge=1, le=16, description="Candidates for each text from a translation model: the first that is right is taken.")

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """Digests of the prompt, and of the model's folder."""
        return {**prompting.materials(templates, self.prompt, getattr(step, "language", "en")), **super().materials(step, templates)}

    def translate(self, request: Any, ctx: Context) -> Storyboard:
        """Translates the storyboard of a `text.translate` step. The same seed gives the same words.

        Raises MissingExtra, MissingModel and Refused for a model that cannot be loaded or does not know a language, and
        ProviderError when a number, a name or the language of a text is wrong to the end.
        """
        with self.working(ctx, "translation by transformers"):
            ask = self._by_chat(request, ctx) if self._is_chat(ctx) else self._by_translator(request, ctx)
            return translating.translate(request, ctx, who=f"`{self.model}`", attempts=self.attempts, ask=ask)

    def _is_chat(self, ctx: Context) -> bool:
        def look() -> bool:
            import transformers

            found = origin(self)
            with devices.quiet(), devices.loading(self.model, CURE):
                return not transformers.AutoConfig.from_pretrained(found.place, **found.arguments).is_encoder_decoder

        return ctx.load(f"is it a chat model: {self.handle}", look)

    def _by_translator(self, request: Any, ctx: Context) -> translating.Ask:
        name = f"translator:{self.handle}:{self.quantize}"
        model = self.loaded_once(ctx, name, lambda: Translator(self, self.quantize))

        def ask(asked: tuple[Piece, ...], refused: Mapping[Piece, tuple[str, list[str]]], number: int) -> translating.Candidates:
            def tell(share: float) -> None:
                ctx.progress((number + 0.9 * share) / (self.attempts + 1), f"{round(share * len(asked))} of {len(asked)} texts")

            texts = [piece.text for piece in asked]
            found = model.translate(
                texts,
                request.script.language,
                request.language,
                seed=ctx.seed,
                number=number,
                beams=self.beams,
                forbidden=request.forbidden,
                tell=tell,
            )
            return dict(zip(asked, found, strict=True))

        return ask

    def _by_chat(self, request: Any, ctx: Context) -> translating.Ask:
        model: LanguageModel = self.loaded(ctx)
        template = prompting.load(ctx.templates, self.prompt, request.language)

        def ask(asked: tuple[Piece, ...], refused: Mapping[Piece, tuple[str, list[str]]], number: int) -> translating.Candidates:
            def tell(share: float, words: int) -> None:
                ctx.progress((number + 0.9 * share) / (self.attempts + 1), f"{words} words")

            before = ['{"1": "', *(f'", "{at}": "' for at in range(2, len(asked) + 1))]
            gaps = tuple(Gap(text, _room(piece)) for text, piece in zip(before, asked, strict=True))
            turns = translating.conversation(template, request, asked, refused)
            seed = ctx.seed + number
            text = model.fill(turns, gaps, '"}', seed=seed, options=self, forbidden=request.forbidden, tell=tell)
            return translating.read(text, asked, template)

        return ask


def _room(piece: Piece) -> int:
    return len(piece.text) + _ROOM  # a token for each character is more than any language needs
