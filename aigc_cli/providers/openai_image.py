"""Pictures by any server that speaks OpenAI's image protocol: generated from words, or the user's photo edited."""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar, Literal

from pydantic import Field, JsonValue

from aigc_cli import fetch, servers
from aigc_cli.artifacts import Artifact, from_json
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step, Usage
from aigc_cli.errors import ProviderError
from aigc_cli.media.photography.ready import ready_made, ready_photo
from aigc_cli.shapes import ImageRequest, Picture

_OPENAI = "api.openai.com"
_TOKENS = {"low": 408, "medium": 1584, "high": 6240, "auto": 6240}
"""Output tokens of the largest size, by quality, as OpenAI documents them for gpt-image-1."""
_ASPECTS = {"1024x1024": 1.0, "1536x1024": 1.5, "1024x1536": 2 / 3}


class OpenAIImage(Provider):
    """An image model on a server: OpenAI's, or any that speaks its protocol. The user's photos are made ready, or edited on request."""

    name: ClassVar[str] = "openai"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("network", "an image server"),)

    base_url: str = Field("https://api.openai.com/v1", description="Address of the server up to its version.")
    model: str = Field("gpt-image-1", min_length=1, max_length=200, description="Name of the model on the server.")
    quality: Literal["auto", "low", "medium", "high"] = Field("medium", description="How much the model may spend on a picture.")
    sizes: tuple[str, ...] = Field(
        tuple(_ASPECTS), min_length=1, max_length=12, description="Sizes that the model makes; the one nearest to the frame is asked for."
    )
    look: str = Field(
        "clean product photography, soft daylight, uncluttered, no text, no logos",
        max_length=500,
        description="What is added to the words of every scene.",
    )
    edit: str = Field("", max_length=1000, description="What to change in the user's photos; empty leaves them as they are.")
    wait_s: float = Field(180.0, gt=0, le=3600, description="Seconds to wait for an answer.")

    def requires(self) -> tuple[Need, ...]:
        """The server and its key."""
        return servers.needs(self.base_url)

    def misfit(self, step: Step) -> str | None:
        """A picture without words; sizes that are none."""
        if any(_size(size) is None for size in self.sizes):
            return "`sizes` are written as `1024x1024`"
        if getattr(step, "photo", None) is None and not str(getattr(step, "prompt", "")).strip():
            return "there is no prompt to draw from"
        return None

    def estimate(self, step: Step, templates: Templates) -> Usage | None:
        """One picture, or as many as there are candidates; nothing for a photo that stays as it is."""
        if getattr(step, "photo", None) is not None and not self.edit:
            return None
        one = self._usage(str(getattr(step, "prompt", "")))
        count = int(getattr(step, "candidates", 1))
        return Usage(one.server, one.model, {name: amount * count for name, amount in one.units.items()})

    def draw(self, request: ImageRequest, ctx: Context) -> Picture:
        """Makes the picture that an `image.create` step asks for, cropped to its frame.

        Raises WorkflowError for a photo that cannot be used, the typed errors of `servers`, and ProviderError for an answer
        that holds no picture, or a blank one.
        """
        if request.photo is not None and not self.edit:
            return ready_photo(request, ctx)
        server = servers.connect(self.base_url, ctx, read_s=self.wait_s)
        body = self._body(request)
        photo = request.photo.digest if request.photo is not None else ""
        material: JsonValue = {"server": server.base_url, "body": body, "photo": photo, "seed": ctx.seed}

        def call() -> dict[str, Any]:
            ctx.allow(self._usage(str(body["prompt"])))
            answer = self._ask(server, request, body, ctx)
            data = self._bytes(answer, server, ctx)
            ctx.spent(self._spent(answer, str(body["prompt"])))
            ready_made(data, request, ctx, who=f"`{self.model}`")  # only a picture that can be used is kept
            return {"image": ctx.save(data, "application/octet-stream", "made")}

        ctx.progress(0.1, f"{self.model} draws")
        kept: Artifact = from_json(ctx.memo("openai.image", 1, material, call))["image"]
        return ready_made(ctx.open(kept).read_bytes(), request, ctx, who=f"`{self.model}`", is_photo=request.photo is not None)

    def _body(self, request: ImageRequest) -> dict[str, Any]:
        words = self.edit if request.photo is not None else request.prompt
        is_cutout = request.style == "drawing" and request.photo is None
        ground = "one object, whole, centred, isolated on a transparent background" if is_cutout else ""
        body: dict[str, Any] = {
            "model": self.model,
            "prompt": ", ".join(part for part in (words, ground, self.look) if part)[:4000],
            "n": 1,
        }
        body["size"] = "1024x1024" if is_cutout and "1024x1024" in self.sizes else _nearest(self.sizes, request.width / request.height)
        if self.model.startswith("gpt-image"):
            body["quality"] = self.quality
            if is_cutout:
                body["background"] = "transparent"
        else:
            body["response_format"] = "b64_json"
        return body

    def _ask(self, server: servers.Server, request: ImageRequest, body: dict[str, Any], ctx: Context) -> Any:
        mark = str(ctx.seed)  # another seed is another picture, although nothing else in the request says so
        if request.photo is None:
            return server.ask("images/generations", body, mark=mark)
        ready = ready_photo(request, ctx)
        path = ctx.open(ready.image)
        kind = ready.image.media_type
        files = {"image": (f"photo.{kind.partition('/')[2]}", path.read_bytes(), kind)}
        return server.ask_form("images/edits", {name: str(value) for name, value in body.items()}, files, mark=mark)

    def _bytes(self, answer: Any, server: servers.Server, ctx: Context) -> bytes:
        items = answer.get("data") if isinstance(answer, dict) else None
        first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
        text, url = first.get("b64_json"), first.get("url")
        if isinstance(text, str) and text:
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError) as error:
                raise ProviderError(f"`{server.name}` gave a damaged picture", "try again", retryable=True) from error
        if isinstance(url, str) and url:
            return fetch.get(url, is_offline=ctx.is_offline, allow_local=ctx.is_trusted(fetch.parse(url).host)).content
        raise ProviderError(f"`{server.name}` gave no picture", "check `base_url` and `model`: it must be an image server")

    def _usage(self, prompt: str) -> Usage:
        units = {"images": 1.0, "input_tokens": (len(prompt.encode()) + 400) / 2.5, "output_tokens": float(_TOKENS[self.quality])}
        if self.edit:
            units["input_tokens"] += 6500  # the photo itself, at most
        return Usage(servers.host_of(self.base_url), self.model, units)

    def _spent(self, answer: Any, prompt: str) -> Usage:
        usage = answer.get("usage") if isinstance(answer, dict) else None
        pairs = {name: usage.get(name) for name in ("input_tokens", "output_tokens")} if isinstance(usage, dict) else {}
        counted = {name: float(value) for name, value in pairs.items() if isinstance(value, int | float) and value >= 0}
        most = self._usage(prompt)
        return Usage(most.server, most.model, {**most.units, **counted})


def _size(text: str) -> tuple[int, int] | None:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and 0 < int(width) <= 8192 and 0 < int(height) <= 8192):
        return None
    return int(width), int(height)


def _nearest(sizes: tuple[str, ...], aspect: float) -> str:
    """The size whose shape is nearest to the frame's; of two alike the first."""

    def distance(size: str) -> float:
        width, height = _size(size) or (1, 1)
        ratio = width / height / aspect
        return max(ratio, 1 / ratio)

    return min(sizes, key=distance)
