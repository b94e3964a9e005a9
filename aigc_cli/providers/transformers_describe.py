"""Pictures in words by transformers: BLIP, GIT, ViT with GPT-2, or a chat model that takes pictures, such as SmolVLM or Qwen-VL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step
from aigc_cli.media.photography.photos import open_photo
from aigc_cli.models.local import LocalModel
from aigc_cli.models.vision import VisionModel
from aigc_cli.shapes import DescribeRequest, Sight
from aigc_cli.writing import describing, prompting

if TYPE_CHECKING:
    from PIL import Image

_LONGEST_PX = 1024


class TransformersDescribe(LocalModel):
    """A model on this machine that sees. Small ones guess: read what they say."""

    name: ClassVar[str] = "transformers"
    version: ClassVar[int] = 1

    prompt: str = Field(
        "describe", description="A chat model's prompt template, without language and ending.", json_schema_extra={"template": "prompts"}
    )
    most_tokens: int = Field(120, ge=8, le=2000, description="Tokens of an answer at most.")

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """Digests of the prompt, and of the model's folder."""
        return {**prompting.materials(templates, self.prompt, getattr(step, "language", "en")), **super().materials(step, templates)}

    def describe(self, request: DescribeRequest, ctx: Context) -> Sight:
        """Says what is seen. The same picture gives the same words.

        A model that only captions writes the language it was trained in, mostly English. Raises WorkflowError for a file that is no
        picture, MissingExtra, MissingModel and Refused for a model that cannot be loaded or answers no questions, and ProviderError
        for words that say nothing.
        """
        with self.working(ctx, "descriptions by transformers"):
            picture = open_photo(ctx.open(request.image), name=request.image.name, longest_px=_LONGEST_PX).convert("RGB")
            model = self.loaded_once(ctx, f"vision:{self.handle}", lambda: VisionModel(self))
            return self._told(model, picture, request, ctx)

    def _told(self, model: VisionModel, picture: Image.Image, request: DescribeRequest, ctx: Context) -> Sight:
        who = f"`{self.model}`"
        if model.chats:
            turns = describing.conversation(prompting.load(ctx.templates, self.prompt, request.language), request)
            turns[-1]["content"] += "\nAnswer with one JSON object with the keys `alt`, `subject` and `answer`."
            return describing.read(model.chat(picture, turns, seed=ctx.seed, tokens=self.most_tokens), request, who)
        if request.language.partition("-")[0].lower() != "en":
            ctx.note(f"{who} only captions: its words are in the language it was trained in, not in {request.language}")
        answer = model.answer(picture, request.question, seed=ctx.seed, tokens=self.most_tokens) if request.question else ""
        if model.answers:  # it says nothing but answers, so what is known of the picture describes it
            return describing.sight(request.hint or f"{request.question} {answer}", request, who, answer=answer)
        alt = model.caption(picture, seed=ctx.seed, tokens=self.most_tokens)
        return describing.sight(alt[:1].upper() + alt[1:], request, who, subject=alt, answer=answer)
