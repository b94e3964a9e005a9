"""Pictures in words by a chat model that sees, on any server that speaks OpenAI's protocol."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step, Usage
from aigc_cli.media.photography.photos import open_photo
from aigc_cli.models.chat import ChatProvider, Form
from aigc_cli.shapes import DescribeRequest, Sight
from aigc_cli.writing import describing, prompting

_LONGEST_PX = 1024
_FORM = Form("sight", describing.SCHEMA)


class OpenAIDescribe(ChatProvider):
    """A chat model on a server that takes pictures. The photo leaves this machine, at most 1024 pixels a side, without its metadata."""

    name: ClassVar[str] = "openai"
    version: ClassVar[int] = 1

    prompt: str = Field(
        "describe", description="A prompt template's name, without language and ending.", json_schema_extra={"template": "prompts"}
    )
    temperature: float | None = Field(0.2, ge=0, le=2, description="How freely it writes; null leaves it to the server.")
    max_tokens: int = Field(400, ge=64, le=32_000, description="Tokens of an answer at most.")

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The prompt's digest."""
        return prompting.materials(templates, self.prompt, getattr(step, "language", "en"))

    def estimate(self, step: Step, templates: Templates) -> Usage | None:
        """One answer about one picture."""
        request: Any = step
        turns = describing.conversation(prompting.load(templates, self.prompt, request.language), request)
        return self.most(_with_picture(turns, b""), _FORM)

    def describe(self, request: DescribeRequest, ctx: Context) -> Sight:
        """Says what is seen.

        Raises WorkflowError for a file that is no picture, the typed errors of `servers`, and Refused when the model will not look.
        """
        server = self.connected(ctx)
        picture = open_photo(ctx.open(request.image), name=request.image.name, longest_px=_LONGEST_PX).convert("RGB")
        data = io.BytesIO()
        picture.save(data, "JPEG", quality=88)
        turns = describing.conversation(prompting.load(ctx.templates, self.prompt, request.language), request)
        text = self.answer(server, _with_picture(turns, data.getvalue()), _FORM, ctx)
        return describing.read(text, request, f"`{self.model}`")


def _with_picture(turns: list[dict[str, str]], data: bytes) -> list[dict[str, Any]]:
    url = f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
    parts = [{"type": "text", "text": turns[-1]["content"]}, {"type": "image_url", "image_url": {"url": url}}]
    return [*turns[:-1], {"role": "user", "content": parts}]
