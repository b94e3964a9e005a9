"""A chat model on a server of OpenAI's protocol: what is asked, the answer read, and what a strict server will not take dropped."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import Field, JsonValue

from aigc_cli import servers
from aigc_cli.contracts import Context, Need, Provider, Usage
from aigc_cli.errors import ProviderError, Refused
from aigc_cli.servers import WrongRequest

Turn = dict[str, Any]
"""One turn: `role`, and `content` as text or as a list of parts."""

_OPENAI = "api.openai.com"
_REASONING = ("o1", "o3", "o4", "gpt-5")
_BYTES_PER_TOKEN = 2.5
"""Fewer than any tokenizer needs for plain text, so that an estimate is an upper bound."""
_PICTURE_TOKENS = 3000  # of a picture of at most 1024 pixels a side, more than any list price counts
_UNWANTED = re.compile(
    r"support|unrecogni[sz]ed|unknown|permitted|not allowed|unexpected|extra|only the default|does not accept|not available|not implemented"
    r"|unsupported|deprecated|must be omitted|no such|invalid_parameter",
    re.IGNORECASE,
)
_DROPPABLE = ("max_completion_tokens", "max_tokens", "response_format", "temperature", "seed", "stream_options", "stream")
_LOSS = {
    "seed": "the same `--seed` may give other words",
    "temperature": "the server chooses how freely it writes",
    "response_format": "the form is asked for in words",
    "stream": "the words are not shown as they come",
}


@dataclass
class _Habits:
    """What a server will not take, found out in this run: so that it is refused once, not with every call."""

    dropped: set[str] = field(default_factory=set)
    forms: int = 0  # steps down from the form asked for: schema, json, text


class ChatProvider(Provider):
    """The options of a chat model on a server, and the way to ask it."""

    needs: ClassVar[tuple[Need, ...]] = (Need("network", "a chat server"),)

    base_url: str = Field("https://api.openai.com/v1", description="Address of the server up to its version.")
    model: str = Field("gpt-4.1-mini", min_length=1, max_length=200, description="Name of the model on the server.")
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

    def connected(self, ctx: Context) -> servers.Server:
        """The server, with its key. Raises what `servers.connect` raises."""
        return servers.connect(self.base_url, ctx, read_s=self.wait_s)

    def answer(self, server: servers.Server, turns: list[Turn], form: Form, ctx: Context, number: int = 0) -> str:
        """The text that is answered, from the cache when the same was answered before: what was paid is never paid again.

        Args:
            server: from `connected`.
            turns: the conversation.
            form: what the answer is held to.
            ctx: gives the seed, the cache, the budget; hears of progress.
            number: of the try, from 0, for the progress.

        Raises Refused when the model will not do this, BudgetError, and the typed errors of `servers`.
        """
        body = self._body(turns, ctx.seed, form, self.structured)
        material: JsonValue = {"server": server.base_url, "body": body}

        def call() -> JsonValue:
            ctx.allow(self.most(turns, form))
            found = self._patient(server, turns, form, number, ctx)
            used = found.pop("usage")
            ctx.spent(Usage(server.name, self.model, used or _counted(turns, str(found["text"]))))
            return found

        found: Any = ctx.memo("openai.chat", 1, material, call)
        if found["refusal"] or found["finish"] == "content_filter":
            told = f": {' '.join(str(found['refusal']).split())[:200]}" if found["refusal"] else ""
            raise Refused(f"`{self.model}` refused the content{told}", "change what it was given, or name another provider")
        return str(found["text"])

    def most(self, turns: list[Turn], form: Form) -> Usage:
        """What one call uses at most."""
        size = sum(_bytes(turn) for turn in turns)
        told = 0 if self.structured == "json" else len(json.dumps(form.schema))
        pictures = sum(1 for turn in turns for part in _parts(turn) if part.get("type") == "image_url")
        units = {
            "input_tokens": (size + told) // _BYTES_PER_TOKEN + 20 * len(turns) + _PICTURE_TOKENS * pictures,
            "output_tokens": float(self.max_tokens),
        }
        return Usage(servers.host_of(self.base_url), self.model, units)

    def _body(self, turns: list[Turn], seed: int, form: Form, structured: str, dropped: frozenset[str] = frozenset()) -> dict[str, Any]:
        is_openai = servers.host_of(self.base_url) == _OPENAI
        body: dict[str, Any] = {"model": self.model, "messages": turns, "seed": seed % 2**31}
        names = ("max_completion_tokens", "max_tokens") if is_openai else ("max_tokens", "max_completion_tokens")
        limit = next((name for name in names if name not in dropped), "")
        if limit:
            body[limit] = self.max_tokens
        if self.temperature is not None and not (is_openai and self.model.startswith(_REASONING)):
            body["temperature"] = self.temperature
        if structured == "schema":
            body["response_format"] = {"type": "json_schema", "json_schema": {"name": form.name, "strict": True, "schema": form.schema}}
        elif structured == "json":
            body["response_format"] = {"type": "json_object"}
        if structured != "schema":
            told = f"\n\nAnswer with one JSON object of this JSON schema, and nothing else:\n{json.dumps(form.schema)}"
            last = turns[-1]
            content = last["content"]
            longer = content + told if isinstance(content, str) else [*content, {"type": "text", "text": told.strip()}]
            body["messages"] = [*turns[:-1], {**last, "content": longer}]
        return {name: value for name, value in body.items() if name not in dropped}

    def _patient(self, server: servers.Server, turns: list[Turn], form: Form, number: int, ctx: Context) -> dict[str, Any]:
        """Asks without what the server has refused; a parameter that it refuses now is dropped, said once, and remembered for the run."""
        habits: _Habits = ctx.load(f"chat habits of {server.base_url} {self.model}", _Habits)
        forms = ("schema", "json", "text")
        while True:
            structured = forms[min(2, forms.index(self.structured) + habits.forms)]
            body = self._body(turns, ctx.seed, form, structured, frozenset(habits.dropped))
            is_streaming = self.stream and "stream" not in habits.dropped
            more = {"stream": True} | ({} if "stream_options" in habits.dropped else {"stream_options": {"include_usage": True}})
            asked = {**body, **more} if is_streaming else body
            try:
                return self._call(server, asked, number, ctx)
            except WrongRequest as error:
                name = unwanted(error, asked)
                if not name:
                    raise
                if name == "response_format" and structured == "schema":
                    habits.forms += 1
                elif name == "response_format":
                    habits.forms = 2
                else:
                    habits.dropped.add(name)
                told = f"; {_LOSS[name]}" if name in _LOSS else ""
                ctx.note(f"`{server.name}` does not take `{name}` for `{self.model}`: asked without it{told}")

    def _call(self, server: servers.Server, body: Mapping[str, Any], number: int, ctx: Context) -> dict[str, Any]:
        if not body.get("stream"):
            return _whole(server.ask("chat/completions", body), server.name)
        text, refusal, finish = "", "", ""
        usage: dict[str, float] = {}
        expected = max(400, 4 * self.max_tokens // 5)
        for event in server.stream("chat/completions", body):
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


@dataclass(frozen=True)
class Form:
    """The form of an answer: a name, and a JSON Schema as strict structured output takes it."""

    name: str
    schema: Mapping[str, Any]


def unwanted(error: WrongRequest, asked: Mapping[str, Any]) -> str:
    """The parameter of a request that the server says it does not take, and that can be left out; empty when it names none.

    A parameter whose value alone is wrong, such as a limit that is too high, is not dropped: that is for the user to change.
    """
    known = [name for name in _DROPPABLE if name in asked]
    if error.parameter.partition(".")[0] in known and (_UNWANTED.search(error.told) or error.parameter.startswith("response_format")):
        return error.parameter.partition(".")[0]
    if not _UNWANTED.search(error.told):
        return ""
    text = error.told.replace("json_schema", "response_format").replace("json_object", "response_format")
    places = {name: match.start() for name in known if (match := re.search(rf"(?<![\w]){name}(?![\w])", text))}
    return min(places, key=lambda name: places[name]) if places else ""


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


def _counted(turns: list[Turn], text: str) -> dict[str, float]:
    """What an answer must have used when the server does not say."""
    asked = sum(_bytes(turn) for turn in turns)
    return {"input_tokens": asked // _BYTES_PER_TOKEN, "output_tokens": len(text.encode()) // _BYTES_PER_TOKEN}


def _parts(turn: Turn) -> list[dict[str, Any]]:
    content = turn["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _bytes(turn: Turn) -> int:
    return sum(len(str(part.get("text", "")).encode()) for part in _parts(turn))
