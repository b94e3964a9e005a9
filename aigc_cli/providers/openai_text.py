"""Text by any server that speaks OpenAI's chat protocol: OpenAI itself, vLLM, llama.cpp, Ollama, LM Studio, a gateway."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, JsonValue

from aigc_cli import servers
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step, Usage
from aigc_cli.errors import ProviderError, Refused
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import drafting, prompting
from aigc_cli.writing.prompting import Message

_OPENAI = "api.openai.com"
_REASONING = ("o1", "o3", "o4", "gpt-5")
_BYTES_PER_TOKEN = 2.5
"""Fewer than any tokenizer needs for plain text, so that an estimate is an upper bound."""


class OpenAIText(Provider):
    """A chat model on a server: OpenAI's, or any that speaks its protocol. Drafts are checked against the facts."""

    name: ClassVar[str] = "openai"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("network", "a chat server"),)

    base_url: str = Field("https://api.openai.com/v1", description="Address of the server up to its version.")
    model: str = Field("gpt-4.1-mini", min_length=1, max_length=200, description="Name of the model on the server.")
    prompt: str = Field(
        "product-clip", description="A prompt template's name, without language and ending.", json_schema_extra={"template": "prompts"}
    )
    temperature: float | None = Field(0.7, ge=0, le=2, description="How freely it writes; null leaves it to the server.")
    max_tokens: int = Field(2000, ge=64, le=32_000, description="Tokens of an answer at most; what is longer counts as cut off.")
    attempts: int = Field(3, ge=1, le=6, description="Drafts at most: one that fails a check is sent back with what is wrong.")
    structured: Literal["schema", "json", "text"] = Field(
        "schema", description="How the server is held to the form: JSON schema, JSON, or by words."
    )
    stream: bool = Field(True, description="Shows the words as they come.")
    wait_s: float = Field(120.0, gt=0, le=3600, description="Seconds to wait for more of an answer.")

    def requires(self) -> tuple[Need, ...]:
        """The server and its key."""
        return servers.needs(self.base_url)

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The prompt's digest."""
        return prompting.materials(templates, self.prompt, getattr(step, "language", "en"))

    def estimate(self, step: Step, templates: Templates) -> Usage | None:
        """One draft: the prompt with the facts, and the longest answer."""
        request: Any = step
        turns = drafting.conversation(prompting.load(templates, self.prompt, request.language), request)
        return self._most(turns)

    def write(self, request: Any, ctx: Context) -> Storyboard:
        """Writes the storyboard that a `text.write` step asks for.

        Raises WorkflowError for facts that cannot be used, the typed errors of `servers`, Refused when the model will not
        write this, and ProviderError when no draft passes the checks.
        """
        server = servers.connect(self.base_url, ctx, read_s=self.wait_s)

        def ask(turns: list[Message], number: int) -> str:
            answer = self._answer(server, turns, number, ctx)
            if answer["refusal"] or answer["finish"] == "content_filter":
                told = f": {' '.join(str(answer['refusal']).split())[:200]}" if answer["refusal"] else ""
                raise Refused(f"`{self.model}` refused the content{told}", "change the facts, or name another provider")
            return str(answer["text"])

        return drafting.write(request, ctx, prompt=self.prompt, who=f"`{self.model}`", attempts=self.attempts, ask=ask)

    def _answer(self, server: servers.Server, turns: list[Message], number: int, ctx: Context) -> Any:
        body = self._body(turns, ctx.seed)
        material: JsonValue = {"server": server.base_url, "body": body}

        def call() -> JsonValue:
            ctx.allow(self._most(turns))
            answer = self._call(server, body, number, ctx)
            used = answer.pop("usage")
            ctx.spent(Usage(server.name, self.model, used or _counted(turns, str(answer["text"]))))
            return answer

        return ctx.memo("openai.chat", 1, material, call)  # an answer that was paid is never paid again

    def _body(self, turns: list[Message], seed: int) -> dict[str, Any]:
        is_openai = servers.host_of(self.base_url) == _OPENAI
        body: dict[str, Any] = {"model": self.model, "messages": turns, "seed": seed % 2**31}
        body["max_completion_tokens" if is_openai else "max_tokens"] = self.max_tokens
        if self.temperature is not None and not (is_openai and self.model.startswith(_REASONING)):
            body["temperature"] = self.temperature
        if self.structured == "schema":
            form = {"name": "storyboard", "strict": True, "schema": drafting.SCHEMA}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        elif self.structured == "json":
            body["response_format"] = {"type": "json_object"}
        if self.structured != "schema":
            last = turns[-1]
            told = f"{last['content']}\n\nAnswer with one JSON object of this JSON schema, and nothing else:\n{json.dumps(drafting.SCHEMA)}"
            body["messages"] = [*turns[:-1], {**last, "content": told}]
        return body

    def _call(self, server: servers.Server, body: Mapping[str, Any], number: int, ctx: Context) -> dict[str, Any]:
        if not self.stream:
            return _whole(server.ask("chat/completions", body), server.name)
        asked = {**body, "stream": True, "stream_options": {"include_usage": True}}
        text, refusal, finish = "", "", ""
        usage: dict[str, float] = {}
        expected = max(400, 4 * self.max_tokens // 5)
        for event in server.stream("chat/completions", asked):
            if any("message" in choice for choice in _choices(event)):
                return _whole(event, server.name)  # this server does not stream
            usage = _usage(event) or usage
            for choice in _choices(event)[:1]:
                delta = choice.get("delta")
                delta = delta if isinstance(delta, dict) else {}
                text += str(delta.get("content") or "")
                refusal += str(delta.get("refusal") or "")
                finish = str(choice.get("finish_reason") or finish)
            share = min(1.0, len(text) / expected)
            ctx.progress((number + 0.9 * share) / (self.attempts + 1), f"{self.model}: {len(text.split())} words")
        if not text and not refusal and not finish:
            raise ProviderError(f"`{server.name}` gave an empty answer", "try again", retryable=True)
        return {"text": text, "refusal": refusal, "finish": finish, "usage": usage}

    def _most(self, turns: list[Message]) -> Usage:
        size = sum(len(turn["content"].encode()) for turn in turns)
        form = 0 if self.structured == "json" else len(json.dumps(drafting.SCHEMA))
        units = {"input_tokens": (size + form) // _BYTES_PER_TOKEN + 20 * len(turns), "output_tokens": float(self.max_tokens)}
        return Usage(servers.host_of(self.base_url), self.model, units)


def _whole(answer: Any, name: str) -> dict[str, Any]:
    """The parts of an answer that came in one piece. Raises ProviderError when it has another form."""
    for choice in _choices(answer)[:1]:
        message = choice.get("message")
        if isinstance(message, dict):
            return {
                "text": str(message.get("content") or ""),
                "refusal": str(message.get("refusal") or ""),
                "finish": str(choice.get("finish_reason") or ""),
                "usage": _usage(answer),
            }
    raise ProviderError(f"`{name}` gave an answer without a message", "check `base_url`: it must be a chat server")


def _choices(answer: Any) -> list[dict[str, Any]]:
    choices = answer.get("choices") if isinstance(answer, dict) else None
    return [each for each in choices if isinstance(each, dict)] if isinstance(choices, list) else []


def _usage(answer: Mapping[str, Any]) -> dict[str, float]:
    usage = answer.get("usage")
    if not isinstance(usage, dict):
        return {}
    pairs = {"input_tokens": usage.get("prompt_tokens"), "output_tokens": usage.get("completion_tokens")}
    return {name: float(value) for name, value in pairs.items() if isinstance(value, int | float) and value >= 0}


def _counted(turns: list[Message], text: str) -> dict[str, float]:
    """What an answer must have used when the server does not say."""
    asked = sum(len(turn["content"].encode()) for turn in turns)
    return {"input_tokens": asked // _BYTES_PER_TOKEN, "output_tokens": len(text.encode()) // _BYTES_PER_TOKEN}
